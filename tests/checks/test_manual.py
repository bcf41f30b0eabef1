"""``[[manual]]`` in assignment.toml: what a person marks, and what can't be read."""

from pathlib import Path

import pytest

from grader.checks.assignment import load_assignment
from grader.checks.manual import ManualUnit, ShownBy, read_manual_units
from grader.errors import AssignmentError
from grader.report.model import RubricLevel

ESSAY = {"id": "essay", "title": "Explain it", "points": 5, "tag": "essay"}


def read(*entries: object, names: tuple[str, ...] = ("relu",)) -> tuple[ManualUnit, ...]:
    """Read the entries of an assignment whose functions have these names."""
    return read_manual_units({"manual": list(entries)}, names)


def test_an_entry_says_what_is_marked_and_what_is_shown() -> None:
    """Everything that an author writes is there, in order."""
    levels = [
        {"points": 5, "title": "complete", "description": "Says why."},
        {"points": 2.5, "title": "half"},
    ]

    (unit,) = read({**ESSAY, "figures": True, "rubric": levels})

    assert unit == ManualUnit(
        id="essay",
        title="Explain it",
        points=5.0,
        shown_by=ShownBy.TAG,
        where="essay",
        has_figures=True,
        rubric=(
            RubricLevel(points=5.0, title="complete", description="Says why."),
            RubricLevel(points=2.5, title="half"),
        ),
    )


@pytest.mark.parametrize("key", ["heading", "tag", "grade_id", "docstring"])
def test_an_answer_is_found_in_each_way(key: str) -> None:
    """The key says how."""
    entry = {name: value for name, value in ESSAY.items() if name != "tag"}

    (unit,) = read({**entry, key: "there"})

    assert (unit.shown_by.value, unit.where) == (key, "there")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"headng": "x"}, "essay in manual has the unknown key headng; known are id, title"),
        ({"title": None}, "essay in manual has no title"),
        ({"id": None}, "an entry in manual has no id"),
        ({"points": None}, "essay in manual has no points"),
        ({"points": 0}, "essay in manual has to be worth more than 0 points"),
        ({"points": -1}, "essay in manual has to be worth more than 0 points"),
        ({"points": "5"}, "points of essay have to be a number"),
        ({"points": True}, "points of essay have to be a number"),
        ({"points": float("nan")}, "points of essay have to be a number"),
        ({"id": "relu"}, "relu in manual is the name of another unit"),
        ({"id": "=1+1"}, "the id '=1+1' in manual may have only letters"),
        ({"id": "a/b"}, "the id 'a/b' in manual may have only letters"),
        ({"tag": None}, "essay in manual needs exactly one of heading, tag, grade_id, docstring"),
        ({"heading": "x"}, "essay in manual needs exactly one of heading, tag"),
        ({"tag": " "}, "tag of essay has to be a text"),
        ({"figures": "yes"}, "figures of essay has to be true or false"),
        ({"rubric": {"points": 1}}, "the rubric of essay has to be written as"),
        ({"rubric": [{"points": 6, "title": "a"}]}, "is worth 6 points, which is not between 0"),
        ({"rubric": [{"points": -1, "title": "a"}]}, "is worth -1 points, which is not between 0"),
        ({"rubric": [{"points": 1}]}, "a level in the rubric of essay has no title"),
        ({"rubric": [{"title": "a"}]}, "a level in the rubric of essay has no points"),
        ({"rubric": [{"points": 1, "titel": "a"}]}, "has the unknown key titel; known are points"),
        (
            {"rubric": [{"points": 1, "title": "a"}, {"points": 2, "title": "A"}]},
            'the rubric of essay has two levels with the title "A"',
        ),
        ({"rubric": [{"points": 1, "title": "2,5"}]}, "can't be called a number"),
    ],
)
def test_what_is_wrong_with_an_entry_is_one_line(changes: dict[str, object], message: str) -> None:
    """It names the entry and the key."""
    entry = {name: value for name, value in {**ESSAY, **changes}.items() if value is not None}

    with pytest.raises((TypeError, ValueError)) as caught:
        read(entry)

    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_no_two_entries_have_the_same_id() -> None:
    """Marks are kept by it; case makes no difference in file names."""
    with pytest.raises(ValueError, match="two units in manual with the id Essay"):
        read(ESSAY, {**ESSAY, "id": "Essay"})


def test_an_assignment_says_what_is_wrong_in_one_line(tmp_path: Path) -> None:
    """Loading raises the error that commands show."""
    (tmp_path / "reference.py").write_text("def f():\n    return 1\n")
    (tmp_path / "misconceptions").mkdir()
    settings = 'id = "a"\ntitle = "A"\nversion = 1\npoints = 5\nreference = "reference.py"\n'
    settings += '[[functions]]\nname = "f"\nparameters = []\n'
    entry = '[[manual]]\nid = "essay"\ntitle = "Why?"\npoints = 4\nheading = "Why"\n'
    (tmp_path / "assignment.toml").write_text(settings + entry)
    assert [unit.id for unit in load_assignment(tmp_path).manual] == ["essay"]

    (tmp_path / "assignment.toml").write_text(settings + entry.replace("points", "poitns"))
    with pytest.raises(AssignmentError, match="essay in manual has the unknown key poitns"):
        load_assignment(tmp_path)
