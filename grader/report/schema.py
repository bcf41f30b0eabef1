"""The JSON Schema of a report, and reports as JSON."""

import inspect
import json
from pathlib import Path

import msgspec

from grader.errors import UsageError
from grader.report.json_escape import escape_invisible
from grader.report.model import SCHEMA_VERSION, Report
from grader.system.redirected import to_utf_8

SCHEMA_FILE = Path(__file__).with_name("report.schema.json")


def make_schema() -> str:
    """Return the schema, made from the model; `SCHEMA_FILE` is a shipped copy."""
    return schema_to_json(Report, title=f"zerograd report {SCHEMA_VERSION}")


def schema_to_json(model: type, *, title: str) -> str:
    """Return the JSON Schema of a model, the same with every version of Python.

    The descriptions are the docstrings, which Python 3.13 indents less than older versions do.
    """
    schema = msgspec.json.schema(model)
    for definition in schema["$defs"].values():
        if "description" in definition:
            definition["description"] = inspect.cleandoc(definition["description"])
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": title}
    return json.dumps({**head, **schema}, indent=2) + "\n"


def report_to_json(report: Report) -> str:
    """Return a report as strict JSON: valid UTF-8, no NaN, ending in a newline.

    Characters that could control a terminal are escapes, as JSON may be shown in one.

    Raises:
        ValueError: A number is NaN or infinite.
    """
    plain = msgspec.to_builtins(report)
    text = json.dumps(_well_formed(plain), indent=2, ensure_ascii=False, allow_nan=False)
    return escape_invisible(text) + "\n"


def read_report(path: Path) -> Report:
    """Read a report from its JSON file.

    Raises:
        UsageError: The file can't be read, or is not a report.
    """
    try:
        return msgspec.json.decode(to_utf_8(path.read_bytes()), type=Report)
    except OSError as error:
        raise UsageError(f"can't read {path}: {error.strerror}") from error
    except ValueError as error:
        raise UsageError(f"{path} is not a report: {error}") from error


def _well_formed(value: object) -> object:
    """Replace lone surrogates, which UTF-8 can't encode, by visible escapes."""
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode()
    if isinstance(value, list | tuple):
        return [_well_formed(item) for item in value]
    if isinstance(value, dict):
        return {_well_formed(key): _well_formed(item) for key, item in value.items()}
    return value
