"""Prove that an assignment grades as it should, before a class uses it.

The reference must get full marks with every seed, and so must the right solutions in other styles
that the author has put into the folder ``right``. The stub must get no points, as a script and as a
notebook. Every misconception must lose points on its own unit only, and the report must name it and
no other. What `release` refuses is a problem too.
"""

import contextlib
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from grader.authoring.callers import unit_and_callers
from grader.authoring.release import (
    find_release_problems,
    render_assignment,
    render_files,
)
from grader.authoring.twins import find_twins
from grader.checks.assignment import Assignment
from grader.checks.manual_answers import NOTHING_WRITTEN
from grader.checks.misconceptions import Misconception
from grader.checks.programs import wrong_program
from grader.pool.jobs import Job
from grader.pool.local_pool import LocalPool
from grader.pool.messages import GradeRequest, PoolSettings
from grader.report.model import (
    CheckResult,
    FunctionResult,
    NoteKind,
    Report,
    ReportStatus,
    Status,
)
from grader.sandbox.host.limits import Limits
from grader.submission.hand_in import HandedIn, pack

RIGHT_FOLDER = "right"
_REFERENCE = "the reference"
_STUB = "the stub"
_STUB_NOTEBOOK = "the stub as a notebook"
# What a script may note while it is loaded, although it can be imported.
_EXPECTED_NOTES = (NoteKind.LEFT_OUT, NoteKind.OTHER)

# A known mistake is graded without its helpers, so half of its time is reserved for an attempt with
# right ones. Whether the rest is enough must not depend on the machine.
_MORE_TIME = 4.0

# With how many seeds misconceptions are graded, each with one of them.
_SEEDS_OF_MISCONCEPTIONS = 3

# If the first submissions all fail for the same reason, so will the others.
_HOPELESS = 2

OnGradingDone = Callable[[int, int, str], None]


@dataclass(slots=True)
class Verification:
    """The result of verifying an assignment.

    Attributes:
        problems: The problems, a line each, sorted; empty if there are none.
        caught: For each misconception's label, the ids of its function's checks that it fails.
        checks: For each function, the ids of its checks, in order.
        proved: The labels of the misconceptions that are named as themselves and cost exactly one
            unit.
        seconds: For each check, the mean of the seconds that it took for the reference.
        seeds: The number of seeds that the reference was graded with.
        right: The names of the right solutions in other styles.
    """

    seeds: int
    problems: list[str] = field(default_factory=list)
    caught: dict[str, tuple[str, ...]] = field(default_factory=dict)
    proved: list[str] = field(default_factory=list)
    checks: dict[str, tuple[str, ...]] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    right: tuple[str, ...] = ()

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
    is_hopeless = False
    strays: set[str] = set()
    unnamed: list[Misconception] = []
    right_jobs = list(_make_right_jobs(assignment, verification))
    right_keys = {job.key for job in right_jobs}
    refusals = find_release_problems(assignment)
    verification.problems += find_unfinished(assignment)
    verification.problems += [f"can't be released: {one}" for one in refusals]
    jobs_to_do = [
        *_make_jobs(assignment, seeds=seeds, has_stub=not refusals),
        *right_jobs,
        *_make_wrong_jobs(assignment, verification),
    ]
    pool = LocalPool(PoolSettings(assignment=str(assignment.folder)), workers=jobs)
    with contextlib.closing(pool.grade_all(jobs_to_do)) as results:
        for index, (job, graded) in enumerate(results):
            on_progress(index, len(jobs_to_do), job.key)
            report = msgspec.json.decode(graded.report, type=Report)
            strays.update(graded.strays)
            if report.status is ReportStatus.GRADER_ERROR:
                failures.setdefault(report.error, []).append(job.key)
                if index + 1 == len(failures[report.error]) == _HOPELESS:
                    is_hopeless = True
                    break
            elif report.status is not ReportStatus.GRADED:
                verification.problems.append(f"{job.key}: {report.status.value}: {report.error}")
            elif job.key in {_STUB, _STUB_NOTEBOOK}:
                _verify_stub(job.key, report, verification)
            elif job.key in right_keys:
                _verify_right(job.key, report, verification)
            elif job.key in known:
                if _verify_misconception(known[job.key], report, verification):
                    unnamed.append(known[job.key])
            else:
                _verify_reference(job, report, assignment, verification)
    # A broken check fails for most submissions, but is one problem.
    for error, keys in failures.items():
        which = keys[0] if len(keys) == 1 else f"{keys[0]} and {len(keys) - 1} more"
        rest = ", so nothing else was tried" if is_hopeless else ""
        verification.problems.append(f"{which} can't be graded{rest}: {error}")
    verification.problems += [
        f"{check} asks something else after some wrong answers, so it can't be recorded: ask first,"
        " and judge the answers then"
        for check in strays
    ]
    _verify_names(assignment, unnamed, verification)
    # In the author's order, not in the order in which they were graded.
    caught = verification.caught
    verification.caught = {one: caught[one] for one in known if one in caught}
    verification.proved = [one for one in known if one in verification.proved]
    _verify_checks(assignment, verification)
    verification.problems.sort()
    return verification


def find_unfinished(assignment: Assignment) -> list[str]:
    """List the learned misconceptions that have no hint yet."""
    return [
        f"{one.label} is learned and has no hint yet: write one into {one.path.name}"
        for one in assignment.misconceptions
        if not one.hint
    ]


def _make_jobs(assignment: Assignment, *, seeds: int, has_stub: bool) -> Iterator[Job]:
    files = assignment.reference_files
    for seed in range(seeds):
        key = f"{_REFERENCE} with seed {seed}"
        yield _make_job(key, _packed(files) if files else assignment.reference, seed=seed)
    if has_stub and files:
        yield _make_job(_STUB, _packed(render_files(assignment)))
    elif has_stub:
        script, notebook = render_assignment(assignment)
        yield _make_job(_STUB, script)
        yield _make_job(_STUB_NOTEBOOK, notebook, name="submission.ipynb")


def _make_right_jobs(assignment: Assignment, verification: Verification) -> Iterator[Job]:
    """Yield the right solutions in other styles: files, or folders with the files of a hand-in."""
    folder = assignment.beside(RIGHT_FOLDER)
    found = sorted(folder.iterdir()) if folder.is_dir() else []
    if assignment.submission:
        solutions = [path for path in found if path.is_dir() and path.name[0] not in "._"]
    else:
        solutions = [path for path in found if path.suffix in (".py", ".ipynb")]
    verification.right = tuple(f"{RIGHT_FOLDER}/{path.name}" for path in solutions)
    for path, name in zip(solutions, verification.right, strict=True):
        try:
            data = _read_solution(path, assignment.submission)
        except OSError as error:
            verification.problems.append(f"{name} can't be read: {error.strerror}")
            continue
        for seed in range(verification.seeds):
            key = f"{name} with seed {seed}"
            yield _make_job(key, data, seed=seed, name=f"submission{path.suffix or '.py'}")


def _read_solution(path: Path, names: Sequence[str]) -> bytes:
    """Return a solution as it would be handed in.

    Raises:
        OSError: A file of it is missing.
    """
    if not path.is_dir():
        return path.read_bytes()
    return pack([HandedIn(name, name, (path / name).read_bytes()) for name in names])


def _make_wrong_jobs(assignment: Assignment, verification: Verification) -> Iterator[Job]:
    """Yield a job for each misconception, those with the same seed together.

    So a worker asks a misconception only once what it compares many submissions with.
    """
    spread = min(verification.seeds, _SEEDS_OF_MISCONCEPTIONS)
    values = [unit.name for unit in assignment.units if unit.is_value]
    known = list(enumerate(assignment.misconceptions))
    for place, one in sorted(known, key=lambda pair: (pair[0] % spread, pair[0])):
        # Other functions are the reference's, and call nothing wrong. What a misconception computes
        # in the place of a value may change others too.
        bound = values if one.function in values else []
        affected = unit_and_callers(assignment, one.function, bound=bound)
        try:
            program = wrong_program(assignment, one)
            seed = place % spread
            yield _make_job(one.label, program, only=affected, seed=seed, more_time=_MORE_TIME)
        except (TypeError, ValueError) as error:
            verification.problems.append(f"{one.label} can't take the place of its unit: {error}")


def _make_job(
    key: str,
    source: str | bytes,
    *,
    seed: int | None = None,
    only: tuple[str, ...] | None = None,
    name: str = "submission.py",
    more_time: float = 1.0,
) -> Job:
    data = source.encode() if isinstance(source, str) else source
    request = GradeRequest(name=name, data=data, seed=seed, only=only, more_time=more_time)
    return Job(key=key, request=request)


def _packed(files: Mapping[str, str]) -> bytes:
    """Return a hand-in of several files as bytes."""
    return pack([HandedIn(name, name, text.encode()) for name, text in files.items()])


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
    # A class whose methods have points needs no check of its own.
    missing -= {unit.owner for unit in assignment.units}
    for name in sorted(missing):
        problem = f"no check grades {name}"
        if problem not in verification.problems:
            verification.problems.append(problem)
    # Three times 8/3 are 8, although not in binary fractions.
    most = report.max_score or 0.0
    if not math.isclose(most, assignment.points, rel_tol=1e-9):
        what = "the checks and of [[manual]]" if assignment.manual else "the checks"
        problem = f"the points of {what} add up to {most:.10g}, not {assignment.points:.10g}"
        if problem not in verification.problems:
            verification.problems.append(problem)


def _verify_right(key: str, report: Report, verification: Verification) -> None:
    verification.problems.extend(
        f"{key} is right, and fails {check.id}: {check.message}"
        for check in _checks(report)
        if check.status is not Status.PASSED
    )


def _verify_stub(key: str, report: Report, verification: Verification) -> None:
    if report.score:
        earned = [check.id for check in _checks(report) if check.points]
        verification.problems.append(f"{key} earns points: {', '.join(earned)}")
    if key == _STUB_NOTEBOOK:
        verification.problems.extend(
            f"{key} has no place for {item.id}: {item.problem}"
            for item in report.manual
            if item.problem not in ("", NOTHING_WRITTEN)
        )
    if key == _STUB:  # in a notebook the demos are run, and need what is not written yet
        verification.problems.extend(
            f"{key} can't be imported: {' '.join(note.text.split())}"
            for note in report.loading
            if note.kind not in _EXPECTED_NOTES
        )


def _verify_misconception(known: Misconception, report: Report, verification: Verification) -> bool:
    """Note what is wrong with a misconception; return whether the report names none for it."""
    problems = verification.problems
    own: FunctionResult | None = None
    others = []
    for function in report.functions:
        if function.name == known.function:
            own = function
        elif function.status is not Status.PASSED:
            others.append(function.name)
    problems.extend(f"{known.label} costs points on {name} too" for name in others)
    failed = [check for check in own.checks if not check.points] if own else []
    judged = [check for check in failed if check.status is not Status.NOT_JUDGED]
    verification.caught[known.label] = tuple(check.id for check in judged)
    if not failed:
        problems.append(f"{known.label} loses no points")
    named = {check.misconception for check in judged}
    if judged and not others and named == {known.id}:
        verification.proved.append(known.label)
    if judged and named == {None}:
        return True
    if judged and named != {known.id}:
        names = ", ".join(sorted(name or "no misconception" for name in named))
        problems.append(f"{known.label} is diagnosed as {names}")
    return False


def _verify_names(
    assignment: Assignment, unnamed: list[Misconception], verification: Verification
) -> None:
    """Say of misconceptions that are not named from which other one they can't be told apart."""
    twins = find_twins(assignment, unnamed)
    verification.problems += [
        f"{one.label} and {other.label} can't be told apart" for one, other in twins
    ]
    explained = {label for pair in twins for label in (pair[0].label, pair[1].label)}
    verification.problems += [
        f"{one.label} is diagnosed as no misconception"
        for one in unnamed
        if one.label not in explained
    ]


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
