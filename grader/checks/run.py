"""Grades one submission with the collected checks: attempts, blame, results.

A function is judged with the student's own helpers and, if a helper is not known to be right, also
with right helpers lent in their place. If either attempt passes, the check passes. Of the attempt
with lent helpers nothing is shown but how it ended (`grader.checks.lent_attempt`).

Hidden checks run after all others, in children of their own: no visible check can show what they
ask.
"""

import functools
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace

import msgspec

from grader.checks.assignment import Assignment, Function
from grader.checks.check import Check, RunBody
from grader.checks.lent_attempt import describe_lent_attempt, name_helpers
from grader.checks.no_answer import describe_no_answer
from grader.checks.probe import Probe, derive_seed
from grader.checks.verdict import NoAnswerError, UnwrittenError, WrongError
from grader.errors import CheckCrashedError
from grader.observations.asking import Ask, Observe
from grader.observations.messages import Observation, Outcome, Request
from grader.report.model import CheckResult, Status, Visibility

# After one of these, a function's other checks would end the same way and take as long.
_COSTLY = (Outcome.TIME_LIMIT, Outcome.MEMORY_LIMIT, Outcome.DISK_LIMIT)

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


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckRun:
    """A submission to grade, as the checks see it.

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
        seconds: How long each check took, by its id; filled by `run_checks`. What students can't
            see is not measured: code could tell them something by how long it takes.
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

    def is_hidden(self, check: Check) -> bool:
        """Return whether a check is not, or not yet, for the student to see."""
        return self.assignment.visibility_of(check.id) is not Visibility.VISIBLE

    def student(self, check: Check) -> Student:
        """Return how a check asks the submission."""
        return self.hidden if self.is_hidden(check) else self.visible


@dataclass(slots=True)
class _Standing:
    """What is known about a function so far.

    Attributes:
        left: How many of its checks have not run yet.
        is_right: Whether it has passed all its checks so far.
        needs_lent: Whether it passed a check only with lent helpers. If so, the attempt with lent
            helpers comes first in its next check.
        ended: The result of the attempt that hit a limit, by the names of the lent helpers.
    """

    left: int
    is_right: bool = True
    needs_lent: bool = False
    ended: dict[frozenset[str], CheckResult] = field(default_factory=dict)


def run_checks(checks: Iterable[Check], run_body: RunBody, *, run: CheckRun) -> list[CheckResult]:
    """Run the checks of a submission: visible ones first, those of helpers before their callers'.

    Args:
        checks: The collected checks.
        run_body: Runs a check's body with a probe, and returns the verdict that it raised.
        run: The submission.

    Returns:
        A result for each check, those of helpers before those of their callers.

    Raises:
        CheckCrashedError: A check is broken, or belongs to no function of the assignment.
    """
    order = {function.name: place for place, function in enumerate(run.assignment.functions)}
    checks = list(checks)
    for check in checks:
        if check.function not in order:
            raise CheckCrashedError(check.id, f"the assignment has no function {check.function}")
    chosen = sorted(
        (check for check in checks if run.only is None or check.function in run.only),
        key=lambda check: order[check.function],
    )
    counts = Counter(check.function for check in chosen)
    standings = {name: _Standing(left=count) for name, count in counts.items()}
    results: dict[str, CheckResult] = {}
    for place, check in enumerate(sorted(chosen, key=run.is_hidden)):
        run.on_progress(place, len(chosen), check.function)
        standing = standings[check.function]
        result = _run_check(check, run, run_body, standings)
        standing.left -= 1
        standing.is_right &= result.status is Status.PASSED
        results[check.id] = result
    return [results[check.id] for check in chosen]


def _run_check(
    check: Check, run: CheckRun, run_body: RunBody, standings: Mapping[str, _Standing]
) -> CheckResult:
    """Run a check with the student's own helpers, then with right ones; either may pass."""
    function = run.assignment.function(check.function)
    standing = standings[function.name]
    right = {name for name, other in standings.items() if other.is_right and not other.left}
    unproved = unproved_collaborators(function, right)
    attempt = functools.partial(_attempt, check, run, run_body, standing)
    if not unproved:
        return attempt().full_result
    # With its own helpers it would hit the limit too, and use up the time of other functions.
    is_hopeless = any(standings[one].ended for one in function.collaborators if one in standings)
    own: _Attempt | None = None
    if not is_hopeless and not standing.needs_lent:
        run.reserve(function.name, _RESERVED)
        own = attempt()
        run.reserve(function.name, 0.0)
        if own.result.status is Status.PASSED or not own.may_be_others_fault:
            return own.full_result
    lent = attempt(lent=unproved)
    if lent.result.status is Status.PASSED:
        standing.needs_lent = True
        return lent.result
    if not is_hopeless:
        own = own or attempt()
        if own.result.status is Status.PASSED:
            return own.full_result
    is_helper_wrong = any(not standings[one].is_right for one in unproved if one in standings)
    return _explain(own, lent, helpers=unproved, is_helper_wrong=is_helper_wrong)


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
    if own.result.status is Status.FAILED and is_helper_wrong:
        return lent.result  # with wrong helpers, a right function has wrong answers too
    result = own.full_result
    which = name_helpers(helpers).removeprefix("its ")
    remark = f"(seen with your own {which}; with right ones, the check fails too)"
    return msgspec.structs.replace(result, message=f"{result.message}\n{remark}")


def unproved_collaborators(function: Function, right: Collection[str]) -> frozenset[str]:
    """Return the names of a function's helpers that are not known to be right."""
    return frozenset(function.collaborators).difference(right)


@dataclass(frozen=True, slots=True)
class _Attempt:
    """How one attempt at a check ended.

    Attributes:
        result: The result, without the details of a wrong answer.
        may_be_others_fault: Whether a wrong helper may be the cause.
        exception: The name of the exception that ended it, empty if none did.
        is_in_helper: Whether one of the student's helpers raised it.
        add_details: Adds the example and what torch did. It is called only for the attempt that
            counts, since it asks the submission once more.
    """

    result: CheckResult
    may_be_others_fault: bool = True
    exception: str = ""
    is_in_helper: bool = False
    add_details: Callable[[CheckResult], CheckResult] = lambda result: result

    @property
    def full_result(self) -> CheckResult:
        """The result with its details."""
        return self.add_details(self.result)


def _attempt(
    check: Check,
    run: CheckRun,
    run_body: RunBody,
    standing: _Standing,
    *,
    lent: frozenset[str] = frozenset(),
) -> _Attempt:
    """Run a check once, with the student's own helpers or with lent ones."""
    if lent in standing.ended:
        earlier = standing.ended[lent]
        return _Attempt(_result(check, earlier.status, message=earlier.message, hint=earlier.hint))
    function = run.assignment.function(check.function)
    student = run.student(check)
    observe = student.observe_with_lent(lent) if lent else student.observe
    probe = Probe(function, observe, run.expect, derive_seed(run.seed, check.id))
    started = time.monotonic()
    raised = _judge(check, probe, run, run_body)
    if not lent and not run.is_hidden(check):
        took = run.seconds.get(check.id, 0.0) + time.monotonic() - started
        run.seconds[check.id] = round(took, 4)
    if raised is None:
        return _Attempt(_result(check, Status.PASSED))
    attempt = (
        _Attempt(describe_lent_attempt(check, function.name, raised, lent))
        if lent
        else _describe_own_attempt(check, function, probe, raised)
    )
    if isinstance(raised, NoAnswerError):
        if raised.observation.outcome in _COSTLY:
            standing.ended[lent] = attempt.result
        if raised.observation.raised is not None:
            attempt = replace(attempt, exception=raised.observation.raised.type_name)
    return attempt


def _judge(
    check: Check, probe: Probe, run: CheckRun, run_body: RunBody
) -> WrongError | UnwrittenError | NoAnswerError | None:
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
    assert raised is None or isinstance(raised, WrongError | UnwrittenError | NoAnswerError)  # noqa: S101 - run_body returns nothing else
    return raised


def _passes_reference(check: Check, run: CheckRun, run_body: RunBody) -> bool:
    ask = run.ask_reference(check.function)

    def ask_now(request: Request) -> Callable[[], Observation]:
        # The reference's session answers for both sides, and takes one request at a time.
        answer = ask(request)()
        return lambda: answer

    function = run.assignment.function(check.function)
    seed = derive_seed(run.seed, check.id)
    try:
        return run_body(check, Probe(function, lambda one: ask_now(one)(), ask_now, seed)) is None
    except CheckCrashedError:
        return False


def _describe_own_attempt(
    check: Check,
    function: Function,
    probe: Probe,
    raised: WrongError | UnwrittenError | NoAnswerError,
) -> _Attempt:
    """Describe an attempt that failed with the student's own helpers."""
    if isinstance(raised, NoAnswerError):
        reason = describe_no_answer(raised)
        hint = reason.hint or (check.hint if reason.status is Status.ERROR else "")
        result = _result(check, reason.status, message=reason.message, hint=hint)
        exception = raised.observation.raised
        return _Attempt(
            result,
            may_be_others_fault=reason.may_be_others_fault,
            is_in_helper=exception is not None and exception.function in function.collaborators,
        )
    if isinstance(raised, UnwrittenError):
        return _Attempt(_result(check, Status.MISSING, message=str(raised)))
    result = _result(check, Status.FAILED, message=raised.message, hint=raised.hint or check.hint)
    return _Attempt(result, add_details=functools.partial(_add_details, wrong=raised, probe=probe))


def _add_details(result: CheckResult, *, wrong: WrongError, probe: Probe) -> CheckResult:
    """Add an example if the input is small, and what torch was seen to do."""
    example = probe.example(wrong)
    message = result.message
    if example is None and wrong.got and wrong.expected:
        message += f": got {wrong.got}, should be {wrong.expected}"
    facts = probe.torch_call_facts()
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
