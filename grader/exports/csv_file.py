"""The gradebook of a batch, also of a single report."""

import io
from collections.abc import Iterator

from grader.exports.format import ExportedFile, LeftOut, Work
from grader.outputs.gradebook import write_gradebook


def export(work: Work) -> Iterator[ExportedFile | LeftOut]:
    """Plain CSV: a row for each person, the points of each function."""
    file = io.StringIO(newline="")
    write_gradebook((item.row for item in work.items), work.functions, file)
    yield ExportedFile("gradebook.csv", file.getvalue().encode())
