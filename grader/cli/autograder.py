"""The commands ``grader autograder`` and ``grader harness``: grade on a platform."""

from pathlib import Path

import click

from grader.bundles.platforms import PLATFORMS
from grader.cli.command import Command
from grader.cli.exit_codes import ExitCode
from grader.cli.options import (
    assignment_option,
    isolation_option,
    limit_options,
    salt_option,
    usage_errors,
)
from grader.cli.values import Number, PathValue

_after_due_option = click.option(
    "--after-due",
    is_flag=True,
    help="Show students at once what would otherwise wait for the due date.",
)
_PLATFORMS = click.Choice(sorted(PLATFORMS))


@click.command(cls=Command, statuses={ExitCode.WELL: "written"})
@click.option("--for", "platform", required=True, type=_PLATFORMS, help="Platform to grade on.")
@click.option(
    "--out",
    required=True,
    metavar="PATH",
    type=PathValue(),
    help="Bundle to write: a zip if PATH ends in .zip, otherwise a folder.",
)
@click.option("--pip-options", default="", help="Extra options for pip on the platform.")
@click.option(
    "--time-limit",
    type=Number(min=1),
    help="Seconds for the whole submission.",
)
@_after_due_option
@salt_option(
    "Secret text that the inputs of all checks depend on.  [default: a random one, but for "
    "github-classroom, where students can read the workflow]"
)
@assignment_option
def autograder(
    platform: str,
    out: Path,
    pip_options: str,
    time_limit: float | None,
    after_due: bool,  # noqa: FBT001 - click passes options by name
    salt: str | None,
    assignment: str,
) -> None:
    """Write a bundle to upload to a platform, so that it grades.

    The bundle contains the assignment and this version of zerograd, so that a submission is graded
    there as it is here.
    """
    import secrets

    from grader.bundles.bundle import make_bundle, write_folder, write_zip
    from grader.checks.assignment import expect_whole, load_assignment

    with usage_errors():
        files = make_bundle(
            platform,
            expect_whole(load_assignment(assignment)),
            pip_options=pip_options,
            time_limit_s=time_limit,
            is_after_due=after_due,
            salt=salt or ("" if PLATFORMS[platform].shows_options else secrets.token_urlsafe(24)),
        )
        if out.suffix.lower() == ".zip":
            write_zip(files, out)
        else:
            write_folder(files, out)
    click.echo(f"wrote {out}; its README.md explains how to upload it")


@click.command(
    cls=Command,
    statuses={
        ExitCode.WELL: "a result was written, whatever the score",
        ExitCode.GRADER_FAILED: "the grader failed, and the platform's format can't express that",
    },
)
@click.option(
    "--for", "platform", required=True, type=_PLATFORMS, help="Platform that this runs on."
)
@click.option(
    "--root",
    metavar="DIR",
    type=PathValue(file_okay=False),
    help="Folder that contains the platform's folders.  [default: as the platform documents]",
)
@_after_due_option
@salt_option("Secret text that the inputs of all checks depend on.")
@isolation_option
@limit_options
@assignment_option
def harness(
    platform: str,
    root: Path | None,
    after_due: bool,  # noqa: FBT001 - click passes options by name
    salt: str | None,
    isolation: str,
    limits: dict[str, float],
    assignment: str,
) -> None:
    """Grade on a platform; the scripts of a bundle call this."""
    from grader.bundles.harness import run_harness

    with usage_errors():
        is_written = run_harness(
            platform,
            root=root,
            assignment=assignment,
            limits=limits,
            isolation=isolation,
            is_after_due=after_due,
            salt=salt or "",
        )
    if not is_written:
        raise SystemExit(ExitCode.GRADER_FAILED)
