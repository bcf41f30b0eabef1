"""What ``grader verify --mutants`` does."""

from collections.abc import Sequence

from grader.authoring.equivalent_mutants import Explained, add_marks, explain, read_marks
from grader.authoring.mutant_run import GradedMutant, MutantRun, grade_mutants
from grader.checks.assignment import Assignment
from grader.cli.options import Display, usage_errors
from grader.outputs.mutation import Survivor, UnitCounts, show_mutants


def verify_mutants(
    assignment: Assignment,
    *,
    jobs: int,
    unit: str | None,
    has_diagnosis: bool,
    write_marks: bool,
    display: Display,
) -> bool:
    """Grade the mutants of an assignment, and print what became of them.

    Args:
        assignment: The assignment.
        jobs: The number of workers that grade at the same time.
        unit: The only unit to change; None for all.
        has_diagnosis: Whether to count which mutants are named as misconceptions.
        write_marks: Whether to add survivors to the file of marks.
        display: How to show the result.

    Returns:
        Whether every survivor is explained, and there are no problems.
    """
    with usage_errors():
        marks = read_marks(assignment)  # before it takes minutes
        with display.progress("graded") as on_progress:
            run = grade_mutants(
                assignment,
                jobs=jobs,
                unit=unit,
                has_diagnosis=has_diagnosis,
                on_progress=on_progress,
            )
        explained = explain(run.graded, marks, unit=unit)
        if write_marks and explained.unexplained:
            add_marks(assignment, explained.unexplained)
    problems = [*run.problems, *_find_wrong_blame(run.graded), *explained.problems]
    show_mutants(
        _count_by_unit(run, explained, assignment),
        [Survivor(one.mutant.id, one.mutant.diff()) for one in explained.unexplained],
        problems,
        title=assignment.info.title,
        has_diagnosis=has_diagnosis,
        console=display.console(),
    )
    return not problems and not explained.unexplained


def _find_wrong_blame(graded: Sequence[GradedMutant]) -> list[str]:
    """Return a problem for each mutant that costs units points that have nothing to do with it."""
    problems = []
    for one in graded:
        change = f"{one.mutant.id} ({one.mutant.after})"
        if one.strays:
            problems.append(
                f"{change} costs points on {', '.join(one.strays)}, without a part in it"
            )
        elif one.is_elsewhere:
            problems.append(
                f"{change} costs points on {', '.join(one.cost)}, but not on its own unit"
            )
    return problems


def _count_by_unit(
    run: MutantRun, explained: Explained, assignment: Assignment
) -> dict[str, UnitCounts]:
    """Return what became of the mutants of each unit, in the order of the contract."""
    found: dict[str, UnitCounts] = {}
    for one in run.graded:
        counts = found.setdefault(one.mutant.unit, UnitCounts())
        counts.mutants += 1
        counts.named += bool(one.named)
        counts.stopped += one.is_stopped
        for name in one.cost:
            if name != one.mutant.unit:
                counts.also[name] = counts.also.get(name, 0) + 1
    for one, _ in explained.equivalent:
        found[one.mutant.unit].equivalent += 1
    for one in explained.unexplained:
        found[one.mutant.unit].survived += 1
    order = {name: place for place, name in enumerate(assignment.parameters)}
    return dict(sorted(found.items(), key=lambda item: order.get(item[0], len(order))))
