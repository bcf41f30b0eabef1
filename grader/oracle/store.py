"""The cache of recordings: a folder of files, each whole or not there at all.

No child of a submission can read it: the forkserver hides it. What was damaged there is removed,
so that it is made anew.
"""

import contextlib
import logging
import os
import time
from collections.abc import Iterator
from pathlib import Path

import platformdirs

from grader.errors import DamagedRecordingError, UsageError
from grader.oracle.recording import Recording, read_recording, write_recording
from grader.outputs.files import TEMPORARY_PREFIX, open_atomically

_ENDING = ".recording"
_VARIABLE = "ZEROGRAD_CACHE"

# Recordings that are kept. One of the built-in lab takes half a megabyte.
_MOST_FILES = 256
_MOST_BYTES = 64 * 1024 * 1024

# A file that is being written is younger than this.
_LEFT_OVER_S = 3600.0

_log = logging.getLogger(__name__)


def cache_folder() -> Path:
    """Return the folder of the cache: $ZEROGRAD_CACHE, or the user's own cache of zerograd."""
    chosen = os.environ.get(_VARIABLE)
    return Path(chosen) if chosen else platformdirs.user_cache_path("zerograd")


class RecordingStore:
    """Keeps recordings in a folder, which is created when it is needed.

    Args:
        folder: The folder.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def find(self, key: str, seed: int) -> Recording | None:
        """Return a recording; None if it isn't there, or was damaged, which is reported."""
        path = self._path(key, seed)
        try:
            with path.open("rb") as file:
                data = file.read(_MOST_BYTES + 1)
        except OSError:
            return None
        try:
            if len(data) > _MOST_BYTES:
                raise DamagedRecordingError(f"it has more than {_MOST_BYTES} bytes")
            recording = read_recording(data)
            if (recording.key, recording.seed) != (key, seed):
                raise DamagedRecordingError("it is of something else")
        except DamagedRecordingError as error:
            _log.warning("%s can't be used (%s) and is made anew", path, error)
            with contextlib.suppress(OSError):
                path.unlink()
            return None
        with contextlib.suppress(OSError):
            os.utime(path)  # it is in use
        return recording

    def keep(self, recording: Recording) -> Path | None:
        """Write a recording and return its file; None if that fails, which is reported."""
        path = self._path(recording.key, recording.seed)
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            with open_atomically(path, mode=0o600) as file:  # the folder may be anybody's
                file.write(write_recording(recording))
        except (OSError, UsageError) as error:
            _log.warning("a recording can't be kept: %s", error)
            return None
        self._remove_old()
        return path

    def _path(self, key: str, seed: int) -> Path:
        return self.folder / f"{key[:32]}-{seed}{_ENDING}"

    def _remove_old(self) -> None:
        """Remove the recordings that were not used for the longest time, if there are too many.

        What killed processes have left half written is removed too.
        """
        found = sorted(self._times(f"*{_ENDING}"), reverse=True)
        left_over = [
            path
            for changed, path in self._times(f"{TEMPORARY_PREFIX}*")
            if changed < time.time() - _LEFT_OVER_S
        ]
        for path in (*(path for _, path in found[_MOST_FILES:]), *left_over):
            with contextlib.suppress(OSError):
                path.unlink()

    def _times(self, pattern: str) -> Iterator[tuple[float, Path]]:
        for path in self.folder.glob(pattern):
            with contextlib.suppress(OSError):  # another process has removed it
                yield path.stat().st_mtime, path
