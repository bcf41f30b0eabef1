"""Reports of every kind, for tests of what is written about them for other systems.

`SAMPLES` has one of each kind by name, and the strategy `reports` generates others. `work_of` makes
the work that a format gets, and `run_export` returns its files by name.
"""

from collections.abc import Callable, Iterable
from typing import Final

import msgspec
from fakes import check_result, make_report
from hypothesis import strategies as st

from grader.exports.format import ExportedFile, Item, LeftOut, Work
from grader.exports.source import work_of_report
from grader.report.class_figures import ClassFigures
from grader.report.class_model import Student
from grader.report.model import (
    CheckResult,
    Diagnosis,
    DrawnAs,
    Example,
    Picture,
    Report,
    ReportStatus,
    Series,
    Status,
    SubmissionInfo,
    Visibility,
)
from grader.report.outline import read_outline
from grader.report.schema import report_to_json

# A student may see the first of these only after the due date, and the second never.
WAITING: Final = "words that wait"
HIDDEN: Final = "words that are hidden"

HOSTILE_TEXTS: Final = (
    "",
    "\x00\x07\x1b[31mred\x1b[0m\x7f\x9b",
    "lone \udcf6\ud800 surrogates",
    "]]><![CDATA[ --> <!-- <?xml?>",
    "<script>window.pwned = 1</script>&nbsp;&amp;&#0;",
    '"><img src=x onerror=alert(1)>',
    "\u202egpj.exe\u2066\u200f\ufeff",
    "a\r\nb\rc\u2028d\u2029e\x85f\x0bg\x0ch",
    "\ufffe\uffff\U0001fffe non-characters",
    "not ok 1\n1..0\nBail out!\n# SKIP\n  ---\n  ...",
    "Grade :=>> 100\n<|--\n--|>\n::error::x\n##[group]",
    "=cmd()|'/C calc'!A0",
    "{{7*7}} ${7*7} %s {0} \\u0000 \\",
    "漢字 \u0645\u062d\u0645\u062f \N{PARTY POPPER} e\u0301",
    "   ",
    "\n\n\n",
)
MEGABYTE_TEXT: Final = "<&\u20ac\n\x01" * 200_000

PICTURE: Final = Picture(
    title="The loss <falls> & rises",
    x_label="epoch",
    y_label="loss",
    series=(
        Series(
            label="yours", role="student", drawn_as=DrawnAs.LINE, x=(0.0, 1.0, 2.0), y=(3.0, 2.0, 4)
        ),
        Series(
            label="right", role="right", drawn_as=DrawnAs.LINE, x=(0.0, 1.0, 2.0), y=(3.0, 1.0, 0.5)
        ),
    ),
)


def failed_check(
    check_id: str,
    *,
    status: Status = Status.FAILED,
    says: str = "w <moved> & stayed",
    **changes: object,
) -> CheckResult:
    """Return a check that did not pass, with all its texts: each of them contains ``says``."""
    misconception = f"{check_id.partition('/')[0]}/{says}"
    texts: dict[str, object] = {
        "message": f"message: {says}",
        "hint": f"hint: {says}",
        "example": Example(code=f"code: {says}", got=f"got: {says}", expected=f"expected: {says}"),
        "section": f"section: {says}",
        "misconception": misconception,
        "diagnosis": Diagnosis(
            misconception=misconception,
            title=f"title: {says}",
            hint=f"hint: {says}",
            section=f"section: {says}",
        ),
    }
    return check_result(check_id, status, **{**texts, **changes})


def right_check(check_id: str, max_points: float = 1.0, **changes: object) -> CheckResult:
    """Return a check that passed, with all its points."""
    return check_result(check_id, max_points=max_points, **changes)  # type: ignore[arg-type]


def failed_report(status: ReportStatus, error: str, **changes: object) -> Report:
    """Return a report without a grade, as the pipeline makes it."""
    has_failed = status is ReportStatus.GRADER_ERROR
    points = None if has_failed else 100.0
    fields: dict[str, object] = {"score": None if has_failed else 0.0, "max_score": points}
    return make_report(status=status, error=error, **{**fields, **changes})


def hostile_report(text: str, **changes: object) -> Report:
    """Return a report with a text wherever a student or the author of checks can put one."""
    return make_report(
        failed_check("update/a", says=text, title=f"title {text}", max_points=2.0),
        right_check("update/b", title=text),
        failed_check("mse/a", status=Status.ERROR, says=text),
        notes=(text, f"note {text}"),
        output=text,
        error=text,
        **changes,
    )


def _submission_named(name: str) -> dict[str, object]:
    return {"submission": SubmissionInfo(name=name, sha256="0" * 64, format="python")}


_LATE = {"visibility": Visibility.AFTER_DUE_DATE, "says": WAITING}
_HIDDEN = {"visibility": Visibility.HIDDEN, "says": HIDDEN}

FULL: Final = make_report(
    right_check("update/a", 3.0), right_check("update/b", 2.0), right_check("mse/a", 5.0)
)
PARTIAL: Final = make_report(
    right_check("update/a", 3.0),
    failed_check("update/b", max_points=2.0),
    right_check("mse/a", 5.0),
    notes=("The last cell was not run.",),
    output="epoch 1\nepoch 2\n",
)
NOTHING_RIGHT: Final = make_report(
    failed_check("update/a", status=Status.ERROR, max_points=3.0),
    failed_check("mse/a", status=Status.LIMIT, max_points=5.0),
    check_result("train/a", Status.MISSING, max_points=2.0),
)
UNREADABLE: Final = failed_report(
    ReportStatus.UNREADABLE, "line 12 is not valid Python:\n    def broken(<x>:\n               ^"
)
STOPPED: Final = make_report(
    right_check("update/a", 3.0),
    check_result("mse/a", Status.LIMIT, max_points=7.0, message="out of time"),
    status=ReportStatus.STOPPED,
)
GRADER_ERROR: Final = failed_report(ReportStatus.GRADER_ERROR, "the forkserver <is> gone")
# 4 of 5 points are shown, and 5 are pending, of which none is earned: 4 of 10 in all.
WITH_LATE: Final = make_report(
    right_check("update/a", 3.0),
    failed_check("update/late", max_points=2.0, **_LATE),  # type: ignore[arg-type]
    right_check("mse/a", 1.0),
    failed_check("mse/b", max_points=1.0),
    failed_check("train/late", max_points=3.0, **_LATE),  # type: ignore[arg-type]
)
# Everything that is shown is right, and 2 more points are pending.
RIGHT_SO_FAR: Final = make_report(
    right_check("update/a", 3.0),
    failed_check("update/late", max_points=2.0, **_LATE),  # type: ignore[arg-type]
)
ALL_LATE: Final = make_report(
    failed_check("update/late", max_points=2.0, **_LATE),  # type: ignore[arg-type]
    right_check("mse/late", 2.0, visibility=Visibility.AFTER_DUE_DATE),
)
WITH_HIDDEN: Final = make_report(
    right_check("update/a", 3.0),
    failed_check("update/hidden", max_points=2.0, **_HIDDEN),  # type: ignore[arg-type]
)
ZERO_POINTS: Final = make_report(
    right_check("update/a", 0.0), failed_check("mse/a", max_points=0.0), right_check("train/a", 4.0)
)
NO_POINTS_AT_ALL: Final = make_report(
    right_check("update/a", 0.0), failed_check("mse/a", max_points=0.0)
)
# 12.5 in all.
FRACTIONAL: Final = make_report(
    right_check("update/a", 0.7),
    right_check("update/b", 0.1),
    right_check("mse/a", 0.2),
    failed_check("train/a", max_points=11.5, points=0.5),
)
# Added as floats in this order, these are less than 1.
FULL_FRACTIONAL: Final = make_report(
    right_check("update/a", 0.2), right_check("mse/a", 0.7), right_check("train/a", 0.1)
)
NO_FUNCTIONS: Final = make_report()
SAME_CAUSE_TWICE: Final = make_report(
    failed_check("update/a", max_points=2.0), failed_check("update/b", max_points=2.0)
)
NOT_JUDGED: Final = make_report(
    failed_check("update/a", says="w does not move"),
    check_result("update/b", Status.NOT_JUDGED, title="w stays the same leaf"),
    check_result("mse/a", Status.NOT_JUDGED),
)
HUGE: Final = make_report(
    failed_check("update/a", message=MEGABYTE_TEXT),
    right_check("update/b", title=MEGABYTE_TEXT),
    failed_check("mse/a", hint=MEGABYTE_TEXT),
    notes=(MEGABYTE_TEXT,),
    output=MEGABYTE_TEXT,
)
MANY_FUNCTIONS: Final = make_report(
    *(failed_check(f"function_{place}/a", says="x" * 500) for place in range(1000))
)


def _with_picture() -> Report:
    first, *rest = PARTIAL.functions
    pictured = msgspec.structs.replace(first, pictures=(PICTURE,))
    return msgspec.structs.replace(PARTIAL, functions=(pictured, *rest))


WITH_PICTURE: Final = _with_picture()

SAMPLES: Final[dict[str, Report]] = {
    "full": FULL,
    "partial": PARTIAL,
    "nothing right": NOTHING_RIGHT,
    "unreadable": UNREADABLE,
    "stopped": STOPPED,
    "grader error": GRADER_ERROR,
    "with late": WITH_LATE,
    "right so far": RIGHT_SO_FAR,
    "all late": ALL_LATE,
    "with hidden": WITH_HIDDEN,
    "zero points": ZERO_POINTS,
    "no points at all": NO_POINTS_AT_ALL,
    "fractional": FRACTIONAL,
    "full fractional": FULL_FRACTIONAL,
    "no functions": NO_FUNCTIONS,
    "same cause twice": SAME_CAUSE_TWICE,
    "not judged": NOT_JUDGED,
    "huge": HUGE,
    "huge unreadable": failed_report(ReportStatus.UNREADABLE, MEGABYTE_TEXT),
    "huge grader error": failed_report(ReportStatus.GRADER_ERROR, MEGABYTE_TEXT),
    "many functions": MANY_FUNCTIONS,
    "with picture": WITH_PICTURE,
    **{f"hostile {place}": hostile_report(text) for place, text in enumerate(HOSTILE_TEXTS)},
    **{
        f"hostile file name {place}": hostile_report("text", **_submission_named(text))
        for place, text in enumerate(HOSTILE_TEXTS)
    },
    "hostile unreadable": failed_report(ReportStatus.UNREADABLE, "\n".join(HOSTILE_TEXTS)),
    "hostile grader error": failed_report(ReportStatus.GRADER_ERROR, "\n".join(HOSTILE_TEXTS)),
}

# Without those that take a second each, which have tests of their own.
_SMALL = [one for name, one in SAMPLES.items() if not name.startswith(("huge", "many"))]

# --- any report ---------------------------------------------------------------------------

_POINTS = st.sampled_from((0.0, 0.1, 0.2, 0.25, 0.5, 0.7, 1.0, 1 / 3, 2.0, 2.5, 3.0, 40.0))
texts = st.one_of(
    st.sampled_from(HOSTILE_TEXTS),
    st.text(max_size=40),
    # Everything that a Python string can hold, including what UTF-8 can't encode.
    st.text(st.characters(), max_size=20),
)


@st.composite
def _checks(draw: st.DrawFn) -> CheckResult:
    function = draw(st.sampled_from(("update", "mse", "train", "gradient", "größe")))
    id_ = f"{function}/{draw(st.integers(0, 99))}"
    max_points = draw(_POINTS)
    visibility = draw(st.sampled_from(Visibility))
    title = draw(texts)
    if draw(st.booleans()):
        return right_check(id_, max_points, title=title, visibility=visibility)
    statuses = (Status.FAILED, Status.ERROR, Status.LIMIT, Status.MISSING, Status.NOT_JUDGED)
    status = draw(st.sampled_from(statuses))
    part = 0.0 if status is Status.NOT_JUDGED else max_points / 2
    secrets = {Visibility.HIDDEN: HIDDEN, Visibility.AFTER_DUE_DATE: WAITING}
    return failed_check(
        id_,
        status=status,
        says=secrets.get(visibility) or draw(texts),
        title=title,
        max_points=max_points,
        points=draw(st.sampled_from((0.0, 0.0, part))),
        visibility=visibility,
    )


@st.composite
def graded_reports(draw: st.DrawFn) -> Report:
    """Generate reports that have a score, with checks of every visibility."""
    checks = draw(st.lists(_checks(), max_size=8, unique_by=lambda check: check.id))
    # A stopped submission has a score too, for what was graded before.
    status = draw(st.sampled_from((ReportStatus.GRADED, ReportStatus.GRADED, ReportStatus.STOPPED)))
    return make_report(
        *checks,
        status=status,
        notes=tuple(draw(st.lists(texts, max_size=2))),
        output=draw(texts),
        seed=draw(st.integers(0, 2**32)),
        timing=draw(st.sampled_from(({}, {"total_s": 2.0}, {"total_s": 1, "update/0": 0.25}))),
        **_submission_named(draw(texts)),
    )


@st.composite
def _failed_reports(draw: st.DrawFn) -> Report:
    status = draw(st.sampled_from((ReportStatus.UNREADABLE, ReportStatus.GRADER_ERROR)))
    return failed_report(status, draw(texts), **_submission_named(draw(texts)))


def reports() -> st.SearchStrategy[Report]:
    """Return a strategy for reports of any kind, also without a score."""
    return st.one_of(st.sampled_from(_SMALL), graded_reports(), _failed_reports())


# --- work ---------------------------------------------------------------------------------


def work_of(report: Report, *, is_after_due: bool = False, **settings: str) -> Work:
    """Return work on one report, with settings for the format; ``_`` stands for ``-``."""
    named = {name.replace("_", "-"): value for name, value in settings.items()}
    return work_of_report(report, is_after_due=is_after_due, settings=named)


def class_work_of(*reports: Report, is_after_due: bool = False, **settings: str) -> Work:
    """Return work on a class: rows ``s0``, ``s1``, ..., and a student who did not hand in."""
    figures = ClassFigures()
    for place, report in enumerate(reports):
        outline = read_outline(report_to_json(report).encode())
        student = Student(id=f"s{place}", name=f"Student {place}", email=f"s{place}@example.edu")
        figures.add(outline, id=f"s{place}", student=student, file=report.submission.name)
    figures.add_absent(Student(id="absent", name="Absent"))
    first = next((one for one in reports if one.max_score is not None), reports[0])
    names = tuple(dict.fromkeys(one.name for report in reports for one in report.functions))
    summary = figures.finish(
        assignment=first.assignment, max_score=first.max_score or 0.0, function_names=names
    )
    by_id = {f"s{place}": report for place, report in enumerate(reports)}

    def reader(id_: str) -> Callable[[], Report]:
        return lambda: by_id[id_]

    return Work(
        assignment=summary.assignment,
        max_score=summary.max_score,
        items=tuple(Item(row=row, read=reader(row.id)) for row in summary.rows),
        functions=names,
        is_after_due=is_after_due,
        settings={name.replace("_", "-"): value for name, value in settings.items()},
    )


def run_export(
    export: Callable[[Work], Iterable[ExportedFile | LeftOut]], work: Work
) -> tuple[dict[str, bytes], list[LeftOut]]:
    """Return the files of an export by name, and the students who were left out."""
    made = list(export(work))
    files = [one for one in made if isinstance(one, ExportedFile)]
    names = [one.name for one in files]
    assert len(set(names)) == len(names), "two files have one name"
    left_out = [one for one in made if isinstance(one, LeftOut)]
    return {one.name: one.content for one in files}, left_out
