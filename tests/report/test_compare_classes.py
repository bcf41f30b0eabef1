"""Comparing gradings of a class: who gained or lost, on which check, and which rows are new."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from class_fakes import ASSIGNMENT, check_outline, make_failure, make_outline
from fakes import check_result, make_report

from grader.errors import UsageError
from grader.report.class_figures import ClassFigures
from grader.report.class_model import RowStatus, Student
from grader.report.compare_classes import Grading, compare_classes, read_grading
from grader.report.model import ReportStatus, Status
from grader.report.outline import Outline
from grader.report.schema import report_to_json
from grader.report.summary_file import summary_to_json

FAULT = make_failure(ReportStatus.GRADER_ERROR, "the forkserver is gone")


def passing(*points: float) -> Outline:
    """Make a report with checks that all passed, with so many points each."""
    return make_outline(
        *(check_outline(f"mse/{place}", max_points=one) for place, one in enumerate(points))
    )


def grade(outlines: Mapping[str, Outline], *, has_reports: bool = True) -> Grading:
    """Make a grading of submissions by their ids."""
    figures = ClassFigures()
    for id_, outline in outlines.items():
        figures.add(outline, id=id_, student=Student(name=id_.upper()), file=f"{id_}.py")
    summary = figures.finish(assignment=ASSIGNMENT, max_score=10, function_names=("mse",))
    read = outlines.get if has_reports else lambda _: None
    return Grading(summary=summary, read_report=read, is_single=False)


def test_equal_gradings_differ_in_nothing() -> None:
    """Equal gradings have no difference, and no report is read."""
    old = grade({"a": passing(1), "b": FAULT})
    new = grade({"a": passing(1), "b": FAULT})
    asked: list[str] = []
    old = replace(old, read_report=asked.append)

    difference = compare_classes(old, new)

    assert difference.is_empty
    assert asked == []
    assert (difference.totals.same, difference.totals.new_faults) == (2, 1)


def test_largest_difference_comes_first() -> None:
    """Changes are ordered by how much the score changed, up or down."""
    old = grade({"a": passing(5), "b": passing(5), "c": passing(5), "d": passing(5)})
    new = grade({"a": passing(6), "b": passing(2), "c": passing(5), "d": passing(7)})

    difference = compare_classes(old, new)

    assert [(one.id, one.difference) for one in difference.changes] == [
        ("b", -3),
        ("d", 2),
        ("a", 1),
    ]
    totals = difference.totals
    assert (totals.gained, totals.points_gained) == (2, 3)
    assert (totals.lost, totals.points_lost, totals.same) == (1, 3, 1)


def test_checks_that_changed_are_named() -> None:
    """A changed check has its points before and now; a new or removed check lacks one of them."""
    before = make_outline(check_outline("mse/a"), check_outline("mse/gone"))
    now = make_outline(check_outline("mse/a", Status.FAILED), check_outline("mse/new"))

    difference = compare_classes(grade({"s": before}), grade({"s": now}))

    points = difference.changes[0].points
    assert [(one.id, one.old_points, one.new_points) for one in points] == [
        ("mse/a", 1, 0),
        ("mse/new", None, 1),
        ("mse/gone", 1, None),
    ]


def test_points_that_moved_are_a_difference() -> None:
    """Points that moved between checks are a change, even if the score is the same."""
    before = make_outline(check_outline("mse/a"), check_outline("update/a", Status.FAILED))
    now = make_outline(check_outline("mse/a", Status.FAILED), check_outline("update/a"))

    difference = compare_classes(grade({"s": before}), grade({"s": now}))

    assert [one.difference for one in difference.changes] == [0]


def test_without_reports_functions_are_named() -> None:
    """Without reports, the points of functions are compared."""
    old = grade({"a": passing(2)}, has_reports=False)
    new = grade({"a": passing(3)}, has_reports=False)

    difference = compare_classes(old, new)

    points = difference.changes[0].points
    assert [(one.id, one.title, one.old_points, one.new_points) for one in points] == [
        ("mse", "", 2, 3)
    ]


def test_fault_of_the_grader_comes_first_and_is_no_loss() -> None:
    """A failure of the grader comes first, and is not a loss of points."""
    old = grade({"a": passing(1), "b": passing(9)})
    new = grade({"a": passing(8), "b": FAULT})

    difference = compare_classes(old, new)

    first = difference.changes[0]
    assert (first.id, first.difference, first.points) == ("b", None, ())
    assert (first.new_status, first.error) == (RowStatus.GRADER_ERROR, "the forkserver is gone")
    assert (difference.totals.lost, difference.totals.new_faults) == (0, 1)


def test_new_and_missing_submissions_are_listed() -> None:
    """Submissions that are only in one of the gradings are listed."""
    difference = compare_classes(grade({"a": passing(1)}), grade({"b": passing(1)}))

    assert [row.id for row in difference.appeared] == ["b"]
    assert [row.id for row in difference.disappeared] == ["a"]
    assert not difference.is_empty


def test_differences_are_exact() -> None:
    """The difference of 0.3 and 0.2 is exactly 0.1."""
    difference = compare_classes(grade({"a": passing(0.2)}), grade({"a": passing(0.3)}))

    assert difference.changes[0].difference == 0.1


def test_folder_of_a_batch_and_its_summary_are_read(tmp_path: Path) -> None:
    """A batch is read from its folder or its summary, but never a report outside its folder."""
    (tmp_path / "reports").mkdir()
    (tmp_path / "summary.json").write_text(summary_to_json(grade({"a": passing(1)}).summary))
    text = report_to_json(make_report(check_result("mse/a")))
    (tmp_path / "reports" / "a.json").write_text(text)
    (tmp_path / "b.json").write_text(text)

    for path in (tmp_path, tmp_path / "summary.json"):
        grading = read_grading(path)

        assert not grading.is_single
        assert grading.read_report("a") is not None
        assert grading.read_report("../b") is None


def test_two_reports_are_compared_whatever_their_files_are_called(tmp_path: Path) -> None:
    """Two reports are compared as gradings of the same submission, whatever their file names."""
    old, new = tmp_path / "old.json", tmp_path / "new.json"
    old.write_text(report_to_json(make_report(check_result("mse/a", Status.FAILED))))
    new.write_text(report_to_json(make_report(check_result("mse/a"))))

    difference = compare_classes(read_grading(old), read_grading(new))

    assert [(one.difference, one.points[0].id) for one in difference.changes] == [(1, "mse/a")]


def test_class_and_report_can_not_be_compared() -> None:
    """A class can't be compared with the report of one submission."""
    one = grade({"a": passing(1)})
    other = Grading(summary=one.summary, read_report=one.read_report, is_single=True)

    with pytest.raises(UsageError, match="one submission"):
        compare_classes(one, other)
