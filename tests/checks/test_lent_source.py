"""What of the reference is lent: nothing that the lent units don't use."""

from dataclasses import replace
from pathlib import Path

import pytest

from grader.checks.assignment import Assignment
from grader.checks.lent_source import lent_source
from grader.checks.units import Unit, UnitKind
from grader.report.model import AssignmentInfo

REFERENCE = """
import math

def order_of(node):
    return "sorted"

def scale(x):
    return 10 * x

def as_value(x):
    return Value(x)

class Value:
    limit = 7

    def __init__(self, x):
        self.x = x

    def _product(self, other):
        return "multiplied"

    def _twice(self):
        return "doubled" + self._more()

    def _more(self):
        return "more"

    def __add__(self, other):
        return scale(self._twice())

    __radd__ = __add__

    def __mul__(self, other):
        return self._product(other)

    def __rmul__(self, other):
        return "written out"

    def backward(self):
        return order_of(self), math.pi

class Whole(Value):
    pass
"""
METHODS = ("__add__", "__radd__", "__mul__", "backward")


@pytest.fixture
def assignment() -> Assignment:
    """Return an assignment of a class with four methods, a function and a class that inherits."""
    methods = (Unit(name=f"Value.{one}", kind=UnitKind.METHOD) for one in METHODS)
    return Assignment(
        info=AssignmentInfo(id="tiny", title="Tiny", version="1"),
        units=(
            Unit(name="as_value", parameters=("x",)),
            Unit(name="Value", kind=UnitKind.CLASS, attributes=("x",)),
            *methods,
            Unit(name="Whole", kind=UnitKind.CLASS),
        ),
        folder=Path("/nowhere"),
        reference=REFERENCE,
        reference_path=Path("reference.py"),
        points=100,
    )


def test_private_methods_and_functions_that_only_other_methods_use_stay_behind(
    assignment: Assignment,
) -> None:
    """With them, a method that is graded could have its work done by what another one needs."""
    source = lent_source(assignment, {"Value.__add__"})

    assert "def __add__" in source
    assert "'doubled'" in source
    assert "'more'" in source  # used by what is used
    assert "10 * x" in source
    for secret in ("multiplied", "written out", "sorted", "math", "__radd__", "limit"):
        assert secret not in source


def test_another_name_of_a_method_is_lent_with_that_method(assignment: Assignment) -> None:
    """A class in which the first name is missing can't be made."""
    source = lent_source(assignment, {"Value.__radd__"})

    namespace: dict[str, type] = {}
    exec(source, namespace)  # noqa: S102 - it is written above
    assert "__radd__" in vars(namespace["Value"])
    assert "multiplied" not in source


def test_class_that_is_graded_stays_behind_if_a_lent_function_makes_instances_of_it(
    assignment: Assignment,
) -> None:
    """The function makes instances of the submission's own class."""
    source = lent_source(assignment, {"as_value"})

    assert "return Value(x)" in source
    assert "def " not in source.partition("class Value")[2]


@pytest.mark.parametrize("names", [{"Whole"}, {"Whole", "Value.backward"}])
def test_class_that_a_lent_one_inherits_from_is_whole(
    assignment: Assignment, names: set[str]
) -> None:
    """The lent class would lack what it inherits."""
    assert "multiplied" in lent_source(assignment, names)


def test_class_is_whole_if_it_has_a_method_that_a_lent_class_inherits(
    assignment: Assignment,
) -> None:
    """A method is lent from where it is written."""
    unit = Unit(name="Whole.backward", kind=UnitKind.METHOD)
    assignment = replace(assignment, units=(*assignment.units, unit))

    assert "sorted" in lent_source(assignment, {"Whole.backward"})
