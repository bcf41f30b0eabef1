"""The gradebook of a batch or of a single report, as plain CSV."""

import io
from collections.abc import Iterator

from grader.exports.format import ExportedFile, LeftOut, Work
from grader.outputs.gradebook import write_gradebook


def export(work: Work) -> Iterator[ExportedFile | LeftOut]:
    """CSV: gradebook, one row per person."""
    file = io.StringIO(newline="")
    write_gradebook((item.row for item in work.items), work.functions, file)
    yield ExportedFile("gradebook.csv", file.getvalue().encode())
