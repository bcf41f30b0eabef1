"""The messages between a client of a cluster and its workers, and their bytes."""

from typing import TypeVar

import msgspec

from grader.observations.frames import PREFIX_BYTES, decode_payload, encode_frame
from grader.pool.messages import GradeResult
from grader.pool.worker_process import MAX_MESSAGE_BYTES

_Message = TypeVar("_Message", bound=msgspec.Struct)


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What a worker answers: a result, or in ``problem`` why it can't grade anything at all."""

    result: GradeResult | None = None
    problem: str = ""


def encode_message(message: msgspec.Struct) -> bytes:
    """Return the frame of a message.

    Raises:
        FrameError: It is too large.
    """
    return encode_frame(message, limit_bytes=MAX_MESSAGE_BYTES)


def decode_message(frame: bytes, kind: type[_Message]) -> _Message:
    """Read a message from its frame.

    Raises:
        FrameError: It is not one of this kind.
    """
    message: _Message = decode_payload(frame[PREFIX_BYTES:], kind)
    return message
