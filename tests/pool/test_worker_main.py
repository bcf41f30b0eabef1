"""What a worker answers, given a grader that is made up."""

import msgspec
import pytest
from fakes import check_result, make_report

from grader.discovery.keeper import Keeper
from grader.discovery.kept import read_kept
from grader.outputs.pages import student_page
from grader.pool import worker_main
from grader.pool.messages import GradeRequest, GradeResult, PoolSettings
from grader.report.budget import MAX_REPORT_BYTES
from grader.report.model import FunctionResult, Report, ReportStatus, Status


class FakeGrader:
    """A grader that has one report for everything."""

    strays = ()
    kept = Keeper()

    def __init__(self, report: Report) -> None:
        self._report = report

    def grade_data(self, _: bytes, **__: object) -> Report:
        """Return the report."""
        return self._report

    def refuse(self, _: str, reason: str) -> Report:
        """Return the report with a reason."""
        return msgspec.structs.replace(self._report, error=reason)


def answer(report: Report, *, problem: str = "", keeps_answers: bool = False) -> GradeResult:
    """Return what a worker answers if the grader makes this report."""
    request = GradeRequest(name="lab4.py", key="the key", problem=problem)
    settings = PoolSettings(assignment="lab4", has_pages=True, keeps_answers=keeps_answers)
    return worker_main._grade(FakeGrader(report), request, settings)  # type: ignore[arg-type]


def test_what_is_kept_is_beside_the_report() -> None:
    """It is there if it was asked for, and if something was graded."""
    report = make_report(check_result("mse/a"))

    assert answer(report).kept == b""
    assert read_kept(answer(report, keeps_answers=True).kept).units == ()
    unread = msgspec.structs.replace(report, functions=(), status=ReportStatus.UNREADABLE)
    assert answer(unread, problem="it is a link", keeps_answers=True).kept == b""


def test_report_and_page_are_written() -> None:
    """The usual answer has the report with its key, and the page."""
    result = answer(make_report(check_result("mse/a")))

    assert msgspec.json.decode(result.report, type=Report).key == "the key"
    assert b"1 of 1 points" in result.page
    assert not result.is_fault


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_report_that_json_can_not_express_becomes_a_fault(number: float) -> None:
    """JSON has no NaN; the worker lives on, and the submission has a report and a page."""
    odd = FunctionResult(
        name="mse", status=Status.FAILED, score=number, max_score=1.0, checks=(check_result(),)
    )

    result = answer(make_report(functions=(odd,), score=number, max_score=1.0))

    report = msgspec.json.decode(result.report, type=Report)
    assert (report.status, report.score) == (ReportStatus.GRADER_ERROR, None)
    assert "can't be written" in report.error
    assert b"it is not a zero" in result.page
    assert result.is_fault


def test_page_that_fails_changes_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    """If the page can't be made, the report keeps its score, and the page has it too."""

    def fail(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(student_page, "make_cards", fail)

    result = answer(make_report(check_result("mse/a")))

    assert msgspec.json.decode(result.report, type=Report).score == 1.0
    assert not result.is_fault
    assert b"1 of 1 points" in result.page
    assert b"could not be made in full (MemoryError)" in result.page


def test_reason_of_any_length_fits() -> None:
    """A file that can't even be read gets a report of limited length too."""
    result = answer(make_report(), problem="x" * 2_000_000)

    assert len(result.report) <= MAX_REPORT_BYTES
