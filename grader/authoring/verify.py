"""Proves an assignment before a class meets it.

The reference must be right for every seed, the stub worth nothing, and every misconception must
lose points on its own function only, and be named as itself.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import msgspec

from grader.authoring.release import render_script
from grader.checks.assignment import Assignment
from grader.checks.definitions import definitions, names_used
from grader.checks.misconceptions import Misconception
from grader.pool.local_pool import Job, grade_all
from grader.pool.messages import GradeRequest, PoolSettings
from grader.report.model import CheckResult, FunctionResult, Report, ReportStatus, Status
from grader.sandbox.host.limits import Limits

_REFERENCE = "the reference"
_STUB = "the stub"

OnGradingDone = Callable[[int, int, str], None]


@dataclass(slots=True)
class Verification:
    """What came of it.

    Attributes:
        problems: What is off, a line each; empty if nothing is.
        caught: For each misconception's label the ids of its function's checks that it fails.
        checks: For each function the ids of its checks, in order.
        seconds: For each check how long it took in the reference's runs, in the mean.
        seeds: With how many seeds the reference was graded.
    """

    seeds: int
    problems: list[str] = field(default_factory=list)
    caught: dict[str, tuple[str, ...]] = field(default_factory=dict)
    checks: dict[str, tuple[str, ...]] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)

    @property
    def is_clean(self) -> bool:
        """Tell whether nothing is off."""
        return not self.problems


def verify(
    assignment: Assignment, *, seeds: int, jobs: int, on_progress: OnGradingDone
) -> Verification:
    """Grade reference, stub and misconceptions, and tell what is off.

    Args:
        assignment: The assignment; its folder is what the graders load.
        seeds: With how many seeds to grade the reference.
        jobs: How many graders work side by side.
        on_progress: Told how many are done, how many there are, and what was.

    Raises:
        UsageError: the assignment's limits are none.
    """
    Limits.of(assignment.limits)  # here, where it can be told: not in each grader
    verification = Verification(seeds=seeds)
    known = {one.label: one for one in assignment.misconceptions}
    failures: dict[str, list[str]] = {}
    tasks = list(_tasks(assignment, seeds=seeds))
    done = grade_all(
        tasks, settings=PoolSettings(assignment=str(assignment.folder)), workers=jobs
    )
    for count, (task, graded) in enumerate(done):
        on_progress(count, len(tasks), task.key)
        report = msgspec.json.decode(graded.report, type=Report)
        if report.status is ReportStatus.GRADER_ERROR:
            failures.setdefault(report.error, []).append(task.key)
        elif report.status is not ReportStatus.GRADED:
            verification.problems.append(f"{task.key}: {report.status.value}: {report.error}")
        elif task.key == _STUB:
            _look_at_stub(report, verification)
        elif task.key in known:
            _look_at_misconception(known[task.key], report, verification)
        else:
            _look_at_reference(task, report, assignment, verification)
    # What is broken for one is broken for most: say it once.
    for error, keys in failures.items():
        which = keys[0] if len(keys) == 1 else f"{keys[0]} and {len(keys) - 1} more"
        verification.problems.append(f"{which} can't be graded: {error}")
    # In the author's order, not in that in which they were done.
    caught = verification.caught
    verification.caught = {one: caught[one] for one in known if one in caught}
    _look_at_checks(assignment, verification)
    verification.problems.sort()
    return verification


def _tasks(assignment: Assignment, *, seeds: int) -> Iterator[Job]:
    for seed in range(seeds):
        yield _task(f"{_REFERENCE} with seed {seed}", assignment.reference, seed=seed)
    yield _task(_STUB, render_script(assignment.reference))
    for one in assignment.misconceptions:
        # The others are the reference's own, and call nothing that is wrong.
        touched = _touched(assignment, one.function)
        yield _task(one.label, make_submission(assignment, one), only=touched)


def _task(
    key: str, source: str, *, seed: int | None = None, only: tuple[str, ...] | None = None
) -> Job:
    return Job(
        key=key,
        request=GradeRequest(name="submission.py", data=source.encode(), seed=seed, only=only),
    )


def _touched(assignment: Assignment, name: str) -> tuple[str, ...]:
    """Name a function and those of the reference that may call it, directly or not.

    Not what the assignment says of collaborators: one may have been forgotten there.
    """
    used = names_used(assignment.reference)
    touched = {name}
    while more := {other for other, names in used.items() if names & touched} - touched:
        touched |= more
    return tuple(other for other in assignment.parameters if other in touched)


def make_submission(assignment: Assignment, misconception: Misconception) -> str:
    """Write a submission that is right but for one misconception."""
    function = assignment.function(misconception.function)
    # A wrong value says only what is wrong about it; the rest stays right.
    wrong = (
        f"{{**{function.name}, **{misconception.name}}}"
        if function.is_value
        else misconception.name
    )
    parts = (definitions(assignment.reference), definitions(misconception.source))
    return "\n".join((*parts, f"{function.name} = {wrong}", ""))


def _look_at_reference(
    task: Job, report: Report, assignment: Assignment, verification: Verification
) -> None:
    for function in report.functions:
        verification.checks[function.name] = tuple(check.id for check in function.checks)
        for check in function.checks:
            if check.status is not Status.PASSED:
                verification.problems.append(f"{task.key} fails {check.id}: {check.message}")
            took = report.timing.get(check.id, 0.0) / verification.seeds
            verification.seconds[check.id] = verification.seconds.get(check.id, 0.0) + took
    missing = set(assignment.parameters) - {function.name for function in report.functions}
    verification.problems.extend(f"no check grades {name}" for name in sorted(missing))
    if report.max_score != assignment.points:
        problem = f"the points of the checks sum to {report.max_score:g}, not {assignment.points:g}"
        if problem not in verification.problems:
            verification.problems.append(problem)


def _look_at_stub(report: Report, verification: Verification) -> None:
    if report.score:
        earned = [check.id for check in _checks(report) if check.points]
        verification.problems.append(f"{_STUB} earns points: {', '.join(earned)}")


def _look_at_misconception(
    known: Misconception, report: Report, verification: Verification
) -> None:
    problems = verification.problems
    own: FunctionResult | None = None
    for function in report.functions:
        if function.name == known.function:
            own = function
        elif function.status is not Status.PASSED:
            problems.append(f"{known.label} costs {function.name} points too")
    failed = [check for check in own.checks if not check.points] if own else []
    verification.caught[known.label] = tuple(check.id for check in failed)
    if not failed:
        problems.append(f"{known.label} loses no points")
    named = {check.misconception for check in failed}
    if failed and named != {known.id}:
        told = ", ".join(sorted(name or "nothing" for name in named))
        problems.append(f"{known.label} is named {told}")


def _look_at_checks(assignment: Assignment, verification: Verification) -> None:
    there = {check for ids in verification.checks.values() for check in ids}
    verification.problems.extend(
        f"visibility is set for {key}, which is no check"
        for key in assignment.visibility
        if there and "/" in key and key not in there
    )
    caught = {check for ids in verification.caught.values() for check in ids}
    for checks in verification.checks.values():
        verification.problems.extend(
            f"{check} catches no misconception" for check in checks if check not in caught
        )


def _checks(report: Report) -> Iterator[CheckResult]:
    for function in report.functions:
        yield from function.checks
