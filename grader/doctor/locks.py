"""What confines a submission here: the locks, tried in a process, and what they depend on."""

import sys
from collections.abc import Iterator
from pathlib import Path

from grader.doctor.finding import Finding, State

_PROC = Path("/proc")

# What to do, by words in the reason that a lock gives.
_REMEDIES = {
    "No module named 'pyseccomp'": f"run: {sys.executable} -m pip install pyseccomp",
    "No module named 'py_landlock'": f"run: {sys.executable} -m pip install py-landlock",
    "libseccomp": "install the library libseccomp: sudo apt install libseccomp2, or "
    "sudo dnf install libseccomp",
    "disabled at boot": "add landlock to the list lsm= of the kernel's command line, as in "
    "lsm=landlock,lockdown,yama,integrity,apparmor,bpf, and restart",
    "syscalls not available": "use Linux 5.13 or newer (6.12 for all locks); in a container, allow "
    "the system calls of Landlock, as current versions of Docker and Podman do",
    "can't confine signals": "use Linux 6.12 or newer",
    "holds in part": "see to the lock on network and new processes, which closes the rest",
}
_WITHOUT = "until then, grade only files that you trust; --isolation required refuses to grade"


def examine_locks() -> Iterator[Finding]:
    """Put all locks on a process, and list those that are missing."""
    from grader.observations.locks import LOCK_WORDS, Lock
    from grader.sandbox.host.probes import which_locks_hold

    found = which_locks_hold()
    if isinstance(found, str):
        yield Finding(
            name="locks",
            state=State.MISSING,
            text=f"can't be tried: {found}",
            remedy=_WITHOUT,
        )
        return
    for reason in dict.fromkeys(found.missing.values()):
        # One Landlock is behind two of them.
        words = ", and on ".join(
            LOCK_WORDS[one] for one, why in found.missing.items() if why == reason
        )
        yield Finding(
            name=f"lock on {words}",
            state=State.MISSING,
            text=_describe(reason),
            remedy=_remedy(reason),
        )
    if found.locks:
        words = ", ".join(LOCK_WORDS[one] for one in found.locks)
        count = "all" if len(found.locks) == len(Lock) else len(found.locks)
        yield Finding(name="locks", state=State.WELL, text=f"{count} hold: {words}")


def _describe(reason: str) -> str:
    return f"is missing: {reason}" if "holds in part" not in reason else reason


def _remedy(reason: str) -> str:
    return next((remedy for words, remedy in _REMEDIES.items() if words in reason), _WITHOUT)


def examine_proc() -> Iterator[Finding]:
    """Look for /proc, from which memory, threads and files of a submission are read on Linux."""
    if sys.platform != "linux":
        return
    if (_PROC / "self" / "status").exists():
        yield Finding(name="/proc", state=State.WELL, text="is mounted")
    else:
        yield Finding(
            name="/proc",
            state=State.MISSING,
            text="is not mounted, so memory, threads and files of a submission are not watched",
            remedy="run: mount -t proc proc /proc; in a container or chroot, have it mounted there",
        )
