"""The command ``grader stats``: show the figures of a class that was graded."""

import sys
from pathlib import Path

import click

from grader.cli.options import usage_errors


@click.command(epilog="Exit status: 0 shown, 2 wrong usage.")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option(
    "--json",
    "is_json",
    is_flag=True,
    help="Print the figures as JSON, without the single submissions.",
)
@click.option("--no-color", is_flag=True, help="Print without colours, as NO_COLOR=1 does.")
def stats(folder: Path, is_json: bool, no_color: bool) -> None:  # noqa: FBT001 - click passes options by name
    """Show the figures of a class.

    DIR is a folder that `grader batch` wrote, or its summary.json. Submissions that can't be graded
    come first; then the scores, the functions, the misconceptions with the students who have them,
    wrong answers that several share, and the checks that everybody or nobody passes.
    """
    from grader.outputs.class_terminal import show_class
    from grader.outputs.terminal import make_console
    from grader.report.summary_file import read_summary, summary_to_json

    with usage_errors():
        summary = read_summary(folder)
    if is_json:
        # Not click.echo: JSON is UTF-8, whatever the locale.
        sys.stdout.buffer.write(summary_to_json(summary, with_rows=False).encode())
        return
    show_class(summary, make_console(color=False if no_color else None, stderr=False))
