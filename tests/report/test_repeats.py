"""Hints of failures whose reason an earlier failure has explained."""

from fakes import check_result, make_report

from grader.report.model import CheckResult, Diagnosis, Report, Status, Visibility
from grader.report.repeats import fold_hints


def failed(check: str, message: str, hint: str, **fields: object) -> CheckResult:
    """Make the result of a check that failed."""
    return check_result(check, Status.FAILED, message=message, hint=hint, **fields)


def hints_of(*checks: CheckResult) -> list[str]:
    """Return the hints of the checks of a function in a report."""
    report: Report = fold_hints(make_report(*checks))
    return [one.hint for one in report.functions[0].checks]


def test_hint_of_a_repeated_failure_is_left_out() -> None:
    """The check's own hint would lead astray."""
    assert hints_of(
        failed("mse/a", "mse is wrong", "Take the mean."),
        failed("mse/b", "mse is wrong", "Keep the graph."),
        failed("mse/c", "mse() changes y", "Leave y."),
    ) == ["Take the mean.", "", "Leave y."]


def test_hint_that_says_the_same_stays() -> None:
    """A remark that explains all failures is with each of them."""
    assert (
        hints_of(
            failed("mse/a", "one\n(it is nan)", "Look for 0 / 0."),
            failed("mse/b", "two\n(it is nan)", "Look for 0 / 0."),
        )
        == ["Look for 0 / 0."] * 2
    )


def test_diagnosis_stays() -> None:
    """The hint of a diagnosed check repeats its diagnosis."""
    diagnosis = Diagnosis(misconception="mse/sum", title="A sum.", hint="Divide.", section="")
    checks = [
        failed("mse/a", "wrong", "Take the mean."),
        failed("mse/b", "wrong", "A sum. Divide.", misconception="mse/sum", diagnosis=diagnosis),
    ]

    assert hints_of(*checks) == ["Take the mean.", "A sum. Divide."]


def test_hidden_check_explains_nothing_of_a_visible_one() -> None:
    """Students don't see what it says."""
    checks = [
        failed("mse/a", "wrong", "Take the mean.", visibility=Visibility.HIDDEN),
        failed("mse/b", "wrong", "Keep the graph."),
        failed("mse/c", "wrong", "Try again.", visibility=Visibility.HIDDEN),
    ]

    assert hints_of(*checks) == ["Take the mean.", "Keep the graph.", ""]


def test_report_is_folded_once() -> None:
    """What is folded again stays as it is."""
    report = make_report(failed("mse/a", "wrong", "One."), failed("mse/b", "wrong", "Two."))

    assert fold_hints(fold_hints(report)) == fold_hints(report)
