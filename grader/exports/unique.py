"""Unique names for tests and functions: some readers merge those with the same name."""

from collections.abc import Iterable, Sequence

from grader.outputs.escaping import escape_controls
from grader.report.model import CheckResult


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
    return unique_names(
        title if title and titles.count(title) == 1 else on_one_line(check.id) or "check"
        for title, check in zip(titles, checks, strict=True)
    )


def on_one_line(text: str) -> str:
    """Put a name on one line, with characters that XML doesn't allow escaped."""
    return " ".join(escape_controls(text).split())
