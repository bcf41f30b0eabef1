"""Options that several commands share, and how usage errors are shown."""

import contextlib
import errno
import functools
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

import click

from grader.cli.completions import complete_assignments
from grader.cli.values import Number, WholeNumber
from grader.report.csv_dialect import CsvDialect

if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from pathlib import Path

    from rich.console import Console

    from grader.outputs.progress import OnStep

_Command = TypeVar("_Command", bound=Callable[..., object])

NO_ROOM = (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC))

_KIB = 1024
_MIB = 1024 * _KIB


def _expect_assignment(context: click.Context, _option: click.Parameter, value: str) -> str:
    """Refuse a name that is neither of a file nor of an assignment that is known here."""
    is_name = value != "lab4" and not context.resilient_parsing and os.sep not in value
    if is_name and not os.path.lexists(value):
        from grader.checks.assignment import find_named

        if find_named(value) is None:
            raise click.BadParameter(
                f"there is no folder or kit {value[:200]!r} here, and no assignment or installed "
                "kit of that name"
            )
    return value


assignment_option = click.option(
    "--assignment",
    metavar="DIR|ZIP|ID",
    envvar="ZEROGRAD_ASSIGNMENT",
    default="lab4",
    callback=_expect_assignment,
    shell_complete=complete_assignments,
    help="Folder of the assignment; for self-checks also a student's kit, or the id of one that is "
    "installed.  [default: ZEROGRAD_ASSIGNMENT, or the built-in lab]",
)


def _expect_text(
    _context: click.Context, _option: click.Parameter, value: str | None
) -> str | None:
    if value is not None and not (value and value.isprintable()):  # also what is not UTF-8
        raise click.BadParameter("it has to be printable text, and not empty")
    return value


def salt_option(text: str) -> Callable[[_Command], _Command]:
    """Return the option ``--salt`` with a help text of its own."""
    return click.option("--salt", metavar="TEXT", callback=_expect_text, help=text)


def jobs_option(what: str) -> Callable[[_Command], _Command]:
    """Return the option ``--jobs``: how many of something are done at the same time."""
    return click.option(
        "--jobs",
        type=WholeNumber(min=1),
        default=lambda: os.cpu_count() or 1,
        help=f"{what} at the same time.  [default: one per core]",
    )


isolation_option = click.option(
    "--isolation",
    type=click.Choice(["auto", "required", "none"]),
    default="auto",
    show_default=True,
    help="Use the locks that this machine has (auto), refuse to grade without all of them "
    "(required), or do without file and system call locks (none).",
)


def _set_start_method(_context: click.Context, _option: click.Parameter, value: str | None) -> None:
    # The processes of a pool start children too, so it goes where they find it.
    if value is not None:
        from grader.sandbox.host.start_method import VARIABLE, StartMethod, expect_available

        with usage_errors():
            expect_available(StartMethod(value))
        os.environ[VARIABLE] = value


start_method_option = click.option(
    "--start-method",
    type=click.Choice(["forkserver", "spawn"]),
    expose_value=False,
    callback=_set_start_method,
    help="How processes for submissions are started: forked from one that has imported torch, or "
    "each as a fresh Python.  [default: forkserver on Linux, or else spawn]",
)

csv_dialect_option = click.option(
    "--csv-dialect",
    "dialect",
    type=click.Choice([one.value for one in CsvDialect]),
    help="Form of the gradebook: excel (commas, 4.5), excel-semicolon (semicolons, 4,5: for "
    "spreadsheets in German, French and other languages with decimal commas) or excel-tab (tabs, "
    "4.5).  [default: excel]",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Display:
    """How a command shows its result.

    Attributes:
        color: False for no colour; None leaves it to the terminal, NO_COLOR and FORCE_COLOR.
        is_plain: Whether it is for a screen reader: lines that stand alone, without colours,
            tables, bars, symbols or progress.
    """

    color: bool | None = None
    is_plain: bool = False

    def console(self, *, stderr: bool = False) -> "Console":
        """Return a console for standard output or standard error."""
        from grader.outputs.console import make_console

        return make_console(color=self.color, stderr=stderr, is_plain=self.is_plain)

    def progress(self, doing: str) -> "AbstractContextManager[OnStep]":
        """Show progress on standard error, if somebody watches and it takes a while.

        Args:
            doing: The verb for the steps, as in ``checking update (3 of 8)``.
        """
        from grader.outputs.progress import show_progress, wants_progress

        return show_progress(
            no_color=self.color is False,
            is_shown=wants_progress(is_plain=self.is_plain),
            doing=doing,
        )


def display_options(command: _Command) -> _Command:
    """Add the options that say how a result is shown; the command gets a `Display`."""

    @functools.wraps(command)
    def with_display(*, no_color: bool, plain: bool, **options: object) -> object:
        color = False if no_color or plain else None
        return command(display=Display(color=color, is_plain=plain), **options)

    decorated: Callable[..., object] = with_display
    decorated = click.option(
        "--plain",
        is_flag=True,
        envvar="ZEROGRAD_PLAIN",
        help="Print for a screen reader: one fact a line, no colours, tables, symbols or progress. "
        "ZEROGRAD_PLAIN=1 does the same.",
    )(decorated)
    with_color: Callable[..., object] = click.option(
        "--no-color", is_flag=True, help="Print without colours, as NO_COLOR=1 does."
    )(decorated)
    return with_color  # type: ignore[return-value] # the same command with more options


# Each option with its field in `Limits`, the factor to the unit there, the minimum, the unit, and
# the help.
_LIMITS = (
    (
        "--load-limit",
        "load_cpu_s",
        1,
        0.1,
        "SECONDS",
        "CPU seconds to load the file.  [default: 10]",
    ),
    (
        "--function-limit",
        "function_cpu_s",
        1,
        0.1,
        "SECONDS",
        "CPU seconds for each function, over all its calls.  [default: 5]",
    ),
    (
        "--time-limit",
        "total_wall_s",
        1,
        1.0,
        "SECONDS",
        "Seconds in all, a back-stop.  [default: ten times the CPU seconds]",
    ),
    ("--memory-limit", "memory_bytes", _MIB, 1024, "MIB", "MiB of memory.  [default: 4096]"),
    ("--output-limit", "output_bytes", _KIB, 1, "KIB", "KiB of output to keep.  [default: 1024]"),
    ("--disk-limit", "disk_bytes", _MIB, 1, "MIB", "MiB of files on disk.  [default: 64]"),
)


def limit_options(command: _Command) -> _Command:
    """Add an option for every limit.

    The command gets those that are given as ``limits``: a mapping with the field names and units of
    `Limits`.
    """

    @functools.wraps(command)
    def with_limits(**options: object) -> object:
        limits = {}
        for option, name, unit, *_ in _LIMITS:
            value = options.pop(option[2:].replace("-", "_"))
            if isinstance(value, int | float):
                limits[name] = value * unit
        return command(limits=limits, **options)

    decorated: Callable[..., object] = with_limits
    for option, _, _, least, metavar, text in reversed(_LIMITS):
        kind = WholeNumber(min=least) if isinstance(least, int) else Number(min=least)
        decorated = click.option(option, type=kind, metavar=metavar, help=text)(decorated)
    return decorated  # type: ignore[return-value] # the same command with more options


def is_given(name: str) -> bool:
    """Return whether a parameter of the current command was given, and not left to its default."""
    source = click.get_current_context().get_parameter_source(name)
    return source is not None and source is not click.core.ParameterSource.DEFAULT


@contextlib.contextmanager
def usage_errors(*, writes_to: "Path | None" = None) -> Iterator[None]:
    """Turn our usage errors into click's, which are shown with the usage of the command.

    Args:
        writes_to: The folder that the user has named, if the command only writes to that: what the
            system refuses there is a usage error too.
    """
    from grader.errors import UsageError

    try:
        yield
    except UsageError as error:
        raise click.UsageError(str(error)) from error
    except OSError as error:
        if writes_to is None or error.errno in NO_ROOM:
            raise
        reason = (error.strerror or str(error)).lower()
        raise click.UsageError(f"can't write to {writes_to}: {reason}") from error
