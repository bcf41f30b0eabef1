"""The report: the result of grading one submission.

For equal input everything in it is equal, except ``timing``.
"""

import enum

import msgspec

SCHEMA_VERSION = "1.6"
MAX_SCORE = 100


class Status(enum.Enum):
    """The status of a check or a function.

    FAILED means that the answer is wrong. LIMIT, ERROR and MISSING say why there is no answer.
    NOT_JUDGED means that a check never got as far as what it is about: another check says why.
    Only a function can be PARTIAL.
    """

    PASSED = "passed"
    PARTIAL = "partial"
    FAILED = "failed"
    ERROR = "error"
    LIMIT = "limit"
    MISSING = "missing"
    NOT_JUDGED = "not_judged"


class Visibility(enum.Enum):
    """When a student sees a check: at once, never more than its points, or after the due date."""

    VISIBLE = "visible"
    HIDDEN = "hidden"
    AFTER_DUE_DATE = "after_due_date"


class NoteKind(enum.Enum):
    """What happened while a submission was read or loaded.

    NOT_INSTALLED is a module that this machine doesn't have, and NOT_IMPORTED one that the
    submission uses and never imports. LIMIT is a statement that was stopped, EXIT the end of a
    script by ``sys.exit()``, SYNTAX a cell that is not valid Python, and RAISED any other exception
    at top level. LEFT_OUT was not run. FOLLOWS and UNWRITTEN stopped only because of earlier code,
    or of a function that is not written yet.
    """

    NOT_INSTALLED = "not_installed"
    NOT_IMPORTED = "not_imported"
    LIMIT = "limit"
    EXIT = "exit"
    SYNTAX = "syntax"
    RAISED = "raised"
    LEFT_OUT = "left_out"
    FOLLOWS = "follows"
    UNWRITTEN = "unwritten"
    OTHER = "other"


class ReportStatus(enum.Enum):
    """How grading ended.

    STOPPED means that the submission was ended before every check had run, because it was out of
    time or forged answers. The points earned until then count.
    """

    GRADED = "graded"
    UNREADABLE = "unreadable"
    STOPPED = "stopped"
    GRADER_ERROR = "grader_error"


def function_of(check_id: str) -> str:
    """Return the name of the function that a check grades: the part of its id before the slash."""
    return check_id.partition("/")[0]


class _Model(msgspec.Struct, frozen=True, kw_only=True):
    pass


class Example(_Model, frozen=True, kw_only=True):
    """The smallest failing input that was found.

    ``code`` can be pasted below the submission, ``got`` is what it returns, and ``expected`` what
    it should return.
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

    ``role`` decides its colour: ``student``, ``right``, ``data``, or ``level`` for a contour line.
    """

    label: str
    role: str
    drawn_as: DrawnAs
    x: tuple[float, ...]
    y: tuple[float, ...]


class Picture(_Model, frozen=True, kw_only=True):
    """Numbers to be drawn, which show what is wrong with a function.

    ``title`` says in a sentence what the picture shows.
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
    repeat it, as schema 1.2 had them. Without a diagnosis, ``hint`` is that of the check; empty if
    an earlier failure of the function has the same reason, which it has explained.
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
        """The name of the function that the check grades."""
        return function_of(self.id)


class FunctionResult(_Model, frozen=True, kw_only=True):
    """The result of one function of the assignment, with its checks in order.

    ``pictures`` are there if the function is wrong and its checks have some.
    """

    name: str
    status: Status
    score: float
    max_score: float
    checks: tuple[CheckResult, ...]
    pictures: tuple[Picture, ...] = ()


class ManualStatus(enum.Enum):
    """Whether a person has given the points of an answer yet."""

    WAITING = "waits for a person"
    MARKED = "marked"


class RubricLevel(_Model, frozen=True, kw_only=True):
    """A level of a rubric: what an answer is like that is worth so many points."""

    points: float
    title: str
    description: str = ""


class ManualMark(_Model, frozen=True, kw_only=True):
    """What a person gave for an answer: points, the title of a rubric's level, and a comment.

    ``by`` says who, and ``at`` when, as a time in ISO 8601; both may be empty.
    """

    points: float
    level: str = ""
    comment: str = ""
    by: str = ""
    at: str = ""


class ManualItem(_Model, frozen=True, kw_only=True):
    """An answer that a person gives points for.

    ``points`` is null while the answer waits, which is never a zero; ``mark`` is set once it is
    marked. ``answer`` is the text that the submission has for it, cut if ``is_cut``, and
    ``problem`` says what is odd about it, such as that there is none. ``digest`` is a SHA-256 of
    the whole answer: a mark belongs to this answer and to no other. ``outdated`` is a mark that
    was given before the answer changed; it does not count.
    """

    id: str
    title: str
    max_points: float
    points: float | None = None
    status: ManualStatus = ManualStatus.WAITING
    mark: ManualMark | None = None
    outdated: ManualMark | None = None
    rubric: tuple[RubricLevel, ...] = ()
    answer: str = ""
    is_cut: bool = False
    problem: str = ""
    digest: str = ""


class AssignmentInfo(_Model, frozen=True, kw_only=True):
    """The assignment with which a submission was graded."""

    id: str
    title: str
    version: str


class SubmissionInfo(_Model, frozen=True, kw_only=True):
    """The submission: the file's name, the SHA-256 of its bytes, ``python`` or ``notebook``."""

    name: str
    sha256: str
    format: str


class IsolationInfo(_Model, frozen=True, kw_only=True):
    """The locks that held while student code ran, and those missing on this machine, with why."""

    mode: str
    locks: tuple[str, ...] = ()
    missing: dict[str, str] = {}


class LoadingNote(_Model, frozen=True, kw_only=True):
    """Something that happened while a submission was read or loaded.

    ``subject`` is what it is about, for a class to count: the name of a module, or of an exception.
    ``text`` says it in words, and is one of the report's ``notes``.
    """

    kind: NoteKind
    subject: str = ""
    text: str

    @property
    def is_cause(self) -> bool:
        """Whether it can be why functions are missing or raise."""
        return self.kind in _CAUSES


_CAUSES = frozenset(
    {
        NoteKind.NOT_INSTALLED,
        NoteKind.NOT_IMPORTED,
        NoteKind.LIMIT,
        NoteKind.EXIT,
        NoteKind.SYNTAX,
        NoteKind.RAISED,
    }
)


class LaterPoints(_Model, frozen=True, kw_only=True):
    """What a function is worth in checks that are judged later."""

    name: str
    max_points: float


class SelfCheck(_Model, frozen=True, kw_only=True):
    """What is left open where a student's kit has judged, so that the final grade may differ.

    ``later`` are points for which a kit has no checks; they are not in the report's ``max_score``.
    ``open_points`` are those of ``max_score`` that depend on functions which have to be right
    first: neither earned nor lost.
    """

    later: tuple[LaterPoints, ...] = ()
    open_points: float = 0.0


class Report(_Model, frozen=True, kw_only=True):
    """The result of grading one submission.

    ``score`` and ``max_score`` are null only if the grader itself failed, which is never a zero.
    ``max_score`` includes all points of ``manual``, the answers that a person marks; ``score``
    includes those that were given. While one of them waits, the score is not final.
    ``error`` says why a submission is unreadable, or what failed in the grader. ``loading`` has
    what happened while it was read and loaded, causes first; ``notes`` has the same and more, as
    texts. ``timing`` is in
    seconds: ``total_s``, and the time of each check that ran, by its id. ``key`` is set in a
    batch: a digest of everything that the rest depends on. ``self_check`` is set if a student's
    kit was used, which never gives a final grade.
    """

    schema_version: str = SCHEMA_VERSION
    assignment: AssignmentInfo
    submission: SubmissionInfo
    status: ReportStatus
    score: float | None
    max_score: float | None
    functions: tuple[FunctionResult, ...] = ()
    self_check: SelfCheck | None = None
    manual: tuple[ManualItem, ...] = ()
    notes: tuple[str, ...] = ()
    loading: tuple[LoadingNote, ...] = ()
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
        """Whether the submission is a notebook."""
        return self.submission.format == "notebook"
