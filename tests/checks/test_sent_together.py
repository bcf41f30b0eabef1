"""What is sent before it is asked for: nothing that has a right answer in it."""

import pytest
from fakes import array, returned

from grader.checks.check import Check
from grader.checks.inputs import encode_input
from grader.checks.questions import Question, sent_together
from grader.observations.messages import CallRequest, Observation

CHECK = Check(id="f/a", function="f", title="", hint="", points=1, key=0)
X = array([1.0, 2.5, -3.0])
RIGHT = array([2.0, 5.0, -6.0])


def question(value: object, expected: Observation) -> Question:
    """Ask for f(x)."""
    given = value if hasattr(value, "data") else encode_input(value)
    request = CallRequest(function="f", inputs={"x": given})  # type: ignore[dict-item]
    return Question(check=CHECK, request=request, expected=expected)


@pytest.mark.parametrize(
    ("right", "expected"),
    [
        (RIGHT, returned(RIGHT)),
        (RIGHT, returned((1.0, [RIGHT]))),
        (0.3125, returned(0.3125)),
    ],
    ids=["array", "nested array", "number"],
)
def test_request_with_an_earlier_right_answer_is_not_sent_ahead(
    right: object, expected: Observation
) -> None:
    """A check of f(f(x)) gives the right f(x) back, which must not be there while f(x) is asked."""
    questions = [question(X, expected), question(X, expected), question(right, returned(7.5))]

    assert sent_together(questions) == [one.request for one in questions[:2]]


def test_inputs_that_stay_the_same_end_nothing() -> None:
    """What is in a question itself is no secret, nor is an array of a single number."""
    ones = array([1.0, 1.0, 1.0])
    questions = [question(X, returned(X)), question(X, returned(ones)), question(ones, returned(2))]

    assert sent_together(questions) == [one.request for one in questions]
