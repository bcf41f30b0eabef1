"""The command ``grader man``: manual pages, from the same source as the help."""

from pathlib import Path

import click

from grader.cli.command import Command
from grader.cli.exit_codes import ExitCode
from grader.cli.values import PathValue


@click.command(cls=Command, statuses={ExitCode.WELL: "written"})
@click.argument("folder", metavar="DIR", type=PathValue(file_okay=False))
@click.pass_context
def man(context: click.Context, folder: Path) -> None:
    """Write the manual pages of all commands.

    DIR is a folder of manual pages, such as ~/.local/share/man/man1, which is created if it is
    missing; afterwards `man grade` shows the page. To read one without installing it: man -l
    DIR/grade.1
    """
    from grader.cli.grade import command as grade
    from grader.cli.man_page import man_pages
    from grader.cli.options import usage_errors
    from grader.outputs.files import write_below

    with usage_errors():
        pages = man_pages({"grade": grade, "grader": context.find_root().command})
        for name, text in pages.items():
            write_below(folder, name, text.encode())
    click.echo(f"wrote {len(pages)} pages to {folder}; try: man -l {folder / 'grade.1'}")
