"""Mutants of a reference: every small change, in the author's own text, and nothing twice."""

import ast
from pathlib import Path

import pytest

from grader.authoring.mutants import Mutant, find_mutants
from grader.checks.assignment import Assignment, load_assignment
from grader.checks.definitions import without_demos
from grader.checks.units import Unit, UnitKind
from grader.report.model import AssignmentInfo

ROOT = Path(__file__).resolve().parents[2]


def make_assignment(reference: str, *units: Unit) -> Assignment:
    """Return an assignment with this reference, about the function f if nothing else is said."""
    return Assignment(
        info=AssignmentInfo(id="tiny", title="Tiny: one", version="1"),
        units=units or (Unit(name="f"),),
        folder=Path(),
        reference=reference,
        reference_path=Path("reference.py"),
        points=1.0,
    )


def mutants_of(reference: str, *units: Unit) -> list[Mutant]:
    """Return the mutants of a reference."""
    return find_mutants(make_assignment(reference, *units))


def becomes(line: str, operator: str, *, before: str = "import torch\n\n\n") -> list[str]:
    """Return what an operator makes of a line of the function f(x, y)."""
    found = mutants_of(f"{before}def f(x, y):\n    {line}\n")
    return [one.after for one in found if one.operator == operator]


@pytest.mark.parametrize(
    ("line", "operator", "expected"),
    [
        ("return x + y", "operator", ["return x - y", "return x * y"]),
        ("return x @ y", "operator", ["return x * y"]),
        ("return y - x * y", "operator", [
            "return y + x * y", "return y - x / y", "return y - (x + y)"]),
        ("return x + y", "operand-dropped", ["return x", "return y"]),
        ("return (x + 1) / y", "operand-dropped", [
            "return (x + 1)", "return y", "return (x) / y", "return (1) / y"]),
        ("return x - y", "operands-swapped", ["return y - x"]),
        ("return x < y", "comparison", ["return x <= y", "return x >= y"]),
        ("return x is None", "comparison", ["return x is not None"]),
        ("return x and y", "boolean", ["return x or y"]),
        ("return -x", "sign", ["return x"]),
        ("return not x", "sign", ["return x"]),
        ("return x[3]", "constant", [f"return x[{n}]" for n in (4, 2, -3, 0, 1)]),
        ("return x.sum(True)", "constant", ["return x.sum(False)"]),
        ("x.zero_()", "statement-dropped", ["pass"]),
        ("return x", "return-dropped", ["return None"]),
        ("return x if y else 0", "branch", ["return x", "return 0", "return 0 if y else x"]),
        ("return f(x, y)", "arguments-swapped", ["return f(y, x)"]),
        ("return torch.tanh(x)", "call-dropped", ["return x"]),
        ("return x.detach().mean()", "call-dropped", ["return x.detach()", "return x.mean()"]),
        ("return -(x - y).mean()", "call-dropped", ["return -(x - y)"]),
        ("return x.sum(dim=0, keepdim=True)", "argument-dropped", [
            "return x.sum(keepdim=True)", "return x.sum(dim=0)"]),
        ("return list(range(y))", "bound", [
            "return list(range(y + 1))", "return list(range(y - 1))", "return list(range(1, y))"]),
        ("return x[y : y + 2]", "bound", [
            "return x[ : y + 2]", "return x[y + 1 : y + 2]", "return x[y - 1 : y + 2]",
            "return x[y : ]", "return x[y : (y + 2) + 1]", "return x[y : (y + 2) - 1]"]),
        ("return x, y", "elements-swapped", ["return y, x"]),
        ("x, y = y", "elements-swapped", ["y, x = y"]),
        ("x += y", "assignment", ["x = y", "x -= y"]),
        ("x -= 2 * y", "out-of-place", ["x = x - (2 * y)"]),
        ("x.sub_(y)", "out-of-place", ["x.sub(y)"]),
        ("x = x - y", "in-place", ["x -= y"]),
        ("return x + y", "detach-added", ["return (x + y).detach()"]),
        ("return x + y", "item-added", ["return (x + y).item()"]),
        ("return torch.zeros(y)", "detach-added", []),
        ("return x.sum()", "function", ["return x.mean()"]),
        ("return x", "name", ["return y"]),
    ],
)  # fmt: skip
def test_operator_makes_these_changes(line: str, operator: str, expected: list[str]) -> None:
    """Every operator makes all of its changes of a line, and no others."""
    assert becomes(line, operator) == expected


def test_context_is_dropped_in_its_line() -> None:
    """A block without its context keeps its lines."""
    assert becomes("with torch.no_grad():\n        x -= y", "context-dropped") == ["if True:"]


def test_branches_are_always_or_never_taken() -> None:
    """A condition is negated, always true and always false."""
    found = becomes("if x:\n        return y\n    else:\n        x = 2", "branch")

    assert found == ["if not x:", "if True:", "if False:"]


def test_jumps_are_exchanged() -> None:
    """A break becomes a continue."""
    assert becomes("for x in y:\n        break\n        x = 2", "jump") == ["continue"]


def test_decorator_is_dropped() -> None:
    """A function loses its decorators one by one."""
    source = "import torch\n\n\n@torch.no_grad()\ndef f(x):\n    return x\n"

    (one,) = [one for one in mutants_of(source) if one.operator == "decorator-dropped"]

    assert (one.before, one.after) == ("@torch.no_grad()", "")
    assert one.changed == "import torch\n\n\ndef f(x):\n    return x\n"


def test_default_value_is_changed() -> None:
    """A default value is a constant as any other."""
    found = [one.after for one in mutants_of("def f(x=2):\n    return x\n")]

    assert "def f(x=3):" in found


def test_name_that_is_bound_later_is_not_used() -> None:
    """A name takes the place of another one only where it has a value."""
    found = becomes("z = x\n    return z", "name")

    assert "z = y" in found
    assert "z = z" not in found


def test_other_string_of_the_function_takes_the_place_of_one() -> None:
    """A key is exchanged for another key of the same function."""
    assert becomes("return x['a'] + x['b']", "constant") == [
        "return x['b'] + x['b']",
        "return x['a'] + x['a']",
    ]


def test_without_torch_nothing_is_detached() -> None:
    """A reference in numpy has no graph."""
    assert becomes("return x + y", "detach-added", before="import numpy as np\n\n\n") == []


def test_the_diff_shows_only_the_changed_line() -> None:
    """Nothing is formatted anew, also beside letters that are several bytes long."""
    source = 'def f(x):\n    """ä"""\n    return ( "ä",x   -1 )  # ü\n'
    found = {one.after: one for one in mutants_of(source)}

    assert found['return ( "ä",x   +1 )  # ü'].diff() == [
        "@@ -1,3 +1,3 @@",
        " def f(x):",
        '     """ä"""',
        '-    return ( "ä",x   -1 )  # ü',
        '+    return ( "ä",x   +1 )  # ü',
    ]


def test_equal_programs_are_left_out() -> None:
    """What is the same program as the reference, or as another mutant, is no mutant."""
    changed = [one.changed for one in mutants_of("def f(x, y):\n    return (x) * (1 - 0)\n")]

    assert len({ast.dump(ast.parse(one)) for one in changed}) == len(changed)
    assert not any("return (x) * (1 + 0)" in one for one in changed)


DEMOS = '''\
# %%
import torch

# %% tags=["given"]
def given(x):
    return x + 1

# %%
def unused(x):
    return x + 2

# %%
def helper(x):
    return x + 3

# %%
def f(x):
    """Return x + 4."""
    return helper(x + 4)

# %% tags=["demo"]
print(f(1) + 5)
'''


def test_only_units_and_what_they_use_are_changed() -> None:
    """Demos, what is given, docstrings and what no unit uses stay as they are."""
    found = mutants_of(DEMOS)

    assert {one.unit for one in found} == {"f", "helper"}
    assert {line for one in found for line in one.before.splitlines()} == {
        "return x + 3",
        "return helper(x + 4)",
    }


def test_demos_are_not_handed_in() -> None:
    """A mutant has no demos, which would take time."""
    one = mutants_of(DEMOS)[0]

    (handed_in,) = one.files({"reference.py": DEMOS}).values()

    assert handed_in == without_demos(one.changed)
    assert "print" not in handed_in


def test_methods_are_units_of_their_own() -> None:
    """A mutant belongs to its method if that has points, and else to the class."""
    source = (
        "class A:\n    n = 1\n\n    def m(self, x):\n        return x + 1\n\n"
        "    def given(self):  # given\n        return 2\n\n    def rest(self):\n        return 3\n"
    )
    units = (Unit(name="A", kind=UnitKind.CLASS), Unit(name="A.m", kind=UnitKind.METHOD))

    found = {one.before: one.unit for one in mutants_of(source, *units)}

    assert found == {"n = 1": "A", "return x + 1": "A.m", "return 3": "A"}


def test_values_are_changed_where_they_are_computed() -> None:
    """Statements of top level belong to the value that they bind, or whose region they are in."""
    source = "# BEGIN SOLUTION v\nn = 2\nfor one in range(n):\n    v = one + n\n# END SOLUTION\n"

    found = mutants_of(source, Unit(name="v", kind=UnitKind.VALUE))

    assert {one.unit for one in found} == {"v"}
    assert {one.before for one in found} >= {"n = 2", "v = one + n"}


def test_answers_are_exchanged_and_keys_are_not() -> None:
    """Of a dict that is written down, the values change."""
    source = 'ANSWERS = {"first": "a", "second": "b"}\n'

    found = mutants_of(source, Unit(name="ANSWERS", kind=UnitKind.VALUE))

    assert [one.after for one in found] == [
        'ANSWERS = {"first": "b", "second": "b"}',
        'ANSWERS = {"first": "a", "second": "a"}',
    ]


def test_ids_stay_while_their_lines_do() -> None:
    """An id does not depend on what is changed elsewhere, and no two mutants share one."""
    before = mutants_of("def f(x):\n    y = x + 1\n    return y\n")
    after = mutants_of("# a comment\n\n\ndef f(x):\n    z = 2\n    y = x + 1\n    return y\n")

    ids = [one.id for one in before if one.before == "y = x + 1" and one.operator != "name"]
    assert ids == [one.id for one in after if one.before == "y = x + 1" and one.operator != "name"]
    assert len({one.id for one in after}) == len(after)


def test_equal_lines_have_ids_of_their_own() -> None:
    """The same change of two equal lines makes two mutants."""
    found = mutants_of("def f(x):\n    x.add_(x)\n    x.add_(x)\n")

    dropped = [one.id for one in found if one.operator == "out-of-place"]
    assert len(set(dropped)) == 2
    assert dropped[1] == f"{dropped[0]}-2"


def test_one_unit_can_be_chosen() -> None:
    """With a name, only the mutants of that unit are made, or of a class and its methods."""
    source = "class A:\n    def m(self):\n        return 1\n\n\ndef f(x):\n    return 2\n"
    units = (
        Unit(name="A", kind=UnitKind.CLASS),
        Unit(name="A.m", kind=UnitKind.METHOD),
        Unit(name="f"),
    )
    assignment = make_assignment(source, *units)

    assert {one.unit for one in find_mutants(assignment, unit="f")} == {"f"}
    assert {one.unit for one in find_mutants(assignment, unit="A")} == {"A.m"}
    assert {one.unit for one in find_mutants(assignment, unit="A.m")} == {"A.m"}


def test_hand_in_of_several_files_is_changed_file_by_file() -> None:
    """A mutant of several files names its file, and hands in all of them."""
    assignment = load_assignment(ROOT / "docs" / "examples" / "two_files")

    found = find_mutants(assignment)

    assert {one.file for one in found} == {"model.py", "train.py"}
    handed_in = found[0].files(assignment.reference_files)
    assert set(handed_in) == {"model.py", "train.py"}
    assert handed_in["train.py"] == without_demos(assignment.reference_files["train.py"])


@pytest.mark.parametrize("place", ["lab4", "two_layers", "numpy_layers", "autograd_engine"])
def test_every_mutant_is_python(place: str) -> None:
    """No mutant of an assignment of ours is a syntax error, and there are many."""
    found = find_mutants(
        load_assignment(place if place == "lab4" else ROOT / "docs" / "examples" / place)
    )

    assert len(found) > 300
    for one in found[::20]:
        ast.parse(one.changed)
