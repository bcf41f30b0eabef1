"""What is loaded of the reference."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from grader.authoring.new import write_assignment
from grader.checks.assignment import Assignment, load_assignment
from grader.checks.programs import reference_program, wrong_definitions, wrong_program


def test_helper_of_another_unit_is_not_left_out(tmp_path: Path) -> None:
    """A function that is never asked for stays if one that is asked for may call it."""
    assignment = load_assignment(write_assignment("tiny", tmp_path))

    assert "def relu" in reference_program(assignment, leave_out=("relu",))
    assert "def mean_relu" not in reference_program(assignment, leave_out=("mean_relu",))
    assert "def relu" not in reference_program(assignment, leave_out=("relu", "mean_relu"))


_REFERENCE = """
class Base:
    def __init__(self):
        self.x = 1


class Net(Base):
    def __init__(self, n):
        super().__init__()
        self.n = n

    def get(self):
        return self.x + self.n
"""
_WRONG = '''
def Net__init__one_too_many(self, n):
    """One is added.

    Don't.
    """
    super().__init__()
    self.n = n + 1
'''
_SETTINGS = """
id = "net"
title = "Lab 1: a net"
version = "1"
points = 1
reference = "reference.py"

[[classes]]
name = "Net"
methods = ["__init__", "get"]
"""


def _net(folder: Path) -> Assignment:
    (folder / "assignment.toml").write_text(_SETTINGS, "utf-8")
    (folder / "reference.py").write_text(_REFERENCE, "utf-8")
    (folder / "misconceptions.py").write_text(_WRONG, "utf-8")
    return load_assignment(folder)


def test_wrong_method_is_written_into_the_class(tmp_path: Path) -> None:
    """There super() is the right class's base, and not the right class."""
    assignment = _net(tmp_path)
    found: dict[str, Any] = {}

    exec(wrong_program(assignment, assignment.misconceptions[0]), found)  # noqa: S102 - made here

    assert found["Net"](3).get() == 5
    assert found["Net"].__mro__[1] is found["Base"]
    assert found["Net"].__qualname__ == "Net"


def test_wrong_method_that_the_right_class_inherits_is_added_to_it(tmp_path: Path) -> None:
    """A method of a given base class can be asked for too."""
    assignment = _net(tmp_path)
    reference = _REFERENCE.replace("    def get", "    def other")
    wrong = replace(
        assignment.misconceptions[0],
        function="Net.get",
        name="Net__get__nothing",
        source="def Net__get__nothing(self):\n    return None\n",
    )

    source = wrong_definitions(wrong, assignment.unit("Net.get"), reference)

    assert "class Net__get__nothing__class(Base):" in source
    assert "    def get(self):\n        return None" in source
    assert "    def other(self):" in source
