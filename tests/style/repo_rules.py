"""Rules for what is not C: texts, templates, folders, settings, scripts."""

import os
import re

TEXT = (
    ".c .h .py .sh .mjs .js .ts .tsx .css .sql .md .json .po .mustache .html .build .yml"
).split()
CODE_LINES = 600
CODE = (".py", ".sh", ".mjs", ".js", ".ts", ".tsx", ".css")
ROOMS = ("lib", "server", "migrations", "clients", "tests")
COMPLETE = ("sv", "en")
WORK_MARKS = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X|HA" + r"CK)\b")


def is_text(path):
    return path.endswith(tuple(TEXT)) or path in ("run", "check", "bench", "LICENSE")


def check_text(path, text):
    for n, line in enumerate(text.split("\n"), 1):
        if WORK_MARKS.search(line):
            yield n, "work-mark", "finish it, or write an issue"
        if "\r" in line:
            yield n, "line-end", "CR"
        if line != line.rstrip() and not path.endswith((".md", ".po")):
            yield n, "trailing-space", "white space at the end"
    if text and not text.endswith("\n"):
        yield text.count("\n") + 1, "last-line", "no line end at the end"
    # What a tool wrote is as long as it is.
    if path.endswith(".gen.ts"):
        return
    if path.endswith(CODE) or path in ("run", "check", "bench"):
        length = text.count("\n")
        if length > CODE_LINES:
            yield 1, "file-size", f"{length} lines, limit {CODE_LINES}"


def check_template(text):
    """The content security policy allows no script or style in the page itself."""
    rules = (
        (r"<script(?![^>]*\bsrc=)", "inline-script", "scripts are files"),
        (r"<style\b", "inline-style", "styles are files"),
        (r"<[a-z][^<>]*\sstyle=", "inline-style", "styles are files"),
        (r"<[a-z][^<>]*\son[a-z]+=", "inline-script", "no handlers in attributes"),
    )
    for pattern, rule, message in rules:
        for m in re.finditer(pattern, text, re.I):
            yield text.count("\n", 0, m.start()) + 1, rule, message


PO_STRING = re.compile(r'"((?:\\.|[^"\\])*)"')


def read_po(text):
    """{msgid: (line, msgstr)}"""
    entries, key, which, line_of_key = {}, "", None, 0
    values = {"msgid": "", "msgstr": ""}

    def finish():
        if values["msgid"]:
            entries[values["msgid"]] = (line_of_key, values["msgstr"])

    for n, line in enumerate(text.split("\n"), 1):
        m = re.match(r"(msgid|msgstr)\s+", line)
        if m:
            if m.group(1) == "msgid":
                finish()
                values = {"msgid": "", "msgstr": ""}
                line_of_key = n
            which = m.group(1)
        elif not line.startswith('"'):
            continue
        if which:
            values[which] += "".join(PO_STRING.findall(line))
    finish()
    return entries


def placeholders(text):
    return sorted(re.findall(r"\{[a-zA-Z0-9_]+\}", text))


def check_catalogues(files):
    """files: {path: text}. Every language against Swedish in the same folder."""
    for path, text in sorted(files.items()):
        language = os.path.basename(path)[:-3]
        source = os.path.join(os.path.dirname(path), "sv.po")
        if source not in files:
            yield path, 1, "catalogue", f"no {source} beside it"
            continue
        want, have = read_po(files[source]), read_po(text)
        for key, (line, value) in have.items():
            if key not in want:
                yield path, line, "catalogue", f'"{key}" is not in sv.po'
            elif value and placeholders(value) != placeholders(want[key][1]):
                yield path, line, "catalogue", f'"{key}" has other placeholders'
            if not value and language in COMPLETE:
                yield path, line, "catalogue", f'"{key}" is empty'
        if language in COMPLETE:
            for key in want:
                if key not in have:
                    yield path, 1, "catalogue", f'"{key}" is missing'


def folders_without_readme(paths):
    folders = set()
    for path in paths:
        parts = path.split("/")[:-1]
        if parts and parts[0] in ROOMS:
            folders.add(parts[0])
            if len(parts) > 1 and parts[0] in ("clients", "tests"):
                folders.add("/".join(parts[:2]))
    have = set(paths)
    for folder in sorted(folders):
        if folder + "/README.md" not in have:
            yield folder + "/README.md", 1, "readme", "missing"


def unnamed_modules(paths, texts):
    """A module of lib/ or server/ is named in the README there: `http_server`, or with
    its family, `http_*`."""
    for room in ("lib", "server"):
        named = re.findall(r"`([a-z0-9_]+)(_?\*)?`", texts.get(room + "/README.md", ""))
        whole = {name for name, star in named}
        families = tuple(name for name, star in named if star)
        for path in paths:
            m = re.match(rf"{room}/(\w+)\.[ch]$", path)
            if m and m.group(1) not in whole and not m.group(1).startswith(families):
                yield path, 1, "readme", f"`{m.group(1)}` is not in {room}/README.md"


def migration_rows(paths, readme):
    """Each migration has one row in the README there, in the order of their numbers."""
    have = sorted(p.split("/")[1] for p in paths if re.match(r"migrations/\d{4}_\w+\.sql$", p))
    rows = re.findall(r"^\| `(\d{4}_\w+\.sql)` \|", readme, re.M)
    for name in sorted(set(have) | set(rows)):
        if rows.count(name) != have.count(name):
            yield "migrations/README.md", 1, "readme", f"{name} has {rows.count(name)} rows"
    if rows != sorted(rows):
        yield "migrations/README.md", 1, "readme", "rows are not in the order of their numbers"


def settings_of(text):
    """The rows are written ROW("HTTP", …), the table's own names in full."""
    whole = re.findall(r'"(SYNPUNKT_[A-Z_]+[A-Z])"', text)
    rows = re.findall(r'\bROW\(\s*"([A-Z_]+)"', text)
    return sorted({n for n in whole if "TEST" not in n} | {"SYNPUNKT_" + n for n in rows})


def undocumented_settings(sources, readme):
    """sources: {path: text} of the files with the settings table."""
    for path, text in sources.items():
        names = [n for n in settings_of(text) if not re.search(rf"\b{n}\b", readme)]
        if names:
            yield path, 1, "setting", f"not in README.md: {', '.join(names)}"


SHOWN_BY = re.compile(r"`(tests/[\w./]+)`:((?: \*[^*|]+\*,?)+)")
THREATS = "threats"
STATES = ("met", "partly", "not met", "none here", "operator")
# How many requirements of levels 1 and 2 each section of ASVS 5.0.0 begins with.
SECTIONS = """1.1:2 1.2:9 1.3:11 1.4:3 1.5:2 2.1:3 2.2:3 2.3:4 2.4:1 3.2:2 3.3:4 3.4:6 3.5:5
3.7:2 4.1:3 4.2:1 4.3:2 4.4:4 5.1:1 5.2:3 5.3:2 5.4:3 6.1:3 6.2:12 6.3:4 6.4:4 6.5:5 6.6:3
6.8:4 7.1:3 7.2:4 7.3:2 7.4:5 7.5:2 7.6:2 8.1:2 8.2:3 8.3:1 8.4:1 9.1:3 9.2:4 10.1:2 10.2:2
10.3:4 10.4:11 10.5:5 10.6:2 10.7:3 11.1:2 11.2:3 11.3:3 11.4:4 11.5:1 11.6:1 12.1:3 12.2:2
12.3:4 13.1:1 13.2:5 13.3:2 13.4:5 14.1:2 14.2:4 14.3:3 15.1:3 15.2:3 15.3:7 16.1:1 16.2:5
16.3:4 16.4:3 16.5:3 17.1:1 17.2:4 17.3:2"""
REQUIREMENT = re.compile(r"\| ([0-9][0-9., ]*) \| [^|]+ \| ([^|]+) \|")
FILE = re.compile(r"`((?:lib|server|migrations|clients|tests)/[\w./]+\.\w+)`")


def check_requirements(text):
    """Each requirement has a row, or its whole section or chapter has one."""
    told = [name for row in REQUIREMENT.findall(text) for name in row[0].split(", ")]
    for section, count in (pair.split(":") for pair in SECTIONS.split()):
        for n in range(1, int(count) + 1):
            names = (f"{section}.{n}", section, section.split(".")[0])
            if sum(told.count(name) for name in names) != 1:
                yield 1, "security", f"{section}.{n} of ASVS has no row, or several"


def check_security(text, texts):
    """What server/SECURITY.md says to be shown by a test is shown by one, and each threat
    is; each file that it names is there. Of the requirements of the standard each has one
    of the states."""
    part = THREATS
    for n, line in enumerate(text.split("\n"), 1):
        if line.startswith("## "):
            part = "requirements" if "ASVS" in line else THREATS
        for path in FILE.findall(line):
            if path not in texts and (is_text(path) or not os.path.isfile(path)):
                yield n, "security", f"there is no {path}"
        for path, names in SHOWN_BY.findall(line):
            for name in re.findall(r"\*([^*]+)\*", names):
                source = texts.get(path, "").replace("\\'", "'")
                edge = r"\b" if path.endswith(".c") else "['`]"
                if not re.search(edge + re.escape(name) + edge, source):
                    yield n, "security", f"{path} has no test: {name}"
        asked = REQUIREMENT.match(line)
        if asked and asked.group(2) not in STATES:
            yield n, "security", f"a requirement is {', '.join(STATES)}"
        row = re.match(r"\| (?!threat |---)", line)
        if row and part == THREATS and not SHOWN_BY.search(line.rsplit("|", 2)[1]):
            yield n, "security", "no test is named for this threat"
