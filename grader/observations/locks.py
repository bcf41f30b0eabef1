"""The names of the locks that a child puts on itself."""

import enum


class Lock(enum.StrEnum):
    """A lock. `grader.sandbox.guest.lock` explains what each one is against."""

    PRIVILEGES = "privileges"
    RESOURCES = "resources"
    FILES = "files"
    SIGNALS = "signals"
    SYSCALLS = "syscalls"
