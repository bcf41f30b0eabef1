"""Programs, what they are asked and what they answer, for tests of what is said of that."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from fakes import computing, raised

from grader.checks.check import Check
from grader.checks.facts import Facts
from grader.checks.inputs import encode_input
from grader.checks.misconceptions import Misconception
from grader.checks.questions import Question
from grader.diagnosis.fingerprint import fingerprint
from grader.observations.asking import Observe
from grader.observations.messages import CallRequest, Observation, Request


def answering(program: Callable[..., Any]) -> Observe:
    """Make a program answer as a child does: what it raises is an answer too.

    Args:
        program: Takes the inputs by name, and may change the arrays in place.
    """

    def compute(**inputs: object) -> object:
        value = program(**inputs)
        return value.item() if isinstance(value, np.generic) else value

    def answer(request: Request) -> Observation:
        try:
            return computing(compute)(request)
        except (AttributeError, IndexError, TypeError, ValueError) as error:
            return raised(type(error).__name__, "of the program")

    return answer


def known_answers(
    ask_known: Callable[[Misconception, Request], Observation],
) -> Callable[[Misconception, Question], object]:
    """Return the fingerprints of what the programs of misconceptions answer, as an oracle does."""
    return lambda one, question: fingerprint(question, ask_known(one, question.request))


def ask(
    right: Callable[..., Any],
    answer: Observe,
    cases: Sequence[dict[str, object]],
    *,
    times: int = 1,
    facts: Facts | None = None,
) -> tuple[list[Question], list[Observation]]:
    """Ask a program about some inputs.

    Args:
        right: Computes the right answer from the inputs by name.
        answer: Answers for the submission.
        cases: The inputs of each question.
        times: How many times each question calls it.
        facts: What matters in an answer.

    Returns:
        The questions with the right answers, and the submission's answers.
    """
    check = Check(id="f/values", function="f", title="T", hint="", points=1, key=0, facts=facts)
    expect = answering(right)
    questions = []
    for case in cases:
        request = CallRequest(
            function="f",
            inputs={name: encode_input(one) for name, one in case.items()},
            times=times,
        )
        questions.append(Question(check=check, request=request, expected=expect(request)))
    return questions, [answer(question.request) for question in questions]
