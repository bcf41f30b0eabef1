"""What a submission prints, read from the pipes of its children up to a limit."""

import io

_CHUNK_BYTES = 1 << 16
_MAX_CHUNKS = 64  # per call, so that endless output can't keep us from watching the limits


class PrintedOutput:
    """Collects what all children of a session print.

    Args:
        limit_bytes: How many bytes are kept; the rest is read and dropped.
    """

    def __init__(self, *, limit_bytes: int) -> None:
        self._limit_bytes = limit_bytes
        self._bytes = bytearray()
        self.is_cut = False

    @property
    def text(self) -> str:
        """What was printed so far, with bytes that are not UTF-8 as escapes."""
        return self._bytes.decode("utf-8", "backslashreplace")

    def drain(self, pipe: io.RawIOBase) -> None:
        """Read what is in a pipe, so that a child that prints a lot is not blocked.

        Args:
            pipe: The reading end of the pipe; non-blocking.
        """
        for _ in range(_MAX_CHUNKS):
            try:
                data = pipe.read(_CHUNK_BYTES)
            except (OSError, ValueError):  # closed, with the starter of the child
                return
            if not data:
                return
            room = self._limit_bytes - len(self._bytes)
            self.is_cut |= len(data) > room
            self._bytes += data[:room]
