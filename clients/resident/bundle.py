#!/usr/bin/env python3
"""Makes map.js and map.css, the public map's script with Leaflet and its style, and form.js,
what scripts add to the form, in a build directory.

    bundle.py --output DIR --depfile FILE

What was read goes into the depfile, for ninja. Leaflet and esbuild are those of
clients/desk/node_modules; nothing comes from the network."""

import argparse
import json
import os
import subprocess
import tempfile

HERE = os.path.dirname(os.path.realpath(__file__))
MODULES = os.path.join(HERE, "..", "desk", "node_modules")


def esbuild(output, meta):
    """The target is what telephones of the last years have."""
    subprocess.run(
        [
            os.path.join(MODULES, ".bin", "esbuild"),
            "map.js",
            "form.js",
            "--bundle",
            "--minify",
            "--format=esm",
            "--target=es2022,chrome109,firefox115,safari16",
            "--loader:.png=dataurl",
            "--charset=utf8",
            "--legal-comments=none",
            "--log-level=warning",
            "--metafile=" + meta,
            "--outdir=" + output,
        ],
        cwd=HERE,
        env={**os.environ, "NODE_PATH": MODULES},
        check=True,
    )


def write_depfile(output, meta, depfile):
    with open(meta, encoding="utf-8") as source:
        read = [os.path.join(HERE, name) for name in json.load(source)["inputs"]]
    with open(depfile, "w", encoding="utf-8") as out:
        out.write(
            "%s: %s\n"
            % (os.path.join(os.path.relpath(output), "map.js"), " ".join(sorted(read)))
        )


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", required=True)
    parser.add_argument("--depfile", required=True)
    options = parser.parse_args()

    with tempfile.TemporaryDirectory() as scratch:
        meta = os.path.join(scratch, "meta.json")
        esbuild(options.output, meta)
        write_depfile(options.output, meta, options.depfile)


if __name__ == "__main__":
    main()
