"""Verifying an assignment: every problem is listed, and nothing else."""

import ast
from pathlib import Path

import pytest

from grader.authoring.new import write_assignment
from grader.authoring.release import release_assignment
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
    """The assignment of docs/authors/ has no problems."""
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
        ("probe.both(z=z)", "probe.both(zed=z)", "mean_relu gets no z; its parameters are z"),
    ],
    ids=["not Python", "no points", "crashes"],
)
def test_broken_check_is_listed_once(folder: Path, old: str, new: str, message: str) -> None:
    """A check that breaks every submission is listed as one problem."""
    change(folder / "check_mean_relu.py", old, new)

    found = problems(folder)

    broken = [one for one in found if "can't be graded" in one]
    assert len(broken) == 1
    assert "and 1 more can't be graded, so nothing else was tried: " in broken[0]
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


# --- classes and values --------------------------------------------------------------------

ENGINE_SETTINGS = """
id = "engine"
title = "Lab 1: an engine"
version = "1"
points = 8
reference = "reference.py"
misconceptions = "misconceptions.py"

[[classes]]
name = "Value"
methods = ["__init__", "__add__", "__mul__"]
attributes = ["data"]
"""

ENGINE = '''\
# %%
class Value:
    """A number."""

    data: float

    def __init__(self, data):
        """Keep a number."""
        self.data = data

    def __add__(self, other):
        """Return the sum."""
        return Value(self.data + other.data)

    def __mul__(self, other):
        """Return the product."""
        return Value(self.data * other.data)
'''

ENGINE_CHECKS = '''\
"""Checks of Value."""

import pytest

from grader.checks.api import WrongError, expect_close, to_array


@pytest.mark.points(8 / 3)
@pytest.mark.function("Value.__init__")
def check_it_keeps_the_number(probe):
    """Value(x).data is x

    Store it.
    """
    got, want = probe.both_run(lambda lab, x: {"data": lab.Value(x).data}, x=2.5)
    expect_close(to_array(got["data"], "data"), to_array(want["data"], "data"), "data")


@pytest.mark.points(8 / 3)
@pytest.mark.function("Value.__add__")
def check_it_adds(probe):
    """a + b is the sum

    Add.
    """
    def use(lab, x, y):
        return {"data": (lab.Value(x) + lab.Value(y)).data}

    got, want = probe.both_run(use, x=2.5, y=4.0)
    expect_close(to_array(got["data"], "data"), to_array(want["data"], "data"), "data")


@pytest.mark.points(8 / 3)
@pytest.mark.function("Value.__mul__")
def check_it_multiplies(probe):
    """a * b is the product

    Multiply.
    """
    def use(lab, x, y):
        return {"data": (lab.Value(x) * lab.Value(y)).data}

    got, want = probe.both_run(use, x=2.5, y=4.0)
    expect_close(to_array(got["data"], "data"), to_array(want["data"], "data"), "data")
'''

ENGINE_MISCONCEPTIONS = '''\
class Value__init__doubles(Value):
    """It keeps twice the number.

    Keep it as it is.
    """

    def __init__(self, data):
        super().__init__(2 * data)


def Value__add__subtracts(self, other):
    """It subtracts.

    Add.
    """
    return Value(self.data - other.data)


class Value__mul__adds(Value):
    """It adds.

    Multiply.
    """

    def __mul__(self, other):
        return Value(self.data + other.data)
'''


@pytest.fixture
def engine(tmp_path: Path) -> Path:
    """An assignment about a class, whose three checks are worth 8/3 points each."""
    folder = tmp_path / "engine"
    folder.mkdir()
    for name, text in (
        ("assignment.toml", ENGINE_SETTINGS),
        ("reference.py", ENGINE),
        ("check_Value.py", ENGINE_CHECKS),
        ("misconceptions.py", ENGINE_MISCONCEPTIONS),
    ):
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def verify_once(folder: Path) -> Verification:
    """Verify with one seed and one worker."""
    return verify(load_assignment(folder), seeds=1, jobs=1, on_progress=lambda *_: None)


@pytest.mark.slow
def test_class_is_verified_by_its_methods(engine: Path) -> None:
    """A class needs no check of its own, its misconceptions may be classes, and thirds add up."""
    found = verify_once(engine)

    assert found.problems == []
    assert found.proved == [
        "Value.__init__/doubles",
        "Value.__add__/subtracts",
        "Value.__mul__/adds",
    ]


@pytest.mark.slow
def test_value_that_is_computed_is_verified(tmp_path: Path) -> None:
    """A value has its own region and misconceptions, and the stub that lacks it earns nothing."""
    folder = tmp_path / "slope"
    folder.mkdir()
    (folder / "assignment.toml").write_text(
        'id = "slope"\ntitle = "Lab 2: a slope"\nversion = "1"\npoints = 1\n'
        'reference = "reference.py"\nmisconceptions = "misconceptions.py"\n\n'
        '[[values]]\nname = "slope"\n',
        encoding="utf-8",
    )
    (folder / "reference.py").write_text(
        '# %% tags=["given"]\nx = [1.0, 2.0, 4.0]\ny = [2.0, 4.0, 8.0]\n\n'
        "# %%\n# BEGIN SOLUTION slope\n"
        "slope = sum(a * b for a, b in zip(x, y)) / sum(a * a for a in x)\n# END SOLUTION\n",
        encoding="utf-8",
    )
    (folder / "misconceptions.py").write_text(
        'def slope__upside_down():\n    """It is x by y.\n\n    Divide by x.\n    """\n'
        "    slope = sum(a * a for a in x) / sum(a * b for a, b in zip(x, y))\n",
        encoding="utf-8",
    )
    (folder / "check_slope.py").write_text(
        "import pytest\n\nfrom grader.checks.api import expect_close\n\n\n"
        "@pytest.mark.points(1)\ndef check_slope_is_right(probe):\n"
        '    """slope is that of the line\n\n    Divide.\n    """\n'
        '    got, want = probe.read()\n    expect_close(got.array(), want.array(), "slope")\n',
        encoding="utf-8",
    )

    found = verify_once(folder)

    assert found.problems == []
    assert found.proved == ["slope/upside-down"]


# --- mistakes of authors -------------------------------------------------------------------


def load(folder: Path) -> str:
    """Return why an assignment can't be loaded, in one line."""
    with pytest.raises(AssignmentError) as caught:
        load_assignment(folder)
    assert "\n" not in caught.value.reason
    return caught.value.reason


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("title =", "titel =", "assignment.toml has the unknown key titel; did you mean title?"),
        ("points = 10", "points = 10\nweight = 3", "the unknown key weight; known are id, title"),
        ("[limits]", "[limit]", "the unknown key limit; did you mean limits?"),
        ("[visibility]", "[visible]", "the unknown key visible; did you mean visibility?"),
        (
            'parameters = ["z"]\ncollaborators',
            'parametres = ["z"]\ncollaborators',
            "mean_relu in functions has the unknown key parametres; known are",
        ),
        ('default = "visible"', 'defualt = "visible"', "visibility is set for defualt, but there"),
        ('default = "visible"', 'default = "visibel"', "the visibility of default has to be"),
        ('["relu"]', '["rely"]', "mean_relu has the collaborator rely, which is not listed above"),
    ],
)
def test_misspelt_key_is_refused(folder: Path, old: str, new: str, reason: str) -> None:
    """A misspelt key at any level has a line that names it."""
    change(folder / "assignment.toml", old, new)

    assert reason in load(folder)


@pytest.mark.parametrize(
    ("table", "reason"),
    [
        ('[[classes]]\nname = "A"\nmethod = ["f"]', "A in classes has the unknown key method"),
        ('[[values]]\nname = "w"\nparameters = []', "w in values has the unknown key parameters"),
        ('[[manual]]\nid = "why"\npoint = 2', "point"),
    ],
)
def test_misspelt_key_of_an_entry_is_refused(folder: Path, table: str, reason: str) -> None:
    """A misspelt key in an entry of a list has a line too."""
    append(folder / "assignment.toml", f"\n{table}\n")

    assert reason in load(folder)


@pytest.mark.slow
def test_what_release_refuses_is_a_problem(folder: Path) -> None:
    """A line that may be a part of a solution is listed; the rest is verified all the same."""
    append(folder / "reference.py", "\n# %%\nhalf = lambda z: z / 2\n\n\nclass A:\n    x = 3\n")

    found = problems(folder)

    assert len(found) == 2
    assert all(one.startswith("can't be released: line 5") for one in found)
    assert "the lambda `half = lambda z: z / 2` may be a part of the solution" in found[0]
    assert "the line of A `x = 3` may be a part of the solution" in found[1]


@pytest.mark.slow
def test_stub_that_can_not_be_imported_is_a_problem(folder: Path) -> None:
    """A given cell that calls what is not written yet stops the script for students."""
    given = "def start():\n    return relu(torch.ones(1))\n\n\nSTART = start()\n"
    append(folder / "reference.py", f'\n# %% tags=["given"]\n{given}')

    assert problems(folder) == [
        "the stub can't be imported: the file stopped at functions that are not written yet"
    ]


@pytest.mark.slow
def test_reference_that_can_not_be_loaded_names_the_cause(folder: Path) -> None:
    """The line names the exception, its text, and the file and line of the author's statement."""
    change(folder / "reference.py", "def relu(", "@torch.no_such_thing\ndef relu(")
    line = 1 + (folder / "reference.py").read_text("utf-8").split("\n").index(
        "def relu(z: Tensor) -> Tensor:"
    )

    (found,) = [one for one in problems(folder) if "can't be loaded" in one]

    assert f"the reference can't be loaded: reference.py, line {line}: AttributeError: " in found
    assert "has no attribute 'no_such_thing' (in `@torch.no_such_thing`)" in found
    assert "\n" not in found


@pytest.mark.slow
def test_checks_of_no_unit_are_one_problem(folder: Path) -> None:
    """A file of checks for a function that is not listed has one line."""
    (folder / "check_rely.py").write_text(
        (folder / "check_relu.py").read_text("utf-8").replace("check_relu_", "check_rely_"), "utf-8"
    )

    (line,) = [one for one in problems(folder) if "can't be graded" in one]

    assert "the assignment has no" in line
    assert "rely" in line


# --- right solutions in other styles --------------------------------------------------------


@pytest.mark.slow
def test_right_solution_that_loses_points_is_a_problem_with_every_seed(folder: Path) -> None:
    """What is in the folder right must get full marks, a script as well as a notebook."""
    reference = (folder / "reference.py").read_text(encoding="utf-8")
    right = folder / "right"
    right.mkdir()
    (right / "same.py").write_text(reference, encoding="utf-8")
    (right / "wrong.py").write_text(f"{reference}\n\nmean_relu = relu\n", encoding="utf-8")
    (right / "notes.txt").write_text("no solution", encoding="utf-8")

    result = verify(load_assignment(folder), seeds=2, jobs=1, on_progress=lambda *_: None)

    assert result.right == ("right/same.py", "right/wrong.py")
    start = "right/wrong.py with seed {} is right, and fails mean_relu/has-the-right-value: "
    assert [line[: len(start.format(0))] for line in result.problems] == [
        start.format(0),
        start.format(1),
    ]


def test_right_solutions_are_not_released(folder: Path) -> None:
    """The exercise has nothing of the folder right."""
    right = folder / "right"
    right.mkdir()
    (right / "same.py").write_text("SECRET = 1\n", encoding="utf-8")
    assignment = load_assignment(folder)

    changed = release_assignment(assignment, folder / "exercises")

    assert changed
    for path in (folder / "exercises").rglob("*"):
        assert "SECRET" not in path.read_text(encoding="utf-8")


@pytest.mark.slow
def test_check_that_asks_otherwise_after_a_wrong_answer_is_a_problem(folder: Path) -> None:
    """What it asks depends on an answer before its first finding, so no recording can have it."""
    append(
        folder / "check_relu.py",
        """

@pytest.mark.points(1)
def check_relu_of_its_own_result(probe):
    \"\"\"relu(relu(z)) is relu(z)

    Compare with 0.
    \"\"\"
    first = probe.student(z=tensor([-2, 3])).array()
    got, want = probe.both(z=tensor(first))
    expect_close(got.array(), want.array(), "relu(relu(z))")
    expect_close(first, [0, 3], "relu(z)")
""",
    )
    change(folder / "assignment.toml", "points = 10", "points = 11")

    (line,) = problems(folder)

    assert line.startswith("relu/of-its-own-result asks something else after some wrong answers")
