"""Proving an assignment: whatever is off is said, and nothing else."""

import ast
from pathlib import Path

import pytest

from grader.authoring.new import write_assignment
from grader.authoring.verify import Verification, make_submission, verify
from grader.checks.assignment import load_assignment
from grader.errors import AssignmentError, UsageError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the template, to be broken in one way."""
    return write_assignment("tiny", tmp_path)


def change(path: Path, old: str, new: str) -> None:
    """Replace a piece of a file that is there once."""
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{old!r} is {text.count(old)} times in {path.name}"
    path.write_text(text.replace(old, new), encoding="utf-8")


def append(path: Path, text: str) -> None:
    """Add to the end of a file."""
    path.write_text(path.read_text(encoding="utf-8") + text, encoding="utf-8")


def problems(folder: Path) -> list[str]:
    """Verify with as little work as there can be."""
    result = verify(
        load_assignment(folder), seeds=1, jobs=1, on_progress=lambda _done, _total, _name: None
    )
    assert result.is_clean == (not result.problems)
    return result.problems


# --- what is clean ------------------------------------------------------------------------


@pytest.mark.slow
def test_example_of_the_docs_is_clean(two_layers: Verification) -> None:
    """The assignment that docs/authoring.md builds: every misconception is named as itself."""
    assert two_layers.problems == []
    assert len(two_layers.caught) >= 15


# --- what is off --------------------------------------------------------------------------


@pytest.mark.slow
def test_reference_that_fails_a_check_is_told(folder: Path) -> None:
    """With the check's own words."""
    change(folder / "check_mean_relu.py", "want.array()", "want.array() + 1")

    told = problems(folder)

    (line,) = [line for line in told if line.startswith("the reference")]
    assert line.startswith("the reference with seed 0 fails mean_relu/has-the-right-value: mean_")


@pytest.mark.slow
def test_stub_that_earns_points_is_told(folder: Path) -> None:
    """Merely being there is worth nothing; here it is, and catches nothing either."""
    append(
        folder / "check_relu.py",
        '\n\n@pytest.mark.points(0)\ndef check_relu_is_there(probe):\n    """It is there"""\n',
    )
    change(folder / "check_relu.py", "@pytest.mark.points(0)", "@pytest.mark.points(1)")
    change(folder / "assignment.toml", "points = 10", "points = 11")

    assert problems(folder) == [
        "relu/is-there catches no misconception",
        "the stub earns points: relu/is-there",
    ]


@pytest.mark.slow
def test_misconception_that_loses_nothing_is_told(folder: Path) -> None:
    """Either it is right, or the checks miss it."""
    change(folder / "misconceptions.py", "return relu(z).sum()", "return relu(z).mean()")

    assert problems(folder) == ["mean_relu/sum-not-mean loses no points"]


@pytest.mark.slow
def test_misconception_that_costs_another_function_is_told(folder: Path) -> None:
    """A collaborator was forgotten: one bug costs two functions."""
    change(folder / "assignment.toml", 'collaborators = ["relu"]', "collaborators = []")

    assert problems(folder) == ["relu/absolute-value costs mean_relu points too"]


@pytest.mark.slow
def test_misconceptions_that_are_alike_are_told(folder: Path) -> None:
    """Neither is named, since either could be meant."""
    append(
        folder / "misconceptions.py",
        '\n\ndef mean_relu__adds_up(z):\n    """It adds up.\n\n    Divide.\n    """\n'
        "    return sum(relu(z).flatten())\n",
    )

    assert problems(folder) == [
        "mean_relu/adds-up is named nothing",
        "mean_relu/sum-not-mean is named nothing",
    ]


@pytest.mark.slow
def test_check_that_catches_nothing_is_told(folder: Path) -> None:
    """It wants a misconception, or is not needed."""
    append(
        folder / "check_relu.py",
        '\n\n@pytest.mark.points(1)\ndef check_relu_keeps_the_shape(probe):\n    """Same shape"""\n'
        "    got, want = probe.both(z=tensor([[1, 2]]))\n"
        "    assert got.array().shape == want.array().shape\n",
    )
    change(folder / "assignment.toml", "points = 10", "points = 11")

    assert problems(folder) == ["relu/keeps-the-shape catches no misconception"]


@pytest.mark.slow
def test_points_that_do_not_sum_are_told_once(folder: Path) -> None:
    """Not with every seed again."""
    change(folder / "assignment.toml", "points = 10", "points = 12")

    assert problems(folder) == ["the points of the checks sum to 10, not 12"]


@pytest.mark.slow
def test_visibility_of_no_check_is_told(folder: Path) -> None:
    """What should be hidden would be shown."""
    change(folder / "assignment.toml", 'default = "visible"', '"relu/values" = "hidden"')

    assert problems(folder) == ["visibility is set for relu/values, which is no check"]


@pytest.mark.slow
def test_function_without_a_check_is_told(folder: Path) -> None:
    """And its misconceptions, which nothing can catch."""
    (folder / "check_mean_relu.py").unlink()

    assert problems(folder) == [
        "mean_relu/mean-first loses no points",
        "mean_relu/sum-not-mean loses no points",
        "no check grades mean_relu",
        "the points of the checks sum to 5, not 10",
    ]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("def check_mean_relu_has", "def check_mean_relu has", "the checks can't be collected"),
        ("@pytest.mark.points(5)\n", "", "it has no points"),
        ("probe.both(z=z)", "probe.both(zed=z)", "is broken: KeyError: 'z'"),
    ],
    ids=["no Python", "no points", "crashes"],
)
def test_broken_check_is_told_once(folder: Path, old: str, new: str, said: str) -> None:
    """Nothing can be graded with it, but that is one problem and not seven."""
    change(folder / "check_mean_relu.py", old, new)

    told = problems(folder)

    broken = [one for one in told if "can't be graded" in one]
    assert len(broken) == 1
    assert "and 5 more can't be graded" in broken[0]
    assert said in broken[0]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("def relu__absolute_value", "def rely__absolute_value", "begins with no function's name"),
        ("def relu__absolute_value", "def relu_absolute_value", "begins with no function's name"),
        ("abs(-2) is 2, but max(0, -2) is 0. Look at torch.clamp or torch.relu.", "", "no title"),
        ("def relu__cuts_the_graph", "def relu__absolute_value", "there are two"),
        ("return z.abs()", "return z.abs(", "SyntaxError"),
    ],
    ids=["other function", "one underscore", "no hint", "twice", "no Python"],
)
def test_misconception_that_can_not_be_read_is_refused(
    folder: Path, old: str, new: str, said: str
) -> None:
    """Before anything is graded, and with the line."""
    change(folder / "misconceptions.py", old, new)

    with pytest.raises(AssignmentError, match=said):
        load_assignment(folder)


def test_limit_that_there_is_none_of_is_refused(folder: Path) -> None:
    """Before any grader is started with it."""
    change(folder / "assignment.toml", "call_cpu_s = 10", "call_seconds = 10")

    with pytest.raises(UsageError, match='unknown limit "call_seconds"'):
        problems(folder)


# --- what is graded of a misconception ----------------------------------------------------


def test_misconception_is_graded_among_right_functions(folder: Path) -> None:
    """All that the reference defines, and the wrong one in the place of the right one."""
    tiny = load_assignment(folder)

    source = make_submission(tiny, tiny.misconceptions_of("relu")[0])

    namespace: dict[str, object] = {}
    names = {one.name for one in ast.parse(source).body if isinstance(one, ast.FunctionDef)}
    exec(source, namespace)  # noqa: S102 - our own
    assert {"relu", "mean_relu", "relu__absolute_value"} <= names
    assert namespace["relu"] is namespace["relu__absolute_value"]
