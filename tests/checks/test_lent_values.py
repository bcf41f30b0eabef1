"""Asking a submission in which some values are the reference's."""

import numpy as np
import pytest
from fakes import array, ended, raised, returned

from grader.checks.inputs import encode_input, tensor
from grader.checks.lent_values import ask_with_values
from grader.observations.messages import (
    CallRequest,
    Observation,
    Outcome,
    ReadRequest,
    Request,
    ScriptRequest,
)
from grader.observations.scripts import Name, ValueOf
from grader.observations.values import InputValue, Items, Number, Opaque

SCRIPT = ScriptRequest(
    function="loss",
    operations=(Name(name="loss"),),
    returned=ValueOf(place=0),
    seed=5,
)


def asked_of(request: Request, reference: Observation) -> tuple[list[Request], list[Request]]:
    """Ask with the right x and y, and return what submission and reference were asked."""
    own: list[Request] = []
    right: list[Request] = []

    def ask(one: Request) -> object:
        own.append(one)
        return lambda: returned(1)

    def ask_reference(one: Request) -> object:
        right.append(one)
        return lambda: reference

    ask_with_values(ask, {"y", "x"}, ask_reference=ask_reference)(request)()  # type: ignore[arg-type]
    return own, right


def given_to(request: Request, reference: Observation) -> dict[str, InputValue]:
    """Return the values that are fixed in the submission."""
    (sent,), _ = asked_of(request, reference)
    assert isinstance(sent, ScriptRequest)
    assert sent.is_rerun
    return dict(sent.given)


def test_submission_is_loaded_anew_with_the_right_values() -> None:
    """The reference is asked for them under the same conditions."""
    request = ScriptRequest(
        function="loss",
        operations=SCRIPT.operations,
        returned=SCRIPT.returned,
        seed=5,
        is_rerun=True,
        given={"n": Number(value=3, kind="int")},
    )
    own, right = asked_of(request, returned({"x": 2.0, "y": "two"}))

    (sent,), (reading,) = own, right
    assert isinstance(sent, ScriptRequest)
    assert isinstance(reading, ScriptRequest)
    assert sent.given == {
        "x": encode_input(2.0),
        "y": encode_input("two"),
        "n": Number(value=3, kind="int"),
    }
    assert sent.operations == SCRIPT.operations
    assert reading.is_rerun
    assert reading.seed == 5
    assert reading.given == request.given
    assert reading.operations == (Name(name="x"), Name(name="y"))


def test_value_that_the_check_itself_fixes_stays_as_it_says() -> None:
    """Other data is the point of such a check."""
    request = ScriptRequest(
        function="loss",
        operations=SCRIPT.operations,
        returned=SCRIPT.returned,
        is_rerun=True,
        given={"x": encode_input(9.0)},
    )

    assert given_to(request, returned({"x": 2.0, "y": 3.0}))["x"] == encode_input(9.0)


def test_value_that_is_only_read_is_read_from_the_new_load() -> None:
    """Reading is a script of one step then."""
    (sent,), _ = asked_of(ReadRequest(function="loss"), returned({"x": 2.0, "y": 3.0}))

    assert isinstance(sent, ScriptRequest)
    assert sent.operations == (Name(name="loss"),)
    assert sent.returned == ValueOf(place=0)
    assert set(sent.given) == {"x", "y"}


def test_call_of_a_function_is_asked_as_it_is() -> None:
    """Its inputs are all handed over."""
    request = CallRequest(function="f", inputs={})

    assert asked_of(request, returned({})) == ([request], [])


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        3,
        0.5,
        "text",
        tensor([1, 2]),
        [tensor([1]), 2],
        (1.0, [2.0]),
        {"w": tensor([1]), "lr": 0.1},
        {},
    ],
)
def test_plain_values_are_lent_as_they_are(value: object) -> None:
    """Also containers of them."""
    given = given_to(SCRIPT, returned({"x": value, "y": 1.0}))

    assert given["x"] == encode_input(value)


OPAQUE = Opaque(type_name="Net")


@pytest.mark.parametrize(
    "value",
    [
        OPAQUE,
        [1.0, OPAQUE],
        {"net": OPAQUE},
        Items(kind="set", items=()),
        Items(kind="list", items=(Number(value=1),), is_cut=True),
    ],
)
def test_value_that_can_not_be_sent_is_the_submissions_own(value: object) -> None:
    """Such as an object of a class; the others are lent."""
    assert set(given_to(SCRIPT, returned({"x": value, "y": 1.0}))) == {"y"}


@pytest.mark.parametrize("answer", [raised("NameError"), ended(Outcome.TIME_LIMIT), returned(3)])
def test_without_an_answer_of_the_reference_nothing_is_lent(answer: Observation) -> None:
    """The submission is still asked."""
    assert given_to(SCRIPT, answer) == {}


def test_tensor_keeps_its_dtype() -> None:
    """A right value of float64 is not rounded."""
    value = array(np.array([0.1]), dtype="float64")

    assert given_to(SCRIPT, returned({"x": value, "y": 1.0}))["x"] == value
