"""The command that starts another Python process of ours, which imports this very zerograd."""

import sys
from pathlib import Path

# The folder with all of our code, none of which a child may read.
PACKAGE = Path(__file__).resolve().parent

_WITHOUT_PROCESSES = frozenset({"emscripten", "wasi"})

# The package is imported from its own folder first, so that another zerograd that is installed, or
# on PYTHONPATH, is not taken for it. Then that folder goes last in sys.path: it may be
# site-packages, or a checkout with folders of any name.
_IMPORT_GRADER = (
    "import sys; sys.path.insert(0, sys.argv[1]); import grader; sys.path.append(sys.path.pop(0)); "
)


def why_unsupported() -> str:
    """Say why nothing can be graded on this system, and what to do; empty if it can.

    Submissions run in processes of their own, which a Python inside a browser doesn't have.
    """
    if sys.platform not in _WITHOUT_PROCESSES:
        return ""
    return (
        "zerograd can't grade inside a browser (JupyterLite, Pyodide), as it starts processes: "
        "install it on your computer or in Google Colab, or hand the file in where your course "
        "grades it"
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
