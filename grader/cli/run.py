"""Runs a command, and answers Ctrl-C and our own faults with their exit codes."""

import sys

import click

from grader.cli.exit_codes import ExitCode


def run_command(command: click.Command, *, name: str) -> None:
    """Run a command with the arguments of this process, and exit.

    Args:
        command: The command.
        name: What it is called.
    """
    try:
        command.main(prog_name=name, standalone_mode=False)
    except click.exceptions.Abort:
        sys.stderr.write("\ninterrupted\n")
        sys.exit(ExitCode.INTERRUPTED)
    except click.ClickException as error:
        error.show()
        sys.exit(ExitCode.USAGE)
    except BrokenPipeError:
        sys.exit(ExitCode.GRADER_FAILED)
    except Exception as error:  # noqa: BLE001 - the outermost edge: whatever we missed is our fault
        sys.stderr.write(f"{name}: the grader failed: {type(error).__name__}: {error}\n")
        sys.exit(ExitCode.GRADER_FAILED)
