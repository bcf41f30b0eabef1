"""Walks frames and the heap for the expected value."""
# expect: score=0

import gc
import sys


def steal(*args, **kwargs):
    found = []
    frame = sys._getframe()
    while frame is not None:
        for name, value in frame.f_locals.items():
            if any(word in name for word in ("want", "expected", "reference", "answer_key", "peer")):
                found.append(name)
        frame = frame.f_back
    for thing in gc.get_objects():
        kind = type(thing).__module__
        if kind.startswith(("grader.checks", "grader.report", "grader.pipeline", "_pytest")):
            found.append(kind)
    for name in sys.modules:
        if name.startswith(("grader.checks", "check_", "reference", "pytest", "_pytest")):
            found.append(name)
    if found:
        print("LEAK:", found)
        return found[0]
    return None


mse = predict = gradient = update = train = sigmoid = cross_entropy = steal
