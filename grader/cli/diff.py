"""The command ``grader diff``: compare two batches or two reports."""

import sys
from pathlib import Path

import click

from grader.cli.command import Command
from grader.cli.exit_codes import ExitCode
from grader.cli.options import Display, display_options, usage_errors
from grader.cli.values import PathValue


@click.command(
    cls=Command,
    statuses={ExitCode.WELL: "no differences", ExitCode.NOT_WELL: "differences"},
)
@click.argument("old", type=PathValue())
@click.argument("new", type=PathValue())
@click.option("--json", "is_json", is_flag=True, help="Print the differences as JSON.")
@display_options
def diff(old: Path, new: Path, is_json: bool, display: Display) -> None:  # noqa: FBT001 - click passes options by name
    """Compare two batches or two reports.

    Shows who gained or lost points, and on which check; the largest difference comes first. OLD and
    NEW are folders that `grader batch` wrote, their summary.json files, or the JSON reports of two
    submissions.
    """
    from grader.outputs.class_difference import difference_to_json, show_difference
    from grader.report.compare_classes import compare_classes, read_grading

    with usage_errors():
        difference = compare_classes(read_grading(old), read_grading(new))
    if is_json:
        # Not click.echo: JSON is UTF-8, whatever the locale.
        sys.stdout.buffer.write(difference_to_json(difference).encode())
    else:
        show_difference(difference, display.console())
    if not difference.is_empty:
        raise SystemExit(ExitCode.NOT_WELL)
