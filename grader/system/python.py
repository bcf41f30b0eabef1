"""The Python that another process of ours runs with."""

import sys


def base_python() -> str:
    """Return the Python to start, such that the process that starts is the one that runs.

    On Windows the Python of a virtual environment only starts the one below it, as a process of its
    own, which a limit, a shared socket or an end would miss. `venv_variables` makes that one
    behave like the first. See `multiprocessing.popen_spawn_win32`.
    """
    if sys.platform == "win32":
        return str(getattr(sys, "_base_executable", sys.executable))
    return sys.executable


def venv_variables() -> dict[str, str]:
    """Return what makes the base Python one of the virtual environment."""
    return {"__PYVENV_LAUNCHER__": sys.executable} if base_python() != sys.executable else {}
