#!/usr/bin/env python3
"""Makes the app's files in a build directory, and a C file with all of them: texts from
PO, the map and its style, script and style, page, manifest, and last the service worker,
which knows the addresses of all the others.

    bundle.py --output DIR --table FILE.c --depfile FILE
    bundle.py --built DIR       only what the script imports as "built/...", for tests

What was read goes into the depfile, for ninja. Needs clients/app/node_modules and
nothing from the network. A language is a file in texts/: nothing else names it."""

import argparse
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.realpath(__file__))
RESIDENT = os.path.join(HERE, "..", "resident", "texts")
EMBED = os.path.join(HERE, "..", "..", "lib", "embed.py")
ESBUILD = os.path.join(HERE, "node_modules", ".bin", "esbuild")
ICONS = ("icon.svg", "icon-192.png", "icon-512.png", "icon-maskable-512.png")

# What the residents' pages say of the same things: one text, and one translation.
SHARED = ("status.", "event.", "type.", "type-hint.", "category.", "area.", "page.unreviewed")

PO_STRING = re.compile(r'"((?:\\.|[^"\\])*)"')
ESCAPES = {"n": "\n", "t": "\t", '"': '"', "\\": "\\"}


def unescape(text):
    return re.sub(r"\\(.)", lambda m: ESCAPES.get(m.group(1), m.group(1)), text)


def read_po(path):
    """{msgid: msgstr}, of those that are filled in; the head is the text of ""."""
    table, key, value, into = {}, None, None, None
    with open(path, encoding="utf-8") as source:
        lines = source.read().split("\n")
    for line in lines + ['msgid ""']:
        word = re.match(r"(msgid|msgstr)\s", line)
        if word and word.group(1) == "msgid":
            if key is not None and value:
                table[key] = value
            key, value, into = "", "", "key"
        elif word:
            into = "value"
        elif not line.startswith('"'):
            continue
        text = unescape("".join(PO_STRING.findall(line)))
        if into == "key":
            key += text
        elif into == "value":
            value += text
    return table


def languages():
    """Codes, Swedish first."""
    names = [n[:-3] for n in os.listdir(os.path.join(HERE, "texts")) if n.endswith(".po")]
    return sorted(names, key=lambda code: (code != "sv", code))


def own_path(language):
    return os.path.join(HERE, "texts", language + ".po")


def head_of(language, name, otherwise):
    """A field of the head, as lib/catalogue_about.c reads it."""
    found = re.search("^%s: *(.*)$" % name, read_po(own_path(language))[""], re.M)
    return found.group(1).strip() if found else otherwise


def own_and_shared(language):
    table = read_po(own_path(language))
    del table[""]
    shared = os.path.join(RESIDENT, language + ".po")
    if os.path.exists(shared):
        for key, text in read_po(shared).items():
            if key.startswith(SHARED):
                table.setdefault(key, text)
    return table


def texts():
    """{language: table}: what a language lacks is Swedish."""
    base = own_and_shared("sv")
    return {code: {**base, **own_and_shared(code)} for code in languages()}


def write_json(path, value):
    with open(path, "w", encoding="utf-8") as out:
        json.dump(value, out, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def address(path):
    """As server/page_asset.c makes it."""
    with open(path, "rb") as source:
        digits = hashlib.sha256(source.read()).hexdigest()[:16]
    return "/static/%s/%s" % (digits, os.path.basename(path))


class Build:
    def __init__(self, output, scratch):
        self.output = output
        self.built = os.path.join(scratch, "built")
        self.meta = os.path.join(scratch, "meta.json")
        self.read = set()
        self.files = []  # in the order in which they were made
        os.makedirs(self.built, exist_ok=True)
        os.makedirs(output, exist_ok=True)

    def made(self, name):
        path = os.path.join(self.output, name)
        self.files.append(path)
        return address(path)

    def esbuild(self, entry, name, form="esm"):
        """The target is what telephones of the last years have."""
        subprocess.run(
            [
                ESBUILD,
                "%s=%s" % (os.path.splitext(name)[0], entry),
                "--bundle",
                "--minify",
                "--format=" + form,
                "--target=es2022,chrome109,firefox115,safari16",
                "--jsx=automatic",
                "--jsx-import-source=preact",
                "--alias:built=" + self.built,
                "--loader:.png=dataurl",
                "--charset=utf8",
                "--legal-comments=none",
                "--log-level=warning",
                "--metafile=" + self.meta,
                "--outdir=" + self.output,
            ],
            cwd=HERE,
            check=True,
        )
        with open(self.meta, encoding="utf-8") as source:
            names = [os.path.realpath(os.path.join(HERE, n)) for n in json.load(source)["inputs"]]
        self.read.update(n for n in names if not n.startswith(os.path.realpath(self.built)))
        return self.made(name)

    def texts(self):
        """Swedish is in the script; another language is a file, fetched when chosen."""
        tables, known = texts(), []
        write_json(os.path.join(self.built, "sv.json"), tables["sv"])
        for code, table in tables.items():
            at = ""
            if code != "sv":
                name = "texts.%s.json" % code
                write_json(os.path.join(self.output, name), table)
                at = self.made(name)
            known.append({"code": code, "name": head_of(code, "X-Name", code),
                          "dir": head_of(code, "X-Direction", "ltr"),
                          "isUnreviewed": head_of(code, "X-Reviewed", "yes") == "no", "texts": at})
        write_json(os.path.join(self.built, "languages.json"), known)
        for folder in (os.path.join(HERE, "texts"), RESIDENT):
            self.read.add(folder)  # a file more is a change, too
            self.read.update(os.path.join(folder, n) for n in os.listdir(folder))

    def notices(self):
        """What the worker says when the page is gone, in every language."""
        write_json(os.path.join(self.built, "notices.json"),
                   {code: {"title": table["product"], "body": table["push.notice"]}
                    for code, table in texts().items()})

    def filled(self, source, name, addresses):
        with open(os.path.join(HERE, source), encoding="utf-8") as template:
            text = template.read()
        for key, at in addresses.items():
            text = text.replace("{{%s}}" % key, at)
        with open(os.path.join(self.output, name), "w", encoding="utf-8") as out:
            out.write(text)
        self.read.add(os.path.join(HERE, source))
        return self.made(name)

    def all(self):
        at = {}
        self.texts()
        self.notices()
        at["vector.js"] = self.esbuild("src/map_vector.ts", "map-vector.js")
        write_json(os.path.join(self.built, "vector.json"), {"script": at["vector.js"]})
        at["map.js"] = self.esbuild("src/map.ts", "appmap.js")
        at["map.css"] = self.esbuild("map.css", "appmap.css")
        write_json(os.path.join(self.built, "map.json"),
                   {"script": at["map.js"], "style": at["map.css"]})
        for name in ICONS:
            shutil.copyfile(os.path.join(HERE, "icons", name), os.path.join(self.output, name))
            self.read.add(os.path.join(HERE, "icons", name))
            at[name] = self.made(name)
        at["app.css"] = self.esbuild("app.css", "app.css")
        at["app.js"] = self.esbuild("src/main.tsx", "app.js")
        kept = [at["app.js"], at["app.css"], at["map.js"], at["map.css"], at["icon.svg"]]
        page = self.filled("index.html", "index.html", at)
        manifest = self.filled("manifest.webmanifest", "manifest.webmanifest", at)
        # The script names the languages' files, so its address stands for theirs.
        version = hashlib.sha256("\n".join([*kept, page, manifest]).encode()).hexdigest()[:16]
        write_json(os.path.join(self.built, "kept.json"), {"version": version, "files": kept, "icon": at["icon-192.png"]})
        self.esbuild("src/sw.ts", "sw.js", "iife")


def write_depfile(build, table, depfile):
    names = [name.replace(" ", "\\ ") for name in sorted(build.read)]
    with open(depfile, "w", encoding="utf-8") as out:
        out.write("%s: %s\n" % (table, " ".join(names)))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output")
    parser.add_argument("--table")
    parser.add_argument("--depfile")
    parser.add_argument("--built")
    options = parser.parse_args()

    with tempfile.TemporaryDirectory() as scratch:
        build = Build(options.output or scratch, scratch)
        if options.built:
            build.built = options.built
            os.makedirs(options.built, exist_ok=True)
            build.texts()
            build.notices()
            write_json(os.path.join(options.built, "vector.json"), {"script": ""})
            write_json(os.path.join(options.built, "map.json"), {"script": "", "style": ""})
            write_json(os.path.join(options.built, "kept.json"), {"version": "", "files": [], "icon": ""})
            return
        if not os.path.exists(ESBUILD):
            sys.exit("bundle.py: no esbuild: run npm ci in clients/app")
        build.all()
        subprocess.run([sys.executable, EMBED, "--table", "app_files", "--base", options.output,
                        "--output", options.table, *build.files], check=True)
        write_depfile(build, options.table, options.depfile)


if __name__ == "__main__":
    main()
