"""Attacks lending: puts the lent right functions into exceptions and results, to read them in the report."""
# expect: score=0

import sys

import torch


def _lent():
    """At import the message with the lent source is a local of a caller."""
    frame = sys._getframe()
    while frame is not None:
        message = frame.f_locals.get("message")
        lent = getattr(message, "lent", None)
        if lent is not None:
            return lent.source
        frame = frame.f_back
    return ""


SOURCE = " ".join(_lent().split())


def gradient(x, y, w):
    raise RuntimeError("LEAK: " + SOURCE[:250] if SOURCE else "nothing")


def update(x, y, w, lr):
    # The lent function itself: its code, if not its source.
    for cell in getattr(globals().get("mse"), "__closure__", None) or ():
        if callable(cell.cell_contents) and cell.cell_contents.__name__ == "mse":
            raise RuntimeError("LEAK: " + repr(cell.cell_contents.__code__.co_code))
    raise RuntimeError("nothing")


def train(x, y, w, lr, epochs):
    if not SOURCE:
        raise RuntimeError("nothing")
    return [float(ord(letter)) for letter in SOURCE[:epochs]]


def predict_proba(x, w):
    if not SOURCE:
        raise RuntimeError("nothing")
    raise NotImplementedError("LEAK: " + SOURCE)
