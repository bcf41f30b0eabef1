"""What student code must not learn: nothing that is not hashed, and no more than what is lent."""

import re
from dataclasses import replace

from grader.checks.assignment import load_assignment
from grader.pipeline import Grader
from grader.resources import GradingResources
from grader.sandbox.host.limits import Confinement, Limits

ASKS = """
import inspect, linecache, os, sys, traceback
def f(): return sys._getframe().f_code.co_filename
print(sys.argv, __file__, f(), os.listdir("."), list(linecache.cache), sys.modules[__name__])
try:
    1 / 0
except ZeroDivisionError:
    traceback.print_exc()
"""


def test_name_of_the_file_does_not_reach_the_code(warm_grader: Grader) -> None:
    """Equal bytes get equal inputs, so the name must not carry what was asked before."""
    reports = [
        warm_grader.grade_data(ASKS.encode(), name=f"a_{secret}.py") for secret in ("-1.25", "3.75")
    ]

    assert "ZeroDivisionError" in reports[0].output
    # The folder that a child runs in is new each time; the host names the file in tracebacks.
    first, second = (
        re.sub(r"scratch-\w+", "", one.output).replace(one.submission.name, "submission.py")
        for one in reports
    )
    assert first == second
    assert "1.25" not in first
    assert [one.submission.name for one in reports] == ["a_-1.25.py", "a_3.75.py"]


REFERENCE = """
import torch, math

def _descend(loss, w, lr):
    loss.backward()
    with torch.no_grad():
        w -= lr * w.grad

SHARED = 1.0
SECRET = 2.0

def _square(z):
    return SHARED * z ** 2

def predict(x, w):
    return x @ w

def mse(y_hat, y):
    update = _square(y_hat - y)
    return update.mean()

def update(x, y, w, lr):
    return _descend(mse(predict(x, w), y), w, lr * SECRET / math.pi)
"""


def test_only_what_a_lent_function_calls_is_lent() -> None:
    """Private helpers of other functions stay behind, also where a local variable has a name."""
    assignment = replace(load_assignment(), reference=REFERENCE)
    with GradingResources(
        assignment, limits=Limits.of(assignment.limits), confinement=Confinement()
    ) as resources:
        source = resources._make_lent(frozenset({"mse"})).source

    assert "backward" not in source
    assert "math" not in source
    assert "2.0" not in source
    assert "** 2" in source
    assert "1.0" in source
