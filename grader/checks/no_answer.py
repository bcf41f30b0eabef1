"""Explains why a function gave no answer."""

from collections.abc import Sequence
from dataclasses import dataclass

from grader.checks.failed_step import FailedStep
from grader.checks.probe import INCOMPLETE
from grader.checks.verdict import NoAnswerError
from grader.observations.messages import Absence, AbsenceKind, During, Outcome, Raised
from grader.report.describe_loading import describe_place
from grader.report.explanations import explain
from grader.report.model import Status
from grader.report.shorten import MAX_MESSAGE, MAX_NAME, shorten

_WHO = {
    During.CALL: "{} raised",
    During.BACKWARD: "autograd can't differentiate what {} returns:",
    During.FRAME: "a frame of {} can't be drawn:",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class NoAnswer:
    """Why there was no answer, as the student reads it.

    Attributes:
        status: The status of the check.
        message: What happened.
        hint: What to try next; empty if only the check's own hint applies.
        may_be_others_fault: Whether a wrong helper may be the cause. If not, lending right helpers
            can't help.
    """

    status: Status
    message: str
    hint: str = ""
    may_be_others_fault: bool = True


def describe_no_answer(
    error: NoAnswerError,
    *,
    absence: Absence | None = None,
    files: Sequence[str] = (),
    step: FailedStep | None = None,
) -> NoAnswer:
    """Convert an outcome without an answer to a status and a message.

    Args:
        error: Why there is no answer.
        absence: What the function lacks, as far as that is known.
        files: The files that are given.
        step: The step of a script that raised, if no line of the submission did.
    """
    name, observation = error.function, error.observation
    called = error.called
    detail = observation.detail
    match observation.outcome:
        case Outcome.MISSING:
            return NoAnswer(
                status=Status.MISSING,
                message=f"the submission does not define {name}",
                may_be_others_fault=False,
            )
        case Outcome.RAISED if observation.raised is not None:
            return _raised(error, observation.raised, absence, files, step)
        case Outcome.TIME_LIMIT:
            return NoAnswer(
                status=Status.LIMIT,
                message=f"{called} did not finish: {detail}"
                + ("" if observation.running is None else describe_place(observation.running)),
                hint="Look for a loop that never ends, or for much more work than is needed.",
            )
        case Outcome.MEMORY_LIMIT if _is_out_of_threads(observation.raised):
            return NoAnswer(
                status=Status.LIMIT,
                message=f"{called} starts more threads than are allowed while it is graded",
            )
        case Outcome.MEMORY_LIMIT:
            return NoAnswer(
                status=Status.LIMIT,
                message=f"{called} needs more memory than is available"
                + (f": {detail}" if detail else ""),
                hint="Look for a tensor that is much larger than the data, such as (n, n).",
            )
        case Outcome.DISK_LIMIT:
            return NoAnswer(status=Status.LIMIT, message=f"{called} writes too much to disk")
        case Outcome.STOPPED:
            return NoAnswer(
                status=Status.LIMIT,
                message="not tried: grading of this submission was stopped",
                may_be_others_fault=False,
            )
        case Outcome.FORGED:
            return NoAnswer(
                status=Status.ERROR,
                message="the submission wrote to the grader's own channel",
                may_be_others_fault=False,
            )
        case _:
            what = "gave no answer" if observation is INCOMPLETE else "ended the Python process"
            why = f": {detail}" if detail else ""
            return NoAnswer(status=Status.ERROR, message=f"{called} {what}{why}")


def _is_out_of_threads(raised: Raised | None) -> bool:
    return raised is not None and "can't start new thread" in raised.text


def _raised(
    error: NoAnswerError,
    raised: Raised,
    absence: Absence | None,
    files: Sequence[str],
    step: FailedStep | None,
) -> NoAnswer:
    called = error.called
    # torch raises it too, such as for ^ instead of **: that is an error like any other.
    if raised.type_name == "NotImplementedError" and (not raised.code or "raise" in raised.code):
        return _stopped_at_stub(error, raised, absence)
    if raised.missing_module:
        module = shorten(raised.missing_module, MAX_NAME)
        message = f"{called} needs {module}, which is not installed here"
        return NoAnswer(status=Status.ERROR, message=message + describe_place(raised))
    if raised.missing_import:
        line = shorten(raised.missing_import, MAX_NAME)
        message = f"{called} needs `{line}`, which is nowhere in the file"
        hint = f"Write {line} at the top."
        return NoAnswer(status=Status.ERROR, message=message, hint=hint)
    if step is not None and raised.during is During.CALL:
        return NoAnswer(status=Status.ERROR, message=step.describe(raised))
    text = raised.text.strip().splitlines()
    message = f"{_WHO[raised.during].format(called)} {shorten(raised.type_name, MAX_NAME)}"
    if text:
        # torch's own hint speaks of a mode of its own.
        first = text[0].partition(" Hint: enable anomaly detection")[0]
        message += f": {shorten(first, MAX_MESSAGE)}"
    hint = explain(raised, files=files)
    return NoAnswer(status=Status.ERROR, message=message + describe_place(raised), hint=hint)


def _stopped_at_stub(error: NoAnswerError, raised: Raised, absence: Absence | None) -> NoAnswer:
    """Describe a ``raise NotImplementedError``, which stands for code that is not there yet."""
    called = error.called
    if raised.function.startswith(f"{error.function}."):  # a method of the class
        called = f"{shorten(raised.function, MAX_NAME)}()"
    elif raised.function not in ("", error.function):
        other = shorten(raised.function, MAX_NAME)
        return NoAnswer(
            status=Status.ERROR,
            message=f"{called} stops at {other}(), which is not written yet",
        )
    if absence is not None and absence.kind is AbsenceKind.RAISES_STILL:
        return NoAnswer(
            status=Status.ERROR,
            message=f"{called} still raises NotImplementedError{describe_place(raised)}",
            hint="Delete that line: it ends the function.",
            may_be_others_fault=False,
        )
    return NoAnswer(
        status=Status.MISSING,
        message=f"{called} is not written yet",
        may_be_others_fault=False,
    )
