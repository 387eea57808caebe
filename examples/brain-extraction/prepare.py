#!/usr/bin/env python3
"""Makes the brain images of three hospitals from images that Debian distributes.

    python3 prepare.py                writes data/site-a to data/site-c beside this script
    python3 prepare.py --out DIR      writes below another folder
    python3 prepare.py --check        compares with what is there, writes nothing

The sources are in Debian's packages mricron-data and insighttoolkit5-examples; --mricron and
--itk name other folders. Needs the standard library only and always makes the same bytes.
"""

import argparse
import array
import csv
import gzip
import hashlib
import io
import math
import pathlib
import random
import struct
import sys

MRICRON = pathlib.Path("/usr/share/mricron/templates")
ITK = pathlib.Path("/usr/share/doc/insighttoolkit5-examples/examples/Data")
# SHA-256 of the uncompressed files.
SOURCES = {
    "ch2.nii.gz": "707a360b809ba937f6c007231bcf7dc6e2d33657497b254414c9894b6efa5f8c",
    "ch2bet.nii.gz": "521204362226d485c92ef5383327765b0344c99ff9ac60000a1f591ff0c3fb34",
    "KmeansTest_T1UCharRaw.nii.gz": "829b54a4c2990a5b908825bfdd31d4213c087ee3e635f233926c42393d045be7",
    "KmeansTest_T1RawSkullStrip.nii.gz": "d5074c5291b6bef5960bfcafbe377e539b44c489c8024135263c2d0ff5cd4579",
}
# The block along the body's front-back axis that nobody learns from, and what lies beside it for the
# network to see: 8 voxels of 2 mm.
BLOCK = (0.4, 0.6)
CONTEXT_MM = 16
PATCHES = {"site-a": 32, "site-b": 20, "site-c": 16}
SEED = 2


class Volume:
    """Voxels with the first axis fastest, as NIfTI stores them, and where they lie."""

    def __init__(self, extents, values, affine):
        self.extents = extents
        self.values = values
        self.affine = affine

    def crop(self, axis, begin, end):
        """The voxels from begin to end - 1 along an axis."""
        x, y, z = self.extents
        ranges = [range(x), range(y), range(z)]
        ranges[axis] = range(begin, end)
        first, last = ranges[0][0], ranges[0][-1] + 1
        values = type(self.values)(
            *((self.values.typecode,) if isinstance(self.values, array.array) else ())
        )
        for k in ranges[2]:
            for j in ranges[1]:
                row = (k * y + j) * x
                values += self.values[row + first : row + last]
        affine = [
            row[:3] + [row[3] + row[axis] * begin] for row in self.affine
        ]
        return Volume([len(r) for r in ranges], values, affine)

    def nifti(self):
        """The bytes of a .nii file."""
        shorts = isinstance(self.values, array.array)
        header = bytearray(352)
        struct.pack_into("<i", header, 0, 348)
        struct.pack_into("<8h", header, 40, 3, *self.extents, 1, 1, 1, 1)
        struct.pack_into("<2h", header, 70, *((4, 16) if shorts else (2, 8)))
        sizes = [math.sqrt(sum(row[axis] ** 2 for row in self.affine)) for axis in range(3)]
        struct.pack_into("<8f", header, 76, 1, *sizes, 0, 0, 0, 0)
        struct.pack_into("<3f", header, 108, 352, 1, 0)
        struct.pack_into("<b", header, 123, 2)
        struct.pack_into("<2h", header, 252, 0, 1)
        struct.pack_into("<12f", header, 280, *(cell for row in self.affine for cell in row))
        header[344:348] = b"n+1\0"
        values = self.values
        if shorts and sys.byteorder == "big":
            values = values[:]
            values.byteswap()
        return bytes(header) + bytes(values)


def read(folder, name):
    """A source, checked, as 8-bit values."""
    path = folder / name
    if not path.is_file():
        sys.exit(
            f"{path}: no such file; install Debian's packages mricron-data and"
            " insighttoolkit5-examples, or name the folders with --mricron and --itk"
        )
    data = gzip.decompress(path.read_bytes())
    found = hashlib.sha256(data).hexdigest()
    if found != SOURCES[name]:
        sys.exit(f"{path}: SHA-256 of its content is {found}, expected {SOURCES[name]}")
    extents = list(struct.unpack_from("<3h", data, 42))
    cells = struct.unpack_from("<12f", data, 280)
    affine = [list(cells[row * 4 : row * 4 + 4]) for row in range(3)]
    values = data[int(struct.unpack_from("<f", data, 108)[0]) :]
    if struct.unpack_from("<h", data, 70)[0] == 4:
        # 16-bit values that all are below 256.
        values = values[::2]
    return Volume(extents, bytes(values), affine)


def mask(volume):
    """1 where there is anything, else 0."""
    return Volume(
        volume.extents, volume.values.translate(bytes([0] + [1] * 255)), volume.affine
    )


def second_scanner(volume):
    """The same head in another scanner: slices of 2 mm, another contrast, brighter on one side,
    noisier, and stored from right to left."""
    x, y, z = volume.extents
    # The power .75 by square roots, which are exact everywhere.
    contrast = [math.sqrt(v / 255 * math.sqrt(v / 255)) for v in range(256)]
    generator = random.Random(SEED).random
    values = array.array("h")
    for k in range(0, z - 1, 2):
        for j in range(y):
            below = volume.values[(k * y + j) * x : (k * y + j + 1) * x]
            above = volume.values[((k + 1) * y + j) * x : ((k + 1) * y + j + 1) * x]
            gain = 300 * (0.8 + 0.5 * (j / y) ** 2)
            values.extend(
                round(
                    max(
                        0.0,
                        gain * (1.1 - 0.3 * i / x) * (contrast[below[i]] + contrast[above[i]])
                        # Three uniform numbers: nearly normal, standard deviation 1/2.
                        + 24 * (generator() + generator() + generator() - 1.5),
                    )
                )
                for i in range(x - 1, -1, -1)
            )
    affine = two_slices(volume.affine)
    return Volume([x, y, z // 2], values, reverse(affine, x))


def two_slices(affine):
    """Of voxels that are two of the old ones along the third axis."""
    return [[r[0], r[1], 2 * r[2], r[3] + r[2] / 2] for r in affine]


def reverse(affine, extent):
    """Of voxels that are counted from the other end of the first axis."""
    return [[-r[0], r[1], r[2], r[3] + r[0] * (extent - 1)] for r in affine]


def second_scanner_mask(volume):
    """The mask on the second scanner's grid: a voxel counts if either of its two did."""
    x, y, z = volume.extents
    values = bytearray()
    for k in range(0, z - 1, 2):
        for j in range(y):
            below = volume.values[(k * y + j) * x : (k * y + j + 1) * x]
            above = volume.values[((k + 1) * y + j) * x : ((k + 1) * y + j + 1) * x]
            values += bytes(a | b for a, b in zip(below, above))[::-1]
    return Volume([x, y, z // 2], bytes(values), reverse(two_slices(volume.affine), x))


def hospital(site, image, label, axis):
    """The files of one hospital: path to bytes. The axis is the one from back to front."""
    length = image.extents[axis]
    spacing = math.sqrt(sum(row[axis] ** 2 for row in image.affine))
    begin, end = (int(length * part) for part in BLOCK)
    context = round(CONTEXT_MM / spacing)
    parts = {
        "back": ("train", 0, begin),
        "middle": ("test", begin - context, end + context),
        "front": ("train", end, length),
    }
    made = {}
    table = io.StringIO()
    writer = csv.writer(table, lineterminator="\n")
    writer.writerow(["image", "label", "region", "split", "patches"])
    for name, (split, first, last) in parts.items():
        made[f"{site}/{name}.nii"] = image.crop(axis, first, last).nifti()
        made[f"{site}/{name}-brain.nii"] = label.crop(axis, first, last).nifti()
        region = ""
        if split == "test":
            region = f"{name}-scored.nii"
            made[f"{site}/{region}"] = scored(
                label.crop(axis, first, last), axis, context, last - first - context
            ).nifti()
        writer.writerow(
            [
                f"{name}.nii",
                f"{name}-brain.nii",
                region,
                split,
                PATCHES[site] if split == "train" else "",
            ]
        )
    made[f"{site}/images.csv"] = table.getvalue().encode("ascii")
    return made


def scored(volume, axis, begin, end):
    """1 from begin to end - 1 along the axis, 0 elsewhere."""
    x, y, z = volume.extents
    values = bytearray()
    for k in range(z):
        for j in range(y):
            if axis == 1:
                values += bytes([begin <= j < end]) * x
            else:
                values += bytes([begin <= k < end]) * x
    return Volume(volume.extents, bytes(values), volume.affine)


def files(mricron, itk):
    """What this script makes: path to bytes."""
    head = read(mricron, "ch2.nii.gz")
    brain = mask(read(mricron, "ch2bet.nii.gz"))
    middle = head.extents[0] // 2
    other = read(itk, "KmeansTest_T1UCharRaw.nii.gz")
    other_brain = mask(read(itk, "KmeansTest_T1RawSkullStrip.nii.gz"))
    right = head.crop(0, middle + 1, head.extents[0])
    right_brain = brain.crop(0, middle + 1, head.extents[0])
    return (
        hospital("site-a", head.crop(0, 0, middle), brain.crop(0, 0, middle), 1)
        | hospital("site-b", second_scanner(right), second_scanner_mask(right_brain), 1)
        | hospital("site-c", other, other_brain, 2)
    )


def main():
    here = pathlib.Path(__file__).resolve().parent
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--mricron", type=pathlib.Path, default=MRICRON, help="default: %(default)s")
    parser.add_argument("--itk", type=pathlib.Path, default=ITK, help="default: %(default)s")
    parser.add_argument("--out", type=pathlib.Path, default=here / "data", help="default: %(default)s")
    parser.add_argument("--check", action="store_true", help="compare only")
    arguments = parser.parse_args()
    made = files(arguments.mricron, arguments.itk)
    for name, data in made.items():
        path = arguments.out / name
        if arguments.check:
            if not path.is_file() or path.read_bytes() != data:
                sys.exit(f"{path}: missing or not what this script makes")
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
    print(f"{'same' if arguments.check else 'wrote'} {len(made)} files in {arguments.out}")


if __name__ == "__main__":
    main()
