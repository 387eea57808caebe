#!/usr/bin/env python3
"""Makes volumes with bright spheres in noise for two hospitals.

    python3 prepare.py                writes data/site-1 and data/site-2 beside this script
    python3 prepare.py --out DIR      writes below another folder

Needs the standard library only and always makes the same bytes.
"""

import argparse
import pathlib
import random
import struct

EXTENT = 20
SITES = {"site-1": 9, "site-2": 6}


def nifti(values, code, kind):
    """A NIfTI-1 file of voxels of 1 mm: header, then values, the first axis varying fastest."""
    header = bytearray(352)
    struct.pack_into("<i", header, 0, 348)
    struct.pack_into("<8h", header, 40, 3, EXTENT, EXTENT, EXTENT, 1, 1, 1, 1)
    struct.pack_into("<hh", header, 70, code, struct.calcsize(kind) * 8)
    struct.pack_into("<8f", header, 76, 1, 1, 1, 1, 0, 0, 0, 0)
    struct.pack_into("<ff", header, 108, 352, 1)
    struct.pack_into("<hh", header, 252, 0, 1)
    for row in range(3):
        struct.pack_into("<4f", header, 280 + 16 * row, *[float(row == axis) for axis in range(4)])
    header[344:348] = b"n+1\0"
    return bytes(header) + struct.pack("<%d%s" % (len(values), kind), *values)


def volume(draw):
    radius = draw.uniform(3, 6)
    centre = [draw.uniform(radius, EXTENT - radius) for _ in range(3)]
    label = [
        int(sum((place - middle) ** 2 for place, middle in zip((x, y, z), centre)) < radius**2)
        for z in range(EXTENT) for y in range(EXTENT) for x in range(EXTENT)
    ]
    image = [round(100 + 60 * inside + 25 * draw.gauss(0, 1)) for inside in label]
    return image, label


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path(__file__).resolve().parent / "data")
    out = parser.parse_args().out
    for number, (site, count) in enumerate(SITES.items()):
        draw = random.Random(number)
        for kind in ("images", "labels"):
            (out / site / kind).mkdir(parents=True, exist_ok=True)
        for case in range(count):
            image, label = volume(draw)
            name = "case-%02d.nii" % case
            (out / site / "images" / name).write_bytes(nifti(image, 4, "h"))
            (out / site / "labels" / name).write_bytes(nifti(label, 2, "B"))


if __name__ == "__main__":
    main()
