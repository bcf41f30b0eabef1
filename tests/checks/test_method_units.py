"""Grading units that help one another: methods of a class, and functions that share a format.

The submission is a fake in which each unit is right or wrong. With its own helpers, a unit gives
the right answer only if all that it uses is right; with lent ones, only if it is right itself.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from fakes import RecordedSession, raised, returned

from grader.checks.assignment import Assignment
from grader.checks.check import Check
from grader.checks.check_run import CheckRun, Student
from grader.checks.compare import expect_close
from grader.checks.probe import Probe
from grader.checks.run import run_phase
from grader.checks.units import Unit, read_units
from grader.checks.verdict import (
    NoAnswerError,
    NotJudgedError,
    UnwrittenError,
    WrongError,
)
from grader.observations.asking import Observe
from grader.observations.messages import FunctionFacts, Observation, Request
from grader.report.model import AssignmentInfo, CheckResult, Status

METHODS = ["add", "mul", "backward"]
OPEN = read_units({"classes": [{"name": "Value", "attributes": ["data"], "methods": METHODS}]})
CLOSED = read_units({"classes": [{"name": "Value", "methods": METHODS}]})
LAYERS = read_units(
    {
        "functions": [
            {"name": "forward", "parameters": []},
            {
                "name": "backward",
                "parameters": [],
                "collaborators": ["forward"],
                "lent_with": ["forward"],
            },
            {"name": "train", "parameters": [], "collaborators": ["forward", "backward"]},
        ]
    }
)
RIGHT, WRONG = returned({"n": 1.0}), returned({"n": 7.0})


def check_of(unit: str) -> Check:
    """Make the check of a unit."""
    return Check(id=f"{unit}/works", function=unit, title="", hint="Try.", points=1, key=0)


def run_body(check: Check, probe: Probe) -> BaseException | None:
    """Compare what a script returns, and return the verdict, as the plugin does."""
    try:
        name = check.function.partition(".")[0]
        got, want = probe.both_run(lambda lab: {"n": getattr(lab, name)})
        expect_close(got["n"], want["n"], "n")
    except (WrongError, UnwrittenError, NotJudgedError, NoAnswerError) as error:
        return error
    return None


class Submission:
    """A submission in which some units are wrong.

    Args:
        units: The units of the assignment.
        wrong: Those that are wrong.
        own: Other answers of units with the student's own helpers.
        lent: Other answers of units with right helpers.

    Attributes:
        asked: The kind of child and the unit of each request, in order.
        lent_names: What was lent to each unit.
    """

    def __init__(
        self,
        units: tuple[Unit, ...],
        *,
        wrong: Collection[str] = (),
        own: Mapping[str, Observation] | None = None,
        lent: Mapping[str, Observation] | None = None,
    ) -> None:
        self.assignment = Assignment(
            info=AssignmentInfo(id="tiny", title="Tiny", version="1"),
            units=units,
            folder=Path("/nowhere"),
            reference="",
            reference_path=Path("reference.py"),
            points=10,
        )
        self.wrong = wrong
        self.own, self.lent = own or {}, lent or {}
        self.asked: list[tuple[str, str]] = []
        self.lent_names: dict[str, frozenset[str]] = {}

    def observe(self, request: Request) -> Observation:
        """Answer with the student's own helpers."""
        name = request.function
        self.asked.append(("own", name))
        used = {name, *self.assignment.unit(name).collaborators}
        return self.own.get(name, WRONG if used.intersection(self.wrong) else RIGHT)

    def observe_with_lent(self, lent: frozenset[str]) -> Observe:
        """Return how to ask with right helpers."""

        def observe(request: Request) -> Observation:
            name = request.function
            self.asked.append(("lent", name))
            self.lent_names[name] = lent
            used = {name, *self.assignment.unit(name).collaborators} - lent
            return self.lent.get(name, WRONG if used.intersection(self.wrong) else RIGHT)

        return observe

    def grade(
        self, *, change: Callable[[CheckRun], CheckRun] = lambda run: run
    ) -> dict[str, CheckResult]:
        """Run a check of each unit but the class itself, and return the results by unit.

        Args:
            change: Changes what is known before the checks run.
        """
        names = [unit.name for unit in self.assignment.units if unit.name != "Value"]
        reference = RecordedSession(**dict.fromkeys(names, RIGHT))
        student = Student(observe=self.observe, observe_with_lent=self.observe_with_lent)
        run = change(
            CheckRun(
                assignment=self.assignment,
                seed=1,
                visible=student,
                hidden=student,
                expect=reference.ask,
                ask_reference=lambda _name: reference.ask,
            )
        )
        run.choose(map(check_of, names))
        for phase in run.phases:
            run_phase(run_body, run=run, phase=phase)
        return {name: run.results[f"{name}/works"] for name in names}


def statuses(results: dict[str, CheckResult]) -> dict[str, Status]:
    """Return the status of each unit."""
    return {name: result.status for name, result in results.items()}


# --- methods that are lent singly -----------------------------------------------------------


def test_right_methods_pass_and_the_wrong_one_is_shown_in_full() -> None:
    """All fail with the student's own; which of them is wrong is known before one is explained."""
    results = Submission(OPEN, wrong=["Value.mul"]).grade()

    assert statuses(results) == {
        "Value.add": Status.PASSED,
        "Value.mul": Status.FAILED,
        "Value.backward": Status.PASSED,
    }
    wrong = results["Value.mul"]
    assert wrong.message == "n is wrong"
    assert wrong.example is not None
    assert wrong.example.got == "7."


def test_no_code_is_asked_with_its_own_helpers_after_any_that_right_ones_were_lent_to() -> None:
    """What a child with parts of the reference has left somewhere can't show in an own answer."""
    submission = Submission(OPEN, wrong=["Value.mul"])

    submission.grade()

    kinds = [kind for kind, _ in submission.asked]
    assert kinds == ["own"] * 3 + ["lent"] * 3
    # The first one has passed with right ones of both, so the student's own is right.
    assert submission.lent_names["Value.add"] == {"Value.mul", "Value.backward"}
    assert submission.lent_names["Value.mul"] == {"Value.backward"}


def test_of_two_wrong_methods_neither_shows_what_the_other_may_have_caused() -> None:
    """With a wrong helper, a right method gives wrong answers too."""
    results = Submission(OPEN, wrong=["Value.add", "Value.mul"]).grade()

    assert statuses(results)["Value.backward"] is Status.PASSED
    for name in ("Value.add", "Value.mul"):
        assert results[name].status is Status.FAILED
        assert results[name].example is None
        assert results[name].message.startswith("with right versions of ")


def test_method_that_stops_in_another_one_is_tried_with_a_right_one() -> None:
    """Also if nothing else speaks against the other one."""
    error = raised("ValueError", "no", function="Value.backward", line=3)
    submission = Submission(OPEN, wrong=["Value.backward"], own={"Value.mul": error})

    results = submission.grade()

    assert statuses(results) == {
        "Value.add": Status.PASSED,
        "Value.mul": Status.PASSED,
        "Value.backward": Status.FAILED,
    }


# --- methods of a class that is lent only as a whole ----------------------------------------


def test_method_that_fails_together_with_one_above_it_is_not_judged() -> None:
    """No right version of the other one can be lent to it."""
    submission = Submission(CLOSED, wrong=["Value.add"])

    results = submission.grade()

    assert results["Value.add"].message == "n is wrong"
    assert results["Value.mul"].status is Status.NOT_JUDGED
    assert results["Value.mul"].message == "it is tried together with Value.add"
    # The one in between may be right, so it is not among those that are named.
    assert results["Value.backward"].message == "it is tried together with Value.add"
    assert not submission.lent_names


def test_method_that_raises_in_its_own_line_is_shown_also_beside_a_wrong_one() -> None:
    """That is its own fault, whatever the other one does."""
    error = raised("ValueError", "no", function="Value.mul", line=3)
    results = Submission(CLOSED, wrong=["Value.add"], own={"Value.mul": error}).grade()

    assert results["Value.mul"].status is Status.ERROR
    assert "ValueError: no" in results["Value.mul"].message


def test_method_that_stops_in_one_below_it_is_not_judged() -> None:
    """The one below is not judged yet, and no right version of it can be lent."""
    error = raised("ValueError", "no", function="Value.backward", line=3)
    submission = Submission(CLOSED, wrong=["Value.backward"], own={"Value.add": error})

    results = submission.grade()

    assert statuses(results) == {
        "Value.add": Status.NOT_JUDGED,
        "Value.mul": Status.PASSED,
        "Value.backward": Status.FAILED,
    }
    add = results["Value.add"]
    assert add.message == "it is tried together with Value.backward, which raised ValueError"


def test_method_that_calls_a_right_one_wrongly_is_to_blame() -> None:
    """The other one has passed its checks, so it was called wrongly where it raised."""
    error = raised("ValueError", "no", function="Value.add", line=3)
    results = Submission(CLOSED, own={"Value.mul": error}).grade()

    assert results["Value.mul"].status is Status.ERROR
    assert "ValueError: no" in results["Value.mul"].message


def test_missing_method_is_missing_whatever_its_check_found() -> None:
    """A wrong answer without the method comes from what every object has."""

    def lack(run: CheckRun) -> CheckRun:
        return replace(run, defined={"Value", "Value.add", "Value.backward"})

    results = Submission(OPEN, wrong=["Value.mul"]).grade(change=lack)

    assert statuses(results) == {
        "Value.add": Status.PASSED,
        "Value.mul": Status.MISSING,
        "Value.backward": Status.PASSED,
    }
    assert results["Value.mul"].message == "the submission does not define Value.mul"


# --- functions ------------------------------------------------------------------------------


def test_function_that_shares_a_format_with_a_wrong_one_is_not_judged() -> None:
    """A right forward would make another cache than the student's; others get both right ones."""
    submission = Submission(LAYERS, wrong=["forward"], lent={"backward": WRONG})

    results = submission.grade()

    assert statuses(results) == {
        "forward": Status.FAILED,
        "backward": Status.NOT_JUDGED,
        "train": Status.PASSED,
    }
    assert results["backward"].message == "it is tried together with forward"
    assert submission.lent_names["train"] == {"forward", "backward"}


def test_function_that_shares_a_format_with_a_wrong_one_may_pass_with_it() -> None:
    """Its own attempt counts like any other."""
    assert (
        statuses(Submission(LAYERS, wrong=["forward"], own={"backward": RIGHT}).grade())["backward"]
        is Status.PASSED
    )


@pytest.mark.parametrize(
    ("helper", "is_shown"), [("forward", True), ("backward", False)], ids=["right", "wrong"]
)
def test_exception_of_a_helper_is_shown_of_its_caller_only_if_the_helper_is_right(
    helper: str, *, is_shown: bool
) -> None:
    """A right helper that raises was called wrongly; a wrong one may have raised by itself."""
    units = read_units(
        {
            "functions": [
                {"name": "forward", "parameters": []},
                {"name": "backward", "parameters": []},
                {"name": "train", "parameters": [], "collaborators": ["forward", "backward"]},
            ]
        }
    )
    error = raised("ValueError", "no", function=helper, line=3)
    results = Submission(
        units, wrong=["backward"], own={"train": error}, lent={"train": error}
    ).grade()

    train = results["train"]
    assert train.status is Status.ERROR
    assert ("ValueError: no" in train.message) is is_shown
    assert train.message.startswith("with right versions of backward") is not is_shown


def test_helper_that_only_a_script_uses_counts_as_used() -> None:
    """A check of train makes what it hands over with the student's own forward."""

    def know(run: CheckRun) -> CheckRun:
        facts = {"train": FunctionFacts(name="train", uses=())}
        return replace(run, functions=facts, used={"train": {"forward"}})

    results = Submission(LAYERS, wrong=["forward"]).grade(change=know)

    assert results["train"].status is Status.PASSED
