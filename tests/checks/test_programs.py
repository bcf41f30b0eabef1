"""What is loaded of the reference."""

from pathlib import Path

from grader.authoring.new import write_assignment
from grader.checks.assignment import load_assignment
from grader.checks.programs import reference_program


def test_helper_of_another_unit_is_not_left_out(tmp_path: Path) -> None:
    """A function that is never asked for stays if one that is asked for may call it."""
    assignment = load_assignment(write_assignment("tiny", tmp_path))

    assert "def relu" in reference_program(assignment, leave_out=("relu",))
    assert "def mean_relu" not in reference_program(assignment, leave_out=("mean_relu",))
    assert "def relu" not in reference_program(assignment, leave_out=("relu", "mean_relu"))
