"""Warming up makes torch ready for forks, without importing its compiler."""

import json
import os
import subprocess
import sys
from typing import Any

import pytest

pytestmark = pytest.mark.slow

COMMON = """
import json, sys, warnings
warnings.simplefilter("error")
from grader.sandbox.guest.warm import warm_modules, warm_torch
"""

# Uses optimizers as a student does, and autograd in a fork.
TRAINING = """
import os
versions = warm_torch()
import torch

def run_backward():
    w = torch.ones(2, requires_grad=True)
    (w * w).sum().backward()
    return w.grad.tolist()

child = os.fork()
if child == 0:
    os._exit(0 if run_backward() == [2.0, 2.0] else 1)
status = os.waitpid(child, 0)[1]

def step(kind):
    w = torch.tensor([1.0, 2.0], requires_grad=True)
    optimizer = kind([w], lr=0.25)
    for _ in range(2):
        optimizer.zero_grad()
        (w * w).sum().backward()
        optimizer.step()
    return w.tolist()

stand_in = sys.modules["torch._dynamo"]
print(json.dumps({
    "versions": versions,
    "threads": torch.get_num_threads(),
    "status of the fork": status,
    "SGD": step(torch.optim.SGD),
    "Adam": step(torch.optim.Adam),
    "is still the stand-in": sys.modules["torch._dynamo"] is torch._dynamo is stand_in,
    "file of the stand-in": getattr(stand_in, "__file__", None),
    "parts of the real one": [name for name in sys.modules if name.startswith("torch._dynamo.")],
    "disabled": stand_in.disable(step) is step and stand_in.disable(recursive=False)(step) is step,
    "graph break": stand_in.graph_break(msg="here"),
}))
"""

REAL = """
warm_torch()
import torch
stand_in = sys.modules["torch._dynamo"]
looked_up = stand_in.config.verbose
real = sys.modules["torch._dynamo"]
print(json.dumps({
    "looked up": looked_up,
    "file": real.__file__,
    "is another": real is not stand_in and torch._dynamo is real,
    "same from now on": stand_in.config is real.config,
    "has no": hasattr(stand_in, "no_such_name"),
}))
"""

PYPLOT = """
import builtins
warm_modules(("no_such_module_anywhere", "matplotlib.pyplot"))
from matplotlib import pyplot
print(json.dumps({
    "figures": pyplot.get_fignums(),
    "backend": pyplot.get_backend().lower(),
    "has torch": "torch" in sys.modules,
    "agg": "matplotlib.backends.backend_agg" in sys.modules,
}))
"""


def run_in_fresh_python(script: str) -> dict[str, Any]:
    """Run a script in a process that has imported nothing yet; return the JSON it prints."""
    done = subprocess.run(
        [sys.executable, "-c", COMMON + script],
        check=True,
        capture_output=True,
        text=True,
        env={"PATH": os.environ["PATH"], "MPLBACKEND": "agg"},
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.fixture(scope="module")
def training() -> dict[str, Any]:
    """Return the findings of the training script."""
    return run_in_fresh_python(TRAINING)


def test_versions_of_torch_and_numpy_are_returned(training: dict[str, Any]) -> None:
    """Warming up returns the versions of torch and numpy, for the report."""
    versions = training["versions"]

    assert sorted(versions) == ["numpy", "torch"]
    assert all(version[0].isdigit() for version in versions.values())


def test_torch_runs_in_one_thread(training: dict[str, Any]) -> None:
    """Warming up sets torch to one thread, since several children may run side by side."""
    assert training["threads"] == 1


def test_fork_of_a_warm_process_can_run_autograd(training: dict[str, Any]) -> None:
    """Warming up runs no autograd, which would make torch refuse it in a fork."""
    assert training["status of the fork"] == 0


def test_sgd_steps_without_the_compiler(training: dict[str, Any]) -> None:
    """Two steps of SGD with the stand-in end at the right weights."""
    assert training["SGD"] == [0.25, 0.5]


def test_adam_steps_without_the_compiler(training: dict[str, Any]) -> None:
    """Two steps of Adam with the stand-in end at the right weights."""
    assert training["Adam"] == pytest.approx([0.5, 1.5], abs=0.02)


def test_compiler_is_not_imported_for_an_optimizer(training: dict[str, Any]) -> None:
    """Using an optimizer leaves the stand-in for the compiler in place."""
    assert training["is still the stand-in"]
    assert training["file of the stand-in"] is None
    assert training["parts of the real one"] == []


def test_stand_in_leaves_functions_as_they_are(training: dict[str, Any]) -> None:
    """``disable`` returns the function itself, with or without options, as the real one does."""
    assert training["disabled"]
    assert training["graph break"] is None


def test_stand_in_gives_way_to_the_real_compiler() -> None:
    """Looking up an attribute that the stand-in lacks imports the real compiler."""
    found = run_in_fresh_python(REAL)

    assert found["looked up"] is False
    assert found["file"].endswith("__init__.py")
    assert found["is another"]
    assert found["same from now on"]
    assert not found["has no"]


def test_pyplot_is_warmed_and_leaves_no_figure() -> None:
    """Warming up leaves pyplot without figures, and skips a module that isn't installed."""
    found = run_in_fresh_python(PYPLOT)

    assert found == {"figures": [], "backend": "agg", "has torch": False, "agg": True}
