"""The option ``--version``: what a report of a fault should say about this machine."""

import platform
from collections.abc import Callable, Iterator
from typing import TypeVar

import click

import grader

_Command = TypeVar("_Command", bound=Callable[..., object])

_PACKAGES = ("torch", "numpy")


def version_option(command: _Command) -> _Command:
    """Add the option ``--version``, which prints versions and locks, and exits."""
    return click.option(
        "--version",
        is_flag=True,
        is_eager=True,
        expose_value=False,
        callback=_print_versions,
        help="Print the versions of zerograd, Python, torch and numpy, and which locks hold here.",
    )(command)


def _print_versions(context: click.Context, _option: click.Parameter, is_wanted: bool) -> None:  # noqa: FBT001 - click's signature
    if not is_wanted or context.resilient_parsing:
        return
    for line in describe_versions():
        click.echo(line)
    context.exit()


def describe_versions() -> Iterator[str]:
    """Yield a line for each version, without importing torch, and then what is locked here."""
    from importlib.metadata import PackageNotFoundError, version

    yield f"zerograd {grader.__version__}"
    yield f"Python {platform.python_version()} on {platform.system()} {platform.machine()}"
    for name in _PACKAGES:
        try:
            yield f"{name} {version(name)}"
        except PackageNotFoundError:
            yield f"{name} is not installed"
    yield from _describe_locks()


def _describe_locks() -> Iterator[str]:
    from grader.observations.locks import LOCK_WORDS
    from grader.sandbox.host.probes import which_locks_hold

    found = which_locks_hold()
    if isinstance(found, str):
        yield f"locks: not known: {found}"
        return
    words = ", ".join(LOCK_WORDS[name] for name in found.locks)
    yield f"locked: {words or 'nothing'}"
    for name, reason in found.missing.items():
        yield f"not locked: {LOCK_WORDS[name]} ({reason})"
