"""Verifying an assignment: every problem is listed, and nothing else."""

import ast
from pathlib import Path

import pytest

from grader.authoring.new import write_assignment
from grader.authoring.verify import Verification, verify
from grader.checks.assignment import load_assignment
from grader.checks.programs import wrong_program
from grader.errors import AssignmentError, UsageError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the template, for a test to break in one way."""
    return write_assignment("tiny", tmp_path)


def change(path: Path, old: str, new: str) -> None:
    """Replace the only occurrence of a text in a file."""
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{old!r} is {text.count(old)} times in {path.name}"
    path.write_text(text.replace(old, new), encoding="utf-8")


def append(path: Path, text: str) -> None:
    """Add a text to the end of a file."""
    path.write_text(path.read_text(encoding="utf-8") + text, encoding="utf-8")


def problems(folder: Path) -> list[str]:
    """Verify with one seed and one worker, and return the problems."""
    result = verify(
        load_assignment(folder), seeds=1, jobs=1, on_progress=lambda _done, _total, _name: None
    )
    assert result.is_clean == (not result.problems)
    return result.problems


# --- what is clean ------------------------------------------------------------------------


@pytest.mark.slow
def test_example_of_the_docs_is_clean(two_layers: Verification) -> None:
    """The assignment of docs/authoring.md has no problems."""
    assert two_layers.problems == []
    assert len(two_layers.caught) >= 15


# --- problems -----------------------------------------------------------------------------


@pytest.mark.slow
def test_reference_that_fails_a_check_is_a_problem(folder: Path) -> None:
    """A reference that fails a check is listed with the check's message."""
    change(folder / "check_mean_relu.py", "want.array()", "want.array() + 1")

    found = problems(folder)

    (line,) = [line for line in found if line.startswith("the reference")]
    assert line.startswith("the reference with seed 0 fails mean_relu/has-the-right-value: mean_")


@pytest.mark.slow
def test_stub_that_earns_points_is_a_problem(folder: Path) -> None:
    """A check that the stub passes is listed, both for its points and for catching nothing."""
    append(
        folder / "check_relu.py",
        '\n\n@pytest.mark.points(0)\ndef check_relu_is_there(probe):\n    """It is there"""\n',
    )
    change(folder / "check_relu.py", "@pytest.mark.points(0)", "@pytest.mark.points(1)")
    change(folder / "assignment.toml", "points = 10", "points = 11")

    assert problems(folder) == [
        "relu/is-there catches no misconception",
        "the stub as a notebook earns points: relu/is-there",
        "the stub earns points: relu/is-there",
    ]


@pytest.mark.slow
def test_misconception_that_loses_no_points_is_a_problem(folder: Path) -> None:
    """A misconception that loses no points is listed: it is right, or the checks miss it."""
    change(folder / "misconceptions.py", "return relu(z).sum()", "return relu(z).mean()")

    assert problems(folder) == ["mean_relu/sum-not-mean loses no points"]


@pytest.mark.slow
def test_misconception_that_costs_another_function_is_a_problem(folder: Path) -> None:
    """A missing collaborator is found, because one bug costs two functions."""
    change(folder / "assignment.toml", 'collaborators = ["relu"]', "collaborators = []")

    assert problems(folder) == ["relu/absolute-value costs points on mean_relu too"]


@pytest.mark.slow
def test_misconceptions_that_are_alike_are_a_problem(folder: Path) -> None:
    """Two misconceptions with the same answers are listed in one line."""
    append(
        folder / "misconceptions.py",
        '\n\ndef mean_relu__adds_up(z):\n    """It adds up.\n\n    Divide.\n    """\n'
        "    return sum(relu(z).flatten())\n",
    )

    assert problems(folder) == [
        "mean_relu/sum-not-mean and mean_relu/adds-up can't be told apart",
    ]


@pytest.mark.slow
def test_check_that_catches_nothing_is_a_problem(folder: Path) -> None:
    """A check that catches no misconception is listed."""
    append(
        folder / "check_relu.py",
        '\n\n@pytest.mark.points(1)\ndef check_relu_keeps_the_shape(probe):\n    """Same shape"""\n'
        "    got, want = probe.both(z=tensor([[1, 2]]))\n"
        "    assert got.array().shape == want.array().shape\n",
    )
    change(folder / "assignment.toml", "points = 10", "points = 11")

    assert problems(folder) == ["relu/keeps-the-shape catches no misconception"]


@pytest.mark.slow
def test_wrong_sum_of_points_is_listed_once(folder: Path) -> None:
    """A wrong sum of points is listed once, not for every seed."""
    change(folder / "assignment.toml", "points = 10", "points = 12")

    assert problems(folder) == ["the points of the checks add up to 10, not 12"]


@pytest.mark.slow
def test_visibility_of_an_unknown_check_is_a_problem(folder: Path) -> None:
    """A visibility that is set for an unknown check is listed."""
    change(folder / "assignment.toml", 'default = "visible"', '"relu/values" = "hidden"')

    assert problems(folder) == ["visibility is set for relu/values, which is not a check"]


@pytest.mark.slow
def test_function_without_a_check_is_a_problem(folder: Path) -> None:
    """A function without a check is listed, and so are its uncaught misconceptions."""
    (folder / "check_mean_relu.py").unlink()

    assert problems(folder) == [
        "mean_relu/mean-first loses no points",
        "mean_relu/sum-not-mean loses no points",
        "no check grades mean_relu",
        "the points of the checks add up to 5, not 10",
    ]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("def check_mean_relu_has", "def check_mean_relu has", "the checks can't be collected"),
        ("@pytest.mark.points(5)\n", "", "it has no points"),
        ("probe.both(z=z)", "probe.both(zed=z)", "is broken: KeyError: 'z'"),
    ],
    ids=["not Python", "no points", "crashes"],
)
def test_broken_check_is_listed_once(folder: Path, old: str, new: str, message: str) -> None:
    """A check that breaks every submission is listed as one problem."""
    change(folder / "check_mean_relu.py", old, new)

    found = problems(folder)

    broken = [one for one in found if "can't be graded" in one]
    assert len(broken) == 1
    assert "and 6 more can't be graded" in broken[0]
    assert message in broken[0]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("def relu__absolute_value", "def rely__absolute_value", "should be named UNIT__MISC"),
        ("def relu__absolute_value", "def relu_absolute_value", "should be named UNIT__MISC"),
        (
            "abs(-2) is 2, but max(0, -2) is 0. Look at torch.clamp or torch.relu.",
            "",
            "needs a docstring",
        ),
        ("def relu__cuts_the_graph", "def relu__absolute_value", "is defined twice"),
        ("return z.abs()", "return z.abs(", "is not valid Python"),
    ],
    ids=["other function", "one underscore", "no hint", "twice", "not Python"],
)
def test_misconception_that_can_not_be_read_is_refused(
    folder: Path, old: str, new: str, message: str
) -> None:
    """A misconception that can't be read is refused before anything is graded."""
    change(folder / "misconceptions.py", old, new)

    with pytest.raises(AssignmentError, match=message):
        load_assignment(folder)


def test_unknown_limit_is_refused(folder: Path) -> None:
    """An unknown limit is refused before any worker starts."""
    change(folder / "assignment.toml", "function_cpu_s = 5", "call_seconds = 10")

    with pytest.raises(UsageError, match='unknown limit "call_seconds"'):
        problems(folder)


# --- the submission of a misconception -----------------------------------------------------


def test_misconception_is_graded_among_right_functions(folder: Path) -> None:
    """A misconception's submission has the reference's definitions and one wrong function."""
    tiny = load_assignment(folder)

    source = wrong_program(tiny, tiny.misconceptions_of("relu")[0])

    namespace: dict[str, object] = {}
    names = {one.name for one in ast.parse(source).body if isinstance(one, ast.FunctionDef)}
    exec(source, namespace)  # noqa: S102 - our own
    assert {"relu", "mean_relu", "relu__absolute_value"} <= names
    assert namespace["relu"] is namespace["relu__absolute_value"]
