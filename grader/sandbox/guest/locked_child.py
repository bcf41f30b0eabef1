"""Turns a process into a child: locks it, and answers requests."""

import contextlib
import gc
import os
import signal
import socket
import sys
import threading
import time
import traceback
from typing import Never

from grader.observations.frames import send_message
from grader.observations.messages import Ready, Spawn
from grader.observations.places import SUPPORT_FOLDER
from grader.sandbox.guest import lock
from grader.sandbox.guest.child import answer_requests  # a locked child can't read our files
from grader.sandbox.guest.file_lock import FIRST_DESCRIPTOR

CHILD_SOCKET = 3
_HOME_VARIABLES = ("HOME", "TMPDIR", "XDG_CACHE_HOME", "XDG_CONFIG_HOME")
_HOME_ON_WINDOWS = ("USERPROFILE", "TEMP", "TMP")
_LOOK_FOR_PARENT_S = 1.0


def become_child(
    spawn: Spawn,
    prepared: lock.Prepared,
    *,
    descriptors: tuple[int, int],
    home: str,
    is_spawned: bool = False,
) -> Never:
    """Lock this process, then answer requests until the socket closes.

    Args:
        spawn: What the host wants.
        prepared: The locks, as far as they were prepared.
        descriptors: Those of the socket and of the output.
        home: The folder that holds all scratch folders.
        is_spawned: Whether this is a process of its own, not a fork of the forkserver.
    """
    code = 1
    try:
        if not is_spawned:
            lock.die_with_parent()
            _start_session()
        parent = os.getppid()
        sock = _arrange_descriptors(*descriptors)
        os.umask(0o077)
        with contextlib.suppress(OSError):  # removed by another child; it is made again below
            os.chdir(spawn.scratch)
        support = f"{home}/{SUPPORT_FOLDER}"
        if os.path.isdir(support):  # noqa: PTH112 - quicker
            sys.path.append(support)  # last, so that nothing is imported from there by mistake
        for name in _HOME_VARIABLES + (_HOME_ON_WINDOWS if sys.platform == "win32" else ()):
            os.environ[name] = spawn.scratch
        locks, missing = lock.lock_down(
            scratch=spawn.scratch,
            prepared=prepared,
            limits=spawn.limits,
            without=spawn.without,
            landlock_abi_cap=spawn.landlock_abi_cap,
        )
        _close_others()
        if is_spawned:
            gc.freeze()
            # After the locks, which a thread that runs before them doesn't have.
            threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
        signal.signal(signal.SIGINT, signal.default_int_handler)
        send_message(sock, Ready(locks=locks, missing=missing))
        answer_requests(sock, scratch=spawn.scratch)
        code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        # Not sys.exit: the forkserver's cleanup must not run in a child, and taking torch apart
        # object by object takes 0.15 s.
        os._exit(code)


def _start_session() -> None:
    if sys.platform != "win32":
        os.setsid()


def _end_with(parent: int) -> None:
    """End this process when its parent has ended.

    The kernel's own way to do this is about the thread that has started it, which may be gone long
    before the host is.
    """
    while sys.platform == "win32" or os.getppid() == parent:
        time.sleep(_LOOK_FOR_PARENT_S)
    os._exit(1)


def _arrange_descriptors(socket_descriptor: int, output_descriptor: int) -> socket.socket:
    """Put the null device on 0, the output on 1 and 2, and the socket on 3.

    The other descriptors stay open until the locks hold, since the rules of the lock on files
    need theirs. Those are `FIRST_DESCRIPTOR` or higher, so they are not overwritten here.
    """
    if sys.platform == "win32":  # whose sockets have no descriptors; the rest is arranged already
        return socket.socket(fileno=socket_descriptor)
    else:  # noqa: RET505 - so that types are checked for each system
        import fcntl

        null = os.open(os.devnull, os.O_RDONLY)
        sources = [
            fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, FIRST_DESCRIPTOR)
            for descriptor in (null, output_descriptor, output_descriptor, socket_descriptor)
        ]
        for target, source in enumerate(sources):
            os.dup2(source, target, inheritable=False)
        return socket.socket(fileno=CHILD_SOCKET)


def _close_others() -> None:
    if sys.platform != "win32":
        os.closerange(CHILD_SOCKET + 1, 1 << 16)
