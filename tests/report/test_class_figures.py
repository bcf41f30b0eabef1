"""The figures of a class: exact, independent of the order of submissions, and small in memory."""

import random
import statistics
import time
import unicodedata
from fractions import Fraction

import msgspec
import pytest
from class_fakes import ASSIGNMENT, check_outline, make_failure, make_outline
from fakes import check_result, make_report
from hypothesis import given
from hypothesis import strategies as st

from grader.report.class_figures import ClassFigures
from grader.report.class_model import ClassSummary, FunctionScore, RowStatus, Skipped, Student
from grader.report.class_scores import describe_scores
from grader.report.model import Diagnosis, ReportStatus, Status
from grader.report.outline import DiagnosisOutline, Outline, TimingOutline, read_outline
from grader.report.schema import report_to_json

FAULT = make_failure(ReportStatus.GRADER_ERROR, "the forkserver is gone")
UNREADABLE = make_failure(ReportStatus.UNREADABLE, "line 3 is not valid Python")


def summarize(*outlines: Outline, functions: tuple[str, ...] = ("mse", "update")) -> ClassSummary:
    """Summarize submissions named a, b, c, ..."""
    figures = ClassFigures()
    for place, outline in enumerate(outlines):
        id_ = chr(ord("a") + place)
        figures.add(outline, id=id_, student=Student(), file=f"{id_}.py")
    return figures.finish(assignment=ASSIGNMENT, max_score=10, function_names=functions)


def scored(score: float) -> Outline:
    """Make the outline of a report with that many points."""
    return make_outline(check_outline("mse/a"), score=score)


# --- the outline --------------------------------------------------------------------------


def test_outline_is_read_out_of_a_report() -> None:
    """An outline has only the parts of a report that a class needs."""
    failed = check_result("update/b", Status.FAILED, misconception="update/ascent", hint="Turn it.")
    report = make_report(check_result("mse/a"), failed, output="x" * 1000, key="k")

    outline = read_outline(report_to_json(report).encode())

    assert outline.key == "k"
    assert outline.score == report.score
    assert outline.timing.total_s == 0.5
    assert [function.name for function in outline.functions] == ["mse", "update"]
    assert outline.functions[1].checks[0].misconception == "update/ascent"
    assert not hasattr(outline, "output")


@pytest.mark.parametrize("data", [b"", b"{}", b"[1]", b'{"status": "graded"}', b"\xff\xfe", b"{"])
def test_data_that_is_not_a_report_is_refused(data: bytes) -> None:
    """Half a file, another JSON document or other bytes are refused."""
    with pytest.raises(ValueError, match=r"."):
        read_outline(data)


def test_outline_of_a_large_report_is_read_fast() -> None:
    """The outline of a large report is read in less than 0.3 ms."""
    checks = [check_result(f"f{place % 16}/{place}", message="m" * 400) for place in range(60)]
    data = report_to_json(make_report(*checks)).encode()
    assert len(data) > 30_000

    times = []
    for _ in range(20):
        started = time.perf_counter()
        read_outline(data)
        times.append(time.perf_counter() - started)

    assert min(times) < 0.0003


# --- scores -------------------------------------------------------------------------------


def test_scores_are_summed_up_exactly() -> None:
    """The mean and median of 0.1, 0.2 and 0.3 are exactly 0.2."""
    figures = describe_scores([0.1, 0.2, 0.3], 1.0)

    assert figures.mean == 0.2
    assert figures.median == 0.2


def test_quartiles_are_interpolated_between_neighbours() -> None:
    """Quartiles are those of the standard library's inclusive method."""
    figures = describe_scores([1, 2, 3, 4], 10)

    assert (figures.lower_quartile, figures.median, figures.upper_quartile) == (1.75, 2.5, 3.25)


def test_one_score_is_all_of_them() -> None:
    """A single score is the mean, the median and both quartiles."""
    figures = describe_scores([7], 10)

    assert {figures.mean, figures.median, figures.lower_quartile, figures.upper_quartile} == {7}


def test_no_scores_are_no_error() -> None:
    """Without scores all figures are zero."""
    figures = describe_scores([], 10)

    assert (figures.count, figures.mean, figures.histogram) == (0, 0, (0,) * 10)


def test_histogram_counts_by_tenths_and_the_last_has_the_end() -> None:
    """A score on the border of two bins is in the upper one, and full marks are in the last."""
    figures = describe_scores([0, 9.9, 10, 30, 89.9, 90, 100], 100)

    assert figures.histogram == (2, 1, 0, 1, 0, 0, 0, 0, 1, 2)
    assert figures.full_marks == 1
    assert describe_scores([0.3], 1).histogram[3] == 1


@given(st.lists(st.integers(0, 1000).map(lambda number: number / 10), min_size=2, max_size=50))
def test_figures_are_those_of_the_standard_library(scores: list[float]) -> None:
    """The figures equal those of the standard library, except for rounding errors."""
    figures = describe_scores(scores, 100)

    assert figures.count == sum(figures.histogram) == len(scores)
    assert figures.mean == pytest.approx(statistics.mean(scores))
    quartiles = statistics.quantiles(scores, n=4, method="inclusive")
    computed = [figures.lower_quartile, figures.median, figures.upper_quartile]
    assert computed == pytest.approx(quartiles)


# --- who counts where ---------------------------------------------------------------------


def test_fault_of_the_grader_is_a_row_and_in_no_figure() -> None:
    """A failure of the grader has a row, and counts in no figure."""
    summary = summarize(scored(8), FAULT)

    row = next(row for row in summary.rows if row.status is RowStatus.GRADER_ERROR)
    assert (row.score, row.max_score, row.error) == (None, None, "the forkserver is gone")
    assert (summary.scores.count, summary.scores.mean) == (1, 8)
    assert summary.statuses == {
        "graded": 1,
        "stopped": 0,
        "unreadable": 0,
        "grader_error": 1,
        "not_handed_in": 0,
    }


def test_unreadable_submission_is_a_zero_in_scores_only() -> None:
    """An unreadable submission counts as a zero, but in no function and no check."""
    summary = summarize(make_outline(check_outline("mse/a")), UNREADABLE)

    assert (summary.scores.count, summary.scores.mean) == (2, 0.5)
    assert summary.functions[0].mean_score == 1
    assert summary.checks[0].graded == 1


def test_student_who_did_not_hand_in_is_in_no_figure() -> None:
    """A student who did not hand in has a row without an id, and counts in no figure."""
    figures = ClassFigures()
    figures.add_absent(Student(id="1", name="Ada"))

    summary = figures.finish(assignment=ASSIGNMENT, max_score=10, function_names=("mse",))

    assert summary.scores.count == 0
    assert [(row.id, row.status, row.score) for row in summary.rows] == [
        ("", RowStatus.NOT_HANDED_IN, None)
    ]


def test_functions_have_exact_means_and_counts_by_status() -> None:
    """The mean of a function is exact, and taken over the graded submissions."""
    outlines = [
        make_outline(check_outline("mse/a", max_points=0.1)),
        make_outline(check_outline("mse/a", max_points=0.1)),
        make_outline(check_outline("mse/a", Status.FAILED, max_points=0.1)),
    ]

    function = summarize(*outlines).functions[0]

    assert function.mean_score == float(Fraction(1, 15))
    assert (function.statuses["passed"], function.statuses["failed"]) == (2, 1)


def test_checks_stand_in_the_order_of_their_functions() -> None:
    """Checks are ordered by function, and within a function as in the report."""
    outline = make_outline(
        *(check_outline(id_) for id_ in ("update/b", "update/a", "mse/z")),
    )

    summary = summarize(outline)

    assert [check.id for check in summary.checks] == ["mse/z", "update/b", "update/a"]


def test_cells_follow_the_functions_of_the_assignment() -> None:
    """A row has a cell for each function, which is missing if the report lacks it."""
    summary = summarize(make_outline(check_outline("update/a")))

    assert summary.rows[0].cells == (
        FunctionScore(status=Status.MISSING, score=0.0),
        FunctionScore(status=Status.PASSED, score=1.0),
    )


# --- misconceptions -----------------------------------------------------------------------


def named(*ids: str) -> Outline:
    """Make the outline of a report that names these misconceptions."""
    checks = [
        check_outline(
            f"{id_.partition('/')[0]}/{place}",
            Status.FAILED,
            misconception=id_,
            hint=f"It is {id_} e.g. so. Mend it.",
        )
        for place, id_ in enumerate(ids)
    ]
    return make_outline(*checks)


def test_misconceptions_are_ranked_by_how_many_share_them() -> None:
    """Misconceptions are ordered by number of submissions, then by id."""
    summary = summarize(
        named("update/z"), named("update/z", "update/z", "mse/b"), named("mse/a"), named()
    )

    assert [(one.id, one.rows) for one in summary.misconceptions] == [
        ("update/z", ("a", "b")),
        ("mse/a", ("c",)),
        ("mse/b", ("b",)),
    ]


def test_title_of_a_misconception_is_that_of_its_diagnosis() -> None:
    """The title of a misconception is kept whole, whatever stops it contains."""
    title = "The loss is the sum, i.e. it is not divided by n. So it grows with n."
    diagnosis = Diagnosis(misconception="mse/sum", title=title, hint="Take the mean.")
    failed = check_result(
        "mse/a",
        Status.FAILED,
        misconception="mse/sum",
        hint=f"{title} Take the mean.",
        diagnosis=diagnosis,
    )

    summary = summarize(read_outline(report_to_json(make_report(failed)).encode()))

    assert summary.misconceptions[0].title == title


def test_titles_of_a_misconception_do_not_depend_on_the_order_of_reports() -> None:
    """Reports that disagree on a title give the same summary in any order."""
    one, other = (
        make_outline(
            check_outline(
                "mse/a",
                Status.FAILED,
                misconception="mse/sum",
                diagnosis=DiagnosisOutline(title=title),
            )
        )
        for title in ("It is summed.", "It is a sum.")
    )

    assert summarize(one, other).misconceptions == summarize(other, one).misconceptions


@pytest.mark.parametrize(
    "hint",
    [
        "The gradient piles up. Clear it once a step.",
        "The gradient piles up, i.e. it is never cleared. Clear it once a step.",
        "The gradient piles up, e.g. over two calls. Clear it once a step.",
    ],
)
def test_title_in_a_report_of_schema_1_2_is_the_first_sentence_of_its_hint(hint: str) -> None:
    """A report without a diagnosis has the title at the start of the hint."""
    failed = check_outline("update/a", Status.FAILED, misconception="update/z", hint=hint)

    summary = summarize(make_outline(failed))

    assert summary.misconceptions[0].title == hint.removesuffix(" Clear it once a step.")
    assert summary.misconceptions[0].function == "update"


# --- order --------------------------------------------------------------------------------


def test_rows_are_in_the_order_of_names() -> None:
    """Rows are ordered by name without case, then by id, and rows without a name come last."""
    names = ["éva", unicodedata.normalize("NFD", "ÉVA"), "Zoë", "adam", ""]
    figures = ClassFigures()
    for place, name in enumerate(names):
        student = Student(name=name, id=str(9 - place) if name else "")
        figures.add(FAULT, id=f"m{place}", student=student, file="f.py")

    summary = figures.finish(assignment=ASSIGNMENT, max_score=1, function_names=())

    assert [row.id for row in summary.rows] == ["m3", "m4", "m2", "m1", "m0"]


@given(st.randoms(use_true_random=False))
def test_order_of_adding_makes_no_difference(chance: random.Random) -> None:
    """The summary is the same in whatever order the submissions are added."""
    outlines = [scored(3), FAULT, UNREADABLE, named("mse/a", "update/b"), named("mse/a"), scored(9)]
    places = list(range(len(outlines)))

    def add_up(places: list[int]) -> ClassSummary:
        figures = ClassFigures()
        for place in places:
            student = Student(name="ab"[place % 2])
            figures.add(outlines[place], id=str(place), student=student, file="f.py")
        return figures.finish(
            assignment=ASSIGNMENT,
            max_score=10,
            function_names=("mse", "update"),
            skipped=[Skipped(path=str(place), reason="") for place in places],
        )

    expected = msgspec.json.encode(add_up(places))
    chance.shuffle(places)

    assert msgspec.json.encode(add_up(places)) == expected


def test_times_are_those_of_rows_and_of_the_batch() -> None:
    """The times are those of the rows, by id, and that of the whole batch."""
    figures = ClassFigures()
    outline = make_outline(timing=TimingOutline(total_s=1.5))
    figures.add(outline, id="a", student=Student(), file="a.py")

    summary = figures.finish(
        assignment=ASSIGNMENT, max_score=1, function_names=(), timing={"total_s": 9.0}
    )

    assert summary.timing == {"a": 1.5, "total_s": 9.0}


def test_equal_cells_are_kept_once() -> None:
    """Rows with equal cells share them in memory."""
    summary = summarize(*(make_outline(check_outline("mse/a")) for _ in range(5)))

    assert len({id(row.cells) for row in summary.rows}) == 1
