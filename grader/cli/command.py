"""The kind of command that `grade`, `grader` and its subcommands are: one that lists its exits."""

from collections.abc import Iterator, Mapping
from typing import Any

import click

from grader.cli.exit_codes import COMMON, ExitCode

CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


class OutputClosedError(Exception):
    """Whoever reads the output has closed it; not an OSError, which click would exit with 1 for."""


class _NoticesClosedOutput(click.Command):
    """A command that tells an output that was closed from a result that is not all well."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the arguments; options such as ``--help`` print while that is done."""
        try:
            return super().parse_args(ctx, args)
        except BrokenPipeError as error:
            raise OutputClosedError from error

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 - click's own
        """Run the command."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError as error:
            raise OutputClosedError from error


class Command(_NoticesClosedOutput):
    """A command whose help ends in its exit statuses.

    Attributes:
        statuses: What each exit status means for this command, in order. Those that it shares with
            all commands are added.
    """

    def __init__(
        self,
        *arguments: Any,  # noqa: ANN401 - click's own
        statuses: Mapping[ExitCode, str] | None = None,
        **options: Any,  # noqa: ANN401
    ) -> None:
        super().__init__(*arguments, **options)
        self.statuses = dict(sorted({**COMMON, **(statuses or {ExitCode.WELL: "done"})}.items()))

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the exit statuses below the options."""
        with formatter.section("Exit status"):
            formatter.write_dl([(str(int(code)), text) for code, text in self.statuses.items()])
        super().format_epilog(ctx, formatter)


class Group(_NoticesClosedOutput, click.Group):
    """A command with subcommands of the kind above."""

    command_class = Command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find a subcommand; whoever gives a file meant the other program."""
        if args[0].lower().endswith((".py", ".ipynb")) and args[0] not in self.commands:
            ctx.fail(f"{args[0]!r} is not a command; to grade a file, run: grade {args[0]}")
        return super().resolve_command(ctx, args)


def subcommands(group: click.Group) -> Iterator[tuple[str, click.Command]]:
    """Yield the subcommands that people call, with their names: also those of groups below.

    A group itself is left out: its help only lists its subcommands.
    """
    for name in sorted(group.commands):
        command = group.commands[name]
        if command.hidden:
            continue
        if isinstance(command, click.Group):
            yield from ((f"{name} {below}", one) for below, one in subcommands(command))
        else:
            yield name, command
