"""Grading one submission: who is asked, how often, and which function a failure is blamed on."""

import functools
import itertools
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import msgspec
import numpy as np
import pytest
from fakes import (
    RecordedSession,
    Rule,
    answered,
    array,
    computing,
    ended,
    raised,
    returned,
    step,
)

from grader.checks.assignment import Assignment
from grader.checks.check import Check
from grader.checks.check_run import CheckRun, Student
from grader.checks.compare import expect_close
from grader.checks.inputs import encode_input, leaf, tensor
from grader.checks.probe import Probe
from grader.checks.run import run_phase
from grader.checks.units import Unit
from grader.checks.verdict import (
    NoAnswerError,
    NotJudgedError,
    UnwrittenError,
    WrongError,
    precondition,
)
from grader.errors import CheckCrashedError
from grader.observations.asking import Observe
from grader.observations.messages import (
    Absence,
    AbsenceKind,
    CallRequest,
    FunctionFacts,
    Observation,
    Outcome,
    Place,
    Request,
    TorchCall,
)
from grader.observations.values import Opaque
from grader.report.model import AssignmentInfo, CheckResult, Status, Visibility

ASSIGNMENT = Assignment(
    info=AssignmentInfo(id="tiny", title="Tiny", version="1"),
    units=(
        Unit(name="mse", parameters=("n",)),
        Unit(name="update", parameters=("n",), collaborators=("mse",)),
        Unit(name="train", parameters=("n",), collaborators=("mse", "update")),
    ),
    folder=Path("/nowhere"),
    reference="",
    reference_path=Path("reference.py"),
    points=100,
)

Body = Callable[[Probe], None]


def is_double(probe: Probe) -> None:
    """Require twice the input, as the reference returns it."""
    got, want = probe.both(n=3)
    expect_close(got.array(), want.array(), f"{probe.name}(n)")


def run_body(check: Check, probe: Probe) -> BaseException | None:
    """Run the body of a check, and return its verdict, as the plugin does."""
    try:
        BODIES[check.key](probe)
    except (WrongError, UnwrittenError, NotJudgedError, NoAnswerError) as error:
        return error
    return None


def crashing_body(check: Check, probe: Probe) -> BaseException | None:
    """Run the body of a check as the plugin does, which says so if it is broken."""
    try:
        BODIES[check.key](probe)
    except (WrongError, UnwrittenError, NotJudgedError, NoAnswerError) as error:
        return error
    except Exception as error:
        raise CheckCrashedError(check.id, f"{type(error).__name__}: {error}") from error
    return None


BODIES: list[Body] = [is_double]


def check_of(function: str, slug: str = "doubles", *, body: int = 0, points: float = 1.0) -> Check:
    """Make a check of a function."""
    return Check(
        id=f"{function}/{slug}",
        function=function,
        title="It doubles",
        hint="Multiply by two.",
        points=points,
        key=body,
    )


def doubling(n: float) -> float:
    """Return the right answer."""
    return 2 * n


def tripling(n: float) -> float:
    """Return a wrong answer."""
    return 3 * n


RIGHT, WRONG = computing(doubling), computing(tripling)
CHECKS = [check_of("mse"), check_of("update"), check_of("train")]


class Bench:
    """A submission with its sessions, its own and those with lent functions.

    Args:
        lent: What the function under test answers among right collaborators.
        **own: What each of the submission's functions answers.
    """

    def __init__(
        self,
        *,
        lent: Observation | Sequence[Observation] | Rule | None = None,
        **own: Observation | Sequence[Observation] | Rule,
    ) -> None:
        self.own = RecordedSession(**own)
        self.reference = RecordedSession(mse=RIGHT, update=RIGHT, train=RIGHT)
        self.lent: dict[str, RecordedSession] = {}
        self.lent_names: dict[str, frozenset[str]] = {}
        self._lent_answer = lent
        self.hidden = RecordedSession(**own)
        self.asked: list[tuple[str, str]] = []
        self.visibility: dict[str, Visibility] = {}
        self.reserved: list[tuple[str, float]] = []
        self.seconds: dict[str, float] = {}
        self.functions: dict[str, FunctionFacts] = {}
        self.absences: dict[str, Absence] = {}

    def observe_with_lent(self, lent: frozenset[str]) -> Observe:
        """Open the session in which some helpers are right."""

        def observe(request: Request) -> Observation:
            name = request.function
            assert self._lent_answer is not None, f"nothing should be lent to {name}"
            self.lent_names[name] = lent
            self.asked.append(("lent", name))
            session = self.lent.setdefault(name, RecordedSession(**{name: self._lent_answer}))
            return session.observe(request)

        return observe

    def grade(
        self,
        checks: Sequence[Check] = CHECKS,
        *,
        only: str | None = None,
        seed: int = 1,
        on_progress: Callable[[int, int, str], None] = lambda *_: None,
    ) -> dict[str, CheckResult]:
        """Run the checks, and give their results by id."""

        def observe(session: RecordedSession, kind: str, request: Request) -> Observation:
            self.asked.append((kind, request.function))
            return session.observe(request)

        student = Student(
            observe=functools.partial(observe, self.own, "own"),
            observe_with_lent=self.observe_with_lent,
        )
        run = CheckRun(
            assignment=replace(ASSIGNMENT, visibility=self.visibility),
            seed=seed,
            visible=student,
            hidden=replace(student, observe=functools.partial(observe, self.hidden, "hidden")),
            reserve=lambda name, share: self.reserved.append((name, share)),
            seconds=self.seconds,
            functions=self.functions,
            absences=self.absences,
            expect=self.reference.ask,
            ask_reference=lambda _name: self.reference.ask,
            only=only,
            on_progress=on_progress,
        )
        run.choose(checks)
        for phase in run.phases:
            run_phase(run_body, run=run, phase=phase)
        return {check.id: run.results[check.id] for check in run.checks}


def statuses(results: dict[str, CheckResult]) -> dict[str, Status]:
    """Give the status of each function, where each has one check."""
    return {check_id.partition("/")[0]: result.status for check_id, result in results.items()}


# --- helpers that are used --------------------------------------------------------------------


def test_function_that_uses_no_wrong_helper_is_judged_by_its_own_attempt() -> None:
    """Nothing is lent to a function whose code uses none of the wrong helpers."""
    bench = Bench(mse=WRONG, update=WRONG)
    bench.functions = {"update": FunctionFacts(name="update", uses=())}

    results = bench.grade(CHECKS[:2])

    assert results["update/doubles"].example is not None
    assert not bench.lent


def test_helper_of_which_nothing_is_known_counts_as_used() -> None:
    """Without facts about a function, all helpers are lent that may be wrong."""
    bench = Bench(mse=WRONG, update=WRONG, lent=RIGHT)
    bench.functions = {"mse": FunctionFacts(name="mse")}

    assert statuses(bench.grade(CHECKS[:2]))["update"] is Status.PASSED


def test_helper_that_ends_the_process_is_not_called_again_by_others() -> None:
    """A helper that crashes is lent at once: each crash loads the whole submission again."""
    crashed = ended(Outcome.CRASHED)
    bench = Bench(mse=crashed, update=crashed, train=crashed, lent=RIGHT)

    assert statuses(bench.grade())["train"] is Status.PASSED
    assert [name for kind, name in bench.asked if kind == "own"] == ["mse"]


def test_missing_helper_is_not_named_where_something_else_is_the_reason() -> None:
    """If the function raises with right helpers too, its missing helper was not the reason."""
    bench = Bench(
        mse=ended(Outcome.MISSING),
        update=raised("NameError", "name 'mse' is not defined"),
        lent=raised("NameError", "name 'secret' is not defined"),
    )
    bench.functions = {"update": FunctionFacts(name="update", uses=("mse",), undefined=("wieght",))}

    result = bench.grade(CHECKS[:2])["update/doubles"]

    assert result.message == "with right versions of mse, update() raised NameError"
    assert result.hint == "update() uses wieght, which is not defined."


# --- points -------------------------------------------------------------------------------


def test_check_that_passes_gives_its_points() -> None:
    """A check that passes has its points, and no message."""
    results = Bench(mse=RIGHT).grade([check_of("mse", points=2.5)])

    assert results["mse/doubles"] == CheckResult(
        id="mse/doubles",
        title="It doubles",
        status=Status.PASSED,
        points=2.5,
        max_points=2.5,
    )


def test_check_that_fails_gives_no_points_and_says_why() -> None:
    """A check that fails has no points, but its hint and an example."""
    results = Bench(mse=WRONG).grade([check_of("mse", points=2.5)])

    result = results["mse/doubles"]
    assert (result.status, result.points, result.max_points) == (Status.FAILED, 0.0, 2.5)
    assert result.message == "mse(n) is wrong"
    assert result.hint == "Multiply by two."
    assert result.example is not None
    assert result.example.code == "print(mse(3))"
    assert (result.example.got, result.example.expected) == ("9.", "6.")


def test_hint_of_a_verdict_counts_more_than_that_of_the_check(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The hint of a verdict replaces the general hint of its check."""

    def body(probe: Probe) -> None:
        probe.student(n=1)
        raise WrongError("no", hint="Look here.")

    monkeypatch.setattr("test_run.BODIES", [body])

    results = Bench(mse=RIGHT).grade([check_of("mse")])

    assert results["mse/doubles"].hint == "Look here."


def test_failure_on_a_large_input_is_told_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    """A failure on a large input is described in the message instead of an example."""

    def body(probe: Probe) -> None:
        probe.student(n=tensor(np.zeros(100)))
        raise WrongError("no", got="5.", expected="6.")

    monkeypatch.setattr("test_run.BODIES", [body])

    results = Bench(mse=returned(1.0, n=np.zeros(100, np.float32))).grade([check_of("mse")])

    assert results["mse/doubles"].message == "no: got 5., should be 6."
    assert results["mse/doubles"].example is None


def test_what_is_not_there_yet_is_missing_and_not_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    """A question that is not answered yet is missing, without the hint for a wrong answer."""

    def body(probe: Probe) -> None:
        probe.student(n=1)
        message = "not answered yet"
        raise UnwrittenError(message)

    monkeypatch.setattr("test_run.BODIES", [body])

    results = Bench(mse=RIGHT).grade([check_of("mse")])

    result = results["mse/doubles"]
    assert (result.status, result.points) == (Status.MISSING, 0.0)
    assert (result.message, result.hint) == ("not answered yet", "")


def test_failure_tells_what_torch_was_seen_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    """The message of a failure ends with what torch was seen to do."""

    def body(probe: Probe) -> None:
        probe.student(n=leaf([1]))
        raise WrongError("no")

    def record(request: Request) -> Observation:
        assert isinstance(request, CallRequest)
        call = TorchCall(name="torch.Tensor.backward", on="", is_grad_enabled=True)
        one = step(None, n=array([1]))
        calls = (call,) if request.log_torch_calls else ()
        return answered(msgspec.structs.replace(one, torch_calls=calls))

    monkeypatch.setattr("test_run.BODIES", [body])

    results = Bench(mse=record).grade([check_of("mse")])

    message = results["mse/doubles"].message
    assert message == "no\n(while it ran, no operation changed n in place)"


@pytest.mark.parametrize(("end", "is_told"), [(1.0, False), (2.0, True)], ids=["stays", "moves"])
def test_leaf_that_should_stay_is_not_said_to_stay(
    monkeypatch: pytest.MonkeyPatch, end: float, *, is_told: bool
) -> None:
    """That no operation changed a leaf is worth a word only if the reference moves it."""

    def body(probe: Probe) -> None:
        probe.both(n=leaf([1]))
        raise WrongError("no")

    def record(request: Request) -> Observation:
        assert isinstance(request, CallRequest)
        call = TorchCall(name="torch.Tensor.backward", on="", is_grad_enabled=True)
        one = step(None, n=array([1]))
        calls = (call,) if request.log_torch_calls else ()
        return answered(msgspec.structs.replace(one, torch_calls=calls))

    monkeypatch.setattr("test_run.BODIES", [body])
    bench = Bench(mse=record)
    bench.reference = RecordedSession(mse=answered(step(None, n=array([end]))))

    message = bench.grade([check_of("mse")])["mse/doubles"].message

    assert ("no operation changed n in place" in message) is is_told


# --- order --------------------------------------------------------------------------------


def test_functions_are_judged_from_the_bottom_up() -> None:
    """Helpers are judged before their callers, in whatever order the checks were collected."""
    calls: list[tuple[int, int, str]] = []

    Bench(mse=RIGHT, update=RIGHT, train=RIGHT).grade(
        CHECKS[::-1], on_progress=lambda *progress: calls.append(progress)
    )

    assert calls == [(0, 3, "mse"), (1, 3, "update"), (2, 3, "train")]


def test_checks_of_a_function_stay_in_their_order() -> None:
    """The checks of a function run in the order of their file."""
    checks = [check_of("mse", slug) for slug in ("c", "a", "b")]

    results = Bench(mse=RIGHT).grade(checks)

    assert list(results) == ["mse/c", "mse/a", "mse/b"]


def test_only_one_function_is_asked_where_only_one_is_graded() -> None:
    """If one function is graded alone, its helpers are not judged, and are lent if it fails."""
    bench = Bench(mse=RIGHT, update=WRONG, lent=RIGHT)

    results = bench.grade(only="update")

    assert statuses(results) == {"update": Status.PASSED}
    assert bench.own.times_asked("mse") == 0
    assert list(bench.lent) == ["update"]


def test_inputs_of_a_check_do_not_depend_on_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    """The inputs of a check depend only on the submission's seed and the check's id."""
    drawn: dict[str, list[float]] = {}

    def body(probe: Probe) -> None:
        probe.student(n=1)
        drawn.setdefault(probe.name, []).append(float(probe.rng().random()))

    monkeypatch.setattr("test_run.BODIES", [body])
    bench = Bench(mse=RIGHT, update=RIGHT, train=RIGHT)

    bench.grade(CHECKS)
    bench.grade([check_of("train")])
    bench.grade([check_of("train")], seed=2)

    first, again, other_seed = drawn["train"]
    assert first == again
    assert len({first, other_seed, *drawn["mse"], *drawn["update"]}) == 4


def test_seed_of_a_request_is_the_same_in_each_run() -> None:
    """The student and the reference get the same seed, and so do they in the next run."""
    first, second = Bench(mse=RIGHT), Bench(mse=RIGHT)

    first.grade([check_of("mse")])
    second.grade([check_of("mse")])

    assert first.own.requests == second.own.requests == first.reference.requests


# --- blame --------------------------------------------------------------------------------


def test_nothing_is_lent_when_everything_is_right() -> None:
    """If everything is right, each function is asked once and nothing is lent."""
    bench = Bench(mse=RIGHT, update=RIGHT, train=RIGHT)

    results = bench.grade()

    assert set(statuses(results).values()) == {Status.PASSED}
    assert [bench.own.times_asked(name) for name in ("mse", "update", "train")] == [1, 1, 1]


def test_nothing_is_lent_to_a_wrong_function_whose_collaborators_are_right() -> None:
    """A wrong function with right helpers is to blame itself, so nothing is lent."""
    bench = Bench(mse=RIGHT, update=WRONG, train=RIGHT)

    results = bench.grade()

    assert statuses(results)["update"] is Status.FAILED
    assert bench.lent == {}


def test_wrong_collaborator_does_not_cost_a_right_function() -> None:
    """A right function with a wrong helper passes once a right helper is lent."""
    bench = Bench(mse=WRONG, update=WRONG, train=WRONG, lent=RIGHT)

    results = bench.grade()

    assert statuses(results) == {
        "mse": Status.FAILED,
        "update": Status.PASSED,
        "train": Status.PASSED,
    }
    assert sorted(bench.lent) == ["train", "update"]


def test_only_what_is_not_known_to_be_right_is_lent() -> None:
    """Helpers that are proved right are the student's own, even when others are lent."""
    bench = Bench(mse=WRONG, update=WRONG, train=WRONG, lent=RIGHT)

    bench.grade()

    assert bench.lent_names == {"update": frozenset({"mse"}), "train": frozenset({"mse"})}


def test_function_that_passes_with_its_own_collaborators_is_not_tried_again() -> None:
    """A function that passes with its own wrong helpers is not tried again."""
    bench = Bench(mse=WRONG, update=RIGHT, train=RIGHT)

    results = bench.grade()

    assert statuses(results)["update"] is Status.PASSED
    assert bench.lent == {}


def test_wrong_function_stays_wrong_among_right_collaborators() -> None:
    """A function that is wrong with right helpers too fails, in the check's own words.

    The answers among wrong helpers prove nothing about it, and those among right ones are not told.
    """
    bench = Bench(mse=WRONG, update=computing(lambda n: 10 * n), lent=WRONG)

    results = bench.grade(CHECKS[:2])

    update = results["update/doubles"]
    assert update.status is Status.FAILED
    assert update.example is None
    assert update.message == "with right versions of mse, the answer is wrong"
    assert update.hint == "Multiply by two."


def test_what_a_lent_attempt_says_is_never_told() -> None:
    """No text, type, line or number from a child with lent helpers is in the results."""
    secret = "SECRET"  # noqa: S105 - what the reference is made of
    for lent in (
        raised(secret, secret, function=secret, line=77),
        raised("ValueError", secret, function=secret, line=77),
        returned(7777.0, n=3),
        returned(Opaque(type_name=secret, reason=secret), n=3),
        returned(secret, n=3),
        ended(Outcome.CRASHED, secret),
        ended(Outcome.TIME_LIMIT, secret),
    ):
        for own in (WRONG, raised("ValueError", "own"), ended(Outcome.CRASHED, "own")):
            results = Bench(mse=WRONG, update=own, lent=lent).grade(CHECKS[:2])

            told = repr(results["update/doubles"])
            assert secret not in told
            assert "77" not in told


def test_limit_of_a_lent_attempt_is_named() -> None:
    """Which limit it was is said, since that is ours."""
    limit = ended(Outcome.TIME_LIMIT, "over 5 s of computing time in all")

    results = Bench(mse=WRONG, update=WRONG, lent=limit).grade(CHECKS[:2])

    assert results["update/doubles"].message == (
        "with right versions of mse, update() did not finish: over 5 s of computing time in all"
    )


def test_own_attempt_is_told_if_it_shows_something_about_the_function() -> None:
    """An exception in its own line is told, if it fails in the same way among right helpers."""
    lent = raised("NameError", "SECRET")
    messages = []
    for function in ("update", "_part_of_update"):
        own = raised("NameError", "name 'los' is not defined", function=function, line=2)
        bench = Bench(mse=WRONG, update=own, lent=lent)
        messages.append(bench.grade(CHECKS[:2])["update/doubles"].message)

    assert all("name 'los' is not defined" in message for message in messages)
    remark = "with right ones, the check fails too"
    assert [remark in message for message in messages] == [False, True]


def test_exception_of_a_wrong_helper_is_not_told_of_its_caller() -> None:
    """An exception that a helper raises is told of the helper, not of the function above it."""
    own = raised("ValueError", "in the helper", function="mse", line=2)
    bench = Bench(mse=WRONG, update=own, lent=raised("ValueError", "SECRET"))

    update = bench.grade(CHECKS[:2])["update/doubles"]

    assert update.message == "with right versions of mse, update() raised ValueError"


def test_example_is_told_if_no_helper_is_known_to_be_wrong() -> None:
    """Where only one function is graded, its own answers are shown, and said to be such."""
    bench = Bench(mse=RIGHT, update=WRONG, lent=WRONG)

    update = bench.grade(CHECKS[:2], only="update")["update/doubles"]

    assert update.example is not None
    assert "(seen with your own mse" in update.message


def test_lending_depends_on_the_collaborators_alone() -> None:
    """A wrong update is lent to train; nothing is lent to update, whose only helper is right."""
    bench = Bench(mse=RIGHT, update=WRONG, train=WRONG, lent=RIGHT)

    results = bench.grade()

    assert statuses(results) == {
        "mse": Status.PASSED,
        "update": Status.FAILED,
        "train": Status.PASSED,
    }
    assert list(bench.lent) == ["train"]


def test_one_failed_check_of_a_collaborator_is_enough_to_doubt_it() -> None:
    """A helper that fails a single check is lent to its callers."""
    bench = Bench(mse=[returned(6.0, n=3), returned(9.0, n=3)], update=WRONG, lent=RIGHT)
    checks = [check_of("mse", "first"), check_of("mse", "second"), check_of("update")]

    results = bench.grade(checks)

    assert [result.status for result in results.values()] == [
        Status.PASSED,
        Status.FAILED,
        Status.PASSED,
    ]


def test_missing_collaborator_is_lent() -> None:
    """A function that calls a missing helper passes once the helper is lent."""
    error = raised("NameError", "name 'mse' is not defined", function="update", line=2)
    bench = Bench(update=error, lent=RIGHT)

    results = bench.grade(CHECKS[:2])

    assert statuses(results) == {"mse": Status.MISSING, "update": Status.PASSED}


def test_collaborator_that_is_not_written_yet_is_lent() -> None:
    """A NotImplementedError of a helper doesn't count against its caller."""
    error = raised("NotImplementedError", "lab 4: write mse()", function="mse")
    bench = Bench(mse=error, update=error, lent=RIGHT)

    results = bench.grade(CHECKS[:2])

    assert statuses(results) == {"mse": Status.MISSING, "update": Status.PASSED}


def test_function_that_is_not_written_yet_is_lent_nothing() -> None:
    """Nothing is lent to a function that is not written yet."""
    bench = Bench(
        mse=WRONG,
        update=raised("NotImplementedError", "lab 4: write update()", function="update"),
    )

    results = bench.grade(CHECKS[:2])

    assert statuses(results)["update"] is Status.MISSING
    assert bench.lent == {}


def test_function_without_code_is_lent_nothing_and_is_not_wrong() -> None:
    """What a function without code answers is not judged: it is not written yet."""
    bench = Bench(mse=WRONG, update=returned(None, n=3))
    bench.absences["update"] = Absence(function="update", kind=AbsenceKind.UNWRITTEN)

    result = bench.grade(CHECKS[:2])["update/doubles"]

    assert (result.status, result.message) == (Status.MISSING, "update() is not written yet")
    assert (result.hint, result.example) == ("", None)
    assert bench.lent == {}


def test_function_without_a_return_is_lent_nothing() -> None:
    """No right helper makes a function return that has no return."""
    bench = Bench(mse=WRONG, update=returned(None, n=3))
    bench.absences["update"] = Absence(function="update", kind=AbsenceKind.NO_RETURN)

    result = bench.grade(CHECKS[:2])["update/doubles"]

    assert (result.status, result.message) == (
        Status.FAILED,
        "update() returns None: is the return missing?",
    )
    assert bench.lent == {}


def test_missing_function_says_what_there_is_also_if_only_right_helpers_were_tried() -> None:
    """What is in place of a function is known before it is called, with whatever helpers."""
    bench = Bench(mse=ended(Outcome.TIME_LIMIT), lent=ended(Outcome.MISSING))
    bench.absences["update"] = Absence(
        function="update", kind=AbsenceKind.OTHER_NAME, subject="updat", place=Place(line=3)
    )

    result = bench.grade(CHECKS[:2])["update/doubles"]

    assert result.status is Status.MISSING
    assert result.message.startswith("update is not defined, but updat is on line 3.")


def test_function_with_code_that_stops_at_a_stub_is_not_said_to_be_unwritten() -> None:
    """Among right helpers, a NotImplementedError is one like any other exception."""
    error = raised("NotImplementedError", function="square")
    bench = Bench(mse=WRONG, update=error, lent=error)

    result = bench.grade(CHECKS[:2])["update/doubles"]

    assert result.status is Status.ERROR
    assert result.message.startswith("update() stops at square(), which is not written yet")
    bench = Bench(mse=ended(Outcome.TIME_LIMIT), lent=error)
    result = bench.grade(CHECKS[:2])["update/doubles"]
    assert result.status is Status.ERROR
    assert result.message.endswith("update() raised NotImplementedError")


def test_function_that_is_there_is_judged_whatever_is_claimed_of_it() -> None:
    """A right answer counts, also of a function that is claimed to have no code."""
    bench = Bench(mse=RIGHT)
    bench.absences["mse"] = Absence(function="mse", kind=AbsenceKind.UNWRITTEN)

    assert statuses(bench.grade(CHECKS[:1])) == {"mse": Status.PASSED}


def test_function_that_is_not_there_is_lent_nothing() -> None:
    """Nothing is lent to a function that is missing."""
    bench = Bench(mse=WRONG)

    results = bench.grade(CHECKS[:2])

    assert statuses(results)["update"] is Status.MISSING
    assert bench.lent == {}


@pytest.mark.parametrize("outcome", [Outcome.STOPPED, Outcome.FORGED])
def test_submission_that_was_ended_is_lent_nothing(outcome: Outcome) -> None:
    """Nothing is lent once the whole submission was stopped."""
    bench = Bench(mse=WRONG, update=ended(outcome))

    results = bench.grade(CHECKS[:2])

    assert results["update/doubles"].points == 0
    assert bench.lent == {}


def test_own_limit_is_told_when_lending_does_not_help() -> None:
    """If lending doesn't help, the limit that the student's own code hit is reported."""
    bench = Bench(
        mse=WRONG,
        update=ended(Outcome.TIME_LIMIT, "over 10 s"),
        lent=ended(Outcome.TIME_LIMIT, "over 5 s"),
    )

    results = bench.grade(CHECKS[:2])

    assert results["update/doubles"].status is Status.LIMIT
    assert "over 10 s" in results["update/doubles"].message


def test_error_among_right_collaborators_is_told_instead_of_the_one_without() -> None:
    """An error with right helpers is reported, since the other may come from a wrong helper."""
    bench = Bench(
        mse=WRONG, update=raised("TypeError", "from mse"), lent=raised("ValueError", "its own")
    )

    results = bench.grade(CHECKS[:2])

    assert results["update/doubles"].status is Status.ERROR
    assert (
        results["update/doubles"].message
        == "with right versions of mse, update() raised ValueError"
    )


def test_part_of_the_time_is_reserved_while_wrong_helpers_may_use_it_up() -> None:
    """An attempt with helpers that are not known to be right leaves time for the next one."""
    bench = Bench(mse=WRONG, update=WRONG, lent=RIGHT)

    bench.grade(CHECKS[:2])

    assert bench.reserved == [("mse", 0.0), ("mse", 0.0), ("update", 0.5), ("update", 0.0)]


# --- the order of the phases --------------------------------------------------------------


def test_no_code_that_must_not_know_anything_is_asked_after_code_that_may() -> None:
    """All own attempts come first, then hidden checks, then attempts with lent helpers."""
    bench = Bench(mse=WRONG, update=WRONG, train=WRONG, lent=WRONG)
    bench.visibility = {"mse/hidden": Visibility.HIDDEN}
    checks = [
        check_of("mse"),
        check_of("mse", "hidden"),
        check_of("update", "a"),
        check_of("update", "b"),
        check_of("train"),
    ]

    bench.grade(checks)

    kinds = [kind for kind, _ in bench.asked]
    assert [kind for kind, _ in itertools.groupby(kinds)] == ["own", "hidden", "lent"]
    own = [name for kind, name in bench.asked if kind == "own"]
    assert own == ["mse", "update", "train"]  # a second try of update would be misled as well


def test_all_checks_of_a_function_come_before_it_is_lent() -> None:
    """A child that could read it is not asked before its own hidden checks are done."""
    bench = Bench(mse=WRONG, update=WRONG, train=WRONG, lent=WRONG)
    bench.visibility = {"update/hidden": Visibility.HIDDEN}
    checks = [check_of("mse"), check_of("update"), check_of("update", "hidden"), check_of("train")]

    bench.grade(checks)

    lent = [name for kind, name in bench.asked if kind == "lent"]
    assert lent == ["update", "update", "train"]


def test_visible_results_do_not_depend_on_what_hidden_checks_find() -> None:
    """Which helpers are lent to a visible check shows nothing about a hidden one."""
    lent = []
    for hidden in (RIGHT, WRONG):
        bench = Bench(mse=RIGHT, update=WRONG, lent=RIGHT)
        bench.hidden = RecordedSession(mse=hidden)
        bench.visibility = {"mse/hidden": Visibility.HIDDEN}
        bench.grade([check_of("mse"), check_of("mse", "hidden"), check_of("update")])
        lent.append(bench.lent_names)

    assert lent[0] == lent[1] == {"update": frozenset({"mse"})}


@pytest.mark.parametrize("outcome", [Outcome.TIME_LIMIT, Outcome.MEMORY_LIMIT])
def test_visible_results_do_not_depend_on_the_limits_that_hidden_checks_hit(
    outcome: Outcome, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of the attempts with lent helpers too, the visible ones come first and count for all."""

    def hidden(probe: Probe) -> None:
        probe.student(n=4)

    asked = []

    def only_hangs_for_four(request: Request) -> Observation:
        assert isinstance(request, CallRequest)
        is_four = request.inputs["n"] == encode_input(4)
        asked.append(is_four)
        return ended(outcome, "too much") if is_four else RIGHT(request)

    monkeypatch.setattr("test_run.BODIES", [is_double, hidden])
    checks = [check_of("mse"), check_of("update", "hidden", body=1), check_of("update", "doubles")]
    bench = Bench(mse=WRONG, update=WRONG, lent=only_hangs_for_four)
    bench.visibility = {"update/hidden": Visibility.HIDDEN}
    bench.hidden = RecordedSession(mse=WRONG, update=ended(Outcome.CRASHED))

    results = bench.grade(checks)

    assert results["update/doubles"].status is Status.PASSED
    assert results["update/hidden"].status is Status.LIMIT
    assert asked == [False, True]  # before the hidden one can have used up the time


@pytest.mark.parametrize("outcome", [Outcome.TIME_LIMIT, Outcome.MEMORY_LIMIT])
def test_limit_that_a_visible_check_hits_holds_for_hidden_ones_too(outcome: Outcome) -> None:
    """They would hit it again; the other way round, that would show."""
    bench = Bench(mse=ended(outcome, "too much"))
    bench.visibility = {"mse/hidden": Visibility.HIDDEN}

    results = bench.grade([check_of("mse"), check_of("mse", "hidden")])

    assert {one.status for one in results.values()} == {Status.LIMIT}
    assert bench.hidden.times_asked("mse") == 0


# --- hidden checks ------------------------------------------------------------------------


def test_hidden_checks_run_last_and_in_children_of_their_own() -> None:
    """What a hidden check asks can't be told by a visible one, not even of another function."""
    bench = Bench(mse=RIGHT, update=RIGHT, train=RIGHT)
    bench.visibility = {"mse/doubles": Visibility.HIDDEN}
    order: list[str] = []

    results = bench.grade(on_progress=lambda _done, _total, name: order.append(name))

    assert order == ["update", "train", "mse"]
    assert list(results) == ["mse/doubles", "update/doubles", "train/doubles"]
    assert bench.own.times_asked("mse") == 0
    assert bench.hidden.times_asked("mse") == 1
    assert bench.hidden.times_asked("update") == 0


def test_helper_with_a_hidden_check_is_not_known_to_be_right_before_it_has_run() -> None:
    """A helper that is wrong in a hidden check only doesn't cost its callers anything."""
    bench = Bench(mse=RIGHT, update=WRONG, lent=RIGHT)
    bench.visibility = {"mse/doubles": Visibility.HIDDEN}

    results = bench.grade(CHECKS[:2])

    assert statuses(results)["update"] is Status.PASSED


def test_time_of_hidden_and_lent_attempts_is_not_told() -> None:
    """Code could tell something by how long it takes, where it can read what is secret."""
    bench = Bench(mse=RIGHT, update=WRONG, lent=RIGHT)
    bench.visibility = {"mse/doubles": Visibility.HIDDEN}

    bench.grade(CHECKS[:2])

    assert list(bench.seconds) == ["update/doubles"]


# --- answers that a check did not expect --------------------------------------------------


def test_answer_that_crashes_a_check_costs_its_function_only(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A check that works on the reference's answers is not broken: the answer is odd."""

    def body(probe: Probe) -> None:
        got, want = probe.both(n=3)
        _ = 1 // int(got.array().item())
        expect_close(got.array(), want.array(), "it")

    monkeypatch.setattr("test_run.BODIES", [body])
    monkeypatch.setattr("test_run.run_body", crashing_body)
    bench = Bench(mse=computing(lambda n: 0 * n), update=RIGHT)

    results = bench.grade(CHECKS[:2])

    assert statuses(results) == {"mse": Status.FAILED, "update": Status.PASSED}
    assert "so unusual that it can't be judged" in results["mse/doubles"].message


def test_check_that_crashes_on_the_reference_is_broken(monkeypatch: pytest.MonkeyPatch) -> None:
    """A check that can't even judge the reference is a fault of the grader."""

    def body(probe: Probe) -> None:
        probe.both(n=3)
        raise ZeroDivisionError

    monkeypatch.setattr("test_run.BODIES", [body])
    monkeypatch.setattr("test_run.run_body", crashing_body)

    with pytest.raises(CheckCrashedError, match="ZeroDivisionError"):
        Bench(mse=RIGHT).grade(CHECKS[:1])


# --- limits -------------------------------------------------------------------------------

COSTLY = [Outcome.TIME_LIMIT, Outcome.MEMORY_LIMIT, Outcome.DISK_LIMIT]


@pytest.mark.parametrize("outcome", COSTLY)
def test_function_that_hit_a_limit_is_not_called_again(outcome: Outcome) -> None:
    """After a limit, a function's other checks get the same result without another call."""
    bench = Bench(mse=ended(outcome, "too much"))
    checks = [check_of("mse", slug) for slug in "abc"]

    results = bench.grade(checks)

    assert bench.own.times_asked("mse") == 1
    assert {result.status for result in results.values()} == {Status.LIMIT}
    assert len({result.message for result in results.values()}) == 1
    assert [result.id for result in results.values()] == ["mse/a", "mse/b", "mse/c"]


def test_function_that_hit_a_limit_twice_is_called_no_third_time() -> None:
    """A function that hit a limit with and without lent helpers is not called again."""
    hang = ended(Outcome.TIME_LIMIT, "over 10 s")
    bench = Bench(mse=WRONG, update=hang, lent=hang)
    checks = [check_of("mse"), *(check_of("update", slug) for slug in "abc")]

    results = bench.grade(checks)

    assert bench.own.times_asked("update") == 1
    assert bench.lent["update"].times_asked("update") == 1
    assert results["update/c"].status is Status.LIMIT


def test_function_that_hangs_for_its_collaborator_only_is_tried_among_right_ones() -> None:
    """A function that hangs because of a helper is called only with right ones afterwards."""
    bench = Bench(mse=WRONG, update=ended(Outcome.TIME_LIMIT), lent=RIGHT)
    checks = [check_of("mse"), check_of("update", "a"), check_of("update", "b")]

    results = bench.grade(checks)

    assert bench.own.times_asked("update") == 1
    assert bench.lent["update"].times_asked("update") == 2
    assert [results[f"update/{slug}"].status for slug in "ab"] == [Status.PASSED] * 2


@pytest.mark.parametrize(
    "answer",
    [raised("ValueError", "no"), ended(Outcome.CRASHED, "exit status 1"), returned(9.0, n=3)],
    ids=["raised", "crashed", "wrong"],
)
def test_function_that_only_failed_is_called_again(answer: Observation) -> None:
    """After a wrong answer, an exception or a crash, the next check calls the function again."""
    bench = Bench(mse=[answer, returned(6.0, n=3)])

    results = bench.grade([check_of("mse", "a"), check_of("mse", "b")])

    assert bench.own.times_asked("mse") == 2
    assert results["mse/b"].status is Status.PASSED


@pytest.mark.parametrize("outcome", COSTLY)
def test_function_above_one_that_hit_a_limit_is_tried_among_right_ones_only(
    outcome: Outcome,
) -> None:
    """A function whose helper hit a limit is called only with right helpers."""
    bench = Bench(mse=RIGHT, update=ended(outcome), train=RIGHT, lent=RIGHT)

    results = bench.grade()

    assert statuses(results) == {
        "mse": Status.PASSED,
        "update": Status.LIMIT,
        "train": Status.PASSED,
    }
    assert bench.own.times_asked("train") == 0
    assert bench.lent["train"].times_asked("train") == 1


def test_function_above_one_that_hangs_fails_for_its_own_faults_only() -> None:
    """A function whose helper hangs is judged by its result with right helpers."""
    bench = Bench(mse=ended(Outcome.TIME_LIMIT), update=RIGHT, lent=raised("ValueError", "own"))

    results = bench.grade(CHECKS[:2])

    assert results["update/doubles"].status is Status.ERROR
    assert (
        results["update/doubles"].message
        == "with right versions of mse, update() raised ValueError"
    )


# --- answers that no child of ours would give ---------------------------------------------


@pytest.mark.parametrize(
    "answer",
    [
        Observation(outcome=Outcome.RETURNED),
        Observation(outcome=Outcome.RETURNED, steps=(step(6.0),)),
    ],
    ids=["no steps", "no inputs"],
)
def test_answer_that_lacks_something_costs_its_function_only(
    answer: Observation, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An answer without steps or inputs, forged or too large, costs only its own function."""

    def body(probe: Probe) -> None:
        got, want = probe.both(n=tensor([1, 2]))
        expect_close(got.array(), want.array(), "it")

    monkeypatch.setattr("test_run.BODIES", [body])
    bench = Bench(mse=answer, update=computing(lambda n: 2 * n))

    results = bench.grade(CHECKS[:2])

    assert results["mse/doubles"].points == 0
    assert results["update/doubles"].status is Status.PASSED


def test_answer_with_a_step_too_few_costs_its_function_only(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """An answer with too few steps, which must be forged, costs only its own function."""

    def body(probe: Probe) -> None:
        got, want = probe.both(n=3, times=3)
        for place in range(3):
            expect_close(got.array(place), want.array(place), "it")

    monkeypatch.setattr("test_run.BODIES", [body])
    short = answered(step(6.0, n=3), step(6.0, n=3))
    bench = Bench(mse=short, update=RIGHT)

    results = bench.grade(CHECKS[:2])

    assert results["mse/doubles"].points == 0
    assert results["update/doubles"].status is Status.PASSED


def test_read_without_a_value_costs_its_function_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """A forged answer to reading a global costs only its own function."""

    def body(probe: Probe) -> None:
        got, want = probe.read()
        if got.returned() != want.returned():
            raise WrongError("no")

    monkeypatch.setattr("test_run.BODIES", [body])
    bench = Bench(mse=Observation(outcome=Outcome.RETURNED))
    bench.reference = RecordedSession(mse=returned("a"))

    results = bench.grade(CHECKS[:1])

    assert results["mse/doubles"].points == 0


def test_check_of_no_function_is_broken() -> None:
    """A check whose file's name is misspelt is reported as broken, at no student's expense."""
    with pytest.raises(CheckCrashedError, match=r"msse/doubles is broken: .* no function msse"):
        Bench(mse=RIGHT).grade([check_of("msse")])


# --- checks that can't judge yet ----------------------------------------------------------


def test_check_of_what_must_not_happen_is_not_judged_without_an_answer() -> None:
    """A check that forbids something can't be wrong where the call never got that far."""
    forbidding = replace(check_of("mse", "keeps"), forbids=True)

    results = Bench(mse=raised("ValueError", "no")).grade([check_of("mse"), forbidding])

    assert results["mse/doubles"].status is Status.ERROR
    result = results["mse/keeps"]
    assert (result.status, result.points) == (Status.NOT_JUDGED, 0.0)
    assert (result.message, result.hint) == ("mse() gave no answer", "")


def test_limit_is_not_forgotten_by_a_check_that_is_not_judged() -> None:
    """A limit that is hit in a check of what must not happen counts for the next ones."""
    forbidding = replace(check_of("mse", "keeps"), forbids=True)

    results = Bench(mse=ended(Outcome.TIME_LIMIT, "over 5 s")).grade([forbidding, check_of("mse")])

    assert results["mse/keeps"].status is Status.NOT_JUDGED
    assert results["mse/doubles"].status is Status.LIMIT
    assert "over 5 s" in results["mse/doubles"].message


@pytest.mark.parametrize(
    ("helper", "message"),
    [(RIGHT, "update(n) is wrong"), (WRONG, "another check of it has to pass first")],
    ids=["right", "wrong"],
)
def test_check_whose_condition_fails_is_not_judged(
    monkeypatch: pytest.MonkeyPatch, helper: Rule, message: str
) -> None:
    """Where a precondition fails, the check says why it can't judge, but not of a lent attempt."""

    def body(probe: Probe) -> None:
        with precondition():
            is_double(probe)

    monkeypatch.setattr("test_run.BODIES", [is_double, body])
    bench = Bench(mse=helper, update=WRONG, lent=WRONG)

    result = bench.grade([check_of("mse"), check_of("update", body=1)])["update/doubles"]

    assert (result.status, result.points, result.hint) == (Status.NOT_JUDGED, 0.0, "")
    assert result.message == message
