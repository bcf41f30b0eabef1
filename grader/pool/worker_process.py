"""The pool's side of a worker: start it, give it jobs, receive its results, end it.

Nothing here blocks on a worker: bytes wait in memory until its socket takes them. So a worker that
hangs, even while it starts, only misses its deadline.
"""

import contextlib
import os
import selectors
import socket
import subprocess
import sys
import tempfile
import time
from typing import IO

from grader.bootstrap import python_command
from grader.observations.frames import FrameBuffer, FrameError, append_frame, decode_payload
from grader.pool.messages import GradeRequest, GradeResult, PoolSettings
from grader.system.python import base_python, venv_variables

# A submission of 64 MiB, and its page with a notebook's pictures, with room to spare.
MAX_MESSAGE_BYTES = 128 * 1024 * 1024

_PROGRAM = "from grader.pool.worker_main import main; main(sys.argv[2])"
# In the place of a descriptor: the socket comes through standard input.
SHARED = "shared"
_QUOTED_CHARACTERS = 1000
_GRACE_S = 5.0


class WorkerEndedError(Exception):
    """A worker has ended, or can't be used any more; the message says what happened.

    The submission is then graded again, and only a second failure is reported, as a fault of the
    grader.
    """


class WorkerProcess:
    """A process that grades, one submission at a time.

    Creating it returns at once; the process needs seconds to import torch.

    Args:
        settings: How the worker grades.
        patience_s: How long a submission may take before the worker counts as hung.
    """

    def __init__(self, settings: PoolSettings, *, patience_s: float) -> None:
        self._patience_s = patience_s
        self._deadline = float("inf")
        self._outgoing = bytearray()
        self._buffer = FrameBuffer(limit_bytes=MAX_MESSAGE_BYTES)
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the worker
        ours, theirs = socket.socketpair()
        ours.setblocking(False)  # noqa: FBT003 - its only form
        self.socket = ours
        with theirs, contextlib.ExitStack() as on_failure:
            on_failure.callback(ours.close)
            on_failure.callback(self._errors.close)
            self._process = _start(theirs, self._errors)
            on_failure.pop_all()
        self._enqueue(settings)

    @property
    def left_s(self) -> float:
        """Seconds until the current submission has taken too long; 0 if it has."""
        return max(0.0, self._deadline - time.monotonic())

    @property
    def events(self) -> int:
        """What to wait for on `socket`: an answer, and room while there is something to send."""
        return selectors.EVENT_READ | (selectors.EVENT_WRITE if self._outgoing else 0)

    def be_nice(self, niceness: int) -> None:
        """Have the process, and those that it starts from now on, let others go first."""
        if sys.platform != "win32":
            with contextlib.suppress(OSError):
                os.setpriority(os.PRIO_PROCESS, self._process.pid, niceness)

    def start(self, request: GradeRequest) -> None:
        """Give the worker a submission; it must have answered the previous one.

        `send_pending` sends the bytes, as fast as the worker takes them.
        """
        self._deadline = time.monotonic() + self._patience_s
        self._enqueue(request)

    def send_pending(self) -> None:
        """Send as much as the socket takes, without waiting.

        If the worker has ended, `receive` notices it.
        """
        try:
            while self._outgoing:
                sent = self.socket.send(memoryview(self._outgoing)[: 1 << 20])
                del self._outgoing[:sent]
        except BlockingIOError:
            pass
        except OSError:
            self._outgoing.clear()

    def receive(self) -> GradeResult | None:
        """Return the result once all of it has arrived, and None until then, without waiting.

        Raises:
            WorkerEndedError: the worker has ended, or sent something else.
        """
        try:
            data = self.socket.recv(1 << 20)
            self._buffer.feed(data)
            payload = self._buffer.next_payload()
            if payload is not None:
                answer: GradeResult = decode_payload(payload, GradeResult)
                return answer
        except BlockingIOError:
            return None
        except ConnectionError as error:
            raise WorkerEndedError(self._describe_end()) from error
        except (OSError, FrameError) as error:
            raise WorkerEndedError(str(error)) from error
        if not data:
            raise WorkerEndedError(self._describe_end())
        return None

    def close(self, *, is_idle: bool = False) -> None:
        """End the process; the processes that it has started end too, and clear up.

        Args:
            is_idle: Whether it waits for a submission. If so, it ends by itself when the socket
                closes, and gets a few seconds for that.
        """
        self.socket.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout=_GRACE_S if is_idle else 0)
        self._process.kill()
        self._process.wait()
        self._errors.close()

    def _enqueue(self, message: PoolSettings | GradeRequest) -> None:
        append_frame(self._outgoing, message, limit_bytes=MAX_MESSAGE_BYTES)
        self.send_pending()

    def _describe_end(self) -> str:
        """Say how the process ended, with the last characters of its standard error."""
        try:
            status = self._process.wait(timeout=1)
        except subprocess.TimeoutExpired:
            return "a grading process no longer answers"
        self._errors.seek(0)
        written = self._errors.read().decode("utf-8", "backslashreplace").strip()
        how = f"signal {-status}" if status < 0 else f"exit status {status}"
        quoted = written[-_QUOTED_CHARACTERS:]
        return f"a grading process ended with {how}: {quoted}".rstrip(": ")


def _start(theirs: socket.socket, errors: IO[bytes]) -> "subprocess.Popen[bytes]":
    """Start the process with its end of the socket. Ctrl-C is for the pool to handle."""
    if sys.platform == "win32":
        process = subprocess.Popen(
            python_command(_PROGRAM, SHARED, python=base_python()),
            env=os.environ | venv_variables(),
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=errors,
            creationflags=subprocess.CREATE_NEW_PROCESS_GROUP,
        )
        assert process.stdin is not None  # noqa: S101 - a pipe
        # Windows passes on no descriptors: it shares a socket with a process that is there.
        with contextlib.suppress(OSError), process.stdin as told:  # it has ended already
            told.write(theirs.share(process.pid))
        return process
    else:  # noqa: RET505 - so that types are checked for each system
        return subprocess.Popen(
            python_command(_PROGRAM, str(theirs.fileno())),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=errors,
            pass_fds=(theirs.fileno(),),
            start_new_session=True,
        )
