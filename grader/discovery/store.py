"""The folder of what is kept beside the reports of a class: for the instructor alone."""

import contextlib
from pathlib import Path

from grader.discovery.kept import KeptFile, read_file, write_file
from grader.errors import UsageError
from grader.outputs.files import TEMPORARY_PREFIX, open_atomically

FOLDER = "fingerprints"
_ENDING = ".msgpack"


class KeptStore:
    """Keeps what submissions answered, a file for each report.

    Other users of the machine can read neither the folder nor a file of it.

    Args:
        results: The folder of the results.
    """

    def __init__(self, results: Path) -> None:
        self._folder = results / FOLDER

    def find(self, name: str) -> KeptFile | None:
        """Return what is kept beside a report; None if nothing is, or nothing that can be used."""
        try:
            return read_file(self._path(name).read_bytes())
        except OSError:
            return None

    def keep(self, name: str, file: KeptFile) -> None:
        """Write what is kept beside a report.

        Raises:
            UsageError: It can't be written.
        """
        try:
            self._folder.mkdir(mode=0o700, exist_ok=True)
        except OSError as error:
            raise UsageError(f"can't write to {self._folder}: {error.strerror}") from error
        with open_atomically(self._path(name), mode=0o600) as opened:
            opened.write(write_file(file))

    def remove_temporary(self) -> None:
        """Remove what a killed batch left half written."""
        for left in self._folder.glob(f"{TEMPORARY_PREFIX}*"):
            with contextlib.suppress(OSError):
                left.unlink()

    def _path(self, name: str) -> Path:
        return self._folder / f"{Path(name).name}{_ENDING}"
