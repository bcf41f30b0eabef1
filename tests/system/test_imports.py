"""Every module that isn't for student code can be imported where calls of Linux are missing.

What Windows and macOS don't have is taken away here; nothing of this ran on those systems.
"""

import json
import subprocess
import sys
from pathlib import Path

import pytest

import grader

_MODULES = "fcntl resource pwd grp termios tty pty syslog pyseccomp py_landlock"
_ATTRIBUTES = {
    "os": (
        "fork forkpty register_at_fork O_NOFOLLOW O_DIRECTORY O_CLOEXEC O_NONBLOCK O_NOCTTY O_PATH"
        " O_ACCMODE set_blocking getuid geteuid getgid getgroups getpgid getpgrp setsid killpg"
        " pidfd_open sysconf mkfifo mknod WNOHANG waitstatus_to_exitcode sched_getaffinity uname"
        " chown fchmod fchown fchdir statvfs getloadavg pread pwrite memfd_create"
    ),
    "socket": "AF_UNIX send_fds recv_fds SCM_RIGHTS CMSG_SPACE CMSG_LEN",
    "signal": (
        "SIGKILL SIGSTOP SIGCONT SIGURG SIGXCPU SIGCHLD SIGALRM SIGHUP SIGPIPE SIGUSR1 setitimer"
        " ITIMER_REAL ITIMER_VIRTUAL ITIMER_PROF pthread_sigmask pidfd_send_signal sigtimedwait"
    ),
    "mmap": "MAP_SHARED MAP_PRIVATE MAP_ANONYMOUS",
    "time": "clock_gettime CLOCK_MONOTONIC",
}
# Everything is imported once, so that what the libraries need is there. Then our modules are
# forgotten, and imported again without what is missing.
_PROGRAM = """
import importlib, json, os, socket, sys, traceback
names, missing, attributes, platforms = json.loads(sys.argv[1])
for name in names:
    importlib.import_module(name)
for name in [name for name in sys.modules if name.partition(".")[0] in missing]:
    del sys.modules[name]
for name in missing:
    sys.modules[name] = None
for module, absent in attributes.items():
    for attribute in absent.split():
        vars(sys.modules[module]).pop(attribute, None)
os.supports_dir_fd, os.supports_fd, os.supports_follow_symlinks = set(), set(), set()
failed = {platform: {} for platform in platforms}
for sys.platform in platforms:
    for name in [name for name in sys.modules if name.partition(".")[0] == "grader"]:
        del sys.modules[name]
    for name in names:
        try:
            importlib.import_module(name)
        except BaseException:
            failed[sys.platform][name] = traceback.format_exc()
print(json.dumps(failed))
"""
# These are for one system, and refuse to be imported elsewhere.
_ONLY_ELSEWHERE = {
    "linux": set[str](),
    "darwin": {"grader.sandbox.host.linux_usage"},
    "win32": {"grader.sandbox.host.linux_usage", "grader.sandbox.host.forkserver"},
}
# What is data, student code's side, or a program.
_NOT_IMPORTED = (
    "grader.__main__",
    "grader.assignments",
    "grader.authoring.template",
    "grader.sandbox.guest.",
    "grader.service.database.migrations.",
)
# What a child imports before it imports torch, or to lock itself.
_GUEST = """
    event_loop file_lock given lock spawned syscall_lock syscalls unavailable
""".split()


def trusted_modules() -> list[str]:
    """Return all our modules but those that run student code, and those that are data."""
    root = Path(grader.__file__).parent
    names = []
    for path in sorted(root.rglob("*.py")):
        below = path.relative_to(root.parent)
        parts = [*below.parent.parts, *([] if path.stem == "__init__" else [path.stem])]
        name = ".".join(parts)
        if not name.startswith(_NOT_IMPORTED):
            names.append(name)
    return names


@pytest.fixture(scope="module")
def failed() -> dict[str, dict[str, str]]:
    """Return the modules that can't be imported on each system, with the tracebacks."""
    names = trusted_modules() + [f"grader.sandbox.guest.{name}" for name in _GUEST]
    assert len(names) > 250
    what = json.dumps([names, _MODULES.split(), _ATTRIBUTES, list(_ONLY_ELSEWHERE)])
    ran = subprocess.run(
        [sys.executable, "-c", _PROGRAM, what], capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    found: dict[str, dict[str, str]] = json.loads(ran.stdout)
    return found


@pytest.mark.parametrize("platform", _ONLY_ELSEWHERE)
def test_every_trusted_module_is_imported_without_what_linux_has(
    platform: str, failed: dict[str, dict[str, str]]
) -> None:
    """All modules that fail are named, each with its reason, and not only the first one."""
    reasons = "\n".join(f"{name}: {trace}" for name, trace in failed[platform].items())

    assert set(failed[platform]) == _ONLY_ELSEWHERE[platform], reasons
