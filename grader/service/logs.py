"""Logs: a line of JSON for each event, for machines to read.

They hold no names, no addresses of people, no names of files and nothing of what was handed in: an
error is logged with its kind and where it came from, and never with its text, which may quote any
of these. What belongs to one request has its id in ``request``, which its answer carries in the
header ``X-Request-ID``.
"""

import contextvars
import json
import logging
import sys
import traceback
from datetime import UTC, datetime
from types import TracebackType
from typing import IO

# The id of the request that is being answered.
request_id: contextvars.ContextVar[str] = contextvars.ContextVar("request_id", default="")

# Attributes of a record that our own calls add with ``extra``.
_OURS = ("method", "route", "status", "ms", "bytes", "job", "assignment", "faults")
_ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None]


class JsonFormatter(logging.Formatter):
    """Writes a record as a line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        said: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.getMessage(),
        }
        if request_id.get():
            said["request"] = request_id.get()
        said |= {name: vars(record)[name] for name in _OURS if name in vars(record)}
        if record.exc_info and record.exc_info[0] is not None:
            said["error"], said["at"] = _describe(record.exc_info)
        return json.dumps(said, ensure_ascii=True)


def log_to_stderr(stream: IO[str] | None = None) -> None:
    """Write all logs of this process to standard error, and no longer anywhere else.

    Args:
        stream: Where to write instead.
    """
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JsonFormatter())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    # They log each request that we send, with its address, which can name a person.
    for name in ("httpx", "urllib3", "alembic", "asyncio"):
        logging.getLogger(name).setLevel(logging.WARNING)


def _describe(
    exc_info: "_ExcInfo | tuple[None, None, None]",
) -> tuple[str, list[str]]:
    """Return the kind of an error, and the places that it went through, the last one first."""
    kind, _, trace = exc_info
    frames = traceback.extract_tb(trace)
    places = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in reversed(frames)]
    return ("" if kind is None else kind.__qualname__), places
