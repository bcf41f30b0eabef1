"""The outline of a report: the part that the figures of a class need, and read fast."""

import msgspec

from grader.report.model import AssignmentInfo, ReportStatus, Status, function_of


class _Part(msgspec.Struct, frozen=True, kw_only=True):
    pass


class CheckOutline(_Part, frozen=True, kw_only=True):
    """What came of a check, without the case it failed on."""

    id: str
    title: str
    status: Status
    points: float
    max_points: float
    hint: str = ""
    misconception: str | None = None

    @property
    def function(self) -> str:
        """The name of the function that the check judges."""
        return function_of(self.id)


class FunctionOutline(_Part, frozen=True, kw_only=True):
    """What one function earned."""

    name: str
    status: Status
    score: float
    max_score: float
    checks: tuple[CheckOutline, ...]


class SubmissionOutline(_Part, frozen=True, kw_only=True):
    """What was graded."""

    name: str
    sha256: str


class TimingOutline(_Part, frozen=True, kw_only=True):
    """How long it took in all, in seconds."""

    total_s: float = 0.0


class Outline(_Part, frozen=True, kw_only=True):
    """A report without its examples, output and pictures; each field is as `Report` has it."""

    assignment: AssignmentInfo
    submission: SubmissionOutline
    status: ReportStatus
    score: float | None
    max_score: float | None
    functions: tuple[FunctionOutline, ...] = ()
    error: str = ""
    timing: TimingOutline
    key: str = ""


_DECODER = msgspec.json.Decoder(Outline)


def read_outline(data: bytes) -> Outline:
    """Read the outline of a report's JSON; the rest of it is skipped, not kept.

    Raises:
        ValueError: it is no report.
    """
    return _DECODER.decode(data)
