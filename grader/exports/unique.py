"""Unique names for tests and functions: some readers merge those with the same name."""

import itertools
from collections import Counter
from collections.abc import Iterable, Sequence

from grader.outputs.escaping import escape_controls
from grader.report.model import CheckResult, FunctionResult


def unique_names(names: Iterable[str]) -> list[str]:
    """Append a number to each name that occurred before: ``a``, ``a (2)``."""
    taken: dict[str, None] = {}
    for wanted in names:
        name, count = wanted, 1
        while name in taken:
            count += 1
            name = f"{wanted} ({count})"
        taken[name] = None
    return list(taken)


def name_checks(checks: Sequence[CheckResult]) -> list[str]:
    """Name each check by its title, or by its id if another check has the same title."""
    titles = [on_one_line(check.title) for check in checks]
    counts = Counter(titles)
    return unique_names(
        title if title and counts[title] == 1 else on_one_line(check.id) or "check"
        for title, check in zip(titles, checks, strict=True)
    )


def name_all_checks(functions: Sequence[FunctionResult]) -> list[list[str]]:
    """Name the checks of all functions, so that no two checks of a report have the same name.

    Returns:
        For each function, the names of its checks: the title, with the name of the function before
        it if another function has a check with this title.
    """
    names = [name_checks(function.checks) for function in functions]
    counts = Counter(itertools.chain.from_iterable(names))
    unique = iter(
        unique_names(
            name if counts[name] == 1 else f"{on_one_line(function.name)}: {name}"
            for function, of_function in zip(functions, names, strict=True)
            for name in of_function
        )
    )
    return [[next(unique) for _ in of_function] for of_function in names]


def on_one_line(text: str) -> str:
    """Put a name on one line, with characters that XML doesn't allow escaped."""
    return " ".join(escape_controls(text).split())
