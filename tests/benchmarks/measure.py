"""Measures how fast grading is, as ratios within one run.

    python tests/benchmarks/measure.py [--runs N]

What is right, and what known mistakes answer, is recorded first, for the seed of a class. Each
figure is the median, over the runs, of one duration divided by another that is measured
right after it, so that a slow or noisy machine slows both. Nothing is asserted: machines differ.
"""

import argparse
import functools
import itertools
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SUBMISSIONS = ROOT / "tests" / "submissions"
GRADE = Path(sys.executable).with_name("grade")
GRADER = Path(sys.executable).with_name("grader")
SALT = "benchmark"


def wall_s(*command: object) -> float:
    """Run a command and return its wall time in seconds."""
    started = time.perf_counter()
    subprocess.run(
        [str(part) for part in command],
        check=False,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    return time.perf_counter() - started


def ratio(
    runs: int, first: Callable[[], float], second: Callable[[], float]
) -> tuple[float, float, float]:
    """Measure two durations in turn; return the medians of their ratio and of each."""
    first(), second()  # warm the disk's cache
    pairs = [(first(), second()) for _ in range(runs)]
    return (
        statistics.median(one / other for one, other in pairs),
        statistics.median(one for one, _ in pairs),
        statistics.median(other for _, other in pairs),
    )


def imports() -> float:
    """Return the seconds to import torch and matplotlib.pyplot in a fresh Python."""
    return wall_s(sys.executable, "-c", "import torch, matplotlib.pyplot")


def python_start() -> float:
    """Return the seconds to start Python and import click, which every command has to do."""
    return wall_s(sys.executable, "-c", "import click")


def grade_cost(paths: Sequence[Path]) -> tuple[float, float]:
    """Grade submissions with one warm grader.

    Returns:
        The median of the wall seconds, and the mean of the CPU seconds, per submission.
    """
    from grader.pipeline import Grader

    walls, started_cpu = [], 0.0
    with Grader() as warm:
        warm.grade(paths[0])
        started_cpu = _cpu_s()
        for path in paths:
            started = time.perf_counter()
            warm.grade(path)
            walls.append(time.perf_counter() - started)
    return statistics.median(walls), (_cpu_s() - started_cpu) / len(paths)


def regrade_cost(path: Path, *options: str, saves: int) -> tuple[float, float]:
    """Watch a file with ``grade --watch`` and save it several times.

    Returns:
        The seconds from the start to the first report on disk, and the median of the seconds from
        a save to the new report on disk.
    """
    with tempfile.TemporaryDirectory() as folder:
        copy, report = Path(folder, path.name), Path(folder, "report.json")
        copy.write_bytes(path.read_bytes())
        started = time.perf_counter()
        watcher = subprocess.Popen(
            [str(GRADE), "--watch", "--quiet", "--json", str(report), str(copy), *options],
            stdout=subprocess.DEVNULL,
        )
        try:
            first_s = _until(report.exists, started)
            waits = []
            for save in range(saves):
                time.sleep(0.5)
                before = report.stat().st_ino
                with copy.open("a", encoding="utf-8") as file:
                    file.write(f"\n# {save}\n")
                started = time.perf_counter()
                waits.append(_until(functools.partial(_is_replaced, report, before), started))
        finally:
            watcher.terminate()
            watcher.wait()
    return first_s, statistics.median(waits)


def _is_replaced(path: Path, inode: int) -> bool:
    return path.stat().st_ino != inode


def _until(is_done: Callable[[], bool], started: float) -> float:
    while not is_done():
        if time.perf_counter() - started > 60:
            sys.exit("no report after 60 s")
        time.sleep(0.002)
    return time.perf_counter() - started


def _cpu_s() -> float:
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    runs = parser.parse_args().runs
    with tempfile.TemporaryDirectory() as cache:
        os.environ["ZEROGRAD_CACHE"] = cache
        subprocess.run([str(GRADER), "record", "--salt", SALT, "--no-color"], check=True)
        measure(runs)


def measure(runs: int) -> None:
    """Print the figures, each from so many runs."""
    samples = {
        "a correct file": SUBMISSIONS / "right_plain.py",
        "a correct file with torch.optim": SUBMISSIONS / "right_optim_loader.py",
        "a correct notebook": SUBMISSIONS / "right_classroom_lab.ipynb",
        "a file with a wrong mse": SUBMISSIONS / "wrong_mse_absolute_not_square.py",
    }
    import_s = 0.0
    for name, path in samples.items():
        command = functools.partial(wall_s, GRADE, path, "--salt", SALT)
        value, graded_s, import_s = ratio(runs, command, imports)
        aim = 1.1 if "wrong" in name else 1.05
        print(
            f"grade {name}: {value:.2f} times importing torch and pyplot "
            f"({graded_s:.2f} s against {import_s:.2f} s; aim: {aim})"
        )
    for name in ("a correct file", "a file with a wrong mse"):
        command = functools.partial(wall_s, GRADE, samples[name], "--salt", SALT)
        spawned = functools.partial(command, "--start-method", "spawn")
        value, spawned_s, graded_s = ratio(runs, spawned, command)
        print(
            f"grade {name} with spawned children: {value:.2f} times that with a forkserver "
            f"({spawned_s:.2f} s against {graded_s:.2f} s)"
        )
    for name, method in itertools.product(
        ("a correct file", "a file with a wrong mse"), ("forkserver", "spawn")
    ):
        options = ("--salt", SALT, "--start-method", method)
        first_s, again_s = regrade_cost(samples[name], *options, saves=runs)
        print(
            f"grade --watch {name} ({method}): {again_s:.2f} s after a save, "
            f"{again_s / first_s:.2f} of the first run's {first_s:.2f} s "
            "(aim: 0.4 s where the first took seconds)"
        )
    value, help_s, start_s = ratio(runs, lambda: wall_s(GRADE, "--help"), python_start)
    print(
        f"grade --help: {value:.2f} times starting Python with click "
        f"({help_s * 1000:.0f} ms against {start_s * 1000:.0f} ms; aim: 150 ms)"
    )
    right = sorted(SUBMISSIONS.glob("right_*.py"))[:20]
    warm_s, cpu_s = grade_cost(right)
    print(
        f"each of {len(right)} right files with a warm grader: {warm_s * 1000:.0f} ms wall, "
        f"{cpu_s * 1000:.0f} ms CPU of the host, {import_s / warm_s:.1f} times quicker "
        "than importing torch again"
    )


if __name__ == "__main__":
    main()
