"""Describes how a request ended that has no full answer."""

import errno
from typing import Any

import msgspec

from grader.observations.messages import Answer, During, Outcome, Raised, Step
from grader.sandbox.guest.budget import TooLargeError
from grader.sandbox.guest.loaded import LoadedSubmission
from grader.sandbox.guest.plain_text import text_of_error

# How running out of memory is put by what does not raise MemoryError.
_OUT_OF_MEMORY = (
    "can't allocate memory",  # torch
    "not enough memory",  # torch, on other systems
    "std::bad_alloc",  # torch, where C++ allocates
    "Cannot allocate memory",  # torch.from_file, and all else that quotes the system's error
    "can't start new thread",  # a thread's stack is memory as well
    "failed to map segment from shared object",  # an import
)

_errno: Any = OSError.__dict__["errno"]  # the base class's, which no exception can shadow


def refuse_as_too_large(token: bytes) -> Answer:
    """Return the answer to a request whose full answer can't be sent."""
    raised = Raised(type_name="ValueError", text=str(TooLargeError()))
    return Answer(token=token, outcome=Outcome.RAISED, raised=raised)


def ended_by(
    error: BaseException,
    token: bytes,
    steps: tuple[Step, ...],
    submission: LoadedSubmission,
    *,
    during: During = During.CALL,
    place: int = -1,
) -> Answer:
    """Return the answer to a request that an exception has ended.

    Args:
        error: The exception.
        token: The token of the request.
        steps: The calls that returned before.
        submission: The submission, whose lines describe the exception.
        during: When it was raised.
        place: The operation of a script that raised it.
    """
    if type(error) is TooLargeError:
        return refuse_as_too_large(token)
    raised = msgspec.structs.replace(submission.describe(error), during=during)
    return Answer(token=token, outcome=_outcome_of(error), steps=steps, raised=raised, place=place)


def _outcome_of(error: BaseException) -> Outcome:
    kind = type(error)  # not isinstance: it asks the error for its class, which may be a lie
    number = _errno.__get__(error) if issubclass(kind, OSError) else None
    number = number if type(number) is int else 0  # student code can set it to anything
    if number == errno.EFBIG:
        return Outcome.DISK_LIMIT
    if issubclass(kind, MemoryError) or number == errno.ENOMEM:
        return Outcome.MEMORY_LIMIT
    # What torch, the loader of libraries and threading raise where Python raises MemoryError.
    if issubclass(kind, RuntimeError | ImportError | OSError):
        text = text_of_error(error)
        if any(phrase in text for phrase in _OUT_OF_MEMORY):
            return Outcome.MEMORY_LIMIT
    return Outcome.RAISED
