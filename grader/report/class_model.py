"""The summary of a class: a row for each submission, and the figures over all of them.

Written as ``summary.json`` beside the reports of a batch. Everything but ``timing`` is equal for
equal input.
"""

import enum

import msgspec

from grader.report.model import AssignmentInfo, Status, function_of

SUMMARY_VERSION = "1.1"


class RowStatus(enum.Enum):
    """How grading one student went; NOT_HANDED_IN is only known with a roster."""

    GRADED = "graded"
    STOPPED = "stopped"
    UNREADABLE = "unreadable"
    GRADER_ERROR = "grader_error"
    NOT_HANDED_IN = "not_handed_in"


class _Model(msgspec.Struct, frozen=True, kw_only=True):
    pass


class Student(_Model, frozen=True, kw_only=True):
    """Who handed in, as the roster or the LMS says; empty strings where nobody knows."""

    id: str = ""
    name: str = ""
    email: str = ""


class Origin(_Model, frozen=True, kw_only=True, omit_defaults=True):
    """Where an LMS had a submission from, in its own terms; all empty where no LMS was asked.

    ``system`` is the collector's name. ``key`` is what the system's own files know the row by: the
    user id of Canvas, the participant or group number of Moodle, the submission id of
    Gradescope, the account at GitHub. ``name`` is who it says handed in, a person or a team, as it
    writes it. ``submitted_at`` is in the system's own words.
    """

    system: str = ""
    key: str = ""
    name: str = ""
    submitted_at: str = ""
    is_late: bool = False


class FunctionScore(_Model, frozen=True, kw_only=True):
    """What one function of one submission earned; the function's name is known by its place."""

    status: Status
    score: float


class Row(_Model, frozen=True, kw_only=True):
    """One submission, or one student who handed in nothing.

    ``id`` names its files, ``reports/<id>.json`` and ``reports/<id>.html``; it is empty where
    nothing was handed in. ``file`` is the name that it was handed in under. ``cells`` follow
    `ClassSummary.functions`, and are empty where nothing was graded. ``misconceptions`` are the
    ids that were named in it. ``error`` says why it is unreadable, or what failed in the grader.
    ``members`` are all whose work it is, where several handed in together; ``student`` is the
    first of them.
    """

    id: str
    student: Student
    file: str
    status: RowStatus
    score: float | None
    max_score: float | None
    cells: tuple[FunctionScore, ...] = ()
    misconceptions: tuple[str, ...] = ()
    error: str = ""
    notes: tuple[str, ...] = ()
    members: tuple[Student, ...] = ()
    origin: Origin = Origin()

    @property
    def people(self) -> tuple[Student, ...]:
        """Give everybody whose work it is."""
        return self.members or (self.student,)


class FunctionFigures(_Model, frozen=True, kw_only=True):
    """One function over the class: how many submissions have which status, and their points."""

    name: str
    max_score: float
    mean_score: float
    statuses: dict[str, int]


class CheckFigures(_Model, frozen=True, kw_only=True):
    """One check over the class: how many of those graded passed it."""

    id: str
    title: str
    max_points: float
    passed: int
    graded: int

    @property
    def function(self) -> str:
        """The name of the function that the check judges."""
        return function_of(self.id)


class MisconceptionFigures(_Model, frozen=True, kw_only=True):
    """A misconception that was named, and in whose submissions: the ids of their rows."""

    id: str
    title: str
    function: str
    rows: tuple[str, ...]


class Skipped(_Model, frozen=True, kw_only=True):
    """A file that is no submission, and why it was passed over."""

    path: str
    reason: str


class ScoreFigures(_Model, frozen=True, kw_only=True):
    """The scores of all submissions that have one, unreadable ones (worth 0) among them.

    ``histogram`` counts them in tenths of the maximum: the first is [0, 10 %), the last
    [90 %, 100 %] with the end.
    """

    count: int
    mean: float
    median: float
    lower_quartile: float
    upper_quartile: float
    full_marks: int
    histogram: tuple[int, ...]


class ClassSummary(_Model, frozen=True, kw_only=True):
    """A whole batch. ``timing`` is in seconds, for the batch and for single rows by their id."""

    summary_version: str = SUMMARY_VERSION
    assignment: AssignmentInfo
    max_score: float
    functions: tuple[FunctionFigures, ...]
    checks: tuple[CheckFigures, ...]
    misconceptions: tuple[MisconceptionFigures, ...]
    scores: ScoreFigures
    statuses: dict[str, int]
    rows: tuple[Row, ...]
    skipped: tuple[Skipped, ...] = ()
    remarks: tuple[str, ...] = ()
    timing: dict[str, float] = {}
