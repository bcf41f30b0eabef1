"""The files that a batch writes about the whole class: summary, gradebook and page."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from grader.outputs.class_page import write_class_page
from grader.outputs.files import open_atomically
from grader.outputs.gradebook import write_gradebook
from grader.report.class_model import ClassSummary
from grader.report.csv_dialect import CsvDialect
from grader.report.summary_file import SUMMARY_NAME, write_summary

GRADEBOOK_FILE = "gradebook.csv"
INDEX_FILE = "index.html"
_LONGEST_START = 10  # of a gradebook: its first title, and what separates the columns


def write_class_files(
    summary: ClassSummary, folder: Path, *, dialect: CsvDialect = CsvDialect.EXCEL
) -> None:
    """Write ``summary.json``, ``gradebook.csv`` and ``index.html``, each one atomically.

    Args:
        summary: The class.
        folder: The folder of the batch; the students' pages are in its subfolder ``reports``.
        dialect: How the gradebook is written.

    Raises:
        UsageError: A file can't be written.
    """
    with _open_text(folder / SUMMARY_NAME) as file:
        file.writelines(write_summary(summary))
    with _open_text(folder / GRADEBOOK_FILE) as file:
        write_gradebook(
            summary.rows,
            [one.name for one in summary.functions],
            file,
            manual=[one.id for one in summary.manual],
            dialect=dialect,
        )
    with _open_text(folder / INDEX_FILE) as file:
        write_class_page(summary, file)


def find_dialect(folder: Path) -> CsvDialect:
    """Return how the gradebook in the folder of a batch was written; as usual if there is none."""
    try:
        with (folder / GRADEBOOK_FILE).open(encoding="utf-8-sig", errors="replace") as file:
            start = file.readline(_LONGEST_START)
    except OSError:
        return CsvDialect.EXCEL
    return next(
        (one for one in CsvDialect if start.startswith(f"id{one.separator}")), CsvDialect.EXCEL
    )


@contextmanager
def _open_text(path: Path) -> Iterator[TextIO]:
    with open_atomically(path) as file:
        text = io.TextIOWrapper(file, encoding="utf-8", newline="", write_through=False)
        yield text
        text.flush()
        text.detach()
