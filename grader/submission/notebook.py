"""Reads the code cells of a Jupyter notebook, of any minor version of formats 3 and 4.

The formats are described in https://nbformat.readthedocs.io/.
"""

import json
import re
import sys
import warnings

from grader.errors import UnreadableSubmissionError
from grader.observations.messages import CodeBlock, Note
from grader.submission.source_size import check_source_size

_OLDEST_FORMAT, _NEWEST_FORMAT = 3, 4
_MAX_CELLS = 5_000
# Numbers, texts, lists and objects, mostly in stored outputs. 64 MiB could contain 22 million
# objects, which take seconds and gigabytes.
_MAX_VALUES = 4_000_000
# A string of JSON, which may lack its end. Nothing is given back, so that it takes linear time.
_ONE_STRING = rb'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\\?\Z)'
_STRING = re.compile(_ONE_STRING, re.DOTALL)
# Many strings at once, and what is before each: for millions of strings, cutting them out of the
# whole text would take gigabytes.
_MANY_STRINGS = re.compile(rb'(?:[^"]*+' + _ONE_STRING + rb"){1,10000}+|[^\"]++", re.DOTALL)


def read_notebook(
    data: bytes, *, max_source: int = sys.maxsize
) -> tuple[tuple[CodeBlock, ...], tuple[Note, ...]]:
    """Read the code cells of a notebook, in order; stored outputs are ignored.

    Args:
        data: The bytes of the file.
        max_source: The number of characters that the code cells may have together.

    Returns:
        A code block for each code cell, labelled ``cell N``, where code cells are counted from 1;
        and notes about what was noticed, today always none.

    Raises:
        UnreadableSubmissionError: The data is not JSON, not a notebook, in another format, or
            larger than one of the limits.
    """
    _check_count(data)
    content = _parse_json(data)
    major = content.get("nbformat")
    if not isinstance(major, int) or isinstance(major, bool):
        raise UnreadableSubmissionError("this JSON file is not a notebook: it has no nbformat")
    if not _OLDEST_FORMAT <= major <= _NEWEST_FORMAT:
        raise UnreadableSubmissionError(
            f"this notebook is in format {major}, and only 3 and 4 can be read; "
            "open it in Jupyter and save it again"
        )
    sources = _code_cells(content, max_source)
    blocks = tuple(
        CodeBlock(label=f"cell {number}", source=_clean(source))
        for number, source in enumerate(sources, start=1)
    )
    return blocks, ()


def _clean(source: str) -> str:
    """Normalise line ends, replace lone surrogates, and drop NUL characters."""
    text = source.encode("utf-8", "replace").decode()
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")


def _check_count(data: bytes) -> None:
    """Refuse JSON with too many values, before objects are made of them."""
    if _count_marks(data) <= _MAX_VALUES:  # as usual, even with those that are in strings
        return
    count = 0
    for part in _MANY_STRINGS.finditer(data):
        count += _count_marks(_STRING.sub(b"", part[0]))
        if count > _MAX_VALUES:
            raise UnreadableSubmissionError(
                f"this notebook contains more than {_MAX_VALUES // 10**6} million values, which is"
                " the limit (clear the notebook's outputs before handing it in)"
            )


def _count_marks(data: bytes) -> int:
    """Count what separates and contains values: JSON has at most one more value than these."""
    return sum(map(data.count, (b",", b"[", b"{")))


def _parse_json(data: bytes) -> dict[str, object]:
    try:
        content = json.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise UnreadableSubmissionError("this notebook is not UTF-8") from error
    except json.JSONDecodeError as error:
        raise UnreadableSubmissionError(
            f"this notebook is not valid JSON: {error.msg} on line {error.lineno}"
        ) from error
    except RecursionError as error:
        raise UnreadableSubmissionError("this notebook is nested too deeply") from error
    except ValueError as error:  # a number with too many digits
        raise UnreadableSubmissionError("this notebook is not valid JSON") from error
    if not isinstance(content, dict):
        raise UnreadableSubmissionError("this JSON file is not a notebook")
    return content


def _code_cells(content: dict[str, object], max_source: int) -> list[str]:
    # Imported here, so that only notebooks pay for it.
    import nbformat
    import nbformat.reader

    try:
        reduced = _reduce(content)
        _check_size(reduced, max_source)  # nbformat takes a hundred times as long as parsing
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            plain = nbformat.reader.reads(json.dumps(reduced))
            notebook = nbformat.convert(plain, _NEWEST_FORMAT)
            cells = [cell for cell in notebook.cells if cell.get("cell_type") == "code"]
            return ["".join(cell.get("source") or "") for cell in cells]
    except UnreadableSubmissionError:
        raise
    except Exception as error:  # nbformat raises whatever its converters run into
        raise UnreadableSubmissionError(
            "this notebook is damaged: its cells can't be read; open and save it in Jupyter"
        ) from error


def _check_size(reduced: dict[str, object], max_source: int) -> None:
    sheets = _dicts(reduced.get("worksheets", [reduced]))
    cells = [cell for sheet in sheets for cell in _dicts(sheet["cells"])]
    if max(len(cells), len(sheets)) > _MAX_CELLS:
        raise UnreadableSubmissionError(
            f"this notebook has more than {_MAX_CELLS} code cells, which is the limit"
        )
    check_source_size(sum(map(_count_characters, cells)), limit=max_source)


def _count_characters(cell: dict[str, object]) -> int:
    source = cell.get("source", cell.get("input"))
    lines = source if isinstance(source, list) else [source]
    return sum(len(line) for line in lines if isinstance(line, str))


def _reduce(content: dict[str, object]) -> dict[str, object]:
    """Return a notebook with only its code.

    Outputs are most of the bytes, and what editors often get wrong (metadata, ids, attachments)
    doesn't matter for grading.
    """
    reduced: dict[str, object] = {
        "nbformat": content["nbformat"],
        "nbformat_minor": 0,
        "metadata": {},
    }
    if content["nbformat"] == _OLDEST_FORMAT:
        sheets = _dicts(content["worksheets"])
        reduced["worksheets"] = [
            {"metadata": {}, "cells": _code_only(sheet["cells"], "input")} for sheet in sheets
        ]
    else:
        reduced["cells"] = _code_only(content["cells"], "source")
    return reduced


def _code_only(cells: object, source: str) -> list[dict[str, object]]:
    # Each format requires a field that the other one rejects.
    own = {"language": "python"} if source == "input" else {"execution_count": None}
    return [
        {
            "cell_type": "code",
            "metadata": {},
            "outputs": [],
            **own,
            source: cell[source],
        }
        for cell in _dicts(cells)
        if cell["cell_type"] == "code"
    ]


def _dicts(values: object) -> list[dict[str, object]]:
    # A damaged notebook is refused: guessing could silently lose functions.
    if not isinstance(values, list) or not all(isinstance(value, dict) for value in values):
        message = "not a list of objects"
        raise TypeError(message)
    return values
