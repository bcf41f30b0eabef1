"""What is known about a submission while it is graded: who may be blamed, and what can be lent."""

from dataclasses import replace
from pathlib import Path

import pytest
from fakes import check_result

from grader.checks.assignment import Assignment
from grader.checks.attempt_result import Attempt
from grader.checks.check import Check
from grader.checks.check_run import CheckRun, Student
from grader.checks.units import read_units
from grader.errors import CheckCrashedError
from grader.observations.messages import FunctionFacts, Observation, Request
from grader.report.model import AssignmentInfo, Status, Visibility

UNITS = read_units(
    {
        "functions": [
            {"name": "relu", "parameters": ["x"]},
            {"name": "forward", "parameters": ["x"], "collaborators": ["relu"]},
            {
                "name": "backward",
                "parameters": ["dout", "cache"],
                "collaborators": ["relu", "forward"],
                "lent_with": ["forward"],
            },
            {
                "name": "train",
                "parameters": ["x"],
                "collaborators": [
                    "forward",
                    "backward",
                    "Value",
                    "Value.mul",
                    "Net",
                    "Net.forward",
                    "w_hat",
                ],
            },
        ],
        "classes": [
            {
                "name": "Value",
                "attributes": ["data"],
                "methods": ["add", "mul"],
                "collaborators": ["Net", "Net.forward"],
            },
            {"name": "Net", "methods": ["forward", "fit", "predict"]},
        ],
        "values": [{"name": "w_hat", "collaborators": ["Value.mul"]}],
    }
)


def observe(request: Request) -> Observation:
    """Refuse to answer: nobody is asked here."""
    raise AssertionError(request)


def check_of(unit: str, slug: str = "works") -> Check:
    """Make a check of a unit."""
    return Check(id=f"{unit}/{slug}", function=unit, title="", hint="", points=1, key=0)


def run_of(
    *units: str, hidden: tuple[str, ...] = (), only: tuple[str, ...] | None = None
) -> CheckRun:
    """Make a run with a check of each of these units."""
    student = Student(observe=observe, observe_with_lent=lambda _: observe)
    run = CheckRun(
        assignment=Assignment(
            info=AssignmentInfo(id="tiny", title="Tiny", version="1"),
            units=UNITS,
            folder=Path("/nowhere"),
            reference="",
            reference_path=Path("reference.py"),
            points=10,
            visibility=dict.fromkeys(hidden, Visibility.HIDDEN),
        ),
        seed=1,
        visible=student,
        hidden=student,
        expect=lambda request: lambda: observe(request),
        ask_reference=lambda _name: lambda request: lambda: observe(request),
        only=only,
    )
    run.choose(check_of(unit) for unit in units)
    return run


def settle(run: CheckRun, **statuses: Status) -> None:
    """Note how the checks of some units ended; their names are written with two underscores."""
    for name, status in statuses.items():
        check_id = f"{name.replace('__', '.')}/works"
        run.results[check_id] = check_result(check_id, status)


# --- choosing -------------------------------------------------------------------------------


def test_checks_are_sorted_by_their_units() -> None:
    """Helpers come before their callers, as in the assignment."""
    run = run_of("train", "Net.fit", "relu", "Value")

    assert [check.function for check in run.checks] == ["relu", "Net.fit", "Value", "train"]


def test_only_the_checks_of_chosen_units_are_known() -> None:
    """Of the others nobody knows whether they are right."""
    run = run_of("relu", "forward", only=("forward",))

    assert [check.function for check in run.checks] == ["forward"]
    assert run.checks_of("relu") == []


def test_check_of_an_unknown_unit_is_broken() -> None:
    """Its author reads the name."""
    with pytest.raises(CheckCrashedError, match="the assignment has no function other"):
        run_of("other")


def test_checks_of_a_class_are_its_own_and_those_of_its_methods() -> None:
    """A class is right if all its methods are."""
    run = run_of("Value", "Value.mul", "Value.add", "Net.forward")

    assert [check.function for check in run.checks_of("Value")] == [
        "Value",
        "Value.add",
        "Value.mul",
    ]
    settle(run, Value=Status.PASSED, Value__add=Status.PASSED, Value__mul=Status.FAILED)
    assert not run.is_right("Value", is_hidden=False)
    settle(run, Value__mul=Status.PASSED)
    assert run.is_right("Value", is_hidden=False)


# --- helpers --------------------------------------------------------------------------------


def test_helpers_of_a_function_are_those_that_its_code_or_a_script_uses() -> None:
    """A script of a check may use what the function itself doesn't."""
    run = replace(
        run_of(), functions={"train": FunctionFacts(name="train", uses=("forward", "print"))}
    )

    assert run.helpers("train") == ("forward",)
    run.used["train"] = {"train", "Value"}
    assert run.helpers("train") == ("forward", "Value")


@pytest.mark.parametrize("unit", ["Value", "Value.mul"])
def test_helpers_of_other_units_are_all_that_they_may_use(unit: str) -> None:
    """What their code uses can't be read from one function."""
    run = replace(run_of(), functions={unit: FunctionFacts(name=unit)})

    assert run.helpers(unit) == run.assignment.unit(unit).collaborators


def test_helpers_of_a_value_are_those_that_it_is_computed_from() -> None:
    """What the submission never reads for it explains nothing."""
    run = replace(run_of(), functions={"w_hat": FunctionFacts(name="w_hat", uses=("print",))})

    assert run.helpers("w_hat") == ()
    assert replace(run, functions={}).helpers("w_hat") != ()


def test_helper_without_checks_is_never_proved() -> None:
    """Nobody knows whether it is right."""
    run = run_of("forward")
    settle(run, forward=Status.PASSED)

    assert run.unproved("backward", is_hidden=False) == {"relu"}


def test_helper_with_a_hidden_check_is_proved_only_to_hidden_checks() -> None:
    """What hidden checks find out must not show in a visible one."""
    run = run_of("relu", "forward", hidden=("relu/works",))
    settle(run, relu=Status.PASSED)

    assert run.unproved("forward", is_hidden=True) == set()
    assert run.unproved("forward", is_hidden=False) == {"relu"}
    assert run.unproved_of(check_of("forward")) == {"relu"}


@pytest.mark.parametrize(
    ("status", "is_wrong"),
    [
        (Status.FAILED, True),
        (Status.ERROR, True),
        (Status.LIMIT, True),
        (Status.MISSING, True),
        (Status.NOT_JUDGED, False),
        (Status.PASSED, False),
    ],
)
def test_helper_that_was_not_judged_may_be_right(status: Status, *, is_wrong: bool) -> None:
    """Any other end than a pass makes it a wrong one."""
    run = run_of("relu", "forward")
    settle(run, relu=status)

    assert run.wrong_helpers("forward", is_hidden=False) == (["relu"] if is_wrong else [])


def test_helper_whose_attempt_failed_is_wrong_until_it_is_settled() -> None:
    """It may still pass with right helpers of its own; a hidden check says nothing to others."""
    run = run_of("relu", "forward", hidden=("relu/works",))
    run.open["relu/works"] = Attempt(check_result("relu/works", Status.FAILED))

    assert run.wrong_helpers("forward", is_hidden=True) == ["relu"]
    assert run.wrong_helpers("forward", is_hidden=False) == []


def test_unit_is_lacking_only_if_it_is_known_what_there_is() -> None:
    """Before the submission is loaded, nothing is said to be missing."""
    run = run_of()

    assert not run.lacks("Value.mul")
    run = replace(run, defined={"Value"})
    assert run.lacks("Value.mul")
    assert not run.lacks("Value")


# --- what can be lent -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("unit", "helpers", "lent"),
    [
        ("forward", ["relu"], {"relu"}),
        ("forward", [], set()),
        # single methods, where the attributes are known; they are never lent their own class
        ("Value.mul", ["Value.add"], {"Value.add"}),
        ("Value.mul", ["Value", "Value.add"], {"Value.add"}),
        ("Value", ["Value.add"], {"Value.add"}),
        ("train", ["Value.mul", "Value"], {"Value.mul", "Value"}),
        # otherwise the whole class, and nothing to its own methods and itself
        ("Net.fit", ["Net.forward"], set()),
        ("Net", ["Net.forward"], set()),
        ("train", ["Net.forward"], {"Net"}),
        ("Value.mul", ["Net.forward", "Net"], {"Net"}),
        # what shares a format, if the unit may use it
        ("train", ["forward"], {"forward", "backward"}),
        ("w_hat", ["forward"], {"forward"}),
    ],
)
def test_right_versions_are_lent_as_far_as_they_fit(
    unit: str, helpers: list[str], lent: set[str]
) -> None:
    """A method works with what the other methods of its class have stored."""
    assert run_of().lendable(unit, helpers) == lent


@pytest.mark.parametrize(
    ("unit", "helper", "is_separable"),
    [
        ("backward", "relu", True),
        ("backward", "forward", False),  # they share a cache
        ("train", "forward", True),
        ("Value.mul", "Value.add", True),
        ("Net.fit", "Net.forward", False),
        ("train", "Net.forward", True),
    ],
)
def test_unit_is_separable_from_what_can_be_lent_to_it(
    unit: str, helper: str, *, is_separable: bool
) -> None:
    """Unless the two share a format of their own."""
    assert run_of().is_separable(unit, helper) is is_separable


def test_hidden_phase_is_needed_only_for_hidden_checks() -> None:
    """Otherwise no child is made for it."""
    assert len(run_of("relu").phases) == len(run_of("relu", hidden=("relu/works",)).phases) - 1


def test_unit_that_is_proved_elsewhere_is_right_without_its_checks() -> None:
    """What is known to be right need not be lent, although its checks are left out."""
    run = run_of("relu", "forward", only=("forward",))

    assert run.unproved("forward", is_hidden=False) == {"relu"}
    assert replace(run, proved=("relu",)).unproved("forward", is_hidden=False) == frozenset()
