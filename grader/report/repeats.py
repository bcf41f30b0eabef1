"""Finds failures of a function that have the same reason: it is explained once."""

import re
from collections.abc import Iterator, Sequence

import msgspec

from grader.report.budget import MAX_CODE
from grader.report.model import CheckResult, Report, Status, Visibility

# An example with more numbers than this, or longer sizes, is shown after smaller ones.
_SMALL = 40
_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?")
# How remarks begin that say nothing about the reason: two checks may have them for different ones.
_NO_REASONS = ("while it ran, ", "seen with your own ")


def fold_hints(report: Report) -> Report:
    """Return the report without the hints of failures whose reason an earlier one has explained.

    The hint of a check is for those who fail that check alone: where an earlier failure has the
    same reason and another hint, it would lead astray. A diagnosis stays. What students don't see
    yet explains nothing of what they see.
    """
    return msgspec.structs.replace(
        report,
        functions=tuple(
            msgspec.structs.replace(one, checks=_fold(one.checks)) for one in report.functions
        ),
    )


def reasons_of(check: CheckResult) -> Iterator[tuple[str, ...]]:
    """Yield what makes two failures of a function one: a finding, a remark, or a misconception."""
    got = check.example.got if check.example else ""
    found, *remarks = check.message.split("\n(")
    if found or got:
        yield (_NUMBER.sub("0", found), got)
    for remark in remarks:
        if not remark.startswith(_NO_REASONS):
            yield ("remark", remark)
    if check.misconception:
        yield (check.misconception,)


def has_large_example(check: CheckResult) -> bool:
    """Return whether an example has many numbers, or asks for many, as in ``make_data(4000, w)``.

    Sizes are whole numbers in the code; other numbers count as one each. Smaller examples are
    shown first.
    """
    if check.example is None:
        return False
    numbers = _NUMBER.findall(check.example.code[:MAX_CODE])
    return sum(int(one) if one.isdecimal() else 1 for one in numbers) > _SMALL


def _fold(checks: Sequence[CheckResult]) -> tuple[CheckResult, ...]:
    hints: dict[tuple[Visibility, tuple[str, ...]], str] = {}
    folded: dict[str, CheckResult] = {}
    failed = [check for check in checks if check.status is not Status.PASSED]
    for check in sorted(failed, key=has_large_example):
        reasons = list(reasons_of(check))
        earlier = [
            hints[where, reason]
            for where in {Visibility.VISIBLE, check.visibility}
            for reason in reasons
            if (where, reason) in hints
        ]
        if earlier and check.diagnosis is None and check.hint not in earlier:
            folded[check.id] = msgspec.structs.replace(check, hint="")
        for reason in reasons:
            hints.setdefault((check.visibility, reason), check.hint)
    return tuple(folded.get(check.id, check) for check in checks)
