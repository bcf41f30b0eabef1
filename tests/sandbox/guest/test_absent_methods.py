"""What the guest claims to be in place of a class or a method of the contract."""

import builtins
import linecache
import sys
from typing import cast

import pytest

from grader.observations.messages import Absence, AbsenceKind, CodeBlock, Load
from grader.sandbox.guest.changes import MODULE_NAME
from grader.sandbox.guest.defaults import Defaults, QuietShell
from grader.sandbox.guest.load import load

PARAMETERS = {"Value": (), "Net": (), "relu": ("x",), "step": ("x",)}
METHODS = ("Value.__mul__", "Value.backward", "Value.zero_grad", "Value.step", "Net.forward")
VALUE = """
class Value:
    def __mul__(self, other):
        return other
    def backward(self):
        self.grad = 1
        return self
    def zero_grad(self):
        return 0
    def step(self):
        return 1
"""


class FakeDefaults:
    """Does nothing, since the real one would change the test's own process."""

    def tame_if_imported(self) -> None:
        """Do nothing."""


@pytest.fixture(autouse=True)
def _leave_no_traces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, MODULE_NAME, None)
    monkeypatch.setattr(linecache, "cache", dict(linecache.cache))
    monkeypatch.setattr(builtins, "get_ipython", QuietShell, raising=False)


def claim_of(source: str, name: str) -> Absence | None:
    """Load a submission, and return what is claimed of a unit."""
    message = Load(
        name="lab.py",
        blocks=(CodeBlock(label="", source=source),),
        is_notebook=False,
        parameters=PARAMETERS,
        classes=("Value", "Net"),
        methods=METHODS,
    )
    _, loaded = load(message, report=lambda _: None, defaults=cast("Defaults", FakeDefaults()))
    return {one.function: one for one in loaded.absences}.get(name)


def without(method: str) -> str:
    """Return the source of Value without one of its methods."""
    head, *methods = VALUE.split("    def ")
    return "    def ".join([head, *(one for one in methods if not one.startswith(method))])


def found(source: str, name: str) -> tuple[AbsenceKind, str, int] | None:
    """Return what is claimed of a unit: kind, subject and line."""
    claim = claim_of(source, name)
    return None if claim is None else (claim.kind, claim.subject, claim.place.line)


# --- methods --------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [one for one in METHODS if one.startswith("Value")])
def test_nothing_is_claimed_of_a_method_with_code(name: str) -> None:
    """The class has it."""
    assert claim_of(VALUE, name) is None


@pytest.mark.parametrize(
    "other", ["bakward", "Backward", "_backward", "backward_pass", "back_ward"]
)
def test_method_under_another_name_is_found_in_its_class(other: str) -> None:
    """The letters or the words say so."""
    source = VALUE.replace("def backward", f"def {other}")

    assert found(source, "Value.backward") == (AbsenceKind.OTHER_NAME, other, 5)


def test_operator_without_its_underscores_is_another_name_of_it() -> None:
    """``mul`` is meant as ``__mul__``."""
    source = VALUE.replace("__mul__", "mul")

    assert found(source, "Value.__mul__") == (AbsenceKind.OTHER_NAME, "mul", 3)


@pytest.mark.parametrize("other", ["__rmul__", "__imul__", "__matmul__", "__call__"])
def test_another_method_of_pythons_is_not_a_misspelt_one(other: str) -> None:
    """It is meant as what it is."""
    assert claim_of(VALUE.replace("__mul__", other), "Value.__mul__") is None


def test_another_method_of_the_contract_is_not_a_misspelt_one() -> None:
    """It is there for itself, however alike the names are."""
    methods = (*METHODS, "Value.zero_grads")
    message_source = without("zero_grad") + "    def zero_grads(self):\n        return 0\n"
    message = Load(
        name="lab.py",
        blocks=(CodeBlock(label="", source=message_source),),
        is_notebook=False,
        parameters=PARAMETERS,
        classes=("Value", "Net"),
        methods=methods,
    )

    _, loaded = load(message, report=lambda _: None, defaults=cast("Defaults", FakeDefaults()))

    assert "Value.zero_grad" not in {one.function for one in loaded.absences}


def test_method_of_another_class_is_not_a_misspelt_one() -> None:
    """Only the class itself is looked into."""
    source = without("backward") + "class Other:\n    def bakward(self):\n        return 1\n"

    assert claim_of(source, "Value.backward") is None


def test_function_outside_of_the_class_is_found() -> None:
    """Its lines are not indented."""
    source = without("backward") + "def backward(self):\n    return self\n"

    assert found(source, "Value.backward") == (AbsenceKind.OUTSIDE_CLASS, "Value", 9)


def test_function_of_the_contract_does_not_belong_into_a_class() -> None:
    """``step()`` is a unit of its own, whose name a method has too."""
    source = without("step") + "def step(x):\n    return x\n"

    assert claim_of(source, "Value.step") is None


def test_function_does_not_belong_into_a_class_that_is_not_there() -> None:
    """What is missing then is the class."""
    assert claim_of("def backward(self):\n    return self\n", "Value.backward") is None


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("pass", AbsenceKind.UNWRITTEN),
        ("raise NotImplementedError", AbsenceKind.UNWRITTEN),
        ("self.grad = 1\n        raise NotImplementedError", AbsenceKind.RAISES_STILL),
        ("self.grad = 1", AbsenceKind.NO_RETURN),
    ],
)
def test_method_without_code_or_return_is_found(body: str, kind: AbsenceKind) -> None:
    """As a function is."""
    source = without("backward") + f"    def backward(self):\n        {body}\n"

    claim = claim_of(source, "Value.backward")

    assert claim is not None
    assert claim.kind is kind


@pytest.mark.parametrize("wrapper", ["staticmethod", "classmethod"])
def test_wrapped_method_without_code_is_found(wrapper: str) -> None:
    """The code is that of the function inside."""
    source = without("backward") + f"    @{wrapper}\n    def backward(self):\n        pass\n"

    claim = claim_of(source, "Value.backward")

    assert claim is not None
    assert claim.kind is AbsenceKind.UNWRITTEN


def test_method_that_is_inherited_is_there() -> None:
    """A class may be split in two."""
    source = VALUE.replace("class Value", "class Base") + "class Value(Base):\n    pass\n"

    assert claim_of(source, "Value.backward") is None


# --- classes --------------------------------------------------------------------------------


@pytest.mark.parametrize("other", ["value", "Values", "MyValue", "Valeu"])
def test_class_under_another_name_is_found(other: str) -> None:
    """Only another class can be meant."""
    source = VALUE.replace("class Value", f"class {other}")

    assert found(source, "Value") == (AbsenceKind.OTHER_NAME, other, 2)


def test_function_is_not_another_name_of_a_class() -> None:
    """It can't have methods."""
    assert claim_of("def value(x):\n    return x\n", "Value") is None


def test_class_in_a_comment_is_found() -> None:
    """A comment that only speaks of a class is not one."""
    commented = "".join(f"# {line}\n" for line in VALUE.strip().splitlines())

    assert found(commented, "Value") == (AbsenceKind.IN_COMMENT, "", 1)
    assert claim_of("# the class Value is below\n", "Value") is None


def test_class_in_quotes_is_found() -> None:
    """A text is not code."""
    assert found(f"'''{VALUE}'''", "Value") == (AbsenceKind.IN_STRING, "", 2)


def test_class_that_another_value_replaces_is_found_with_both_lines() -> None:
    """An instance has taken its name."""
    claim = claim_of(VALUE + "Value = Value()\n", "Value")

    assert claim is not None
    assert (claim.kind, claim.subject) == (AbsenceKind.OVERWRITTEN, "Value")
    assert (claim.place.line, claim.other.line) == (12, 2)


def test_class_whose_decorator_returns_something_else_is_found() -> None:
    """The decorator has to return a class."""
    source = "def count(kind):\n    return 3\n@count" + VALUE

    assert found(source, "Value") == (AbsenceKind.DECORATED, "int", 4)


def test_function_in_the_place_of_a_class_is_named_as_such() -> None:
    """No call has overwritten anything."""
    assert found("def Value(x):\n    return x\n", "Value") == (
        AbsenceKind.NOT_CALLABLE,
        "function",
        1,
    )


def test_class_of_which_nothing_is_there_is_only_missing() -> None:
    """Nothing is made up."""
    assert claim_of("x = 1\n", "Value") is None
