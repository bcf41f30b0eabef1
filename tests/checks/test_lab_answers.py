"""The concept questions: how a letter may be written, and what is said of anything else."""

import importlib
from typing import Any

import pytest

from grader.checks.assignment import load_assignment
from grader.checks.definitions import definitions
from grader.checks.plugin import MARKERS
from grader.checks.probe import Result
from grader.checks.verdict import UnwrittenError, WrongError
from grader.observations.messages import Step
from grader.observations.values import AnyValue, Items, Mapping, Nothing, Number, Text

QUESTION = "sgd"


@pytest.fixture(autouse=True, scope="module")
def _answers(pytestconfig: pytest.Config) -> None:
    """Import the checks, whose marks pytest has to know."""
    for marker in MARKERS:
        pytestconfig.addinivalue_line("markers", marker)
    global ANSWERS  # noqa: PLW0603 - it can't be imported before
    ANSWERS = importlib.import_module("grader.assignments.lab4.check_answers")


ANSWERS: Any = None


class FakeProbe:
    """A probe on a submission with these answers, where ``g`` is right."""

    def __init__(self, answers: AnyValue) -> None:
        self._answers = answers

    def read(self) -> tuple[Result, Result]:
        """Return the answers of the submission and of the reference."""
        right = as_mapping({QUESTION: Text(text="g")})
        return tuple(
            Result("ANSWERS", (Step(returned=value, inputs={}),))
            for value in (self._answers, right)
        )  # type: ignore[return-value]  # two


def as_mapping(answers: dict[str, AnyValue]) -> Mapping:
    """Make the dict of a submission."""
    return Mapping(entries=tuple((Text(text=key), value) for key, value in answers.items()))


def judge(answers: AnyValue) -> str:
    """Return the message of the verdict on one question; empty if the answer is right."""
    try:
        ANSWERS.check_answers_are_right(FakeProbe(answers), QUESTION)
    except (WrongError, UnwrittenError) as verdict:
        return str(verdict)
    return ""


@pytest.mark.parametrize("text", ["g", "G", "g)", "(g)", "G.", " g ", "[g]", "'g'", "g:", "*g*"])
def test_letter_counts_however_it_is_written(text: str) -> None:
    """Case, brackets and punctuation around a letter don't matter."""
    assert judge(as_mapping({QUESTION: Text(text=text)})) == ""
    assert judge(as_mapping({QUESTION: Text(text=text.lower().replace("g", "b"))})) == (
        "'b' is not the right answer to sgd"
    )


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (Text(text="g h"), "'g h', the answer to sgd, is not one letter"),
        (Text(text="stochastic gradient descent, that is"), "'stochastic gradient"),
        (Text(text="7"), "'7', the answer to sgd, is not one letter"),
        (Text(text="?!"), "'?!', the answer to sgd, is not one letter"),
        (Text(text="ä"), "'ä', the answer to sgd, is not one letter"),
        (Number(value=7, kind="int"), "the answer to sgd is a number, not a letter"),
        (
            Items(kind="list", items=(Text(text="g"),), is_cut=False),
            "the answer to sgd is a list of 1 item, not a letter",
        ),
    ],
)
def test_anything_else_is_shown_with_what_an_answer_looks_like(
    answer: AnyValue, message: str
) -> None:
    """What is not a letter has a message of its own, and the hint shows a letter."""
    with pytest.raises(WrongError) as wrong:
        ANSWERS.check_answers_are_right(FakeProbe(as_mapping({QUESTION: answer})), QUESTION)

    assert wrong.value.message.startswith(message)
    assert 'such as "a"' in wrong.value.hint


@pytest.mark.parametrize(
    ("answers", "message"),
    [
        ({}, "sgd is not answered yet"),
        ({"sgd": Text(text="")}, "sgd is not answered yet"),
        ({"sgd": Text(text="  ")}, "sgd is not answered yet"),
        ({"sgd": Nothing()}, "sgd is not answered yet"),
        ({"SGD": Text(text="g")}, "sgd is not answered; 'SGD' is not a question"),
        ({"sdg": Text(text="g")}, "sgd is not answered; 'sdg' is not a question"),
        ({"sgd": Text(text=""), "sdg": Text(text="g")}, "sgd is not answered yet"),
        ({"epoch": Text(text="g")}, "sgd is not answered yet"),
        (
            {one: Text(text="x") for one in "abcd"},
            "sgd is not answered; ANSWERS has 'a', 'b', 'c', ..., which no question is called",
        ),
    ],
)
def test_unanswered_question_is_missing_and_an_unknown_one_is_named(
    answers: dict[str, AnyValue], message: str
) -> None:
    """A key that is close to a question is named, since it was meant."""
    with pytest.raises(UnwrittenError, match=f"^{message}$"):
        ANSWERS.check_answers_are_right(FakeProbe(as_mapping(answers)), QUESTION)


def test_every_question_of_the_lab_is_checked() -> None:
    """The reference answers exactly the questions that are checked."""
    namespace: dict[str, Any] = {"__name__": "reference"}
    exec(definitions(load_assignment().reference), namespace)  # noqa: S102 - our own

    assert set(namespace["ANSWERS"]) == set(ANSWERS.QUESTIONS)
