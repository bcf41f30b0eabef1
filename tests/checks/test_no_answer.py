"""Why there was no answer: a status and a message for each outcome."""

import pytest
from fakes import ended, raised

from grader.checks.no_answer import NoAnswer, describe_no_answer
from grader.checks.probe import INCOMPLETE
from grader.checks.verdict import NoAnswerError
from grader.observations.messages import (
    Absence,
    AbsenceKind,
    During,
    Observation,
    Outcome,
    Raised,
    Running,
)
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


@pytest.mark.parametrize(
    ("during", "start"),
    [
        (During.CALL, "update() raised ValueError: no"),
        (During.BACKWARD, "autograd can't differentiate what update() returns: ValueError: no"),
        (During.FRAME, "a frame of update() can't be drawn: ValueError: no"),
    ],
)
def test_what_is_raised_after_the_call_is_not_raised_by_the_function(
    during: During, start: str
) -> None:
    """Our own backward pass and a frame are told apart from the call."""
    error = Raised(type_name="ValueError", text="no", during=during)

    assert describe(Observation(outcome=Outcome.RAISED, raised=error)).message == start


def test_hint_of_torch_about_its_own_modes_is_left_out() -> None:
    """Torch's advice to switch on anomaly detection is left out."""
    text = "one of them has been modified. Hint: enable anomaly detection to find the operation"

    described = describe(raised("RuntimeError", text))

    assert described.message == "update() raised RuntimeError: one of them has been modified."


def test_missing_module_and_import_are_the_reason() -> None:
    """A function that needs a module is described by the module, not by the name."""
    module = Raised(type_name="NameError", text="name 'sns'", missing_module="seaborn")
    imported = Raised(type_name="NameError", text="name 'torch'", missing_import="import torch")

    needs, lacks = (
        describe(Observation(outcome=Outcome.RAISED, raised=one)) for one in (module, imported)
    )

    assert (needs.status, needs.message) == (
        Status.ERROR,
        "update() needs seaborn, which is not installed here",
    )
    assert lacks.message == "update() needs `import torch`, which is nowhere in the file"
    assert lacks.hint == "Write import torch at the top."


def test_too_many_threads_are_not_called_memory() -> None:
    """A thread that can't be started has a message of its own, without advice on tensors."""
    error = Raised(type_name="RuntimeError", text="can't start new thread")

    described = describe(Observation(outcome=Outcome.MEMORY_LIMIT, raised=error))

    assert (described.status, described.hint) == (Status.LIMIT, "")
    assert "more threads" in described.message


def test_incomplete_answer_did_not_end_the_process() -> None:
    """An answer that lacks something is called that."""
    assert describe(INCOMPLETE).message == "update() gave no answer: its answer was incomplete"


def test_endless_call_is_named_with_the_line_that_was_running() -> None:
    """What ran when half of the time was over is the place to look at."""
    running = Running(token=b"t", block="cell 3", line=2, code="while True:")

    reason = describe(
        Observation(outcome=Outcome.TIME_LIMIT, detail="over 5 s in all", running=running)
    )

    assert reason.message == (
        "update() did not finish: over 5 s in all\n    line 2 of cell 3: while True:"
    )
