"""Marks of mutants that are right as well: they explain survivors, and have to stay true."""

from pathlib import Path

import pytest

from grader.authoring.equivalent_mutants import (
    MARKS_FILE,
    Mark,
    add_marks,
    explain,
    read_marks,
)
from grader.authoring.mutant_run import GradedMutant
from grader.authoring.mutants import find_mutants
from grader.checks.assignment import Assignment, load_assignment
from grader.checks.units import Unit
from grader.errors import UsageError
from grader.report.model import AssignmentInfo

ROOT = Path(__file__).resolve().parents[2]
REFERENCE = "def f(x):\n    return x + 1\n\n\ndef g(x):\n    return len(x)\n"
LINE = "return x + 1"


@pytest.fixture
def assignment(tmp_path: Path) -> Assignment:
    """An assignment about two functions."""
    return Assignment(
        info=AssignmentInfo(id="tiny", title="Tiny: one", version="1"),
        units=(Unit(name="f"), Unit(name="g")),
        folder=tmp_path,
        reference=REFERENCE,
        reference_path=tmp_path / "reference.py",
        points=1.0,
    )


def grade(assignment: Assignment, *survivors: str) -> list[GradedMutant]:
    """Return all mutants: those that make these lines survive, the others lose points."""
    return [
        GradedMutant(mutant=one, cost=() if one.after in survivors else (one.unit,))
        for one in find_mutants(assignment)
    ]


def mark(*becomes: str, unit: str = "f", line: str = LINE, reason: str = "why not") -> Mark:
    """Return a mark of a line of f."""
    return Mark(unit=unit, line=line, becomes=becomes, reason=reason)


def test_mark_explains_a_survivor(assignment: Assignment) -> None:
    """A survivor with a mark is equivalent, and one without is not explained."""
    graded = grade(assignment, "return x - 1", "return x * 1")

    found = explain(graded, [mark("return x - 1")])

    assert [(one.mutant.after, reason) for one, reason in found.equivalent] == [
        ("return x - 1", "why not")
    ]
    assert [one.mutant.after for one in found.unexplained] == ["return x * 1"]
    assert found.problems == []


def test_mark_of_a_line_that_has_changed_is_a_problem(assignment: Assignment) -> None:
    """A mark that fits no mutant explains nothing, and is listed."""
    found = explain(grade(assignment, "return x - 1"), [mark("return x - 1", line="return x + 7")])

    assert found.problems == [
        "marked as equivalent, but there is no such mutant: f: return x + 7 -> return x - 1"
    ]
    assert len(found.unexplained) == 1


def test_mark_of_a_mutant_that_loses_points_is_a_problem(assignment: Assignment) -> None:
    """A mark is not needed any more once a check tells its mutant from the reference."""
    found = explain(grade(assignment), [mark("return x - 1")])

    assert found.problems == [
        "marked as equivalent, but it loses points: f: return x + 1 -> return x - 1"
    ]


def test_mark_without_a_reason_is_a_problem(assignment: Assignment) -> None:
    """Without a reason a mark explains nothing."""
    found = explain(grade(assignment, "return x - 1"), [mark("return x - 1", reason="")])

    assert found.problems == [
        "marked as equivalent without a reason: f: return x + 1 -> return x - 1"
    ]
    assert len(found.unexplained) == 1


def test_marks_of_other_units_are_passed_over(assignment: Assignment) -> None:
    """If only one unit was graded, nothing is said about marks of others."""
    only = [one for one in grade(assignment) if one.mutant.unit == "g"]

    assert explain(only, [mark("return x - 1")], unit="g").problems == []


def test_marks_are_written_and_read(assignment: Assignment) -> None:
    """Survivors get marks that lack only their reasons; those that are there stay."""
    survivors = [one for one in grade(assignment, "return x - 1", "return x * 1") if not one.cost]

    path = add_marks(assignment, survivors[:1])
    path.write_text(path.read_text().replace('reason = ""', 'reason = "known"'))
    add_marks(assignment, survivors)

    found = read_marks(assignment)
    assert [(one.unit, one.line, one.becomes, one.reason) for one in found] == [
        ("f", LINE, ("return x - 1",), "known"),
        ("f", LINE, ("return x * 1",), ""),
    ]


def test_marks_of_lines_with_quotes_and_several_lines_are_read_as_written(
    tmp_path: Path, assignment: Assignment
) -> None:
    """Whatever a line contains, a mark that was written for it fits it."""
    reference = "def f(x):\n    for one in x:\n        print('a', \"b\", '\\\\')\n    return 'ä'\n"
    other = Assignment(
        info=assignment.info,
        units=(Unit(name="f"),),
        folder=tmp_path,
        reference=reference,
        reference_path=tmp_path / "reference.py",
        points=1.0,
    )
    graded = [GradedMutant(mutant=one, cost=()) for one in find_mutants(other)]

    path = add_marks(other, graded)
    path.write_text(path.read_text().replace('reason = ""', 'reason = "any"'))
    found = explain(graded, read_marks(other))

    assert len(found.equivalent) == len(graded) > 3
    assert found.problems == []


def test_without_a_file_there_are_no_marks(assignment: Assignment) -> None:
    """Most assignments start without marks."""
    assert read_marks(assignment) == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x = ", "is not TOML"),
        ("[[equal]]\n", r"may contain only tables \[\[equivalent\]\]"),
        ('[[equivalent]]\nunit = "f"\n', "table 1 needs exactly the keys unit, line, becomes"),
        (
            '[[equivalent]]\nunit = "f"\nline = "a"\nbecomes = [1]\nreason = "b"\n',
            "table 1 has a value that is not a text",
        ),
    ],
)
def test_file_that_can_not_be_read_is_refused(
    assignment: Assignment, text: str, message: str
) -> None:
    """A broken file of marks is refused with its name and what is wrong."""
    (assignment.folder / MARKS_FILE).write_text(text)

    with pytest.raises(UsageError, match=f"{MARKS_FILE}.*{message}"):
        read_marks(assignment)


PLACES = ["lab4", *(one.parent for one in sorted(ROOT.glob("docs/examples/*/assignment.toml")))]


@pytest.mark.parametrize("place", PLACES, ids=lambda one: Path(one).name)
def test_marks_of_ours_fit_their_references(place: str | Path) -> None:
    """Every mark of the lab and of the examples has a reason and fits a mutant."""
    assignment = load_assignment(place)
    marks = read_marks(assignment)
    graded = [GradedMutant(mutant=one, cost=()) for one in find_mutants(assignment)]

    assert marks
    assert explain(graded, marks).problems == []


def test_marks_are_not_released(assignment: Assignment) -> None:
    """The file of marks of the lab shows solutions, so it is beside the reference."""
    lab = load_assignment()

    assert lab.beside(MARKS_FILE) == ROOT / "reference" / MARKS_FILE
    assert assignment.beside(MARKS_FILE) == assignment.folder / MARKS_FILE
