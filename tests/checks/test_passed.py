"""Answers with which a check has passed are not judged again, and no others are taken for them."""

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
from fakes import RecordedSession, Rule, computing, ended, raised, returned

from grader.checks import passed as module
from grader.checks.assignment import Assignment
from grader.checks.check import Check
from grader.checks.check_run import CheckRun, Student
from grader.checks.compare import expect_close
from grader.checks.inputs import tensor
from grader.checks.passed import Asked, PassedAnswers, keeping
from grader.checks.probe import Probe
from grader.checks.questions import Question, record_questions
from grader.checks.run import run_phase
from grader.checks.units import Unit
from grader.checks.verdict import NoAnswerError, WrongError
from grader.observations.messages import (
    CallRequest,
    Observation,
    Outcome,
    ReadRequest,
    Request,
)
from grader.report.model import AssignmentInfo, Status, Visibility

Body = Callable[[Probe], None]

ASSIGNMENT = Assignment(
    info=AssignmentInfo(id="tiny", title="Tiny", version="1"),
    units=(
        Unit(name="mse", parameters=("n",)),
        Unit(name="update", parameters=("n",), collaborators=("mse",)),
    ),
    folder=Path("/nowhere"),
    reference="",
    reference_path=Path("reference.py"),
    points=100,
)
NUMBERS = (1, 2, 3, 4)


def is_double(probe: Probe) -> None:
    """Require twice the input, of some inputs."""
    for number in NUMBERS:
        got, want = probe.both(n=number)
        expect_close(got.array(), want.array(), f"{probe.name}(n)")


def asks_on(probe: Probe) -> None:
    """Ask for what was answered, too."""
    got = probe.student(n=1)
    again = probe.student(n=tensor(got.array()))
    expect_close(again.array(), 2 * got.array(), "n")


def stops_early(probe: Probe) -> None:
    """Ask only once if the first answer is negative, which is right as well."""
    got, want = probe.both(n=1)
    if float(got.array()) > 0:
        probe.student(n=2)
    expect_close(abs(got.array()), want.array(), "n")


def may_raise(probe: Probe) -> None:
    """Let a submission raise."""
    try:
        probe.student(n=1)
    except NoAnswerError:
        return


DOUBLING: Rule = computing(lambda n: 2.0 * float(n))


class Classmates:
    """A class of submissions that are asked the same, one after the other.

    Attributes:
        judged: The ids of the checks whose bodies have run.
    """

    def __init__(self, body: Body = is_double, *, function: str = "mse") -> None:
        self.check = Check(
            id=f"{function}/doubles", function=function, title="", hint="", points=1.0, key=0
        )
        self.judged: list[str] = []
        self.passed = PassedAnswers()
        self.visibility: dict[str, Visibility] = {}
        self._body = body
        self.reference = RecordedSession(mse=DOUBLING, update=DOUBLING)

    def run_body(self, check: Check, probe: Probe) -> BaseException | None:
        """Run the body as the plugin does, and count it."""
        self.judged.append(check.id)
        try:
            self._body(probe)
        except (WrongError, NoAnswerError) as error:
            return error
        return None

    def questions(self, name: str) -> list[Question]:
        """List what the reference is asked."""
        return record_questions(
            [self.check],
            lambda _check, probe: self._body(probe),
            function=ASSIGNMENT.unit(name),
            seed=1,
            expect=self.reference.ask,
        )

    def grade(self, own: Rule, lent: Rule | None = None, *, helper: Rule = DOUBLING) -> Status:
        """Grade a submission, and return how the check has ended."""
        self.asked = RecordedSession(**{"mse": helper, self.check.function: own})
        self.asked_lent = RecordedSession(**{self.check.function: lent or own})
        student = Student(
            observe=self.asked.observe, observe_with_lent=lambda _: self.asked_lent.observe
        )
        helpers = [replace(self.check, id="mse/helps", function="mse", key=1)] * (
            self.check.function != "mse"
        )
        run = CheckRun(
            assignment=replace(ASSIGNMENT, visibility=self.visibility),
            seed=1,
            visible=student,
            hidden=student,
            expect=self.reference.ask,
            ask_reference=lambda _: self.reference.ask,
            foreseen=lambda name: self.questions(name) if name == self.check.function else (),
            passed=self.passed,
        )
        run.choose([*helpers, self.check])
        for phase in run.phases:
            run_phase(self.run_body, run=run, phase=phase)
        self.judged = [one for one in self.judged if one == self.check.id]
        return run.results[self.check.id].status


def test_same_answers_are_not_judged_again() -> None:
    """The second submission is asked the same, and the check itself does not run."""
    students = Classmates()

    assert [students.grade(DOUBLING) for _ in range(3)] == [Status.PASSED] * 3

    assert len(students.judged) == 1
    assert students.asked.times_asked("mse") == len(NUMBERS)


@pytest.mark.parametrize("place", NUMBERS)
def test_answer_that_differs_in_the_last_bit_is_judged(place: int) -> None:
    """Only equal bits are the same answer; what was asked already is not asked again."""

    def nearly(n: float) -> float:
        return math.nextafter(2.0 * n, 9.0) if n == place else 2.0 * n

    students = Classmates()
    students.grade(DOUBLING)

    assert students.grade(computing(nearly)) is Status.PASSED
    assert len(students.judged) == 2
    assert students.asked.times_asked("mse") == len(NUMBERS)
    assert students.grade(computing(nearly)) is Status.PASSED  # and now it is known, too
    assert len(students.judged) == 2


@pytest.mark.parametrize("place", NUMBERS)
def test_wrong_answer_after_known_ones_fails(place: int) -> None:
    """The beginning of what has passed proves nothing."""
    students = Classmates()
    students.grade(DOUBLING)

    wrong = computing(lambda n: 2.0 * n + (n == place))

    assert [students.grade(wrong) for _ in range(2)] == [Status.FAILED] * 2
    assert len(students.judged) == 3
    assert students.grade(DOUBLING) is Status.PASSED


@pytest.mark.parametrize(
    "change",
    [
        lambda answer: msgspec.structs.replace(answer, outcome=Outcome.RAISED),
        lambda answer: msgspec.structs.replace(answer, steps=answer.steps * 2),
        lambda answer: msgspec.structs.replace(
            answer, steps=(msgspec.structs.replace(answer.steps[0], inputs={}),)
        ),
        lambda _: ended(Outcome.TIME_LIMIT),
        lambda _: raised("ValueError"),
    ],
    ids=["outcome", "steps", "inputs", "limit", "raised"],
)
def test_every_part_of_an_answer_counts(change: Callable[[Observation], Observation]) -> None:
    """What a check could look at is compared, not only the returned value."""
    students = Classmates()
    students.grade(DOUBLING)

    students.grade(lambda request: change(DOUBLING(request)))

    assert len(students.judged) == 2


def test_failed_check_is_judged_each_time() -> None:
    """A failure has messages, which belong to its submission."""
    students = Classmates()

    wrong = computing(lambda n: 3.0 * n)

    assert [students.grade(wrong) for _ in range(3)] == [Status.FAILED] * 3
    assert len(students.judged) == 3


def test_check_that_asks_for_what_was_answered_is_judged() -> None:
    """If the answers are others than the reference's, what is asked next is something else."""
    students = Classmates(asks_on)

    tripling_first = computing(lambda n: 3.0 if isinstance(n, float) else float(2 * n))

    assert [students.grade(tripling_first) for _ in range(2)] == [Status.PASSED] * 2
    assert len(students.judged) == 2


def test_check_that_stopped_early_is_judged() -> None:
    """A submission that was asked less than the reference is no example for others."""
    students = Classmates(stops_early)
    negative = computing(lambda n: -2.0 * n)

    assert [students.grade(negative) for _ in range(2)] == [Status.PASSED] * 2
    assert [students.grade(DOUBLING) for _ in range(2)] == [Status.PASSED] * 2

    assert len(students.judged) == 3


def test_check_that_passes_without_an_answer_is_judged() -> None:
    """Where a submission raises, or hits a limit, nothing is remembered."""
    students = Classmates(may_raise)

    for answer in (raised("ValueError"), ended(Outcome.TIME_LIMIT)):
        assert [students.grade(lambda _, it=answer: it) for _ in range(2)] == [Status.PASSED] * 2  # type: ignore[misc]

    assert len(students.judged) == 4


def test_hidden_checks_are_remembered_too() -> None:
    """Who sees a check makes no difference."""
    students = Classmates()
    students.visibility = {"": Visibility.HIDDEN}

    assert [students.grade(DOUBLING) for _ in range(2)] == [Status.PASSED] * 2

    assert len(students.judged) == 1


def test_attempts_with_lent_helpers_are_remembered_too() -> None:
    """A unit that is right with right helpers has the answers of one that is right at once."""
    students = Classmates(function="update")
    wrong = computing(lambda n: 1.0 * n)

    results = [students.grade(wrong, lent=DOUBLING, helper=wrong) for _ in range(2)]

    assert results == [Status.PASSED] * 2
    # The attempt with the wrong helper fails each time; the one with right helpers is known.
    assert len(students.judged) == 3
    assert students.grade(DOUBLING) is Status.PASSED
    assert len(students.judged) == 3


def test_checks_do_not_share_their_answers() -> None:
    """The same answers to another check prove nothing."""
    students = Classmates()
    students.grade(DOUBLING)
    students.check = replace(students.check, id="mse/other")

    assert students.grade(DOUBLING) is Status.PASSED
    assert students.judged == ["mse/other"]


# --- by itself ----------------------------------------------------------------------------

CHECK = Classmates().check


def call(number: float) -> CallRequest:
    """Make a request."""
    return CallRequest(function="mse", inputs={}, seed=int(number))


def asked_of(*requests: Request) -> list[Question]:
    """Make the questions of a check."""
    return [Question(check=CHECK, request=one, expected=returned(1.0)) for one in requests]


def remember(passed: PassedAnswers, *requests: Request, answer: float = 1.0) -> None:
    """Note that the check has passed with an answer to each request."""
    passed.add(CHECK, asked_of(*requests), noted(*requests, answer=answer), {"name"})


def noted(*requests: Request, answer: float = 1.0) -> list[Asked]:
    """Ask, and return what is noted of that."""
    asked: list[Asked] = []
    ask = keeping(lambda _: returned(answer), asked)
    for one in requests:
        ask(one)
    return asked


def test_names_that_were_used_come_back() -> None:
    """Which helpers a script has used decides who is blamed."""
    passed = PassedAnswers()
    remember(passed, call(1), call(2))

    used, _ = passed.replay(CHECK, asked_of(call(1), call(2)), lambda _: returned(1.0))

    assert used == frozenset({"name"})


def test_beginning_of_what_has_passed_is_not_enough() -> None:
    """A check that asks less may be one that asks otherwise."""
    passed = PassedAnswers()
    remember(passed, call(1), call(2))

    used, _ = passed.replay(CHECK, asked_of(call(1)), lambda _: returned(1.0))

    assert used is None


@pytest.mark.parametrize("questions", [[], [call(1)], [call(2), call(1)], [call(1)] * 3])
def test_what_was_not_foreseen_is_not_remembered(questions: Sequence[Request]) -> None:
    """Exactly the questions of the reference were asked, or nothing is remembered."""
    passed = PassedAnswers()

    passed.add(CHECK, asked_of(*questions), noted(call(1), call(1)), ())
    used, _ = passed.replay(CHECK, asked_of(call(1), call(1)), lambda _: returned(1.0))

    assert used is None


def test_nothing_is_asked_where_nothing_is_foreseen() -> None:
    """Without questions the check runs as ever."""
    session = RecordedSession(mse=DOUBLING)

    used, _ = PassedAnswers().replay(CHECK, [], session.observe)

    assert used is None
    assert session.requests == []


def test_answers_are_used_only_in_their_order() -> None:
    """After something else was asked, the submission may be in another state."""
    passed = PassedAnswers()
    remember(passed, call(1), call(2), call(3))
    session = RecordedSession(mse=[returned(1.0), returned(1.0), returned(5.0), returned(7.0)])
    _, observe = passed.replay(CHECK, asked_of(call(1), call(2), call(3)), session.observe)
    assert len(session.requests) == 3

    answers = [observe(one) for one in (call(1), ReadRequest(function="mse"), call(3))]

    assert answers == [returned(1.0), returned(7.0), returned(7.0)]


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """After so many answers, new ones are judged, and known ones are still known."""
    monkeypatch.setattr(module, "_MOST_STATES", 3)
    passed = PassedAnswers()
    for number in range(9):
        remember(passed, call(1), answer=float(number))

    known = [
        passed.replay(CHECK, asked_of(call(1)), lambda _, it=number: returned(float(it)))[0]  # type: ignore[misc]
        for number in range(9)
    ]

    assert 3 <= sum(one is not None for one in known) <= 5
    assert known[0] == frozenset({"name"})
