"""The command ``grader``: the subcommands for instructors and authors."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.authoring.new import SHAPES
from grader.cli.autograder import autograder, harness
from grader.cli.backup import backup, restore
from grader.cli.batch import batch
from grader.cli.command import CONTEXT, Group
from grader.cli.completion import completion
from grader.cli.course import course
from grader.cli.diff import diff
from grader.cli.doctor import doctor
from grader.cli.exit_codes import ExitCode
from grader.cli.export import export
from grader.cli.kit import kit
from grader.cli.learn import learn
from grader.cli.man import man
from grader.cli.mark import mark
from grader.cli.options import (
    Display,
    assignment_option,
    display_options,
    is_given,
    jobs_option,
    salt_option,
    usage_errors,
)
from grader.cli.post import post
from grader.cli.run import run_command
from grader.cli.serve import serve, work
from grader.cli.stats import stats
from grader.cli.values import PathValue, WholeNumber
from grader.cli.version import version_option
from grader.seeds import POOL_SIZE, Seeds

if TYPE_CHECKING:
    from grader.checks.assignment import Assignment


@click.group(cls=Group, context_settings=CONTEXT)
@version_option
def command() -> None:
    """Grade classes and write assignments. Students use `grade FILE`."""


@command.command()
@click.option("--summary", is_flag=True, help="Print the schema of summary.json instead.")
def schema(summary: bool) -> None:  # noqa: FBT001 - click passes options by name
    """Print the JSON Schema of the report."""
    from grader.report.schema import SCHEMA_FILE
    from grader.report.summary_file import SUMMARY_SCHEMA_FILE

    file = SUMMARY_SCHEMA_FILE if summary else SCHEMA_FILE
    sys.stdout.write(file.read_text(encoding="utf-8"))


@command.command(
    statuses={
        ExitCode.WELL: "written; with --check, all files are up to date",
        ExitCode.NOT_WELL: "with --check, a file would change",
    }
)
@assignment_option
@click.option(
    "--out",
    metavar="DIR",
    type=PathValue(file_okay=False),
    help="Folder to write to.  [default: the assignment's exercises folder]",
)
@click.option("--check", is_flag=True, help="Write nothing; exit with 1 if a file would change.")
def release(assignment: str, out: Path | None, check: bool) -> None:  # noqa: FBT001 - click passes options by name
    """Write the exercise for students from the reference.

    Writes a script and a notebook, without the bodies of functions and methods, the answers and
    what is marked as a solution, but with docstrings and text, and copies the files that they need.
    The same reference always gives the same files, byte for byte. What may be a part of a solution
    is refused.
    """
    from grader.authoring.release import find_exercises, release_assignment

    chosen = _load(assignment)
    target = out or find_exercises(chosen)
    with usage_errors(writes_to=target):
        changed = release_assignment(chosen, target, is_dry=check)
    for path in changed:
        click.echo(f"{'would change' if check else 'wrote'} {path}")
    if check and changed:
        raise SystemExit(ExitCode.NOT_WELL)


@command.command(
    statuses={
        ExitCode.WELL: "no problems",
        ExitCode.NOT_WELL: "there is a problem; with --mutants, or a survivor without a reason",
    }
)
@assignment_option
@click.option(
    "--seeds",
    type=WholeNumber(min=1),
    default=5,
    show_default=True,
    help="Seeds to grade the reference with.",
)
@jobs_option("Submissions to grade")
@click.option(
    "--mutants",
    is_flag=True,
    help="Grade mutants instead: the reference with one small change each.",
)
@click.option("--unit", metavar="NAME", help="With --mutants: the only unit to change.")
@click.option("--diagnose", is_flag=True, help="With --mutants: count which ones are named.")
@click.option(
    "--write-marks",
    is_flag=True,
    help="With --mutants: add survivors to equivalent_mutants.toml, for you to give reasons.",
)
@display_options
def verify(
    assignment: str,
    seeds: int,
    jobs: int,
    mutants: bool,  # noqa: FBT001
    unit: str | None,
    diagnose: bool,  # noqa: FBT001
    write_marks: bool,  # noqa: FBT001
    display: Display,
) -> None:
    """Prove that an assignment grades as it should.

    The reference must get full marks with every seed, and so must every right solution in the
    folder right; the stub must get no points. Every misconception must lose points on its own
    function only, and the report must name it and no other.

    With --mutants, the reference is changed in every small way, and each change must lose points,
    or be marked as right in equivalent_mutants.toml.
    """
    from grader.authoring.verify import verify as verify_assignment
    from grader.outputs.verification import (
        show_matrix,
        show_outcome,
        show_proved,
        show_slowest,
    )

    if mutants and is_given("seeds"):
        raise click.UsageError("--seeds has no effect with --mutants; leave it out")
    if mutants:
        from grader.cli.mutants import verify_mutants

        is_clean = verify_mutants(
            _load(assignment),
            jobs=jobs,
            unit=unit,
            has_diagnosis=diagnose,
            write_marks=write_marks,
            display=display,
        )
        if not is_clean:
            raise SystemExit(ExitCode.NOT_WELL)
        return
    if unit is not None or diagnose or write_marks:
        raise click.UsageError("--unit, --diagnose and --write-marks need --mutants")
    chosen = _load(assignment)
    with usage_errors(), display.progress("graded") as on_progress:
        result = verify_assignment(chosen, seeds=seeds, jobs=jobs, on_progress=on_progress)
    console = display.console()
    show_matrix(result.checks, result.caught, console)
    show_slowest(result.seconds, console)
    show_proved(len(result.proved), len(result.caught), console)
    show_outcome(
        chosen.info.title,
        result.problems,
        seeds=result.seeds,
        misconceptions=len(result.caught),
        right=len(result.right),
        console=console,
    )
    if not result.is_clean:
        raise SystemExit(ExitCode.NOT_WELL)


@command.command()
@assignment_option
@salt_option("Record the seed of a class: the salt of its batch.")
@click.option(
    "--seeds",
    type=WholeNumber(1, POOL_SIZE),
    default=POOL_SIZE,
    show_default=True,
    help="Seeds of the pool to record.",
)
@jobs_option("Parts to record")
@display_options
def record(
    assignment: str,
    salt: str | None,
    seeds: int,
    jobs: int,
    display: Display,
) -> None:
    """Record what is right, and what known mistakes answer.

    Grading then runs the student's code only. What is right is recorded by itself when it is first
    needed; what known mistakes answer is recorded by this command, before a class is graded, or
    before students grade their own work here.
    """
    from grader.authoring.record import record as record_assignment
    from grader.oracle.store import RecordingStore, cache_folder

    chosen = _load(assignment)
    pool = Seeds(salt or "", is_class=salt is not None)
    wanted = pool.all(chosen.info)[:seeds]
    store = RecordingStore(cache_folder())
    with usage_errors(), display.progress("recording") as on_progress:
        record_assignment(chosen, wanted, jobs=jobs, store=store, on_progress=on_progress)
    count = "1 seed" if len(wanted) == 1 else f"{len(wanted)} seeds"
    what = count if salt is None else "the seed of the class"
    click.echo(f"recorded {chosen.info.title} with {what} in {store.folder}")


@command.command(
    epilog="\b\nShapes:\n" + "\n".join(f"  {name:<10}{text}" for name, text in SHAPES.items())
)
@click.argument("name")
@click.option(
    "--like",
    type=click.Choice(list(SHAPES)),
    default="function",
    show_default=True,
    help="What it is about, one of the shapes below.",
)
@click.option(
    "--in",
    "parent",
    metavar="DIR",
    type=PathValue(file_okay=False),
    default=Path(),
    help="Folder to create the assignment's folder in.  [default: the current folder]",
)
def new(name: str, like: str, parent: Path) -> None:
    """Write a small assignment to start from.

    NAME is its id and the name of its folder. It passes `grader verify` as it is; its comments say
    what to change.
    """
    from grader.authoring.new import write_assignment

    with usage_errors(writes_to=parent):
        folder = write_assignment(name, parent, like=like)
    click.echo(f"wrote {folder}; now try: grader verify --assignment {folder}")


@command.command("mock-class")
@click.argument("folder", metavar="DIR", type=PathValue(file_okay=False))
@click.option(
    "--count",
    type=WholeNumber(min=1),
    default=40,
    show_default=True,
    help="Students in the class.",
)
@click.option(
    "--seed",
    type=WholeNumber(),
    default=0,
    show_default=True,
    help="Seed of the class; another seed makes another class.",
)
@assignment_option
def mock_class(folder: Path, count: int, seed: int, assignment: str) -> None:
    """Make up a class from misconceptions, to try `grader batch`."""
    from grader.authoring.mock_class import ROSTER_FILE, write_mock_class

    chosen = _load(assignment)
    with usage_errors(writes_to=folder):
        submissions = write_mock_class(chosen, folder, count=count, seed=seed)
    click.echo(
        f"wrote {submissions}; now try: grader batch {submissions} "
        f"--roster {folder / ROSTER_FILE} --out {folder / 'results'}"
    )


def _load(where: str) -> "Assignment":
    from grader.checks.assignment import expect_whole, load_assignment

    with usage_errors():
        return expect_whole(load_assignment(where))


command.add_command(kit)
command.add_command(batch)
command.add_command(stats)
command.add_command(learn)
command.add_command(diff)
command.add_command(mark)
command.add_command(export)
command.add_command(post)
command.add_command(autograder)
command.add_command(harness)
command.add_command(doctor)
command.add_command(completion)
command.add_command(man)
command.add_command(serve)
command.add_command(work)
command.add_command(course)
command.add_command(backup)
command.add_command(restore)


def main() -> None:
    """Run the command."""
    run_command(command, name="grader")
