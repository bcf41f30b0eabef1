"""Whatever fails in a batch costs one row, which says so, and the other submissions are graded."""

import json
from collections.abc import Generator, Iterable
from pathlib import Path

import pytest
from fakes import check_result, make_report

from grader.batch.collection import Collection, Entry
from grader.batch.keys import Keys
from grader.batch.run import Batch, grade_class
from grader.batch.store import ReportStore
from grader.checks.assignment import load_assignment
from grader.pool.jobs import Job
from grader.pool.messages import GradeResult, PoolSettings
from grader.report.class_model import ClassSummary, Row, RowStatus
from grader.report.outline import Outline
from grader.report.schema import report_to_json


class _FullMarksPool:
    """A pool in which every submission passes."""

    settings = PoolSettings(assignment="lab4", has_pages=True)

    def grade_all(self, jobs: Iterable[Job]) -> Generator[tuple[Job, GradeResult], None, None]:
        for job in jobs:
            report = make_report(check_result("mse/a"), key=job.request.key)
            yield job, GradeResult(report=report_to_json(report).encode(), page=b"<p>page</p>")


def entry(name: str, error: Exception | None = None) -> Entry:
    """Make an entry that is read, or raises an error."""

    def read() -> bytes:
        if error is not None:
            raise error
        return b"w = 1\n"

    return Entry(place=name, file=name, read=read, owners=(name,))


def grade(out: Path, *entries: Entry) -> ClassSummary:
    """Grade a class of some entries."""
    batch = Batch(
        assignment=load_assignment(),
        collection=Collection(entries=entries),
        pool=_FullMarksPool(),
    )
    return grade_class(batch, ReportStore(out), on_progress=lambda *_: None)


def rows(summary: ClassSummary) -> dict[str, Row]:
    """Map the name of each file to its row."""
    return {row.file: row for row in summary.rows}


@pytest.mark.parametrize(
    "error", [ZeroDivisionError("of ours"), RecursionError(), MemoryError(), OSError(5, "broken")]
)
def test_reading_that_fails_unexpectedly_costs_one_row(tmp_path: Path, error: Exception) -> None:
    """The row, the report and the page of the submission say that the grader failed."""
    summary = grade(tmp_path, entry("anna.py"), entry("ben.py", error), entry("cy.py"))

    found = rows(summary)
    assert [row.status.value for row in found.values()] == ["graded", "grader_error", "graded"]
    ben = found["ben.py"]
    assert ben.score is None
    assert ben.error.startswith(f"the submission could not be read: {type(error).__name__}")
    report = json.loads((tmp_path / "reports" / "ben.py.json").read_bytes())
    assert (report["status"], report["score"]) == ("grader_error", None)
    assert b"could not be read" in (tmp_path / "reports" / "ben.py.html").read_bytes()


def test_submission_whose_reading_failed_is_graded_by_the_next_batch(tmp_path: Path) -> None:
    """A fault of the grader is not kept: the next batch tries again."""
    grade(tmp_path, entry("ben.py", ZeroDivisionError()))

    assert rows(grade(tmp_path, entry("ben.py")))["ben.py"].status is RowStatus.GRADED


def test_key_that_cannot_be_made_costs_one_row(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing that is done for one submission before it is graded ends the batch."""
    real = Keys.of

    def fail_on_ben(self: Keys, name: str, content: bytes) -> str:
        if name == "ben.py":
            raise RuntimeError("no key")
        return real(self, name, content)

    monkeypatch.setattr(Keys, "of", fail_on_ben)

    found = rows(grade(tmp_path, entry("anna.py"), entry("ben.py")))

    assert found["anna.py"].status is RowStatus.GRADED
    assert found["ben.py"].error == "the submission could not be read: RuntimeError: no key"


@pytest.mark.parametrize("ending", ["html", "json"])
def test_report_that_cannot_be_written_costs_one_row(tmp_path: Path, ending: str) -> None:
    """A folder in the place of a report, say, costs this report only, and its row says so."""
    (tmp_path / "reports" / f"ben.py.{ending}" / "x").mkdir(parents=True)

    found = rows(grade(tmp_path, entry("anna.py"), entry("ben.py"), entry("cy.py")))

    assert [row.status.value for row in found.values()] == ["graded", "grader_error", "graded"]
    assert found["ben.py"].score is None
    assert found["ben.py"].error.startswith("its report can't be kept: can't write ")
    assert found["ben.py"].error.endswith("Is a directory")


def test_store_that_fails_unexpectedly_costs_one_row(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Any exception while a report is kept is that of one submission."""
    real = ReportStore.keep

    def fail_on_ben(self: ReportStore, name: str, report: bytes, page: bytes) -> Outline:
        if name == "ben.py":
            raise RuntimeError("x" * 5000)
        return real(self, name, report, page)

    monkeypatch.setattr(ReportStore, "keep", fail_on_ben)

    found = rows(grade(tmp_path, entry("anna.py"), entry("ben.py")))

    assert found["anna.py"].status is RowStatus.GRADED
    assert found["ben.py"].status is RowStatus.GRADER_ERROR
    assert len(found["ben.py"].error) < 600
