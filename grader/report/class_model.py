"""The summary of a class: a row for each submission, and the figures over all of them.

A batch writes it as ``summary.json`` beside its reports. For equal input everything in it is
equal, except ``timing``.
"""

import enum

import msgspec

from grader.report.model import (
    AssignmentInfo,
    Example,
    LoadingNote,
    NoteKind,
    Status,
    function_of,
)

SUMMARY_VERSION = "1.4"


class RowStatus(enum.Enum):
    """How grading a student's submission ended; NOT_HANDED_IN is known only with a roster."""

    GRADED = "graded"
    STOPPED = "stopped"
    UNREADABLE = "unreadable"
    GRADER_ERROR = "grader_error"
    NOT_HANDED_IN = "not_handed_in"


class _Model(msgspec.Struct, frozen=True, kw_only=True):
    pass


class Student(_Model, frozen=True, kw_only=True):
    """A student, from the roster or the LMS; what is not known is empty."""

    id: str = ""
    name: str = ""
    email: str = ""


class Origin(_Model, frozen=True, kw_only=True, omit_defaults=True):
    """Where a submission comes from, in the LMS's own terms; all empty without an LMS.

    ``system`` is the collector's name. ``key`` identifies the row in the system's own files: the
    user id of Canvas, the participant or group number of Moodle, the submission id of
    Gradescope, the account at GitHub. ``name`` is the person or team that handed in, and
    ``submitted_at`` the time, both as the system writes them.
    """

    system: str = ""
    key: str = ""
    name: str = ""
    submitted_at: str = ""
    is_late: bool = False


class FunctionScore(_Model, frozen=True, kw_only=True):
    """The result of one function in one submission; its place in the row says which function."""

    status: Status
    score: float


class ManualScore(_Model, frozen=True, kw_only=True):
    """An answer of one submission that a person marks; ``points`` is null while it waits."""

    id: str
    points: float | None
    max_points: float


class Row(_Model, frozen=True, kw_only=True):
    """One submission, or one student who did not hand in.

    ``id`` is the stem of its files, ``reports/<id>.json`` and ``reports/<id>.html``; it is empty
    if nothing was handed in. ``file`` is the name of the file that was handed in. ``cells`` are in
    the order of `ClassSummary.functions`, and empty if nothing was graded. ``manual`` has the
    answers that a person marks; while one of them waits, ``score`` is without its points and not
    final. ``misconceptions`` are
    the ids of those that were found. ``loading`` is what stopped code while it was loaded, each
    note's first line. ``error`` says why it is unreadable, or what failed in the grader.
    ``members`` are all students who handed it in together, if there are several; ``student`` is the
    first of them.
    """

    id: str
    student: Student
    file: str
    status: RowStatus
    score: float | None
    max_score: float | None
    cells: tuple[FunctionScore, ...] = ()
    manual: tuple[ManualScore, ...] = ()
    misconceptions: tuple[str, ...] = ()
    loading: tuple[LoadingNote, ...] = ()
    error: str = ""
    notes: tuple[str, ...] = ()
    members: tuple[Student, ...] = ()
    origin: Origin = Origin()

    @property
    def people(self) -> tuple[Student, ...]:
        """The students who handed it in."""
        return self.members or (self.student,)

    @property
    def is_waiting(self) -> bool:
        """Whether a person has to mark an answer, so that the score is not final."""
        return any(one.points is None for one in self.manual)


class FunctionFigures(_Model, frozen=True, kw_only=True):
    """One function over the class: its mean score, and how many submissions have which status."""

    name: str
    max_score: float
    mean_score: float
    statuses: dict[str, int]


class CheckFigures(_Model, frozen=True, kw_only=True):
    """One check over the class: how many of the graded submissions passed it."""

    id: str
    title: str
    max_points: float
    passed: int
    graded: int

    @property
    def function(self) -> str:
        """The name of the function that the check grades."""
        return function_of(self.id)


class ManualFigures(_Model, frozen=True, kw_only=True):
    """What a person marks, over the class: how many answers are marked, and how many wait.

    ``mean_points`` is over those that are marked; 0 if none is.
    """

    id: str
    title: str
    max_points: float
    mean_points: float
    marked: int
    waiting: int


class MisconceptionFigures(_Model, frozen=True, kw_only=True):
    """A misconception that was found, with the ids of the rows that have it."""

    id: str
    title: str
    function: str
    rows: tuple[str, ...]


class ClusterFigures(_Model, frozen=True, kw_only=True):
    """Submissions that fail a function and answer alike on everything asked, with no misconception.

    It says that they share a wrong answer, and not how they came to. ``students`` is how many
    people that are, and ``rows`` are the ids of their rows. ``checks`` are the ids of the checks
    that they fail, and ``message`` is that of the first. ``example`` is the smallest failing input:
    ``got`` is what they all answer. ``shortest`` is the row with the shortest code of the function,
    and ``code`` is that code, cut if ``is_code_cut``; empty if it isn't known. ``unknown`` is how
    many more submissions fail the function but could not be compared.
    """

    function: str
    students: int
    rows: tuple[str, ...]
    checks: tuple[str, ...] = ()
    message: str = ""
    example: Example | None = None
    shortest: str = ""
    code: str = ""
    is_code_cut: bool = False
    unknown: int = 0


class LoadingFigures(_Model, frozen=True, kw_only=True):
    """What stopped code of several submissions while they were loaded.

    ``subjects`` says how many submissions it concerns for each module or exception, the most
    frequent first. ``rows`` are the ids of their rows.
    """

    kind: NoteKind
    subjects: dict[str, int]
    rows: tuple[str, ...]


class Skipped(_Model, frozen=True, kw_only=True):
    """A file that is not a submission, and why it was skipped."""

    path: str
    reason: str


class ScoreFigures(_Model, frozen=True, kw_only=True):
    """The scores of all submissions that have one; unreadable submissions count as 0.

    Points that wait for a person are not in them.

    ``histogram`` counts them by tenths of the maximum, from [0 %, 10 %) to [90 %, 100 %].
    """

    count: int
    mean: float
    median: float
    lower_quartile: float
    upper_quartile: float
    full_marks: int
    histogram: tuple[int, ...]


class ClassSummary(_Model, frozen=True, kw_only=True):
    """A whole batch. ``clusters`` are the largest first.

    ``timing`` is in seconds: ``total_s``, and the time of each row by its id.
    """

    summary_version: str = SUMMARY_VERSION
    assignment: AssignmentInfo
    max_score: float
    functions: tuple[FunctionFigures, ...]
    checks: tuple[CheckFigures, ...]
    manual: tuple[ManualFigures, ...] = ()
    misconceptions: tuple[MisconceptionFigures, ...]
    clusters: tuple[ClusterFigures, ...] = ()
    loading: tuple[LoadingFigures, ...] = ()
    scores: ScoreFigures
    statuses: dict[str, int]
    rows: tuple[Row, ...]
    skipped: tuple[Skipped, ...] = ()
    remarks: tuple[str, ...] = ()
    timing: dict[str, float] = {}
