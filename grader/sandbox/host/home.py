"""The folder of all children: each has a scratch folder in it, and nothing else of the host's."""

import contextlib
import os
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from grader.sandbox.host.scratch import remove_folder

_REMOVAL_S = 2.0

# Without these, Windows can't load libraries or make sockets.
_NEEDED_ON_WINDOWS = ("SYSTEMROOT", "SYSTEMDRIVE", "WINDIR", "COMSPEC", "PROCESSOR_ARCHITECTURE")


@dataclass(frozen=True, slots=True)
class Home:
    """The folder that contains all scratch folders of a grader.

    Attributes:
        folder: The folder; `remove` removes it.
        font_cache: A permanent folder for matplotlib's table of fonts.
    """

    folder: Path
    font_cache: Path

    @classmethod
    def make(cls) -> "Home":
        """Make an empty one."""
        folder = Path(tempfile.mkdtemp(prefix="zerograd-"))
        return cls(folder, _font_cache(folder))

    def environment(self) -> dict[str, str]:
        """Return the whole environment of children, which has no variable of the caller's."""
        home = str(self.folder)
        return {
            **_system_variables(),
            "LANG": "C.UTF-8",
            "PYTHONHASHSEED": "0",  # makes the order of sets, and so the report, reproducible
            "PYTHONDONTWRITEBYTECODE": "1",
            "OMP_NUM_THREADS": "1",
            "OPENBLAS_NUM_THREADS": "1",
            "MKL_NUM_THREADS": "1",
            "MPLBACKEND": "Agg",
            "MPLCONFIGDIR": str(self.font_cache),
            "TORCHDYNAMO_DISABLE": "1",  # torch.compile then returns the function as it is
            **dict.fromkeys(folder_variables(), home),
            "USER": "student",
            "LOGNAME": "student",
        }

    def make_scratch(self) -> Path:
        """Make an empty folder for a child.

        Without the lock on files, a submission can remove the folder that contains all of them,
        change its mode, or put something else in its place.
        """
        with contextlib.suppress(OSError):
            return Path(tempfile.mkdtemp(prefix="scratch-", dir=self.folder))
        with contextlib.suppress(OSError):
            remove_folder(self.folder, patience_s=_REMOVAL_S)
            self.folder.mkdir(mode=0o700)
            return Path(tempfile.mkdtemp(prefix="scratch-", dir=self.folder))
        return Path(tempfile.mkdtemp(prefix="zerograd-scratch-"))

    def remove(self) -> None:
        """Remove the folder, and all that is in it."""
        remove_folder(self.folder)


def folder_variables() -> tuple[str, ...]:
    """Return the variables by which programs find a home, and a place for temporary files."""
    return ("HOME", "TMPDIR", *(("USERPROFILE", "TEMP", "TMP") if sys.platform == "win32" else ()))


def _system_variables() -> dict[str, str]:
    if sys.platform == "win32":
        system = {name: os.environ[name] for name in _NEEDED_ON_WINDOWS if name in os.environ}
        path = str(Path(system.get("SYSTEMROOT", "C:/Windows")) / "System32")
        return {**system, "PATH": path, "PYTHONUTF8": "1"}
    else:  # noqa: RET505 - so that types are checked for each system
        return {"PATH": "/usr/bin:/bin"}  # ctypes finds libseccomp with ldconfig


def _font_cache(home: Path) -> Path:
    """Return a permanent folder for matplotlib's table of fonts, which takes a second to make."""
    cache = platformdirs.user_cache_path("zerograd") / "matplotlib"
    try:
        cache.mkdir(parents=True, exist_ok=True)
    except OSError:
        cache = home / "matplotlib"
        cache.mkdir()
    return cache
