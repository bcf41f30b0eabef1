"""The program of a made-up worker process, in the place of the real one: it needs no torch.

The name of a submission says what it does, and the salt of the settings is a folder in which each
process leaves what has happened.
"""

from pathlib import Path

PROGRAM = """
import os, signal, sys, time
sys.path.append(sys.argv[1])
import socket
from pathlib import Path
from grader.pool.messages import GradeRequest, GradeResult, PoolSettings
from grader.observations.frames import receive_message, send_message

coordinator = socket.socket(fileno=int(sys.argv[2]))
setup = receive_message(coordinator, PoolSettings)
folder = Path(setup.salt)
(folder / f"pid-{os.getpid()}").touch()
while True:
    try:
        task = receive_message(coordinator, GradeRequest, limit_bytes=1 << 27)
    except EOFError:
        break
    todo, _, name = task.name.partition(" ")
    is_first = not (folder / f"seen-{name}").exists()
    (folder / f"seen-{name}").touch()
    if todo == "die" or (todo == "die-once" and is_first):
        print("something broke", file=sys.stderr)
        sys.stderr.flush()
        os._exit(7)
    if todo == "kill-machine":
        os.kill(os.getppid(), signal.SIGKILL)
    if todo == "slow":
        time.sleep(0.3)
    if todo == "hang" and is_first:
        time.sleep(60)
    if todo == "garbage":
        coordinator.sendall(b"\\xff" * 100)
        time.sleep(60)
    is_fault = todo == "fault" or (todo == "fault-once" and is_first)
    report = f"{os.getpid()} {len(task.data)}".encode()
    send_message(coordinator, GradeResult(report=report, is_fault=is_fault), limit_bytes=1 << 27)
    if todo == "leave":
        break
"""

# Run first in a worker of Dask, so that its pool has made-up processes.
PRELOAD = f"""
import sys
sys.path.append({str(Path(__file__).parent)!r})
from fake_worker import PROGRAM
from grader.pool import worker_process
worker_process._PROGRAM = PROGRAM
"""
