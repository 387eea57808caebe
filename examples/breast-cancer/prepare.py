#!/usr/bin/env python3
"""Splits the Wisconsin Diagnostic Breast Cancer data over four hospitals.

    python3 prepare.py SOURCE              writes data/site-1.csv to data/site-4.csv
                                           and standardization.csv beside this script
    python3 prepare.py SOURCE --check      compares them with what is there, writes nothing
    python3 prepare.py SOURCE --out DIR    writes below another folder

SOURCE is breast_cancer.csv as scikit-learn carries it (Debian: package
python3-sklearn, /usr/lib/python3/dist-packages/sklearn/datasets/data/breast_cancer.csv).
Needs the standard library only and always makes the same bytes.
"""

import argparse
import csv
import hashlib
import io
import math
import pathlib
import sys

SHA256 = "fed3eb72d0575ef6192293f5093c6e801b1476b577d0386bf4455504522172ed"
MEASURES = (
    "radius texture perimeter area smoothness compactness concavity concave_points"
    " symmetry fractal_dimension"
).split()
FEATURES = (
    [f"mean_{measure}" for measure in MEASURES]
    + [f"{measure}_error" for measure in MEASURES]
    + [f"worst_{measure}" for measure in MEASURES]
)
# Training rows go to the hospitals by mean radius: small tumours are seen at site-1, large ones at
# site-4, so that every hospital has another mix of diagnoses.
BORDERS = (0.2, 0.45, 0.7)
# Malignant and benign training rows of each hospital, as they must come out.
EXPECTED = ((1, 89), (8, 107), (32, 82), (129, 8))
EXPECTED_TEST_ROWS = 113


def read(source):
    """The rows as (features as text, malignant), in the order of the source."""
    data = source.read_bytes()
    found = hashlib.sha256(data).hexdigest()
    if found != SHA256:
        sys.exit(f"{source}: SHA-256 is {found}, expected {SHA256}: not scikit-learn's file")
    lines = list(csv.reader(io.StringIO(data.decode("ascii"))))
    # The source counts benign as 1; its first line is sizes and class names.
    return [(line[:-1], 1 - int(line[-1])) for line in lines[1:]]


def quantile(ascending, fraction):
    """Linear interpolation between the two nearest order statistics."""
    position = fraction * (len(ascending) - 1)
    below = math.floor(position)
    above = min(below + 1, len(ascending) - 1)
    return ascending[below] + (position - below) * (ascending[above] - ascending[below])


def hospitals(train):
    """The training rows of each hospital."""
    radii = sorted(float(features[0]) for features, _ in train)
    borders = [quantile(radii, fraction) for fraction in BORDERS]
    parts = [[] for _ in range(len(borders) + 1)]
    for row in train:
        parts[sum(float(row[0][0]) >= border for border in borders)].append(row)
    counts = tuple((sum(m for _, m in part), sum(1 - m for _, m in part)) for part in parts)
    if counts != EXPECTED:
        sys.exit(f"malignant/benign per hospital: {counts}, expected {EXPECTED}")
    return parts


def table(train, test):
    """One hospital's file: its own training rows, then the common test rows."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(FEATURES + ["malignant", "split"])
    for split, rows in (("train", train), ("test", test)):
        for features, malignant in rows:
            writer.writerow(features + [malignant, split])
    return out.getvalue()


def standardization(train):
    """Mean and standard deviation (of the population, ddof 0) of every feature over all hospitals."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["feature", "mean", "sd"])
    for column, name in enumerate(FEATURES):
        values = [float(features[column]) for features, _ in train]
        mean = math.fsum(values) / len(values)
        variance = math.fsum((value - mean) ** 2 for value in values) / len(values)
        writer.writerow([name, repr(mean), repr(math.sqrt(variance))])
    return out.getvalue()


def files(rows):
    """What this script makes: path to text."""
    train = [row for index, row in enumerate(rows) if index % 5 != 4]
    test = [row for index, row in enumerate(rows) if index % 5 == 4]
    if len(test) != EXPECTED_TEST_ROWS:
        sys.exit(f"{len(test)} test rows, expected {EXPECTED_TEST_ROWS}")
    made = {
        f"data/site-{number}.csv": table(part, test)
        for number, part in enumerate(hospitals(train), start=1)
    }
    made["standardization.csv"] = standardization(train)
    return made


def main():
    here = pathlib.Path(__file__).resolve().parent
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("source", type=pathlib.Path, help="scikit-learn's breast_cancer.csv")
    parser.add_argument("--out", type=pathlib.Path, default=here, help="default: %(default)s")
    parser.add_argument("--check", action="store_true", help="compare only")
    arguments = parser.parse_args()
    if not arguments.source.is_file():
        parser.error(f"{arguments.source}: no such file")
    made = files(read(arguments.source))
    for name, text in made.items():
        path = arguments.out / name
        if arguments.check:
            if not path.is_file() or path.read_bytes() != text.encode("ascii"):
                sys.exit(f"{path}: missing or not what this script makes")
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text.encode("ascii"))
        print(f"{'same' if arguments.check else 'wrote'} {path}")


if __name__ == "__main__":
    main()
