"""The exit codes of the commands."""

import enum


class ExitCode(enum.IntEnum):
    """The exit codes of ``grade``; other commands use those that apply, as their help says.

    ``--exit-zero`` turns POINTS_LOST into zero, for scripts that only need to know whether there is
    a report.
    """

    FULL_MARKS = 0
    POINTS_LOST = 1
    USAGE = 2
    GRADER_FAILED = 3
    UNREADABLE = 4
    INTERRUPTED = 130
