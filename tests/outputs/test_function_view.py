"""What every report shows of a function: which failures, and each reason once."""

import pytest
from fakes import check_result, make_report

from grader.outputs.function_view import FunctionView, view_function
from grader.report.model import CheckResult, Example, Status


def view_of(*checks: CheckResult) -> FunctionView:
    """Work out what to show of the function that these checks grade."""
    (function,) = make_report(*checks).functions
    return view_function(function)


def failed(check_id: str, **fields: object) -> CheckResult:
    """Make the result of a failed check."""
    return check_result(check_id, Status.FAILED, **fields)


def test_failure_has_its_points_reason_example_and_hint() -> None:
    """Everything that a report lays out is in the view."""
    example = Example(code="print(mse(y, y))", got="2.", expected="0.")

    view = view_of(
        check_result("mse/a", max_points=2.0),
        failed(
            "mse/b",
            title="It is a mean",
            max_points=3.0,
            message="too large",
            hint="Divide.",
            section="2. A loss",
            example=example,
            misconception="mse/sum",
        ),
    )

    assert (view.name, view.score, view.max_score) == ("mse", "2", "5")
    (failure,) = view.failures
    assert (failure.title, failure.points, failure.fraction) == (
        "It is a mean",
        "0 of 3 points",
        "0/3",
    )
    assert (failure.message, failure.hint) == ("too large", "Divide.")
    assert failure.read_on == "Read more in: 2. A loss"
    assert failure.misconception == "mse/sum"
    assert failure.example_rows == (
        ("try", "print(mse(y, y))"),
        ("got", "2."),
        ("should be", "0."),
    )


def test_example_without_a_known_answer_has_no_row_for_it() -> None:
    """The row "should be" is left out if no right answer is known."""
    view = view_of(failed("mse/a", example=Example(code="mse(y, y)", got="an error", expected="")))

    assert [label for label, _ in view.failures[0].example_rows] == ["try", "got"]


def test_reason_of_a_repeated_failure_is_left_out() -> None:
    """A failure with the message and the result of an earlier one shows its title only."""
    fields = {"message": "w has not moved", "hint": "Step.", "section": "4. Descent"}

    first, again = view_of(failed("update/a", **fields), failed("update/b", **fields)).failures

    assert (first.is_repeat, again.is_repeat) == (False, True)
    assert (again.message, again.hint, again.read_on, again.misconception) == ("", "", "", "")
    assert again.example_rows == ()


def test_hint_of_a_misconception_is_shown_once() -> None:
    """The second failure with the same misconception shows its message, but no hint."""
    fields = {"hint": "It climbs.", "section": "4. Descent", "misconception": "update/ascent"}

    first, second = view_of(
        failed("update/a", message="one", **fields), failed("update/b", message="two", **fields)
    ).failures

    assert (first.hint, first.misconception) == ("It climbs.", "update/ascent")
    assert (second.message, second.is_repeat) == ("two", False)
    assert (second.hint, second.read_on, second.misconception) == ("", "", "")


@pytest.mark.parametrize("status", [Status.PASSED, Status.MISSING])
def test_function_that_is_right_or_not_written_yet_has_no_failures(status: Status) -> None:
    """There is nothing to explain about a right function or one that is not written yet."""
    assert view_of(check_result("mse/a", status, message="not written yet")).failures == ()


def test_long_texts_are_cut_and_long_code_is_left_out() -> None:
    """A text that became long by escaping is cut; code is whole or not there, to be pasted."""
    long = check_result(
        "mse/a",
        Status.FAILED,
        message="line\n" * 1000,
        hint="x" * 5000,
        example=Example(code="x = 1\n" * 1000, got="1", expected="2"),
    )
    values = check_result(
        "mse/b",
        Status.FAILED,
        message="m",
        example=Example(code="mse(1, 2)", got="1 " * 5000, expected="2"),
    )

    first, second = view_function(make_report(long, values).functions[0]).failures

    assert first.message.count("\n") < 30
    assert first.message.endswith(" ...")
    assert len(first.hint) == 1000
    assert first.example is None
    assert first.example_rows == ()
    assert second.example is not None
    assert second.example.code == "mse(1, 2)"
    assert len(second.example.got) <= 1000
