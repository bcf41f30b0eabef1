"""The command ``grader mark``: give points for the answers that a person marks."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.cli.command import Command
from grader.cli.exit_codes import ExitCode
from grader.cli.options import csv_dialect_option, usage_errors
from grader.cli.values import PathValue, expect_writable
from grader.report.csv_dialect import CsvDialect

if TYPE_CHECKING:
    from grader.batch.give_marks import Given
    from grader.report.class_model import ClassSummary
    from grader.report.marks import ClassAnswer


@click.command(
    cls=Command,
    statuses={
        ExitCode.WELL: "done",
        ExitCode.NOT_WELL: "some of the marks are for answers that nobody in the class has now",
        ExitCode.USAGE: "wrong usage, or a line of FILE is wrong and no mark was given",
    },
)
@click.argument("folder", metavar="DIR", type=PathValue(file_okay=False))
@click.argument("file", required=False, type=PathValue(dir_okay=False))
@click.option(
    "--export",
    "target",
    metavar="FILE",
    type=PathValue(dir_okay=False),
    help="Write the answers, and the marks that they have, to FILE: a table (.csv) or .json.",
)
@click.option("--waiting", is_flag=True, help="With --export: only answers that wait for a mark.")
@click.option("--names", is_flag=True, help="With --export: say who gave each answer.")
@click.option("--by", default="", metavar="NAME", help="Who gives the marks in FILE.")
@csv_dialect_option
def mark(
    folder: Path,
    file: Path | None,
    target: Path | None,
    waiting: bool,  # noqa: FBT001 - click passes options by name
    names: bool,  # noqa: FBT001
    by: str,
    dialect: str | None,
) -> None:
    """Give points for the answers that a person marks.

    DIR is a folder that `grader batch` wrote. Export the answers, fill in `points` or `level` and
    `comment`, and give the FILE back:

    \b
        grader mark results/ --export marks.csv
        grader mark results/ marks.csv --by "Ada L."

    Equal answers have one line, and the order says nothing about who gave them. A line without
    points is skipped; `-` takes a mark back. Marks are kept in DIR/marks.json: they stay when the
    class is graded again, as long as the answer stays the same. Without FILE and --export, it says
    how many answers wait.
    """  # noqa: D301 - click reads the escape
    from grader.batch.give_marks import give_marks
    from grader.batch.marking import list_answers, mark_class, open_marks
    from grader.batch.store import ReportStore
    from grader.exports.table import read_bounded
    from grader.outputs.class_files import INDEX_FILE, find_dialect, write_class_files
    from grader.outputs.marks_table import read_marks_file
    from grader.report.summary_file import read_summary

    if file is not None and target is not None:
        raise click.UsageError("give a FILE with marks, or --export, not both")
    if target is None and (waiting or names):
        raise click.UsageError("--waiting and --names belong to --export")
    if target is not None:
        expect_writable(target, "--export")
    given: Given | None = None
    with usage_errors():
        summary = read_summary(folder)
        if not summary.manual:
            raise click.UsageError(f"there is nothing in {folder} that a person marks")
        store = ReportStore(folder)
        if target is not None:
            answers = list_answers(summary, store)
            _export(answers, target, waiting=waiting, names=names, dialect=dialect)
        if file is not None:
            lines, unknown = read_marks_file(read_bounded(file, "a file of marks"), file.name)
            with store.lock():
                summary = read_summary(folder)  # as no batch can change it from here on
                marks = open_marks(folder)
                now = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
                given = give_marks(lines, list_answers(summary, store), marks, by=by, at=now)
                summary = mark_class(summary, store, marks)
                kind = CsvDialect(dialect) if dialect else find_dialect(folder)
                write_class_files(summary, folder, dialect=kind)
            _print_given(given, unknown)
    _print_state(summary)
    if file is not None:
        click.echo(f"the class: {folder / INDEX_FILE}")
    if given is not None and given.gone:
        raise SystemExit(ExitCode.NOT_WELL)


def _export(
    answers: "list[ClassAnswer]",
    target: Path,
    *,
    waiting: bool,
    names: bool,
    dialect: str | None,
) -> None:
    from grader.outputs.files import open_atomically
    from grader.outputs.marks_table import write_marks_json, write_marks_table

    chosen = [one for one in answers if one.item.points is None] if waiting else answers
    if target.suffix.lower() == ".json":
        content = write_marks_json(chosen, with_names=names)
    else:
        kind = CsvDialect(dialect or CsvDialect.EXCEL)
        content = write_marks_table(chosen, with_names=names, dialect=kind)
    with open_atomically(target) as file:
        file.write(content)
    click.echo(f"wrote {len(chosen)} answer{'' if len(chosen) == 1 else 's'} to {target}")


def _print_given(given: "Given", unknown: list[str]) -> None:
    from grader.outputs.class_wording import show_line

    counts = (
        (given.new, "new"),
        (given.changed, "changed"),
        (given.unchanged, "unchanged"),
        (given.taken_back, "taken back"),
    )
    words = ", ".join(f"{count} {word}" for count, word in counts if count)
    click.echo(f"marks: {words or 'none'}")
    for title in unknown:
        click.echo(f"the column {show_line(title[:100])} was not used", err=True)
    if given.gone:
        shown = ", ".join(given.gone[:10]) + (" ..." if len(given.gone) > 10 else "")  # noqa: PLR2004
        click.echo(f"kept, but nobody in the class has these answers now: {shown}", err=True)


def _print_state(summary: "ClassSummary") -> None:
    from grader.outputs.class_wording import describe_manual

    for one in summary.manual:
        click.echo(describe_manual(one))
