"""The figures of a class, added up one report at a time.

Only what the summary needs is kept: a report of 30 KB becomes a row of a few hundred bytes, so ten
thousand submissions fit into about ten megabytes. The order of the reports makes no difference.
"""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from fractions import Fraction
from typing import TypeVar, cast

import msgspec

from grader.report.class_model import (
    CheckFigures,
    ClassSummary,
    FunctionFigures,
    FunctionScore,
    LoadingFigures,
    ManualFigures,
    ManualScore,
    MisconceptionFigures,
    Origin,
    Row,
    RowStatus,
    Skipped,
    Student,
)
from grader.report.class_scores import describe_scores, exact
from grader.report.model import (
    AssignmentInfo,
    LoadingNote,
    NoteKind,
    ReportStatus,
    Status,
    function_of,
)
from grader.report.normalize import normalize_unicode
from grader.report.outline import CheckOutline, FunctionOutline, Outline, read_outline
from grader.report.shorten import shorten
from grader.report.summary_file import read_summary, summary_to_json

__all__ = ["ClassFigures", "Outline", "read_outline", "read_summary", "summary_to_json"]

# So many notes of loading a row has at most, and so long: the report has them all.
_MAX_LOADING, _MAX_NOTE = 4, 200

_Value = TypeVar("_Value", bound=Hashable)


class ClassFigures:
    """Adds up the outlines of a class, and the students who did not hand in.

    A submission that the grader failed on has a row, but is not included in any figure. An
    unreadable one counts as 0 in the scores, but not in the functions and checks, which were not
    run.
    """

    def __init__(self) -> None:
        self._rows: list[Row] = []
        # For each row the names of the functions that its cells belong to.
        self._orders: list[tuple[str, ...]] = []
        self._shared: dict[object, object] = {}
        self._functions: dict[str, _FunctionCount] = defaultdict(_FunctionCount)
        self._checks: dict[str, _CheckCount] = defaultdict(_CheckCount)
        self._titles: dict[str, str] = {}
        self._seconds: dict[str, float] = {}
        self._manual: dict[str, str] = {}  # the titles, in the order of the reports

    def add(
        self,
        outline: Outline,
        *,
        id: str,  # noqa: A002 - as in `Row`
        student: Student,
        file: str,
        notes: Sequence[str] = (),
        members: Sequence[Student] = (),
        origin: Origin | None = None,
    ) -> None:
        """Add one submission.

        Args:
            outline: The outline of its report.
            id: The stem of its files, unique in the class.
            student: The student who handed it in.
            file: The name of the file that was handed in.
            notes: Notes on the row that are not in the report.
            members: All students who handed it in together, if there are several.
            origin: Where it comes from, if an LMS exported it.
        """
        cells = tuple(
            self._share(FunctionScore(status=one.status, score=one.score))
            for one in outline.functions
        )
        for function in outline.functions:
            self._count(function)
        for item in outline.manual:
            self._manual[item.id] = max(self._manual.get(item.id, ""), item.title)
        has_failed = outline.status is ReportStatus.GRADER_ERROR
        row = Row(
            id=id,
            student=student,
            file=file,
            status=RowStatus(outline.status.value),
            score=None if has_failed else outline.score,
            max_score=None if has_failed else outline.max_score,
            cells=self._share(cells),
            manual=self._share(_manual_scores(outline)),
            misconceptions=self._share(self._find_misconceptions(outline)),
            loading=self._share(_causes(outline.loading)),
            error=outline.error,
            notes=tuple(notes),
            members=tuple(members),
            origin=origin or Origin(),
        )
        self._rows.append(row)
        self._orders.append(self._share(tuple(one.name for one in outline.functions)))
        self._seconds[id] = outline.timing.total_s

    def add_absent(self, student: Student) -> None:
        """Add a student who did not hand in."""
        row = Row(
            id="",
            student=student,
            file="",
            status=RowStatus.NOT_HANDED_IN,
            score=None,
            max_score=None,
        )
        self._rows.append(row)
        self._orders.append(())

    def finish(
        self,
        *,
        assignment: AssignmentInfo,
        max_score: float,
        function_names: Sequence[str],
        skipped: Iterable[Skipped] = (),
        remarks: Iterable[str] = (),
        timing: Mapping[str, float] | None = None,
    ) -> ClassSummary:
        """Return the summary of everything that was added.

        Args:
            assignment: The assignment.
            max_score: The points of the assignment.
            function_names: The names of the functions, in the order of the assignment.
            skipped: Files that are not submissions.
            remarks: Remarks on the whole batch.
            timing: Times of the batch in seconds, such as ``total_s``; those of the rows are
                added.

        Returns:
            The summary, with its rows sorted by the students' names.
        """
        places = {name: place for place, name in enumerate(function_names)}
        paired = zip(self._rows, self._orders, strict=True)
        rows = [self._arrange(row, names, tuple(places)) for row, names in paired]
        rows.sort(key=_row_order)
        statuses = Counter(row.status for row in rows)
        scores = [row.score for row in rows if row.score is not None]
        return ClassSummary(
            assignment=assignment,
            max_score=max_score,
            functions=tuple(self._functions[name].figures(name) for name in places),
            checks=self._check_figures(places),
            manual=count_manual(rows, self._manual),
            misconceptions=self._rank(rows),
            loading=_count_loading(rows),
            scores=describe_scores(scores, max_score),
            statuses={status.value: statuses[status] for status in RowStatus},
            rows=tuple(rows),
            skipped=tuple(sorted(skipped, key=lambda one: (one.path, one.reason))),
            remarks=tuple(remarks),
            timing={
                **{row.id: self._seconds[row.id] for row in rows if row.id},
                **(timing or {}),
            },
        )

    def _share(self, value: _Value) -> _Value:
        """Return the first of all equal values, so that the others need no memory."""
        return cast("_Value", self._shared.setdefault(value, value))

    def _count(self, function: FunctionOutline) -> None:
        self._functions[function.name].add(function)
        for place, check in enumerate(function.checks):
            self._checks[check.id].add(check, place)

    def _find_misconceptions(self, outline: Outline) -> tuple[str, ...]:
        """List the misconceptions that were found, and keep their titles."""
        found: dict[str, None] = {}
        for function in outline.functions:
            for check in function.checks:
                if check.misconception is None:
                    continue
                found[check.misconception] = None
                title = check.misconception_title
                known = self._titles.get(check.misconception) or title
                # The smaller one, so that the order of the reports makes no difference.
                self._titles[check.misconception] = min(known, title or known)
        return tuple(found)

    def _arrange(self, row: Row, names: tuple[str, ...], wanted: tuple[str, ...]) -> Row:
        """Return a row with its cells in the order of the assignment.

        A function that was not graded is MISSING.
        """
        if names == wanted or not names:
            return row
        known = dict(zip(names, row.cells, strict=True))
        missing = FunctionScore(status=Status.MISSING, score=0.0)
        cells = tuple(known.get(name, missing) for name in wanted)
        return msgspec.structs.replace(row, cells=self._share(cells))

    def _check_figures(self, places: Mapping[str, int]) -> tuple[CheckFigures, ...]:
        """Return the checks in the order of their functions, and of the checks in each."""
        known = [id_ for id_ in self._checks if function_of(id_) in places]
        known.sort(key=lambda id_: (places[function_of(id_)], self._checks[id_].place, id_))
        return tuple(self._checks[id_].figures(id_) for id_ in known)

    def _rank(self, rows: Sequence[Row]) -> tuple[MisconceptionFigures, ...]:
        """Return the misconceptions, sorted by how many rows have them, and then by id."""
        ids_of_rows: dict[str, list[str]] = defaultdict(list)
        for row in rows:
            for id_ in row.misconceptions:
                ids_of_rows[id_].append(row.id)
        return tuple(
            MisconceptionFigures(
                id=id_,
                title=self._titles[id_],
                function=function_of(id_),
                rows=tuple(ids_of_rows[id_]),
            )
            for id_ in sorted(ids_of_rows, key=lambda one: (-len(ids_of_rows[one]), one))
        )


def with_rows(summary: ClassSummary, rows: Sequence[Row]) -> ClassSummary:
    """Return a summary with other rows after a person has marked answers; nothing else differs."""
    titles = {one.id: one.title for one in summary.manual}
    scores = [row.score for row in rows if row.score is not None]
    return msgspec.structs.replace(
        summary,
        rows=tuple(rows),
        manual=count_manual(rows, titles),
        scores=describe_scores(scores, summary.max_score),
    )


def count_manual(rows: Sequence[Row], titles: Mapping[str, str]) -> tuple[ManualFigures, ...]:
    """Count the answers that a person marks.

    Args:
        rows: The rows of the class.
        titles: The titles by id, in order.
    """
    by_id: dict[str, list[ManualScore]] = {id_: [] for id_ in titles}
    for row in rows:
        for one in row.manual:
            by_id.setdefault(one.id, []).append(one)
    return tuple(_manual_figures(id_, titles.get(id_, ""), scores) for id_, scores in by_id.items())


def _manual_figures(id_: str, title: str, scores: Sequence[ManualScore]) -> ManualFigures:
    given = [exact(one.points) for one in scores if one.points is not None]
    return ManualFigures(
        id=id_,
        title=title,
        max_points=max((one.max_points for one in scores), default=0.0),
        mean_points=float(sum(given) / len(given)) if given else 0.0,
        marked=len(given),
        waiting=len(scores) - len(given),
    )


def _manual_scores(outline: Outline) -> tuple[ManualScore, ...]:
    return tuple(
        ManualScore(id=one.id, points=one.points, max_points=one.max_points)
        for one in outline.manual
    )


def _causes(notes: Iterable[LoadingNote]) -> tuple[LoadingNote, ...]:
    """Return what stopped code while a submission was loaded, and not what follows from it."""
    causes = [note for note in notes if note.is_cause][:_MAX_LOADING]
    return tuple(
        msgspec.structs.replace(
            one,
            subject=shorten(one.subject, _MAX_NOTE),
            text=shorten(next(iter(one.text.splitlines()), ""), _MAX_NOTE),
        )
        for one in causes
    )


def _count_loading(rows: Iterable[Row]) -> tuple[LoadingFigures, ...]:
    """Count what stopped code while submissions were loaded, in the order of `NoteKind`."""
    ids: dict[NoteKind, list[str]] = defaultdict(list)
    subjects: dict[NoteKind, Counter[str]] = defaultdict(Counter)
    for row in rows:
        for kind, subject in dict.fromkeys((note.kind, note.subject) for note in row.loading):
            if subject:
                subjects[kind][subject] += 1
        for kind in dict.fromkeys(note.kind for note in row.loading):
            ids[kind].append(row.id)
    return tuple(
        LoadingFigures(
            kind=kind,
            subjects=dict(sorted(subjects[kind].items(), key=lambda one: (-one[1], one[0]))),
            rows=tuple(ids[kind]),
        )
        for kind in NoteKind
        if kind in ids
    )


class _FunctionCount:
    """The running totals of one function."""

    def __init__(self) -> None:
        self.points = Fraction()
        self.max_score = 0.0
        self.statuses: Counter[Status] = Counter()

    def add(self, function: FunctionOutline) -> None:
        self.points += exact(function.score)
        self.max_score = max(self.max_score, function.max_score)
        self.statuses[function.status] += 1

    def figures(self, name: str) -> FunctionFigures:
        count = self.statuses.total()
        return FunctionFigures(
            name=name,
            max_score=self.max_score,
            mean_score=float(self.points / count) if count else 0.0,
            statuses={status.value: self.statuses[status] for status in Status},
        )


class _CheckCount:
    """The running counts of one check."""

    def __init__(self) -> None:
        self.title = ""
        self.place = 0
        self.max_points = 0.0
        self.passed = 0
        self.graded = 0

    def add(self, check: CheckOutline, place: int) -> None:
        # Equal in all reports of an assignment. If not, max makes the order irrelevant.
        self.title = max(self.title, check.title)
        self.place = max(self.place, place)
        self.max_points = max(self.max_points, check.max_points)
        self.passed += check.status is Status.PASSED
        self.graded += 1

    def figures(self, id_: str) -> CheckFigures:
        return CheckFigures(
            id=id_,
            title=self.title,
            max_points=self.max_points,
            passed=self.passed,
            graded=self.graded,
        )


def _row_order(row: Row) -> tuple[str, ...]:
    """Return the sort key of a row: the student's name, or else the id."""
    student = row.student
    names = (student.name or student.id or row.id, student.id, row.id)
    return (*map(_fold, names), row.id, student.id, row.file)


def _fold(text: str) -> str:
    """Return text for comparisons that ignore case and how accents are composed."""
    return normalize_unicode(normalize_unicode(text, "NFC").casefold(), "NFC")
