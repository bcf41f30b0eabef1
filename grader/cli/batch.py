"""The command ``grader batch``: grade a class."""

import contextlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.cli.cluster_options import Cluster, cluster_options
from grader.cli.command import Command
from grader.cli.exit_codes import ExitCode
from grader.cli.options import (
    Display,
    assignment_option,
    csv_dialect_option,
    display_options,
    isolation_option,
    jobs_option,
    limit_options,
    salt_option,
    start_method_option,
    usage_errors,
)
from grader.cli.values import PathValue
from grader.report.collector_name import CollectorName
from grader.report.csv_dialect import CsvDialect

if TYPE_CHECKING:
    from collections import Counter

    from grader.batch.shard import Shard
    from grader.report.class_model import ClassSummary


def _read_shard(
    _context: click.Context, _option: click.Parameter, value: str | None
) -> "Shard | None":
    from grader.batch.shard import read_shard

    with usage_errors():
        return read_shard(value) if value is not None else None


@click.command(
    cls=Command,
    statuses={
        ExitCode.WELL: "every submission has a report",
        ExitCode.USAGE: "wrong usage, or no submissions found",
        ExitCode.GRADER_FAILED: "the grader failed, or failed on some submissions: the same "
        "command tries them again",
        ExitCode.INTERRUPTED: "interrupted: the same command goes on",
    },
)
@click.argument("paths", metavar="PATH...", nargs=-1, required=True, type=PathValue())
@click.option(
    "--out",
    required=True,
    metavar="DIR",
    type=PathValue(file_okay=False),
    help="Folder for the results. Submissions with an up-to-date report there are not regraded.",
)
@jobs_option("Submissions to grade")
@click.option(
    "--roster",
    metavar="CSV",
    type=PathValue(),
    help="Roster, with at least one of the columns id, name and email, or as platforms export it, "
    "to list the students who did not hand in anything.",
)
@click.option(
    "--from",
    "source",
    type=click.Choice([name.value for name in CollectorName]),
    help="System that PATH was exported from.  [default: recognised by its contents]",
)
@click.option(
    "--pattern",
    metavar="REGEX",
    help="Regular expression for the paths of files, with a group student_id and optionally "
    "file_id, first_name, last_name, email and timestamp.",
)
@click.option(
    "--shard",
    metavar="I/N",
    callback=_read_shard,
    help="Grade only part I of N of the class, as one job of N that run at the same time with the "
    "same DIR; the same command without --shard then writes the gradebook and the page.",
)
@cluster_options
@click.option("--regrade", is_flag=True, help="Regrade unchanged submissions too.")
@salt_option(
    "Secret text that the inputs of all checks depend on; by default a random one, which is "
    "kept in DIR."
)
@csv_dialect_option
@click.option("--quiet", is_flag=True, help="Print nothing but errors.")
@display_options
@isolation_option
@start_method_option
@limit_options
@assignment_option
def batch(
    paths: tuple[Path, ...],
    out: Path,
    jobs: int,
    roster: Path | None,
    source: str | None,
    pattern: str | None,
    shard: "Shard | None",
    cluster: Cluster | None,
    regrade: bool,  # noqa: FBT001 - click passes options by name
    salt: str | None,
    dialect: str | None,
    quiet: bool,  # noqa: FBT001
    display: Display,
    isolation: str,
    limits: dict[str, float],
    assignment: str,
) -> None:
    """Grade a class, and write a report for each submission.

    PATH is an LMS's export (Canvas, Moodle, Gradescope or GitHub Classroom; the zip or the unpacked
    folder), a folder of files, or a folder with a folder for each student.

    Writes to DIR a gradebook (gradebook.csv), a page of the class (index.html), its figures
    (summary.json), and for each submission a report (reports/ID.json) and a page (reports/ID.html).
    The folder fingerprints, for you alone, has what wrong functions answered: from that, wrong
    answers that several share are found, and other misconceptions named without grading anew.

    If a batch is interrupted or even killed, the same command resumes it. Reports are the same
    wherever they are made: on this machine, on a cluster, or in shards.
    """
    from grader.batch.collectors.choose import collect
    from grader.batch.gradable_files import AskedFor
    from grader.batch.roster import read_roster
    from grader.batch.run import Batch, grade_class
    from grader.batch.store import ReportStore
    from grader.checks.assignment import expect_whole, load_assignment
    from grader.errors import ClusterLostError
    from grader.oracle.store import cache_folder
    from grader.outputs.batch_progress import show_batch_progress
    from grader.outputs.progress import wants_progress
    from grader.pool.local_pool import LocalPool
    from grader.pool.messages import PoolSettings

    with usage_errors(), contextlib.ExitStack() as locked:
        chosen = expect_whole(load_assignment(assignment))
        known = read_roster(roster) if roster else None
        store = ReportStore(out)
        locked.enter_context(store.lock(shard=shard))  # before a salt is kept for those who hold it
        collection = collect(
            paths,
            stem=AskedFor(chosen.reference_path.stem, chosen.submission),
            out=out,
            source=source,
            pattern=pattern,
        )
        settings = PoolSettings(
            assignment=str(chosen.folder),
            limits=limits,
            isolation=isolation,
            salt=store.salt(salt or ""),
            is_class=True,
            recordings=str(cache_folder()),
            has_pages=True,
            keeps_answers=True,
        )
        job = Batch(
            assignment=chosen,
            collection=collection,
            pool=(
                cluster.make_pool(settings, without=(out, *paths))
                if cluster
                else LocalPool(settings, workers=jobs)
            ),
            sources=tuple(paths),
            roster=known,
            regrade_all=regrade,
            dialect=CsvDialect(dialect or CsvDialect.EXCEL),
            shard=shard,
        )
        is_shown = not quiet and wants_progress(is_plain=display.is_plain)
        total = len(job.entries())
        no_color = display.color is False
        with show_batch_progress(total, no_color=no_color, is_shown=is_shown) as (
            on_progress,
            tally,
        ):
            try:
                summary = grade_class(job, store, on_progress=on_progress)
            except (KeyboardInterrupt, ClusterLostError) as error:
                is_lost = isinstance(error, ClusterLostError)
                done = sum(tally.values())
                sys.stderr.write(
                    f"\n{error if is_lost else 'interrupted'}: {done} of {total} submissions "
                    f"graded, with their reports in {out}; run the same command to continue\n"
                )
                code = ExitCode.GRADER_FAILED if is_lost else ExitCode.INTERRUPTED
                raise SystemExit(code) from None
    if shard is not None and not quiet:
        _print_shard(tally, shard)
    elif not quiet:
        _print_outcome(summary, tally, out)
    if tally["grader_error"]:
        raise SystemExit(ExitCode.GRADER_FAILED)


def _print_shard(tally: "Counter[str]", shard: "Shard") -> None:
    _print_tally(tally, f"shard {shard}: ")
    _print_faults(tally)
    click.echo(
        "When all shards have ended, the same command without --shard writes the gradebook and "
        "the page."
    )


def _print_tally(tally: "Counter[str]", of: str = "") -> None:
    from grader.outputs.batch_progress import describe_tally

    count = sum(tally.values())
    plural = "s" if count != 1 else ""
    click.echo(f"{of}{count} submission{plural}: {describe_tally(tally) or 'none'}")


def _print_faults(tally: "Counter[str]") -> None:
    if tally["grader_error"]:
        click.echo(
            "The grader failed on some submissions, which have no score. Run the same command "
            "again to retry them; `grader doctor` says what is missing on this machine."
        )


def _print_outcome(summary: "ClassSummary", tally: "Counter[str]", out: Path) -> None:
    from grader.outputs.class_files import GRADEBOOK_FILE, INDEX_FILE
    from grader.outputs.class_wording import (
        describe_loading,
        describe_waiting_answers,
        show_line,
    )

    _print_tally(tally)
    if summary.scores.count:
        scores = summary.scores
        click.echo(f"mean {scores.mean:.1f}, median {scores.median:g} of {summary.max_score:g}")
    if waiting := describe_waiting_answers(summary):
        click.echo(f"{waiting}; mark them with: grader mark {out}")
    absent = summary.statuses.get("not_handed_in", 0)
    if absent:
        students = "student" if absent == 1 else "students"
        click.echo(f"{absent} {students} on the roster did not hand in anything")
    for one in summary.loading:
        click.echo(describe_loading(one))
    for remark in summary.remarks:
        click.echo(remark)
    if summary.skipped:
        first = summary.skipped[0]
        others = len(summary.skipped) - 1
        more = f", and {others} more, listed on the class page" if others else ""
        click.echo(f"skipped: {show_line(first.path)} ({show_line(first.reason)}){more}")
    _print_faults(tally)
    click.echo(f"the class: {out / INDEX_FILE}\ngradebook: {out / GRADEBOOK_FILE}")
