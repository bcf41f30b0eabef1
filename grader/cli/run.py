"""Run a command, and exit with the right code after Ctrl-C or a fault of our own."""

import sys

import click

from grader.bootstrap import why_unsupported
from grader.cli.exit_codes import ExitCode


def run_command(command: click.Command, *, name: str) -> None:
    """Run a command with the arguments of this process, and exit.

    Args:
        command: The command.
        name: The name of the program, for usage and error messages.
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
    except Exception as error:  # noqa: BLE001 - the outermost level: an unexpected exception is our fault
        # A browser lacks what several modules import.
        reason = why_unsupported() or f"the grader failed: {type(error).__name__}: {error}"
        sys.stderr.write(f"{name}: {reason}\n")
        sys.exit(ExitCode.GRADER_FAILED)
