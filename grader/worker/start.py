"""Starts the forkserver: says where Python looks for packages, then imports the rest."""

import socket
import sys

from grader.observations.frames import send_message
from grader.observations.messages import Starting


def main(control_descriptor: int, home: str) -> None:
    """Announce this process on the control socket, then serve; arguments as for ``serve``."""
    with socket.socket(fileno=control_descriptor) as control:
        send_message(control, Starting(path=tuple(sys.path)))
        control.detach()
    del sys.argv[:]
    from grader.worker.serve import serve  # imports torch

    serve(control_descriptor, home)
