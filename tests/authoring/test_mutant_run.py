"""Grading mutants: what each costs, whom it costs, and what can't be graded."""

from collections.abc import Callable, Generator, Iterable
from pathlib import Path

import msgspec
import pytest

from grader.authoring import mutant_run
from grader.authoring.callers import unit_and_callers, units_that_may_notice
from grader.authoring.mutant_run import MutantRun, grade_mutants
from grader.authoring.mutants import find_mutants
from grader.authoring.new import write_assignment
from grader.checks.assignment import Assignment, load_assignment
from grader.errors import InternalError, UsageError
from grader.pipeline import blank_report
from grader.pool.jobs import Job
from grader.pool.messages import GradeResult, PoolSettings
from grader.report.model import CheckResult, FunctionResult, Report, ReportStatus, Status

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the template: relu, and mean_relu that uses it."""
    return write_assignment("tiny", tmp_path)


@pytest.fixture
def assignment(folder: Path) -> Assignment:
    """The template."""
    return load_assignment(folder)


Lose = Callable[[Job], dict[str, Status]]


@pytest.fixture
def pool(monkeypatch: pytest.MonkeyPatch) -> Callable[[Lose], list[Job]]:
    """Return a function that puts a pool in place that knows how each job ends."""
    jobs: list[Job] = []

    def use(lose: Lose) -> list[Job]:
        class Pool:
            def __init__(self, settings: PoolSettings, *, workers: int) -> None:
                self.settings = settings
                self.workers = workers

            def grade_all(
                self, given: Iterable[Job]
            ) -> Generator[tuple[Job, GradeResult], None, None]:
                assignment = load_assignment(self.settings.assignment)
                for job in given:
                    jobs.append(job)
                    report = _report(assignment, job, lose(job))
                    yield job, GradeResult(report=msgspec.json.encode(report))

        monkeypatch.setattr(mutant_run, "LocalPool", Pool)
        return jobs

    return use


def _report(assignment: Assignment, job: Job, lost: dict[str, Status]) -> Report:
    names = job.request.only or tuple(assignment.parameters)
    functions = tuple(
        FunctionResult(
            name=name,
            status=lost.get(name, Status.PASSED),
            score=0.0,
            max_score=1.0,
            checks=(
                CheckResult(
                    id=f"{name}/one",
                    title="One",
                    status=lost.get(name, Status.PASSED),
                    points=0.0 if name in lost else 1.0,
                    max_points=1.0,
                    misconception=f"{name}/known" if name in lost else None,
                ),
            ),
        )
        for name in names
    )
    blank = blank_report(assignment, job.request.name, mode="none")
    timing = {f"{name}/one": 0.6 for name in names}
    return msgspec.structs.replace(blank, functions=functions, timing=timing)


def loses(**lost: Status) -> Lose:
    """Return how jobs end: the reference is right, and all mutants lose the same."""
    return lambda job: {} if job.key.startswith("the reference") else lost


def run(assignment: Assignment, **options: bool | str) -> MutantRun:
    """Grade the mutants of an assignment with one worker."""
    return grade_mutants(assignment, jobs=1, **options)  # type: ignore[arg-type]


def test_mutants_that_lose_nothing_survive(
    assignment: Assignment, pool: Callable[[Lose], list[Job]]
) -> None:
    """Without a loss all mutants survive, in the order of the reference."""
    pool(loses())

    found = run(assignment)

    assert [one.mutant for one in found.survivors] == find_mutants(assignment)
    assert found.killed == []


def test_a_loss_of_the_own_unit_and_of_a_caller_is_no_wrong_blame(
    assignment: Assignment, pool: Callable[[Lose], list[Job]]
) -> None:
    """What a mutant costs besides its own unit is kept; a caller is no stray."""
    pool(loses(relu=Status.FAILED, mean_relu=Status.FAILED))

    found = run(assignment, unit="relu")

    assert {one.cost for one in found.killed} == {("relu", "mean_relu")}
    assert {one.strays for one in found.killed} == {()}
    assert not any(one.is_elsewhere for one in found.killed)
    assert {one.named for one in found.killed} == {("relu/known", "mean_relu/known")}


def test_a_loss_of_a_unit_without_a_part_in_it_is_a_stray(
    assignment: Assignment, pool: Callable[[Lose], list[Job]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A unit that loses points although it does not use the mutated one is listed."""
    monkeypatch.setattr(
        mutant_run, "units_that_may_notice", lambda one, _name, **_: tuple(one.parameters)
    )
    pool(loses(relu=Status.FAILED, mean_relu=Status.FAILED))

    found = run(assignment, unit="mean_relu")

    assert {one.strays for one in found.killed} == {("relu",)}


def test_a_loss_of_a_caller_alone_is_elsewhere(
    assignment: Assignment, pool: Callable[[Lose], list[Job]]
) -> None:
    """If only a caller loses points, the checks of the unit itself have a hole."""
    pool(loses(mean_relu=Status.FAILED))

    assert all(one.is_elsewhere for one in run(assignment, unit="relu").killed)


def test_mutants_that_only_take_too_long_are_counted(
    assignment: Assignment, pool: Callable[[Lose], list[Job]]
) -> None:
    """A mutant that only a limit tells from the reference is known as such."""
    pool(loses(relu=Status.LIMIT))

    assert all(one.is_stopped for one in run(assignment, unit="relu").killed)


def test_units_that_can_not_notice_are_taken_for_right(
    assignment: Assignment, pool: Callable[[Lose], list[Job]]
) -> None:
    """Only units that contain or use what was changed are judged, without a diagnosis."""
    jobs = pool(loses())

    run(assignment, unit="mean_relu")

    reference, *mutants = jobs
    assert (reference.request.only, reference.request.seed) == (None, 0)
    assert {job.request.only for job in mutants} == {("mean_relu",)}
    assert {job.request.proved for job in mutants} == {("relu",)}
    assert not any(job.request.has_diagnosis for job in jobs)


def test_endless_mutants_have_little_time(
    assignment: Assignment, pool: Callable[[Lose], list[Job]]
) -> None:
    """A mutant has four times as long as the reference took for its slowest unit."""
    jobs = pool(loses())

    run(assignment, unit="relu", has_diagnosis=True)

    assert {job.request.more_time for job in jobs[1:]} == {4 * 0.6 / 5.0}
    assert all(job.request.has_diagnosis for job in jobs[1:])


def test_reference_that_loses_points_is_refused(
    assignment: Assignment, pool: Callable[[Lose], list[Job]]
) -> None:
    """Nothing can be said of mutants of a reference that is wrong."""
    pool(lambda _: {"relu": Status.FAILED})

    with pytest.raises(InternalError, match=r"the reference loses points \(relu\)"):
        run(assignment)


def test_unit_without_mutants_is_refused(assignment: Assignment) -> None:
    """A misspelt unit is not taken for one whose checks have no hole."""
    with pytest.raises(UsageError, match="nothing to change in rela; units are relu, mean_relu"):
        run(assignment, unit="rela")


def test_mutant_that_can_not_be_graded_is_a_problem(
    assignment: Assignment, pool: Callable[[Lose], list[Job]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fault of the grader is listed with the mutant, which neither survives nor is killed."""
    real = _report

    def broken(assignment: Assignment, job: Job, lost: dict[str, Status]) -> Report:
        report = real(assignment, job, lost)
        if job.key.startswith("the reference"):
            return report
        return msgspec.structs.replace(report, status=ReportStatus.GRADER_ERROR, error="no room")

    monkeypatch.setitem(globals(), "_report", broken)
    pool(loses())

    found = run(assignment, unit="relu")

    assert found.graded == []
    assert all(one.endswith("can't be graded: no room") for one in found.problems)


# --- whom a mutant may cost ---------------------------------------------------------------


def test_values_that_are_computed_later_use_a_value() -> None:
    """A value may be used by those that are computed from it, and by no others."""
    cells = load_assignment(ROOT / "docs" / "examples" / "notebook_of_cells")

    assert unit_and_callers(cells, "w_hat") == ("w_hat", "final_loss", "prediction")
    assert unit_and_callers(cells, "prediction") == ("prediction",)
    assert unit_and_callers(cells, "loss_history", bound=["columns"]) == (
        "loss_history",
        "w_hat",
        "final_loss",
        "prediction",
    )


def test_units_whose_checks_mention_another_one_may_notice() -> None:
    """A check that asks for two units notices what is wrong with either."""
    layers = load_assignment(ROOT / "docs" / "examples" / "numpy_layers")

    assert units_that_may_notice(layers, "affine_backward") == (
        "affine_forward",
        "affine_backward",
        "network_loss",
    )
    assert units_that_may_notice(layers, "adam") == ("adam",)


# --- for real -----------------------------------------------------------------------------


@pytest.mark.slow
def test_template_is_graded_without_wrong_blame(assignment: Assignment) -> None:
    """Mutants of a real assignment lose points, and only on units that have a part in it."""
    found = run(assignment)

    assert found.problems == []
    assert not any(one.strays or one.is_elsewhere for one in found.graded)
    assert len(found.killed) > 10


@pytest.mark.slow
def test_hole_in_a_check_shows_as_a_survivor(folder: Path) -> None:
    """A check that looks at the shape alone lets wrong numbers live."""
    path = folder / "check_mean_relu.py"
    path.write_text(
        "import pytest\nfrom grader.checks.inputs import tensor\n\n\n@pytest.mark.points(4)\n"
        'def check_mean_relu_has_a_value(probe):\n    """It returns a number"""\n'
        "    got, want = probe.both(z=tensor([[1, -2]]))\n"
        "    assert got.array().shape == want.array().shape\n"
    )

    found = run(load_assignment(folder), unit="mean_relu")

    assert any(one.mutant.operator == "function" for one in found.survivors)  # sum for mean
