"""The differences between two gradings, in a terminal and as JSON."""

import io
import json
import re
from collections.abc import Mapping

import msgspec
from class_fakes import ASSIGNMENT, check_outline, make_failure, make_outline
from rich.cells import cell_len
from rich.console import Console

from grader.outputs.class_difference import difference_to_json, show_difference
from grader.report.class_figures import ClassFigures
from grader.report.class_model import Student
from grader.report.compare_classes import ClassDifference, Grading, compare_classes
from grader.report.model import AssignmentInfo, ReportStatus, Status
from grader.report.outline import Outline

FAULT = make_failure(ReportStatus.GRADER_ERROR, "the forkserver is gone")
HOSTILE = "\x1b[31m\n\N{RIGHT-TO-LEFT OVERRIDE}" + "long" * 60


def grade(assignment: AssignmentInfo = ASSIGNMENT, **outlines: Outline) -> Grading:
    """Return a grading of submissions by their ids, which are Python names."""
    return grade_all(outlines, assignment)


def grade_all(outlines: Mapping[str, Outline], assignment: AssignmentInfo = ASSIGNMENT) -> Grading:
    """Return a grading of submissions by their ids."""
    figures = ClassFigures()
    for id_, outline in outlines.items():
        figures.add(outline, id=id_, student=Student(name=id_.title()), file=f"{id_}.py")
    summary = figures.finish(assignment=assignment, max_score=10, function_names=("mse",))
    return Grading(summary=summary, read_report=outlines.get, is_single=False)


def show(difference: ClassDifference, *, width: int = 80) -> str:
    """Show the differences as in a file."""
    file = io.StringIO()
    show_difference(difference, Console(file=file, width=width, highlight=False))
    return file.getvalue()


def make_difference() -> ClassDifference:
    """Compare two gradings that differ in everything."""
    half = make_outline(
        check_outline("mse/a", max_points=5, title="The mean of squares"),
        check_outline("mse/b", Status.FAILED, title="Of any length"),
    )
    right = make_outline(
        check_outline("mse/a", max_points=5, title="The mean of squares"),
        check_outline("mse/b", title="Of any length"),
    )
    wrong = make_outline(check_outline("mse/a", Status.FAILED, title="The mean of squares"))
    old = grade(ada=half, bob=right, eve=right, gone=half, same=right)
    new = grade(ada=right, bob=wrong, eve=FAULT, came=wrong, same=right)
    return compare_classes(old, new)


def test_changes_are_shown_with_the_checks() -> None:
    """A change shows the difference, and the old and new points of the score and of each check."""
    text = show(make_difference())

    assert "    +1  Ada (ada)  5 -> 6\n        0 -> 1  mse/b  Of any length\n" in text
    assert "    -6  Bob (bob)  6 -> 0\n        5 -> 0  mse/a  The mean of squares\n" in text
    assert text.index("Bob") < text.index("Ada")


def test_fault_of_the_grader_is_shown_first() -> None:
    """A submission that the grader now failed on comes first, without a difference."""
    text = show(make_difference())

    assert "The grader failed on 1 submission in the new results: no score, but not a zero." in text
    assert "     !  Eve (eve)  6 -> no score, graded -> the grader failed\n" in text
    assert text.index("Eve") < text.index("Bob")


def test_submissions_in_one_grading_only_and_totals_are_shown() -> None:
    """Submissions in only one of the gradings are listed before the totals."""
    text = show(make_difference())

    assert "Only in the new results: 1 submission\n  Came (came): 0\n" in text
    assert "Only in the old results: 1 submission\n  Gone (gone): 5\n" in text
    end = re.sub(r"\s+", " ", text)
    assert "1 gained 1 point, 1 lost 6 points, 1 changed in other ways, 1 unchanged; mean" in end


def test_equal_gradings_are_said_to_be_equal() -> None:
    """Gradings without differences have one line, with the number of submissions."""
    one = grade(ada=make_outline(check_outline("mse/a")))

    assert show(compare_classes(one, one)).endswith("\nNo differences in 1 submission.\n")


def test_other_version_of_the_assignment_is_mentioned() -> None:
    """A different version of the assignment is mentioned, since it may be the reason."""
    other = msgspec.structs.replace(ASSIGNMENT, version="2")
    outline = make_outline(check_outline("mse/a"))

    text = show(compare_classes(grade(a=outline), grade(other, a=outline)))

    assert "Old results: lab4 version 1; new results: lab4 version 2." in text


def test_nothing_controls_the_terminal_or_is_too_wide() -> None:
    """Control characters in a report are shown as escapes, and long texts are wrapped."""
    figures = ClassFigures()
    student = Student(name=HOSTILE)
    figures.add(
        make_failure(ReportStatus.UNREADABLE, HOSTILE), id=HOSTILE, student=student, file="f"
    )
    summary = figures.finish(assignment=ASSIGNMENT, max_score=1, function_names=("mse",))
    new = Grading(summary=summary, read_report=lambda _: None, is_single=False)
    old = grade_all({HOSTILE: make_outline(check_outline("mse/a", title=HOSTILE))})

    text = show(compare_classes(old, new))

    assert not re.search("[\x00-\x09\x0b-\x1f\x7f\u202e]", text)
    assert max(map(cell_len, text.splitlines())) <= 80


def test_json_cannot_control_a_terminal() -> None:
    """It may be shown in a terminal, so control characters in names are escapes there."""
    half = make_outline(check_outline("mse/a", Status.FAILED))
    name = "\x9b31m\N{RIGHT-TO-LEFT OVERRIDE}"
    difference = compare_classes(
        grade_all({name: half}), grade_all({name: make_outline(check_outline("mse/a"))})
    )

    text = difference_to_json(difference)

    assert json.loads(text)["changes"][0]["id"] == name
    assert text.isascii()


def test_difference_is_json() -> None:
    """In the JSON a missing score is null."""
    content = json.loads(difference_to_json(make_difference()))

    assert [(one["id"], one["difference"]) for one in content["changes"]] == [
        ("eve", None),
        ("bob", -6),
        ("ada", 1),
    ]
    assert content["totals"]["same"] == 1
