"""What several commands have in common: options, and how a usage error is told."""

import contextlib
import functools
from collections.abc import Callable, Iterator
from typing import TypeVar

import click

_Command = TypeVar("_Command", bound=Callable[..., object])

_KIB = 1024
_MIB = 1024 * _KIB

assignment_option = click.option(
    "--assignment",
    metavar="DIR",
    envvar="ZEROGRAD_ASSIGNMENT",
    default="lab4",
    help="The assignment: a folder with assignment.toml.  [default: the built-in lab, or what "
    "ZEROGRAD_ASSIGNMENT names]",
)

isolation_option = click.option(
    "--isolation",
    type=click.Choice(["auto", "required", "none"]),
    default="auto",
    show_default=True,
    help="How hard to confine the submission: as far as this machine can, fully or not at all "
    "(refuse to grade), without file and system call locks.",
)

# Option, the name that `Limits` has for it, the unit it is given in, the least, and the help.
_LIMITS = (
    ("--time-limit", "total_wall_s", 1, 1.0, "Seconds in all.  [default: 60]"),
    ("--load-limit", "load_cpu_s", 1, 0.1, "CPU seconds to load.  [10]"),
    ("--call-limit", "call_cpu_s", 1, 0.1, "CPU seconds a call.  [10]"),
    ("--memory-limit", "memory_bytes", _MIB, 1024, "MiB of memory.  [4096]"),
    ("--output-limit", "output_bytes", _KIB, 1, "KiB of output kept.  [1024]"),
    ("--disk-limit", "disk_bytes", _MIB, 1, "MiB of files.  [64]"),
)


def limit_options(command: _Command) -> _Command:
    """Add the options for every limit; the command gets those that are given as ``limits``.

    A mapping by the names, and in the units, that `Limits` has.
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
    return decorated  # type: ignore[return-value] # the same but for its options


@contextlib.contextmanager
def usage_errors() -> Iterator[None]:
    """Tell a command that can't be carried out as click does."""
    from grader.errors import UsageError

    try:
        yield
    except UsageError as error:
        raise click.UsageError(str(error)) from error
