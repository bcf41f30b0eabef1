"""Classes that lie, hang or raise wherever a script touches them cost themselves only."""

import time
from collections.abc import Callable

import msgspec
import pytest
from script_requests import make_request, returned, run

from grader.checks.inputs import leaf
from grader.checks.tracing import Lab, figure, figures, take
from grader.observations.asking import is_complete
from grader.observations.messages import Outcome
from grader.sandbox.host.session import Session

pytestmark = pytest.mark.slow

ALL_METHODS = """
class Quiet:
    data = 1
    def __init__(self, *_): pass
    def __mul__(self, _): return self
    __add__ = __mul__
    def m(self, *_): return self
    def __getitem__(self, _): return self
    def __iter__(self): return iter([self])
"""
FAKE_FIGURE = """
import types
import matplotlib.pyplot as plt
axes = types.SimpleNamespace(get_figure=lambda: None, get_visible=lambda: False)
fake = types.SimpleNamespace(axes={axes})
plt.gcf = lambda: fake
plt.figure = lambda number=1: fake
plt.get_fignums = lambda: {numbers}
class C(Quiet): pass
"""
HOSTILE = {
    "has every attribute": """
class C:
    def __init__(self, *_): pass
    def __getattr__(self, _): return self
    def __call__(self, *_): return self
    def __iter__(self):
        while True:
            yield self
    __mul__ = __add__ = __getitem__ = __call__
""",
    "has no attributes": """
class C:
    def __init__(self, *_): pass
    def __getattribute__(self, _): raise SystemExit
""",
    "lies about its class": """
class Meta(type):
    def __instancecheck__(cls, _): raise SystemExit
    __subclasscheck__ = __instancecheck__
    def __getattribute__(cls, name):
        if name in ("__name__", "__qualname__", "__module__", "__mro__"):
            raise KeyboardInterrupt
        return type.__getattribute__(cls, name)
class C(Quiet, metaclass=Meta):
    @property
    def __class__(self): raise SystemExit
""",
    "equals anything": """
class C(Quiet, float):
    def __new__(cls, *_): return float.__new__(cls, 1)
    def __eq__(self, _): return True
    __hash__ = None
""",
    "has numbers that none can hold": """
import numpy as np
class C(Quiet):
    data = 10**5000
    def __getitem__(self, _): return complex("nan")
    def __iter__(self): return iter([10**400, float("inf"), np.longdouble(1)])
""",
    "is nested without end": """
inside = []
inside.extend([inside] * 1000)
table = {}
table["itself"] = table
class C(Quiet):
    data = inside
    def __getitem__(self, _): return table
""",
    "is wide without end": """
import torch
class C(Quiet):
    data = [0] * 1_000_000
    def __iter__(self):
        while True:
            yield torch.zeros(500_000)
""",
    "has a tensor and an array that lie": """
import numpy as np
import torch
class Tensor(torch.Tensor):
    @classmethod
    def __torch_function__(cls, *_): raise SystemExit
class Array(np.ndarray):
    shape = size = dtype = property(lambda _: 7)
    def tobytes(self): return b"x"
    def __array_function__(self, *_): return 1
class C(Quiet):
    data = torch.zeros(3).as_subclass(Tensor)
    def __getitem__(self, _): return np.zeros(3).view(Array)
""",
    "never gives its next item": """
class C(Quiet):
    def __iter__(self): return self
    def __next__(self):
        while True:
            pass
""",
    "ends the process when it goes": """
import os
class C(Quiet):
    def __del__(self): os._exit(0)
    def __mul__(self, _): return C()
""",
    "draws a million axes": FAKE_FIGURE.format(axes="[axes] * 1_000_000", numbers="[1]"),
    "draws a million figures": FAKE_FIGURE.format(axes="[]", numbers="range(1_000_000)"),
    "reaches for the script": """
import sys
class C(Quiet):
    def __init__(self, *_):
        frame = sys._getframe()
        while frame is not None:
            script = frame.f_locals.get("self")
            if type(script).__name__ == "_Script":
                script._values.clear()
                script.place = -(10**9)
                script._message = None
            frame = frame.f_back
""",
    "replaces what a script uses": """
import operator
import numpy as np
import torch
def bad(*_, **__): raise SystemExit(3)
operator.add = operator.mul = torch.inference_mode = torch.is_grad_enabled = bad
np.geterr = np.asarray = bad
class C(Quiet): pass
""",
}


def use(lab: Lab, x: object) -> object:
    """Touch a class in every way."""
    a, b = lab.C(2.0), lab.C(x)
    c = a * b + a
    c.m(3)
    before = a.data
    a.data = 5
    return {
        "c": c,
        "before": before,
        "item": c[0],
        "items": take(c, 5),
        "is_equal": a == b,
        "figure": figure(),
        "figures": figures(),
        "x": x,
    }


@pytest.mark.parametrize("is_rerun", [False, True], ids=["run", "rerun"])
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_class_costs_itself_only(
    name: str,
    is_rerun: bool,  # noqa: FBT001 - a column
    open_source: Callable[..., Session],
) -> None:
    """An answer is complete, or there is none; and the submission's other functions are judged."""
    source = f"def f(n): return 2 * n\n{ALL_METHODS}{HOSTILE[name]}"
    session = open_source(source, classes=("C",))
    request = make_request(use, function="C", x=leaf([1.0, 2.0]))
    request = msgspec.structs.replace(request, is_rerun=is_rerun)
    started = time.monotonic()

    observation = session.observe(request)

    assert time.monotonic() - started < 60
    if observation.outcome is Outcome.RETURNED:
        assert is_complete(observation, request)
    assert not session.is_over, session.why_over
    if "replaces" not in name:
        assert returned(run(session, lambda lab: lab.f(4))) == 8
