"""Exceptions: each says whose fault it is, and can be copied to another process."""

import copy
import inspect
import re
from pathlib import Path

import pytest

from grader import errors
from grader.errors import (
    AssignmentError,
    CheckCrashedError,
    ClusterLostError,
    DamagedRecordingError,
    GraderError,
    InternalError,
    KitError,
    LocksMissingError,
    NotExpressibleError,
    NotRecordedError,
    PlatformUnreachableError,
    StarterLostError,
    UnreadableSubmissionError,
    UsageError,
)
from grader.observations.frames import FrameError

SAMPLES: list[tuple[GraderError, str]] = [
    (GraderError("refused"), "refused"),
    (UsageError("there is no file a.py"), "there is no file a.py"),
    (UnreadableSubmissionError("not UTF-8"), "not UTF-8"),
    (NotExpressibleError("no word for it"), "no word for it"),
    (PlatformUnreachableError("HTTP 503"), "the platform can't be reached: HTTP 503"),
    (InternalError("broken"), "broken"),
    (DamagedRecordingError("cut"), "cut"),
    (KitError("cut"), "cut"),
    (NotRecordedError(), "the kit has no answer to this question"),
    (
        LocksMissingError(("using up memory", "network"), "use Linux"),
        "this machine has no lock on using up memory, network, so no submission was run: use Linux",
    ),
    (StarterLostError("died"), "the forkserver died"),
    (
        ClusterLostError("tls://grading:8786"),
        "the scheduler tls://grading:8786 no longer answers",
    ),
    (
        AssignmentError(Path("lab5"), "no id"),
        "the assignment in lab5 can't be used: no id",
    ),
    (
        CheckCrashedError("mse/values", "KeyError: 'x'"),
        "the check mse/values is broken: KeyError: 'x'",
    ),
]
CLASSES = [type(error) for error, _ in SAMPLES]


def name_of(value: object) -> str:
    """Return the name of a class, or of an object's class, as a test id."""
    return value.__name__ if isinstance(value, type) else type(value).__name__


def classes_of_the_module() -> set[type[Exception]]:
    """Return every exception that grader.errors defines."""
    return {
        one
        for one in vars(errors).values()
        if inspect.isclass(one) and issubclass(one, Exception) and one.__module__ == errors.__name__
    }


def tree_of_the_docstring() -> dict[str, str]:
    """Return the parent of each class in the tree of the module's docstring."""
    parents: dict[str, str] = {}
    path: list[str] = []
    for line in inspect.getdoc(errors).splitlines():  # type: ignore[union-attr]
        match = re.match(r"((?:    )+)(\w+Error)\b", line)
        if match:
            depth = len(match[1]) // 4
            path[depth - 1 :] = [match[2]]
            parents[match[2]] = path[depth - 2] if depth > 1 else "Exception"
    return parents


def test_samples_cover_every_exception() -> None:
    """Every exception has a sample here."""
    assert set(CLASSES) == classes_of_the_module()


def test_tree_in_the_docstring_matches_the_classes() -> None:
    """The tree in the module's docstring matches the class hierarchy."""
    tree = tree_of_the_docstring()

    parents = {one.__name__: one.__bases__[0].__name__ for one in classes_of_the_module()}

    assert tree == parents


@pytest.mark.parametrize(("error", "message"), SAMPLES, ids=name_of)
def test_message_says_what_happened(error: GraderError, message: str) -> None:
    """The message of an exception is one line that says what happened."""
    assert str(error) == message


@pytest.mark.parametrize("error", [error for error, _ in SAMPLES], ids=name_of)
def test_exception_can_be_made_again_from_its_arguments(error: GraderError) -> None:
    """An exception can be rebuilt from its arguments, as pickle does."""
    again = type(error)(*error.args)

    assert str(again) == str(error)
    assert vars(again) == vars(error)


@pytest.mark.parametrize("error", [error for error, _ in SAMPLES], ids=name_of)
def test_exception_can_be_copied(error: GraderError) -> None:
    """A copy of an exception has the same message, arguments and fields."""
    again = copy.copy(error)

    assert type(again) is type(error)
    assert again is not error
    assert (str(again), again.args, vars(again)) == (str(error), error.args, vars(error))


@pytest.mark.parametrize("kind", CLASSES, ids=name_of)
def test_everything_raised_on_purpose_is_a_grader_error(kind: type[GraderError]) -> None:
    """Every exception derives from GraderError."""
    assert issubclass(kind, GraderError)


@pytest.mark.parametrize("kind", CLASSES, ids=name_of)
def test_class_says_whose_fault_it_is_and_what_it_is_not(kind: type[GraderError]) -> None:
    """A class's docstring has a summary, and then says what the class is not for."""
    first, _, rest = (inspect.getdoc(kind) or "").partition("\n\n")

    assert first.strip().endswith(".") or "; " in first
    assert re.search(r"\b(Not|Never|Only)\b", rest), kind


@pytest.mark.parametrize("kind", [UsageError, AssignmentError, UnreadableSubmissionError])
def test_fault_of_the_caller_or_student_is_not_internal(kind: type[GraderError]) -> None:
    """A fault of the caller or the student is never an InternalError."""
    assert not issubclass(kind, InternalError)


@pytest.mark.parametrize("kind", [LocksMissingError, StarterLostError, CheckCrashedError])
def test_fault_of_ours_is_internal(kind: type[GraderError]) -> None:
    """A fault of our machine or code is an InternalError, so there is no score."""
    assert issubclass(kind, InternalError)


def test_exceptions_have_fields() -> None:
    """Exceptions have fields, so that nobody has to parse a message."""
    missing = LocksMissingError(("files",), "use Linux")
    crashed = CheckCrashedError("mse/values", "no")

    assert (missing.missing, missing.remedy) == (("files",), "use Linux")
    assert (crashed.check_id, crashed.problem) == ("mse/values", "no")
    assert UnreadableSubmissionError("why").reason == "why"
    assert StarterLostError("died").what_happened == "died"


def test_frame_error_is_not_a_grader_error() -> None:
    """A FrameError is not a GraderError, because a session turns it into an outcome."""
    assert issubclass(FrameError, ValueError)
    assert not issubclass(FrameError, GraderError)
