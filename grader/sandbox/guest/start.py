"""The forkserver's entry: reports where Python looks for packages, then imports torch."""

import gc
import os
import shutil
import signal
import socket
import sys
from typing import Never

from grader.observations.frames import send_message
from grader.observations.messages import Starting


def main(control_descriptor: int, home: str) -> Never:
    """Announce this process on the control socket, then serve.

    Args:
        control_descriptor: See ``serve``.
        home: See ``serve``.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the host handles Ctrl-C
    # Importing torch makes a million objects that stay, and looking for garbage among them takes
    # a tenth of the time. Children switch the collector on again.
    gc.disable()
    with socket.socket(fileno=control_descriptor) as control:
        try:
            send_message(control, Starting(path=tuple(sys.path)))
        except OSError:  # the host is gone
            shutil.rmtree(home, ignore_errors=True)
            os._exit(0)
        control.detach()
    del sys.argv[:]
    if sys.platform == "win32":
        raise OSError("Windows can't fork")
    else:  # noqa: RET506 - so that types are checked for each system
        from grader.sandbox.guest.serve import serve  # imports torch

        serve(control_descriptor, home)
