"""Puts back what a submission may have changed, so that a right function keeps its points.

Whatever student code sets for itself (grad mode, dtype, seeds, folder, warnings, style of
plots) is its own affair while it is loaded, and is as PyTorch comes before each call.
"""

import builtins
import gc
import os
import random
import signal
import sys
import warnings
from collections.abc import Iterator
from typing import Any, TextIO

import numpy as np
import torch

OUTPUT = 1


class Defaults:
    """Remembers how things were before any student code ran.

    Made once in each child, right after the fork.
    """

    def __init__(self, scratch: str) -> None:
        self._scratch = scratch
        self._output = os.dup(OUTPUT)
        self._filters = list(warnings.filters)
        self._recursion_limit = sys.getrecursionlimit()
        self._numpy_errors = np.geterr()
        self._torch = {
            name: getattr(torch, name)
            for name in ("set_grad_enabled", "set_default_dtype", "set_default_device")
        }
        self._rc: dict[str, Any] | None = None
        self._streams: dict[str, TextIO] = {}
        self._open_output()
        self.tame_if_imported()
        _install_builtins()

    def restore(self, *, seed: int | None = None) -> None:
        """Set everything back.

        Args:
            seed: What Python's, numpy's and torch's global generators start from; None
                lets them go on from where they are.
        """
        self._open_output()
        self.disarm()
        sys.setrecursionlimit(self._recursion_limit)
        gc.enable()
        os.umask(0o077)
        os.chdir(self._scratch)
        warnings.filters[:] = self._filters  # type: ignore[index] # a list, whatever is declared
        warnings._filters_mutated()  # type: ignore[attr-defined] # noqa: SLF001 - else filters are cached
        np.seterr(**self._numpy_errors)
        if seed is not None:
            random.seed(seed)
            np.random.seed(seed % 2**32)  # noqa: NPY002 - the students' generator, not ours
            torch.default_generator.manual_seed(seed)
        self._torch["set_grad_enabled"](True)  # noqa: FBT003 - its only form
        self._torch["set_default_dtype"](torch.float32)
        self._torch["set_default_device"](None)
        while torch._C._len_torch_function_stack():  # noqa: SLF001 - modes that were left on
            torch._C._pop_torch_function_stack()  # noqa: SLF001
        torch.set_autocast_enabled("cpu", False)  # noqa: FBT003 - its only form
        torch.set_anomaly_enabled(False)
        self.restore_pyplot()

    def disarm(self) -> None:
        """Stop what would interrupt our own code: timers and tracing."""
        for timer in (signal.ITIMER_REAL, signal.ITIMER_VIRTUAL, signal.ITIMER_PROF):
            signal.setitimer(timer, 0)
        sys.settrace(None)

    def restore_pyplot(self) -> None:
        """Close figures and put back the style, if matplotlib is there by now."""
        self.tame_if_imported()
        if self._rc is not None:
            dict.update(sys.modules["matplotlib"].rcParams, self._rc)
            sys.modules["matplotlib.pyplot"].close("all")

    def tame_if_imported(self) -> None:
        """Make a pyplot that is imported by now do nothing that needs a window."""
        pyplot = sys.modules.get("matplotlib.pyplot")
        if self._rc is None and hasattr(pyplot, "close"):
            matplotlib = sys.modules["matplotlib"]
            self._rc = {**matplotlib.rcParams, "backend": "agg"}
            tame_pyplot(pyplot, matplotlib)

    def flush_output(self) -> None:
        """Send on what was printed; a stream that the student closed has nothing to send."""
        for stream in (sys.stdout, sys.stderr):
            try:
                stream.flush()
            except (AttributeError, OSError, ValueError):
                continue

    def _open_output(self) -> None:
        # A submission may have closed or replaced the streams, or the descriptors under them.
        for descriptor in (1, 2):
            try:
                os.fstat(descriptor)
            except OSError:
                os.dup2(self._output, descriptor)
        for name, descriptor in (("stdout", 1), ("stderr", 2)):
            stream = self._streams.get(name)
            if stream is None or stream.closed:
                stream = os.fdopen(
                    descriptor, "w", encoding="utf-8", errors="backslashreplace", closefd=False
                )
                self._streams[name] = stream
            setattr(sys, name, stream)
            setattr(sys, f"__{name}__", stream)


def tame_pyplot(pyplot: Any, matplotlib: Any) -> None:
    """Make what would need a window do nothing, as on a machine without a screen.

    Args:
        pyplot: The module ``matplotlib.pyplot``; changed in place.
        matplotlib: The module ``matplotlib``; changed in place.
    """
    switch = pyplot.switch_backend

    def do_nothing(*_: object, **__: object) -> None:
        return None

    def stay_on_agg(*_: object, **__: object) -> None:
        if pyplot._backend_mod is None:  # noqa: SLF001 - no figure yet: the first one asks for it
            switch("agg")

    pyplot.switch_backend = stay_on_agg
    for owner, name in (
        (pyplot, "show"),
        (pyplot, "pause"),
        (matplotlib, "use"),
        (matplotlib.figure.Figure, "show"),
        # Draws everything to see how large the text is, which takes longer than all the rest;
        # what is looked at are the artists, in the coordinates of the data.
        (matplotlib.figure.Figure, "tight_layout"),
    ):
        setattr(owner, name, do_nothing)


class QuietShell:
    """Stands in for IPython's shell in an exported notebook: every method does nothing.

    What a shell line would have printed is an empty list, which this looks like too.
    """

    def __getattr__(self, name: str) -> "QuietShell":
        if name.startswith("__"):
            raise AttributeError(name)
        return self

    def __call__(self, *_: object, **__: object) -> "QuietShell":
        """Do nothing."""
        return self

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0

    def __contains__(self, _: object) -> bool:
        return False

    def __getitem__(self, _: object) -> "QuietShell":
        return self

    def __str__(self) -> str:
        return ""


def tame_ipython(namespace: dict[str, object]) -> None:
    """Put the quiet shell where a submission has imported IPython's own, which is None here."""
    ipython = sys.modules.get("IPython")
    real = getattr(ipython, "get_ipython", None)
    if real is None or real is QuietShell:
        return
    for name, value in namespace.items():
        if value is real:
            namespace[name] = QuietShell
    vars(ipython)["get_ipython"] = QuietShell


def _refuse_input(_prompt: object = "") -> str:
    message = "input() can't be answered while the submission is graded"
    raise EOFError(message)


def _display(*values: object, **_: object) -> None:
    print(*values)  # noqa: T201 - into the submission's own output


def _install_builtins() -> None:
    vars(builtins).update(input=_refuse_input, get_ipython=QuietShell, display=_display)
