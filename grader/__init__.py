"""zerograd: the autograder for autograd.

Public names are loaded on first use: the forkserver imports this package too, and no
trusted module may be in its memory when it forks.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from grader.pipeline import grade
    from grader.report.model import Report

__version__ = "0.1.0"

__all__ = ["Report", "__version__", "grade"]


def __getattr__(name: str) -> object:
    if name == "grade":
        from grader.pipeline import grade

        return grade
    if name == "Report":
        from grader.report.model import Report

        return Report
    message = f"module {__name__!r} has no attribute {name!r}"
    raise AttributeError(message)


def load_ipython_extension(shell: "InteractiveShell") -> None:
    """Add ``%grade`` to a notebook, for ``%load_ext grader``."""
    from grader.jupyter.magic import load

    load(shell)


def unload_ipython_extension(shell: "InteractiveShell") -> None:
    """Take ``%grade`` away again, and end its process, for ``%unload_ext`` and ``%reload_ext``."""
    from grader.jupyter.magic import unload

    unload(shell)
