"""Puts back what was given to a submission in its folder, if it has replaced or removed it."""

import contextlib
import os
from collections.abc import Iterator

# Kept, since a submission may replace them.
_readlink, _symlink, _unlink, _makedirs = os.readlink, os.symlink, os.unlink, os.makedirs


class GivenFiles:
    """The links to given files, as the host has put them into the folder of a child.

    Args:
        scratch: The folder, before any student code has run.
    """

    def __init__(self, scratch: str) -> None:
        self._links = dict(_links_below(scratch))

    def restore(self) -> None:
        """Put back the links that are no longer there.

        Where a submission has made a folder of the same name, that stays: it harms nobody else.
        """
        for path, target in self._links.items():
            try:
                if _readlink(path) == target:
                    continue
            except OSError:  # it is gone, or something else
                pass
            with contextlib.suppress(OSError):
                _unlink(path)
            with contextlib.suppress(OSError):
                _makedirs(path.rpartition("/")[0], exist_ok=True)
                _symlink(target, path)


def _links_below(folder: str) -> Iterator[tuple[str, str]]:
    for place, folders, files in os.walk(folder):
        for name in (*folders, *files):
            path = f"{place}/{name}"
            if os.path.islink(path):  # noqa: PTH114 - quicker
                yield path, _readlink(path)
