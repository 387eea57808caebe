#!/usr/bin/env python3
"""Tests what the examples' preparing scripts make: python3 examples/test_examples.py

A test whose source data is not on this machine is skipped and says what it looked for. The
environment variable WARD_SHARED names the folder with data/heart; by default ../shared beside the
project.
"""

import csv
import gzip
import hashlib
import importlib.util
import os
import pathlib
import struct
import subprocess
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True

HERE = pathlib.Path(__file__).resolve().parent
SKLEARN = pathlib.Path("/usr/lib/python3/dist-packages/sklearn/datasets/data/breast_cancer.csv")
MRICRON = pathlib.Path("/usr/share/mricron/templates")
ITK = pathlib.Path("/usr/share/doc/insighttoolkit5-examples/examples/Data")
SHARED = pathlib.Path(os.environ.get("WARD_SHARED", HERE.parent.parent / "shared"))


def script(path):
    """A script of an example as a module."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def run(path, *arguments):
    return subprocess.run(
        [sys.executable, path, *map(str, arguments)], capture_output=True, text=True, check=False
    )


def rows(path):
    with path.open(newline="") as table:
        return list(csv.DictReader(table))


class BreastCancer(unittest.TestCase):
    folder = HERE / "breast-cancer"
    sites = [f"site-{number}" for number in (1, 2, 3, 4)]

    def tables(self, split):
        everything = [rows(self.folder / "data" / f"{site}.csv") for site in self.sites]
        return [[row for row in table if row["split"] == split] for table in everything]

    def test_hospitals_have_the_counts_of_the_readme(self):
        counts = [
            [sum(row["malignant"] == label for row in table) for label in "10"]
            for table in self.tables("train")
        ]
        self.assertEqual(counts, [[1, 89], [8, 107], [32, 82], [129, 8]])

    def test_all_sites_have_the_same_113_test_rows(self):
        tests = self.tables("test")
        self.assertEqual(len(tests[0]), 113)
        self.assertTrue(all(test == tests[0] for test in tests))

    def test_no_patient_is_at_two_hospitals(self):
        patients = [tuple(row.values()) for table in self.tables("train") for row in table]
        self.assertEqual(len(set(patients)), 456)

    def test_the_statistics_are_those_of_the_training_rows(self):
        prepare = script(self.folder / "prepare.py")
        train = [row for table in self.tables("train") for row in table]
        statistics = rows(self.folder / "standardization.csv")
        for line in statistics:
            values = [float(row[line["feature"]]) for row in train]
            mean = sum(values) / len(values)
            variance = sum((value - mean) ** 2 for value in values) / len(values)
            self.assertAlmostEqual(float(line["mean"]) / mean, 1, 9)
            self.assertAlmostEqual(float(line["sd"]) / variance**0.5, 1, 9)
        self.assertEqual([line["feature"] for line in statistics], prepare.FEATURES)

    @unittest.skipUnless(SKLEARN.is_file(), f"{SKLEARN} is missing (package python3-sklearn)")
    def test_the_script_makes_the_same_bytes_again(self):
        result = run(self.folder / "prepare.py", SKLEARN, "--check")
        self.assertEqual(result.returncode, 0, result.stderr)

    def test_another_source_is_refused(self):
        with tempfile.TemporaryDirectory() as folder:
            source = pathlib.Path(folder, "breast_cancer.csv")
            source.write_text("569,30\n", encoding="ascii")
            result = run(self.folder / "prepare.py", source, "--out", folder)
            self.assertEqual(result.returncode, 1)
            self.assertIn("expected fed3eb72", result.stderr)
            self.assertEqual(os.listdir(folder), ["breast_cancer.csv"])


class HeartDisease(unittest.TestCase):
    folder = HERE / "heart-disease"
    source = SHARED / "data" / "heart"

    def test_the_generator_draws_what_numpy_draws(self):
        # numpy.random.RandomState(43).permutation(10)
        expected = [3, 9, 6, 8, 2, 5, 1, 7, 0, 4]
        prepare = script(self.folder / "prepare.py")
        self.assertEqual(prepare.NumpyRandom(43).permutation(10), expected)

    def test_every_row_equals_the_benchmark(self):
        benchmark = self.source / "fed_heart_disease_flamby.csv"
        if not benchmark.is_file():
            self.skipTest(f"{benchmark} is missing")
        with tempfile.TemporaryDirectory() as folder:
            result = run(self.folder / "prepare.py", self.source, "--out", folder)
            self.assertEqual(result.returncode, 0, result.stderr)
            made = []
            for hospital in ("cleveland", "hungarian", "switzerland", "va"):
                for row in rows(pathlib.Path(folder, f"{hospital}.csv")):
                    row["label"] = row.pop("disease")
                    made.append({"center": hospital, "set": row.pop("split")} | row)
            self.assertEqual(len(made), 740)
            self.assertEqual(made, rows(benchmark))

    def test_a_damaged_file_is_refused(self):
        with tempfile.TemporaryDirectory() as folder:
            pathlib.Path(folder, "processed.cleveland.data").write_text("63.0,1.0\n", encoding="ascii")
            result = run(self.folder / "prepare.py", folder, "--out", pathlib.Path(folder, "out"))
            self.assertEqual(result.returncode, 1)
            self.assertIn("expected 2d91a8ff69cfd9616aa47b59d6f843db", result.stderr)
            self.assertFalse(pathlib.Path(folder, "out").exists())


def digest(folder):
    """SHA-256 over all files below a folder, in the order of their paths."""
    everything = hashlib.sha256()
    for path in sorted(pathlib.Path(folder).rglob("*.*")):
        everything.update(path.read_bytes())
    return everything.hexdigest()


def nifti(path):
    """Extents, affine and values of a .nii file of unsigned bytes or shorts."""
    data = path.read_bytes()
    extents = struct.unpack_from("<3h", data, 42)
    affine = [struct.unpack_from("<4f", data, 280 + 16 * row) for row in range(3)]
    kind = "B" if struct.unpack_from("<h", data, 70)[0] == 2 else "h"
    count = extents[0] * extents[1] * extents[2]
    return extents, affine, struct.unpack_from(f"<{count}{kind}", data, 352)


class Brains(unittest.TestCase):
    folder = HERE / "brain-extraction"

    def setUp(self):
        for source in MRICRON, ITK:
            if not source.is_dir():
                self.skipTest(f"{source} is missing (packages mricron-data, insighttoolkit5-examples)")

    def test_files_are_the_same_each_time_and_fit_together(self):
        with tempfile.TemporaryDirectory() as out:
            result = run(self.folder / "prepare.py", "--out", out)
            self.assertEqual(result.returncode, 0, result.stderr)
            self.assertEqual(digest(out), "9e390417671a722b4bb6abcaceb352f2cf23a9b0a8522e2642bf829d471c0f3c")
            patches = []
            for site in ("site-a", "site-b", "site-c"):
                table = rows(pathlib.Path(out, site, "images.csv"))
                self.assertEqual([row["split"] for row in table], ["train", "test", "train"])
                patches.append(sum(int(row["patches"] or 0) for row in table))
                for row in table:
                    image, label = (
                        nifti(pathlib.Path(out, site, row[key])) for key in ("image", "label")
                    )
                    self.assertEqual(image[:2], label[:2])
                    self.assertEqual(set(label[2]), {0, 1})
                    share = sum(label[2]) / len(label[2])
                    self.assertTrue(0.05 < share < 0.6, share)
            self.assertEqual(patches, [64, 40, 32])

    def test_another_source_is_refused(self):
        with tempfile.TemporaryDirectory() as folder:
            pathlib.Path(folder, "ch2.nii.gz").write_bytes(gzip.compress(b"something else"))
            result = run(self.folder / "prepare.py", "--mricron", folder, "--out", folder)
            self.assertEqual(result.returncode, 1)
            self.assertIn("SHA-256 of its content is", result.stderr)
            self.assertEqual(os.listdir(folder), ["ch2.nii.gz"])


class Planes(unittest.TestCase):
    folder = HERE / "brain-planes"

    def test_files_are_the_same_each_time_and_fit_together(self):
        if not MRICRON.is_dir():
            self.skipTest(f"{MRICRON} is missing (package mricron-data)")
        with tempfile.TemporaryDirectory() as out:
            result = run(self.folder / "prepare.py", "--out", out)
            self.assertEqual(result.returncode, 0, result.stderr)
            self.assertEqual(digest(out), "8bcd3031f23113cae54c61153f7754a170473389021d37fc0f29e3bba285fb7b")
            sites = [
                rows(pathlib.Path(out, f"site-{number}", "images.csv")) for number in (1, 2, 3, 4)
            ]
            tests = [[row for row in table if row["split"] == "test"] for table in sites]
            self.assertEqual(len(tests[0]), 120)
            self.assertTrue(all(test == tests[0] for test in tests))
            trained = [row["image"] for table in sites for row in table if row["split"] == "train"]
            self.assertEqual(len(trained), 960)
            self.assertEqual(len(set(trained)), 960)


class Cohort(unittest.TestCase):
    script = HERE / "custom-algorithm" / "cohort.py"

    def test_a_hospital_is_the_same_in_every_cohort(self):
        jar = self.script.parent / "target" / "custom-algorithm.jar"
        if not jar.is_file():
            self.skipTest(f"{jar} is missing: build it first")
        with tempfile.TemporaryDirectory() as folder:
            for sites, out in ((3, "small"), (12, "large")):
                target = pathlib.Path(folder, out)
                result = run(self.script, "--sites", sites, "--sample", 2, "--out", target)
                self.assertEqual(result.returncode, 0, result.stderr)
            small, large = (pathlib.Path(folder, name, "data") for name in ("small", "large"))
            self.assertEqual(len(os.listdir(large)), 12)
            for table in small.iterdir():
                self.assertEqual(table.read_bytes(), (large / table.name).read_bytes())

    def test_more_drawn_than_there_are_is_refused(self):
        result = run(self.script, "--sites", 3, "--sample", 4)
        self.assertEqual(result.returncode, 2)


if __name__ == "__main__":
    unittest.main()
