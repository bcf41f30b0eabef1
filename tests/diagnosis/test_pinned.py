"""What is said about the line that is wrong, and what a child may say about it."""

import pytest

from grader.diagnosis.pinned import EditPlace, describe_repairs, read_places, with_pin
from grader.observations.messages import CodeBlock, Observation, Outcome, Step
from grader.observations.values import AnyValue, Items, Nothing, Number, Text

CODE = "def mse(p, y):\n    d = p - y\n    e = d * d\n    f = e\n    return f.sum()\n"
BLOCKS = (CodeBlock(label="", source=CODE),)


def describe(*places: EditPlace, is_whole: bool = True) -> str:
    """Say which line of the code above has to change."""
    return describe_repairs("mse()", places, BLOCKS, is_whole=is_whole)


def listed(value: AnyValue) -> Observation:
    """Return what a child says when it is asked for its edits."""
    return Observation(outcome=Outcome.RETURNED, steps=(Step(returned=value, inputs={}),))


def row(*values: float) -> Items:
    """Return one edit as a child lists it."""
    return Items(kind="tuple", items=tuple(Number(value=one) for one in values))


def test_line_is_named_with_its_text() -> None:
    """Two edits of one line are one line, and what it becomes is not said."""
    said = describe(EditPlace(0, 5), EditPlace(0, 5))

    assert said == "mse() passes all its checks if only this line changes: line 5, return f.sum()"


def test_line_that_only_moves_is_right_in_itself() -> None:
    """The student looks for its place, not for another text."""
    assert "if only this line is moved: line 5" in describe(EditPlace(0, 5, is_move=True))
    both = describe(EditPlace(0, 5, is_move=True), EditPlace(0, 5))
    assert "if only this line changes: line 5" in both


def test_each_of_several_lines_is_named() -> None:
    """One of them is enough; which one, the grader can't know."""
    assert describe(EditPlace(0, 5), EditPlace(0, 3), EditPlace(0, 2)) == (
        "mse() passes all its checks if only one of these lines changes: line 2, d = p - y; "
        "line 3, e = d * d; or line 5, return f.sum()"
    )


def test_nothing_is_said_of_many_lines() -> None:
    """If each line could be the one, none is."""
    assert not describe(*(EditPlace(0, line) for line in (2, 3, 4, 5)))
    assert not describe()


def test_hidden_checks_are_left_out_of_what_is_claimed() -> None:
    """They were not asked, so they may fail all the same."""
    assert "passes the checks shown here if" in describe(EditPlace(0, 5), is_whole=False)


def test_cell_is_named() -> None:
    """Lines are counted within a cell."""
    blocks = (CodeBlock(label="cell 3", source=CODE),)

    assert "line 5 of cell 3, return" in describe_repairs(
        "mse()", [EditPlace(0, 5)], blocks, is_whole=True
    )


def test_long_line_is_cut() -> None:
    """A report has room for a line of code, and not for a page."""
    blocks = (CodeBlock(label="", source="x = " + "1 + " * 5000 + "1"),)

    assert len(describe_repairs("mse()", [EditPlace(0, 1)], blocks, is_whole=True)) < 200


@pytest.mark.parametrize("place", [(0, 0), (0, 99), (0, -1), (1, 1), (-1, 1), (0, 6)])
def test_line_that_does_not_exist_is_not_named(place: tuple[int, int]) -> None:
    """A child can say anything about itself; a blank line is none that is wrong."""
    assert not describe(EditPlace(*place))


def test_list_of_a_child_is_read() -> None:
    """Block, line, and whether a statement is moved."""
    answer = listed(Items(kind="list", items=(row(0, 5, 0), row(1, 2, 1))))

    assert read_places(answer) == [EditPlace(0, 5), EditPlace(1, 2, is_move=True)]


@pytest.mark.parametrize(
    "value",
    [
        Nothing(),
        Items(kind="list", items=(Text(text="0:5"),)),
        Items(kind="list", items=(row(0, 5),)),
        Items(kind="list", items=(row(0, 5, 0), row(0, 1.5, 0))),
        Items(kind="list", items=(row(0, float("nan"), 0),)),
        Items(kind="list", items=(row(float("inf"), 1, 0),)),
    ],
)
def test_list_with_something_else_in_it_is_not_believed(value: AnyValue) -> None:
    """Then the child is not ours any more."""
    assert read_places(listed(value)) == []


def test_child_that_does_not_answer_has_no_edits() -> None:
    """It may have hit a limit."""
    assert read_places(Observation(outcome=Outcome.TIME_LIMIT)) == []


def test_what_was_said_before_stays() -> None:
    """The line follows what was wrong."""
    assert with_pin("it is wrong", "look there") == "it is wrong\n(look there)"
