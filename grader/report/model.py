"""The report that grading one submission ends in.

Everything but ``timing`` is equal for equal input.
"""

import enum

import msgspec

SCHEMA_VERSION = "1.3"
MAX_SCORE = 100


class Status(enum.Enum):
    """How a check or a function stands.

    PARTIAL is for functions only. LIMIT, ERROR and MISSING say why there are no points; FAILED
    means that the answer is wrong.
    """

    PASSED = "passed"
    PARTIAL = "partial"
    FAILED = "failed"
    ERROR = "error"
    LIMIT = "limit"
    MISSING = "missing"


class Visibility(enum.Enum):
    """Who sees a check: the student at once, only in its points, or after the due date."""

    VISIBLE = "visible"
    HIDDEN = "hidden"
    AFTER_DUE_DATE = "after_due_date"


class ReportStatus(enum.Enum):
    """How grading went: what the submission is worth is in ``score``.

    STOPPED means that the submission was ended before every check had run (out of time, or
    caught forging); what was earned until then counts.
    """

    GRADED = "graded"
    UNREADABLE = "unreadable"
    STOPPED = "stopped"
    GRADER_ERROR = "grader_error"


def function_of(check_id: str) -> str:
    """Return the name of the function that a check judges: the part of its id before the slash."""
    return check_id.partition("/")[0]


class _Model(msgspec.Struct, frozen=True, kw_only=True):
    pass


class Example(_Model, frozen=True, kw_only=True):
    """The smallest input found on which a failure shows.

    ``code`` can be pasted below the submission; ``got`` came out, ``expected`` should have.
    """

    code: str
    got: str
    expected: str


class DrawnAs(enum.Enum):
    """How a series of a picture is drawn."""

    LINE = "line"
    POINTS = "points"


class Series(_Model, frozen=True, kw_only=True):
    """One line or set of points of a picture.

    ``role`` says what it stands for, and so its colour: ``student``, ``right``, ``data``, or
    ``level`` for a contour line.
    """

    label: str
    role: str
    drawn_as: DrawnAs
    x: tuple[float, ...]
    y: tuple[float, ...]


class Picture(_Model, frozen=True, kw_only=True):
    """What says more than words about a function that is wrong: numbers to be drawn.

    ``title`` is the sentence that it shows.
    """

    title: str
    x_label: str
    y_label: str
    series: tuple[Series, ...]
    is_log_y: bool = False


class Diagnosis(_Model, frozen=True, kw_only=True):
    """The misconception behind a failing check.

    ``misconception`` is its id, ``title`` says what is wrong, ``hint`` what to try next, and
    ``section`` where to read on (empty if the misconception names no section).
    """

    misconception: str
    title: str
    hint: str
    section: str = ""


class CheckResult(_Model, frozen=True, kw_only=True):
    """The result of one check: ``points`` of ``max_points``, and the reason for those missing.

    ``diagnosis`` is set if exactly one misconception gives the same answers as the submission on
    every input tried. Then ``misconception``, ``hint`` (its title and hint in one) and ``section``
    repeat it, as schema 1.2 had them. Without a diagnosis, ``hint`` is that of the check.
    """

    id: str
    title: str
    status: Status
    points: float
    max_points: float
    message: str = ""
    hint: str = ""
    example: Example | None = None
    misconception: str | None = None
    section: str = ""
    diagnosis: Diagnosis | None = None
    visibility: Visibility = Visibility.VISIBLE

    @property
    def function(self) -> str:
        """The name of the function that the check judges."""
        return function_of(self.id)


class FunctionResult(_Model, frozen=True, kw_only=True):
    """What one function of the contract earned, with its checks in order.

    ``pictures`` are of a function that is wrong, where its checks have some.
    """

    name: str
    status: Status
    score: float
    max_score: float
    checks: tuple[CheckResult, ...]
    pictures: tuple[Picture, ...] = ()


class AssignmentInfo(_Model, frozen=True, kw_only=True):
    """Which assignment was graded."""

    id: str
    title: str
    version: str


class SubmissionInfo(_Model, frozen=True, kw_only=True):
    """What was graded: the file's name, the digest of its bytes, ``python`` or ``notebook``."""

    name: str
    sha256: str
    format: str


class IsolationInfo(_Model, frozen=True, kw_only=True):
    """Which locks held while student code ran, and which this machine doesn't have, and why."""

    mode: str
    locks: tuple[str, ...] = ()
    missing: dict[str, str] = {}


class Report(_Model, frozen=True, kw_only=True):
    """The outcome of grading one submission.

    ``score`` and ``max_score`` are null only when the grader itself failed: that is never a
    zero. ``error`` says why a submission is unreadable, or what failed in the grader.
    ``timing`` is in seconds: ``total_s``, and for each check that ran under its id. ``key`` is
    set in a batch: a digest of all that the rest depends on.
    """

    schema_version: str = SCHEMA_VERSION
    assignment: AssignmentInfo
    submission: SubmissionInfo
    status: ReportStatus
    score: float | None
    max_score: float | None
    functions: tuple[FunctionResult, ...] = ()
    notes: tuple[str, ...] = ()
    error: str = ""
    output: str = ""
    is_output_cut: bool = False
    isolation: IsolationInfo
    seed: int
    environment: dict[str, str]
    timing: dict[str, float]
    key: str = ""

    @property
    def is_notebook(self) -> bool:
        """Tell whether a notebook was handed in."""
        return self.submission.format == "notebook"
