"""Factors and shifts: reported only if they hold on every input, and on more than one."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest
from fakes import answered, array, raised, returned, step

from grader.checks.check import Check
from grader.checks.facts import Facts
from grader.checks.questions import Question
from grader.diagnosis.ratios import describe_ratio, describe_shift
from grader.observations.messages import (
    CallRequest,
    Observation,
    Outcome,
    ReadRequest,
    ScriptRequest,
)
from grader.observations.scripts import ValueOf

SIZES = (2, 3, 7)


def check_of(function: str, facts: Facts | None = None) -> Check:
    """Make a check."""
    return Check(
        id=f"{function}/a", function=function, title="", hint="", points=1, key=0, facts=facts
    )


def loss_of(n: int) -> float:
    """Return the right answer for n samples, which is not proportional to n."""
    return 1.0 + n * n


def ask_losses(
    wrong: Callable[[float, int], object], *, sizes: Sequence[int] = SIZES
) -> tuple[list[Question], list[Observation]]:
    """Ask for a loss of n samples, and answer with a function of the right loss and n."""
    questions = [
        Question(
            check=check_of("mse"),
            request=CallRequest(function="mse", inputs={"y": array(np.zeros((n, 2)))}),
            expected=returned(loss_of(n)),
        )
        for n in sizes
    ]
    return questions, [returned(wrong(loss_of(n), n)) for n in sizes]


# --- factors of what is returned ----------------------------------------------------------


@pytest.mark.parametrize(
    ("wrong", "expected"),
    [
        (lambda right, _n: 2 * right, "is 2 times the right one"),
        (lambda right, _n: -right, "is -1 times the right one"),
        (lambda right, _n: right / 3, "is 0.333 times the right one"),
        (lambda right, _n: array(2 * right), "is 2 times"),
        (lambda right, n: n * right, "is n times (n samples) the right one"),
        (lambda right, n: 2 * n * right, "is 2 * n times (n samples) the right one"),
        (lambda right, n: right / n, "is 1 / n times (n samples) the right one"),
        (lambda right, n: -2 * right / n, "is -2 / n times (n samples) the right one"),
    ],
)
def test_factor_is_reported(wrong: Callable[[float, int], object], expected: str) -> None:
    """A factor is reported if it is constant, or proportional to n or 1 / n."""
    sentence = describe_ratio(*ask_losses(wrong))

    assert sentence.startswith("on all inputs tried, what mse() returns is ")
    assert expected in sentence


@pytest.mark.parametrize(
    "wrong",
    [
        lambda right, _n: right,
        lambda right, _n: 0.0 * right,
        lambda right, _n: right + 1,
        lambda right, n: n * n * right,
        lambda right, n: right if n == 2 else 2 * right,
        lambda _right, _n: float("nan"),
        lambda _right, _n: float("inf"),
        lambda right, _n: array([right, right]),
        lambda _right, _n: "text",
        lambda _right, _n: None,
        lambda right, _n: {"loss": 2 * right},
        lambda right, _n: array(2j * right, dtype="complex64"),
    ],
    ids="right zero shift n*n sometimes nan inf shape text none dict complex".split(),
)
def test_no_factor_is_reported_if_there_is_none(wrong: Callable[[float, int], object]) -> None:
    """Right answers, zeros, and answers without a common factor give no sentence."""
    assert describe_ratio(*ask_losses(wrong)) == ""


def test_one_input_proves_no_rule() -> None:
    """A factor on a single input is not reported."""
    assert describe_ratio(*ask_losses(lambda right, _n: 2 * right, sizes=(3,))) == ""


def test_factor_that_could_be_n_or_a_constant_is_reported_as_the_constant() -> None:
    """If n is the same on all inputs, the factor is reported as a constant."""
    questions, answers = ask_losses(lambda right, n: n * right, sizes=(3, 3))

    assert "is 3 times the right one" in describe_ratio(questions, answers)


def test_other_answers_do_not_count() -> None:
    """Exceptions, globals, and checks with facts don't count."""
    questions, answers = ask_losses(lambda right, _n: 2 * right)
    odd = [
        Question(check=check_of("mse"), request=questions[0].request, expected=returned(1.0)),
        Question(
            check=check_of("mse"), request=ReadRequest(function="mse"), expected=returned(1.0)
        ),
        Question(
            check=check_of("mse", facts=lambda _request, _result: {}),
            request=questions[0].request,
            expected=returned(1.0),
        ),
    ]
    theirs = [raised("ValueError"), returned(5.0), returned(5.0)]

    assert "is 2 times" in describe_ratio([*questions, *odd], [*answers, *theirs])
    assert theirs[0].outcome is Outcome.RAISED


def test_right_answer_of_zero_has_no_multiples() -> None:
    """If the right answer is zero, no factor is reported."""
    questions = [
        Question(
            check=check_of("mse"),
            request=CallRequest(function="mse", inputs={"y": array([0, 0])}),
            expected=returned(0.0),
        )
    ] * 3

    assert describe_ratio(questions, [returned(0.0)] * 3) == ""


# --- factors of tuples and of steps -------------------------------------------------------


def ask_tuples(*factors: float) -> tuple[list[Question], list[Observation]]:
    """Ask for two gradients of different shapes, and answer with multiples of them."""
    questions, answers = [], []
    for n in SIZES:
        right = (np.full((2, 3), float(n)), np.arange(3.0) + n)
        request = CallRequest(function="gradients", inputs={"x": array(np.zeros((n, 2)))})
        questions.append(
            Question(check=check_of("gradients"), request=request, expected=returned(right))
        )
        pairs = zip(factors, right, strict=True)
        answers.append(returned([factor * part for factor, part in pairs]))
    return questions, answers


@pytest.mark.parametrize(
    ("factors", "expected"),
    [
        ((2, 2), "what gradients() returns is 2 times the right one"),
        ((1, -1), "gradients(...)[1] is -1 times the right one"),
        ((0.5, 1), "gradients(...)[0] is 0.5 times the right one"),
        ((2, 3), "gradients(...)[0] is 2 times the right one"),
        ((1, 1), ""),
    ],
)
def test_factor_of_a_tuple_is_reported_for_the_whole_or_a_part(
    factors: tuple[float, ...], expected: str
) -> None:
    """A factor is reported for the whole tuple if all parts share it, else for a part."""
    sentence = describe_ratio(*ask_tuples(*factors))

    assert sentence.removeprefix("on all inputs tried, ") == expected


@pytest.mark.parametrize("wrong", [(1.0,), (1.0, 2.0, 3.0), ("a", "b"), (1.0, 2.0), ([], [])])
def test_tuple_that_does_not_fit_has_no_factor(wrong: tuple[object, ...]) -> None:
    """A tuple of another length, kind or shape has no factor."""
    questions, answers = ask_tuples(1, 1)

    assert describe_ratio(questions, [returned(wrong) for _ in answers]) == ""


def ask_steps(**factors: float) -> tuple[list[Question], list[Observation]]:
    """Ask for a step of several leaves, and move each by a multiple."""
    questions, answers = [], []
    for n in SIZES:
        starts = {name: np.linspace(1, 2, 3) for name in factors}
        inputs: dict[str, Any] = {"x": array(np.zeros((n, 2)))}
        inputs |= {name: array(start, requires_grad=True) for name, start in starts.items()}
        right = {name: array(start - 0.1 * n) for name, start in starts.items()}
        moved = {name: array(starts[name] - 0.1 * n * k) for name, k in factors.items()}
        check, request = check_of("step"), CallRequest(function="step", inputs=inputs)
        expected = answered(step(float(n), gradients=None, x=inputs["x"], **right))
        questions.append(Question(check=check, request=request, expected=expected))
        answers.append(answered(step(float(n), gradients=None, x=inputs["x"], **moved)))
    return questions, answers


@pytest.mark.parametrize(
    ("factors", "expected"),
    [
        ({"w": -1}, "the step of w is -1 times the right one"),
        ({"w": 1}, ""),
        ({"w": 0}, ""),
        ({"w": 2, "b": 2}, "the steps of w and b are 2 times the right ones"),
        ({"v": 2, "w": 1, "b": 2}, "the steps of v and b are 2 times the right ones"),
        ({"u": 3, "v": 3, "w": 3}, "the steps of u, v and w are 3 times the right ones"),
        ({"w": 1, "b": -1}, "the step of b is -1 times the right one"),
    ],
)
def test_factor_of_a_step_is_reported_for_all_leaves_that_share_it(
    factors: dict[str, float], expected: str
) -> None:
    """Steps of leaves are compared by how far they move, and named together if alike."""
    sentence = describe_ratio(*ask_steps(**factors))

    assert sentence.removeprefix("on all inputs tried, ") == expected


# --- shifts -------------------------------------------------------------------------------

CURVES = ([8.0, 4.0, 2.0, 1.0], [9.0, 5.0, 3.5])
LATE = "the first entry is the loss after the first step: each entry is one step late"


def ask_curves(wrong: Callable[[list[float]], object]) -> tuple[list[Question], list[Observation]]:
    """Ask for lists of losses, and answer with a function of the right list."""
    request = CallRequest(function="train", inputs={"w": array([1, 2])})
    questions = [
        Question(check=check_of("train"), request=request, expected=returned(curve))
        for curve in CURVES
    ]
    return questions, [returned(wrong(curve)) for curve in CURVES]


@pytest.mark.parametrize(
    ("wrong", "expected"),
    [
        (lambda curve: [*curve[1:], 0.25], LATE),
        (lambda curve: curve[1:], "the list is the right one without its first entry"),
        (lambda curve: tuple(curve[:-1]), "the list is the right one without its last entry"),
        (lambda curve: [*curve, 0.1], "the list is the right one with an extra entry at the end"),
        (lambda curve: [curve[0]] * len(curve), "every entry is the loss before the first step"),
        (lambda curve: array(curve[::-1]), "the list is the right one in reverse order"),
        (
            lambda curve: [*curve[1:], curve[0]],
            "the list is the right one with its first entry at the end: entry i is at i - 1",
        ),
        (
            lambda curve: [curve[-1], *curve[:-1]],
            "the list is the right one with its last entry at the start: entry i is at i + 1",
        ),
    ],
)
def test_shift_is_reported(wrong: Callable[[list[float]], object], expected: str) -> None:
    """A shift is reported whether the losses are a list, a tuple or a tensor."""
    assert describe_shift(*ask_curves(wrong)) == f"on all inputs tried, {expected}"


@pytest.mark.parametrize(
    "wrong",
    [
        lambda curve: curve,
        lambda curve: [value + 1 for value in curve],
        lambda curve: curve[1:] if len(curve) == 4 else curve[:-1],
        lambda curve: curve[0],
        lambda _curve: [],
        lambda curve: [*curve, 0.1, 0.1],
        lambda _curve: None,
    ],
    ids="right other sometimes number empty longer none".split(),
)
def test_no_shift_is_reported_if_there_is_none(wrong: Callable[[list[float]], object]) -> None:
    """Right lists, other lists, and answers that are not lists give no sentence."""
    assert describe_shift(*ask_curves(wrong)) == ""


def test_single_numbers_have_no_shift() -> None:
    """Lists of a single loss have no shift."""
    assert describe_shift(*ask_losses(lambda right, _n: [right])) == ""


# --- parts of what scripts return -----------------------------------------------------------


def ask_scripts(
    wrong: Callable[[float], object],
    right: Callable[[float], object] = lambda n: {"loss": n, "w.grad": array([n, 3 * n])},
    *,
    facts: Facts | None = None,
) -> str:
    """Return what is said of the answers to three scripts."""
    request = ScriptRequest(function="Value", operations=(), returned=ValueOf(place=0))
    numbers = (2.0, 3.0, 7.0)
    questions = [
        Question(check=check_of("Value", facts), request=request, expected=returned(right(n)))
        for n in numbers
    ]
    return describe_ratio(questions, [returned(wrong(n)) for n in numbers])


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (
            lambda n: {"loss": n, "w.grad": array([2 * n, 6 * n])},
            "on all inputs tried, w.grad is 2 times the right one",
        ),
        (
            lambda n: {"loss": -n, "w.grad": array([n, 3 * n])},
            "on all inputs tried, loss is -1 times the right one",
        ),
        (
            lambda n: {"loss": n, "w.grad": [n / 2, 1.5 * n]},
            "on all inputs tried, w.grad is 0.5 times the right one",
        ),
    ],
)
def test_factor_of_a_part_is_reported_by_its_name(
    wrong: Callable[[float], object], words: str
) -> None:
    """The name is the one that the check gives it."""
    assert ask_scripts(wrong) == words


@pytest.mark.parametrize(
    "wrong",
    [
        lambda n: {"loss": n, "w.grad": array([n, 3 * n])},
        lambda n: {"loss": n, "w.grad": array([2 * n, 3 * n])},
        lambda n: {"loss": n, "w.grad": array([2 * n])},
        lambda n: {"loss": n, "w.grad": None},
        lambda n: {"loss": n, "w.grad": array([n, 3 * n * n])},
        lambda n: 2 * n,
    ],
    ids=["right", "one item", "shape", "none", "another rule", "no dict"],
)
def test_part_that_is_not_a_multiple_on_all_inputs_has_no_factor(
    wrong: Callable[[float], object],
) -> None:
    """Right parts, other shapes, and parts that are not there have none."""
    assert ask_scripts(wrong) == ""


def test_part_without_a_name_or_of_a_random_answer_has_no_factor() -> None:
    """Of a list nobody knows what to call an item, and with facts several answers are right."""

    def double(n: float) -> object:
        return {"loss": 2 * n}

    assert ask_scripts(double, lambda n: {"loss": n}) != ""
    assert ask_scripts(double, lambda n: {"loss": n}, facts=lambda _request, _result: {}) == ""
    assert ask_scripts(lambda n: [2 * n], lambda n: [n]) == ""
    assert ask_scripts(lambda n: {1: 2 * n}, lambda n: {1: n}) == ""


def test_script_without_an_answer_is_left_out() -> None:
    """The others still show the factor."""
    request = ScriptRequest(function="Value", operations=(), returned=ValueOf(place=0))
    questions = [
        Question(check=check_of("Value"), request=request, expected=returned({"loss": n}))
        for n in (2.0, 3.0, 4.0)
    ]
    answers = [returned({"loss": 4.0}), raised("ValueError"), returned({"loss": 8.0})]

    assert (
        describe_ratio(questions, answers) == "on all inputs tried, loss is 2 times the right one"
    )
