"""The rules for C. Each is a function of a Source that yields (line, rule, message)."""

import os
import re

from c_source import body, split_outside

FUNCTION_LINES = 80
FILE_LINES = 600
PARAMETERS = 5
LEVELS = 3

# What to use instead is part of the message.
FORBIDDEN = {
    "strcpy": "snprintf() or the arena's copies",
    "strcat": "snprintf() or an evbuffer",
    "sprintf": "snprintf()",
    "vsprintf": "vsnprintf()",
    "gets": "fgets()",
    "strtok": "strcspn() or strchr()",
    "atoi": "strtol() with its end checked",
    "atol": "strtol() with its end checked",
    "atof": "strtod() with its end checked",
    "sscanf": "a parser that says where it stopped",
    "alloca": "the arena",
    "system": "posix_spawn()",
    "popen": "posix_spawn()",
    "rand": "random bytes of the crypto library",
    "localtime": "localtime_r()",
    "gmtime": "gmtime_r()",
    "setlocale": "nothing: the locale is never set",
}
ALLOCATION = {"malloc", "calloc", "realloc", "free", "strdup", "strndup", "asprintf"}
BLOCKING = re.compile(r"\b(PQexec\w*|PQconnectdb\w*|PQprepare|PQreset|PQfn)\s*\(")
LIB_WORDS = re.compile(
    r"complaint|nämnd|namnd|stockholm|kommun|municipal|stadsdel", re.I
)


def is_ctl(path):
    return os.path.basename(path).startswith(("ctl_", "synpunktctl"))


def is_main(path):
    return os.path.basename(path) in ("synpunktd.c", "synpunktctl.c", "main.c")


def in_product(path):
    return path.startswith(("lib/", "server/"))


def sizes(source):
    if len(source.lines) - 1 > FILE_LINES:
        yield 1, "file-size", f"{len(source.lines) - 1} lines, limit {FILE_LINES}"
    for f in source.functions:
        length = f.last - f.first + 1 - data_lines(source, f)
        if length > FUNCTION_LINES:
            yield f.first, "function-size", (
                f"{f.name}() has {length} lines, limit {FUNCTION_LINES}"
            )
        if f.parameters() > PARAMETERS:
            yield f.first, "parameters", (
                f"{f.name}() has {f.parameters()} parameters, limit {PARAMETERS}:"
                " a struct is missing"
            )


def code_text(lines):
    return "\n".join(text for _, text in lines)


def without_initialisers(text):
    """Blanks what is between the braces of initialisers: nesting there is data."""
    out, stack = list(text), []
    for i, c in enumerate(text):
        if c == "{":
            before = text[:i].rstrip()
            data = bool(stack and stack[-1]) or before.endswith(("=", ",", "]"))
            # "(struct x){": a compound literal; "if (x) {" ends in ")" too, but its
            # parenthesis belongs to a keyword and holds no lone type.
            if re.search(r"\(\s*(const\s+)?(struct\s+)?\w+[\s*]*(const\s*)?(\[\w*\])?\)$", before):
                data = not re.search(r"\b(if|while|switch|for)\s*\([^()]*\)$", before)
            stack.append(data)
        elif c == "}" and stack:
            stack.pop()
        elif c != "\n" and stack and stack[-1]:
            out[i] = " "
    return "".join(out)


def data_lines(source, function):
    """Lines that hold nothing but an initialiser's rows: a table is not long, it is data."""
    text = code_text(body(source, function))
    bare = without_initialisers(text).split("\n")
    pairs = zip(text.split("\n"), bare)
    return sum(1 for line, left in pairs if line.strip() and not left.strip(" \t{},"))


def nesting(source):
    """Tabs before the first word of a statement: a body, and twice deeper."""
    for f in source.functions:
        lines = without_initialisers(code_text(body(source, f))).split("\n")
        before = "{"
        for n, line in enumerate(lines, f.open + 1):
            text = line.strip()
            if not text:
                continue
            starts = before.endswith(("{", "}", ";", ":", ")")) or re.search(
                r"\b(else|do)$", before
            )
            depth = len(line) - len(line.lstrip("\t"))
            if starts and re.match(r"\w", text) and depth > LEVELS:
                yield n, "nesting", f"{f.name}(): more than {LEVELS} levels of indentation"
                break
            before = text


def line_comments(source):
    for line, _, is_line in source.comments:
        if is_line:
            yield line, "line-comment", "use /* */"


def guards(source):
    if not source.path.endswith(".h"):
        return
    name = "SYNPUNKT_" + re.sub(r"[^A-Z0-9]", "_", source.path.upper())
    want = [f"#ifndef {name}", f"#define {name}"]
    found = [line.strip() for line in source.text if line.strip().startswith("#")][:2]
    if found != want:
        yield 1, "header-guard", f"expected {want[0]}"


def includes(source):
    own = source.path[:-2] + ".h" if source.path.endswith(".c") else None
    names = [name for _, name in source.includes]
    if own and in_product(source.path) and os.path.exists(own) and (not names or names[0] != '"' + own):
        yield 1, "own-header", f'the first include must be "{own}"'
    project_seen = False
    for i, (line, name) in enumerate(source.includes):
        if name[0] == "<":
            if project_seen:
                yield line, "include-order", f"{name}> after the project's own"
            continue
        # The first may be the file's own header, its family's, or test.h.
        project_seen = i > 0
        yield from direction(source.path, line, name[1:])


def direction(path, line, name):
    room = path.split("/")[0]
    may = {"lib": ("lib/",), "server": ("lib/", "server/")}.get(room)
    # What is embedded at build time comes as a generated header beside its files.
    if room == "server" and re.match(r"clients/\w+/embedded\.h$", name):
        return
    if may and not name.startswith(may):
        yield line, "include-direction", (
            f'{room}/ may not include "{name}" (only {", ".join(may)} by path)'
        )
    if not may and not os.path.exists(name):
        yield line, "include-direction", f'"{name}" is no path from the top'
    private = re.match(r"(.*)_private\.h$", name)
    if private and in_product(path):
        family = os.path.dirname(name) + "/" + private.group(1).split("/")[-1].split("_")[0]
        if not path.startswith(family):
            yield line, "private-header", f'"{name}" is for {family}* only'


def calls(source):
    for n, line in enumerate(source.text, 1):
        for m in re.finditer(r"(?<![\w.>])(\w+)\s*\(", line):
            name = m.group(1)
            if name in FORBIDDEN:
                yield n, "forbidden-function", f"{name}(): use {FORBIDDEN[name]}"
            if name in ALLOCATION and source.path.startswith("server/"):
                yield n, "allocation", f"{name}() outside lib/: arena or mem_new()"
        if "PQescape" in line:
            yield n, "built-sql", "statements are not built from pieces"
        if in_product(source.path) and not is_ctl(source.path):
            m = BLOCKING.search(line)
            if m:
                yield n, "blocking-query", f"{m.group(1)}() blocks the loop"


def gotos(source):
    for f in source.functions:
        labels = {}
        jumps = []
        for n, line in body(source, f):
            m = re.match(r"\s*(\w+):(?!:)", line)
            if m and m.group(1) != "default":
                labels[m.group(1)] = n
            jumps += [(n, j) for j in re.findall(r"\bgoto\s+(\w+)", line)]
        for n, label in jumps:
            if labels.get(label, 0) < n:
                yield n, "goto", "only forward"
        if len({label for _, label in jumps}) > 1:
            yield f.first, "goto", f"{f.name}() jumps to more than one label"


ASSIGNMENT = re.compile(r"(?<![=!<>])=(?!=)")


def conditions(source):
    for f in source.functions:
        text = code_text(body(source, f))
        for m in re.finditer(r"\b(if|while|switch|for)\s*\(", text):
            depth, i = 1, m.end()
            while i < len(text) and depth:
                depth += (text[i] == "(") - (text[i] == ")")
                i += 1
            condition = text[m.end() : i - 1]
            if m.group(1) == "for":
                condition = (split_outside(condition, ";") + ["", ""])[1]
            condition = re.sub(r"\{[^{}]*\}", "", condition)
            if ASSIGNMENT.search(condition):
                line = f.open + 1 + text.count("\n", 0, m.start())
                yield line, "assignment-in-condition", "assign before"


def ternaries(source):
    for f in source.functions:
        text = code_text(body(source, f))
        depth, active = 0, []
        for i, c in enumerate(text):
            if c in "([{":
                depth += 1
            elif c in ")]}":
                active = [d for d in active if d < depth]
                depth -= 1
            elif c == ",":
                active = [d for d in active if d < depth]
            elif c == ";":
                active = []
            elif c == "?":
                if active:
                    line = f.open + 1 + text.count("\n", 0, i)
                    yield line, "nested-ternary", "use if or a table"
                active.append(depth)


def macros(source):
    going_on = False
    for n, line in enumerate(source.text, 1):
        starts = re.match(r"\s*#\s*define\b", line)
        if (starts or going_on) and re.search(r"\breturn\b", line):
            yield n, "hidden-return", "a macro may not return for its caller"
        going_on = bool(starts or going_on) and line.endswith("\\")


def typedefs(source):
    for line, text in source.top_level:
        if text.startswith("typedef") and not re.search(r"\w+_fn\s*[(;]", text):
            yield line, "typedef", "only function types, ending in _fn"


def is_variable(text):
    if re.match(r"(typedef|extern|_Static_assert|static_assert)\b", text):
        return False
    flat, before = text, ""
    while flat != before:
        flat, before = re.sub(r"\{[^{}]*\}", "@", flat), flat
    if re.match(r"(struct|enum|union)\s*\w*\s*@\s*(__attribute__.*)?;", flat):
        return False  # a type
    if re.match(r"(struct|enum|union)\s+\w+\s*;", flat):
        return False  # announced
    left = re.sub(r"__attribute__\s*\(\(.*?\)\)", "", flat.split("=")[0])
    return "(" not in left or "(*" in left


def declarator(text):
    """What stands before the value, without the members of a struct written there."""
    return re.sub(r"\{[^{}]*\}", "", text.split("=")[0])


def variables(source):
    if is_main(source.path) or not source.path.endswith(".c"):
        return
    for line, text in source.top_level:
        if is_variable(text) and not re.search(r"\bconst\b", declarator(text)):
            yield line, "global", "state belongs to an object with an owner"


def lib_words(source):
    if not source.path.startswith("lib/"):
        return
    for n, line in enumerate(source.lines, 1):
        m = LIB_WORDS.search(line)
        if m:
            yield n, "domain-word", f'"{m.group()}" in lib/'


def test_names(source):
    if not source.path.startswith("tests/unit/"):
        return
    for n, line in enumerate(source.text, 1):
        for name in re.findall(r"\bcmocka_unit_test\w*\(\s*(\w+)", line):
            if not re.match(r"test_[a-z0-9_]+?__[a-z0-9_]+$", name):
                yield n, "test-name", f"{name}: test_<module>__<behaviour>"


RULES = (
    sizes,
    nesting,
    line_comments,
    guards,
    includes,
    calls,
    gotos,
    conditions,
    ternaries,
    macros,
    typedefs,
    lib_words,
    test_names,
)
PRODUCT_RULES = (variables,)


def check(source):
    rules = RULES + (PRODUCT_RULES if in_product(source.path) else ())
    for rule in rules:
        yield from rule(source)
