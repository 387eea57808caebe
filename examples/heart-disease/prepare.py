#!/usr/bin/env python3
"""Prepares the UCI Heart Disease data of four hospitals as FLamby's benchmark uses it.

    python3 prepare.py SOURCE              writes data/<hospital>.csv beside this script
    python3 prepare.py SOURCE --out DIR    writes DIR/<hospital>.csv

SOURCE is the folder with processed.cleveland.data, processed.hungarian.data,
processed.switzerland.data and processed.va.data (README.md says where to get them).
Needs the standard library only and always makes the same bytes.
"""

import argparse
import csv
import fractions
import hashlib
import io
import math
import pathlib
import random
import sys

MD5 = {
    "cleveland": "2d91a8ff69cfd9616aa47b59d6f843db",
    "hungarian": "22e96bee155b5973568101c93b3705f6",
    "switzerland": "9a87f7577310b3917730d06ba9349e20",
    "va": "4249d03ca7711e84f4444768c9426170",
}
COLUMNS = "age sex cp trestbps chol fbs restecg thalach exang oldpeak slope ca thal num".split()
# Mostly missing outside Cleveland; the benchmark leaves them out.
DROPPED = {"slope", "ca", "thal"}
# Categories get one column per value but the first.
CATEGORIES = {"cp": (1, 2, 3, 4), "restecg": (0, 1, 2)}
TRAIN_FRACTION = 0.66
SPLIT_SEED = 43
EXPECTED_ROWS = {"cleveland": 303, "hungarian": 261, "switzerland": 46, "va": 130}


class NumpyRandom:
    """The draws of numpy's legacy RandomState, which the benchmark's split goes back to.

    Both numpy and Python use the Mersenne Twister MT19937; they differ in how a seed becomes the
    first state and in how a number below a bound is drawn.
    """

    def __init__(self, seed):
        state = [seed & 0xFFFFFFFF]
        for i in range(1, 624):  # Knuth's initialization, Matsumoto and Nishimura 2002
            state.append((1812433253 * (state[-1] ^ (state[-1] >> 30)) + i) & 0xFFFFFFFF)
        self._twister = random.Random()
        self._twister.setstate((3, tuple(state) + (624,), None))

    def _at_most(self, bound):
        mask = (1 << bound.bit_length()) - 1
        while True:
            value = self._twister.getrandbits(32) & mask
            if value <= bound:
                return value

    def permutation(self, count):
        order = list(range(count))
        for i in range(count - 1, 0, -1):
            j = self._at_most(i)
            order[i], order[j] = order[j], order[i]
        return order


def shares(counts, wanted):
    """How many of each class make up `wanted` rows: proportional, largest remainders rounded up."""
    exact = [fractions.Fraction(count * wanted, sum(counts)) for count in counts]
    result = [math.floor(share) for share in exact]
    remainders = [share - math.floor(share) for share in exact]
    missing = wanted - sum(result)
    order = sorted(range(len(counts)), key=lambda i: remainders[i], reverse=True)
    if 0 < missing < len(order) and remainders[order[missing - 1]] == remainders[order[missing]]:
        raise AssertionError("a tie between classes, which would be drawn by lot")
    for i in order[:missing]:
        result[i] += 1
    return result


def test_rows(labels):
    """The indices of the test rows: a third, drawn within each class where that is possible."""
    count = len(labels)
    train = math.floor(TRAIN_FRACTION * count)
    test = math.ceil((1.0 - TRAIN_FRACTION) * count)
    generator = NumpyRandom(SPLIT_SEED)
    classes = [[i for i, label in enumerate(labels) if label == value] for value in (0, 1)]
    if any(len(members) <= 2 for members in classes):
        return set(generator.permutation(count)[:test])
    train_shares = shares([len(members) for members in classes], train)
    rest = [len(members) - share for members, share in zip(classes, train_shares)]
    test_shares = shares(rest, test)
    chosen = set()
    for members, skip, take in zip(classes, train_shares, test_shares):
        order = generator.permutation(len(members))
        chosen.update(members[i] for i in order[skip : skip + take])
    return chosen


def read(source, hospital):
    """The rows without a missing value, as dictionaries of numbers."""
    path = source / f"processed.{hospital}.data"
    if not path.is_file():
        sys.exit(f"{path}: no such file; README.md says where to get it")
    data = path.read_bytes()
    found = hashlib.md5(data, usedforsecurity=False).hexdigest()
    if found != MD5[hospital]:
        sys.exit(f"{path}: MD5 is {found}, expected {MD5[hospital]}: download it again")
    rows = []
    for line in csv.reader(io.StringIO(data.decode("ascii"))):
        cells = {name: cell for name, cell in zip(COLUMNS, line) if name not in DROPPED}
        if line and "?" not in cells.values():
            rows.append({name: float(cell) for name, cell in cells.items()})
    if len(rows) != EXPECTED_ROWS[hospital]:
        sys.exit(f"{path}: {len(rows)} complete rows, expected {EXPECTED_ROWS[hospital]}")
    return rows


def table(rows):
    """One hospital's file."""
    labels = [int(row["num"] > 0) for row in rows]
    test = test_rows(labels)
    numeric = [name for name in COLUMNS[:-1] if name not in DROPPED and name not in CATEGORIES]
    dummies = [(name, value) for name, values in CATEGORIES.items() for value in values[1:]]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(numeric + [f"{name}{value}" for name, value in dummies] + ["disease", "split"])
    for index, row in enumerate(rows):
        cells = [row[name] for name in numeric]
        cells += [float(row[name] == value) for name, value in dummies]
        writer.writerow(cells + [labels[index], "test" if index in test else "train"])
    return out.getvalue()


def main():
    here = pathlib.Path(__file__).resolve().parent
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("source", type=pathlib.Path, help="folder with the four UCI files")
    parser.add_argument("--out", type=pathlib.Path, default=here / "data", help="default: %(default)s")
    arguments = parser.parse_args()
    tables = {hospital: table(read(arguments.source, hospital)) for hospital in MD5}
    arguments.out.mkdir(parents=True, exist_ok=True)
    for hospital, text in tables.items():
        path = arguments.out / f"{hospital}.csv"
        path.write_bytes(text.encode("ascii"))
        print(f"wrote {path}")


if __name__ == "__main__":
    main()
