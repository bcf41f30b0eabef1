"""Whether an answer has everything that was asked for, and nothing else."""

import pytest
from fakes import answered, returned, step

from grader.observations.asking import answer_at_once, is_complete
from grader.observations.messages import (
    CallRequest,
    Observation,
    ReadRequest,
    Request,
    ScriptRequest,
)
from grader.observations.scripts import Constant, Operand, Sequence, Table, ValueOf
from grader.observations.values import InputValue, Number, Opaque, Text

VALUE = ValueOf(place=0)


def script(part: Operand, **inputs: object) -> ScriptRequest:
    """Ask for what a script returns."""
    sent: dict[str, InputValue] = {name: Number(value=1) for name in inputs}
    return ScriptRequest(function="f", operations=(), returned=part, inputs=sent)


def table(**parts: Operand) -> Table:
    """Return a dict of operands."""
    return Table(
        entries=tuple((Constant(value=Text(text=name)), one) for name, one in parts.items())
    )


PAIR = Sequence(is_tuple=True, items=(VALUE, VALUE))


@pytest.mark.parametrize(
    ("part", "value", "is_whole"),
    [
        (VALUE, 3, True),
        (VALUE, {"a": [1, 2]}, True),
        (VALUE, Opaque(type_name="Net"), True),
        (PAIR, (1, 2), True),
        (PAIR, [1, 2], True),
        (PAIR, (1,), False),
        (PAIR, (1, 2, 3), False),
        (PAIR, 3, False),
        (PAIR, {"a": 1, "b": 2}, False),
        (Sequence(is_tuple=False, items=()), [], True),
        (table(a=VALUE, b=PAIR), {"a": 1, "b": (1, 2)}, True),
        (table(a=VALUE, b=PAIR), {"a": 1, "b": (1,)}, False),
        (table(a=VALUE, b=PAIR), {"a": 1}, False),
        (table(a=VALUE), {"a": 1, "b": 2}, False),
        (table(a=VALUE), [1], False),
        (Sequence(is_tuple=False, items=(table(a=VALUE),)), [{"a": 1}], True),
        (Sequence(is_tuple=False, items=(table(a=VALUE),)), [{}], False),
    ],
)
def test_answer_to_a_script_has_the_containers_that_the_script_returns(
    part: Operand, value: object, *, is_whole: bool
) -> None:
    """What is in a value of the submission's own may be anything."""
    assert is_complete(returned(value), script(part)) is is_whole


@pytest.mark.parametrize(
    ("answer", "is_whole"),
    [
        (returned(3, x=1, w=2), True),
        (returned(3, x=1), False),
        (returned(3, x=1, w=2, other=3), False),
        (answered(), False),
        (answered(step(3, x=1, w=2), step(3, x=1, w=2)), False),
    ],
)
def test_answer_to_a_script_has_one_step_with_every_input(
    answer: Observation, *, is_whole: bool
) -> None:
    """No input is left out or made up."""
    assert is_complete(answer, script(VALUE, x=1, w=2)) is is_whole


@pytest.mark.parametrize(
    ("request_", "answer", "is_whole"),
    [
        (ReadRequest(function="w"), returned(1), True),
        (ReadRequest(function="w"), answered(), False),
        (CallRequest(function="f", inputs={}), returned(1), True),
        (CallRequest(function="f", inputs={}, times=2), returned(1), False),
        (CallRequest(function="f", inputs={}, differentiate=("x",)), returned(1), False),
        (
            CallRequest(function="f", inputs={}, differentiate=("x",)),
            answered(step(1, gradients={"x": 2})),
            True,
        ),
        (CallRequest(function="f", inputs={"x": Number(value=1)}), returned(1), False),
    ],
)
def test_answer_to_a_call_has_each_step_input_and_gradient(
    request_: Request, answer: Observation, *, is_whole: bool
) -> None:
    """A value that is read has one step."""
    assert is_complete(answer, request_) is is_whole


def test_answer_at_once_waits_before_it_returns() -> None:
    """Then one session can answer for both sides."""
    waited = []

    def ask(request: Request) -> object:
        def wait() -> Observation:
            waited.append(request)
            return returned(1)

        return wait

    request = ReadRequest(function="w")
    answer = answer_at_once(ask)(request)  # type: ignore[arg-type]

    assert waited == [request]
    assert answer() == returned(1)
    assert waited == [request]
