"""Diagnosing a graded submission: which checks get a diagnosis, and when none does."""

import tracemalloc
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from fakes import RecordedSession, Rule, check_result, computing, ended, raised, returned
from program_answers import answering, known_answers

from grader.checks.assignment import Assignment
from grader.checks.check import Check
from grader.checks.inputs import encode_input, leaf
from grader.checks.misconceptions import Misconception
from grader.checks.questions import Question
from grader.checks.units import Unit
from grader.diagnosis.diagnose import Case, diagnose
from grader.observations.messages import CallRequest, Observation, Outcome, Request
from grader.observations.values import Array, Items, Number
from grader.report.model import AssignmentInfo, CheckResult, Diagnosis, Status


def known(function: str, what: str) -> Misconception:
    """Make a misconception."""
    return Misconception(
        id=f"{function}/{what}",
        function=function,
        name=f"{function}__{what}",
        title=f"It is {what}.",
        hint="Look again.",
        section="2. Numbers",
        source="",
        path=Path("wrong.py"),
        line=1,
    )


KNOWN = (known("f", "cubed"), known("f", "raised"), known("g", "cubed"))
PROGRAMS = RecordedSession(
    f__cubed=computing(lambda n: n**3),
    f__raised=raised("ValueError", "no"),
    g__cubed=computing(lambda n: n**3),
)
ASSIGNMENT = Assignment(
    info=AssignmentInfo(id="tiny", title="Tiny", version="1"),
    units=(Unit(name="f", parameters=("n",)), Unit(name="g", parameters=("n",))),
    folder=Path("/nowhere"),
    reference="",
    reference_path=Path("reference.py"),
    points=10,
    misconceptions=KNOWN,
)
INPUTS = {"f/values": (2.0, 3.0), "f/more": (5.0, 6.0), "f/alone": (1.5, 2.5), "g/values": (4.0,)}


def questions(function: str) -> list[Question]:
    """Ask f and g for the number itself, twice in each check of f; f/alone is independent."""
    return [
        Question(
            check=Check(
                id=check,
                function=function,
                title="",
                hint="",
                points=1,
                key=0,
                is_independent=check == "f/alone",
            ),
            request=CallRequest(function=function, inputs={"n": Number(value=n)}),
            expected=computing(lambda n: n)(
                CallRequest(function=function, inputs={"n": Number(value=n)})
            ),
        )
        for check, numbers in INPUTS.items()
        for n in numbers
        if check.startswith(f"{function}/")
    ]


def diagnosed_by_id(
    *results: CheckResult, **answers: Observation | Rule | Sequence[Observation]
) -> dict[str, CheckResult]:
    """Diagnose results of a submission whose functions give these answers."""
    session = RecordedSession(**answers)

    def ask_misconception(one: Misconception, request: Request) -> Observation:
        assert isinstance(request, CallRequest)
        return PROGRAMS.observe(
            CallRequest(function=one.name, inputs=request.inputs, times=request.times)
        )

    case = Case(
        assignment=ASSIGNMENT,
        observe=lambda _name: session.observe,
        questions=questions,
        known_answer=known_answers(ask_misconception),
    )
    diagnosed = diagnose(results, case)
    assert [one.id for one in diagnosed] == [one.id for one in results]
    return {one.id: one for one in diagnosed}


def failed(check: str, status: Status = Status.FAILED) -> CheckResult:
    """Make the result of a check that failed."""
    return check_result(check, status, message="it is wrong", hint="the check's hint")


VALUES, MORE, ALONE = failed("f/values"), failed("f/more"), failed("f/alone")
PASSED = check_result("f/more")
CUBED = computing(lambda n: n**3)
DOUBLED = computing(lambda n: 2 * n)


# --- what is reported -------------------------------------------------------------------------


def test_misconception_is_named_with_its_hint_and_section() -> None:
    """Each check that a misconception costs gets its hint and section, and keeps its message."""
    found = diagnosed_by_id(VALUES, MORE, f=CUBED)

    for check in ("f/values", "f/more"):
        assert found[check].misconception == "f/cubed"
        assert found[check].hint == "It is cubed. Look again."
        assert found[check].section == "2. Numbers"
        assert found[check].diagnosis == Diagnosis(
            misconception="f/cubed", title="It is cubed.", hint="Look again.", section="2. Numbers"
        )
        assert found[check].message == "it is wrong"


def test_check_that_passed_gets_no_diagnosis() -> None:
    """A check that passed gets no diagnosis, even if another one of its function does."""
    found = diagnosed_by_id(VALUES, PASSED, f=CUBED)

    assert found["f/values"].misconception == "f/cubed"
    assert found["f/more"] == PASSED


def test_input_that_is_not_used_is_told_once_with_what_to_do() -> None:
    """The first failed check says which input makes no difference, instead of its general hint."""
    found = diagnosed_by_id(VALUES, MORE, f=computing(lambda n: 7.0))  # noqa: ARG005

    assert "(tried with other values of n: f() does the very same)" in found["f/values"].message
    assert "Use the n that the function is given" in found["f/values"].hint
    assert found["f/more"] == MORE


def test_cause_of_all_failures_is_told_at_each_of_them() -> None:
    """Then none of them gives the advice of its check, which is about other causes."""
    swapped = computing(lambda a, b: b - a)
    request = [
        CallRequest(function="h", inputs={"a": Number(value=a), "b": Number(value=2.0)})
        for a in (3.0, 5.0, 7.0)
    ]
    asked = [
        Question(
            check=Check(id=name, function="h", title="", hint="", points=1, key=0),
            request=one,
            expected=computing(lambda a, b: a - b)(one),
        )
        for name, one in zip(("h/values", "h/more", "h/more"), request, strict=True)
    ]
    case = Case(
        assignment=replace(ASSIGNMENT, units=(Unit(name="h", parameters=("a", "b")),)),
        observe=lambda _name: swapped,
        questions=lambda _name: asked,
        known_answer=known_answers(lambda _one, _request: raised("ValueError", "no")),
    )

    found = diagnose([failed("h/values"), failed("h/more")], case)

    for one in found:
        assert "with a and b in exchanged places" in one.message
        assert one.hint.startswith("Are a and b mixed up")


def test_function_that_passed_is_not_asked() -> None:
    """A function that passed is not asked anything."""
    session = RecordedSession(f=CUBED)
    case = Case(
        assignment=ASSIGNMENT,
        observe=lambda _name: session.observe,
        questions=questions,
        known_answer=known_answers(lambda _one, _request: returned()),
    )

    assert diagnose([PASSED], case) == [PASSED]
    assert session.requests == []


def test_exception_can_be_a_misconception() -> None:
    """A check that ended in an exception is diagnosed like one that failed."""
    found = diagnosed_by_id(failed("f/values", Status.ERROR), f=raised("ValueError", "no"))

    assert found["f/values"].misconception == "f/raised"


def test_factor_is_reported_once() -> None:
    """A factor is added to the message of the first failed check, without a misconception."""
    found = diagnosed_by_id(VALUES, MORE, f=DOUBLED)

    assert found["f/values"].message == (
        "it is wrong\n(on all inputs tried, what f() returns is 2 times the right one)"
    )
    assert found["f/more"] == MORE
    assert found["f/values"].misconception is None
    assert found["f/values"].diagnosis is None
    assert found["f/values"].hint == "Look for a factor 2 that is one too many."


def test_factor_is_not_added_to_an_error() -> None:
    """A factor is added to the first check that failed, not to one that ended in an error."""
    found = diagnosed_by_id(failed("f/values", Status.ERROR), MORE, f=DOUBLED)

    assert found["f/values"].message == "it is wrong"
    assert "is 2 times" in found["f/more"].message


def test_each_function_is_diagnosed_alone() -> None:
    """Each function is diagnosed by its own misconceptions."""
    found = diagnosed_by_id(VALUES, failed("g/values"), f=DOUBLED, g=CUBED)

    assert found["f/values"].misconception is None
    assert found["g/values"].misconception == "g/cubed"


# --- independent checks -------------------------------------------------------------------


def only_at(numbers: Sequence[float]) -> Rule:
    """Answer right, except that some inputs are cubed."""
    return computing(lambda n: n**3 if n in numbers else n)


def test_independent_check_is_diagnosed_by_its_own_questions() -> None:
    """An independent check is diagnosed even if the other checks of its function passed."""
    found = diagnosed_by_id(PASSED, ALONE, f=only_at(INPUTS["f/alone"]))

    assert found["f/alone"].misconception == "f/cubed"


def test_checks_that_belong_together_need_one_misconception_for_all() -> None:
    """A misconception that explains only some of the checks is not named."""
    found = diagnosed_by_id(VALUES, PASSED, f=only_at(INPUTS["f/values"]))

    assert found["f/values"].misconception is None


def test_independent_check_does_not_affect_the_others() -> None:
    """The other checks are diagnosed even if the independent check doesn't fit."""
    together = only_at((*INPUTS["f/values"], *INPUTS["f/more"]))

    found = diagnosed_by_id(VALUES, MORE, ALONE, f=together)

    assert found["f/values"].misconception == found["f/more"].misconception == "f/cubed"
    assert found["f/alone"].misconception is None


# --- when nothing is said -----------------------------------------------------------------


def test_nothing_is_asked_after_a_limit() -> None:
    """A function that hit a limit is not asked again."""
    session = RecordedSession(f=CUBED)
    results = [VALUES, failed("f/more", Status.LIMIT)]
    case = Case(
        assignment=ASSIGNMENT,
        observe=lambda _name: session.observe,
        questions=questions,
        known_answer=known_answers(lambda _one, _request: returned()),
    )

    assert diagnose(results, case) == results
    assert session.requests == []


@pytest.mark.parametrize(
    "outcome",
    [
        Outcome.TIME_LIMIT,
        Outcome.MEMORY_LIMIT,
        Outcome.DISK_LIMIT,
        Outcome.CRASHED,
        Outcome.FORGED,
        Outcome.STOPPED,
    ],
)
def test_nothing_is_said_if_a_limit_is_hit_while_asking(outcome: Outcome) -> None:
    """An answer that ends in a limit or a crash ends the diagnosis without a result."""
    session = RecordedSession(f=[returned(8.0, n=2.0), ended(outcome)])
    case = Case(
        assignment=ASSIGNMENT,
        observe=lambda _name: session.observe,
        questions=questions,
        known_answer=known_answers(lambda _one, _request: returned()),
    )

    assert diagnose([VALUES, MORE], case) == [VALUES, MORE]
    assert session.times_asked("f") == 2


@pytest.mark.parametrize("status", [Status.PASSED, Status.MISSING])
def test_nothing_is_said_of_what_is_right_or_not_written(status: Status) -> None:
    """A function that is right or not written yet gets no diagnosis."""
    result = check_result("f/values", status)

    assert diagnosed_by_id(result, f=CUBED) == {"f/values": result}


def test_incomplete_answer_gives_no_diagnosis() -> None:
    """An answer that lacks steps or inputs, which must be forged, gives no diagnosis."""
    found = diagnosed_by_id(VALUES, f=returned(8.0))

    assert found["f/values"] == VALUES


def test_answers_with_very_many_elements_are_not_diagnosed() -> None:
    """Elements of one byte would be widened to eight, several times."""
    many = Items(
        kind="list", items=tuple(Array.from_numpy(np.zeros(500_000, dtype=bool)) for _ in range(4))
    )

    def answer(n: object) -> object:
        return many if n == INPUTS["f/values"][0] else None

    tracemalloc.start()
    diagnosed = diagnosed_by_id(VALUES, failed("f/more"), f=computing(answer))
    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert diagnosed["f/values"].diagnosis is None
    assert peak_bytes < 8_000_000


# --- two mistakes at once -----------------------------------------------------------------------


def test_misconception_of_the_steps_is_named_beside_another_mistake() -> None:
    """If w moves as in a known program, that is named, whatever is returned; once."""

    def moves(times: float, value: object) -> Rule:
        def program(w: np.ndarray) -> object:
            w *= np.float32(times)
            return value

        return computing(program)

    asked = [
        Question(
            check=Check(id=check, function="f", title="", hint="", points=1, key=0),
            request=(
                request := CallRequest(function="f", inputs={"w": encode_input(leaf([n, 2 * n]))})
            ),
            expected=moves(2, 1.0)(request),
        )
        for check in ("f/values", "f/more")
        for n in (1.0, 2.0, 3.0)
    ]
    programs = {"f__cubed": moves(3, 1.0), "f__raised": moves(2, 7.0)}
    case = Case(
        assignment=ASSIGNMENT,
        observe=lambda _name: moves(3, None),
        questions=lambda _name: asked,
        known_answer=known_answers(lambda one, request: programs[one.name](request)),
    )

    found = {one.id: one for one in diagnose([VALUES, MORE], case)}

    assert found["f/values"].misconception == "f/cubed"
    assert found["f/more"].misconception is None


def test_inputs_that_are_mixed_up_explain_an_error() -> None:
    """An exception that comes from parameters in another order gets that as its remark."""
    asked = [
        Question(
            check=Check(id="g/values", function="g", title="", hint="", points=1, key=0),
            request=(
                request := CallRequest(
                    function="g", inputs={"n": Number(value=n), "w": encode_input(leaf([n, 4]))}
                )
            ),
            expected=computing(lambda n, w: n * w.sum().item())(request),
        )
        for n in (2.0, 3.0)
    ]
    case = Case(
        assignment=ASSIGNMENT,
        observe=lambda _name: answering(lambda n, w: w * n.sum()),
        questions=lambda _name: asked,
        known_answer=known_answers(lambda _one, request: answering(lambda n, w: n * w)(request)),
    )

    (found,) = diagnose([failed("g/values", Status.ERROR)], case)

    assert "n and w in exchanged places" in found.message
    assert "g(n)" in found.hint


def test_factor_explains_wrong_numbers_and_no_wrong_shape() -> None:
    """It is said at the first check that compared numbers."""
    shape = check_result(
        "f/values",
        Status.FAILED,
        message="what f() returns has shape (2,), but should have ()",
        hint="the check's hint",
    )

    found = diagnosed_by_id(shape, MORE, f=DOUBLED)

    assert found["f/values"] == shape
    assert found["f/more"].message.startswith("it is wrong\n(on all inputs tried, ")
    assert "2 times the right one" in found["f/more"].message
