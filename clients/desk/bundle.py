#!/usr/bin/env python3
"""Makes desk.js with the parts that it fetches later, desk.css and index.html in a build
directory, and a C file with all of them: esbuild follows the imports and minifies; the
page gets the addresses that hold the files' hashes.

    bundle.py --output DIR --table FILE.c --depfile FILE

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
EMBED = os.path.join(HERE, "..", "..", "lib", "embed.py")
ESBUILD = os.path.join(HERE, "node_modules", ".bin", "esbuild")


def esbuild(output, meta):
    """The target is what a managed work computer of the last years has."""
    subprocess.run(
        [
            ESBUILD,
            "desk=src/main.tsx",
            "desk=desk.css",
            "--bundle",
            "--splitting",
            # Apart from whatever else there is; the name says the content.
            "--chunk-names=desk-part-[hash]",
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


def at_once(outputs, name):
    """What a script imports from the start, and what that imports."""
    found = []
    for step in outputs[name]["imports"]:
        if step["kind"] == "import-statement" and step["path"] not in found:
            found += [n for n in (step["path"], *at_once(outputs, step["path"])) if n not in found]
    return found


def write_index(output, parts):
    """parts: fetched together with the script, not one after the other's import. Their
    address is the one that the script itself asks for: beside it."""
    with open(os.path.join(HERE, "index.html"), encoding="utf-8") as source:
        page = source.read()
    icon = os.path.join(HERE, "..", "resident", "favicon.svg")
    script = os.path.join(output, "desk.js")
    for path in (script, os.path.join(output, "desk.css"), icon):
        page = page.replace("{{%s}}" % os.path.basename(path), address(path))
    beside = os.path.dirname(address(script))
    page = page.replace("{{parts}}\n", "".join(
        '<link rel="modulepreload" href="%s/%s">\n' % (beside, name) for name in sorted(parts)))
    with open(os.path.join(output, "index.html"), "w", encoding="utf-8") as out:
        out.write(page)


def made_by(meta):
    """The files' names, those that the script needs from the start, and what all were
    made of."""
    with open(meta, encoding="utf-8") as source:
        told = json.load(source)
    outputs = told["outputs"]
    script = next(name for name in outputs if os.path.basename(name) == "desk.js")
    return ([os.path.basename(name) for name in outputs],
            {os.path.basename(name) for name in at_once(outputs, script)},
            [os.path.join(HERE, name) for name in told["inputs"]])


def write_depfile(inputs, table, depfile):
    names = [name.replace(" ", "\\ ") for name in sorted(inputs)]
    with open(depfile, "w", encoding="utf-8") as out:
        out.write("%s: %s\n" % (table, " ".join(names)))


def clear(output):
    """Parts of an earlier build have other names."""
    os.makedirs(output, exist_ok=True)
    for name in os.listdir(output):
        os.unlink(os.path.join(output, name))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", required=True)
    parser.add_argument("--table", required=True)
    parser.add_argument("--depfile", required=True)
    options = parser.parse_args()

    if not os.path.exists(ESBUILD):
        sys.exit("bundle.py: no esbuild: run npm ci in clients/desk")
    clear(options.output)
    with tempfile.TemporaryDirectory() as scratch:
        meta = os.path.join(scratch, "meta.json")
        esbuild(options.output, meta)
        files, parts, inputs = made_by(meta)
    write_index(options.output, parts)
    subprocess.run([sys.executable, EMBED, "--table", "desk_files", "--base", options.output,
                    "--output", options.table,
                    *(os.path.join(options.output, name) for name in [*files, "index.html"])],
                   check=True)
    write_depfile(inputs, options.table, options.depfile)


if __name__ == "__main__":
    main()
