"""A trial: whether checks pass with a change, without a result."""

import pytest

from grader.checks.check import Check
from grader.checks.probe import Probe
from grader.checks.trial import Trial, passing
from grader.checks.units import Unit
from grader.checks.verdict import WrongError
from grader.errors import CheckCrashedError, NotRecordedError
from grader.observations.messages import Observation, Outcome, Request

UNIT = Unit(name="mse", parameters=("p", "y"))


def check(name: str) -> Check:
    """Make a check."""
    return Check(id=f"mse/{name}", function="mse", title="", hint="", points=1, key=0)


def answer(_request: Request) -> Observation:
    """Answer anything."""
    return Observation(outcome=Outcome.RETURNED)


TRIAL = Trial(
    unit=UNIT,
    units=(UNIT,),
    checks=(check("first"), check("second")),
    seed=7,
    observe=answer,
    expect=lambda request: lambda: answer(request),
)


def test_checks_are_run_up_to_the_first_that_fails() -> None:
    """Most edits are given up there."""
    run: list[str] = []

    def run_body(one: Check, _probe: Probe) -> BaseException | None:
        run.append(one.id)
        return WrongError("no")

    assert not TRIAL.passes(run_body)
    assert run == ["mse/first"]


def test_all_checks_have_to_pass() -> None:
    """Also those that passed before the change."""
    run: list[str] = []

    def run_body(one: Check, _probe: Probe) -> BaseException | None:
        run.append(one.id)
        return None

    assert TRIAL.passes(run_body)
    assert run == ["mse/first", "mse/second"]


@pytest.mark.parametrize("error", [CheckCrashedError("mse/first", "odd"), NotRecordedError("odd")])
def test_answer_that_breaks_a_check_does_not_pass(error: Exception) -> None:
    """A changed function may return what no check has seen, or what a kit does not know."""

    def run_body(_one: Check, _probe: Probe) -> BaseException | None:
        raise error

    assert not TRIAL.passes(run_body)


def test_each_change_is_made_before_it_is_tried() -> None:
    """One that can't be made is not tried: the code would be as it was."""
    made: list[int] = []

    def make(number: int) -> bool:
        made.append(number)
        return number != 1

    found = list(passing(range(4), make, TRIAL, lambda _one, _probe: None))

    assert found == [0, 2, 3]
    assert made == [0, 1, 2, 3]
