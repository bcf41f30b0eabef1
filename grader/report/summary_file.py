"""The summary of a class: its JSON Schema, and how it is written and read."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import msgspec

from grader.errors import UsageError
from grader.report.class_model import SUMMARY_VERSION, ClassSummary
from grader.report.json_escape import escape_invisible
from grader.report.schema import schema_to_json

SUMMARY_NAME = "summary.json"
SUMMARY_SCHEMA_FILE = Path(__file__).with_name("summary.schema.json")

_SURROGATES = re.compile("[\ud800-\udfff]")


def make_summary_schema() -> str:
    """Return the schema, made from the model; `SUMMARY_SCHEMA_FILE` is a shipped copy."""
    return schema_to_json(ClassSummary, title=f"zerograd summary {SUMMARY_VERSION}")


def summary_to_json(summary: ClassSummary, *, with_rows: bool = True) -> str:
    """Return a summary as strict JSON; the arguments are those of `write_summary`."""
    return "".join(write_summary(summary, with_rows=with_rows))


def write_summary(summary: ClassSummary, *, with_rows: bool = True) -> Iterator[str]:
    """Write a summary as strict JSON, with a line for each row, function and check.

    The file can be searched and compared line by line, and is a fifth of the size of one that is
    fully indented.

    Args:
        summary: The summary.
        with_rows: Whether to write the rows of the students, or only the figures.

    Yields:
        Pieces of the text, since the whole text of a large class would double the memory in use.
    """
    fields: dict[str, object] = {name: getattr(summary, name) for name in summary.__struct_fields__}
    if not with_rows:
        del fields["rows"]
        ids = {row.id for row in summary.rows}
        timed = {name: value for name, value in summary.timing.items() if name not in ids}
        fields["timing"] = timed
    opening = "{\n"
    for name, value in fields.items():
        yield f"{opening}  {_compact(name)}: "
        yield from _by_lines(value)
        opening = ",\n"
    yield "\n}\n"


def read_summary(path: Path) -> ClassSummary:
    """Read a summary from its file, or from the folder of a batch.

    Raises:
        UsageError: The file can't be read, or is not the summary of a batch.
    """
    file = path / SUMMARY_NAME if path.is_dir() else path
    try:
        return msgspec.json.decode(file.read_bytes(), type=ClassSummary)
    except FileNotFoundError as error:
        if file is path:
            raise UsageError(f"there is no folder or file {path}") from error
        raise UsageError(
            f"{path} is not a folder of results, as there is no {SUMMARY_NAME} in it: give the one "
            "that `grader batch --out` wrote"
        ) from error
    except OSError as error:
        raise UsageError(f"can't read {file}: {error.strerror}") from error
    except ValueError as error:
        raise UsageError(f"{file} is not the summary of a batch: {error}") from error


def _by_lines(value: object) -> Iterator[str]:
    """Write a value; the items of a list get a line each."""
    if not isinstance(value, list | tuple) or not value:
        yield _compact(value)
        return
    opening = "["
    for item in value:
        yield f"{opening}\n    {_compact(item)}"
        opening = ","
    yield "\n  ]"


def _compact(value: object) -> str:
    text = json.dumps(msgspec.to_builtins(value), ensure_ascii=False, allow_nan=False)
    # File names may contain lone surrogates, which UTF-8 can't encode: show them as escapes.
    text = _SURROGATES.sub(lambda found: f"\\\\u{ord(found[0]):04x}", text)
    return escape_invisible(text)
