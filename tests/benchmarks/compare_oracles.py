"""Compares reports that were made with the author's code at hand and from a recording.

Each submission is graded live, where every question is sent on its own and nothing is remembered,
and twice from a recording: questions are sent together then, and the second time most checks are
not run, since the same answers have passed them before. All three reports must be the same but for
timing. It takes a few seconds for each submission::

    python tests/benchmarks/compare_oracles.py tests/submissions
    python tests/benchmarks/compare_oracles.py tests/examples/two_files docs/examples/two_files
"""

import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from unittest.mock import patch

from grader.authoring.record import record
from grader.checks.assignment import Assignment, load_assignment
from grader.oracle.live import LiveOracle
from grader.oracle.store import RecordingStore
from grader.pipeline import Grader

sys.path.append(str(Path(__file__).resolve().parents[1]))

from oracle_reports import SEEDS, differences, find_submissions, grade_path


def compare(
    assignment: Assignment, paths: list[Path], folder: Path
) -> Iterator[tuple[Path, list[str]]]:
    """Grade submissions live and from a recording, and yield the differences of each.

    Args:
        assignment: The assignment.
        paths: The submissions.
        folder: Where the recording is kept.
    """
    store = RecordingStore(folder)
    record(assignment, SEEDS.all(assignment.info), jobs=2, store=store)
    with ExitStack() as stack:
        recorded = stack.enter_context(Grader(assignment, seeds=SEEDS, store=store))
        live = stack.enter_context(Grader(assignment, seeds=SEEDS))
        for path in paths:
            with patch.object(LiveOracle, "foreseen", lambda _self, _name: ()):
                right = grade_path(live, path)
            found = []
            for what in ("first", "second"):
                report = grade_path(recorded, path)
                found += [f"{what}: {one}" for one in differences(right, report)]
            yield path, found


def main() -> None:
    """Print what differs; exit with 1 if anything does."""
    submissions, *folder = map(Path, sys.argv[1:])
    assignment = load_assignment(str(folder[0]) if folder else "lab4")
    paths = find_submissions(submissions) if submissions.is_dir() else [submissions]
    count = 0
    with tempfile.TemporaryDirectory() as cache:
        for path, found in compare(assignment, paths, Path(cache)):
            print(path.name, "differs" if found else "is the same", flush=True)
            print(*(f"    {one[:400]}" for one in found), sep="\n", end="\n" * bool(found))
            count += bool(found)
    print(f"{count} of {len(paths)} submissions differ")
    sys.exit(bool(count))


if __name__ == "__main__":
    main()
