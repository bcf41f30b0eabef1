"""Grade the mutants of an assignment: do its checks notice every small change of the reference?"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import msgspec

from grader.authoring.callers import unit_and_callers, units_that_may_notice
from grader.authoring.mutants import Mutant, find_mutants, reference_sources
from grader.checks.assignment import Assignment
from grader.checks.definitions import without_demos
from grader.errors import InternalError, UsageError
from grader.pool.jobs import Job
from grader.pool.local_pool import LocalPool
from grader.pool.messages import GradeRequest, PoolSettings
from grader.report.model import FunctionResult, Report, ReportStatus, Status
from grader.sandbox.host.limits import Limits
from grader.submission.hand_in import HandedIn, pack

# One seed for all: workers draw the inputs and ask the reference only once.
_SEED = 0
_REFERENCE = "the reference"

# A mutant may take this many times as long as the reference, and always this many seconds of CPU.
_PATIENCE = 4.0
_LEAST_CPU_S = 1.0

OnGradingDone = Callable[[int, int, str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class GradedMutant:
    """What became of a mutant.

    Attributes:
        mutant: The mutant.
        cost: The units that lost points, in the order of the contract. It survives if there is
            none.
        strays: Those of them that neither contain nor use what was changed.
        is_elsewhere: Whether others lost points, and the unit that was changed did not.
        named: The misconceptions that the report names.
        is_stopped: Whether it was only told from the reference by its time running out.
    """

    mutant: Mutant
    cost: tuple[str, ...]
    strays: tuple[str, ...] = ()
    is_elsewhere: bool = False
    named: tuple[str, ...] = ()
    is_stopped: bool = False


@dataclass(slots=True)
class MutantRun:
    """The result of grading the mutants of an assignment.

    Attributes:
        graded: All mutants, in the order of the reference's lines.
        problems: What kept mutants from being graded, a line each.
    """

    graded: list[GradedMutant] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    @property
    def killed(self) -> list[GradedMutant]:
        """The mutants that lost points."""
        return [one for one in self.graded if one.cost]

    @property
    def survivors(self) -> list[GradedMutant]:
        """The mutants that lost none."""
        return [one for one in self.graded if not one.cost]


def grade_mutants(
    assignment: Assignment,
    *,
    jobs: int,
    unit: str | None = None,
    has_diagnosis: bool = False,
    on_progress: OnGradingDone = lambda _done, _total, _name: None,
) -> MutantRun:
    """Grade the mutants of an assignment's reference.

    Args:
        assignment: The assignment; the workers load it from its folder.
        jobs: The number of workers that grade at the same time.
        unit: The only unit to change; of a class, with all its methods. None for all.
        has_diagnosis: Whether to name misconceptions, which takes several times as long.
        on_progress: Called after each submission with its index, the number of submissions, and
            its name.

    Raises:
        UsageError: The assignment sets an unknown or wrong limit, or there are no mutants.
        InternalError: The reference itself does not get full marks.
    """
    limits = Limits.of(assignment.limits)
    mutants = find_mutants(assignment, unit=unit)
    if not mutants:
        raise UsageError(
            f"there is nothing to change in {unit}; units are {', '.join(assignment.parameters)}"
            if unit is not None
            else "there is nothing to change in the reference"
        )
    places = {(one.unit, one.bound) for one in mutants}
    callers = {
        (name, bound): unit_and_callers(assignment, name, bound=bound) for name, bound in places
    }
    noticing = {
        (name, bound): units_that_may_notice(assignment, name, bound=bound)
        for name, bound in places
    }
    by_key = {one.id: one for one in mutants}
    run = MutantRun()
    found: dict[str, GradedMutant] = {}
    more_time = 1.0

    def make_jobs() -> Iterator[Job]:
        sources = reference_sources(assignment)
        right = {name: without_demos(text) for name, text in sources.items()}
        for number in range(jobs):  # one for each worker, which asks the reference then
            yield _make_job(f"{_REFERENCE} {number}", right)
        for one in mutants:
            yield _make_job(
                one.id,
                one.files(sources),
                only=noticing[one.unit, one.bound],
                proved=tuple(set(assignment.parameters) - set(noticing[one.unit, one.bound])),
                more_time=more_time,
                has_diagnosis=has_diagnosis,
            )

    pool = LocalPool(PoolSettings(assignment=str(assignment.folder)), workers=jobs)
    for index, (job, graded) in enumerate(pool.grade_all(make_jobs())):
        on_progress(index, len(mutants) + jobs, job.key)
        report = msgspec.json.decode(graded.report, type=Report)
        mutant = by_key.get(job.key)
        if mutant is None:
            _expect_right(report)
            most = max(_seconds(report).values(), default=0.0)
            more_time = min(1.0, max(_LEAST_CPU_S, _PATIENCE * most) / limits.function_cpu_s)
        elif report.status is ReportStatus.GRADER_ERROR:
            run.problems.append(f"{mutant.id} can't be graded: {report.error}")
        else:
            partners = _partners(assignment, mutant.unit)
            found[mutant.id] = _judge(mutant, report, callers[mutant.unit, mutant.bound], partners)
    run.graded = [found[one.id] for one in mutants if one.id in found]
    return run


def _make_job(
    key: str,
    files: dict[str, str],
    *,
    only: tuple[str, ...] | None = None,
    proved: tuple[str, ...] = (),
    more_time: float = 1.0,
    has_diagnosis: bool = False,
) -> Job:
    (first, *others) = files.values()
    packed = pack([HandedIn(name, name, text.encode()) for name, text in files.items()])
    request = GradeRequest(
        name="submission.py",
        data=packed if others else first.encode(),
        seed=_SEED,
        only=only,
        proved=proved,
        more_time=more_time,
        has_diagnosis=has_diagnosis,
    )
    return Job(key=key, request=request)


def _expect_right(report: Report) -> None:
    if report.status is ReportStatus.GRADER_ERROR:
        raise InternalError(report.error)
    lost = [one.name for one in report.functions if one.status is not Status.PASSED]
    if lost or report.status is not ReportStatus.GRADED:
        names = ", ".join(lost) or report.error
        raise InternalError(f"the reference loses points ({names}): run `grader verify` first")


def _seconds(report: Report) -> dict[str, float]:
    """Return how long the checks of each unit took."""
    return {
        function.name: sum(report.timing.get(check.id, 0.0) for check in function.checks)
        for function in report.functions
    }


def _partners(assignment: Assignment, name: str) -> tuple[str, ...]:
    """Return the units that share a format with one: of two that don't fit, either may be wrong."""
    return next((unit.lent_with for unit in assignment.units if unit.name == name), ())


def _judge(
    mutant: Mutant, report: Report, callers: Sequence[str], partners: Sequence[str]
) -> GradedMutant:
    if report.status is not ReportStatus.GRADED and not report.functions:
        return GradedMutant(mutant=mutant, cost=(mutant.unit,))  # it is not even read
    lost = [one for one in report.functions if _lost(one)]
    return GradedMutant(
        mutant=mutant,
        cost=tuple(one.name for one in lost),
        strays=tuple(one.name for one in lost if one.name not in (*callers, *partners)),
        is_elsewhere=any(one.name == mutant.unit for one in report.functions)
        and bool(lost)
        and all(one.name not in (mutant.unit, *partners) for one in lost),
        named=tuple(
            dict.fromkeys(
                check.misconception
                for one in lost
                for check in one.checks
                if check.misconception is not None
            )
        ),
        is_stopped=bool(lost)
        and all(
            check.status is Status.LIMIT
            for one in lost
            for check in one.checks
            if check.status not in (Status.PASSED, Status.NOT_JUDGED)
        ),
    )


def _lost(function: FunctionResult) -> bool:
    return any(check.status is not Status.PASSED for check in function.checks)
