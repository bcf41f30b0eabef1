"""Finding the inputs that a function does not use, by asking again with others."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest
from fakes import computing, raised

from grader.checks.check import Check
from grader.checks.inputs import encode_input, leaf, tensor
from grader.checks.questions import Question
from grader.diagnosis.unused import describe_unused, find_unused, hint_to_use
from grader.observations.asking import Observe
from grader.observations.messages import CallRequest

CASES: Sequence[dict[str, object]] = (
    {"x": tensor([1, 0, 2]), "w": leaf([1, 0.5, 3]), "lr": 0.1, "epochs": 2},
    {"x": tensor([-1, 0.5, 1]), "w": leaf([1, 1.5, 2]), "lr": 0.3, "epochs": 3},
)


def unused(observe: Observe, cases: Sequence[dict[str, object]] = CASES) -> tuple[str, ...]:
    """Find what a program doesn't use."""
    check = Check(id="f/values", function="f", title="T", hint="", points=1, key=0)
    requests = [
        CallRequest(function="f", inputs={name: encode_input(one) for name, one in case.items()})
        for case in cases
    ]
    answers = [observe(request) for request in requests]
    questions = [
        Question(check=check, request=request, expected=answer)
        for request, answer in zip(requests, answers, strict=True)
    ]
    return find_unused("f", questions, answers, observe)


def moves(step: Callable[..., object]) -> Observe:
    """Make a program that moves w by a step and returns what w was."""

    def program(**inputs: Any) -> object:  # noqa: ANN401 - numbers and arrays
        before = inputs["w"].copy()
        inputs["w"] += np.asarray(step(**inputs), np.float32)
        return before

    return computing(program)


def test_inputs_that_are_used_are_not_named() -> None:
    """A program that uses all its inputs gets no remark, however wrong it is."""
    program = moves(lambda x, w, lr, epochs: -3 * lr * epochs * x * w)

    assert unused(program) == ()


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        (lambda x, w, lr, epochs: -0.07 * epochs * x * w, ("lr",)),  # noqa: ARG005
        (lambda x, w, lr, epochs: -lr * 50 * x * w, ("epochs",)),  # noqa: ARG005
        (lambda x, w, lr, epochs: x * w, ("lr", "epochs")),  # noqa: ARG005
        (lambda x, w, lr, epochs: lr * epochs * w, ("x",)),  # noqa: ARG005
    ],
    ids=["lr", "epochs", "both", "x"],
)
def test_inputs_that_make_no_difference_are_named(
    step: Callable[..., object], expected: tuple[str, ...]
) -> None:
    """A fixed number or another variable instead of an input is seen, whatever its value is."""
    assert unused(moves(step)) == expected


def test_leaf_that_is_not_looked_at_is_named() -> None:
    """A program that computes with weights of its own does not use w."""
    program = computing(lambda x, w, lr, epochs: 3 * x * lr * epochs)  # noqa: ARG005

    assert unused(program) == ("w",)


def test_input_of_which_only_the_order_does_not_matter_is_used() -> None:
    """A mean stays the same when samples change places, but not with other samples."""
    program = computing(lambda x, w, lr, epochs: x.mean() * w * lr * epochs)

    assert unused(program) == ()


def test_input_that_is_only_compared_is_used() -> None:
    """Labels that are rounded stay the same when they change a little, but not in another order."""
    program = computing(lambda x, w, lr, epochs: (x > 0.9) * w * lr * epochs)

    assert unused(program) == ()


def test_input_is_used_if_it_matters_once() -> None:
    """An input that matters to a single one of the questions is used."""
    program = computing(lambda x, w, lr, epochs: x * w * epochs * (lr if epochs < 3 else 1))

    assert unused(program) == ()


def test_leaf_that_moves_is_used_though_nothing_is_returned() -> None:
    """Where w ends is what a step is about, so its start has a part in it."""

    def program(x: Any, w: Any, lr: float, epochs: float) -> None:  # noqa: ANN401 - arrays
        w -= np.float32(lr * epochs) * x * w

    assert unused(computing(program)) == ()


def test_leaf_that_is_set_to_fixed_values_is_not_used() -> None:
    """Training that starts somewhere else ends in the same place wherever w was."""

    def program(x: Any, w: Any, lr: float, epochs: float) -> None:  # noqa: ANN401 - arrays
        w[:] = np.float32(lr * epochs) * x

    assert unused(computing(program)) == ("w",)


def test_smaller_count_is_tried_where_larger_ones_cannot_matter() -> None:
    """A batch can't have more samples than there are, so a larger batch_size changes nothing."""
    program = computing(lambda x, w, lr, epochs: x * w * lr * min(epochs, 2))

    cases = [{**case, "epochs": 2 + place} for place, case in enumerate(CASES)]
    assert unused(program, cases) == ()


def test_program_that_uses_next_to_nothing_gets_no_remark() -> None:
    """Where most inputs make no difference, the cause is another one."""
    assert unused(computing(lambda x, w, lr, epochs: epochs)) == ()  # noqa: ARG005


def test_program_that_overflows_gets_no_remark() -> None:
    """Times infinity, no other number makes a difference."""
    infinity = np.float32(np.inf)
    program = computing(
        lambda x, w, lr, epochs: np.concatenate([infinity * (x + 0.5) * lr, w * epochs])
    )

    assert unused(program) == ()


def test_program_that_does_nothing_gets_no_remark() -> None:
    """No input could make a difference to it."""
    assert unused(computing(lambda x, w, lr, epochs: None)) == ()  # noqa: ARG005


def test_one_question_proves_nothing() -> None:
    """The same answer to one question may be chance."""
    program = computing(lambda x, w, lr, epochs: x * w * epochs)  # noqa: ARG005

    assert unused(program, CASES[:1]) == ()


def test_program_that_raises_with_other_values_gets_no_remark() -> None:
    """An exception is not the same answer."""
    known = [encode_input(case["lr"]) for case in CASES]
    answer = computing(lambda x, w, lr, epochs: x * w * epochs)  # noqa: ARG005

    def observe(request: Any) -> Any:  # noqa: ANN401 - requests and observations
        is_known = request.inputs["lr"] in known
        return answer(request) if is_known else raised("ValueError", "lr")

    assert unused(observe) == ()


def test_no_time_is_no_remark() -> None:
    """Nothing is asked when the submission's time is up."""

    def fail(_request: object) -> Any:  # noqa: ANN401 - never returns
        raise AssertionError

    assert find_unused("f", (), (), fail, has_time=lambda: False) == ()


def test_words_name_the_inputs() -> None:
    """The sentences fit one input and several."""
    assert describe_unused("f", ()) == hint_to_use(()) == ""
    assert describe_unused("f", ("lr",)) == "tried with other values of lr: f() does the very same"
    assert "of lr or of epochs:" in describe_unused("f", ("lr", "epochs"))
    assert hint_to_use(("x", "lr", "w")).startswith("Use the x, lr and w that")
