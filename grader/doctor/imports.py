"""Whether torch and what goes with it can be loaded: in a process of its own, as it may crash."""

import importlib.metadata
import sys
from collections.abc import Iterator

from grader.doctor.finding import Finding, State

_NAMES = ("torch", "numpy", "matplotlib")
_SLOW_S = 15.0
# What the dynamic linker says of a file that is damaged, missing, or of another build.
_LINKER = (
    "cannot open shared object file",
    "undefined symbol",
    "file too short",
    "invalid ELF header",
    "cannot read file data",
    "wrong ELF class",
    "Library not loaded",  # macOS
    "DLL load failed",  # Windows
    "version `",
)
_CRASHES = {
    "SIGILL": "the processor lacks an instruction that this build of it uses",
    "SIGKILL": "the system ended it, most likely because memory ran out",
}


def examine_imports() -> Iterator[Finding]:
    """Import what submissions use, as the process that grades does it."""
    from grader.sandbox.host.probes import try_imports

    names = [name for name in _NAMES if _is_installed(name)]
    for name, found in try_imports(names).items() if names else ():
        if found.error:
            yield _broken(name, found.kind, found.error)
            continue
        if found.seconds > _SLOW_S:
            yield Finding(
                name=name,
                state=State.NOTE,
                text=f"its import took {found.seconds:.0f} s: a slow disk, or a busy machine",
            )
        if name == "torch":
            yield Finding(
                name="import of torch", state=State.WELL, text=f"takes {found.seconds:.1f} s"
            )
            yield _describe_cuda(found.cuda)


def _is_installed(name: str) -> bool:
    """Return whether a package is installed; if not, that has been found already."""
    try:
        importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return False
    return True


def _describe_cuda(has_gpu: bool | None) -> Finding:  # noqa: FBT001 - three values
    text = {
        None: "this torch is built for the CPU, which is what grading uses",
        False: "torch finds no GPU; grading uses the CPU",
        True: "torch finds a GPU; grading uses the CPU all the same",
    }[has_gpu]
    return Finding(name="CUDA", state=State.NOTE, text=text)


def _broken(name: str, kind: str, error: str) -> Finding:
    reinstall = f"run: {sys.executable} -m pip install --force-reinstall {name}"
    line = " ".join(error.split())
    if "failed to map segment" in error:
        text = f"is installed on a file system that forbids programs (noexec): {line}"
        remedy = "install zerograd into a folder that is not mounted with noexec"
    elif kind == "SIGNAL":
        crash = next((text for signal, text in _CRASHES.items() if signal in error), "")
        text = f"is installed, but its import crashes: {line}{f': {crash}' if crash else ''}"
        remedy = "free some memory" if "SIGKILL" in error else reinstall
    elif kind == "TIMEOUT":
        text = "is installed, but its import doesn't end"
        remedy = "look at the disk that it is on; a network drive may not answer"
    elif any(words in error for words in _LINKER):
        text = f"is installed, but a library of it can't be loaded: {line}"
        remedy = reinstall
    elif kind == "ModuleNotFoundError":
        text = f"is installed, but a part of it is missing: {line}"
        remedy = reinstall
    else:
        text = f"is installed, but can't be imported: {kind}: {line}"
        remedy = reinstall
    return Finding(name=name, state=State.BROKEN, text=text, remedy=remedy)
