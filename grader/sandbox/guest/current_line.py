"""Says which line of the submission is running, if the host asks while it waits for an answer.

The host asks by a signal that is ignored by default, so a submission that restores the default is
not hurt. The handler answers only while the student's code runs, when nothing else is being sent.
"""

import contextlib
import linecache
import signal
import socket
import types
from collections.abc import Iterator, Mapping

from grader.observations.bounds import MAX_NAME
from grader.observations.frames import send_message
from grader.observations.messages import ASKS_FOR_LINE, Running
from grader.sandbox.guest.plain_text import cut_text


class CurrentLine:
    """Answers the host's question for the line that is running.

    Args:
        sock: The child's end of the socket.
    """

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._token = b""
        self._labels: Mapping[str, str] = {}
        self._earlier: list[types.FrameType] = []
        signal.signal(signal.Signals[ASKS_FOR_LINE], self._answer)

    @contextlib.contextmanager
    def known(self, token: bytes, labels: Mapping[str, str]) -> Iterator[None]:
        """Answer while the context is open.

        Args:
            token: The token of the request that is being answered.
            labels: The label of each code block by file name.
        """
        self._token, self._labels = token, labels
        try:
            yield
        finally:
            self._token = b""
            self._earlier = []

    def _answer(self, _number: int, frame: types.FrameType | None) -> None:
        frames = []
        while frame is not None:
            if frame.f_code.co_filename in self._labels:
                frames.append(frame)
            frame = frame.f_back
        if not frames or not self._token:
            return
        # What was running before and still is contains the loop; what it calls ends each time.
        looping = [one for one in frames if any(one is other for other in self._earlier)]
        self._earlier = frames
        found = (looping or frames)[0]
        file, line = found.f_code.co_filename, found.f_lineno
        message = Running(
            token=self._token,
            block=cut_text(self._labels[file], MAX_NAME),
            line=line or 0,
            code=cut_text(linecache.getline(file, line).strip()) if line else "",
        )
        with contextlib.suppress(OSError):  # the host has given up
            send_message(self._sock, message)
