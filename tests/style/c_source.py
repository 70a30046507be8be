"""A C file as the rules want it: text without comments and strings, functions, includes.

This is no C parser. It leans on clang-format having been run: a function's body is
between a "{" and a "}" that stand alone in the first column."""

import re
from dataclasses import dataclass, field


@dataclass
class Function:
    name: str
    head: str  # return type, name and parameters on one line
    first: int  # line of the head, from 1
    open: int  # line of the "{"
    last: int  # line of the "}"

    def parameters(self):
        inside = outer_parentheses(self.head)
        if inside.strip() in ("", "void"):
            return 0
        parts = [p.strip() for p in split_outside(inside, ",")]
        return len([p for p in parts if p != "..."])


@dataclass
class Source:
    path: str
    lines: list  # as written
    code: list  # comments, strings and preprocessor lines blanked
    text: list  # comments and strings blanked, preprocessor lines kept
    strings: list  # (line, value), neighbours joined
    comments: list  # (line, text, is_line_comment)
    includes: list = field(default_factory=list)  # (line, name with its < or ")
    functions: list = field(default_factory=list)
    top_level: list = field(default_factory=list)  # (last line, declaration)


def outer_parentheses(head):
    """What is in the last outer pair of parentheses: a function's parameters."""
    depth, start, found = 0, 0, ""
    for i, c in enumerate(head):
        if c == "(":
            if depth == 0:
                start = i + 1
            depth += 1
        elif c == ")":
            depth -= 1
            if depth == 0:
                found = head[start:i]
    return found


def split_outside(text, mark):
    """Splits at mark where it is in no parentheses, brackets or braces."""
    parts, depth, start = [], 0, 0
    for i, c in enumerate(text):
        if c in "([{":
            depth += 1
        elif c in ")]}":
            depth -= 1
        elif c == mark and depth == 0:
            parts.append(text[start:i])
            start = i + 1
    return parts + [text[start:]]


TOKEN = re.compile(
    r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S
)


def blank(text):
    return re.sub(r"[^\n]", " ", text)


def read(path, text):
    comments, pieces, strings, at = [], [], [], 0
    for m in TOKEN.finditer(text):
        line = text.count("\n", 0, m.start()) + 1
        token = m.group()
        between = text[at : m.start()]
        pieces.append(between)
        if token[0] == "/":
            comments.append((line, token, token.startswith("//")))
            pieces.append(blank(token))
        elif token[0] == '"':
            if strings and not between.strip() and strings[-1][2] == at:
                first, value, _ = strings.pop()
                strings.append((first, value + token[1:-1], m.end()))
            else:
                strings.append((line, token[1:-1], m.end()))
            pieces.append('"' + blank(token[1:-1]) + '"')
        else:
            pieces.append("'" + blank(token[1:-1]) + "'")
        at = m.end()
    stripped = "".join(pieces) + text[at:]
    source = Source(
        path,
        text.split("\n"),
        [],
        stripped.split("\n"),
        [(line, value) for line, value, _ in strings],
        comments,
    )
    source.code = without_preprocessor(source.text)
    source.includes = includes_of(source)
    find_functions(source)
    return source


def includes_of(source):
    found = []
    for n, line in enumerate(source.text, 1):
        if re.match(r"\s*#\s*include\b", line):
            m = re.match(r'\s*#\s*include\s+([<"][^>"]+)', source.lines[n - 1])
            if m:
                found.append((n, m.group(1)))
    return found


def without_preprocessor(lines):
    code, going_on = [], False
    for line in lines:
        if going_on or line.lstrip().startswith("#"):
            going_on = line.endswith("\\")
            code.append("")
        else:
            code.append(line)
    return code


NAME_BEFORE = re.compile(r"(\w+)\s*\($")


def head_name(head):
    depth = 0
    for i in range(len(head) - 1, -1, -1):
        if head[i] == ")":
            depth += 1
        elif head[i] == "(":
            depth -= 1
            if depth == 0:
                m = NAME_BEFORE.search(head[: i + 1])
                return m.group(1) if m else "?"
    return "?"


def find_functions(source):
    """Fills functions and top_level."""
    pending, first, n = [], 0, 0
    while n < len(source.code):
        line = source.code[n]
        if line.rstrip() == "{" and pending:
            last = n
            while last < len(source.code) - 1 and source.code[last].rstrip() != "}":
                last += 1
            head = " ".join(p.strip() for p in pending)
            source.functions.append(
                Function(head_name(head), head, first + 1, n + 1, last + 1)
            )
            pending, n = [], last + 1
            continue
        if line.strip():
            if not pending:
                first = n
            pending.append(line)
            joined = "\n".join(pending)
            if joined.rstrip().endswith(";") and joined.count("{") == joined.count("}"):
                source.top_level.append((n + 1, " ".join(joined.split())))
                pending = []
        n += 1


def body(source, function):
    """The code lines between the braces, as (line number, text)."""
    return [
        (n, source.code[n - 1]) for n in range(function.open + 1, function.last)
    ]
