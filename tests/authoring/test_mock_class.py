"""A made-up class for an assignment with a class: methods, and nothing but Python."""

import ast
from pathlib import Path

import pytest

from grader.authoring.mock_class import make_source, write_mock_class
from grader.checks.assignment import Assignment, load_assignment

FILES = {
    "assignment.toml": """
id = "engine"
title = "Lab 1: an engine"
version = "1"
points = 3
reference = "reference.py"
misconceptions = "misconceptions.py"

[[classes]]
name = "Value"
methods = ["__add__", "__mul__"]

[[values]]
name = "RATE"

[[values]]
name = "ANSWERS"
""",
    "reference.py": '''
class Value:
    """A number."""

    def __init__(self, data):
        """Keep it."""
        self.data = data

    def __add__(self, other):
        """Return the sum."""
        return Value(self.data + other.data)

    def __mul__(self, other):
        """Return the product."""
        return Value(self.data * other.data)


RATE = 3
ANSWERS = {"a": "b", "b": "c"}
''',
    "misconceptions.py": '''
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
        return self + other


RATE__four = 4
"""It is four.

Count.
"""

ANSWERS__a = {"a": "d"}
"""It is not d.

Read.
"""
''',
}


@pytest.fixture
def engine(tmp_path: Path) -> Assignment:
    """An assignment about a class, a number and a dict."""
    folder = tmp_path / "engine"
    folder.mkdir()
    for name, text in FILES.items():
        (folder / name).write_text(text, encoding="utf-8")
    return load_assignment(folder)


def test_wrong_methods_take_the_place_of_right_ones(engine: Assignment) -> None:
    """A misconception of a method is a function or a class; the rest of the class stays right."""
    source = make_source(engine, engine.misconceptions)

    namespace: dict[str, object] = {"__name__": "student"}
    exec(source, namespace)  # noqa: S102 - our own
    exec("total = (Value(5) + Value(2)).data, (Value(5) * Value(2)).data", namespace)  # noqa: S102
    assert namespace["total"] == (3, 3)  # a product that adds, and a sum that subtracts
    assert namespace["RATE"] == 4
    assert namespace["ANSWERS"] == {"a": "d", "b": "c"}
    assert "subtracts" not in source


def test_right_students_have_the_reference(engine: Assignment) -> None:
    """Without a misconception the class is right."""
    namespace: dict[str, object] = {"__name__": "student"}
    exec(make_source(engine, ()), namespace)  # noqa: S102 - our own
    exec("total = (Value(5) * Value(2)).data", namespace)  # noqa: S102
    assert namespace["total"] == 10


def test_whole_class_is_python(engine: Assignment, tmp_path: Path) -> None:
    """Unfinished students leave out functions, and there are none here."""
    submissions = write_mock_class(engine, tmp_path / "class", count=20, seed=3)

    broken = []
    for path in sorted(submissions.glob("*.py")):
        try:
            ast.parse(path.read_text(encoding="utf-8"))
        except SyntaxError:
            broken.append(path)
    assert len(broken) == 1  # the student with a syntax error
