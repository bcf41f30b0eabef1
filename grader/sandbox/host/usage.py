"""What a process has used so far, by the means of this system.

This names functions only: those of `linux_usage`, and elsewhere those of `psutil_usage`.
"""

import sys

if sys.platform == "linux":
    from grader.sandbox.host.linux_usage import (
        count_threads,
        read_cpu_s,
        read_memory_bytes,
        read_queue_s,
        read_unlinked_bytes,
    )
else:
    from grader.sandbox.host.psutil_usage import (
        count_threads,
        read_cpu_s,
        read_memory_bytes,
        read_queue_s,
        read_unlinked_bytes,
    )

__all__ = [
    "count_threads",
    "read_cpu_s",
    "read_memory_bytes",
    "read_queue_s",
    "read_unlinked_bytes",
]
