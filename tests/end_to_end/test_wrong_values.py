"""A wrong value costs itself only, whatever uses it: a function, a script or another value."""

from pathlib import Path

import pytest

from grader.checks.assignment import load_assignment
from grader.pipeline import Grader

pytestmark = pytest.mark.slow

SETTINGS = """
id = "rate"
title = "Lab 1: a rate"
version = "1"
points = 4
reference = "reference.py"

[[values]]
name = "rate"

[[functions]]
name = "step"
parameters = ["w"]
collaborators = ["rate"]

[[functions]]
name = "walk"
parameters = ["w"]
collaborators = ["rate", "step"]

[[values]]
name = "end"
collaborators = ["rate", "step"]
"""
REFERENCE = """
rate = {rate}
def step(w):
    return w - rate * w
def walk(w):
    return step(step(w)) + rate
end = {end}
"""
CHECKS = '''
import pytest
from grader.checks.api import expect_all_close, expect_close


@pytest.mark.points(1)
@pytest.mark.function("rate")
def check_rate(probe):
    """It is right

    Look again.
    """
    got, want = probe.read()
    expect_close(got.returned(), want.returned(), "rate")


@pytest.mark.points(1)
@pytest.mark.function("step")
def check_step(probe):
    """It is right

    Look again.
    """
    for w in (1.0, 2.0):
        got, want = probe.both(w=w)
        expect_close(got.returned(), want.returned(), "step(w)")


@pytest.mark.points(1)
@pytest.mark.function("walk")
def check_walk(probe):
    """It is right

    Look again.
    """
    expect_all_close(*probe.both_run(lambda lab, w: {"walk(w)": lab.walk(w)}, w=3.0))


@pytest.mark.points(1)
@pytest.mark.function("end")
def check_end(probe):
    """It is right

    Look again.
    """
    expect_all_close(*probe.rerun(read=["end"]))
'''


@pytest.mark.parametrize(
    ("rate", "end"), [("0.5", "step(1.0)"), ("0.25 + 0.25", "step(1.0)"), ("0.5", "0.5")]
)
def test_wrong_value_costs_itself_only(rate: str, end: str, tmp_path: Path) -> None:
    """Whether the reference computes a value or has it written down makes no difference."""
    (tmp_path / "assignment.toml").write_text(SETTINGS, "utf-8")
    (tmp_path / "reference.py").write_text(REFERENCE.format(rate=rate, end=end), "utf-8")
    (tmp_path / "check_rate.py").write_text(CHECKS, "utf-8")
    wrong = tmp_path / "wrong.py"
    wrong.write_text(REFERENCE.format(rate="0.1", end="step(1.0)"), "utf-8")

    with Grader(load_assignment(tmp_path)) as grader:
        report = grader.grade(wrong)

    assert {one.name: one.score for one in report.functions} == {
        "rate": 0,
        "step": 1,
        "walk": 1,
        "end": 1,
    }, report
