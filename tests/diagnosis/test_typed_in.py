"""Values that stay the same with other data: named only if that is proved."""

from collections.abc import Callable

import numpy as np
import pytest
from fakes import ended, raised, returned, value_of

from grader.checks.check import Check
from grader.checks.inputs import decode_input, encode_input
from grader.checks.questions import Question
from grader.diagnosis.remarks import Asked, find_remark
from grader.diagnosis.typed_in import describe_typed_in, find_typed_in, hint_to_compute
from grader.observations.messages import Observation, Outcome, ReadRequest, Request, ScriptRequest
from grader.observations.scripts import Name, ValueOf

CHECK = Check(id="total/values", function="total", title="", hint="", points=1, key=0)
Program = Callable[[float, float], object]


def answering(
    program: Program, *, x: float = 2.0, y: float = 3.0
) -> Callable[[Request], Observation]:
    """Answer as a submission with these data does, in which total is computed by a program."""

    def observe(request: Request) -> Observation:
        assert isinstance(request, ScriptRequest)
        assert request.is_rerun
        data: dict[str, object] = {"x": x, "y": y}
        data |= {name: decode_input(value) for name, value in request.given.items()}
        names = [one.name for one in request.operations if isinstance(one, Name)]
        if names == ["total"]:
            return returned(program(data["x"], data["y"]))  # type: ignore[arg-type]
        return returned({name: data[name] for name in names})

    return observe


def rerun(**given: object) -> ScriptRequest:
    """Ask for total with other data."""
    return ScriptRequest(
        function="total",
        operations=(Name(name="total"),),
        returned=ValueOf(place=0),
        is_rerun=True,
        given={name: encode_input(one) for name, one in given.items()},
    )


def found(program: Program, *requests: Request, **more: object) -> tuple[str, ...]:
    """Return what is found of a wrong program; right is the sum of x and y."""
    observe = answering(program, **more)  # type: ignore[arg-type]
    right = answering(lambda x, y: x + y)
    questions = [Question(check=CHECK, request=one, expected=right(one)) for one in requests]
    return find_typed_in(questions, [observe(one) for one in requests], observe)


FIRST, SECOND = rerun(x=10.0, y=1.0), rerun(x=20.0, y=2.0)


@pytest.mark.parametrize("value", [5.0, np.array([5.0]), [5.0]])
def test_value_that_stays_the_same_is_found(value: object) -> None:
    """It doesn't depend on what is fixed."""
    assert found(lambda _x, _y: value, FIRST, SECOND) == ("x", "y")


def test_wrong_value_that_depends_on_the_data_was_not_typed_in() -> None:
    """Its formula is wrong."""
    assert found(lambda x, y: x * y, FIRST, SECOND) == ()


def test_value_that_stays_the_same_with_one_of_two_other_data_is_not_found() -> None:
    """It may depend on them in another way."""
    assert found(lambda x, y: 5.0 if x < 15 else x * y, FIRST, SECOND) == ()


def test_right_value_is_not_asked_for() -> None:
    """With these data a constant may be right."""
    assert found(lambda _x, _y: 11.0, FIRST) == ()


def test_data_that_are_the_submissions_own_prove_nothing() -> None:
    """A wrong formula gives the same for the same data."""
    assert found(lambda x, y: x * y, FIRST, x=10.0, y=1.0) == ()


def test_questions_without_other_data_prove_nothing() -> None:
    """The submission is asked as it is."""
    assert found(lambda _x, _y: 7.0, rerun()) == ()
    assert found(lambda _x, _y: 7.0, rerun(), FIRST) == ("x", "y")


def test_answers_of_other_kinds_prove_nothing() -> None:
    """Nothing was returned, or nothing was fixed."""
    question = Question(check=CHECK, request=FIRST, expected=returned(11.0))
    read = Question(check=CHECK, request=ReadRequest(function="total"), expected=returned(5.0))
    observe = answering(lambda _x, _y: 5.0)

    for answer in (raised("ValueError"), ended(Outcome.TIME_LIMIT)):
        assert find_typed_in([question], [answer], observe) == ()
    assert find_typed_in([read], [returned(7.0)], observe) == ()


def test_nothing_is_asked_without_time() -> None:
    """Each question loads the submission once more."""
    question = Question(check=CHECK, request=FIRST, expected=returned(11.0))

    def observe(request: Request) -> Observation:
        raise AssertionError(request)

    assert find_typed_in([question], [returned(5.0)], observe, has_time=lambda: False) == ()


def test_remark_names_the_data_and_says_to_compute() -> None:
    """The words are those of the contract."""
    observe = answering(lambda _x, _y: 5.0)
    question = Question(check=CHECK, request=FIRST, expected=returned(value_of(11.0)))
    remark = find_remark(
        Asked(
            function="total",
            parameters=(),
            questions=[question],
            answers=[returned(5.0)],
            observe=observe,
            has_time=lambda: True,
            is_lent=False,
        )
    )

    assert remark.text == "with other values of x and y, total stays the same"
    assert remark.hint.startswith("Compute it from x and y, ")


def test_nothing_is_said_without_names() -> None:
    """Then something else is wrong."""
    assert (describe_typed_in("total", ()), hint_to_compute(())) == ("", "")
