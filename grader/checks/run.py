"""Grades one submission with the collected checks: attempts, blame, results.

A function is judged with the student's own helpers and, if a helper is not known to be right, also
with right helpers lent in their place. If either attempt passes, the check passes.
"""

import functools
import time
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field

import msgspec

from grader.checks.assignment import Assignment, Function
from grader.checks.check import Check, RunBody
from grader.checks.no_answer import describe_no_answer
from grader.checks.probe import Probe, derive_seed
from grader.checks.verdict import NoAnswerError, UnwrittenError, WrongError
from grader.errors import CheckCrashedError
from grader.observations.asking import Ask, Observe
from grader.observations.messages import Outcome
from grader.report.model import CheckResult, Status

# After one of these, a function's other checks would end the same way and take as long.
_COSTLY = (Outcome.TIME_LIMIT, Outcome.MEMORY_LIMIT, Outcome.DISK_LIMIT)


# Called before each check: how many are done, how many there are, which function is next.
OnCheckStart = Callable[[int, int, str], None]


def ignore_progress(_done: int, _total: int, _name: str) -> None:
    """Do nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckRun:
    """A submission to grade, as the checks see it.

    Attributes:
        assignment: The assignment.
        seed: The seed that the inputs of all checks are derived from.
        observe: Asks the submission with its own helpers.
        observe_with_lent: Returns, for the name of a function and those of some helpers, how to ask
            the submission with right versions of these helpers.
        expect: Asks the reference.
        only: The functions to grade; None for all.
        on_progress: Called before each check.
        seconds: How long each check took, by its id; filled by `run_checks`.
    """

    assignment: Assignment
    seed: int
    observe: Observe
    observe_with_lent: Callable[[str, frozenset[str]], Observe]
    expect: Ask
    only: Collection[str] | None = None
    on_progress: OnCheckStart = ignore_progress
    seconds: dict[str, float] = field(default_factory=dict)


@dataclass(slots=True)
class _Standing:
    """What is known about a function so far.

    Attributes:
        is_right: Whether it has passed all its checks.
        needs_lent: Whether it passed a check only with lent helpers. If so, the attempt with lent
            helpers comes first in its next check.
        ended: The result of the attempt that hit a limit, by the names of the lent helpers.
    """

    is_right: bool = True
    needs_lent: bool = False
    ended: dict[frozenset[str], CheckResult] = field(default_factory=dict)


def run_checks(checks: Iterable[Check], run_body: RunBody, *, run: CheckRun) -> list[CheckResult]:
    """Run the checks of a submission, those of helpers before those of their callers.

    Args:
        checks: The collected checks.
        run_body: Runs a check's body with a probe, and returns the verdict that it raised.
        run: The submission.

    Returns:
        A result for each check, in the order in which they ran.

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
    standings: dict[str, _Standing] = {}
    results = []
    for place, check in enumerate(chosen):
        run.on_progress(place, len(chosen), check.function)
        standing = standings.setdefault(check.function, _Standing())
        started = time.monotonic()
        result = _run_check(check, run, run_body, standing, standings)
        run.seconds[check.id] = round(time.monotonic() - started, 4)
        standing.is_right &= result.status is Status.PASSED
        results.append(result)
    return results


def _run_check(
    check: Check,
    run: CheckRun,
    run_body: RunBody,
    standing: _Standing,
    standings: Mapping[str, _Standing],
) -> CheckResult:
    """Run a check with the student's own helpers, then with right ones; either may pass."""
    function = run.assignment.function(check.function)
    right = {name for name, other in standings.items() if other.is_right}
    unproved = unproved_collaborators(function, right)
    if _has_helper_over_limit(function, standings):
        # With its own helpers it would hit the limit too, and use up the time of other functions.
        return _attempt(check, run, run_body, standing, lent=unproved).full_result
    if not unproved:
        return _attempt(check, run, run_body, standing).full_result
    own: _Attempt | None = None
    if not standing.needs_lent:
        own = _attempt(check, run, run_body, standing)
        if own.result.status is Status.PASSED or not own.may_be_others_fault:
            return own.full_result
    lent = _attempt(check, run, run_body, standing, lent=unproved)
    if lent.result.status is Status.PASSED:
        standing.needs_lent = True
        return lent.full_result
    own = own or _attempt(check, run, run_body, standing)
    # With right helpers the fault is the function's own, so that finding is the one to report.
    if own.result.status is Status.ERROR or (
        lent.result.status is Status.FAILED and own.result.status is not Status.PASSED
    ):
        return lent.full_result
    return own.full_result


def unproved_collaborators(function: Function, right: Collection[str]) -> frozenset[str]:
    """Return the names of a function's helpers that are not known to be right."""
    return frozenset(function.collaborators).difference(right)


def _has_helper_over_limit(function: Function, standings: Mapping[str, _Standing]) -> bool:
    """Return whether a helper of the function hit a limit."""
    return any(name in standings and standings[name].ended for name in function.collaborators)


@dataclass(frozen=True, slots=True)
class _Attempt:
    """How one attempt at a check ended.

    Attributes:
        result: The result, without the details of a wrong answer.
        may_be_others_fault: Whether a wrong helper may be the cause.
        add_details: Adds the example and what torch did. It is called only for the attempt that
            counts, since it asks the submission once more.
    """

    result: CheckResult
    may_be_others_fault: bool = True
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
    observe = run.observe_with_lent(function.name, lent) if lent else run.observe
    probe = Probe(function, observe, run.expect, derive_seed(run.seed, check.id))
    raised = run_body(check, probe)
    if raised is None:
        return _Attempt(_result(check, Status.PASSED))
    if isinstance(raised, NoAnswerError):
        reason = describe_no_answer(raised, is_quoted=not lent)
        hint = reason.hint or (check.hint if reason.status is Status.ERROR else "")
        result = _result(check, reason.status, message=reason.message, hint=hint)
        if raised.observation.outcome in _COSTLY:
            standing.ended[lent] = result
        return _Attempt(result, may_be_others_fault=reason.may_be_others_fault)
    if isinstance(raised, UnwrittenError):
        return _Attempt(_result(check, Status.MISSING, message=str(raised)))
    assert isinstance(raised, WrongError)  # noqa: S101 - run_body returns nothing else
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
