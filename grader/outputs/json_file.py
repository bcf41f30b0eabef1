"""Writes a report as JSON, to a file or to standard output."""

import sys
from pathlib import Path

from grader.outputs.files import write_text_atomically
from grader.report.model import Report
from grader.report.schema import report_to_json


def write_json(report: Report, target: str) -> None:
    """Write a report to a file, or to standard output for ``-``.

    A file is there whole or not at all.

    Raises:
        UsageError: it can't be written there.
    """
    text = report_to_json(report)
    if target == "-":
        # JSON is UTF-8, whatever the locale of the terminal.
        sys.stdout.buffer.write(text.encode("utf-8"))
        sys.stdout.flush()
        return
    write_text_atomically(text, Path(target))
