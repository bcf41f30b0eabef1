"""A worker as the coordinator holds it: started, asked, waited for, killed."""

import contextlib
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from grader.observations.frames import FrameBuffer, FrameError, decode_payload, encode_frame
from grader.pool.messages import GradeRequest, GradeResult, PoolSettings

_PACKAGE = Path(__file__).resolve().parents[1]

# A submission of 64 MiB, and its page with a notebook's pictures, with room to spare.
MAX_MESSAGE_BYTES = 128 * 1024 * 1024

_BOOTSTRAP = (
    "import sys; sys.path.append(sys.argv[1]); "
    "from grader.pool.worker_main import main; main(int(sys.argv[2]))"
)
_TOLD_CHARACTERS = 1000
_GRACE_S = 5.0


class WorkerEndedError(Exception):
    """A worker is gone, or no longer of use; the message says how it ended.

    Not told to anybody as it is: the submission is tried again, and then reported as a fault.
    """


class WorkerProcess:
    """A process that grades, one submission at a time.

    Starting it returns at once; it takes its time until it is warm.

    Args:
        setup: How it grades.
        patience_s: How long one submission may take in all before the worker counts as hung.
    """

    def __init__(self, setup: PoolSettings, *, patience_s: float) -> None:
        self._patience_s = patience_s
        self._deadline = float("inf")
        self._buffer = FrameBuffer(limit_bytes=MAX_MESSAGE_BYTES)
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the worker
        ours, theirs = socket.socketpair()
        self.socket = ours
        with theirs:
            self._process = subprocess.Popen(
                [
                    *(sys.executable, "-P", "-c", _BOOTSTRAP),
                    *(str(_PACKAGE.parent), str(theirs.fileno())),
                ],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=self._errors,
                pass_fds=(theirs.fileno(),),
                start_new_session=True,  # Ctrl-C is for the coordinator to handle
            )
        self._send(setup)

    @property
    def left_s(self) -> float:
        """Seconds until the present submission has taken too long."""
        return max(0.0, self._deadline - time.monotonic())

    def start(self, task: GradeRequest) -> None:
        """Hand over a submission; the one before must have been answered.

        Raises:
            WorkerEndedError: it is gone.
        """
        self._deadline = time.monotonic() + self._patience_s
        self._send(task)

    def take(self) -> GradeResult | None:
        """Read what is there, and give the answer if it is whole. Blocks if nothing is there.

        Raises:
            WorkerEndedError: it is gone.
        """
        try:
            data = self.socket.recv(1 << 20)
            self._buffer.feed(data)
            payload = self._buffer.next_payload()
            if payload is not None:
                answer: GradeResult = decode_payload(payload, GradeResult)
                return answer
        except (OSError, FrameError) as error:
            raise WorkerEndedError(str(error)) from error
        if not data:
            raise WorkerEndedError(self._autopsy())
        return None

    def close(self, *, is_idle: bool = False) -> None:
        """End the process; what it has started ends with it, and clears up after itself.

        Args:
            is_idle: It waits for a submission, so it can end by itself when it reads the end.
        """
        self.socket.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout=_GRACE_S if is_idle else 0)
        self._process.kill()
        self._process.wait()
        self._errors.close()

    def _send(self, message: PoolSettings | GradeRequest) -> None:
        try:
            self.socket.sendall(encode_frame(message, limit_bytes=MAX_MESSAGE_BYTES))
        except OSError as error:
            raise WorkerEndedError(self._autopsy()) from error

    def _autopsy(self) -> str:
        """Say how it ended, with the end of what it wrote to standard error."""
        try:
            status = self._process.wait(timeout=1)
        except subprocess.TimeoutExpired:
            return "a grading process no longer answers"
        self._errors.seek(0)
        told = self._errors.read().decode("utf-8", "backslashreplace").strip()
        how = f"signal {-status}" if status < 0 else f"exit status {status}"
        return f"a grading process ended with {how}: {told[-_TOLD_CHARACTERS:]}".rstrip(": ")
