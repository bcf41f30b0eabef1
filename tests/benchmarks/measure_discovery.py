"""Measure how well mistakes are found that nobody has named, and how fast in a large class.

`clustered_mistakes` explains what is measured without ``--large``. Found is a mistake whose forms
are all in one cluster with nothing else in it.

    python tests/benchmarks/measure_discovery.py [--assignment A] [--unit NAME] [--every N]
    python tests/benchmarks/measure_discovery.py --large 10000
"""

import argparse
import random
import sys
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from clustered_mistakes import cluster_mistakes
from kept_samples import file_of

from grader.discovery.cluster import find_clusters, members_of
from grader.discovery.kept import (
    KeptFile,
    KeptUnit,
    read_file,
    read_kept,
    write_file,
    write_kept,
)


def make_large_class(count: int, *, questions: int = 40, numbers: int = 20) -> list[bytes]:
    """Make the files of a class: a third alike, a third alike up to rounding, the others alone."""
    draw = random.Random(0)  # noqa: S311 - a class that is the same each time
    made = []
    for number in range(count):
        kind = number % 30
        own = np.random.default_rng(kind if kind < 20 else 1000 + number)
        base = [own.normal(size=numbers) for _ in range(questions)]
        noise = 1.0 if kind < 10 else 1.0 + 1e-6 * draw.random()
        given: list[object] = [
            [{"returned": one * noise, "inputs": {"w": np.zeros(2)}, "gradients": {}}]
            for one in base
        ]
        groups = file_of(given).kept.units[0].groups
        code = "def f(x):\n    return x\n"
        units = [KeptUnit(name=name, groups=groups, code=code) for name in ("f", "g", "h")]
        kept = read_kept(write_kept(0, units))
        made.append(write_file(KeptFile(key="", asked="", names={}, kept=kept)))
    return made


def measure_large(count: int) -> None:
    """Measure how long the clusters of a large class take, from the bytes of its files on."""
    files = make_large_class(count)
    started = time.monotonic()
    members = []
    for number, data in enumerate(files):
        file = read_file(data)
        assert file is not None
        members.extend(members_of(str(number), file))
    read = time.monotonic()
    clusters = find_clusters(members)
    ended = time.monotonic()
    shared = sum(len(one.members) > 1 for one in clusters)
    size = sum(map(len, files)) / len(files) / 1024
    print(
        f"{count} reports with 3 wrong functions each, {size:.0f} KiB a file: read in "
        f"{read - started:.1f} s, clustered in {ended - read:.1f} s; {len(clusters)} clusters, "
        f"{shared} of several"
    )


def main() -> None:
    """Measure what the arguments say."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--assignment", default="lab4")
    parser.add_argument("--unit", action="append", default=[])
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--large", type=int)
    options = parser.parse_args()
    if options.large:
        measure_large(options.large)
        return
    started = time.monotonic()
    result = cluster_mistakes(options.assignment, units=options.unit, every=options.every)
    share = 100 * result.found / max(1, result.mistakes)
    print(
        f"{result.mistakes} mistakes in {result.forms} forms ({result.left_out} left out): "
        f"{result.found} are one cluster, {share:.1f} %; in {time.monotonic() - started:.0f} s"
    )
    for one in result.split:
        print(f"  in several clusters: {one}")
    for one in result.mixed:
        print(f"  mixed: {one}")


if __name__ == "__main__":
    main()
