"""Grades one submission with the collected checks: attempts, blame, results.

A function is judged with the student's own helpers and, if a helper is not known to be right, also
with right helpers lent in their place. If either attempt passes, the check passes. Of the attempt
with lent helpers nothing is shown but how it ended (`grader.checks.lent_attempt`).

Grading has three phases: what code has seen in one of them, it can tell only in the next ones.

1. Visible checks, with the student's own helpers. What this code says is shown.
2. Hidden checks, in children of their own. What they ask is secret.
3. Checks that may have failed because of a helper, with right helpers. These children hold parts of
   the reference. All checks of a function come before it is lent to another one.

So no answer that is shown, or that earns points with the student's own helpers, comes from code
that could know the reference, even if it has left a trace somewhere.
"""

import enum
import functools
import re
import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import msgspec

from grader.checks.absent import describe_absence, describe_lack_of_return, lacks_return
from grader.checks.assignment import Assignment
from grader.checks.check import Check, RunBody
from grader.checks.code_facts import explain_by_code
from grader.checks.lent_attempt import describe_lent_attempt, name_helpers
from grader.checks.no_answer import describe_no_answer
from grader.checks.probe import INCOMPLETE, Probe, derive_seed
from grader.checks.units import Unit, UnitKind
from grader.checks.verdict import NoAnswerError, NotJudgedError, UnwrittenError, Verdict, WrongError
from grader.errors import CheckCrashedError
from grader.observations.asking import Ask, Observe, answer_at_once
from grader.observations.messages import Absence, FunctionFacts, Outcome, Raised
from grader.report.model import CheckResult, Status, Visibility
from grader.report.shorten import MAX_NAME, shorten
from grader.report.words import join_names

_UNDEFINED = re.compile(r"name '(\w{1,100})' is not defined")

# After one of these, a function's other checks would end the same way and take as long.
_COSTLY = (Outcome.TIME_LIMIT, Outcome.MEMORY_LIMIT, Outcome.DISK_LIMIT)

_NOTHING: frozenset[str] = frozenset()

# The part of a function's time that its own wrong helpers can't use up.
_RESERVED = 0.5


# Called before each check: how many are done, how many there are, which function is next.
OnCheckStart = Callable[[int, int, str], None]


def ignore_progress(_done: int, _total: int, _name: str) -> None:
    """Do nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Student:
    """How the student's code is asked.

    Attributes:
        observe: Asks it with its own helpers.
        observe_with_lent: Returns, for the names of some helpers, how to ask it with right versions
            of these.
    """

    observe: Observe
    observe_with_lent: Callable[[frozenset[str]], Observe]


class Phase(enum.Enum):
    """A phase of grading; they come in this order. The module's docstring explains why."""

    OWN = "own"
    OWN_HIDDEN = "own, hidden"
    LENT = "lent"


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckRun:
    """A submission to grade, as the checks see it, and what is known about it so far.

    Attributes:
        assignment: The assignment.
        seed: The seed that the inputs of all checks are derived from.
        visible: How visible checks ask the submission.
        hidden: How the other checks ask it: in other children.
        expect: Asks the reference.
        ask_reference: Returns, for the name of a function, how to ask the reference about it, also
            if its checks never do.
        reserve: Reserves a part of the CPU time of a function for later, or nothing.
        only: The functions to grade; None for all.
        on_progress: Called before each check.
        seconds: How long each check took, by its id. What students can't see is not measured: code
            could tell them something by how long it takes.
        checks: The checks to run, those of helpers before those of their callers.
        results: The results that are settled, by the ids of the checks.
        open: The attempts that failed, perhaps because of a helper, by the ids of the checks; None
            if there was no use in an attempt.
        ended: The results of attempts that hit a limit, by the function and the lent helpers.
        misled: The functions that gave a wrong answer with a wrong helper.
        crashed: The functions that ended the process.
        functions: What the code of the submission's functions shows.
        absences: What there is in place of units that are missing or have no code.
        defined: The units that the submission defines; None if that is not known.
        hidden_ids: The ids of the checks that students don't see, or not yet.
        by_function: The checks of each unit.
        used: The names of the submission that the scripts of a unit's checks have used.
    """

    assignment: Assignment
    seed: int
    visible: Student
    hidden: Student
    expect: Ask
    ask_reference: Callable[[str], Ask]
    reserve: Callable[[str, float], None] = lambda _name, _share: None
    only: Collection[str] | None = None
    on_progress: OnCheckStart = ignore_progress
    seconds: dict[str, float] = field(default_factory=dict)
    checks: list[Check] = field(default_factory=list)
    results: dict[str, CheckResult] = field(default_factory=dict)
    open: dict[str, "_Attempt | None"] = field(default_factory=dict)
    ended: dict[tuple[str, frozenset[str]], CheckResult] = field(default_factory=dict)
    misled: set[str] = field(default_factory=set)
    crashed: set[str] = field(default_factory=set)
    functions: Mapping[str, FunctionFacts] = field(default_factory=dict)
    absences: Mapping[str, Absence] = field(default_factory=dict)
    defined: Collection[str] | None = None
    hidden_ids: set[str] = field(default_factory=set)
    by_function: dict[str, list[Check]] = field(default_factory=dict)
    used: dict[str, set[str]] = field(default_factory=dict)

    @property
    def phases(self) -> tuple[Phase, ...]:
        """The phases that this assignment needs, in their order."""
        return tuple(one for one in Phase if self.hidden_ids or one is not Phase.OWN_HIDDEN)

    def choose(self, checks: Iterable[Check]) -> None:
        """Set the checks to run, of those that were collected.

        Raises:
            CheckCrashedError: A check belongs to no function of the assignment.
        """
        order = {function.name: place for place, function in enumerate(self.assignment.units)}
        for check in checks:
            if check.function not in order:
                problem = f"the assignment has no function {check.function}"
                raise CheckCrashedError(check.id, problem)
            if self.only is None or check.function in self.only:
                self.checks.append(check)
                self.by_function.setdefault(check.function, []).append(check)
                if self.assignment.visibility_of(check.id) is not Visibility.VISIBLE:
                    self.hidden_ids.add(check.id)
        self.checks.sort(key=lambda check: order[check.function])

    def is_hidden(self, check_id: str) -> bool:
        """Return whether a check is not, or not yet, for the student to see."""
        return check_id in self.hidden_ids

    def helpers(self, name: str) -> tuple[str, ...]:
        """Return the helpers that a function may use; what is not known counts as used.

        A submission that hides one is judged with its own.
        """
        unit = self.assignment.unit(name)
        facts = self.functions.get(name) if unit.kind is UnitKind.FUNCTION else None
        if facts is None:
            return unit.collaborators
        used = {*facts.uses, *self.used.get(name, ())}
        return tuple(one for one in unit.collaborators if one in used)

    def unproved(self, name: str, *, is_hidden: bool) -> frozenset[str]:
        """Return the helpers of a function that are not known to be right.

        Args:
            name: The name of the function.
            is_hidden: Whether a hidden check asks. What hidden checks find out must not show in a
                visible one, so to those a helper with a hidden check is never known to be right.
        """
        return frozenset(
            helper
            for helper in self.helpers(name)
            if not self._is_right(helper, is_hidden=is_hidden)
        )

    def has_wrong_helper(self, name: str, *, is_hidden: bool) -> bool:
        """Return whether a helper of a unit has failed with the student's own helpers.

        Then this helper is wrong, or another one is that both use.
        """
        return bool(self.wrong_helpers(name, is_hidden=is_hidden))

    def wrong_helpers(self, name: str, *, is_hidden: bool) -> list[str]:
        """Return the helpers of a unit that have failed with the student's own helpers."""
        return [
            helper
            for helper in self.helpers(name)
            if any(
                (is_hidden or not self.is_hidden(check.id)) and self._has_failed(check)
                for check in self.checks_of(helper)
            )
        ]

    def lacks(self, name: str) -> bool:
        """Return whether the submission is known not to define a unit."""
        return self.defined is not None and name not in self.defined

    def lendable(self, name: str, helpers: Collection[str]) -> frozenset[str]:
        """Return what can be lent to a unit in place of some of its helpers.

        Single methods can be lent to a class whose attributes are part of the contract. Otherwise
        the whole class is lent, but not to its own methods.
        """
        unit = self.assignment.unit(name)
        found = set()
        for helper in map(self.assignment.unit, helpers):
            if helper.name == unit.owner:
                continue
            if not helper.owner or self.assignment.unit(helper.owner).attributes:
                found.add(helper.name)
            elif helper.owner not in (unit.owner, unit.name):
                found.add(helper.owner)
        return frozenset(found)

    def checks_of(self, name: str) -> list[Check]:
        """Return the checks of a unit, and of its methods if it is a class."""
        own = self.by_function.get(name, [])
        owned = (
            check
            for unit in self.assignment.units
            if unit.owner == name
            for check in self.by_function.get(unit.name, ())
        )
        return [*own, *owned]

    def _is_right(self, name: str, *, is_hidden: bool) -> bool:
        checks = self.checks_of(name)
        return bool(checks) and all(
            self._has_passed(check) and (is_hidden or not self.is_hidden(check.id))
            for check in checks
        )

    def _has_failed(self, check: Check) -> bool:
        if check.id in self.open:
            return True
        result = self.results.get(check.id)
        # What was not judged may be right.
        return result is not None and result.status not in (Status.PASSED, Status.NOT_JUDGED)

    def _has_passed(self, check: Check) -> bool:
        result = self.results.get(check.id)
        return result is not None and result.status is Status.PASSED


def run_phase(run_body: RunBody, *, run: CheckRun, phase: Phase) -> list[CheckResult]:
    """Run the checks of a phase.

    Args:
        run_body: Runs a check's body with a probe, and returns the verdict that it raised.
        run: The submission with the checks that were chosen; the new results are added to it.
        phase: The phase; those before it have run.

    Returns:
        The results that are settled now, those of helpers before those of their callers.

    Raises:
        CheckCrashedError: A check is broken.
    """
    settled = []
    if phase is Phase.LENT:
        chosen = [check for check in run.checks if check.id in run.open]
    else:
        is_hidden = phase is Phase.OWN_HIDDEN
        chosen = [check for check in run.checks if run.is_hidden(check.id) == is_hidden]
    for check in chosen:
        run.on_progress(len(run.results), len(run.checks), check.function)
        attempt = _try_with_lent if phase is Phase.LENT else _try_with_own
        result = attempt(check, run, run_body)
        if result is not None:
            inputs = run.assignment.parameters[check.function]
            facts = run.functions.get(check.function)
            is_first = not any(
                one.status is not Status.PASSED and one.function == check.function
                for one in run.results.values()
            )
            result = explain_by_code(result, facts, inputs, is_first=is_first)
            run.results[check.id] = result
            settled.append(result)
    return settled


def _try_with_own(check: Check, run: CheckRun, run_body: RunBody) -> CheckResult | None:
    """Run a check with the student's own helpers; None if the result may be another one's fault."""
    is_hidden = run.is_hidden(check.id)
    function = run.assignment.unit(check.function)
    unproved = run.unproved(function.name, is_hidden=is_hidden)
    if run.lendable(function.name, unproved) and _is_hopeless(function, run):
        run.open[check.id] = None
        return None
    run.reserve(function.name, _RESERVED if unproved else 0.0)
    own = _attempt(check, run, run_body)
    run.reserve(function.name, 0.0)
    unproved = run.unproved(function.name, is_hidden=is_hidden)  # with what its scripts use
    if not unproved and not own.stopped_in:
        return own.full_result
    is_helper_wrong = run.has_wrong_helper(function.name, is_hidden=is_hidden)
    if not is_helper_wrong:
        own = replace(own, result=own.full_result)
    if own.stopped_in and not run.lendable(function.name, [own.stopped_in]):
        message = f"{own.stopped_in} raised {own.exception}, with which it is tried together"
        return _result(check, Status.NOT_JUDGED, message=message)
    if own.result.status is Status.PASSED or not own.may_be_others_fault:
        return own.result
    run.open[check.id] = own
    if is_helper_wrong and own.result.status is Status.FAILED:
        run.misled.add(function.name)
    return None


def _is_hopeless(function: Unit, run: CheckRun) -> bool:
    """Return whether an attempt with the student's own helpers would be of no use.

    A wrong helper has already led the function to a wrong answer, has hit a limit, which it would
    hit again, or has ended the process, which then loads everything once more.
    """
    return function.name in run.misled or any(
        (name, _NOTHING) in run.ended or name in run.crashed for name in run.helpers(function.name)
    )


def _try_with_lent(check: Check, run: CheckRun, run_body: RunBody) -> CheckResult:
    """Run a check with right helpers, whose own attempt has failed."""
    is_hidden = run.is_hidden(check.id)
    own = run.open.pop(check.id)
    unproved = run.unproved(check.function, is_hidden=is_hidden)
    lendable = run.lendable(check.function, unproved)
    # Not the student's own child again: what it says now could come from one with lent helpers.
    lent = _attempt(check, run, run_body, lent=lendable) if lendable else own
    if lent is not None and lent.result.status is Status.PASSED:
        return lent.result
    wrong = run.wrong_helpers(check.function, is_hidden=is_hidden)
    left = [one for one in wrong if not run.lendable(check.function, [one])]
    if lent is None or (left and lent.result.status is not Status.MISSING):
        message = f"it is tried together with {join_names(left) or 'its helpers'}"
        return _result(check, Status.NOT_JUDGED, message=message)
    if not lendable:
        return lent.result
    return _explain(own, lent, helpers=lendable, is_helper_wrong=bool(wrong))


def _explain(
    own: "_Attempt | None",
    lent: "_Attempt",
    *,
    helpers: Collection[str],
    is_helper_wrong: bool,
) -> CheckResult:
    """Explain a check that fails with lent helpers too.

    The report has the attempt with the student's own helpers if that shows something about this
    function; otherwise the words for the lent attempt stand alone.
    """
    if own is None or own.result.status is not lent.result.status:
        return lent.result
    if own.exception != lent.exception or own.is_in_helper:
        return lent.result
    if own.result.status in (Status.FAILED, Status.NOT_JUDGED) and is_helper_wrong:
        return lent.result  # with wrong helpers, a right function has wrong answers too
    result = own.result
    which = name_helpers(helpers).removeprefix("its ")
    remark = f"(seen with your own {which}; with right ones, the check fails too)"
    return msgspec.structs.replace(result, message=f"{result.message}\n{remark}")


@dataclass(frozen=True, slots=True)
class _Attempt:
    """How one attempt at a check ended.

    Attributes:
        result: The result, without the details of a wrong answer.
        may_be_others_fault: Whether a wrong helper may be the cause.
        exception: The name of the exception that ended it, empty if none did.
        is_in_helper: Whether one of the student's helpers raised it.
        stopped_in: The other method of its class that raised it; empty if none did.
        add_details: Adds the example and what torch did. It is called only for the attempt that
            counts, since it asks the submission once more.
    """

    result: CheckResult
    may_be_others_fault: bool = True
    exception: str = ""
    is_in_helper: bool = False
    stopped_in: str = ""
    add_details: Callable[[CheckResult], CheckResult] = lambda result: result

    @property
    def full_result(self) -> CheckResult:
        """The result with its details."""
        return self.add_details(self.result)


def _attempt(
    check: Check, run: CheckRun, run_body: RunBody, *, lent: frozenset[str] = _NOTHING
) -> _Attempt:
    """Run a check once, with the student's own helpers or with lent ones."""
    attempt = _attempt_to_judge(check, run, run_body, lent=lent)
    if check.forbids and attempt.result.status in (Status.ERROR, Status.LIMIT):
        message = f"{check.function}() gave no answer"
        return replace(attempt, result=_result(check, Status.NOT_JUDGED, message=message))
    return attempt


def _attempt_to_judge(
    check: Check, run: CheckRun, run_body: RunBody, *, lent: frozenset[str]
) -> _Attempt:
    earlier = run.ended.get((check.function, lent))
    if earlier is not None:
        return _Attempt(_result(check, earlier.status, message=earlier.message, hint=earlier.hint))
    function = run.assignment.unit(check.function)
    student = run.hidden if run.is_hidden(check.id) else run.visible
    observe = student.observe_with_lent(lent) if lent else student.observe
    seed = derive_seed(run.seed, check.id)
    probe = Probe(function, observe, run.expect, seed, units=run.assignment.units)
    started = time.monotonic()
    raised = _judge(check, probe, run, run_body)
    run.used.setdefault(function.name, set()).update(probe.used)
    if not lent and not run.is_hidden(check.id):
        run.seconds[check.id] = round(time.monotonic() - started, 4)
    if raised is None:
        return _Attempt(_result(check, Status.PASSED))
    absence = run.absences.get(function.name) or run.absences.get(function.owner)
    missing = _describe_missing(function, absence, raised, run)
    if missing:
        attempt = _Attempt(
            _result(check, Status.MISSING, message=missing), may_be_others_fault=False
        )
    elif lent:
        attempt = _Attempt(describe_lent_attempt(check, function.name, raised, lent))
    else:
        attempt = _describe_own_attempt(
            check, function, probe, raised, absence, files=run.assignment.material.given
        )
    if isinstance(raised, NoAnswerError):
        has_ended = raised.observation is not INCOMPLETE
        if raised.observation.outcome is Outcome.CRASHED and has_ended and not lent:
            run.crashed.add(function.name)
        if raised.observation.outcome in _COSTLY:
            run.ended[check.function, lent] = attempt.result
        if raised.observation.raised is not None:
            exception = raised.observation.raised
            attempt = replace(
                attempt,
                exception=shorten(exception.type_name, MAX_NAME),
                stopped_in=_other_method(function, exception, run),
            )
    return attempt


def _describe_missing(
    function: Unit, absence: Absence | None, raised: Verdict, run: CheckRun
) -> str:
    """Say that a unit is missing; empty if it isn't."""
    missing = describe_absence(function, absence, raised)
    if not missing and function.owner and run.lacks(function.name):
        return f"the submission does not define {function.name}"
    return missing


def _judge(check: Check, probe: Probe, run: CheckRun, run_body: RunBody) -> Verdict | None:
    """Run a check's body, and return its verdict.

    Raises:
        CheckCrashedError: The check is broken: it crashes on the reference's answers too.
    """
    try:
        raised = run_body(check, probe)
    except CheckCrashedError as error:
        if not _passes_reference(check, run, run_body):
            raise
        # So an answer of the submission is the cause, and costs its function only.
        kind = type(error.__cause__).__name__
        return WrongError(f"the answer is so unusual that it can't be judged ({kind})")
    assert raised is None or isinstance(raised, Verdict)  # noqa: S101 - run_body returns nothing else
    return raised


def _passes_reference(check: Check, run: CheckRun, run_body: RunBody) -> bool:
    ask = answer_at_once(run.ask_reference(check.function))  # the reference answers for both sides
    function = run.assignment.unit(check.function)
    seed = derive_seed(run.seed, check.id)
    try:
        return (
            run_body(
                check,
                Probe(function, lambda one: ask(one)(), ask, seed, units=run.assignment.units),
            )
            is None
        )
    except CheckCrashedError:
        return False


def _describe_own_attempt(
    check: Check,
    function: Unit,
    probe: Probe,
    raised: Verdict,
    absence: Absence | None,
    *,
    files: Sequence[str] = (),
) -> _Attempt:
    """Describe an attempt that failed with the student's own helpers."""
    if isinstance(raised, NoAnswerError):
        reason = describe_no_answer(raised, absence=absence, files=files)
        # Not the check's own hint: it is about wrong answers, and here there is none.
        result = _result(check, reason.status, message=reason.message, hint=reason.hint)
        exception = raised.observation.raised
        example = probe.raising_example(raised.observation)
        result = msgspec.structs.replace(result, example=example)
        return _Attempt(
            result,
            may_be_others_fault=reason.may_be_others_fault,
            is_in_helper=exception is not None and _is_of_helper(exception, function),
        )
    if isinstance(raised, UnwrittenError):
        return _Attempt(_result(check, Status.MISSING, message=str(raised)))
    if isinstance(raised, NotJudgedError):
        return _Attempt(_result(check, Status.NOT_JUDGED, message=str(raised)))
    if absence is not None and lacks_return(absence, raised):
        message, hint = describe_lack_of_return(absence)
        result = _result(check, Status.FAILED, message=message, hint=hint)
        return _Attempt(result, may_be_others_fault=False)
    result = _result(check, Status.FAILED, message=raised.message, hint=raised.hint or check.hint)
    return _Attempt(result, add_details=functools.partial(_add_details, wrong=raised, probe=probe))


def _other_method(function: Unit, raised: Raised, run: CheckRun) -> str:
    """Return the other method of a unit's class in which an exception was raised, or nothing."""
    is_other = raised.function != function.name and raised.function in run.assignment.parameters
    if is_other and function.owner and raised.function.startswith(f"{function.owner}."):
        return raised.function
    return ""


def _is_of_helper(raised: Raised, function: Unit) -> bool:
    """Return whether a helper raised an exception, or it is about a helper that is missing."""
    named = _UNDEFINED.match(raised.text) if raised.type_name == "NameError" else None
    name = raised.function if named is None else named[1]
    return name in function.collaborators


def _add_details(result: CheckResult, *, wrong: WrongError, probe: Probe) -> CheckResult:
    """Add an example if the input is small, and what torch was seen to do."""
    example = probe.example(wrong)
    message = result.message
    if example is None and wrong.got and wrong.expected:
        message += f": got {wrong.got}, should be {wrong.expected}"
    facts = probe.torch_call_facts(wrong)
    if facts:
        message += f"\n(while it ran, {facts})"
    return msgspec.structs.replace(result, message=message, example=example)


def _result(check: Check, status: Status, *, message: str = "", hint: str = "") -> CheckResult:
    return CheckResult(
        id=check.id,
        title=check.title,
        status=status,
        points=check.points if status is Status.PASSED else 0.0,
        max_points=check.points,
        message=message,
        hint=hint,
    )
