"""The command that starts another Python process of ours, which imports this very zerograd."""

import importlib.util
import os
import socket
import sys
from pathlib import Path

# The folder with all of our code, none of which a child may read.
PACKAGE = Path(__file__).resolve().parent

# The package is imported from its own folder first, so that another zerograd that is installed, or
# on PYTHONPATH, is not taken for it. Then that folder goes last in sys.path: it may be
# site-packages, or a checkout with folders of any name.
_IMPORT_GRADER = (
    "import sys; sys.path.insert(0, sys.argv[1]); import grader; sys.path.append(sys.path.pop(0)); "
)


def why_unsupported() -> str:
    """Say why nothing can be graded on this system, and what to do; empty if it can.

    Processes are forked and confined, which needs what Linux and macOS have.
    """
    has_all = (
        hasattr(os, "fork")
        and hasattr(socket, "AF_UNIX")
        and all(importlib.util.find_spec(name) for name in ("fcntl", "resource"))
    )
    if has_all:
        return ""
    system = "Windows" if sys.platform == "win32" else "this system"
    return (
        f"zerograd can't grade on {system}, as it needs Linux or macOS: install it in WSL "
        "(https://aka.ms/wsl) or in Google Colab, or hand the file in where your course grades it"
    )


def python_command(program: str, *arguments: str, python: str = sys.executable) -> list[str]:
    """Return the command that runs a program with this zerograd.

    Args:
        program: The source of the program, which finds its arguments in ``sys.argv[2:]``.
        arguments: The arguments of the program.
        python: The Python to run it with, which has the libraries that zerograd needs.
    """
    # -P keeps the current folder out of sys.path.
    own = [python, "-P", "-c", _IMPORT_GRADER + program]
    return [*own, str(PACKAGE.parent), *arguments]
