"""The exit statuses of all commands: a number means the same wherever it is used."""

import enum
from collections.abc import Mapping


class ExitCode(enum.IntEnum):
    """The exit statuses of `grade` and of every subcommand of `grader`.

    What a number means for one command is in its help. ``--exit-zero`` of `grade` turns NOT_WELL
    into zero, for scripts that only need to know whether there is a report.
    """

    WELL = 0
    NOT_WELL = 1
    USAGE = 2
    GRADER_FAILED = 3
    UNREADABLE = 4
    INTERRUPTED = 130
    OUTPUT_CLOSED = 141  # as of a program that SIGPIPE ends


MEANINGS: Mapping[ExitCode, str] = {
    ExitCode.WELL: "The work is done, and all is well.",
    ExitCode.NOT_WELL: "The work is done, and its result is not all well: points were lost, two "
    "batches differ, a problem was found, somebody was left out.",
    ExitCode.USAGE: "The command can't be carried out as it was given. Standard error says what "
    "to change.",
    ExitCode.GRADER_FAILED: "zerograd, this machine or a platform failed. There is no score, and "
    "it says nothing about the submission.",
    ExitCode.UNREADABLE: "The file can't be graded: it is not Python, cut off, or too large. "
    "Its student has to hand in another one.",
    ExitCode.INTERRUPTED: "Interrupted with Ctrl-C. What was finished is kept.",
    ExitCode.OUTPUT_CLOSED: "The program that read the output, such as head, stopped reading.",
}

# What every command can exit with, unless it says something more exact.
COMMON: Mapping[ExitCode, str] = {
    ExitCode.USAGE: "wrong usage",
    ExitCode.GRADER_FAILED: "zerograd or this machine failed",
    ExitCode.INTERRUPTED: "interrupted",
}
