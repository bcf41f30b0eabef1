"""Imports torch and other modules before any fork, so that no child has to.

Nothing here may run autograd: torch refuses it in the children of a process that has run it.
"""

import functools
import importlib
import inspect
import sys
import types
from collections.abc import Callable
from typing import Any

TORCH_MODULES = (
    "torch",
    "torch.nn.functional",
    "torch.optim",
    "torch.utils.data",
    "torch.overrides",
    "numpy.random",  # numpy imports it when it is first used, which is before each load
)


class _DeferredDynamo(types.ModuleType):
    """A stand-in for ``torch._dynamo``, whose import takes 1.5 s.

    ``torch.optim`` imports it at the first optimizer only to call ``disable`` and
    ``graph_break``, which do nothing without ``torch.compile``. Looking up any other attribute
    imports the real module.
    """

    @staticmethod
    def graph_break(msg: str = "") -> None:
        """Do nothing, like the real function outside of ``torch.compile``."""

    @staticmethod
    def disable(fn: Any = None, *_: Any, **__: Any) -> Any:
        """Return the function as it is, like the real function outside of ``torch.compile``."""
        return fn if fn is not None else (lambda function: function)

    def __getattr__(self, name: str) -> object:
        if name.startswith("__") and name != "__path__":
            raise AttributeError(name)
        if sys.modules.get(self.__name__) is self:
            del sys.modules[self.__name__]
        return getattr(importlib.import_module(self.__name__), name)


def warm_torch() -> dict[str, str]:
    """Import torch as students use it, single-threaded.

    Returns:
        The versions of torch and numpy.
    """
    for name in TORCH_MODULES:
        importlib.import_module(name)
    import numpy as np
    import torch

    torch.set_num_threads(1)
    # The first operations read /proc/cpuinfo, which a child may not. No gradient is computed.
    (torch.ones(4, 2) @ torch.ones(2)).pow(2).mean().item()
    _load_without_processes(torch.utils.data.DataLoader)
    if "torch._dynamo" not in sys.modules:
        stand_in = _DeferredDynamo("torch._dynamo")
        sys.modules["torch._dynamo"] = torch._dynamo = stand_in  # noqa: SLF001
    return {"torch": str(torch.__version__), "numpy": str(np.__version__)}


def _load_without_processes(loader: Any) -> None:
    """Make every ``DataLoader`` load in its own process, since a child can't start others.

    Args:
        loader: The class; its constructor is wrapped in place.
    """
    make = loader.__init__
    signature = inspect.signature(make)
    alone = {
        "num_workers": 0,
        "prefetch_factor": None,
        "persistent_workers": False,
        "multiprocessing_context": None,
        "timeout": 0,
        "pin_memory": False,
    }

    @functools.wraps(make)
    def make_alone(self: object, *args: object, **kwargs: object) -> None:
        bound = signature.bind(self, *args, **kwargs)
        bound.arguments.update({name: alone[name] for name in alone if name in bound.arguments})
        make(*bound.args, **bound.kwargs)

    loader.__init__ = make_alone


def warm_modules(names: tuple[str, ...]) -> None:
    """Import more modules; those that are not installed are skipped, and fail in student code."""
    for name in names:
        try:
            importlib.import_module(name)
        except ImportError:
            continue
        extra = _AFTER_IMPORT.get(name)
        if extra is not None:
            extra()


def _draw_once() -> None:
    # Making the first figure builds the font table and imports the Agg backend.
    from matplotlib import pyplot as plt

    figure, axes = plt.subplots()
    axes.plot([0, 1], [0, 1])
    axes.scatter([0, 1], [0, 1])
    plt.close(figure)
    importlib.import_module("matplotlib.animation")


_AFTER_IMPORT: dict[str, Callable[[], None]] = {"matplotlib.pyplot": _draw_once}
