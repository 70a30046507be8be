#!/usr/bin/env python3
"""Makes districts.geojson: demonstration districts, not the city's own.

    python3 server/demo/districts.py > server/demo/districts.geojson

Each district is what lies nearer to its centre than to any other (a Voronoi cell),
within a made-up outline of the city. The true borders come from the city as a file and
go in with the same command.
"""

import json
import math

CENTRES = {  # latitude, longitude
    "Bromma": (59.3411, 17.9359),
    "Enskede-Årsta-Vantör": (59.2784, 18.0518),
    "Farsta": (59.2518, 18.0921),
    "Hägersten-Älvsjö": (59.2925, 17.9900),
    "Hässelby-Vällingby": (59.3716, 17.8331),
    "Järva": (59.3977, 17.9118),
    "Kungsholmen": (59.3293, 18.0154),
    "Norra innerstaden": (59.3436, 18.0913),
    "Skarpnäck": (59.2643, 18.1407),
    "Skärholmen": (59.2851, 17.9060),
    "Södermalm": (59.3142, 18.0678),
}
# Longitude, latitude; convex, so that a cell is one piece.
OUTLINE = [
    (17.755, 59.352), (17.840, 59.283), (17.900, 59.252), (18.060, 59.221),
    (18.165, 59.224), (18.200, 59.270), (18.200, 59.345), (18.120, 59.388),
    (17.985, 59.428), (17.890, 59.437), (17.800, 59.411),
]
# A degree of longitude is this much of a degree of latitude here.
NARROW = math.cos(math.radians(59.33))


def plane(lon, lat):
    return lon * NARROW, lat


def clip(ring, keep):
    """The part of a convex ring where keep(point) is 0 or more; keep is linear."""
    out = []
    for here, after in zip(ring, ring[1:] + ring[:1]):
        a, b = keep(here), keep(after)
        if a >= 0:
            out.append(here)
        if (a > 0 > b) or (a < 0 < b):
            t = a / (a - b)
            out.append(tuple(p + t * (q - p) for p, q in zip(here, after)))
    return out


def nearer(one, other):
    """Positive on the side of `one`, linear in the point."""
    dx, dy = one[0] - other[0], one[1] - other[1]
    middle = (one[0] ** 2 - other[0] ** 2 + one[1] ** 2 - other[1] ** 2) / 2
    return lambda point: point[0] * dx + point[1] * dy - middle


def cell(name):
    centres = {n: plane(lon, lat) for n, (lat, lon) in CENTRES.items()}
    ring = [plane(*point) for point in OUTLINE]
    for other in CENTRES:
        if other != name:
            ring = clip(ring, nearer(centres[name], centres[other]))
    ring = [[round(x / NARROW, 6), round(y, 6)] for x, y in ring]
    return ring + ring[:1]


def main():
    features = [
        {
            "type": "Feature",
            "properties": {"name": name},
            "geometry": {"type": "Polygon", "coordinates": [cell(name)]},
        }
        for name in CENTRES
    ]
    note = "Made up for demonstration: not the borders of the city's districts."
    lines = ",\n".join(json.dumps(f, ensure_ascii=False) for f in features)
    print('{"type": "FeatureCollection", "note": %s, "features": [\n%s\n]}'
          % (json.dumps(note), lines))


if __name__ == "__main__":
    main()
