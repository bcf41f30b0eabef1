"""Recordings: plain data of what is right and of what known mistakes answer, for one seed."""

import hashlib
import zlib
from collections.abc import Mapping

import msgspec

from grader.checks.questions import Question
from grader.errors import DamagedRecordingError

# The first line of a file; another format gets another number.
_HEADER = b"zerograd recording 1\n"
_DIGEST_BYTES = 32
_MAX_BYTES = 256 * 1024 * 1024


class RecordedQuestion(msgspec.Struct, frozen=True, array_like=True):
    """A question: the id of its check, what it asks, and what the reference answers."""

    check: str
    request: msgspec.Raw
    expected: msgspec.Raw

    @classmethod
    def of(cls, question: Question) -> "RecordedQuestion":
        """Record a question."""
        return cls(question.check.id, raw(question.request), raw(question.expected))


class KnownAnswers(msgspec.Struct, frozen=True, array_like=True):
    """What a misconception answers to all questions about its unit, in their order.

    ``digest`` is that of its program. An answer is a packed fingerprint; it is empty if it can't be
    packed.
    """

    digest: bytes
    answers: tuple[bytes, ...]


class Recording(msgspec.Struct, frozen=True, kw_only=True):
    """What is right for one seed.

    Attributes:
        key: The digest of everything that the answers depend on.
        seed: The seed.
        questions: The questions about each unit, in the order in which checks ask them.
        others: What is asked of the reference beside that, such as for pictures, with its answers.
        known: For each unit, the answers of its misconceptions by name, compressed. They are needed
            only for units that have failed.
    """

    key: str
    seed: int
    questions: dict[str, tuple[RecordedQuestion, ...]]
    others: tuple[tuple[msgspec.Raw, msgspec.Raw], ...] = ()
    known: dict[str, bytes] = {}

    def known_of(self, unit: str) -> dict[str, KnownAnswers]:
        """Return what is recorded of the misconceptions of a unit, by name."""
        packed = self.known.get(unit)
        return {} if packed is None else _KNOWN.decode(_decompress(packed))


_KNOWN = msgspec.msgpack.Decoder(dict[str, KnownAnswers])


def raw(value: object) -> msgspec.Raw:
    """Return a request or an observation as it is recorded."""
    return msgspec.Raw(msgspec.msgpack.encode(value))


def pack_known(known: Mapping[str, KnownAnswers]) -> bytes:
    """Pack the answers of the misconceptions of one unit."""
    return zlib.compress(msgspec.msgpack.encode(known))


def write_recording(recording: Recording) -> bytes:
    """Return a recording as the content of a file."""
    content = zlib.compress(msgspec.msgpack.encode(recording))
    return _HEADER + hashlib.sha256(content).digest() + content


def read_recording(data: bytes) -> Recording:
    """Return the recording that a file contains.

    Raises:
        DamagedRecordingError: The file was changed or cut, or has another format.
    """
    if not data.startswith(_HEADER):
        raise DamagedRecordingError("it is not a recording of this version of zerograd")
    start = len(_HEADER) + _DIGEST_BYTES
    digest, content = data[len(_HEADER) : start], data[start:]
    if hashlib.sha256(content).digest() != digest:
        raise DamagedRecordingError("it was changed or cut")
    try:
        return msgspec.msgpack.decode(_decompress(content), type=Recording)
    except (msgspec.DecodeError, zlib.error) as error:
        raise DamagedRecordingError(str(error)) from error


def _decompress(content: bytes) -> bytes:
    reader = zlib.decompressobj()
    found = reader.decompress(content, _MAX_BYTES)
    if reader.unconsumed_tail:
        raise DamagedRecordingError(f"it has more than {_MAX_BYTES} bytes")
    return found
