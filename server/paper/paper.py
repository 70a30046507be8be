#!/usr/bin/env python3
"""Writes what pandoc takes the looks of a document from: A4, in Word's form and in OpenDocument's.

    paper.py docx|odt FILE.xml OUTPUT

Of DOCX the paper alone is ours (document.xml); what is not there pandoc takes from its own. Of
ODT it takes all styles from one file (styles.xml). The same input gives the same bytes.
"""

import sys
import zipfile

MIMETYPE = "application/vnd.oasis.opendocument.text"
MANIFEST = """<?xml version="1.0" encoding="UTF-8"?>
<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" manifest:version="1.2">
<manifest:file-entry manifest:full-path="/" manifest:media-type="%s"/>
<manifest:file-entry manifest:full-path="styles.xml" manifest:media-type="text/xml"/>
</manifest:manifest>
""" % MIMETYPE
META = """<?xml version="1.0" encoding="UTF-8"?>
<office:document-meta xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" office:version="1.2"/>
"""


def put(archive, name, data):
    archive.writestr(zipfile.ZipInfo(name), data)  # of 1980, as a ZipInfo is born


def main():
    form, source, output = sys.argv[1:]
    with open(source, "rb") as file:
        data = file.read()
    with zipfile.ZipFile(output, "w") as archive:
        if form == "docx":
            put(archive, "word/document.xml", data)
        else:
            put(archive, "mimetype", MIMETYPE)  # first (ODF 1.2 part 3, 3.3)
            put(archive, "META-INF/manifest.xml", MANIFEST)
            put(archive, "styles.xml", data)
            put(archive, "meta.xml", META)  # written anew, but named only if it is here


main()
