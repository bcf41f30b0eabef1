"""The child's conversation: load a submission, then answer one request after another."""

import socket
from typing import TYPE_CHECKING

import msgspec

from grader.observations.bounds import MAX_NOTES, MAX_PARTS
from grader.observations.frames import (
    MAX_ANSWER_BYTES,
    PREFIX_BYTES,
    FrameError,
    decode_payload,
    encode_frame,
    receive_message,
    send_message,
)
from grader.observations.messages import (
    Answer,
    CallRequest,
    EditRequest,
    Load,
    Loaded,
    Note,
    Outcome,
    ReadRequest,
    ScriptRequest,
    ToChild,
)
from grader.sandbox.guest.call import answer_call, answer_read
from grader.sandbox.guest.current_line import CurrentLine
from grader.sandbox.guest.defaults import Defaults
from grader.sandbox.guest.edits import answer_edit
from grader.sandbox.guest.endings import refuse_as_too_large
from grader.sandbox.guest.lend import LentUnits
from grader.sandbox.guest.load import load
from grader.sandbox.guest.plain_text import cut_text
from grader.sandbox.guest.script import answer_script

if TYPE_CHECKING:
    from grader.sandbox.guest.loaded import LoadedSubmission


def answer_requests(sock: socket.socket, *, scratch: str) -> None:
    """Answer requests until the host closes the socket.

    Args:
        sock: The child's end of the socket; blocking.
        scratch: The folder to change to before each call.
    """
    defaults = Defaults(scratch)
    current_line = CurrentLine(sock)
    submission: LoadedSubmission | None = None
    while True:
        try:
            message = receive_message(sock, ToChild)
        except (EOFError, FrameError, OSError):
            return
        match message:
            case Load():
                defaults.restore(seed=0)
                # Compiled and let go of before any student code runs: its source is not there then.
                lent = (
                    None if message.lent is None else LentUnits.make(message.lent, message.classes)
                )
                message = msgspec.structs.replace(message, lent=None)
                submission, loaded = load(
                    message,
                    report=lambda progress: send_message(sock, progress),
                    defaults=defaults,
                    lent=lent,
                )
                defaults.flush_output()
                send_message(sock, _cut_notes(loaded))
            case _ if submission is None:
                send_message(sock, Answer(token=message.token, outcome=Outcome.MISSING))
            case EditRequest():
                answer = answer_edit(message, submission.edits)
                if message.then is not None and answer.outcome is Outcome.RETURNED:
                    then = msgspec.structs.replace(message.then, token=message.token)
                    with submission.describing_little():
                        answer = _answer(then, submission, defaults, current_line)
                _send_answer(sock, answer)
            case _:
                _send_answer(sock, _answer(message, submission, defaults, current_line))


def _answer(
    message: CallRequest | ReadRequest | ScriptRequest,
    submission: "LoadedSubmission",
    defaults: Defaults,
    current_line: CurrentLine,
) -> Answer:
    if isinstance(message, ReadRequest):
        defaults.restore(seed=0)
        return answer_read(message, submission)
    with current_line.known(message.token, submission.labels):
        if isinstance(message, CallRequest):
            answer = answer_call(message, submission, defaults)
        else:
            answer = answer_script(message, submission, defaults)
    defaults.flush_output()
    return answer


# A frame below this has fewer parts, and what we have described is never nested too deeply.
_SMALL_FRAME_BYTES = MAX_PARTS
# A frame below this holds too little to be refused for its size, and most are below it.
_TINY_FRAME_BYTES = 2048


def _send_answer(sock: socket.socket, answer: Answer) -> None:
    try:
        frame = encode_frame(answer, limit_bytes=MAX_ANSWER_BYTES)
        # As the host will: what it would refuse as forged is reported as too large instead.
        if len(frame) > _TINY_FRAME_BYTES:
            decode_payload(frame[PREFIX_BYTES:], Answer, is_small=len(frame) < _SMALL_FRAME_BYTES)
    except Exception:
        frame = encode_frame(refuse_as_too_large(answer.token))
    sock.sendall(frame)


def _cut_notes(loaded: Loaded) -> Loaded:
    notes = [
        msgspec.structs.replace(note, text=cut_text(note.text)) for note in loaded.notes[:MAX_NOTES]
    ]
    left_out = len(loaded.notes) - len(notes)
    if left_out:
        notes[-1] = Note(block="", text=f"{left_out + 1} more notes are left out")
    return msgspec.structs.replace(loaded, notes=tuple(notes))
