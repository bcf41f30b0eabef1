"""A table that an instructor sends: a roster, marks, or a worksheet to fill in."""

import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

from starlette.requests import Request

from grader.errors import UsageError
from grader.service.sessions import Asker
from grader.service.web.auth import expect_token
from grader.service.web.file_names import clean_name
from grader.service.web.state import ServiceState, service_of
from grader.service.web.uploads import Upload, UploadedFile, read_upload

_MAX_BYTES = 16 * 1024 * 1024


@asynccontextmanager
async def read_table_form(request: Request, asker: Asker) -> AsyncIterator[Upload]:
    """Read a form with a file, and refuse one without the token of its session."""
    folder = service_of(request).settings.data
    async with read_upload(request, max_bytes=_MAX_BYTES, folder=folder) as upload:
        expect_token(asker, upload.fields.get("csrf_token"))
        yield upload


def find_table(upload: Upload) -> UploadedFile | None:
    """Return the file of a form, if one was chosen."""
    return next((one for one in upload.files if one.name or one.size_bytes), None)


def expect_table(upload: Upload) -> UploadedFile:
    """Return the file of a form.

    Raises:
        UsageError: None was chosen.
    """
    found = find_table(upload)
    if found is None:
        raise UsageError("Choose a file first.")
    return found


@contextmanager
def on_disk(service: ServiceState, file: UploadedFile) -> Iterator[Path]:
    """Have a file in a folder of its own, for what reads paths; it is deleted at the end."""
    with tempfile.TemporaryDirectory(dir=service.settings.data) as folder:
        path = Path(folder) / clean_name(file.name, default="table.csv")
        file.stream.seek(0)
        with path.open("wb") as target:
            shutil.copyfileobj(file.stream, target)
        yield path
