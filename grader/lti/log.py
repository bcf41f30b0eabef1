"""The log of sent scores: a line of JSON before each score is sent, and one with its outcome.

Each line is on the disk before posting goes on. So after a kill it is known which score was being
sent and with which timestamp, and the next timestamp is always later, however soon it follows.
"""

import contextlib
import enum
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import BinaryIO

import msgspec
from msgspec import UNSET

from grader.errors import UsageError
from grader.exports.lti_score import Score
from grader.system.locking import lock_file


class PostOutcome(enum.Enum):
    """What became of a score that was sent.

    SENDING: It is being sent; a later line of the log has the outcome. ACCEPTED: The platform
    accepted it. THERE: An earlier attempt had arrived, and only the response was lost. LATER: The
    platform keeps a score with an equal or later timestamp. REFUSED: The platform refused it for
    this person. UNANSWERED: Nobody knows whether it arrived.
    """

    SENDING = "sending"
    ACCEPTED = "accepted"
    THERE = "there"
    LATER = "later"
    REFUSED = "refused"
    UNANSWERED = "unanswered"


_DELIVERED = (PostOutcome.ACCEPTED, PostOutcome.THERE, PostOutcome.LATER)


@dataclass(frozen=True, slots=True, kw_only=True)
class PostResult:
    """The result of sending one score.

    Attributes:
        outcome: What became of it.
        http_status: The HTTP status of the last response; 0 if there was none.
        reason: Why it was not accepted; empty if it was.
        asked_wait_s: How many seconds the platform asks to wait; 0 if it doesn't.
    """

    outcome: PostOutcome
    http_status: int = 0
    reason: str = ""
    asked_wait_s: float = 0.0


class LogLine(msgspec.Struct, frozen=True, kw_only=True):
    """A line of the log: exactly what was sent, and what became of it.

    ``http_status`` is 0 if there was no response; ``reason`` says why a score was not accepted.
    """

    line_item: str
    row: str
    outcome: PostOutcome
    score: Score
    http_status: int = 0
    reason: str = ""


class History:
    """The scores that the platform has, as far as the log shows."""

    def __init__(self) -> None:
        self._delivered: dict[tuple[str, str], Score] = {}
        self._latest: dict[tuple[str, str], datetime] = {}
        # Scores without an outcome. One stays here only if posting was killed while it was sent;
        # then nobody knows whether it arrived.
        self._in_transit: set[tuple[str, str]] = set()
        # Who may have points on the platform, and who all points: sent is enough, as nobody knows
        # whether a score without an outcome arrived.
        self._with_points: set[tuple[str, str]] = set()
        self._final: set[tuple[str, str]] = set()

    def add(self, line: LogLine) -> None:
        """Add a line of the log.

        Raises:
            ValueError: The timestamp of its score is not a timestamp.
        """
        key = (line.line_item, line.score.user_id)
        stamp = datetime.fromisoformat(line.score.timestamp).astimezone(UTC)
        self._latest[key] = max(stamp, self._latest.get(key, stamp))
        if line.score.has_points:
            self._with_points.add(key)
        if line.score.is_final:
            self._final.add(key)
        if line.outcome is PostOutcome.SENDING:
            self._in_transit.add(key)
            return
        self._in_transit.discard(key)
        if line.outcome in _DELIVERED:
            self._delivered[key] = line.score
        elif line.outcome is PostOutcome.UNANSWERED:
            # It may have replaced an earlier score, so the platform's score is not known any more.
            self._delivered.pop(key, None)

    def has(self, line_item: str, score: Score) -> bool:
        """Return whether the platform has this score already, whatever its timestamp."""
        key = (line_item, score.user_id)
        known = self._delivered.get(key)
        if known is None or key in self._in_transit:
            return False
        # What Canvas makes of it does not make it another score.
        return msgspec.structs.replace(
            known, timestamp=score.timestamp, canvas=UNSET
        ) == msgspec.structs.replace(score, canvas=UNSET)

    def explain_loss(self, line_item: str, score: Score) -> str:
        """Return why this score must not be sent: the platform has more; empty if it may be.

        Platforms empty the grade if they get a score without points, or, like Moodle, one that is
        not final.
        """
        key = (line_item, score.user_id)
        if not score.has_points and key in self._with_points:
            return "there is no score, so the one that was sent before stays"
        if not score.is_final and key in self._final:
            return (
                "points wait for the due date or for a person, but a whole score was sent before, "
                "and stays; once all is marked, --after-due sends the new one"
            )
        return ""

    def stamp(self, line_item: str, user_id: str, now: datetime) -> str:
        """Return a timestamp that is later than all that were ever sent for this person.

        It is in a later second, because Moodle compares whole seconds, and answers 409 if they are
        equal.
        """
        stamp = now.astimezone(UTC)
        latest = self._latest.get((line_item, user_id))
        if latest is not None:
            stamp = max(stamp, latest.replace(microsecond=0) + timedelta(seconds=1))
        return stamp.isoformat(timespec="milliseconds").replace("+00:00", "Z")


class PostLog:
    """The log, open for writing.

    Attributes:
        history: What all its lines amount to.
    """

    def __init__(self, file: BinaryIO, history: History) -> None:
        self._file = file
        self.history = history

    def add(self, line: LogLine) -> None:
        """Write a line, and wait until it is on the disk.

        Raises:
            UsageError: The line can't be written. If it was an outcome, the score is sent again the
                next time.
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
    """Open the log for writing and lock it; drop a last line that a kill has cut short.

    Raises:
        UsageError: The file is not a log of scores, can't be written, or another process has it
            locked.
    """
    try:
        file = path.open("ab+")
    except OSError as error:
        raise UsageError(f"can't write {path}: {error.strerror}") from error
    with file:
        try:
            lock_file(file.fileno())
        except OSError as error:
            raise UsageError(f"another process is sending scores with the log {path}") from error
        file.seek(0)
        data = file.read()
        history = _read(data, path)
        # The score of an incomplete line is sent again; the platform keeps one of two equal scores.
        file.truncate(data.rfind(b"\n") + 1)
        yield PostLog(file, history)


def read_log(path: Path) -> History:
    """Read what was sent so far; without a log, nothing was.

    Raises:
        UsageError: The file is not a log of scores, or can't be read.
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
                f"line {number} of {path} is not a line of a score log: {error}; to send "
                "everything again, move the file away"
            ) from error
    return history
