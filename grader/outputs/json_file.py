"""A report as JSON, in a file or on standard output."""

import sys
from pathlib import Path

from grader.outputs.files import write_text_atomically
from grader.report.model import Report
from grader.report.schema import report_to_json


def write_json(report: Report, target: str) -> None:
    """Write a report to a file, atomically, or to standard output.

    Args:
        report: The report.
        target: The path of the file; ``-`` for standard output.

    Raises:
        UsageError: The file can't be written.
    """
    text = report_to_json(report)
    if target == "-":
        # JSON is UTF-8, whatever the locale of the terminal.
        sys.stdout.buffer.write(text.encode("utf-8"))
        sys.stdout.flush()
        return
    write_text_atomically(text, Path(target))
