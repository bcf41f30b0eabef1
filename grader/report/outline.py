"""The outline of a report: only what the figures of a class need, so that it is fast to read."""

import re

import msgspec

from grader.report.model import (
    AssignmentInfo,
    LoadingNote,
    ReportStatus,
    Status,
    function_of,
)

# The first sentence, not ended by "e.g." or "i.e.".
_FIRST_SENTENCE = re.compile(r".*?(?<!\be\.g)(?<!\bi\.e)[.!?](?=\s|$)", re.DOTALL)


class _Part(msgspec.Struct, frozen=True, kw_only=True):
    pass


class DiagnosisOutline(_Part, frozen=True, kw_only=True):
    """The misconception behind a failing check, without its hint."""

    title: str


class CheckOutline(_Part, frozen=True, kw_only=True):
    """The result of a check, without the example it failed on."""

    id: str
    title: str
    status: Status
    points: float
    max_points: float
    hint: str = ""
    misconception: str | None = None
    diagnosis: DiagnosisOutline | None = None

    @property
    def function(self) -> str:
        """The name of the function that the check grades."""
        return function_of(self.id)

    @property
    def misconception_title(self) -> str:
        """The title of the misconception; empty if none was found.

        Before schema 1.3 a report had the title only as the start of the hint. Its first
        sentence is the best guess there is.
        """
        if self.diagnosis is not None:
            return self.diagnosis.title
        if self.misconception is None:
            return ""
        found = _FIRST_SENTENCE.match(self.hint)
        return found[0] if found else self.hint


class FunctionOutline(_Part, frozen=True, kw_only=True):
    """The result of one function."""

    name: str
    status: Status
    score: float
    max_score: float
    checks: tuple[CheckOutline, ...]


class ManualOutline(_Part, frozen=True, kw_only=True):
    """An answer that a person marks; without points, it waits."""

    id: str
    title: str
    max_points: float
    points: float | None = None


class SubmissionOutline(_Part, frozen=True, kw_only=True):
    """The submission: the file's name and the SHA-256 of its bytes."""

    name: str
    sha256: str


class TimingOutline(_Part, frozen=True, kw_only=True):
    """The total time in seconds."""

    total_s: float = 0.0


class Outline(_Part, frozen=True, kw_only=True):
    """A report without its examples, output and pictures. The fields are those of `Report`."""

    assignment: AssignmentInfo
    submission: SubmissionOutline
    status: ReportStatus
    score: float | None
    max_score: float | None
    functions: tuple[FunctionOutline, ...] = ()
    manual: tuple[ManualOutline, ...] = ()
    loading: tuple[LoadingNote, ...] = ()
    error: str = ""
    timing: TimingOutline
    key: str = ""


_DECODER = msgspec.json.Decoder(Outline)


def read_outline(data: bytes) -> Outline:
    """Read the outline from a report's JSON, skipping the rest.

    Raises:
        ValueError: The data is not a report.
    """
    return _DECODER.decode(data)
