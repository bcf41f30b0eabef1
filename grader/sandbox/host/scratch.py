"""Measures and removes the folders that a submission may fill."""

import os
import shutil
import stat
import subprocess
from pathlib import Path


def measure_folder(folder: Path, *, at_most_files: int) -> tuple[int, int]:
    """Measure what a folder contains, without following links.

    Args:
        folder: The folder. Hostile code may be writing to it at the same time.
        at_most_files: Stop counting above this number of entries.

    Returns:
        The bytes used on disk and the number of entries, more than ``at_most_files`` if counting
        stopped early.
    """
    size_bytes = entries = 0
    waiting = [os.fspath(folder)]
    while waiting:
        try:
            with os.scandir(waiting.pop()) as listing:
                for entry in listing:
                    entries += 1
                    if entries > at_most_files:
                        return size_bytes, entries
                    status = entry.stat(follow_symlinks=False)
                    size_bytes += status.st_blocks * 512
                    if stat.S_ISDIR(status.st_mode):
                        waiting.append(entry.path)
        except FileNotFoundError:
            continue
        except OSError:  # the path is too long to open, which doesn't happen by accident
            return size_bytes, at_most_files + 1
    return size_bytes, entries


def remove_folder(folder: Path) -> None:
    """Remove a folder, however deeply it is nested. The process that used it must be dead.

    A folder that doesn't exist is ignored.
    """
    if not os.path.lexists(folder):
        return
    try:
        shutil.rmtree(folder)
    except (OSError, RecursionError):
        subprocess.run(["rm", "-rf", "--", os.fspath(folder)], check=False, capture_output=True)
