"""What the commands' exit codes mean."""

import enum


class ExitCode(enum.IntEnum):
    """Exit codes of ``grade``.

    ``--exit-zero`` turns FULL_MARKS and POINTS_LOST into zero, for harnesses that only want to know
    whether a report was written.
    """

    FULL_MARKS = 0
    POINTS_LOST = 1
    USAGE = 2
    GRADER_FAILED = 3
    UNREADABLE = 4
    INTERRUPTED = 130
