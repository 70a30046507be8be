#!/usr/bin/env python3
"""Makes places.tsv: demonstration places, not addresses of the city.

    python3 server/demo/places.py > server/demo/places.tsv

Each address of a made-up unit, where that unit is, on its made-up street, and each
district by its name, at the centre that districts.py gives it."""

import csv
import os

from districts import CENTRES

UNITS = os.path.join(os.path.dirname(os.path.realpath(__file__)), "units.tsv")


def main():
    print("# Made up for demonstration by places.py: streets that are nowhere, and the")
    print("# districts' names.")
    print("name\tkind\tlat\tlon")
    for name, (lat, lon) in CENTRES.items():
        print("%s\tplace\t%s\t%s" % (name, lat, lon))
    with open(UNITS, encoding="utf-8") as source:
        lines = [line for line in source if line.strip() and not line.startswith("#")]
    for unit in csv.DictReader(lines, delimiter="\t"):
        print("%s\taddress\t%s\t%s" % (unit["address"], unit["lat"], unit["lon"]))


main()
