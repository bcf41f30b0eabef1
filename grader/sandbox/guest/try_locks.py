"""Finds out which locks this machine has, by putting them on; torch is not needed for that.

`grader doctor` and ``--version`` start it as a program of its own.
"""

import os
import sys
from typing import Never

import msgspec

from grader.observations.messages import ChildLimits, Ready
from grader.sandbox.guest import lock

_LIMITS = ChildLimits(memory_bytes=1 << 30, file_bytes=1 << 20, cpu_s=60)


def main(scratch: str) -> Never:
    """Put every lock on this process, and print which ones hold, as a child reports it.

    Args:
        scratch: The only folder that stays writable.
    """
    locks, missing = lock.lock_down(
        scratch=scratch, prepared=lock.prepare(()), limits=_LIMITS, without=()
    )
    sys.stdout.write(msgspec.json.encode(Ready(locks=locks, missing=missing)).decode())
    sys.stdout.flush()
    os._exit(0)  # what Python does at its end may be locked
