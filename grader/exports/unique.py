"""Names for what a report holds, each there once: readers merge what is called alike."""

from collections.abc import Iterable, Sequence

from grader.outputs.escaping import escape_controls
from grader.report.model import CheckResult


def unique_names(names: Iterable[str]) -> list[str]:
    """Number names that were there before."""
    taken: dict[str, None] = {}
    for wanted in names:
        name, count = wanted, 1
        while name in taken:
            count += 1
            name = f"{wanted} ({count})"
        taken[name] = None
    return list(taken)


def name_checks(checks: Sequence[CheckResult]) -> list[str]:
    """Call each check by its title, or by its id where another one has the same."""
    titles = [on_one_line(check.title) for check in checks]
    return unique_names(
        title if title and titles.count(title) == 1 else on_one_line(check.id) or "check"
        for title, check in zip(titles, checks, strict=True)
    )


def on_one_line(text: str) -> str:
    """Keep a name on one line, without what XML has no place for."""
    return " ".join(escape_controls(text).split())
