"""What a lock says that this machine doesn't have."""


class LockUnavailableError(Exception):
    """This machine doesn't have the lock; the message says what is missing."""
