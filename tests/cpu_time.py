"""Measures CPU time in tests that hold work to a bound."""

import time
import timeit
from collections.abc import Callable


def least_cpu_s(work: Callable[[], object]) -> float:
    """Return the CPU seconds that some work takes: the least of three runs.

    What else the machine does, and what is made only once, can only add to them.
    """
    return min(timeit.repeat(work, timer=time.process_time, number=1, repeat=3))
