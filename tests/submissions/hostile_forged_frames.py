"""Writes answers of its own to every descriptor it has inherited."""
# expect: score=0
# expect: status=stopped

import os

import msgspec


def forge(*args, **kwargs):
    frame = msgspec.msgpack.encode(
        {"type": "answer", "token": bytes(16), "outcome": "returned", "steps": [], "raised": None}
    )
    for descriptor in range(3, 64):
        try:
            os.write(descriptor, len(frame).to_bytes(4, "big") + frame)
        except OSError:
            pass


make_data = predict = mse = gradient = update = train = forge
