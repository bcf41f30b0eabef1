"""The error of a lock that this machine doesn't have."""


class LockUnavailableError(Exception):
    """This machine doesn't have the lock. The message says what is missing."""
