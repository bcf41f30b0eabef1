"""The command ``grade``: grade one submission and show its report."""

import contextlib
import os
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.cli.command import CONTEXT, Command
from grader.cli.completions import complete_units
from grader.cli.exit_codes import ExitCode
from grader.cli.options import (
    Display,
    assignment_option,
    display_options,
    isolation_option,
    limit_options,
    salt_option,
    start_method_option,
    usage_errors,
)
from grader.cli.run import run_command
from grader.cli.values import PathValue, WholeNumber, expect_writable
from grader.cli.version import version_option

if TYPE_CHECKING:
    from collections.abc import Callable

    from grader.checks.check_run import OnCheckStart
    from grader.pipeline import Grader
    from grader.report.model import Report

_MAX_SHOWN = 300
_STDOUT = Path("-")


@click.command(
    cls=Command,
    context_settings=CONTEXT,
    statuses={
        ExitCode.WELL: "full marks; with --exit-zero, any report",
        ExitCode.NOT_WELL: "points lost",
        ExitCode.USAGE: "wrong usage",
        ExitCode.GRADER_FAILED: "the grader failed: no score, and never a zero",
        ExitCode.UNREADABLE: "the file can't be graded",
        ExitCode.INTERRUPTED: "interrupted; --watch always ends this way",
    },
)
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=PathValue())
@click.option(
    "--json",
    "json_target",
    metavar="PATH|-",
    type=PathValue(allow_dash=True),
    help="Write the report as JSON; - is standard output.",
)
@click.option(
    "--html",
    "html_target",
    metavar="PATH",
    type=PathValue(allow_dash=True),
    help="Write the report as an HTML page.",
)
@click.option(
    "--seed",
    metavar="NUMBER",
    type=WholeNumber(0, 2**48 - 1),
    help="Draw the inputs from this seed.",
)
@salt_option("Ask what a class was asked: the salt of its batch.")
@click.option(
    "--only", metavar="FUNCTION", shell_complete=complete_units, help="Grade only this function."
)
@click.option("--watch", is_flag=True, help="Grade again on every save, until Ctrl-C.")
@click.option("--quiet", is_flag=True, help="Print nothing but errors.")
@display_options
@isolation_option
@start_method_option
@limit_options
@click.option("--exit-zero", is_flag=True, help="Exit with 0 even if points are lost.")
@assignment_option
@version_option
def command(  # noqa: C901 - the flow of the command on one screen
    files: tuple[Path, ...],
    json_target: Path | None,
    html_target: Path | None,
    seed: int | None,
    salt: str | None,
    only: str | None,
    watch: bool,  # noqa: FBT001 - click passes options by name
    quiet: bool,  # noqa: FBT001
    display: Display,
    isolation: str,
    limits: dict[str, object],
    exit_zero: bool,  # noqa: FBT001
    assignment: str,
) -> None:
    """Grade a solution of the lab: a .py file or a .ipynb notebook.

    Where an assignment asks for several files, give their folder, a zip of them, or all of them.

    Shows the points of each function and, for each failed check, the smallest input that fails. The
    solution runs in a sandbox, where it can neither change its score nor harm this machine.
    """
    from grader.sandbox.host.launch import launch

    _expect_targets(files, json_target, html_target, is_watching=watch)
    file = files[0]
    with usage_errors():
        assignment = _choose_assignment(file, assignment)
        _expect_files(files, assignment, is_watching=watch)
    # Start a process before the slow imports here, so that they run while it imports torch.
    with usage_errors():
        launched = launch()
    # Closed also if the imports are interrupted.
    click.get_current_context().call_on_close(launched.close)
    first = iter([launched])

    from grader.checks.assignment import load_assignment
    from grader.cli.hand_in import grade_files
    from grader.oracle.store import RecordingStore, cache_folder
    from grader.outputs.json_file import write_json
    from grader.outputs.terminal import show_failure, show_report
    from grader.pipeline import Grader, blank_report
    from grader.report.model import ReportStatus
    from grader.sandbox.host.limits import Confinement, Isolation, Limits
    from grader.seeds import Seeds

    # With JSON on standard output, the text for people goes to standard error.
    console = None if quiet else display.console(stderr=json_target == _STDOUT)

    def open_grader() -> Grader:
        chosen = load_assignment(assignment)
        return Grader(
            chosen,
            limits=Limits.of({**chosen.limits, **limits}),
            confinement=Confinement(isolation=Isolation(isolation)),
            seeds=None if salt is None else Seeds(salt, is_class=True),
            launched=next(first, None),
            store=RecordingStore(cache_folder()),
        )

    def blank() -> "Report":
        return blank_report(load_assignment(assignment), file.name, mode=isolation)

    def grade(warm_grader: "Grader", seed: int | None = seed) -> "Report":
        with _progress(display, is_quiet=quiet) as on_progress:
            return grade_files(
                warm_grader,
                files,
                load_assignment(assignment),
                seed=seed,
                only=only,
                on_progress=on_progress,
            )

    def keep(report: "Report") -> None:
        if json_target is not None:
            write_json(report, str(json_target))
        if html_target is not None:
            _write_page(report, file, html_target)

    def record(warm_grader: "Grader") -> None:
        with _progress(display, is_quiet=quiet, first="recording what is right, for the next time"):
            warm_grader.record_last()

    def finish(report: "Report") -> None:
        keep(report)
        if report.error:
            show_failure(report, display.console(stderr=True))
            if report.status is ReportStatus.GRADER_ERROR:
                click.echo("`grader doctor` says what is missing on this machine", err=True)
        elif console is not None:
            show_report(report, console)

    with usage_errors():
        if watch:
            from grader.cli.watch import watch_file

            watch_file(file, open_grader=open_grader, grade=grade, keep=keep, console=console)
        report = _grade_once(open_grader, grade, blank, finish, record)
    raise SystemExit(_exit_code(report, exit_zero=exit_zero))


def main() -> None:
    """Run the command."""
    run_command(command, name="grade")


def _grade_once(
    open_grader: "Callable[[], Grader]",
    grade: "Callable[[Grader], Report]",
    blank: "Callable[[], Report]",
    finish: "Callable[[Report], None]",
    record: "Callable[[Grader], None]",
) -> "Report":
    """Grade a file; if the grader fails, even while it starts or ends, there is a report of that.

    What is right is recorded once the student has the report.

    Raises:
        UsageError: The command can't be carried out as given.
    """
    from grader.errors import GraderError, UsageError
    from grader.pipeline import fail_report
    from grader.report.model import ReportStatus

    report: Report | None = None
    is_finished = False
    try:
        with open_grader() as warm_grader:
            report = grade(warm_grader)
            finish(report)
            is_finished = True
            record(warm_grader)
    except UsageError:
        raise
    except Exception as error:
        if report is not None and not is_finished:
            raise
        if report is None:  # otherwise only what comes after it failed, and the report is valid
            is_ours = isinstance(error, GraderError)
            reason = str(error) if is_ours else f"{type(error).__name__}: {error}"
            report = fail_report(blank(), ReportStatus.GRADER_ERROR, reason)
            finish(report)
    return report


def _expect_targets(
    files: tuple[Path, ...],
    json_target: Path | None,
    html_target: Path | None,
    *,
    is_watching: bool,
) -> None:
    """Refuse reports that can't be written, or that would replace something."""
    if is_watching and json_target == _STDOUT:
        raise click.UsageError("--watch writes many reports; give --json a file name")
    if html_target == _STDOUT:
        raise click.UsageError("a page can't go to standard output; give --html a file name")
    wanted = (("--json", json_target), ("--html", html_target))
    targets = {option: one for option, one in wanted if one is not None and one != _STDOUT}
    for option, target in targets.items():
        expect_writable(target, option)
        if any(_is_same(target, file) for file in files):
            raise click.UsageError(f"{option} would replace {target} itself; give another name")
    if len(targets) > 1 and _is_same(*targets.values()):
        raise click.UsageError("--json and --html name the same file; give two")


def _is_same(one: Path, other: Path) -> bool:
    return os.path.realpath(one) == os.path.realpath(other)


def _shorten(file: Path) -> str:
    name = str(file)
    return name if len(name) <= _MAX_SHOWN else f"{name[:_MAX_SHOWN]}..."


def _choose_assignment(file: Path, assignment: str) -> str:
    """Return the assignment that was given, or else the one whose id a notebook names."""
    context = click.get_current_context()
    if context.get_parameter_source("assignment") is not click.core.ParameterSource.DEFAULT:
        return assignment
    if file.suffix.lower() != ".ipynb":
        return assignment
    from grader.cli.named_assignment import find_assignment_of

    found, remark = find_assignment_of(file)
    if remark:
        click.echo(remark, err=True)
    return assignment if found is None else str(found)


def _expect_files(files: tuple[Path, ...], assignment: str, *, is_watching: bool) -> None:
    """Refuse paths that can't be graded, before anything slow is started."""
    from grader.errors import UsageError

    for file in files:
        # Path's methods would raise if the name is too long.
        if not os.path.lexists(file):
            raise UsageError(f"there is no file {_shorten(file)}")
    if len(files) == 1 and not os.path.isdir(files[0]):  # noqa: PTH112
        return
    from grader.checks.assignment import load_assignment
    from grader.cli.hand_in import read_hand_in

    read_hand_in(files, load_assignment(assignment))
    if is_watching:
        raise UsageError("--watch needs a single file")


def _write_page(report: "Report", file: Path, target: Path) -> None:
    """Write the page, with a notebook's cells if the file hasn't changed since it was graded."""
    import hashlib

    from grader.errors import GraderError
    from grader.outputs.files import write_text_atomically
    from grader.outputs.pages.student_page import render_student_page
    from grader.submission.read import read_bytes

    notebook = None
    if report.is_notebook:
        with contextlib.suppress(GraderError):
            notebook = read_bytes(file)
    if notebook is not None and hashlib.sha256(notebook).hexdigest() != report.submission.sha256:
        notebook = None
    write_text_atomically(render_student_page(report, notebook=notebook), target)


def _progress(
    display: Display, *, is_quiet: bool, first: str = "importing torch"
) -> "AbstractContextManager[OnCheckStart]":
    """Show what is being done on standard error, if somebody watches and it takes a while."""
    if not is_quiet:
        from grader.outputs.progress import show_progress, wants_progress

        if wants_progress(is_plain=display.is_plain):
            return show_progress(no_color=display.color is False, is_shown=True, first=first)
    from grader.checks.check_run import ignore_progress

    return nullcontext(ignore_progress)


def _exit_code(report: "Report", *, exit_zero: bool) -> ExitCode:
    from grader.report.manual import is_judged_in_full
    from grader.report.model import ReportStatus

    match report.status:
        case ReportStatus.GRADER_ERROR:
            return ExitCode.GRADER_FAILED
        case ReportStatus.UNREADABLE:
            return ExitCode.UNREADABLE
        case _ if exit_zero or is_judged_in_full(report):
            return ExitCode.WELL
        case _:
            return ExitCode.NOT_WELL
