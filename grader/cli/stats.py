"""The command ``grader stats``: show the figures of a class that was graded."""

import sys
from pathlib import Path

import click

from grader.cli.command import Command
from grader.cli.exit_codes import ExitCode
from grader.cli.options import Display, display_options, usage_errors
from grader.cli.values import PathValue


@click.command(cls=Command, statuses={ExitCode.WELL: "shown"})
@click.argument("folder", metavar="DIR", type=PathValue())
@click.option(
    "--json",
    "is_json",
    is_flag=True,
    help="Print the figures as JSON, without the single submissions.",
)
@display_options
def stats(folder: Path, is_json: bool, display: Display) -> None:  # noqa: FBT001 - click passes options by name
    """Show the figures of a class.

    DIR is a folder that `grader batch` wrote, or its summary.json. Submissions that can't be graded
    come first; then the scores, the functions, the misconceptions with the students who have them,
    wrong answers that several share, and the checks that everybody or nobody passes.
    """
    from grader.outputs.class_terminal import show_class
    from grader.report.summary_file import read_summary, summary_to_json

    with usage_errors():
        summary = read_summary(folder)
    if is_json:
        # Not click.echo: JSON is UTF-8, whatever the locale.
        sys.stdout.buffer.write(summary_to_json(summary, with_rows=False).encode())
        return
    show_class(summary, display.console())
