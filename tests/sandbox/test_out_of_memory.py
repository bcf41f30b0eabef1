"""A call that runs out of memory is told so, however the library puts it."""

import sys
from collections.abc import Callable

import pytest
from sessions import call

from grader.observations.messages import Outcome
from grader.sandbox.host.limits import MIB, Limits
from grader.sandbox.host.session import Session

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="other systems don't limit memory"),
]

IMPORTS = "import ctypes, mmap, threading, time, numpy, torch\n"
# The body of a function that runs out of 256 MiB.
HOGS = {
    "Python": "return bytearray(1 << 40)",
    "torch": "return torch.zeros(1 << 40)",
    "torch on another system": "raise RuntimeError('DefaultCPUAllocator: not enough memory: you')",
    "C++ below torch": "raise RuntimeError('std::bad_alloc')",
    "a file that torch maps": "return torch.from_file('big', shared=True, size=1 << 38)",
    "numpy": "return numpy.zeros(1 << 40)",
    "a file that numpy maps": "return numpy.memmap('big', mode='w+', shape=1 << 29)",
    "the system": "raise OSError(12, 'no room')",
    "mmap": "return mmap.mmap(-1, 1 << 40, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)",
    "threads": """
    threading.stack_size(64 << 20)
    for _ in range(10): threading.Thread(target=time.sleep, args=(1,), daemon=True).start()
""",
    "an import": """
    allocate = ctypes.CDLL(None).malloc
    allocate.restype, allocate.argtypes = ctypes.c_void_p, [ctypes.c_size_t]
    while allocate(1 << 20): pass
    import sqlite3
""",
}
# Errors that say nothing about memory, or are not by a library.
OTHERS = {
    "a size that can't be": "return torch.zeros(1 << 62)",
    "a value": "raise ValueError('Cannot allocate memory')",
    "an odd number": "error = OSError()\n    error.errno = torch.zeros(3)\n    raise error",
    "another error of the system": "open('/nothing')",
}


@pytest.mark.parametrize("body", HOGS.values(), ids=HOGS.keys())
def test_running_out_of_memory_is_recognised(
    body: str, open_source: Callable[..., Session]
) -> None:
    """Whoever asks for too much memory, the outcome is the limit on memory."""
    limits = Limits(memory_bytes=256 * MIB, disk_bytes=1 << 40)
    session = open_source(f"{IMPORTS}def f(n):\n    {body}\n", limits=limits)

    assert call(session).outcome is Outcome.MEMORY_LIMIT


@pytest.mark.parametrize("body", OTHERS.values(), ids=OTHERS.keys())
def test_other_errors_are_not_taken_for_it(body: str, open_source: Callable[..., Session]) -> None:
    """An error that is not about memory stays what it is."""
    session = open_source(f"{IMPORTS}def f(n):\n    {body}\n")

    assert call(session).outcome is Outcome.RAISED
