"""Run a command, and exit with the right status, whatever ends it: never with a traceback."""

import contextlib
import os
import signal
import sys
from typing import TextIO

import click

from grader.bootstrap import why_unsupported
from grader.cli.command import OutputClosedError
from grader.cli.exit_codes import ExitCode
from grader.cli.options import NO_ROOM
from grader.cli.streams import show_any_character


def run_command(command: click.Command, *, name: str) -> None:
    """Run a command with the arguments of this process, and exit.

    Args:
        command: The command.
        name: The name of the program, for usage and error messages.
    """
    _open_closed_streams()
    show_any_character()
    code = _run(command, name)
    with contextlib.suppress(ValueError):  # not in the main thread
        # All is done: an interruption could only end in a traceback of Python's own.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    sys.exit(_flush(name, code))


def _run(command: click.Command, name: str) -> int:
    try:
        result = command.main(prog_name=name, standalone_mode=False)
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else ExitCode.WELL
    except (click.exceptions.Abort, KeyboardInterrupt):
        _complain("interrupted")  # click has ended the line with the ^C
        return ExitCode.INTERRUPTED
    except click.ClickException as error:
        with contextlib.suppress(OSError):
            error.show()
        return ExitCode.USAGE
    except OutputClosedError:
        return ExitCode.OUTPUT_CLOSED
    except Exception as error:  # noqa: BLE001 - the outermost level: an unexpected exception is our fault
        return _explain(error, name)
    return result if isinstance(result, int) else ExitCode.WELL


def _explain(error: Exception, name: str) -> ExitCode:
    """Say in a line what went wrong, and return the exit status for it."""
    from grader.errors import GraderError, UnreadableSubmissionError, UsageError

    code = ExitCode.GRADER_FAILED
    match error:
        case UsageError():
            code, reason = ExitCode.USAGE, str(error)
        case UnreadableSubmissionError():
            code, reason = ExitCode.UNREADABLE, f"can't be graded: {error}"
        case OSError() if error.errno in NO_ROOM:
            where = f" for {error.filename}" if error.filename else ""
            reason = f"there is no space left{where}: free some, and run the same command again"
        case ImportError():
            doctor = "`grader doctor` says what is missing here"
            reason = why_unsupported() or f"zerograd can't start: {error}; {doctor}"
        case _:
            kind = "" if isinstance(error, GraderError) else f"{type(error).__name__}: "
            # A browser lacks what several modules import.
            reason = why_unsupported() or f"the grader failed: {kind}{error}"
    _complain(f"{name}: {reason}")
    return code


def _complain(text: str) -> None:
    with contextlib.suppress(OSError):
        sys.stderr.write(f"{text}\n")
        sys.stderr.flush()


def _open_closed_streams() -> None:
    """Open the null device in the place of standard streams that the caller has closed.

    Otherwise the next file that is opened gets the number of one, and what is printed goes there.
    """
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        if getattr(sys, name) is None:
            with contextlib.suppress(OSError):
                os.fstat(number)
                continue
            # The lowest number that is free; those below are open by now.
            os.open(os.devnull, os.O_RDWR)
            stream = open(number, "r" if number == 0 else "w", encoding="utf-8", closefd=False)  # noqa: SIM115 - a descriptor, open until the end
            setattr(sys, name, stream)


def _flush(name: str, code: int) -> int:
    """Write what is still buffered; return the exit status, which changes if that fails."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except BrokenPipeError:
            _silence(stream)
            code = ExitCode.OUTPUT_CLOSED
        except OSError as error:
            _silence(stream)
            code = _explain(error, name)
    return code


def _silence(stream: TextIO) -> None:
    """Send what is left in a stream's buffer nowhere, so that Python doesn't try once more."""
    with contextlib.suppress(OSError, ValueError):
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, stream.fileno())
        os.close(null)
