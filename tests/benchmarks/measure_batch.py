"""Measures what a batch costs, compared with grading without isolation and with pytest.

    python tests/benchmarks/measure_batch.py [--count N] [--today N] [--pages]

All figures are ratios within one run, since machines differ. The class is made up, a quarter of
it notebooks. The "floor" is a single process that runs every submission in itself, with the same
checks, lending and diagnosis. Both ask all submissions the same, of which everything is recorded
beforehand; how long that takes is measured too. "Today" is a pytest process for each submission,
with the checks alone.
"""

import argparse
import contextlib
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_ENDLESS_S = 0.9  # a check that takes longer has hit the limit of one second for each call
ALONE = {**os.environ, "OMP_NUM_THREADS": "1", "MPLBACKEND": "Agg"}
_SALT = "benchmark"
_ODD_ONES = 5  # at the end of a made-up class; they would only measure the limits


def cpu_s() -> float:
    """Return the CPU seconds of this process and of its children that have ended."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def measure_pool(
    files: Sequence[Path], *, jobs: int, has_pages: bool, recordings: Path
) -> tuple[float, float]:
    """Grade with a pool of workers.

    Returns:
        The CPU and the wall seconds per submission, without the start of the workers.
    """
    from grader.pool.jobs import Job
    from grader.pool.local_pool import LocalPool
    from grader.pool.messages import GradeRequest, PoolSettings

    settings = PoolSettings(
        assignment="lab4",
        salt=_SALT,
        is_class=True,
        recordings=str(recordings),
        has_pages=has_pages,
    )
    pool = LocalPool(settings, workers=jobs)

    def run(chosen: Sequence[Path]) -> tuple[float, float]:
        tasks = (
            Job(key=one.name, request=GradeRequest(name=one.name, data=one.read_bytes()))
            for one in chosen
        )
        cpu, started = cpu_s(), time.perf_counter()
        for _, graded in pool.grade_all(tasks):
            if graded.is_fault:
                sys.exit(graded.report.decode())
        return cpu_s() - cpu, time.perf_counter() - started

    few = files[: 2 * jobs]
    start_cpu, start_wall = run(few)
    all_cpu, all_wall = run(files)
    count = len(files) - len(few)
    return (all_cpu - start_cpu) / count, (all_wall - start_wall) / count


def record(folder: Path) -> float:
    """Record the lab with the seed of the class, and return the wall seconds that it took."""
    from grader.authoring.record import record as record_assignment
    from grader.checks.assignment import load_assignment
    from grader.oracle.store import RecordingStore
    from grader.seeds import Seeds

    lab = load_assignment()
    seeds = Seeds(_SALT, is_class=True).all(lab.info)
    started = time.perf_counter()
    record_assignment(lab, seeds, jobs=os.cpu_count() or 1, store=RecordingStore(folder))
    return time.perf_counter() - started


def leave_out_endless(files: Sequence[Path]) -> list[Path]:
    """Return the files that hit no limit; without isolation the others would never end."""
    from grader.pool.jobs import Job
    from grader.pool.local_pool import LocalPool
    from grader.pool.messages import GradeRequest, PoolSettings

    grades = (GradeRequest(name=one.name, data=one.read_bytes()) for one in files)
    tasks = (Job(key=one.name, request=one) for one in grades)
    settings = PoolSettings(assignment="lab4", limits={"function_cpu_s": 1})
    pool = LocalPool(settings, workers=os.cpu_count() or 1)
    endless = {
        task.key
        for task, graded in pool.grade_all(tasks)
        # The status doesn't show it: an endless function may have been graded with lent helpers.
        if max(_seconds_of_checks(graded.report), default=0.0) > _ENDLESS_S
    }
    return [one for one in files if one.name not in endless]


def _seconds_of_checks(report: bytes) -> list[float]:
    timing = json.loads(report)["timing"]
    return [seconds for name, seconds in timing.items() if name != "total_s"]


def measure_floor(files: Sequence[Path]) -> float:
    """Grade in one process without isolation, and return the CPU seconds per submission."""
    with tempfile.NamedTemporaryFile() as result:
        subprocess.run(
            [sys.executable, ROOT / "tests/benchmarks/in_process.py", result.name, *files],
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=ALONE,
        )
        return float(result.read())


def measure_today(files: Sequence[Path]) -> float:
    """Run a pytest process for each submission, and return the CPU seconds per submission."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    for path in files:
        subprocess.run(
            [
                *(sys.executable, "-m", "pytest", "-q"),
                *("-p", "benchmarks.today", "-p", "no:cacheprovider"),
                *("-c", str(ROOT / "grader/checks/engine.ini")),
                *("--import-mode=importlib", str(ROOT / "grader/assignments/lab4")),
            ],
            check=False,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={**ALONE, "SUBMISSION": str(path), "PYTHONPATH": str(ROOT / "tests")},
        )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return spent / len(files)


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=200, help="submissions in the class")
    parser.add_argument("--today", type=int, default=10, help="how many to run with pytest")
    parser.add_argument("--pages", action="store_true", help="make the pages as well")
    options = parser.parse_args()
    from grader.authoring.mock_class import write_mock_class
    from grader.checks.assignment import load_assignment

    with contextlib.chdir(ROOT), tempfile.TemporaryDirectory() as folder:
        submissions = write_mock_class(
            load_assignment(), Path(folder) / "class", count=options.count + _ODD_ONES
        )
        files = leave_out_endless(sorted(submissions.iterdir())[: options.count])
        print(f"{len(files)} submissions that end by themselves")
        recordings = Path(folder) / "recordings"
        print(f"recorded the lab with one seed in {record(recordings):.0f} s")
        floor = measure_floor(files)
        today = measure_today(files[:: max(1, len(files) // options.today)][: options.today])
        print(f"floor, one process without isolation: {floor:.3f} CPU s per submission")
        print(
            f"today, a pytest process for each: {today:.2f} CPU s per submission, "
            f"{today / floor:.1f} times the floor"
        )
        walls = {}
        for jobs in (1, 2):
            cpu, walls[jobs] = measure_pool(
                files, jobs=jobs, has_pages=options.pages, recordings=recordings
            )
            print(
                f"--jobs {jobs}: {cpu:.3f} CPU s per submission, {walls[jobs]:.3f} s wall; "
                f"{cpu / floor:.2f} times the floor (aim: 2), {today / cpu:.1f} times cheaper "
                "than today (aim: 20)"
            )
        print(f"two workers are {walls[1] / walls[2]:.2f} times as fast as one (aim: 1.8)")


if __name__ == "__main__":
    main()
