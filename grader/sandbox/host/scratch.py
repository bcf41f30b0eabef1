"""Folders that a submission may fill: their size, and removing them whatever is inside."""

import os
import shutil
import stat
import subprocess
from pathlib import Path


def measure_folder(folder: Path, *, at_most_files: int) -> tuple[int, int]:
    """Count what lies in a folder, without following links.

    Args:
        folder: The folder, which somebody hostile may be filling meanwhile.
        at_most_files: Where to stop counting.

    Returns:
        Bytes taken on disk, and the number of entries.
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
        except OSError:  # a path too long to open: nobody nests like that by accident
            return size_bytes, at_most_files + 1
    return size_bytes, entries


def remove_folder(folder: Path) -> None:
    """Remove a folder of a process that is dead by now, however deep it is nested.

    One that is gone already is as good.
    """
    if not os.path.lexists(folder):
        return
    try:
        shutil.rmtree(folder)
    except (OSError, RecursionError):
        subprocess.run(["rm", "-rf", "--", os.fspath(folder)], check=False, capture_output=True)
