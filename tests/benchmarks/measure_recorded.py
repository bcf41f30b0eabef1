"""Measures what a submission costs with a recording, beside an older checkout.

    python -P tests/benchmarks/measure_recorded.py --before DIR [--rounds N] [FILE...]

Each checkout has a warm grader in a process of its own, and they take turns: a slow or noisy
machine slows both. The older one grades each file with a seed of its own, as it did in a batch;
this one with the seed of a class, of which everything is recorded. CPU is counted over all
processes. "All" are different submissions, one after another, of which none was graded before.
"""

import argparse
import os
import statistics
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SUBMISSIONS = ROOT / "tests" / "submissions"
KINDS = {
    "right files": "right_*.py",
    "right notebooks": "right_*.ipynb",
    "wrong ones": "wrong_*",
}

GRADE = r"""
import glob, os, sys, tempfile, time
from pathlib import Path

sys.path.insert(0, sys.argv[1])
from grader.checks.assignment import load_assignment
from grader.pipeline import Grader

settings = {}
if sys.argv[2] == "recorded":
    from grader.authoring.record import record
    from grader.oracle.store import RecordingStore
    from grader.seeds import Seeds

    seeds = Seeds("benchmark", is_class=True)
    store = RecordingStore(Path(sys.argv[3]))
    lab = load_assignment()
    record(lab, seeds.all(lab.info), jobs=2, store=store)
    settings = {"seeds": seeds, "store": store}


def of_children():
    found = {}
    for path in glob.glob("/proc/[0-9]*/stat"):
        try:
            fields = open(path).read().rsplit(")", 1)[1].split()
        except OSError:
            continue
        ticks = sum(map(int, fields[11:15]))
        found.setdefault(int(fields[1]), []).append((int(path.split("/")[2]), ticks))
    total, waiting = 0, [os.getpid()]
    while waiting:
        for pid, ticks in found.get(waiting.pop(), ()):
            total += ticks
            waiting.append(pid)
    return total / os.sysconf("SC_CLK_TCK")


with Grader(**settings) as warm:
    warm.grade(Path(sys.argv[4]), seed=None if settings else 0)
    print("ready", flush=True)
    for number, line in enumerate(sys.stdin, 1):
        own, others = time.process_time(), of_children()
        warm.grade(Path(line.strip()), seed=None if settings else number)
        print(time.process_time() - own + of_children() - others, flush=True)
"""


def start(folder: Path, how: str, recordings: Path, first: Path) -> "subprocess.Popen[str]":
    """Start a warm grader of a checkout."""
    return subprocess.Popen(
        [sys.executable, "-P", "-c", GRADE, str(folder), how, str(recordings), str(first)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(folder)},
    )


def ask(process: "subprocess.Popen[str]", line: str = "") -> str:
    """Send a line, if there is one, and return the answer."""
    assert process.stdin is not None
    assert process.stdout is not None
    if line:
        process.stdin.write(f"{line}\n")
        process.stdin.flush()
    return process.stdout.readline().strip()


def main() -> None:
    """Print the ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--before", type=Path, required=True, help="an older checkout")
    parser.add_argument("--recordings", type=Path, default=Path("build/recordings"))
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--every", type=int, default=1, help="take every N-th file of each kind")
    parser.add_argument("files", type=Path, nargs="*")
    options = parser.parse_args()
    kinds = {name: sorted(SUBMISSIONS.glob(one))[:: options.every] for name, one in KINDS.items()}
    if options.files:
        kinds = {one.name: [one.resolve()] for one in options.files}
    first = SUBMISSIONS / "right_plain.py"
    recordings = options.recordings.resolve()
    before = start(options.before.resolve(), "live", recordings, first)
    after = start(ROOT, "recorded", recordings, first)
    if [ask(one) for one in (before, after)] != ["ready", "ready"]:
        sys.exit("a grader did not start")
    for name, files in kinds.items():
        pairs = [
            (float(ask(before, str(one))), float(ask(after, str(one))))
            for _ in range(options.rounds)
            for one in files
        ]
        old, new = (sum(column) for column in zip(*pairs, strict=True))
        middle = statistics.median(one / other for other, one in pairs)
        print(
            f"{name}, {len(files)}: {new / old:.2f} of the CPU before "
            f"({new / len(pairs):.3f} s against {old / len(pairs):.3f} s; median {middle:.2f})"
        )
    for one in (before, after):
        assert one.stdin is not None
        one.stdin.close()


if __name__ == "__main__":
    main()
