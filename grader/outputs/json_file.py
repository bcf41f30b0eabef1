"""Writes a report as JSON, atomically."""

import contextlib
import os
import sys
import tempfile
from pathlib import Path

from grader.errors import UsageError
from grader.report.model import Report
from grader.report.schema import report_to_json


def write_json(report: Report, target: str) -> None:
    """Write a report to a file, or to standard output for ``-``.

    A file is there whole or not at all: it is written under another name and renamed.

    Raises:
        UsageError: it can't be written there.
    """
    text = report_to_json(report)
    if target == "-":
        # JSON is UTF-8, whatever the locale of the terminal.
        sys.stdout.buffer.write(text.encode("utf-8"))
        sys.stdout.flush()
        return
    path = Path(target)
    try:
        # A new, unguessable name beside the target: no link that waits there is followed.
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:50]}.")
    except OSError as error:
        raise UsageError(f"can't write {target}: {error.strerror}") from error
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
        umask = os.umask(0)
        os.umask(umask)
        os.chmod(name, 0o666 & ~umask)  # noqa: PTH101 - mkstemp makes it private
        os.replace(name, path)  # noqa: PTH105 - as above, a name and not yet a path
    except OSError as error:
        with contextlib.suppress(OSError):
            os.unlink(name)  # noqa: PTH108
        raise UsageError(f"can't write {target}: {error.strerror}") from error
