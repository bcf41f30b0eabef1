"""Grades one submission with the collected checks: attempts, blame, results.

A function is judged with the student's own other functions, and where one of those is
not right, with right ones lent in their place: either passes.
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

# After these a function's other checks would only end the same way, at the same price.
_COSTLY = (Outcome.TIME_LIMIT, Outcome.MEMORY_LIMIT, Outcome.DISK_LIMIT)


# Told before each check: how many are done, how many there are, which function is next.
OnCheckStart = Callable[[int, int, str], None]


def ignore_progress(_done: int, _total: int, _name: str) -> None:
    """Tell nobody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckRun:
    """A submission to be graded, seen from the checks.

    ``observe`` asks the submission as it is; ``observe_with_lent`` gives for a function's
    name and those of some collaborators someone to ask that has right ones in their place.
    ``seconds`` is filled: how long each check took.
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
    """What is known of a function so far.

    ``needs_lent``: only right collaborators made it pass a check, so that they come first in the
    next one.
    """

    is_right: bool = True
    needs_lent: bool = False
    ended: dict[frozenset[str], CheckResult] = field(default_factory=dict)


def run_checks(checks: Iterable[Check], run_body: RunBody, *, job: CheckRun) -> list[CheckResult]:
    """Run every check of a submission, the functions it leans on first.

    Args:
        checks: The collected checks.
        run_body: Runs a check's body with a probe, and gives what it raised.
        job: The submission.

    Returns:
        A result for each check, in order.

    Raises:
        CheckCrashedError: a check is of no function of the assignment.
    """
    order = {function.name: place for place, function in enumerate(job.assignment.functions)}
    checks = list(checks)
    for check in checks:
        if check.function not in order:
            raise CheckCrashedError(check.id, f"the assignment has no function {check.function}")
    chosen = sorted(
        (check for check in checks if job.only is None or check.function in job.only),
        key=lambda check: order[check.function],
    )
    standings: dict[str, _Standing] = {}
    results = []
    for place, check in enumerate(chosen):
        job.on_progress(place, len(chosen), check.function)
        standing = standings.setdefault(check.function, _Standing())
        started = time.monotonic()
        result = _run_check(check, job, run_body, standing, standings)
        job.seconds[check.id] = round(time.monotonic() - started, 4)
        standing.is_right &= result.status is Status.PASSED
        results.append(result)
    return results


def _run_check(
    check: Check,
    job: CheckRun,
    run_body: RunBody,
    standing: _Standing,
    standings: Mapping[str, _Standing],
) -> CheckResult:
    """Run a check with the student's own collaborators, then with right ones: either passes."""
    function = job.assignment.function(check.function)
    right = {name for name, other in standings.items() if other.is_right}
    unproved = unproved_collaborators(function, right)
    if _leans_on_endless(function, standings):
        # With its own collaborators it would only hang as well, and use up the time of the others.
        return _attempt(check, job, run_body, standing, lent=unproved).told
    if not unproved:
        return _attempt(check, job, run_body, standing).told
    own: _Attempt | None = None
    if not standing.needs_lent:
        own = _attempt(check, job, run_body, standing)
        if own.result.status is Status.PASSED or not own.may_be_others_fault:
            return own.told
    lent = _attempt(check, job, run_body, standing, lent=unproved)
    if lent.result.status is Status.PASSED:
        standing.needs_lent = True
        return lent.told
    own = own or _attempt(check, job, run_body, standing)
    # With right collaborators a failure is the function's own, and so is what it says.
    if own.result.status is Status.ERROR or (
        lent.result.status is Status.FAILED and own.result.status is not Status.PASSED
    ):
        return lent.told
    return own.told


def unproved_collaborators(function: Function, right: Collection[str]) -> frozenset[str]:
    """Name the functions that this one may call and that are not known to be right."""
    return frozenset(function.collaborators).difference(right)


def _leans_on_endless(function: Function, standings: Mapping[str, _Standing]) -> bool:
    """Tell whether a collaborator was ended by a limit."""
    return any(name in standings and standings[name].ended for name in function.collaborators)


@dataclass(frozen=True, slots=True)
class _Attempt:
    """How one attempt at a check ended.

    ``tell`` adds what is worth saying of it: only of the attempt that counts, since it asks the
    submission once more.
    """

    result: CheckResult
    may_be_others_fault: bool = True
    tell: Callable[[CheckResult], CheckResult] = lambda result: result

    @property
    def told(self) -> CheckResult:
        """The result with all that is to be said of it."""
        return self.tell(self.result)


def _attempt(
    check: Check,
    job: CheckRun,
    run_body: RunBody,
    standing: _Standing,
    *,
    lent: frozenset[str] = frozenset(),
) -> _Attempt:
    """Run a check once, with the student's own collaborators or some that are lent."""
    if lent in standing.ended:
        earlier = standing.ended[lent]
        return _Attempt(_result(check, earlier.status, message=earlier.message, hint=earlier.hint))
    function = job.assignment.function(check.function)
    observe = job.observe_with_lent(function.name, lent) if lent else job.observe
    probe = Probe(function, observe, job.expect, derive_seed(job.seed, check.id))
    raised = run_body(check, probe)
    if raised is None:
        return _Attempt(_result(check, Status.PASSED))
    if isinstance(raised, NoAnswerError):
        told = describe_no_answer(raised, is_quoted=not lent)
        hint = told.hint or (check.hint if told.status is Status.ERROR else "")
        result = _result(check, told.status, message=told.message, hint=hint)
        if raised.observation.outcome in _COSTLY:
            standing.ended[lent] = result
        return _Attempt(result, may_be_others_fault=told.may_be_others_fault)
    if isinstance(raised, UnwrittenError):
        return _Attempt(_result(check, Status.MISSING, message=str(raised)))
    assert isinstance(raised, WrongError)  # noqa: S101 - run_body lets nothing else through
    result = _result(check, Status.FAILED, message=raised.message, hint=raised.hint or check.hint)
    return _Attempt(result, tell=functools.partial(_tell_wrong, wrong=raised, probe=probe))


def _tell_wrong(result: CheckResult, *, wrong: WrongError, probe: Probe) -> CheckResult:
    """Add an example where the input is small, and what torch did."""
    example = probe.example(wrong)
    message = result.message
    if example is None and wrong.got and wrong.expected:
        message += f": got {wrong.got}, should be {wrong.expected}"
    seen = probe.torch_call_facts()
    if seen:
        message += f"\n(while it ran, {seen})"
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
