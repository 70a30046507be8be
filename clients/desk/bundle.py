#!/usr/bin/env python3
"""Makes desk.js, desk.css and index.html in a build directory: esbuild follows the
imports and minifies; the page gets the addresses that hold the files' hashes.

    bundle.py --output DIR --depfile FILE

What was read goes into the depfile, for ninja. Needs clients/desk/node_modules and
nothing from the network."""

import argparse
import hashlib
import json
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.realpath(__file__))
ESBUILD = os.path.join(HERE, "node_modules", ".bin", "esbuild")


def esbuild(output, meta):
    """The target is what a managed work computer of the last years has."""
    subprocess.run(
        [
            ESBUILD,
            "desk=src/main.tsx",
            "desk=desk.css",
            "--bundle",
            "--minify",
            "--format=esm",
            "--target=es2022,chrome109,firefox115,safari16",
            "--jsx=automatic",
            "--jsx-import-source=preact",
            "--loader:.png=dataurl",
            "--charset=utf8",
            "--legal-comments=none",
            "--log-level=warning",
            "--metafile=" + meta,
            "--outdir=" + output,
        ],
        cwd=HERE,
        check=True,
    )


def address(path):
    """As server/page_asset.c makes it."""
    with open(path, "rb") as source:
        digits = hashlib.sha256(source.read()).hexdigest()[:16]
    return "/static/%s/%s" % (digits, os.path.basename(path))


def write_index(output):
    with open(os.path.join(HERE, "index.html"), encoding="utf-8") as source:
        page = source.read()
    icon = os.path.join(HERE, "..", "resident", "favicon.svg")
    for path in (os.path.join(output, "desk.js"), os.path.join(output, "desk.css"), icon):
        page = page.replace("{{%s}}" % os.path.basename(path), address(path))
    with open(os.path.join(output, "index.html"), "w", encoding="utf-8") as out:
        out.write(page)


def write_depfile(output, meta, depfile):
    with open(meta, encoding="utf-8") as source:
        read = [os.path.join(HERE, name) for name in json.load(source)["inputs"]]
    names = [name.replace(" ", "\\ ") for name in sorted(read)]
    with open(depfile, "w", encoding="utf-8") as out:
        out.write("%s: %s\n" % (os.path.join(os.path.relpath(output), "desk.js"), " ".join(names)))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", required=True)
    parser.add_argument("--depfile", required=True)
    options = parser.parse_args()

    if not os.path.exists(ESBUILD):
        sys.exit("bundle.py: no esbuild: run npm ci in clients/desk")
    with tempfile.TemporaryDirectory() as scratch:
        meta = os.path.join(scratch, "meta.json")
        esbuild(options.output, meta)
        write_index(options.output)
        write_depfile(options.output, meta, options.depfile)


if __name__ == "__main__":
    main()
