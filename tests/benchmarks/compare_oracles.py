r"""Compares reports that were made with the author's code at hand and from a recording.

Each submission is graded live by a fresh memory of what has passed, and twice from a recording: the
second time most checks are not run, since the same answers have passed them before. All three
reports must be the same but for timing. It takes a few seconds for each submission and seed::

    python tests/benchmarks/compare_oracles.py tests/submissions --salt 1 --salt 2
    python tests/benchmarks/compare_oracles.py tests/examples/two_files \
        --assignment docs/examples/two_files
"""

import argparse
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from grader.authoring.record import record
from grader.checks.assignment import Assignment, load_assignment
from grader.oracle.store import RecordingStore
from grader.pipeline import Grader
from grader.seeds import Seeds

sys.path.append(str(Path(__file__).resolve().parents[1]))

from oracle_reports import differences, find_submissions, grade_path


def compare(
    assignment: Assignment, paths: list[Path], folder: Path, seeds: Seeds
) -> Iterator[tuple[Path, list[str]]]:
    """Grade submissions live and from a recording, and yield the differences of each.

    Args:
        assignment: The assignment.
        paths: The submissions.
        folder: Where the recording is kept.
        seeds: The seed of all of them.
    """
    store = RecordingStore(folder)
    record(assignment, seeds.all(assignment.info), jobs=2, store=store)
    with (
        Grader(assignment, seeds=seeds, store=store) as recorded,
        Grader(assignment, seeds=seeds) as live,
    ):
        for path in paths:
            live._resources.passed.cache_clear()
            right = grade_path(live, path)
            found = []
            for what in ("first", "second"):
                report = grade_path(recorded, path)
                found += [f"{what}: {one}" for one in differences(right, report)]
            yield path, found


def main() -> None:
    """Print what differs; exit with 1 if anything does."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("submissions", type=Path, help="a folder, or one submission")
    parser.add_argument("--assignment", default="lab4")
    parser.add_argument("--salt", action="append", help="of a seed; may be repeated")
    options = parser.parse_args()
    given = options.submissions
    paths = find_submissions(given) if given.is_dir() else [given]
    count = 0
    for salt in options.salt or ["compare"]:
        with tempfile.TemporaryDirectory() as cache:
            seeds = Seeds(salt, is_class=True)
            assignment = load_assignment(options.assignment)
            for path, found in compare(assignment, paths, Path(cache), seeds):
                print(f"{salt}: {path.name}", "differs" if found else "is the same", flush=True)
                print(*(f"    {one[:400]}" for one in found), sep="\n", end="\n" * bool(found))
                count += bool(found)
    print(f"{count} of {len(paths)} submissions differ")
    sys.exit(bool(count))


if __name__ == "__main__":
    main()
