"""What the page of a class shows, worked out from the summary before anything is written.

Nothing is escaped here. The templates do that, and make control characters visible.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from urllib.parse import quote

from grader.outputs.class_wording import (
    describe_cluster,
    describe_loading,
    format_figure,
    format_seconds,
    name_people,
)
from grader.outputs.wording import MARKS, WAITING, format_points
from grader.report.class_model import (
    ClassSummary,
    FunctionFigures,
    ManualScore,
    Row,
    RowStatus,
)
from grader.report.model import Example, Status

# The heat map shows this many rows; the others are folded, as many at a time.
ROWS_OPEN = 500
_SLOWEST = 5
_PEOPLE_OPEN = 10
_BAR_PX = 100


@dataclass(frozen=True, slots=True)
class Look:
    """How a status is shown in the heat map: a sign, a class of the style sheet, and its meaning.

    Unlike in `MARKS`, no two statuses share a sign, since here it has no word beside it.
    """

    sign: str
    style: str
    word: str


LOOKS = {
    Status.PASSED: Look("✓", "p", MARKS[Status.PASSED].word),
    Status.PARTIAL: Look("◐", "h", MARKS[Status.PARTIAL].word),
    Status.FAILED: Look("✗", "f", MARKS[Status.FAILED].word),
    Status.ERROR: Look("!", "e", MARKS[Status.ERROR].word),
    Status.LIMIT: Look("⊘", "l", MARKS[Status.LIMIT].word),
    Status.MISSING: Look("·", "m", MARKS[Status.MISSING].word),
    Status.NOT_JUDGED: Look("?", "m", MARKS[Status.NOT_JUDGED].word),
}


WAITING_LOOK = Look(WAITING.symbol, "h", WAITING.word)


def look_at(one: ManualScore) -> Look:
    """Return how an answer is shown that a person marks."""
    if one.points is None:
        return WAITING_LOOK
    if one.points >= one.max_points:
        return LOOKS[Status.PASSED]
    return LOOKS[Status.PARTIAL if one.points > 0 else Status.FAILED]


@dataclass(frozen=True, slots=True)
class Person:
    """The students of a row: a name, a detail that distinguishes namesakes, and a link."""

    name: str
    detail: str
    link: str


@dataclass(frozen=True, slots=True)
class People:
    """A list of people: those that are shown, and those that are folded."""

    shown: Sequence[Person]
    folded: Sequence[Person]

    def __len__(self) -> int:
        return len(self.shown) + len(self.folded)


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of a bar: its start and its length in percent of the bar."""

    style: str
    start: float
    length: float


@dataclass(frozen=True, slots=True)
class LoadingView:
    """What stopped code of some submissions while they were loaded, and whose they are."""

    words: str
    people: People


@dataclass(frozen=True, slots=True)
class MisconceptionView:
    """A misconception: how many submissions have it, the percentage, and whose they are."""

    title: str
    id: str
    count: int
    share: float
    people: People


@dataclass(frozen=True, slots=True)
class ClusterView:
    """Submissions that share a wrong answer: what it is, whose they are, and a code for it."""

    number: int
    function: str
    words: str
    people: People
    message: str
    example: Example | None
    code: str
    is_code_cut: bool


def view_person(row: Row) -> Person:
    """Return the students of a row."""
    name = name_people(row)
    detail = next((one for one in (row.student.id, row.file) if one and one != name), "")
    # Ids of a batch are safe, but this one was read from a file, which could say anything.
    link = f"reports/{quote(row.id, safe='', errors='replace')}.html" if row.id else ""
    return Person(name=name, detail=detail, link=link)


def view_people(rows: Iterable[Row]) -> People:
    """Return the students of some rows; only the first few are not folded."""
    people = [view_person(row) for row in rows]
    return People(shown=people[:_PEOPLE_OPEN], folded=people[_PEOPLE_OPEN:])


def rows_with(summary: ClassSummary, status: RowStatus) -> list[Row]:
    """Return the rows that have a status."""
    return [row for row in summary.rows if row.status is status]


def chunk_rows(summary: ClassSummary) -> Iterator[list[Row]]:
    """Yield the rows in chunks of `ROWS_OPEN`."""
    rows = iter(summary.rows)
    while chunk := list(islice(rows, ROWS_OPEN)):
        yield chunk


def view_misconceptions(summary: ClassSummary) -> list[MisconceptionView]:
    """Return the misconceptions and who has them, the most frequent first."""
    known = {row.id: row for row in summary.rows if row.id}
    graded = count_graded(summary)
    return [
        MisconceptionView(
            title=one.title or one.id,
            id=one.id,
            count=len(one.rows),
            share=share_of(len(one.rows), graded),
            people=view_people(known[id_] for id_ in one.rows if id_ in known),
        )
        for one in summary.misconceptions
    ]


def view_clusters(summary: ClassSummary) -> list[ClusterView]:
    """Return the wrong answers that several share, the most frequent first."""
    known = {row.id: row for row in summary.rows if row.id}
    return [
        ClusterView(
            number=number,
            function=one.function,
            words=describe_cluster(one),
            people=view_people(known[id_] for id_ in one.rows if id_ in known),
            message=one.message,
            example=one.example,
            code=one.code,
            is_code_cut=one.is_code_cut,
        )
        for number, one in enumerate(summary.clusters, start=1)
    ]


def view_loading(summary: ClassSummary) -> list[LoadingView]:
    """Return what stopped code while submissions were loaded, and whose."""
    known = {row.id: row for row in summary.rows if row.id}
    return [
        LoadingView(
            words=describe_loading(one),
            people=view_people(known[id_] for id_ in one.rows if id_ in known),
        )
        for one in summary.loading
    ]


def count_graded(summary: ClassSummary) -> int:
    """Count the submissions whose functions were graded."""
    graded = (RowStatus.GRADED, RowStatus.STOPPED)
    return sum(summary.statuses.get(status.value, 0) for status in graded)


def view_bar(function: FunctionFigures) -> list[Segment]:
    """Return the parts of a function's bar, one for each status that occurs."""
    total = sum(function.statuses.values())
    segments = []
    start = 0.0
    for status, look in LOOKS.items():
        length = share_of(function.statuses.get(status.value, 0), total)
        if length:
            segments.append(Segment(style=look.style, start=round(start, 2), length=length))
        start += length
    return segments


def view_histogram(summary: ClassSummary) -> list[tuple[str, int, float]]:
    """Return the bars of the histogram: lowest score, number of submissions, height in percent."""
    counts = summary.scores.histogram
    highest = max(counts, default=0)
    width = summary.max_score / len(counts) if counts else 0
    return [
        (format_figure(width * place), count, share_of(count, highest))
        for place, count in enumerate(counts)
    ]


def view_headline(summary: ClassSummary) -> list[tuple[str, str]]:
    """Return the figures at the top of the page, as pairs of a label and a value."""
    scores, top = summary.scores, format_points(summary.max_score)
    handed_in = sum(1 for row in summary.rows if row.status is not RowStatus.NOT_HANDED_IN)
    figures = [("submission" if handed_in == 1 else "submissions", f"{handed_in:,}")]
    if scores.count:
        figures += [
            (f"mean of {top}", format_figure(scores.mean)),
            ("median", format_figure(scores.median)),
            (
                "middle half",
                f"{format_figure(scores.lower_quartile)} to {format_figure(scores.upper_quartile)}",
            ),
            ("with full marks", f"{scores.full_marks:,}"),
        ]
    waiting = sum(one.waiting for one in summary.manual)
    if waiting:
        figures.append(("answers that wait for a person", f"{waiting:,}"))
    absent = len(summary.rows) - handed_in
    return [*figures, ("not handed in", f"{absent:,}")] if absent else figures


def view_slowest(summary: ClassSummary) -> list[tuple[Person, str]]:
    """Return the submissions that took the longest to grade, with their times."""
    timed = [row for row in summary.rows if row.id in summary.timing]
    timed.sort(key=lambda row: -summary.timing[row.id])
    return [(view_person(row), format_seconds(summary.timing[row.id])) for row in timed[:_SLOWEST]]


def share_of(count: float, total: float) -> float:
    """Return a part in percent, rounded so that it is short to write."""
    return round(_BAR_PX * count / total, 2) if total else 0.0
