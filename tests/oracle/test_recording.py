"""The file of a recording: believed only if every byte is what was written."""

import hashlib
import zlib

import msgspec
import pytest

from grader.errors import DamagedRecordingError
from grader.observations.messages import CallRequest, Observation, Outcome, ReadRequest
from grader.oracle import recording as module
from grader.oracle.recording import (
    KnownAnswers,
    RecordedQuestion,
    Recording,
    pack_known,
    raw,
    read_recording,
    write_recording,
)

HEADER = b"zerograd recording 1\n"
KNOWN = {"mse__sum": KnownAnswers(b"digest", (b"one", b""))}
RECORDING = Recording(
    key="k" * 64,
    seed=7,
    questions={
        "mse": (
            RecordedQuestion(
                "mse/right",
                raw(CallRequest(function="mse", inputs={})),
                raw(Observation(outcome=Outcome.RETURNED)),
            ),
        )
    },
    others=((raw(ReadRequest(function="data")), raw(Observation(outcome=Outcome.MISSING))),),
    known={"mse": pack_known(KNOWN)},
)
DATA = write_recording(RECORDING)


def sealed(content: bytes) -> bytes:
    """Make a file with a right digest out of any content."""
    return HEADER + hashlib.sha256(content).digest() + content


def test_recording_is_read_as_it_was_written() -> None:
    """Everything comes back, and the known answers of a unit when they are needed."""
    found = read_recording(DATA)

    assert write_recording(found) == DATA
    assert (found.key, found.seed) == ("k" * 64, 7)
    assert [one.check for one in found.questions["mse"]] == ["mse/right"]
    assert found.known_of("mse") == KNOWN
    assert found.known_of("update") == {}


def test_every_flipped_bit_is_noticed() -> None:
    """A file with one wrong bit is refused, wherever it is."""
    for place in range(len(DATA)):
        for bit in range(8):
            changed = bytearray(DATA)
            changed[place] ^= 1 << bit
            with pytest.raises(DamagedRecordingError):
                read_recording(bytes(changed))


def test_every_cut_is_noticed() -> None:
    """A file that ends early, or goes on, is refused."""
    for length in range(len(DATA)):
        with pytest.raises(DamagedRecordingError):
            read_recording(DATA[:length])
    with pytest.raises(DamagedRecordingError):
        read_recording(DATA + b"\0")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"not compressed",
        zlib.compress(b""),
        zlib.compress(b"\xc1"),
        zlib.compress(msgspec.msgpack.encode({"key": 1})),
        zlib.compress(msgspec.msgpack.encode([1])),
        zlib.compress(b"\x91" * 100_000),
        zlib.compress(msgspec.msgpack.encode(RECORDING))[:-8],
    ],
    ids=range(8),
)
def test_other_content_with_a_right_digest_is_refused(content: bytes) -> None:
    """A right digest makes nothing a recording."""
    with pytest.raises(DamagedRecordingError):
        read_recording(sealed(content))


def test_another_format_is_refused_as_such() -> None:
    """A file of an older or newer version is told from one that was damaged."""
    with pytest.raises(DamagedRecordingError, match="this version of zerograd"):
        read_recording(DATA.replace(b"recording 1", b"recording 2", 1))


def test_small_file_that_would_fill_the_memory_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Unpacking stops at a limit, also inside of what is unpacked later."""
    monkeypatch.setattr(module, "_MAX_BYTES", 100_000)
    bomb = zlib.compress(b"\0" * 50_000_000)

    with pytest.raises(DamagedRecordingError, match="more than 100000 bytes"):
        read_recording(sealed(bomb))
    inner = read_recording(write_recording(msgspec.structs.replace(RECORDING, known={"mse": bomb})))
    with pytest.raises(DamagedRecordingError, match="more than 100000 bytes"):
        inner.known_of("mse")
