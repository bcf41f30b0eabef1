"""The command ``grade``: one submission in, a report out."""

import os
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import click

import grader
from grader.cli.exit_codes import ExitCode
from grader.cli.options import assignment_option

if TYPE_CHECKING:
    from grader.pipeline import Grader
    from grader.report.model import Report


@click.command(
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Exit status: 0 full marks, 1 points lost, 2 usage, 3 the grader failed, "
    "4 the file can't be graded, 130 interrupted.",
)
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--json", "json_target", metavar="PATH|-", help="Write the report as JSON.")
@click.option("--seed", type=click.IntRange(0, 2**48 - 1), help="Draw the inputs from this seed.")
@click.option("--only", metavar="FUNCTION", help="Grade one function only.")
@click.option("--watch", is_flag=True, help="Grade again on every save, until Ctrl-C.")
@click.option("--quiet", is_flag=True, help="Print nothing but errors.")
@click.option("--no-color", is_flag=True, help="No colours, as with NO_COLOR=1.")
@click.option(
    "--isolation",
    type=click.Choice(["auto", "required", "none"]),
    default="auto",
    show_default=True,
    help="How hard to confine the submission: as far as this machine can, fully or not at all "
    "(refuse to grade), without file and system call locks.",
)
@click.option("--time-limit", type=click.FloatRange(min=1), help="Seconds in all.  [default: 60]")
@click.option("--load-limit", type=click.FloatRange(min=0.1), help="CPU seconds to load.  [10]")
@click.option("--call-limit", type=click.FloatRange(min=0.1), help="CPU seconds a call.  [10]")
@click.option("--memory-limit", type=click.IntRange(min=1024), help="MiB of memory.  [4096]")
@click.option("--output-limit", type=click.IntRange(min=1), help="KiB of output kept.  [1024]")
@click.option("--disk-limit", type=click.IntRange(min=1), help="MiB of files.  [64]")
@click.option("--exit-zero", is_flag=True, help="Exit with 0 also when points are lost.")
@assignment_option
@click.version_option(grader.__version__, prog_name="zerograd", message="%(prog)s %(version)s")
def command(
    file: Path,
    json_target: str | None,
    seed: int | None,
    only: str | None,
    watch: bool,  # noqa: FBT001 - click passes options by name
    quiet: bool,  # noqa: FBT001
    no_color: bool,  # noqa: FBT001
    isolation: str,
    time_limit: float | None,
    load_limit: float | None,
    call_limit: float | None,
    memory_limit: int | None,
    output_limit: int | None,
    disk_limit: int | None,
    exit_zero: bool,  # noqa: FBT001
    assignment: str,
) -> None:
    """Grade one solution of the lab, a .py file or a .ipynb notebook.

    Shows each function with its points and, for what is wrong, the smallest input on which it
    shows.
    The solution runs in a sandbox: it can neither change its score nor harm this machine.
    """
    from grader.checks.assignment import load_assignment
    from grader.errors import UsageError
    from grader.outputs.json_file import write_json
    from grader.outputs.terminal import make_console, show_failure, show_report
    from grader.pipeline import Grader
    from grader.sandbox.limits import Confinement, Isolation, Limits

    given = _limits(
        time_limit=time_limit,
        load_limit=load_limit,
        call_limit=call_limit,
        memory_limit=memory_limit,
        output_limit=output_limit,
        disk_limit=disk_limit,
    )
    color = False if no_color else None
    # With the report on standard output, people read on standard error.
    console = None if quiet else make_console(color=color, stderr=json_target == "-")

    def open_grader() -> Grader:
        chosen = load_assignment(assignment)
        limits = Limits.of({**chosen.limits, **given})
        confinement = Confinement(isolation=Isolation(isolation))
        return Grader(chosen, limits=limits, confinement=confinement)

    def grade(warm_grader: "Grader") -> "Report":
        with _progress(is_shown=not quiet, no_color=no_color) as on_progress:
            return warm_grader.grade(file, seed=seed, only=only, on_progress=on_progress)

    def keep(report: "Report") -> None:
        if json_target is not None:
            write_json(report, json_target)

    try:
        _expect_file(file)
        if watch:
            from grader.cli.watch import watch_file

            if json_target == "-":
                raise UsageError("--watch writes many reports: give --json a file")
            watch_file(file, open_grader=open_grader, grade=grade, keep=keep, console=console)
        with open_grader() as warm_grader:
            report = grade(warm_grader)
        keep(report)
    except UsageError as error:
        raise click.UsageError(str(error)) from error
    if report.error:
        show_failure(report, make_console(color=color, stderr=True))
    elif console is not None:
        show_report(report, console)
    raise SystemExit(_exit_code(report, exit_zero=exit_zero))


def main() -> None:
    """Run the command, and answer Ctrl-C and our own faults with their exit codes."""
    try:
        command.main(prog_name="grade", standalone_mode=False)
    except click.exceptions.Abort:
        sys.stderr.write("\ninterrupted\n")
        sys.exit(ExitCode.INTERRUPTED)
    except click.ClickException as error:
        error.show()
        sys.exit(ExitCode.USAGE)
    except BrokenPipeError:
        sys.exit(ExitCode.GRADER_FAILED)
    except Exception as error:  # noqa: BLE001 - the outermost edge: whatever we missed is our fault, not a zero
        sys.stderr.write(f"grade: the grader failed: {type(error).__name__}: {error}\n")
        sys.exit(ExitCode.GRADER_FAILED)


def _limits(
    *,
    time_limit: float | None,
    load_limit: float | None,
    call_limit: float | None,
    memory_limit: int | None,
    output_limit: int | None,
    disk_limit: int | None,
) -> dict[str, object]:
    """Name the limits that were given, in the units of `Limits`."""
    from grader.sandbox.limits import KIB, MIB

    given = {
        "total_wall_s": time_limit,
        "load_cpu_s": load_limit,
        "call_cpu_s": call_limit,
        "memory_bytes": memory_limit and memory_limit * MIB,
        "output_bytes": output_limit and output_limit * KIB,
        "disk_bytes": disk_limit and disk_limit * MIB,
    }
    return {name: value for name, value in given.items() if value is not None}


def _expect_file(file: Path) -> None:
    """Answer at once what needs no torch: a name that is no file."""
    from grader.errors import UsageError

    # Not Path's methods, which raise for a name that is too long.
    if not os.path.lexists(file):
        raise UsageError(f"there is no file {file}")
    if os.path.isdir(file):  # noqa: PTH112
        raise UsageError(f"{file} is a folder; name the file in it that is to be graded")


def _progress(
    *, is_shown: bool, no_color: bool
) -> AbstractContextManager[Callable[[int, int, str], None]]:
    """Show one line that moves while it works, if somebody is watching."""
    if not is_shown or not sys.stderr.isatty():
        from grader.checks.run import ignore_progress

        return nullcontext(ignore_progress)
    from grader.outputs.progress import show_progress

    return show_progress(no_color=no_color)


def _exit_code(report: "Report", *, exit_zero: bool) -> ExitCode:
    from grader.report.model import ReportStatus

    match report.status:
        case ReportStatus.GRADER_ERROR:
            return ExitCode.GRADER_FAILED
        case ReportStatus.UNREADABLE:
            return ExitCode.UNREADABLE
        case _ if exit_zero or report.score == report.max_score:
            return ExitCode.FULL_MARKS
        case _:
            return ExitCode.POINTS_LOST
