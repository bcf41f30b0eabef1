"""Reads the code cells of a Jupyter notebook, of any minor version of formats 3 and 4.

The formats are described in https://nbformat.readthedocs.io/.
"""

import json
import warnings

from grader.errors import UnreadableSubmissionError
from grader.observations.messages import CodeBlock, Note

_OLDEST_FORMAT, _NEWEST_FORMAT = 3, 4
_MAX_CELLS = 5_000


def read_notebook(data: bytes) -> tuple[tuple[CodeBlock, ...], tuple[Note, ...]]:
    """Read the code cells of a notebook, in order; stored outputs are ignored.

    Returns:
        A code block for each code cell, labelled ``cell N``, where code cells are counted from 1;
        and notes about what was noticed, today always none.

    Raises:
        UnreadableSubmissionError: The data is not JSON, not a notebook, or in another format.
    """
    content = _parse_json(data)
    major = content.get("nbformat")
    if not isinstance(major, int) or isinstance(major, bool):
        raise UnreadableSubmissionError("this JSON file is not a notebook: it has no nbformat")
    if not _OLDEST_FORMAT <= major <= _NEWEST_FORMAT:
        raise UnreadableSubmissionError(
            f"this notebook is in format {major}, and only 3 and 4 can be read; "
            "open it in Jupyter and save it again"
        )
    sources = _code_cells(content)
    if len(sources) > _MAX_CELLS:
        raise UnreadableSubmissionError(f"this notebook has more than {_MAX_CELLS} code cells")
    blocks = tuple(
        CodeBlock(label=f"cell {number}", source=_clean(source))
        for number, source in enumerate(sources, start=1)
    )
    return blocks, ()


def _clean(source: str) -> str:
    """Normalise line ends, replace lone surrogates, and drop NUL characters."""
    text = source.encode("utf-8", "replace").decode()
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")


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


def _code_cells(content: dict[str, object]) -> list[str]:
    # Imported here, so that only notebooks pay for it.
    import nbformat
    import nbformat.reader

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            plain = nbformat.reader.reads(json.dumps(_reduce(content)))
            notebook = nbformat.convert(plain, _NEWEST_FORMAT)
            cells = [cell for cell in notebook.cells if cell.get("cell_type") == "code"]
            return ["".join(cell.get("source") or "") for cell in cells]
    except Exception as error:  # nbformat raises whatever its converters run into
        raise UnreadableSubmissionError(
            "this notebook is damaged: its cells can't be read; open and save it in Jupyter"
        ) from error


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
