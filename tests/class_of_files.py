"""A class whose submissions are graded in this process, to see which of them are graded at all."""

import json
import shutil
from collections.abc import Generator, Iterable, Mapping
from pathlib import Path

from grader.batch.collection import Collection, Entry
from grader.batch.run import Batch, grade_class
from grader.batch.store import ReportStore
from grader.checks.assignment import load_assignment
from grader.oracle.store import RecordingStore, cache_folder
from grader.pipeline import Grader
from grader.pool.jobs import Job
from grader.pool.messages import GradeResult, PoolSettings
from grader.pool.worker_main import _grade
from grader.report.class_model import ClassSummary
from grader.seeds import Seeds

EXAMPLE = Path(__file__).resolve().parents[1] / "docs" / "examples" / "two_layers"


def copy_example(place: Path) -> Path:
    """Copy a small assignment, for changing it."""
    folder = place / "assignment"
    shutil.copytree(EXAMPLE, folder, ignore=shutil.ignore_patterns("__pycache__"))
    return folder


class _OwnPool:
    """Grades one submission after another in this process, and notes which."""

    def __init__(self, folder: Path) -> None:
        self.settings = PoolSettings(
            assignment=str(folder),
            salt="salt",
            is_class=True,
            recordings=str(cache_folder()),
            has_pages=True,
            keeps_answers=True,
        )
        self.graded: list[str] = []

    def grade_all(self, jobs: Iterable[Job]) -> Generator[tuple[Job, GradeResult], None, None]:
        grader: Grader | None = None
        try:
            for job in jobs:
                self.graded.append(job.request.name)
                if grader is None:
                    grader = Grader(
                        load_assignment(self.settings.assignment),
                        seeds=Seeds(self.settings.salt, is_class=True),
                        store=RecordingStore(cache_folder()),
                    )
                yield job, _grade(grader, job.request, self.settings)
        finally:
            if grader is not None:
                grader.__exit__(None, None, None)


def grade_files(
    folder: Path, sources: Mapping[str, str], out: Path
) -> tuple[ClassSummary, list[str]]:
    """Grade a class.

    Args:
        folder: The assignment.
        sources: The sources of the submissions by the names of their files.
        out: The folder of the results.

    Returns:
        The summary, and the names of the files that were graded now.
    """
    entries = [
        Entry(place=name, file=name, read=source.encode, owners=(name.partition(".")[0],))
        for name, source in sources.items()
    ]
    pool = _OwnPool(folder)
    batch = Batch(
        assignment=load_assignment(folder),
        collection=Collection(entries=tuple(entries)),
        pool=pool,
    )
    store = ReportStore(out)
    with store.lock():
        summary = grade_class(batch, store, on_progress=lambda *_: None)
    return summary, pool.graded


def reports_of(out: Path) -> dict[str, object]:
    """Return the reports of a class by file, without what differs from one run to the next."""
    found = {}
    for path in sorted((out / "reports").glob("*.json")):
        report = json.loads(path.read_text(encoding="utf-8"))
        del report["timing"]
        found[path.name] = report
    return found


def pages_of(out: Path) -> dict[str, str]:
    """Return the pages of a class by file."""
    paths = sorted((out / "reports").glob("*.html"))
    return {path.name: path.read_text(encoding="utf-8") for path in paths}
