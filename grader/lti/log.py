"""The log of what is sent: a line of JSON before each score, and one for what became of it.

Both are on the disk before it goes on. So after a kill it is known which score was on its way, and
with which timestamp: the next one is later, however soon it comes.
"""

import contextlib
import enum
import fcntl
import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import BinaryIO

import msgspec

from grader.errors import UsageError
from grader.exports.lti_score import Score


class PostOutcome(enum.Enum):
    """What became of a score.

    SENDING: it is on its way; a later line has what became of it. ACCEPTED: the platform has taken
    it. THERE: it had been taken before, and only the answer was lost. LATER: the platform keeps a
    score with a later timestamp. REFUSED: it won't have it for this person. UNANSWERED: nobody
    knows whether it arrived.
    """

    SENDING = "sending"
    ACCEPTED = "accepted"
    THERE = "there"
    LATER = "later"
    REFUSED = "refused"
    UNANSWERED = "unanswered"


_DELIVERED = (PostOutcome.ACCEPTED, PostOutcome.THERE, PostOutcome.LATER)


class LogLine(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one score, and what exactly was sent.

    ``http_status`` is 0 where there was no answer; ``reason`` is told where it was not taken.
    """

    line_item: str
    row: str
    outcome: PostOutcome
    score: Score
    http_status: int = 0
    reason: str = ""


class History:
    """What the platform has by now, as far as it is known."""

    def __init__(self) -> None:
        self._delivered: dict[tuple[str, str], Score] = {}
        self._latest: dict[tuple[str, str], datetime] = {}
        # Only after a kill is anything left in it: nobody knows whether that arrived.
        self._on_the_way: set[tuple[str, str]] = set()

    def add(self, line: LogLine) -> None:
        """Take in a line of the log.

        Raises:
            ValueError: its timestamp is none.
        """
        key = (line.line_item, line.score.user_id)
        stamp = datetime.fromisoformat(line.score.timestamp).astimezone(UTC)
        self._latest[key] = max(stamp, self._latest.get(key, stamp))
        if line.outcome is PostOutcome.SENDING:
            self._on_the_way.add(key)
            return
        self._on_the_way.discard(key)
        if line.outcome in _DELIVERED:
            self._delivered[key] = line.score
        elif line.outcome is PostOutcome.UNANSWERED:
            # It may have replaced what was there, so not even that is known any more.
            self._delivered.pop(key, None)

    def has(self, line_item: str, score: Score) -> bool:
        """Tell whether the platform has this score already, whatever its timestamp."""
        key = (line_item, score.user_id)
        known = self._delivered.get(key)
        if known is None or key in self._on_the_way:
            return False
        return msgspec.structs.replace(known, timestamp=score.timestamp) == score

    def stamp(self, line_item: str, user_id: str, now: datetime) -> str:
        """Give a timestamp that is later than all that were ever sent for this person.

        Later by its whole second: Moodle compares no finer, and answers 409 to the rest.
        """
        stamp = now.astimezone(UTC)
        latest = self._latest.get((line_item, user_id))
        if latest is not None:
            stamp = max(stamp, latest.replace(microsecond=0) + timedelta(seconds=1))
        return stamp.isoformat(timespec="milliseconds").replace("+00:00", "Z")


class PostLog:
    """The log, open to be written on.

    Attributes:
        history: What it says.
    """

    def __init__(self, file: BinaryIO, history: History) -> None:
        self._file = file
        self.history = history

    def add(self, line: LogLine) -> None:
        """Write a line, and wait until it is on the disk.

        Raises:
            UsageError: it can't be written; what was sent is then sent again the next time.
        """
        try:
            self._file.write(msgspec.json.encode(line) + b"\n")
            self._file.flush()
            os.fsync(self._file.fileno())
        except OSError as error:
            raise UsageError(f"can't write {self._file.name}: {error.strerror}") from error
        self.history.add(line)


@contextlib.contextmanager
def open_log(path: Path) -> Iterator[PostLog]:
    """Open the log for one who sends; what was half written when somebody was killed is dropped.

    Raises:
        UsageError: it is no such log, can't be written, or somebody else is sending.
    """
    try:
        file = path.open("ab+")
    except OSError as error:
        raise UsageError(f"can't write {path}: {error.strerror}") from error
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)  # gone with the process
        except OSError as error:
            raise UsageError(f"somebody else is sending scores with the log {path}") from error
        file.seek(0)
        data = file.read()
        history = _read(data, path)
        # The score of a half line is sent again: the platform keeps one of two equal ones.
        file.truncate(data.rfind(b"\n") + 1)
        yield PostLog(file, history)


def read_log(path: Path) -> History:
    """Read what was sent so far; nothing where there is no log.

    Raises:
        UsageError: it is no such log, or can't be read.
    """
    try:
        return _read(path.read_bytes(), path)
    except FileNotFoundError:
        return History()
    except OSError as error:
        raise UsageError(f"can't read {path}: {error.strerror}") from error


def _read(data: bytes, path: Path) -> History:
    history = History()
    for number, line in enumerate(data.split(b"\n")[:-1], start=1):
        try:
            history.add(msgspec.json.decode(line, type=LogLine))
        except ValueError as error:
            raise UsageError(
                f"line {number} of {path} is not of a log of scores: {error}; move the file away "
                "to send everything again"
            ) from error
    return history
