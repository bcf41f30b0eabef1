"""Assignments: definitions of a reference, the consistency of lab4, and what can't be loaded."""

import ast
from pathlib import Path
from typing import Any

import pytest

from grader.checks import assignment as assignment_module
from grader.checks.assignment import Assignment, load_assignment
from grader.checks.check import Check
from grader.checks.definitions import definitions, names_used, reachable
from grader.checks.runner import CheckRunner
from grader.errors import AssignmentError
from grader.report.model import MAX_SCORE, Visibility
from grader.report.score import exact_sum

SOURCE = '''
"""A lab."""
import os, sys
import numpy as np
from matplotlib import pyplot as plt
from torch import Tensor

RATE = 0.5
NAMES: list[str] = ["a"]
LIMITS = (-1, {"b": None})
x = os.getcwd()
a, b = 1, 2
total = RATE * 2

def predict(x: Tensor) -> Tensor:
    return np.dot(x, RATE)

class Model:
    def plot(self):
        return plt.gca()

print(predict(3))
plt.show()
if __name__ == "__main__":
    sys.exit()
for i in range(3):
    pass
predict.cache = {}
'''


def run(source: str) -> dict[str, Any]:
    """Run definitions, and return what they define."""
    namespace: dict[str, Any] = {}
    exec(source, namespace)  # noqa: S102 - our own
    return namespace


def names_of(source: str) -> set[str]:
    """Return the names that the statements at top level bind."""
    bound: set[str] = set()
    for statement in ast.parse(source).body:
        match statement:
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                bound.add(name)
            case ast.Assign(targets=[target]) | ast.AnnAssign(target=target):
                bound.add(ast.unparse(target))
            case ast.Import(names=aliases) | ast.ImportFrom(names=aliases):
                bound |= {alias.asname or alias.name for alias in aliases}
            case _:
                bound.add(f"({type(statement).__name__})")
    return bound


# --- definitions --------------------------------------------------------------------------


def test_definitions_are_functions_classes_and_constants() -> None:
    """Demo code, computed values, loops, and imports that only these use are left out."""
    cut = definitions(SOURCE)

    assert names_of(cut) == {"predict", "Model", "RATE", "NAMES", "LIMITS", "np", "plt", "Tensor"}


def test_what_is_left_out_takes_its_imports_along() -> None:
    """Leaving out the functions that plot also leaves out the import of matplotlib."""
    cut = definitions(SOURCE, leave_out=["Model", "NAMES", "no such name"])

    assert names_of(cut) == {"predict", "RATE", "LIMITS", "np", "Tensor"}


def test_definitions_of_some_names_have_nothing_else() -> None:
    """With ``only``, no other function, class or constant is kept, nor an import of theirs."""
    code = "import os, re\nK = 1\nL = 2\ndef f(): return re, L\ndef _g(): return os, K\n"

    assert definitions(code, only={"f", "L"}) == (
        "import os, re\nL = 2\n\ndef f():\n    return (re, L)"
    )


@pytest.mark.parametrize(
    ("code", "used"),
    [
        ("def f(x):\n    g = 1\n    return g + x + h", {"h"}),
        ("def f(x, *, y=g):\n    return [x for x in y]", {"g"}),
        ("@g\ndef f(x):\n    def h(): return x + k\n    return h", {"g", "k"}),
        ("class f(g):\n    h = k\n    def m(self): return n", {"g", "k", "n"}),
        ("def f():\n    global g\n    g = 1\n    return g", {"g"}),
    ],
)
def test_names_that_a_definition_uses_are_its_globals(code: str, used: set[str]) -> None:
    """A local variable or parameter called like a function is not a use of it."""
    assert names_used(code)["f"] == used


def test_definitions_run_and_do_what_they_did() -> None:
    """Definitions that are kept run and behave as in the reference."""
    namespace = run(definitions("import math\nK = 2\ndef f(x): return math.sqrt(K * x)\nf(-1)\n"))

    assert namespace["f"](8) == 4.0


def test_imports_stand_above_what_uses_them() -> None:
    """An import that the source makes late is moved above the definitions that use it."""
    namespace = run(definitions("def f(): return math.pi\nimport math\nf()\n"))

    assert namespace["f"]() > 3


def test_nothing_is_left_of_a_demo() -> None:
    """A source without definitions is cut down to the empty module."""
    assert definitions("import os\nprint(os.getcwd())\nx = [os]\n") == ""


@pytest.mark.parametrize(
    "source",
    ["import os.path\ndef f(): return os.path.sep", "import os as o\ndef f(): return o.sep"],
)
def test_import_is_known_by_the_name_that_it_binds(source: str) -> None:
    """``import a.b`` counts as binding a, and ``import a as b`` as binding b."""
    namespace = run(definitions(source))

    assert namespace["f"]() == "/"


def test_definitions_of_lab4_run_nothing() -> None:
    """The definitions of lab4 contain all its functions and no calls at top level."""
    lab = load_assignment()

    cut = definitions(lab.reference)

    assert set(lab.parameters) <= names_of(cut)
    assert not {name for name in names_of(cut) if name.startswith("(")}
    assert "manual_seed" not in cut
    assert "plt.show" not in cut


def test_lab4_without_its_drawings_needs_no_matplotlib() -> None:
    """The reference's own session, which has no drawing functions, needs no matplotlib."""
    lab = load_assignment()
    drawings = [one.name for one in lab.units if not one.ask_reference]

    cut = definitions(lab.reference, leave_out=drawings)

    assert set(drawings) == {"plot_fit", "animate_fit"}
    assert "matplotlib" not in cut
    assert set(lab.parameters) - set(drawings) <= names_of(cut)


# --- lab4 ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def lab() -> Assignment:
    """The built-in lab."""
    return load_assignment()


@pytest.fixture(scope="module")
def checks(lab: Assignment) -> list[Check]:
    """The collected checks of lab4."""
    with CheckRunner(lab.folder) as session:
        return session.checks


def test_points_of_lab4_sum_to_100(checks: list[Check]) -> None:
    """The points of all checks of lab4 add up to exactly 100."""
    assert exact_sum(check.points for check in checks) == MAX_SCORE


def test_every_function_of_lab4_is_worth_something(lab: Assignment, checks: list[Check]) -> None:
    """Each function of lab4 has points, and each check belongs to a function of the contract."""
    worth = {check.function for check in checks if check.points > 0}

    assert worth == set(lab.parameters)
    assert all(check.points > 0 for check in checks)


def test_every_check_has_an_id_of_its_own(checks: list[Check]) -> None:
    """Each check has a unique id that begins with its function and contains no file name."""
    ids = [check.id for check in checks]

    assert len(set(ids)) == len(ids)
    assert all(check.id.startswith(f"{check.function}/") for check in checks)
    assert not [one for one in ids if ".py" in one or "::" in one or "check_" in one]


def test_every_check_says_what_it_promises_and_what_to_do(checks: list[Check]) -> None:
    """Each check has a title of one line without a full stop, and a hint."""
    for check in checks:
        assert check.title, check.id
        assert "\n" not in check.title, check.id
        assert not check.title.endswith("."), check.id
        assert check.hint, check.id


def test_every_collaborator_is_listed_before(lab: Assignment) -> None:
    """Helpers are listed before their callers, so that they are judged first."""
    for place, function in enumerate(lab.units):
        above = {earlier.name for earlier in lab.units[:place]}
        assert set(function.collaborators) <= above, function.name


def test_collaborators_of_collaborators_are_collaborators(lab: Assignment) -> None:
    """Helpers of helpers are listed too, so that lending never leaves a wrong one in the chain."""
    for function in lab.units:
        for name in function.collaborators:
            assert set(lab.unit(name).collaborators) <= set(function.collaborators)


_CALLERS = [one.name for one in load_assignment().units if not one.is_value]


@pytest.mark.parametrize("name", _CALLERS)
def test_what_the_reference_calls_is_a_collaborator(lab: Assignment, name: str) -> None:
    """Whatever the reference calls in a function is listed as its collaborator."""
    definition = next(
        node
        for node in ast.parse(lab.reference).body
        if isinstance(node, ast.FunctionDef) and node.name == name
    )
    used = {node.id for node in ast.walk(definition) if isinstance(node, ast.Name)}

    called = used & set(lab.parameters)

    assert called <= set(lab.unit(name).collaborators)


def test_reference_has_the_parameters_of_the_contract(lab: Assignment) -> None:
    """The functions of the reference have the contract's parameters, in its order."""
    written = {
        node.name: tuple(argument.arg for argument in node.args.args)
        for node in ast.parse(lab.reference).body
        if isinstance(node, ast.FunctionDef)
    }

    contract = {one.name: one.parameters for one in lab.units if not one.is_value}
    assert {name: written[name] for name in contract} == contract


def test_only_answers_is_a_value(lab: Assignment) -> None:
    """ANSWERS is the only value of lab4, and it has no parameters."""
    assert [one.name for one in lab.units if one.is_value] == ["ANSWERS"]
    assert lab.unit("ANSWERS").parameters == ()


def test_unknown_function_is_a_key_error(lab: Assignment) -> None:
    """Looking up a function that the contract doesn't have raises KeyError."""
    with pytest.raises(KeyError, match="no_such"):
        lab.unit("no_such")


# --- assignments that can't be loaded -----------------------------------------------------

TOML = """
id = "tiny"
title = "Tiny"
version = "1"
points = 1
reference = "tiny.py"
[[functions]]
name = "f"
parameters = ["x"]
"""


def _write(folder: Path, toml: str) -> None:
    (folder / "tiny" / "reference").mkdir(parents=True)
    (folder / "tiny" / "assignment.toml").write_text(toml, encoding="utf-8")
    (folder / "tiny" / "reference" / "tiny.py").write_text("def f(x): pass", encoding="utf-8")


def test_packaged_reference_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A reference inside the assignment's folder, as in a wheel, is found."""
    monkeypatch.setattr(assignment_module, "_BUILT_IN", tmp_path)
    _write(tmp_path, TOML)

    tiny = load_assignment("tiny")

    assert tiny.reference == "def f(x): pass"
    assert tiny.parameters == {"f": ("x",)}
    assert tiny.unit("f").ask_reference


@pytest.mark.parametrize(
    "toml",
    [
        "id = ",
        TOML.replace('id = "tiny"', ""),
        TOML.replace("[[functions]]", "[[others]]"),
        TOML.replace('name = "f"', ""),
        TOML.replace("tiny.py", "nowhere.py"),
        TOML.replace("points = 1", ""),
        "visibility = {default = 'nobody'}\n" + TOML,
        "visibility = {g = 'hidden'}\n" + TOML,
        "visibility = {'g/values' = 'hidden'}\n" + TOML,
        TOML + 'collaborators = ["g"]',
        TOML + 'collaborators = ["f"]',
        TOML + '[[functions]]\nname = "f"',
    ],
    ids=[
        "no TOML",
        "no id",
        "no functions",
        "no name",
        "no reference",
        "no points",
        "odd visibility",
        "visibility of no function",
        "visibility of no function's check",
        "unknown collaborator",
        "its own collaborator",
        "function twice",
    ],
)
def test_broken_assignment_says_which_one_it_is(tmp_path: Path, toml: str) -> None:
    """An assignment with a mistake is refused with an error that names its folder."""
    _write(tmp_path, toml)

    with pytest.raises(AssignmentError, match=r"the assignment in .*tiny can't be used"):
        load_assignment(tmp_path / "tiny")


@pytest.mark.parametrize(
    ("toml", "reason"),
    [
        ("id = ", r"assignment\.toml is not TOML: "),
        (TOML.replace("points = 1", "points = []"), "a setting in .*wrong kind of value: "),
        (TOML.replace("points = 1", "points = 'x'"), "could not convert"),
        ("visibility = {default = 'nobody'}\n" + TOML, "visibility of default has to be visible, "),
        ("functions = 3", "a setting in .*wrong kind of value: "),
    ],
)
def test_mistake_is_told_without_the_name_of_an_exception(
    tmp_path: Path, toml: str, reason: str
) -> None:
    """Authors read what is wrong, and no class of Python's."""
    _write(tmp_path, toml)

    with pytest.raises(AssignmentError, match=reason) as caught:
        load_assignment(tmp_path / "tiny")

    assert "Error" not in str(caught.value)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"x = 1\ndef f(:\n", r"misconceptions\.py, line 2 is not valid Python: invalid syntax"),
        (b"# \xff", "is not UTF-8"),
    ],
)
def test_broken_misconceptions_are_named(tmp_path: Path, data: bytes, reason: str) -> None:
    """A mistake in the misconceptions has its file and line."""
    _write(tmp_path, TOML)
    (tmp_path / "tiny" / "misconceptions.py").write_bytes(data)

    with pytest.raises(AssignmentError, match=reason) as caught:
        load_assignment(tmp_path / "tiny")

    assert "Error" not in str(caught.value)


def test_assignment_that_is_not_there_is_named() -> None:
    """An assignment that doesn't exist is refused with an error that names it."""
    with pytest.raises(AssignmentError, match="no_such"):
        load_assignment("no_such")


def test_assignment_is_found_by_its_folder(tmp_path: Path) -> None:
    """An assignment outside the package is found by its folder."""
    _write(tmp_path, TOML)

    assert load_assignment(tmp_path / "tiny").info.id == "tiny"


@pytest.mark.parametrize("where", [".", "../tiny", "../tiny/."])
def test_relative_folder_is_one_of_the_caller(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    """A relative path is never looked up among the built-in assignments."""
    _write(tmp_path, TOML)
    monkeypatch.chdir(tmp_path / "tiny")

    assert load_assignment(where).info.id == "tiny"


def test_visibility_is_that_of_the_check_else_of_its_function_else_the_default(
    tmp_path: Path,
) -> None:
    """The most specific setting of the visibility counts."""
    settings = '[visibility]\ndefault = "hidden"\nf = "visible"\n"f/late" = "after_due_date"\n'
    _write(tmp_path, TOML.replace("[[functions]]", settings + "[[functions]]"))

    tiny = load_assignment(tmp_path / "tiny")

    assert tiny.visibility_of("f/late") is Visibility.AFTER_DUE_DATE
    assert tiny.visibility_of("f/values") is Visibility.VISIBLE
    assert tiny.visibility_of("g/values") is Visibility.HIDDEN


# --- what a function stands on ------------------------------------------------------------


def test_reachable_are_the_names_and_all_below_them() -> None:
    """Reachable names include what is used indirectly, but not what only uses them."""
    used = names_used(
        "def predict(): pass\n"
        "def mse(): predict()\n"
        "def update(): mse()\n"
        "def train(): update(); train()\n"
    )

    assert reachable(["update"], used) == {"update", "mse", "predict"}
    assert reachable(["predict"], used) == {"predict"}
    assert reachable(["train", "predict"], used) == {"train", "update", "mse", "predict"}
