"""The forkserver: imports torch once, forks children, and kills them on request.

The docstring of ``grader.sandbox`` explains how the processes work together.
"""

import array
import contextlib
import gc
import os
import shutil
import signal
import socket
import sys
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
    Spawn,
    Spawned,
    ToForkserver,
    Warm,
    Warmed,
)
from grader.sandbox.guest import lock, warm
from grader.sandbox.guest.locked_child import become_child
from grader.sandbox.process_tree import end_descendants

assert sys.platform != "win32"  # noqa: S101 - which has no fork; for mypy


def serve(control_descriptor: int, home: str) -> Never:
    """Serve until the host closes the control socket, then end this process.

    Args:
        control_descriptor: The descriptor of the inherited end of the control socket.
        home: The folder that holds all scratch folders. It is removed at the end, in case the
            host was killed and can't remove it.
    """
    control = socket.socket(fileno=control_descriptor)
    children: set[int] = set()
    lock.allow_descriptors()
    lock.adopt_orphans()
    versions = warm.warm_torch()
    prepared: lock.Prepared | None = None
    readable: tuple[str, ...] = ()  # the same for all children, except in tests
    try:
        send_message(control, Warmed(versions=versions))
        while True:
            message, descriptors = _receive(control)
            match message:
                case Warm(modules=modules):
                    warm.warm_modules(modules)
                    send_message(control, Warmed(versions=versions))
                case Spawn():
                    if prepared is None or message.readable != readable:
                        if prepared is not None:
                            prepared.close()
                        prepared, readable = lock.prepare(message.readable), message.readable
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
        of_socket, of_output = descriptors
        become_child(spawn, prepared, descriptors=(of_socket, of_output), home=home)
    for descriptor in descriptors:
        os.close(descriptor)
    return pid
