"""Who may be blamed where nothing can be lent: in a student's kit, which has no reference.

A check that fails while a helper is not known to be right is not judged, and no point is lost. What
was seen is shown all the same, unless a helper is known to be wrong.
"""

from collections.abc import Collection

import msgspec

from grader.checks.attempt import make_result
from grader.checks.attempt_result import Attempt
from grader.checks.check import Check
from grader.checks.check_run import CheckRun
from grader.report.model import CheckResult, Status
from grader.report.words import join_names

_WRONG = (Status.FAILED, Status.ERROR, Status.LIMIT, Status.MISSING)


def explain_in_kit(check: Check, run: CheckRun, own: Attempt | None) -> CheckResult:
    """Explain a check that fails with the student's own helpers.

    Args:
        check: The check.
        run: The submission; what comes before the check's unit is settled.
        own: The attempt; None if there was no use in it.
    """
    unproved = run.unproved_of(check)
    if own is not None and not unproved:
        return own.shown
    wrong = [name for name in unproved if _is_wrong(name, run)]
    sentence = f"it is tried together with {_describe(wrong, unproved, run)}"
    if wrong or own is None or own.result.status is Status.NOT_JUDGED:
        return make_result(check, Status.NOT_JUDGED, message=sentence)
    shown = own.shown
    return msgspec.structs.replace(
        shown,
        status=Status.NOT_JUDGED,
        message=f"{shown.message}\n({sentence})",
        hint="",  # it is advice for this unit, which may be right
    )


def _describe(wrong: Collection[str], unproved: Collection[str], run: CheckRun) -> str:
    """Name the helpers that leave open whose fault it is, and say what is open about them."""
    later = [name for name in unproved if run.assignment.is_judged_later(name)]
    if wrong:
        return _name(wrong, run, "not right yet")
    return _name(later, run, "judged later") if later else _name(unproved, run, "not judged yet")


def _name(names: Collection[str], run: CheckRun, state: str) -> str:
    ordered = [one.name for one in run.assignment.units if one.name in names]
    verb = "is" if len(ordered) == 1 else "are"
    return f"{join_names(ordered)}, which {verb} {state}"


def _is_wrong(name: str, run: CheckRun) -> bool:
    """Return whether a check of a helper has failed, and it is known to be that helper's fault."""
    results = (run.results.get(check.id) for check in run.checks_of(name))
    return any(one is not None and one.status in _WRONG for one in results)
