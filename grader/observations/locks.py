"""The names of the locks that a child puts on itself."""

import enum
from collections.abc import Mapping


class Lock(enum.StrEnum):
    """A lock. `grader.sandbox.guest.lock` explains what each one is against."""

    PRIVILEGES = "privileges"
    RESOURCES = "resources"
    FILES = "files"
    SIGNALS = "signals"
    SYSCALLS = "syscalls"


# What each lock prevents, for messages about those that are missing.
LOCK_WORDS: Mapping[str, str] = {
    Lock.PRIVILEGES: "gaining privileges",
    Lock.RESOURCES: "using up memory",
    Lock.FILES: "reading and writing files",
    Lock.SIGNALS: "sending signals to other processes",
    Lock.SYSCALLS: "network and new processes",
}
