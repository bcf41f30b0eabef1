"""Make a submission of the cells that a kernel has run."""

import json
import re
from collections.abc import Sequence

_NO_CODE = re.compile(r"\s*(#|%(grade|load_ext|reload_ext|unload_ext)\b|$)")


def cells_to_grade(executed: Sequence[str]) -> list[str]:
    """Choose which executions of cells count.

    Args:
        executed: The source of every execution, in order.

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


def _has_no_code(source: str) -> bool:
    """Return whether a cell has only comments and our own magics."""
    return all(_NO_CODE.match(line) for line in source.splitlines())
