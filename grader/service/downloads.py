"""What instructors take along: the class in each format, and a folder like that of a batch."""

import functools
import io
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from grader.exports.format import ExportedFile, Item, LeftOut, Work
from grader.exports.registry import load_format
from grader.outputs.class_files import GRADEBOOK_FILE, INDEX_FILE
from grader.outputs.class_page import write_class_page
from grader.outputs.class_wording import show_line
from grader.outputs.gradebook import write_gradebook
from grader.report.class_model import ClassSummary, Row
from grader.report.csv_dialect import CsvDialect
from grader.report.summary_file import SUMMARY_NAME, write_summary
from grader.service.class_reports import DatabaseReports
from grader.service.class_view import ClassState

LEFT_OUT_FILE = "left-out.txt"
_EXCUSED = "the student is excused, so there is no score"
_CHUNK_BYTES = 256 * 1024
# Up to here in memory, then in a nameless file.
_IN_MEMORY_BYTES = 4 * 1024 * 1024


@dataclass(slots=True)
class Download:
    """A file to be sent, which is gone once it is closed."""

    name: str
    stream: IO[bytes]
    size_bytes: int

    def chunks(self) -> Iterator[bytes]:
        """Yield its bytes, then close it."""
        with self.stream:
            while chunk := self.stream.read(_CHUNK_BYTES):
                yield chunk


def export_class(
    state: ClassState,
    reports: DatabaseReports,
    format_name: str,
    *,
    folder: Path,
    is_after_due: bool,
    worksheet: Path | None = None,
    settings: dict[str, str] | None = None,
) -> Download:
    """Write a class in a format of the registry, with what counts.

    Args:
        state: The class.
        reports: Its reports.
        format_name: The name of the format.
        folder: Where a large file is kept for the moment.
        is_after_due: Whether what waits for the due date is shown.
        worksheet: The platform's own file to fill in.
        settings: The format's own settings.

    Returns:
        The file; if there are several, or if somebody is left out, a zip that says so.

    Raises:
        UsageError: The format or the worksheet can't be used.
    """
    export = load_format(format_name)
    summary = state.summary
    rows = [row for row in summary.rows if not row.id or reports.has(row.id)]
    excused = tuple(row for row in rows if state.is_excused(row))
    work = Work(
        assignment=summary.assignment,
        max_score=summary.max_score,
        items=tuple(_item(row, state, reports) for row in rows if not state.is_excused(row)),
        excused=excused,
        functions=tuple(one.name for one in summary.functions),
        is_after_due=is_after_due,
        worksheet=worksheet,
        settings=settings or {},
    )
    there = {row.id for row in rows}
    left_out = [
        LeftOut(row.id, f"the grader failed, and there is not even a report: {row.error}")
        for row in summary.rows
        if row.id not in there
    ]

    def files() -> Iterator[ExportedFile]:
        for one in export(work):
            if isinstance(one, LeftOut):
                left_out.append(one)
            else:
                yield one
        if not work.knows_excuses:
            left_out.extend(LeftOut(row.id, _EXCUSED) for row in excused if row.id)

    made = files()
    first, second = next(made, None), next(made, None)
    if first is not None and second is None and not left_out:
        return Download(Path(first.name).name, io.BytesIO(first.content), len(first.content))
    stream = _open(folder)
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for one in filter(None, (first, second)):
            archive.writestr(one.name, one.content)
        for one in made:
            archive.writestr(one.name, one.content)
        if left_out:
            lines = (f"{show_line(one.who)}: {show_line(one.reason)}\n" for one in left_out)
            archive.writestr(LEFT_OUT_FILE, "".join(lines).encode("utf-8", "backslashreplace"))
    return _finish(f"{format_name}.zip", stream)


def _item(row: Row, state: ClassState, reports: DatabaseReports) -> Item:
    read = functools.partial(reports.read, row.id)
    return Item(row=row, read=read, counted=state.counted.get(row.id))


def zip_class(summary: ClassSummary, reports: DatabaseReports, *, folder: Path) -> Download:
    """Pack a class as a batch writes it: page, gradebook and summary, with all reports."""
    stream = _open(folder)
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        page = io.StringIO()
        write_class_page(summary, page)
        archive.writestr(INDEX_FILE, page.getvalue().encode("utf-8", "backslashreplace"))
        archive.writestr(GRADEBOOK_FILE, gradebook_of(summary))
        archive.writestr(
            SUMMARY_NAME, "".join(write_summary(summary)).encode("utf-8", "backslashreplace")
        )
        for row in summary.rows:
            if row.id and (page_bytes := reports.read_page(row.id)):
                archive.writestr(f"reports/{row.id}.html", page_bytes)
                archive.writestr(f"reports/{row.id}.json", reports.read_bytes(row.id))
    return _finish("reports.zip", stream)


def gradebook_of(summary: ClassSummary, dialect: CsvDialect = CsvDialect.EXCEL) -> bytes:
    """Return the gradebook of a class as CSV."""
    file = io.StringIO(newline="")
    write_gradebook(
        summary.rows,
        [one.name for one in summary.functions],
        file,
        manual=[one.id for one in summary.manual],
        dialect=dialect,
    )
    return file.getvalue().encode("utf-8", "backslashreplace")


def _open(folder: Path) -> IO[bytes]:
    return tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY_BYTES, dir=str(folder))


def _finish(name: str, stream: IO[bytes]) -> Download:
    size = stream.tell()
    stream.seek(0)
    return Download(name, stream, size)
