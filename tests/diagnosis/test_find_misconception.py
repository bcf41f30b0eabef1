"""Finding the misconception: it fits on every input, and no other one does."""

from collections.abc import Callable
from pathlib import Path

import pytest
from fakes import array, raised, returned
from program_answers import known_answers

from grader.checks.check import Check
from grader.checks.misconceptions import Misconception
from grader.checks.questions import Question
from grader.diagnosis.find_misconception import find_misconception
from grader.diagnosis.fingerprint import fingerprint, is_same
from grader.observations.messages import CallRequest, Observation, Request
from grader.observations.values import Number

CHECK = Check(id="f/a", function="f", title="", hint="", points=1, key=0)


def known(name: str) -> Misconception:
    """Make a misconception."""
    return Misconception(
        id=f"f/{name}",
        function="f",
        name=f"f__{name}",
        title="It is wrong.",
        hint="Look again.",
        section="",
        source="",
        path=Path("wrong.py"),
        line=1,
    )


DOUBLE, TRIPLE, SQUARE = known("double"), known("triple"), known("square")
PROGRAMS = {DOUBLE.id: lambda n: 2 * n, TRIPLE.id: lambda n: 3 * n, SQUARE.id: lambda n: n * n}


class Programs:
    """Answers for the misconceptions, and records which one was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def ask(self, one: Misconception, request: Request) -> Observation:
        """Return what the program of a misconception would answer."""
        assert isinstance(request, CallRequest)
        number = request.inputs["n"]
        assert isinstance(number, Number)
        self.asked.append(one.id)
        return returned(PROGRAMS[one.id](number.value))


def questions(*numbers: float) -> list[Question]:
    """Ask for f(n)."""
    return [
        Question(
            check=CHECK,
            request=CallRequest(function="f", inputs={"n": Number(value=n)}),
            expected=returned(n + 1),
        )
        for n in numbers
    ]


def find(
    candidates: tuple[Misconception, ...], numbers: tuple[float, ...], *answers: object
) -> Misconception | None:
    """Find the misconception of a submission that gives these answers."""
    return find_among(
        candidates, questions(*numbers), [returned(one) for one in answers], Programs().ask
    )


def find_among(
    candidates: tuple[Misconception, ...],
    asked: list[Question],
    answers: list[Observation],
    ask: Callable[[Misconception, Request], Observation],
) -> Misconception | None:
    """Find the misconception of a submission that answers questions like this."""
    given = list(map(fingerprint, asked, answers))
    right = [fingerprint(one, one.expected) for one in asked]
    known_answer = known_answers(ask)
    return find_misconception(
        candidates,
        given,
        lambda one, place: known_answer(one, asked[place]),
        wrong=[place for place, one in enumerate(given) if not is_same(one, right[place])],
    )


def test_only_one_that_fits_is_found() -> None:
    """The only misconception that fits on every input is found."""
    assert find((DOUBLE, TRIPLE, SQUARE), (1, 4), 2.0, array(8)) is DOUBLE


def test_none_is_found_where_none_fits() -> None:
    """A misconception is dropped at its first different answer."""
    assert find((DOUBLE, TRIPLE, SQUARE), (1, 4), 2.0, 9.0) is None


@pytest.mark.parametrize("order", [(DOUBLE, SQUARE), (SQUARE, DOUBLE)])
def test_none_is_found_where_two_fit(order: tuple[Misconception, ...]) -> None:
    """Nothing is found while two misconceptions fit, whatever their order."""
    assert find(order, (2,), 4.0) is None
    assert find(order, (2, 3), 4.0, 6.0) is DOUBLE


def test_nothing_is_found_where_nothing_is_known() -> None:
    """Nothing is found for a function without misconceptions."""
    assert find((), (1,), 2.0) is None


def test_nothing_is_known_without_a_question() -> None:
    """Without questions every misconception fits, so none is found."""
    assert find((DOUBLE, TRIPLE), ()) is None


def test_misconception_that_does_not_fit_is_not_asked_again() -> None:
    """A misconception that has given a different answer is not asked again."""
    programs = Programs()
    answers = [returned(2.0), returned(8.0)]

    find_among((DOUBLE, TRIPLE, SQUARE), questions(1, 4), answers, programs.ask)

    assert programs.asked == [DOUBLE.id, TRIPLE.id, SQUARE.id, DOUBLE.id]


def test_misconception_may_be_an_exception() -> None:
    """A misconception fits if it raises the same exception on the same inputs."""
    answers = [raised("RuntimeError", "a leaf can't be changed")]

    found = find_among((DOUBLE,), questions(1), answers, lambda _one, _request: answers[0])
    other = find_among(
        (DOUBLE,), questions(1), answers, lambda _one, _request: raised("ValueError", "a leaf")
    )

    assert found is DOUBLE
    assert other is None
