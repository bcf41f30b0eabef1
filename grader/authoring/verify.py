"""Prove that an assignment grades as it should, before a class uses it.

The reference must get full marks with every seed, and the stub no points. Every misconception must
lose points on its own function only, and the report must name it and no other.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import msgspec

from grader.authoring.release import render_script
from grader.checks.assignment import Assignment
from grader.checks.definitions import definitions, names_used
from grader.checks.misconceptions import Misconception
from grader.pool.jobs import Job
from grader.pool.local_pool import LocalPool
from grader.pool.messages import GradeRequest, PoolSettings
from grader.report.model import CheckResult, FunctionResult, Report, ReportStatus, Status
from grader.sandbox.host.limits import Limits

_REFERENCE = "the reference"
_STUB = "the stub"

OnGradingDone = Callable[[int, int, str], None]


@dataclass(slots=True)
class Verification:
    """The result of verifying an assignment.

    Attributes:
        problems: The problems, a line each, sorted; empty if there are none.
        caught: For each misconception's label, the ids of its function's checks that it fails.
        checks: For each function, the ids of its checks, in order.
        seconds: For each check, the mean of the seconds that it took for the reference.
        seeds: The number of seeds that the reference was graded with.
    """

    seeds: int
    problems: list[str] = field(default_factory=list)
    caught: dict[str, tuple[str, ...]] = field(default_factory=dict)
    checks: dict[str, tuple[str, ...]] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)

    @property
    def is_clean(self) -> bool:
        """Return whether there are no problems."""
        return not self.problems


def verify(
    assignment: Assignment, *, seeds: int, jobs: int, on_progress: OnGradingDone
) -> Verification:
    """Grade the reference, the stub and all misconceptions, and list the problems.

    Args:
        assignment: The assignment; the workers load it from its folder.
        seeds: The number of seeds to grade the reference with.
        jobs: The number of workers that grade at the same time.
        on_progress: Called after each submission with its index, the number of submissions, and its
            name.

    Raises:
        UsageError: The assignment sets an unknown or wrong limit.
    """
    Limits.of(assignment.limits)  # so that a wrong limit is reported here, and not by each worker
    verification = Verification(seeds=seeds)
    known = {one.label: one for one in assignment.misconceptions}
    failures: dict[str, list[str]] = {}
    jobs_to_do = list(_make_jobs(assignment, seeds=seeds))
    pool = LocalPool(PoolSettings(assignment=str(assignment.folder)), workers=jobs)
    for index, (job, graded) in enumerate(pool.grade_all(jobs_to_do)):
        on_progress(index, len(jobs_to_do), job.key)
        report = msgspec.json.decode(graded.report, type=Report)
        if report.status is ReportStatus.GRADER_ERROR:
            failures.setdefault(report.error, []).append(job.key)
        elif report.status is not ReportStatus.GRADED:
            verification.problems.append(f"{job.key}: {report.status.value}: {report.error}")
        elif job.key == _STUB:
            _verify_stub(report, verification)
        elif job.key in known:
            _verify_misconception(known[job.key], report, verification)
        else:
            _verify_reference(job, report, assignment, verification)
    # A broken check fails for most submissions, but is one problem.
    for error, keys in failures.items():
        which = keys[0] if len(keys) == 1 else f"{keys[0]} and {len(keys) - 1} more"
        verification.problems.append(f"{which} can't be graded: {error}")
    # In the author's order, not in the order in which they were graded.
    caught = verification.caught
    verification.caught = {one: caught[one] for one in known if one in caught}
    _verify_checks(assignment, verification)
    verification.problems.sort()
    return verification


def _make_jobs(assignment: Assignment, *, seeds: int) -> Iterator[Job]:
    for seed in range(seeds):
        yield _make_job(f"{_REFERENCE} with seed {seed}", assignment.reference, seed=seed)
    yield _make_job(_STUB, render_script(assignment.reference))
    for one in assignment.misconceptions:
        # Other functions are the reference's, and call nothing wrong.
        affected = _function_and_callers(assignment, one.function)
        yield _make_job(one.label, make_submission(assignment, one), only=affected)


def _make_job(
    key: str, source: str, *, seed: int | None = None, only: tuple[str, ...] | None = None
) -> Job:
    return Job(
        key=key,
        request=GradeRequest(name="submission.py", data=source.encode(), seed=seed, only=only),
    )


def _function_and_callers(assignment: Assignment, name: str) -> tuple[str, ...]:
    """Return a function and its direct and indirect callers in the reference.

    The assignment's ``collaborators`` are not used, since one may be missing there.
    """
    used = names_used(assignment.reference)
    found = {name}
    while more := {caller for caller, names in used.items() if names & found} - found:
        found |= more
    return tuple(one for one in assignment.parameters if one in found)


def make_submission(assignment: Assignment, misconception: Misconception) -> str:
    """Write a submission that is right except for one misconception."""
    function = assignment.unit(misconception.function)
    # The misconception of a dict has only the wrong items; the others stay right.
    wrong = (
        f"{{**{function.name}, **{misconception.name}}}"
        if function.is_value
        else misconception.name
    )
    parts = (definitions(assignment.reference), definitions(misconception.source))
    return "\n".join((*parts, f"{function.name} = {wrong}", ""))


def _verify_reference(
    job: Job, report: Report, assignment: Assignment, verification: Verification
) -> None:
    for function in report.functions:
        verification.checks[function.name] = tuple(check.id for check in function.checks)
        for check in function.checks:
            if check.status is not Status.PASSED:
                verification.problems.append(f"{job.key} fails {check.id}: {check.message}")
            took = report.timing.get(check.id, 0.0) / verification.seeds
            verification.seconds[check.id] = verification.seconds.get(check.id, 0.0) + took
    missing = set(assignment.parameters) - {function.name for function in report.functions}
    verification.problems.extend(f"no check grades {name}" for name in sorted(missing))
    if report.max_score != assignment.points:
        problem = (
            f"the points of the checks add up to {report.max_score:g}, not {assignment.points:g}"
        )
        if problem not in verification.problems:
            verification.problems.append(problem)


def _verify_stub(report: Report, verification: Verification) -> None:
    if report.score:
        earned = [check.id for check in _checks(report) if check.points]
        verification.problems.append(f"{_STUB} earns points: {', '.join(earned)}")


def _verify_misconception(known: Misconception, report: Report, verification: Verification) -> None:
    problems = verification.problems
    own: FunctionResult | None = None
    for function in report.functions:
        if function.name == known.function:
            own = function
        elif function.status is not Status.PASSED:
            problems.append(f"{known.label} costs points on {function.name} too")
    failed = [check for check in own.checks if not check.points] if own else []
    judged = [check for check in failed if check.status is not Status.NOT_JUDGED]
    verification.caught[known.label] = tuple(check.id for check in judged)
    if not failed:
        problems.append(f"{known.label} loses no points")
    named = {check.misconception for check in judged}
    if judged and named != {known.id}:
        names = ", ".join(sorted(name or "no misconception" for name in named))
        problems.append(f"{known.label} is diagnosed as {names}")


def _verify_checks(assignment: Assignment, verification: Verification) -> None:
    there = {check for ids in verification.checks.values() for check in ids}
    verification.problems.extend(
        f"visibility is set for {key}, which is not a check"
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
