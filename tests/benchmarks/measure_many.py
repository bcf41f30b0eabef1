"""Measures time and memory of a second batch over many unchanged submissions.

    python tests/benchmarks/measure_many.py [--counts 100 10000]

The reports are made up: a few real ones, repeated under other names and keys.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import msgspec

from grader.batch.keys import Keys
from grader.batch.report_ids import make_ids
from grader.batch.store import ReportStore
from grader.checks.assignment import load_assignment
from grader.outputs.pages.student_page import render_student_page
from grader.pipeline import grade
from grader.pool.messages import PoolSettings
from grader.report.model import Report
from grader.report.schema import report_to_json

ROOT = Path(__file__).resolve().parents[2]
GRADER = Path(sys.executable).with_name("grader")
_SAMPLES = ("right_plain.py", "wrong_mse_absolute_not_square.py", "wrong_train_one_epoch_short.py")


def fill(folder: Path, reports: list[Report], *, count: int) -> None:
    """Write submissions, and up-to-date reports for them."""
    submissions, store = folder / "submissions", ReportStore(folder / "results")
    submissions.mkdir()
    assignment = load_assignment()
    setup = PoolSettings(assignment=str(assignment.folder), has_pages=True)
    keys = Keys(assignment, setup)
    places = [f"student{number:05}.py" for number in range(count)]
    names = make_ids(places)
    pages = [render_student_page(report).encode() for report in reports]
    for number, place in enumerate(places):
        content = f"# {number}\n".encode()
        (submissions / place).write_bytes(content)
        kind = number % len(reports)
        report = msgspec.structs.replace(reports[kind], key=keys.of(place, content))
        store.keep(names[place], report_to_json(report).encode(), pages[kind])


def second_run(folder: Path) -> tuple[float, float]:
    """Run a batch over what is there; return its seconds, and its peak memory in MiB."""
    started = time.perf_counter()
    process = subprocess.Popen(
        [GRADER, "batch", folder / "submissions", "--out", folder / "results"],
        stdout=subprocess.PIPE,
        text=True,
    )
    output = process.stdout.read() if process.stdout else ""
    _, status, usage = os.wait4(process.pid, 0)
    if status or "unchanged" not in output:
        sys.exit(f"the second run failed, or graded something: {output}")
    return time.perf_counter() - started, usage.ru_maxrss / 1024


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--counts", type=int, nargs="+", default=[100, 10_000])
    counts = parser.parse_args().counts
    reports = [grade(ROOT / "tests" / "submissions" / name) for name in _SAMPLES]
    for count in counts:
        with tempfile.TemporaryDirectory() as folder:
            fill(Path(folder), reports, count=count)
            seconds, peak_mib = second_run(Path(folder))
        print(f"{count} unchanged submissions: {seconds:.1f} s, {peak_mib:.0f} MiB at the peak")


if __name__ == "__main__":
    main()
