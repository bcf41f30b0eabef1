"""The command ``grader export``: write reports in the format of a platform."""

import itertools
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.cli.command import Command
from grader.cli.completions import complete_formats
from grader.cli.exit_codes import ExitCode
from grader.cli.options import csv_dialect_option, usage_errors
from grader.cli.values import PathValue

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from grader.exports.format import ExportedFile, LeftOut, Work


def _list_formats(context: click.Context, _: click.Parameter, is_wanted: bool) -> None:  # noqa: FBT001 - click's signature
    if not is_wanted:
        return
    from grader.exports.registry import describe_format, list_formats

    with usage_errors():
        for name in list_formats():
            click.echo(f"{name:<18} {describe_format(name)}")
    context.exit()


@click.command(
    cls=Command,
    statuses={
        ExitCode.WELL: "nobody was left out",
        ExitCode.NOT_WELL: "somebody was left out, and standard error says why",
        ExitCode.GRADER_FAILED: "the grader failed, now or on the only report, and the format "
        "can't express that",
    },
)
@click.argument("result", type=PathValue())
@click.option(
    "--to",
    "name",
    required=True,
    metavar="FORMAT",
    shell_complete=complete_formats,
    help="Format to write; --list lists all.",
)
@click.option(
    "--out",
    metavar="PATH",
    type=PathValue(allow_dash=True),
    help="File to write, or folder if there are several files.  [default: standard output]",
)
@click.option(
    "--worksheet",
    metavar="FILE",
    type=PathValue(),
    help="Gradebook or worksheet from the platform, to fill in.",
)
@click.option("--after-due", is_flag=True, help="Include the points that wait for the due date.")
@click.option(
    "--set",
    "settings",
    metavar="NAME=VALUE",
    multiple=True,
    help="A setting of the format; docs/lms.md lists them.",
)
@csv_dialect_option
@click.option(
    "--list",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_list_formats,
    help="List the formats and exit.",
)
def export(
    result: Path,
    name: str,
    out: Path | None,
    worksheet: Path | None,
    after_due: bool,  # noqa: FBT001 - click passes options by name
    settings: tuple[str, ...],
    dialect: str | None,
) -> None:
    """Write reports in a format that a platform reads.

    RESULT is the JSON report of one submission, or a folder that `grader batch` wrote.
    """
    from grader.exports.registry import load_format
    from grader.exports.source import open_work
    from grader.report.class_model import RowStatus

    with usage_errors():
        make = load_format(name)
        work = open_work(
            result,
            is_after_due=after_due,
            worksheet=worksheet,
            settings=_read_settings(settings) | ({"csv-dialect": dialect} if dialect else {}),
        )
        target = None if str(out) == "-" else out
        left_out = _write_all(_expect_settings(make(work), work, name), work, target)
    for one in left_out:
        click.echo(f"left out: {_line(one.who)}: {_line(one.reason)}", err=True)
    if left_out:
        is_fault = work.is_single and work.items[0].row.status is RowStatus.GRADER_ERROR
        raise SystemExit(ExitCode.GRADER_FAILED if is_fault else ExitCode.NOT_WELL)


def _read_settings(settings: tuple[str, ...]) -> dict[str, str]:
    pairs = [one.partition("=") for one in settings]
    for name, sign, _ in pairs:
        if not name or not sign:
            raise click.UsageError(f"--set needs NAME=VALUE, got {name!r}")
    return {name: value for name, _, value in pairs}


def _expect_settings(
    made: "Iterable[ExportedFile | LeftOut]", work: "Work", name: str
) -> "Iterator[ExportedFile | LeftOut]":
    """Refuse settings that the format didn't read, before the first file is written."""
    for one in made:
        if unused := work.unused_settings():
            raise click.UsageError(f"the format {name} has no setting {', '.join(unused)}")
        yield one


def _write_all(
    files: "Iterator[ExportedFile | LeftOut]", work: "Work", out: Path | None
) -> "list[LeftOut]":
    """Write each file as it is made, and return who was left out.

    So the files of a large class are never all in memory.
    """
    from grader.exports.format import LeftOut

    left_out: list[LeftOut] = []

    def only_files() -> "Iterator[ExportedFile]":
        for one in files:
            if isinstance(one, LeftOut):
                left_out.append(one)
            else:
                yield one

    made = only_files()
    first = next(made, None)
    if first is None:
        if not left_out:
            click.echo("there is nothing to write, because nobody handed in anything", err=True)
        return left_out
    if work.is_single:
        _write_few(first, list(made), out)
        return left_out
    second = next(made, None)
    if second is None and "/" not in first.name:
        _write_one(first, out)
    else:
        _write_many(itertools.chain(filter(None, (first, second)), made), out)
    return left_out


def _write_few(main: "ExportedFile", others: "list[ExportedFile]", out: Path | None) -> None:
    """Write the files of one report: the main one, and those that belong beside it."""
    from grader.outputs.files import write_below

    if others and out is not None and (out.is_dir() or not out.suffix):
        _write_many([main, *others], out)
        return
    files = [main, *others]
    if out is not None:  # it may name one of the other files
        files.sort(key=lambda file: file.name != out.name)
    main, *others = files
    _write_one(main, out)
    for file in others:
        if out is None:
            click.echo(
                f"{file.name} was not written; --out writes it beside the main file", err=True
            )
        else:
            write_below(out.parent, file.name, file.content)


def _write_many(files: "Iterable[ExportedFile]", out: Path | None) -> None:
    if out is None:
        raise click.UsageError("this makes several files; give a folder for them with --out DIR")
    from grader.outputs.files import write_below

    for file in files:
        write_below(out, file.name, file.content)


def _write_one(file: "ExportedFile", out: Path | None) -> None:
    from grader.outputs.files import open_atomically, write_below

    if out is None:
        sys.stdout.buffer.write(file.content)
        sys.stdout.flush()
    elif out.is_dir():
        write_below(out, file.name, file.content)
    else:
        with open_atomically(out) as target:
            target.write(file.content)


def _line(text: str) -> str:
    from grader.outputs.class_wording import show_line

    return show_line(text)
