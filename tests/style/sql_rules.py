"""The rules for SQL, in migrations and in C strings.

Every table is named with its schema and every placeholder is cast. What a keyword is
followed by is looked at; that is a heuristic, and says so by erring on the quiet side."""

import re

STATEMENT = re.compile(r"\s*(SELECT|INSERT|UPDATE|DELETE|WITH|MERGE|CALL|LISTEN)\b")
NAME = r'(?:"[^"]+"|[a-z_][a-z0-9_]*)'
TABLE_AFTER = re.compile(
    r"\b(?:FROM|JOIN|INSERT\s+INTO|MERGE\s+INTO|REFERENCES|TRUNCATE(?:\s+TABLE)?"
    r"|(?:CREATE|ALTER|DROP)\s+(?:TABLE|VIEW|MATERIALIZED\s+VIEW|SEQUENCE|FUNCTION"
    r"|PROCEDURE|AGGREGATE|TYPE|DOMAIN)"
    r"|CREATE\s+OR\s+REPLACE\s+(?:FUNCTION|VIEW|PROCEDURE)"
    r"|(?:INDEX|TRIGGER|POLICY)\s[^;()]*?\bON"
    r"|UPDATE)\s+"
    r"(?:IF\s+(?:NOT\s+)?EXISTS\s+)?(?:ONLY\s+|LATERAL\s+)?"
    rf"({NAME})(\s*[.(])?",
)
# A name that follows one of these words is no table.
NOT_A_NAME = {"set", "skip", "of", "on", "or", "nowait", "and", "to", "as", "only"}
NOT_FROM = re.compile(
    r"(\bDISTINCT|\b(EXTRACT|SUBSTRING|TRIM|OVERLAY|POSITION)\s*\([^()]*)\s+$", re.I
)


def blank_comments_and_strings(text):
    token = re.compile(r"--[^\n]*|/\*.*?\*/|'(?:[^']|'')*'", re.S)
    return token.sub(lambda m: re.sub(r"[^\n]", " ", m.group()), text)


def known_names(text):
    """Names that stand for no table: common table expressions, transition tables,
    variables of a loop."""
    names = set(re.findall(rf"({NAME})\s*(?:\([^()]*\)\s*)?AS\s+(?:NOT\s+|MATERIALIZED\s+)*\(", text))
    names |= set(re.findall(rf"\b(?:NEW|OLD)\s+TABLE\s+(?:AS\s+)?({NAME})", text))
    names |= set(re.findall(rf"\bCREATE\s+TEMP(?:ORARY)?\s+TABLE\s+({NAME})", text))
    return names


def unqualified(text):
    """(offset, name) of tables without a schema. Keywords must be upper case."""
    clean = blank_comments_and_strings(text)
    known = known_names(clean)
    for m in TABLE_AFTER.finditer(clean):
        name, after = m.group(1), (m.group(2) or "").strip()
        if after == "." or name in known or name in NOT_A_NAME:
            continue
        creates = re.match(r"(CREATE|ALTER|DROP|INSERT|REFERENCES|INDEX)", m.group())
        if after == "(" and not creates:
            continue  # a function of pg_catalog, the only path there is
        if NOT_FROM.search(clean[: m.start()]):
            continue
        statement = clean[: m.start()].rpartition(";")[2]
        if re.search(r"\bREVOKE\b", statement):
            continue
        yield m.start(1), name


def uncast(text):
    for m in re.finditer(r"\$\d+(?!\d)", text):
        if re.match(r"\s*::", text[m.end() :]):
            continue
        if re.search(r"CAST\s*\(\s*$", text[: m.start()]):
            continue
        yield m.start(), m.group()


def line_of(text, offset):
    return text.count("\n", 0, offset) + 1


def check_migration(text):
    for offset, name in unqualified(text):
        yield line_of(text, offset), "unqualified-name", f'"{name}" needs its schema'
    clean = blank_comments_and_strings(text)
    for m in re.finditer(r"\bCREATE\s+(OR\s+REPLACE\s+)?FUNCTION\b.*?(?=\bCREATE\b|\Z)", clean, re.S):
        if "SECURITY DEFINER" in m.group() and "SET search_path" not in m.group():
            yield line_of(text, m.start()), "definer-path", (
                "a SECURITY DEFINER function sets its search_path"
            )


def check_strings(strings):
    """strings of a C source: (line, value)."""
    for line, value in strings:
        value = value.replace("\\n", " ").replace("\\t", " ").replace('\\"', '"')
        if not STATEMENT.match(value) or len(value.split()) < 3:
            continue
        for _, name in unqualified(value):
            yield line, "unqualified-name", f'"{name}" needs its schema'
        for _, name in uncast(value):
            yield line, "uncast-placeholder", f"{name} needs a cast"
