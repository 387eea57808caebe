#!/usr/bin/env python3
"""Writes a job for very many simulated hospitals: target/cohort, made-up patients, this algorithm.

    python3 cohort.py                        1,000 hospitals, 100 drawn for each round
    python3 cohort.py --sites 200 --sample 20 --rounds 50
    python3 cohort.py --out DIR              writes the job folder elsewhere

The jar must have been built (./build does). Needs the standard library only.
"""

import argparse
import pathlib
import random
import shutil
import sys

JAR = "custom-algorithm.jar"
JOB = """\
name: cohort
study: default
sites: all
min_sites: {minimum}
sample: {sample}
seed: 1
workflow:
  type: fedavg
  rounds: {rounds}
  weights: samples
  key_metric: {{name: accuracy, direction: max}}
  round_deadline: 10m
algorithm:
  type: java
  jar: {jar}
  class: org.example.LogisticRegression
  args:
    features: {{age: 60, pressure: 140, marker: 10}}
    learning_rate: 0.1
    local_epochs: 1
initial_model: random
data: {{dataset: cohort, format: csv, label: disease, evaluate: test}}
resources: {{gpus: 0, cpu_threads: 1, memory: 256MiB}}
deadline: 2h
"""


def patients(site):
    """The table of a hospital: 40 rows for training, 10 for testing, from the site's number alone.

    Hospitals differ in how ill their patients are.
    """
    draw = random.Random(site)
    share = 0.2 + 0.6 * draw.random()
    lines = ["age,pressure,marker,disease,split"]
    for row in range(50):
        ill = int(draw.random() < share)
        age = draw.gauss(55 + 10 * ill, 12)
        pressure = draw.gauss(132 + 14 * ill, 18)
        marker = draw.gauss(8 + 4 * ill, 3)
        split = "test" if row % 5 == 4 else "train"
        lines.append(f"{age:.1f},{pressure:.1f},{marker:.2f},{ill},{split}")
    return "\n".join(lines) + "\n"


def main():
    here = pathlib.Path(__file__).resolve().parent
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sites", type=int, default=1000)
    parser.add_argument("--sample", type=int, default=100, help="hospitals drawn for each round")
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--out", type=pathlib.Path, default=here / "target" / "cohort")
    arguments = parser.parse_args()
    if not 1 <= arguments.sample <= arguments.sites:
        parser.error("--sample: expected 1 to the number of sites")
    jar = here / "target" / JAR
    if not jar.is_file():
        sys.exit(f"{jar} is missing; build it: ./build -pl examples/custom-algorithm -am package")
    data = arguments.out / "data"
    shutil.rmtree(data, ignore_errors=True)
    data.mkdir(parents=True)
    for site in range(1, arguments.sites + 1):
        (data / f"site-{site}.csv").write_text(patients(site), encoding="ascii")
    shutil.copyfile(jar, arguments.out / JAR)
    job = JOB.format(
        jar=JAR,
        sample=arguments.sample,
        minimum=max(1, arguments.sample // 2),
        rounds=arguments.rounds,
    )
    (arguments.out / "job.yaml").write_text(job, encoding="ascii")
    print(f"now run: ./ward simulate {arguments.out} --sites {arguments.sites}")


if __name__ == "__main__":
    main()
