"""The forkserver: imports torch once, forks children, and kills them on request.

The docstring of ``grader.sandbox`` explains how the processes work together.
"""

import array
import contextlib
import fcntl
import functools
import gc
import os
import shutil
import signal
import socket
import sys
import traceback
from typing import Never

from grader.observations.frames import (
    MAX_FRAME_BYTES,
    PREFIX_BYTES,
    FrameError,
    decode_payload,
    receive_exactly,
    send_message,
)
from grader.observations.messages import (
    Kill,
    Killed,
    Ready,
    Spawn,
    Spawned,
    ToForkserver,
    Warm,
    Warmed,
)
from grader.observations.places import SUPPORT_FOLDER
from grader.sandbox.guest import lock, warm
from grader.sandbox.guest.child import answer_requests  # a locked child can't read our files
from grader.sandbox.guest.file_lock import FIRST_DESCRIPTOR
from grader.sandbox.process_tree import end_descendants

CHILD_SOCKET = 3


def serve(control_descriptor: int, home: str) -> Never:
    """Serve until the host closes the control socket, then end this process.

    Args:
        control_descriptor: The descriptor of the inherited end of the control socket.
        home: The folder that holds all scratch folders. It is removed at the end, in case the
            host was killed and can't remove it.
    """
    control = socket.socket(fileno=control_descriptor)
    children: set[int] = set()
    lock.adopt_orphans()
    versions = warm.warm_torch()
    prepare = functools.cache(lock.prepare)  # the readable files are the same for all children
    try:
        send_message(control, Warmed(versions=versions))
        while True:
            message, descriptors = _receive(control)
            match message:
                case Warm(modules=modules):
                    warm.warm_modules(modules)
                    send_message(control, Warmed(versions=versions))
                case Spawn():
                    prepared = prepare(message.readable)
                    pid = _fork(message, descriptors, control, prepared, home=home)
                    children.add(pid)
                    send_message(control, Spawned(pid=pid))
                case Kill(pid=pid):
                    status = _kill(pid, children)
                    send_message(control, Killed(status=status))
    except (EOFError, ConnectionError):
        pass  # the host is gone
    finally:
        for pid in tuple(children):
            _kill(pid, children)
        shutil.rmtree(home, ignore_errors=True)
    # Not sys.exit: taking torch apart object by object takes 0.15 s.
    os._exit(0)


def _receive(control: socket.socket) -> tuple[Warm | Spawn | Kill, list[int]]:
    """Read one message and the descriptors that came with its first bytes."""
    descriptors = array.array("i")
    space = socket.CMSG_SPACE(2 * descriptors.itemsize)
    head, ancillary, _, _ = control.recvmsg(PREFIX_BYTES, space)
    for level, kind, data in ancillary:
        if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
            descriptors.frombytes(data[: len(data) - len(data) % descriptors.itemsize])
    head += receive_exactly(control, PREFIX_BYTES - len(head))
    length = int.from_bytes(head, "big")
    if length > MAX_FRAME_BYTES:
        raise FrameError(f"a frame announces {length} bytes")
    payload = receive_exactly(control, length)
    return decode_payload(payload, ToForkserver), list(descriptors)


def _kill(pid: int, children: set[int]) -> int:
    """Kill and reap a child, and all processes that came from it.

    Only a child without seccomp can have started any. A process of another child that has lost
    its parent can't be told from them, and ends as well; the children themselves go on.

    Args:
        pid: The child.
        children: All living children; this one is removed.

    Returns:
        Minus the signal that ended the child, or its exit code; 0 if it was gone.
    """
    if pid not in children:
        return 0
    children.remove(pid)
    with contextlib.suppress(ProcessLookupError, PermissionError):  # no group of its own yet
        os.killpg(pid, signal.SIGKILL)
    try:
        os.kill(pid, signal.SIGKILL)  # not yet reaped, so the id can't have been reused
        _, status = os.waitpid(pid, 0)
    except (ProcessLookupError, ChildProcessError):
        return 0
    if not end_descendants(os.getpid(), spare=children):
        sys.stderr.write("zerograd: processes that a submission has started can't be ended\n")
    return os.waitstatus_to_exitcode(status)


def _fork(
    spawn: Spawn,
    descriptors: list[int],
    control: socket.socket,
    prepared: lock.Prepared,
    *,
    home: str,
) -> int:
    gc.freeze()  # keeps the child's collector from writing to, and so copying, inherited pages
    pid = os.fork()
    if pid == 0:
        control.close()
        _child(spawn, descriptors, prepared, home=home)
    for descriptor in descriptors:
        os.close(descriptor)
    return pid


def _child(spawn: Spawn, descriptors: list[int], prepared: lock.Prepared, *, home: str) -> Never:
    """Lock this process, then answer requests until the socket closes."""
    code = 1
    try:
        lock.die_with_parent()
        os.setsid()
        sock = _arrange_descriptors(*descriptors)
        os.umask(0o077)
        with contextlib.suppress(OSError):  # removed by another child; it is made again below
            os.chdir(spawn.scratch)
        support = f"{home}/{SUPPORT_FOLDER}"
        if os.path.isdir(support):  # noqa: PTH112 - quicker
            sys.path.append(support)  # last, so that nothing is imported from there by mistake
        for name in ("HOME", "TMPDIR", "XDG_CACHE_HOME", "XDG_CONFIG_HOME"):
            os.environ[name] = spawn.scratch
        locks, missing = lock.lock_down(
            scratch=spawn.scratch,
            prepared=prepared,
            limits=spawn.limits,
            without=spawn.without,
            landlock_abi_cap=spawn.landlock_abi_cap,
        )
        os.closerange(CHILD_SOCKET + 1, 1 << 16)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        send_message(sock, Ready(locks=locks, missing=missing))
        answer_requests(sock, scratch=spawn.scratch)
        code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        # Not sys.exit: the forkserver's cleanup must not run in a child.
        os._exit(code)


def _arrange_descriptors(socket_descriptor: int, output_descriptor: int) -> socket.socket:
    """Put the null device on 0, the output pipe on 1 and 2, and the socket on 3.

    The other descriptors stay open until the locks hold, since the rules of the lock on files
    need theirs. Those are `FIRST_DESCRIPTOR` or higher, so they are not overwritten here.
    """
    null = os.open(os.devnull, os.O_RDONLY)
    sources = [
        fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, FIRST_DESCRIPTOR)
        for descriptor in (null, output_descriptor, output_descriptor, socket_descriptor)
    ]
    for target, source in enumerate(sources):
        os.dup2(source, target, inheritable=False)
    return socket.socket(fileno=CHILD_SOCKET)
