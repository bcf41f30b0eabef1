"""The commands ``grader autograder`` and ``grader harness``: grading on a platform."""

from pathlib import Path

import click

from grader.bundles.platforms import PLATFORMS
from grader.cli.exit_codes import ExitCode
from grader.cli.options import (
    assignment_option,
    isolation_option,
    limit_options,
    usage_errors,
)

_after_due_option = click.option(
    "--after-due", is_flag=True, help="Show at once what the assignment lets wait for the due date."
)
_PLATFORMS = click.Choice(sorted(PLATFORMS))


@click.command()
@click.option("--for", "platform", required=True, type=_PLATFORMS, help="Where it is to grade.")
@click.option(
    "--out",
    required=True,
    metavar="PATH",
    type=click.Path(path_type=Path),
    help="What to write: a zip if it ends in .zip, else a folder.",
)
@click.option("--pip-options", default="", help="What else to say to pip when it installs there.")
@click.option("--time-limit", type=click.FloatRange(min=1), help="Seconds for each submission.")
@_after_due_option
@assignment_option
def autograder(
    platform: str,
    out: Path,
    pip_options: str,
    time_limit: float | None,
    after_due: bool,  # noqa: FBT001 - click passes options by name
    assignment: str,
) -> None:
    """Write what an instructor uploads so that a platform grades with zerograd.

    The assignment and zerograd itself are in it, so what grades there is what you have tried here.
    """
    from grader.bundles.bundle import make_bundle, write_folder, write_zip
    from grader.checks.assignment import load_assignment

    with usage_errors():
        files = make_bundle(
            platform,
            load_assignment(assignment),
            pip_options=pip_options,
            time_limit_s=time_limit,
            is_after_due=after_due,
        )
        if out.suffix.lower() == ".zip":
            write_zip(files, out)
        else:
            write_folder(files, out)
    click.echo(f"wrote {out}; how to upload it is in its README.md")


@click.command(
    epilog="Exit status: 0 a result was left, whatever it is worth; 2 usage; 3 the grader failed, "
    "and the platform's format has no words for it."
)
@click.option("--for", "platform", required=True, type=_PLATFORMS, help="Where this runs.")
@click.option(
    "--root",
    metavar="DIR",
    type=click.Path(path_type=Path, file_okay=False),
    help="Where the platform has its folders.  [default: as it documents them]",
)
@_after_due_option
@isolation_option
@limit_options
@assignment_option
def harness(
    platform: str,
    root: Path | None,
    after_due: bool,  # noqa: FBT001 - click passes options by name
    isolation: str,
    limits: dict[str, float],
    assignment: str,
) -> None:
    """Grade on a platform: what the scripts of `grader autograder` call there."""
    from grader.bundles.harness import run_harness

    with usage_errors():
        is_left = run_harness(
            platform,
            root=root,
            assignment=assignment,
            limits=limits,
            isolation=isolation,
            is_after_due=after_due,
        )
    if not is_left:
        raise SystemExit(ExitCode.GRADER_FAILED)
