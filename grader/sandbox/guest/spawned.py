"""The entry of a spawned child: imports torch, and then becomes a child.

It does alone what the forkserver and a child of it do together, and says the same to the host.
"""

import gc
import os
import signal
import socket
import sys
from typing import Never

from grader.observations.frames import FrameError, receive_message, send_message
from grader.observations.messages import Spawn, Starting, ToSpawned, Warm, Warmed

_STANDARD_OUTPUT = 1


def main(how: str, home: str) -> Never:
    """Announce this process, import torch, and answer requests as a child.

    Args:
        how: The descriptor of the inherited end of its socket, or ``shared``: then it comes
            through standard input, as Windows shares sockets.
        home: The folder that holds all scratch folders.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the host handles Ctrl-C
    gc.disable()  # as in the forkserver, until the submission is loaded
    sock = _take_socket(how)
    send_message(sock, Starting(path=tuple(sys.path)))
    del sys.argv[:]
    from grader.sandbox.guest import lock, warm  # these import torch
    from grader.sandbox.guest.locked_child import become_child

    lock.hide_memory()
    lock.allow_descriptors()
    lock.adopt_orphans()
    versions = warm.warm_torch()
    try:
        send_message(sock, Warmed(versions=versions))
        while isinstance(message := receive_message(sock, ToSpawned), Warm):
            warm.warm_modules(message.modules)
            send_message(sock, Warmed(versions=versions))
    except (EOFError, OSError, FrameError):  # the host needs no child, or is gone
        os._exit(0)
    spawn: Spawn = message
    become_child(
        spawn,
        lock.prepare(spawn.readable),
        descriptors=(sock.detach(), _STANDARD_OUTPUT),
        home=home,
        is_spawned=True,
    )


def _take_socket(how: str) -> socket.socket:
    if sys.platform == "win32":
        return socket.fromshare(sys.stdin.buffer.read())
    else:  # noqa: RET505 - so that types are checked for each system
        return socket.socket(fileno=int(how))
