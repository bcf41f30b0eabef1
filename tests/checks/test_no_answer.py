"""Why there was no answer: a status and a message for each outcome."""

import pytest
from fakes import ended, raised

from grader.checks.no_answer import NoAnswer, describe_no_answer
from grader.checks.verdict import NoAnswerError
from grader.observations.messages import Absence, AbsenceKind, Observation, Outcome, Raised
from grader.report.model import Status


def describe(observation: Observation) -> NoAnswer:
    """Describe the outcome of a call of update()."""
    return describe_no_answer(NoAnswerError("update", observation))


@pytest.mark.parametrize(
    ("outcome", "status", "message", "may_be_others_fault"),
    [
        (Outcome.MISSING, Status.MISSING, "the submission does not define update", False),
        (Outcome.TIME_LIMIT, Status.LIMIT, "update() did not finish: so long", True),
        (Outcome.MEMORY_LIMIT, Status.LIMIT, "update() needs more memory than is available", True),
        (Outcome.DISK_LIMIT, Status.LIMIT, "update() writes too much to disk", True),
        (Outcome.CRASHED, Status.ERROR, "update() ended the Python process: so long", True),
        (Outcome.STOPPED, Status.LIMIT, "not tried: grading of this submission was stopped", False),
        (Outcome.FORGED, Status.ERROR, "the submission wrote to the grader's own channel", False),
    ],
)
def test_outcome_is_put_into_words(
    outcome: Outcome,
    status: Status,
    message: str,
    may_be_others_fault: bool,  # noqa: FBT001 - a column
) -> None:
    """Each outcome has a status and a message, and says whether lending helpers could help."""
    described = describe(ended(outcome, "so long"))

    assert described.status is status
    assert described.message.startswith(message)
    assert described.may_be_others_fault is may_be_others_fault


@pytest.mark.parametrize("outcome", [one for one in Outcome if one is not Outcome.RETURNED])
def test_no_outcome_without_an_answer_counts_as_passed(outcome: Outcome) -> None:
    """No outcome without an answer counts as passed, and each has a message."""
    described = describe(ended(outcome))

    assert described.status not in (Status.PASSED, Status.PARTIAL)
    assert described.message


def test_error_is_described_with_the_students_own_line() -> None:
    """An exception is described by its type, the first line of its text, and its place."""
    error = Raised(
        type_name="RuntimeError",
        text="a leaf Variable\nand more",
        block="cell 3",
        line=4,
        code="w -= 1",
        function="update",
    )

    described = describe(Observation(outcome=Outcome.RAISED, raised=error))

    assert described.status is Status.ERROR
    assert described.message == (
        "update() raised RuntimeError: a leaf Variable\n    line 4 of cell 3: w -= 1"
    )


def test_error_without_a_text_is_described_by_its_type() -> None:
    """An exception without a text, such as that of ``assert x``, is described by its type."""
    described = describe(raised("AssertionError", " \n"))

    assert described.message == "update() raised AssertionError"


def test_long_error_is_cut() -> None:
    """The text of an exception is cut if it is long."""
    described = describe(raised("ValueError", "a" * 5000))

    assert len(described.message) < 350
    assert described.message.endswith("...")


def test_long_type_and_line_of_an_error_are_cut() -> None:
    """The type of an exception and the line that raised it are cut if they are long."""
    error = Raised(type_name="E" * 200, text="", line=3, code="x" * 2_000)

    described = describe(Observation(outcome=Outcome.RAISED, raised=error))

    first, second = described.message.splitlines()
    assert len(first) < 100
    assert len(second) < 200


@pytest.mark.parametrize("function", ["update", ""])
def test_stub_is_not_written_yet_and_not_an_error(function: str) -> None:
    """A stub is missing, not an error, and nothing has to be lent to it."""
    described = describe(raised("NotImplementedError", "lab 4", function=function))

    assert described.status is Status.MISSING
    assert described.message == "update() is not written yet"
    assert not described.may_be_others_fault


def test_stub_of_another_function_is_named() -> None:
    """A function that stops at another one's stub is written; a right one may be lent."""
    described = describe(raised("NotImplementedError", "lab 4", function="mse"))

    assert described.status is Status.ERROR
    assert described.message == "update() stops at mse(), which is not written yet"
    assert described.may_be_others_fault


def test_raise_that_was_left_in_code_is_shown() -> None:
    """A function with code that still raises as a stub does is told the line to delete."""
    error = NoAnswerError("update", raised("NotImplementedError", function="update", line=3))
    absence = Absence(function="update", kind=AbsenceKind.RAISES_STILL)

    described = describe_no_answer(error, absence=absence)

    assert described.status is Status.ERROR
    assert described.message.startswith("update() still raises NotImplementedError\n    line 3")
    assert described.hint == "Delete that line: it ends the function."
