"""Options that several commands share, and how usage errors are shown."""

import contextlib
import functools
import os
from collections.abc import Callable, Iterator
from typing import TypeVar

import click

from grader.report.csv_dialect import CsvDialect

_Command = TypeVar("_Command", bound=Callable[..., object])

_KIB = 1024
_MIB = 1024 * _KIB

assignment_option = click.option(
    "--assignment",
    metavar="DIR|ZIP|ID",
    envvar="ZEROGRAD_ASSIGNMENT",
    default="lab4",
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
        type=click.IntRange(min=1),
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



def _set_start_method(
    _context: click.Context, _option: click.Parameter, value: str | None
) -> None:
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

# Each option with its field in `Limits`, the factor to the unit there, the minimum, and the help.
_LIMITS = (
    ("--load-limit", "load_cpu_s", 1, 0.1, "CPU seconds to load the file.  [default: 10]"),
    (
        "--function-limit",
        "function_cpu_s",
        1,
        0.1,
        "CPU seconds for each function, over all its calls.  [default: 5]",
    ),
    (
        "--time-limit",
        "total_wall_s",
        1,
        1.0,
        "Seconds in all, a back-stop.  [default: ten times the CPU seconds]",
    ),
    ("--memory-limit", "memory_bytes", _MIB, 1024, "MiB of memory.  [default: 4096]"),
    ("--output-limit", "output_bytes", _KIB, 1, "KiB of output to keep.  [default: 1024]"),
    ("--disk-limit", "disk_bytes", _MIB, 1, "MiB of files on disk.  [default: 64]"),
)


def limit_options(command: _Command) -> _Command:
    """Add an option for every limit.

    The command gets those that are given as ``limits``: a mapping with the field names and units of
    `Limits`.
    """

    @functools.wraps(command)
    def with_limits(**options: object) -> object:
        limits = {}
        for option, name, unit, _, _ in _LIMITS:
            value = options.pop(option[2:].replace("-", "_"))
            if isinstance(value, int | float):
                limits[name] = value * unit
        return command(limits=limits, **options)

    decorated: Callable[..., object] = with_limits
    for option, _, _, least, text in reversed(_LIMITS):
        kind = click.IntRange(min=least) if isinstance(least, int) else click.FloatRange(min=least)
        decorated = click.option(option, type=kind, help=text)(decorated)
    return decorated  # type: ignore[return-value] # the same command with more options


@contextlib.contextmanager
def usage_errors() -> Iterator[None]:
    """Turn our usage errors into click's, which are shown with the usage of the command."""
    from grader.errors import UsageError

    try:
        yield
    except UsageError as error:
        raise click.UsageError(str(error)) from error
