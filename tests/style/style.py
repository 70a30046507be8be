#!/usr/bin/env python3
"""The style checker: rules that people forget, on every file that git knows.

usage: style.py [FILE...]     from the top of the tree

An exception is a comment with its reason, on the line or the one before it:

    static int state; /* style: global, one log per process */

In other languages "style:" stands in that language's comment. Exceptions are counted.
Exit 1 when a rule is broken. The last line is "N passed, N failed" in files."""

import collections
import glob
import os
import re
import shutil
import subprocess
import sys

import c_rules
import c_source
import repo_rules
import sql_rules

EXCEPTION = re.compile(r"(?:/\*|#|--|//|<!--)\s*style:\s*\S")


def tracked():
    out = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        capture_output=True,
        check=False,
    )
    if out.returncode == 0:
        names = out.stdout.decode().split("\0")
        return sorted(n for n in names if n and os.path.isfile(n))
    # Not a clone, or somebody else's: all but what is built.
    found = []
    for folder, folders, files in os.walk("."):
        folders[:] = [
            f
            for f in folders
            if f not in (".git", "node_modules") and not f.startswith(("build", ".state"))
        ]
        found += [os.path.relpath(os.path.join(folder, f)) for f in files]
    return sorted(found)


def read(path):
    with open(path, "rb") as f:
        return f.read().decode("utf-8")


def findings_of_file(path, text):
    if path.endswith((".c", ".h")):
        source = c_source.read(path, text)
        yield from c_rules.check(source)
        if path.startswith("server/") and path.endswith(".c"):
            yield from sql_rules.check_strings(source.strings)
    if path.startswith("migrations/") and path.endswith(".sql"):
        yield from sql_rules.check_migration(text)
    if path.startswith("clients/") and path.endswith((".mustache", ".html")):
        yield from repo_rules.check_template(text)
    yield from repo_rules.check_text(path, text)


def clang_format(paths):
    """(path, line, rule, message) of C that clang-format would change."""
    tool = shutil.which("clang-format-14") or shutil.which("clang-format")
    if not tool:
        yield ".clang-format", 1, "format", "clang-format is not installed"
        return
    out = subprocess.run(
        [tool, "--dry-run", "--ferror-limit=1", *paths],
        capture_output=True,
        text=True,
        check=False,
    )
    for m in re.finditer(r"^(.+?):(\d+):\d+: (?:warning|error): ", out.stderr, re.M):
        yield m.group(1), int(m.group(2)), "format", "run clang-format -i on it"


def shells(paths):
    for path in paths:
        if shutil.which("shellcheck"):
            out = subprocess.run(
                ["shellcheck", "-x", "-S", "warning", "-f", "gcc", path],
                capture_output=True,
                text=True,
                check=False,
            )
            for m in re.finditer(r"^(.+?):(\d+):\d+: \w+: (.*)$", out.stdout, re.M):
                yield path, int(m.group(2)), "shell", m.group(3)


def is_shell(path, text):
    return re.match(r"#!(/usr)?/bin/(env )?(ba)?sh\b", text) is not None


def whole_tree(texts):
    """Rules about several files together."""
    yield from clang_format([p for p in texts if p.endswith((".c", ".h"))])
    yield from shells([p for p, t in texts.items() if is_shell(p, t)])
    yield from repo_rules.check_catalogues(
        {p: t for p, t in texts.items() if p.endswith(".po") and "/unit/" not in p}
    )
    yield from repo_rules.folders_without_readme(list(texts))
    yield from repo_rules.unnamed_modules(list(texts), texts)
    yield from repo_rules.migration_rows(
        list(texts), texts.get("migrations/README.md", "")
    )
    tables = {p: texts[p] for p in glob.glob("server/options*.c") if p in texts}
    yield from repo_rules.undocumented_settings(tables, texts.get("README.md", ""))
    security = "server/SECURITY.md"
    told = texts.get(security, "")
    for line, rule, message in repo_rules.check_security(told, texts):
        yield security, line, rule, message
    for line, rule, message in repo_rules.check_requirements(told):
        yield security, line, rule, message


def is_excepted(lines, line):
    near = lines[max(line - 2, 0) : line]
    return any(EXCEPTION.search(text) for text in near)


def collect(paths):
    texts, findings = {}, []
    for path in paths:
        if not repo_rules.is_text(path):
            continue
        try:
            texts[path] = read(path)
        except UnicodeDecodeError:
            findings.append((path, 1, "encoding", "not UTF-8"))
    for path, text in texts.items():
        # The checker's own tests hold what it must find.
        if path == "tests/style/test_style.py":
            continue
        findings += [(path, *found) for found in findings_of_file(path, text)]
    findings += whole_tree(texts)
    return texts, findings


def main():
    paths = sys.argv[1:] or tracked()
    texts, findings = collect(paths)
    failed, excepted = set(), collections.Counter()
    for path, line, rule, message in sorted(findings):
        lines = texts.get(path, "").split("\n")
        if is_excepted(lines, line):
            excepted[rule] += 1
            continue
        failed.add(path)
        print(f"{path}:{line}: {rule}: {message}")
    if excepted:
        print("exceptions:", ", ".join(f"{k} {n}" for k, n in sorted(excepted.items())))
    print(f"style: {len(set(texts) - failed)} passed, {len(failed)} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
