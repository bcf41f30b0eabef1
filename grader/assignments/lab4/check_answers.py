"""Checks of ANSWERS: the concept questions, one letter each."""

import difflib
import re

import pytest

from grader.checks.compare import name_kind
from grader.checks.probe import Probe, Result
from grader.checks.verdict import UnwrittenError, WrongError
from grader.observations.messages import Request
from grader.observations.values import AnyValue, Mapping, Nothing, Text
from grader.report.shorten import MAX_NAME, shorten

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


# A letter, however it is written in a list of choices: "b", "B", "b)", "(b)", "b.".
_LETTER = re.compile(r"\W*([a-z])\W*", re.IGNORECASE | re.ASCII)
_SHOWN = 30
_HINT = 'An answer is one letter in quotes, such as "a".'
_HINT_OF_DICT = 'Write a letter for the name of each question: ANSWERS = {"ones_column": "a", ...}.'
_MOST_SHOWN = 3
_MOST_UNKNOWN = 50  # keys that are compared with the questions


def _answers(result: Result) -> dict[str, AnyValue]:
    """Return what is answered to each question, and to what is not one."""
    value = result.returned()
    if not isinstance(value, Mapping):
        raise WrongError(f"ANSWERS is {name_kind(value)}, not a dict", hint=_HINT_OF_DICT)
    return {key.text: answer for key, answer in value.entries if isinstance(key, Text)}


def _letter(answer: AnyValue | None, question: str) -> str:
    """Return the letter of an answer, in lower case; empty if there is none yet."""
    if answer is None or isinstance(answer, Nothing):
        return ""
    if not isinstance(answer, Text):
        raise WrongError(
            f"the answer to {question} is {name_kind(answer)}, not a letter", hint=_HINT
        )
    text = answer.text.strip()
    found = _LETTER.fullmatch(text[:_SHOWN])
    if text and found is None:
        shown = shorten(text, _SHOWN)
        raise WrongError(f"{shown!r}, the answer to {question}, is not one letter", hint=_HINT)
    return found[1].lower() if found is not None else ""


def _describe_unanswered(question: str, answers: dict[str, AnyValue]) -> str:
    unknown = [name for name in answers if name not in QUESTIONS]
    folded = {name[:MAX_NAME].casefold(): name for name in unknown[:_MOST_UNKNOWN]}
    close = [folded[name] for name in difflib.get_close_matches(question.casefold(), folded, n=1)]
    if question in answers or not unknown:
        return f"{question} is not answered yet"
    if close:
        return f"{question} is not answered; {shorten(close[0], MAX_NAME)!r} is not a question"
    shown = ", ".join(repr(shorten(name, MAX_NAME)) for name in unknown[:_MOST_SHOWN])
    more = ", ..." if len(unknown) > _MOST_SHOWN else ""
    return f"{question} is not answered; ANSWERS has {shown}{more}, which no question is called"


@pytest.mark.points(0.5)
@pytest.mark.parametrize("question", QUESTIONS)
def check_answers_are_right(probe: Probe, question: str) -> None:
    """Question

    Read the section of the lab that the question belongs to again.
    """
    student, reference = probe.read()
    answers = _answers(student)
    letter = _letter(answers.get(question), question)
    if not letter:
        raise UnwrittenError(_describe_unanswered(question, answers))
    if letter != _letter(_answers(reference).get(question), question):
        raise WrongError(f"{letter!r} is not the right answer to {question}")


def facts(_request: Request, result: Result, *, case: str) -> dict[str, object]:
    """Return the letter that answers the one question of this check."""
    return {"letter": _letter(_answers(result).get(case), case)}
