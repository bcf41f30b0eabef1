"""Restores settings that a submission may have changed, so that a right function keeps its points.

While it is loaded, student code may set grad mode, dtype, seeds, current folder, warnings or plot
style as it likes. Before each call they are back at PyTorch's and Python's defaults.
"""

import builtins
import contextlib
import gc
import os
import random
import signal
import sys
import warnings
from collections.abc import Callable, Iterator
from typing import Any, ClassVar, TextIO

import numpy as np
import torch

from grader.sandbox.guest.event_loop import do_without_sockets
from grader.sandbox.guest.given import GivenFiles

OUTPUT = 1


class Defaults:
    """The settings as they were before any student code ran.

    Made once in each child, right after the locks.

    Args:
        scratch: The folder to change to before each call.
    """

    def __init__(self, scratch: str) -> None:
        self._scratch = scratch
        self._given = GivenFiles(scratch)
        self._output = os.dup(OUTPUT)
        # torch says this of float(loss) and loss.item(), once, wherever it is called first: beside
        # the wrong function of a report it looks like the cause.
        warnings.filterwarnings("ignore", message="Converting a tensor with requires_grad=True")
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
        do_without_sockets()

    def restore(self, *, seed: int | None = None, keep_figures: bool = False) -> None:
        """Restore all settings.

        Args:
            keep_figures: Whether figures stay open.
            seed: The seed of Python's, numpy's and torch's global generators; None leaves their
                state as it is.
        """
        self._open_output()
        self.disarm()
        sys.setrecursionlimit(self._recursion_limit)
        gc.enable()
        os.umask(0o077)
        with contextlib.suppress(OSError):
            _enter(self._scratch)
        self._given.restore()
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
        if keep_figures:
            self.tame_if_imported()
        else:
            self.restore_pyplot()

    def disarm(self) -> None:
        """Stop timers and tracing, which would interrupt our own code."""
        if sys.platform != "win32":  # which has no timers that interrupt
            for timer in (signal.ITIMER_REAL, signal.ITIMER_VIRTUAL, signal.ITIMER_PROF):
                signal.setitimer(timer, 0)
        sys.settrace(None)

    def restore_pyplot(self) -> None:
        """Close all figures and restore the style, if pyplot has been imported."""
        self.tame_if_imported()
        if self._rc is not None:
            dict.update(sys.modules["matplotlib"].rcParams, self._rc)
            sys.modules["matplotlib.pyplot"].close("all")

    def tame_if_imported(self) -> None:
        """Disable what needs a window, if pyplot has been imported."""
        pyplot = sys.modules.get("matplotlib.pyplot")
        if self._rc is None and hasattr(pyplot, "close"):
            matplotlib = sys.modules["matplotlib"]
            self._rc = {**matplotlib.rcParams, "backend": "agg"}
            tame_pyplot(pyplot, matplotlib)

    def flush_output(self) -> None:
        """Flush what was printed; streams that the student closed or replaced are skipped."""
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
    """Make functions that need a window do nothing.

    Args:
        pyplot: The module ``matplotlib.pyplot``; changed in place.
        matplotlib: The module ``matplotlib``; changed in place.
    """
    switch = pyplot.switch_backend

    def do_nothing(*_: object, **__: object) -> None:
        return None

    def stay_on_agg(*_: object, **__: object) -> None:
        if pyplot._backend_mod is None:  # noqa: SLF001 - the first figure loads the backend
            switch("agg")

    pyplot.switch_backend = stay_on_agg
    for owner, name in (
        (pyplot, "show"),
        (pyplot, "pause"),
        (matplotlib, "use"),
        (matplotlib.figure.Figure, "show"),
        # Draws everything to measure the text, which takes longer than all the rest. Only the
        # artists are examined, in data coordinates.
        (matplotlib.figure.Figure, "tight_layout"),
    ):
        setattr(owner, name, do_nothing)


class QuietShell:
    """A stand-in for IPython's shell in an exported notebook: its methods do nothing.

    Only the cell magics that run their body run it. It also behaves like an empty list, for code
    that uses the output of a shell line.

    Attributes:
        run_body: Runs the body of a cell magic, given its name, its line, the body and globals.
    """

    run_body: ClassVar[Callable[[str, str, str, dict[str, object]], None] | None] = None

    def __getattr__(self, name: str) -> "QuietShell":
        if name.startswith("__"):
            raise AttributeError(name)
        return self

    def run_cell_magic(self, magic_name: str, line: str, cell: str) -> None:
        """Run the body of a cell magic such as ``%%time`` in the caller's globals."""
        if QuietShell.run_body is not None:
            caller = sys._getframe(1).f_globals  # noqa: SLF001
            QuietShell.run_body(str(magic_name), str(line), str(cell), caller)

    def __call__(self, *_: object, **__: object) -> "QuietShell":
        """Do nothing, and return the stand-in itself."""
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
    """Replace ``get_ipython`` by the quiet shell where a submission has imported the real one.

    Outside of IPython the real one returns None, and its magics would raise.

    Args:
        namespace: The submission's globals; changed in place.
    """
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


def _enter(folder: str) -> None:
    """Change to a folder. Without the lock on files, any child may have removed it."""
    try:
        os.chdir(folder)
    except OSError:
        os.makedirs(folder, mode=0o700, exist_ok=True)  # noqa: PTH103 - quicker
        os.chdir(folder)


def _install_builtins() -> None:
    vars(builtins).update(input=_refuse_input, get_ipython=QuietShell, display=_display)
