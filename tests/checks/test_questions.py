"""Questions: requests of the checks, recorded while the reference answers for both sides."""

from collections.abc import Callable

import pytest
from fakes import RecordedSession, computing, returned

from grader.checks.check import Check
from grader.checks.compare import expect_close
from grader.checks.probe import Probe, derive_seed
from grader.checks.questions import Question, record_questions
from grader.checks.units import Unit, UnitKind
from grader.checks.verdict import NoAnswerError, WrongError
from grader.errors import CheckCrashedError
from grader.observations.messages import CallRequest, Observation, ReadRequest, Request

DOUBLE = Unit(name="double", parameters=("n",))
SEED = 11


def small_then_random(probe: Probe) -> None:
    """Ask twice: a failure at the first request would leave the second unasked."""
    for n in (3, float(probe.rng().uniform())):
        got, want = probe.both(n=n)
        expect_close(got.array(), want.array(), "double(n)")


def alone(probe: Probe) -> None:
    """Ask only the student."""
    probe.student(n=5, times=2)


def impossible(probe: Probe) -> None:
    """Fail whatever the answer is."""
    probe.student(n=1)
    raise WrongError("it is not seven")


BODIES: list[Callable[[Probe], None]] = [small_then_random, alone, impossible]


def check_of(body: int, function: str = "double") -> Check:
    """Make a check."""
    return Check(
        id=f"{function}/{body}", function=function, title="", hint="", points=1.0, key=body
    )


def run_body(check: Check, probe: Probe) -> BaseException | None:
    """Run the body of a check, and return its verdict, as the plugin does."""
    try:
        BODIES[check.key](probe)
    except (WrongError, NoAnswerError) as error:
        return error
    return None


def record(*checks: Check, reference: RecordedSession | None = None) -> list[Question]:
    """Record what some checks ask of a reference that doubles."""
    peer = reference or RecordedSession(double=computing(lambda n: 2 * n))
    return record_questions(checks, run_body, function=DOUBLE, seed=SEED, expect=peer.ask)


def test_everything_that_is_asked_of_the_student_is_a_question() -> None:
    """Each request to the student is recorded in order, with its check and the right answer."""
    questions = record(check_of(0), check_of(1))

    assert [one.check.id for one in questions] == ["double/0", "double/0", "double/1"]
    assert all(one.request.function == "double" for one in questions)
    assert len(questions[2].expected.steps) == 2
    assert questions[0].expected == computing(lambda n: 2 * n)(questions[0].request)


def test_questions_are_those_of_the_grading() -> None:
    """With the same seed, the recorded requests are those that the grading made."""
    asked: list[Request] = []
    peer = RecordedSession(double=computing(lambda n: 2 * n))

    def observe(request: Request) -> Observation:
        asked.append(request)
        return peer.observe(request)

    check = check_of(0)
    run_body(check, Probe(DOUBLE, observe, peer.ask, derive_seed(SEED, check.id)))

    assert [one.request for one in record(check)] == asked


def test_checks_of_other_functions_are_left_out() -> None:
    """Only the checks of the given function are recorded."""
    assert record(check_of(2, "other"), check_of(1)) == record(check_of(1))


def test_reference_is_never_asked_twice_at_once() -> None:
    """The reference answers one request before it gets the next, as its session has two roles."""
    waiting: list[Request] = []

    def ask(request: Request) -> Callable[[], Observation]:
        assert waiting == []
        waiting.append(request)

        def answer() -> Observation:
            waiting.clear()
            return computing(lambda n: 2 * n)(request)

        return answer

    questions = record_questions(
        [check_of(0)],
        run_body,
        function=DOUBLE,
        seed=SEED,
        expect=ask,
    )

    assert len(questions) == 2


def test_value_is_read() -> None:
    """Reading a global is recorded as a question too."""
    answers = Unit(name="ANSWERS", parameters=(), kind=UnitKind.VALUE)
    check = check_of(0, "ANSWERS")

    def read(_check: Check, probe: Probe) -> None:
        probe.read()

    (question,) = record_questions(
        [check], read, function=answers, seed=0, expect=RecordedSession(ANSWERS=returned({})).ask
    )

    assert isinstance(question.request, ReadRequest)
    assert not isinstance(question.request, CallRequest)


def test_reference_that_fails_a_check_is_the_checks_fault() -> None:
    """A check that the reference fails is reported as broken."""
    with pytest.raises(CheckCrashedError, match=r"double/2 is broken: .* it is not seven"):
        record(check_of(2))
