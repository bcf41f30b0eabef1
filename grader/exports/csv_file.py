"""The gradebook of a batch or of a single report, as plain CSV."""

import io
from collections.abc import Iterator

from grader.errors import UsageError
from grader.exports.format import ExportedFile, LeftOut, Work
from grader.outputs.gradebook import write_gradebook
from grader.report.csv_dialect import CsvDialect


def export(work: Work) -> Iterator[ExportedFile | LeftOut]:
    """CSV: gradebook, one row per person.

    The command's own option gives the value of a `CsvDialect`.
    """
    file = io.StringIO(newline="")
    dialect = _read_dialect(work.setting("csv-dialect", CsvDialect.EXCEL))
    write_gradebook(
        (*(item.row for item in work.items), *work.take_excused()),
        work.functions,
        file,
        manual=work.manual,
        dialect=dialect,
    )
    yield ExportedFile("gradebook.csv", file.getvalue().encode())


def _read_dialect(name: str) -> CsvDialect:
    try:
        return CsvDialect(name)
    except ValueError:
        known = ", ".join(CsvDialect)
        raise UsageError(f"csv-dialect must be one of {known}, not {name}") from None
