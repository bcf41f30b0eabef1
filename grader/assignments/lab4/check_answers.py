"""Checks of ANSWERS: the concept questions, one letter each."""

import pytest

from grader.checks.compare import name_kind
from grader.checks.probe import Probe, Result
from grader.checks.verdict import UnwrittenError, WrongError
from grader.observations.messages import Request
from grader.observations.values import Mapping, Text

pytestmark = [pytest.mark.function("ANSWERS"), pytest.mark.independent]

QUESTIONS = (
    "ones_column",
    "uniform_",
    "trailing_underscore",
    "gradient_of_w",
    "zero_grad",
    "learning_rate",
    "epoch",
    "minibatch",
    "sgd",
    "model",
    "parameters",
    "loss_function",
)


def _answer(result: Result, question: str) -> str:
    value = result.returned()
    if not isinstance(value, Mapping):
        raise WrongError(f"ANSWERS is {name_kind(value)}, not a dict")
    for key, answer in value.entries:
        if isinstance(key, Text) and key.text == question:
            return answer.text.strip().lower() if isinstance(answer, Text) else ""
    return ""


@pytest.mark.points(0.5)
@pytest.mark.parametrize("question", QUESTIONS)
def check_answers_are_right(probe: Probe, question: str) -> None:
    """Question

    Read the section of the lab that the question belongs to again.
    """
    student, reference = probe.read()
    answer = _answer(student, question)
    if not answer:
        raise UnwrittenError(f"{question} is not answered yet")
    if answer != _answer(reference, question):
        raise WrongError(f"{answer!r} is not the right answer to {question}")


def facts(_request: Request, result: Result, *, case: str) -> dict[str, object]:
    """Return the letter that answers the one question of this check."""
    return {"letter": _answer(result, case)}
