"""Leaves out, on Windows and macOS, the tests of what only other systems have.

On Linux nothing is left out here. Neither of the others was ever tried: which tests can't work
there was found by reading them, and by collecting them with Linux's calls taken away.
"""

import inspect
import re
import sys
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parent
HERE: str = sys.platform  # any system, whichever the types are checked for

# Files about the locks of Linux, about what it says of processes, or about its tools.
NEED_LOCKS = frozenset(
    """
    bundles/test_platform_scripts.py
    sandbox/guest/test_lock.py
    sandbox/test_allow_list.py
    sandbox/test_disk.py
    sandbox/test_locks.py
    sandbox/test_old_kernels.py
    sandbox/test_out_of_memory.py
    sandbox/test_strays.py
    sandbox/test_usage.py
    sandbox/test_wall.py
    """.split()
)
# Files about children that are forked, which Windows can't do.
NEED_FORK = frozenset(
    """
    end_to_end/test_accounting.py
    sandbox/test_forkserver.py
    sandbox/test_given_files.py
    sandbox/test_modules.py
    """.split()
)
# In a test: what Windows doesn't have, or allows to few.
_NOT_ON_WINDOWS = re.compile(
    r"AF_UNIX|os\.(fork|mkfifo|get(e)?[ug]id|setsid|umask|killpg|waitpid)\b"
    r"|signal\.SIG(KILL|STOP|CONT|HUP|PIPE|ALRM)\b"
    r"|\.(chmod|symlink_to|hardlink_to)\(|st_mode|[\"'](sh|bash|make|setpriv)[\"']|/(dev|proc|bin)/"
)
# In a test: what only Linux has.
_ONLY_ON_LINUX = re.compile(r"/proc/|py_landlock|pyseccomp|Lock\.(FILES|SYSCALLS|SIGNALS)\b")


def why_not(path: str, source: str, *, platform: str) -> str:
    """Return why a test can't run on a system; empty if it can.

    Args:
        path: The file of the test, relative to the folder of tests, with ``/`` between its parts.
        source: The source of the test, empty for the file as a whole.
        platform: The system, as in ``sys.platform``.
    """
    if platform == "linux":
        return ""
    if path in NEED_LOCKS or _ONLY_ON_LINUX.search(source):
        return "needs Linux"
    if platform == "win32" and (path in NEED_FORK or _NOT_ON_WINDOWS.search(source)):
        return "needs what Windows doesn't have"
    return ""


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    """Leave out a file: it may not even be possible to import it."""
    path = collection_path.relative_to(TESTS).as_posix() if _is_ours(collection_path) else ""
    return True if why_not(path, "", platform=HERE) else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip single tests, with the reason."""
    if HERE == "linux":
        return
    for item in items:
        function = getattr(item, "function", None)
        if function is None or not _is_ours(item.path):
            continue
        path = item.path.relative_to(TESTS).as_posix()
        if reason := why_not(path, inspect.getsource(function), platform=HERE):
            item.add_marker(pytest.mark.skip(reason=reason))


def _is_ours(path: Path) -> bool:
    return path.is_relative_to(TESTS)
