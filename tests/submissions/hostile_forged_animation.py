"""Attacks the checks with a forged animation of far more frames than were asked for."""
# expect: score=0
# expect: status=stopped
# expect: max_seconds=60

import os
import sys

import msgspec


def request():
    """Find the request that is being answered, with its token, on the way down the stack."""
    frame = sys._getframe()
    while frame is not None:
        message = frame.f_locals.get("message")
        if type(message).__name__ in ("CallRequest", "ReadRequest"):
            return message
        frame = frame.f_back
    return None


def send(message):
    data = message if isinstance(message, bytes) else msgspec.msgpack.encode(message)
    data = len(data).to_bytes(4, "big") + data
    while data:
        data = data[os.write(3, data) :]


def keep_quiet():
    """Have the guest send no second answer to this request."""
    child = sys.modules["grader.sandbox.guest.child"]
    honest = child._send_answer

    def once(_sock, _answer):
        child._send_answer = honest

    child._send_answer = once


def answer(returned=None, *, steps=None, outcome="returned", leave=(), **more):
    """Answer in the guest's place: right token, inputs unchanged, anything returned."""
    asked = request()
    kept = {
        name: {"value": value}
        for name, value in asked.inputs.items()
        if name not in leave
    }
    gradients = dict.fromkeys(asked.differentiate, {"type": "none"})
    step = {"returned": returned, "inputs": kept, "gradients": gradients}
    send(
        {
            "type": "answer",
            "token": asked.token,
            "outcome": outcome,
            "steps": [step] * asked.times if steps is None else steps,
            **more,
        }
    )
    keep_quiet()


def array(values, dtype="float32", shape=None, data=None):
    import numpy as np

    values = np.asarray(values, dtype=dtype)
    return {
        "type": "array",
        "dtype": dtype,
        "shape": list(values.shape) if shape is None else shape,
        "data": values.tobytes() if data is None else data,
    }


import matplotlib.pyplot  # it has to be there for a figure to be asked for


def animate_fit(x, y, w, lr, frames):
    answer({"type": "animation", "frame_count": frames, "frames": [[]] * 20_000_000})
