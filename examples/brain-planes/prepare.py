#!/usr/bin/env python3
"""Makes pictures of brains in three planes for four hospitals from images that Debian distributes.

    python3 prepare.py                writes data/site-1 to data/site-4 beside this script
    python3 prepare.py --out DIR      writes below another folder
    python3 prepare.py --check        compares with what is there, writes nothing

The sources are in Debian's package mricron-data; --mricron names another folder. Needs the standard
library only and always makes the same bytes.
"""

import argparse
import array
import csv
import gzip
import hashlib
import io
import pathlib
import random
import struct
import sys
import zlib

MRICRON = pathlib.Path("/usr/share/mricron/templates")
# SHA-256 of the uncompressed files.
SOURCES = {
    "ch2bet.nii.gz": "521204362226d485c92ef5383327765b0344c99ff9ac60000a1f591ff0c3fb34",
    "inia19-t1-brain.nii.gz": "ecc8a0191efe8131caa37aa86ffe8664dcd51c4278b207fa71e014bd4723d9aa",
}
SPECIES = {"human": "ch2bet.nii.gz", "macaque": "inia19-t1-brain.nii.gz"}
PLANES = ("axial", "coronal", "sagittal")
SITES = ("site-1", "site-2", "site-3", "site-4")
SIZE = 64
# Slices of each class, and every how manyeth group of neighbours is for testing.
SLICES = 100
# Pictures of a slice that is not for testing.
PICTURES = 2
GROUP = 4
TEST_EVERY = 5
SHARES_SEED = 5
PICTURES_SEED = 11


def read(folder, name):
    """A source, checked: extents and 8-bit values, the first axis fastest."""
    path = folder / name
    if not path.is_file():
        sys.exit(
            f"{path}: no such file; install Debian's package mricron-data, or name its folder with"
            " --mricron"
        )
    data = gzip.decompress(path.read_bytes())
    found = hashlib.sha256(data).hexdigest()
    if found != SOURCES[name]:
        sys.exit(f"{path}: SHA-256 of its content is {found}, expected {SOURCES[name]}")
    extents = struct.unpack_from("<3h", data, 42)
    values = data[int(struct.unpack_from("<f", data, 108)[0]) :]
    if struct.unpack_from("<h", data, 70)[0] == 16:
        floats = array.array("f", values)
        if sys.byteorder == "big":
            floats.byteswap()
        values = bytes(min(255, int(value / 1.5)) for value in floats)
    return extents, values


def slices(extents, values, plane):
    """The slices of a plane that show enough brain, as rows of bytes with the head or front on top."""
    x, y, z = extents
    made = []
    for at in range({"axial": z, "coronal": y, "sagittal": x}[plane]):
        if plane == "axial":
            rows = [values[(at * y + j) * x : (at * y + j + 1) * x] for j in range(y - 1, -1, -1)]
        elif plane == "coronal":
            rows = [values[(k * y + at) * x : (k * y + at + 1) * x] for k in range(z - 1, -1, -1)]
        else:
            rows = [values[k * y * x + at : (k + 1) * y * x : x] for k in range(z - 1, -1, -1)]
        shown = sum(len(row) - row.count(0) for row in rows)
        if shown > 0.12 * len(rows) * len(rows[0]):
            made.append(rows)
    count = len(made)
    return [made[i * count // SLICES] for i in range(SLICES)]


def square(rows):
    """The smallest square around what is not black: first row, first column, length."""
    shown = [i for i, row in enumerate(rows) if any(row)]
    columns = [i for i in range(len(rows[0])) if any(row[i] for row in rows)]
    height = shown[-1] - shown[0] + 1
    width = columns[-1] - columns[0] + 1
    length = max(height, width)
    return (shown[0] - (length - height) / 2, columns[0] - (length - width) / 2, length)


def picture(rows, generator):
    """A picture of SIZE x SIZE pixels: placed, lit and blurred a little differently each time."""
    top, left, length = square(rows)
    length *= 1.05 + 0.25 * generator()
    top -= 0.15 * length * generator()
    left -= 0.15 * length * generator()
    gain = 0.7 + 0.6 * generator()
    lift = 20 * generator()
    noise = 24 * generator()
    height, width = len(rows), len(rows[0])
    step = length / SIZE
    made = []
    for i in range(SIZE):
        v = top + (i + 0.5) * step - 0.5
        row = bytearray()
        r = int(v) if v >= 0 else -1
        for j in range(SIZE):
            u = left + (j + 0.5) * step - 0.5
            c = int(u) if u >= 0 else -1
            value = 0.0
            if 0 <= r < height - 1 and 0 <= c < width - 1:
                a, b = v - r, u - c
                above, below = rows[r], rows[r + 1]
                value = (1 - a) * ((1 - b) * above[c] + b * above[c + 1]) + a * (
                    (1 - b) * below[c] + b * below[c + 1]
                )
            value = value * gain + lift + noise * (generator() + generator() - 1)
            row.append(min(255, max(0, round(value))))
        made.append(bytes(row))
    return made


def png(rows):
    """The bytes of a grey PNG file. Not compressed, so that every zlib makes the same."""
    raw = b"".join(b"\0" + row for row in rows)
    length = struct.pack("<HH", len(raw), len(raw) ^ 0xFFFF)
    stream = b"\x78\x01\x01" + length + raw + struct.pack(">I", zlib.adler32(raw))

    def chunk(kind, data):
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    header = struct.pack(">2I5B", len(rows[0]), len(rows), 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", stream)
        + chunk(b"IEND", b"")
    )


def shares(generator):
    """Four shares drawn from a Dirichlet distribution with parameter .5."""
    # A gamma variable of shape 1/2 is half the square of a normal one.
    drawn = [generator.gauss(0, 1) ** 2 for _ in SITES]
    return [share / sum(drawn) for share in drawn]


def dealt(count, parts):
    """How many of `count` each site gets."""
    ends = [round(count * sum(parts[: i + 1])) for i in range(len(parts))]
    return [end - begin for begin, end in zip([0] + ends, ends)]


def files(mricron):
    """What this script makes: path to bytes."""
    share = random.Random(SHARES_SEED)
    generator = random.Random(PICTURES_SEED).random
    made = {}
    rows = {site: [] for site in SITES}
    label = 0
    for species, source in SPECIES.items():
        extents, values = read(mricron, source)
        for plane in PLANES:
            train = []
            for i, brain in enumerate(slices(extents, values, plane)):
                name = f"{species}-{plane}-{i:02}"
                if i // GROUP % TEST_EVERY == TEST_EVERY - 1:
                    data = png(picture(brain, generator))
                    for site in SITES:
                        made[f"{site}/{name}.png"] = data
                        rows[site].append([f"{name}.png", label, "test"])
                else:
                    train += [
                        (f"{name}-{letter}.png", png(picture(brain, generator)))
                        for letter in "ab"[:PICTURES]
                    ]
            begin = 0
            for site, count in zip(SITES, dealt(len(train), shares(share))):
                # Every site sees slices from all over the brain.
                for name, data in sorted(train, key=lambda item: hashlib.sha256(item[1]).digest())[
                    begin : begin + count
                ]:
                    made[f"{site}/{name}"] = data
                    rows[site].append([name, label, "train"])
                begin += count
            label += 1
    for site in SITES:
        table = io.StringIO()
        writer = csv.writer(table, lineterminator="\n")
        writer.writerow(["image", "label", "split"])
        writer.writerows(sorted(rows[site]))
        made[f"{site}/images.csv"] = table.getvalue().encode("ascii")
    return made


def main():
    here = pathlib.Path(__file__).resolve().parent
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--mricron", type=pathlib.Path, default=MRICRON, help="default: %(default)s")
    parser.add_argument("--out", type=pathlib.Path, default=here / "data", help="default: %(default)s")
    parser.add_argument("--check", action="store_true", help="compare only")
    arguments = parser.parse_args()
    made = files(arguments.mricron)
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
