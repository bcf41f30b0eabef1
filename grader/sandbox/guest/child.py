"""The child's conversation: load a submission, then answer one request after another."""

import socket

from grader.observations.frames import FrameError, receive_message, send_message
from grader.observations.messages import (
    Answer,
    CallRequest,
    Load,
    Outcome,
    Raised,
    ReadRequest,
    ToChild,
)
from grader.sandbox.guest.call import answer_call, answer_read
from grader.sandbox.guest.defaults import Defaults
from grader.sandbox.guest.load import LoadedSubmission, load


def answer_requests(sock: socket.socket, *, scratch: str) -> None:
    """Answer requests until the host closes the socket.

    Args:
        sock: The child's end of the socket; blocking.
        scratch: The folder to change to before each call.
    """
    defaults = Defaults(scratch)
    submission: LoadedSubmission | None = None
    while True:
        try:
            message = receive_message(sock, ToChild)
        except (EOFError, FrameError, OSError):
            return
        match message:
            case Load():
                defaults.restore(seed=0)
                submission, loaded = load(
                    message, report=lambda progress: send_message(sock, progress), defaults=defaults
                )
                defaults.flush_output()
                send_message(sock, loaded)
            case _ if submission is None:
                send_message(sock, Answer(token=message.token, outcome=Outcome.MISSING))
            case CallRequest():
                answer = answer_call(message, submission, defaults)
                defaults.flush_output()
                _send_answer(sock, answer)
            case ReadRequest():
                defaults.restore(seed=0)
                _send_answer(sock, answer_read(message, submission))


def _send_answer(sock: socket.socket, answer: Answer) -> None:
    try:
        send_message(sock, answer)
    except FrameError:  # too large for a frame: report that instead of staying silent
        raised = Raised(type_name="ValueError", text="the returned value is too large to examine")
        send_message(sock, Answer(token=answer.token, outcome=Outcome.RAISED, raised=raised))
