#!/usr/bin/env python3
"""Writes a C file with a table of files, for lib/embed.h.

    embed.py --table page_files --base clients/resident --output page_files.c FILE...

Names in the table are the paths below --base, with / between parts.
"""

import argparse
import hashlib
import os
import sys

HEAD = """/* Made by lib/embed.py: do not edit. */
#include "lib/embed.h"

extern const struct embed_file {table}[];

const struct embed_file {table}[] = {{
"""
PLAIN = set(range(0x20, 0x7F)) - {ord('"'), ord("\\"), ord("?")}


def literal(data):
    """C string literals, one a line of the file or 64 bytes, whichever is less.

    Every escape has three octal digits, so none can swallow the next character.
    """
    lines, line, length = [], [], 0
    for byte in data:
        line.append(chr(byte) if byte in PLAIN else "\\%03o" % byte)
        length += 1
        if byte == 0x0A or length == 64:
            lines.append("".join(line))
            line, length = [], 0
    if line or not lines:
        lines.append("".join(line))
    return "\n".join('\t\t"%s"' % text for text in lines)


def row(name, data):
    return (
        '\t{\n\t\t.name = "%s",\n\t\t.size = %d,\n\t\t.etag = "\\"%s\\"",\n'
        "\t\t.bytes = (const unsigned char *)\n%s,\n\t},\n"
        % (name, len(data), hashlib.sha256(data).hexdigest()[:16], literal(data))
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--table", required=True)
    parser.add_argument("--base", required=True)
    parser.add_argument("--output", required=True)
    parser.add_argument("files", nargs="*")
    options = parser.parse_args()

    base, named = os.path.realpath(options.base), {}
    for path in options.files:
        name = os.path.relpath(os.path.realpath(path), base).replace(os.sep, "/")
        if name.startswith("../") or not name.isprintable() or set(name) & set('"\\?'):
            sys.exit("embed.py: %s: not below %s, or an odd name" % (path, options.base))
        if name in named:
            sys.exit("embed.py: %s: named twice" % name)
        with open(path, "rb") as source:
            named[name] = source.read()

    with open(options.output, "w", encoding="ascii") as out:
        out.write(HEAD.format(table=options.table))
        for name in sorted(named, key=lambda text: text.encode()):
            out.write(row(name, named[name]))
        out.write("\t{ 0 },\n};\n")


if __name__ == "__main__":
    main()
