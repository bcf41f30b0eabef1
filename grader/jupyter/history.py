"""Make a submission of the cells that a kernel has run."""

import difflib
import json
import re
from collections.abc import Collection, Sequence

_NO_CODE = re.compile(r"\s*(#|%(grade|load_ext|reload_ext|unload_ext)\b|$)")


# A name that a line of a cell binds at top level, also in a cell that is not valid Python.
_BOUND = re.compile(r"^(?:async\s+def|def|class)\s+(\w+)|^(\w+)\s*=(?!=)", re.MULTILINE)
_ALIKE = 0.6  # of two sources, from 0 to 1
_COMPARED_BY_LINES = 2000  # characters; comparing characters takes the square of their number


def cells_to_grade(executed: Sequence[str], *, raised: Collection[int] = ()) -> list[str]:
    """Choose which executions of cells count.

    Args:
        executed: The source of every execution, in order.
        raised: The places of executions that raised. They don't count if they were corrected.

    Returns:
        The same sources in the same places, so that cell N is what the notebook shows as
        ``In [N]``. Executions that don't count are empty strings; those at the end are left out.
    """
    # A cell that was run thirty times must not take thirty times as long to load. So of equal
    # sources only the last execution counts, with which the last definition of every name wins, as
    # it did in the kernel. The first one counts too if other executions that count came in between,
    # since they may need it: running the imports again at the bottom must not take `Tensor` and
    # `torch` away from the definitions above, whose annotations and decorators need them at once.
    # Executions between the first and the last could only change values, which no definition keeps.
    sources = ["" if _has_no_code(source) else source for source in executed]
    for place in sorted(raised):
        if place < len(sources) and _is_corrected(sources, place, raised):
            sources[place] = ""
    first: dict[str, int] = {}
    last: dict[str, int] = {}
    for place, source in enumerate(sources):
        first.setdefault(source, place)
        last[source] = place
    kept = {place for source, place in last.items() if source}
    for source in sorted(set(sources) - {""}, key=first.__getitem__, reverse=True):
        if any(first[source] < place < last[source] for place in kept):
            kept.add(first[source])
    length = max(kept, default=-1) + 1
    return [source if place in kept else "" for place, source in enumerate(sources[:length])]


def make_notebook(cells: Sequence[str]) -> bytes:
    """Return a notebook (nbformat 4.5) with these code cells, as JSON in ASCII."""
    content = {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {"language_info": {"name": "python"}},
        "cells": [
            {
                "cell_type": "code",
                "id": f"cell-{number}",
                "metadata": {},
                "execution_count": None,
                "outputs": [],
                "source": source,
            }
            for number, source in enumerate(cells, start=1)
        ],
    }
    return json.dumps(content).encode("ascii")


def _is_corrected(sources: Sequence[str], place: int, raised: Collection[int]) -> bool:
    """Return whether an execution that raised was followed by one that did not, of the same cell.

    A kernel doesn't know cells. It counts as the same cell if it looks alike, and binds each name
    that the earlier one may have bound.
    """
    source = sources[place]
    names = _bound_names(source)
    return any(
        later == source or (names <= _bound_names(later) and _is_alike(source, later))
        for number, later in enumerate(sources)
        if number > place and later and number not in raised
    )


def _bound_names(source: str) -> set[str]:
    return {found[1] or found[2] for found in _BOUND.finditer(source)}


def _is_alike(source: str, other: str) -> bool:
    is_long = len(source) + len(other) > _COMPARED_BY_LINES
    one, two = (source.splitlines(), other.splitlines()) if is_long else (source, other)
    matcher: difflib.SequenceMatcher[str] = difflib.SequenceMatcher(None, one, two, autojunk=False)
    return matcher.quick_ratio() >= _ALIKE and matcher.ratio() >= _ALIKE


def _has_no_code(source: str) -> bool:
    """Return whether a cell has only comments and our own magics."""
    return all(_NO_CODE.match(line) for line in source.splitlines())
