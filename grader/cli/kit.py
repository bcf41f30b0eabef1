"""The subcommand ``grader kit``: make a student's kit, or install one."""

from pathlib import Path

import click

from grader.cli.command import Command
from grader.cli.exit_codes import ExitCode
from grader.cli.options import (
    Display,
    assignment_option,
    display_options,
    is_given,
    jobs_option,
    usage_errors,
)
from grader.cli.values import PathValue, WholeNumber, expect_writable


@click.command(cls=Command, statuses={ExitCode.WELL: "the kit is written and proved, or installed"})
@assignment_option
@click.option(
    "--out",
    metavar="FILE",
    type=PathValue(dir_okay=False),
    help="File to write.  [default: the assignment's id, with .zip]",
)
@click.option(
    "--seeds",
    type=WholeNumber(1, 16),
    default=3,
    show_default=True,
    help="Seeds to record; nothing else is graded with them.",
)
@click.option(
    "--python",
    "pythons",
    metavar="PATH",
    multiple=True,
    help="Prove the kit also with this Python, which has another torch. Can be given again.",
)
@jobs_option("Parts to record")
@click.option(
    "--install",
    metavar="FILE",
    type=PathValue(dir_okay=False),
    help="Install this kit instead, so that notebooks can name it.",
)
@display_options
def kit(
    assignment: str,
    out: Path | None,
    seeds: int,
    pythons: tuple[str, ...],
    jobs: int,
    install: Path | None,
    display: Display,
) -> None:
    """Write a kit for students to check their own work.

    It holds the exercise, the visible checks and recorded answers: no reference, no hidden check,
    no program of a misconception. Students grade with `grade FILE --assignment lab5.zip`, or set
    ZEROGRAD_ASSIGNMENT. What it can't judge is listed as judged later.
    """
    if install is not None:
        others = [name for name in ("out", "seeds", "pythons", "jobs") if is_given(name)]
        if others:
            raise click.UsageError("--install only installs a kit; leave out the other options")
        _install(install)
        return
    from grader.bundles.kit import make_kit
    from grader.checks.assignment import expect_whole, load_assignment
    from grader.outputs.files import open_atomically
    from grader.outputs.wording import format_points

    with usage_errors():
        chosen = expect_whole(load_assignment(assignment))
        expect_writable(out or Path(f"{chosen.info.id}.zip"), "--out")
        with display.progress("recording") as on_progress:
            made = make_kit(
                chosen, seeds=seeds, jobs=jobs, pythons=pythons, on_progress=on_progress
            )
        target = out or Path(f"{chosen.info.id}.zip")
        with open_atomically(target) as file:
            file.write(made.data)
    later = ", ".join(f"{name} ({format_points(one)})" for name, one in made.later.items())
    click.echo(
        f"wrote {target}: {len(made.data) / 1e6:.1f} MB, {made.checks} checks worth "
        f"{format_points(made.points)} points, {made.misconceptions} misconceptions; "
        f"proved with torch {', '.join(made.torch)}"
    )
    if later:
        click.echo(f"judged later: {later}")


def _install(path: Path) -> None:
    from grader.checks.kits import place_of, read_kit_bytes
    from grader.errors import KitError
    from grader.outputs.files import write_below

    with usage_errors():
        try:
            data = read_kit_bytes(path)
            target = place_of(data)
        except KitError as error:
            raise KitError(f"the kit {path} can't be used: {error}") from error
        # Whole or not at all: somebody may be grading with the kit that it replaces.
        write_below(target.parent, target.name, data)
    click.echo(f"installed {target}; a notebook may name it as {target.stem}")
