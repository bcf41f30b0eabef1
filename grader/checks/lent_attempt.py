"""What may be said of an attempt at a check with lent helpers: how it ended, and nothing else.

In a child with lent helpers, the student's code can read the reference. So nothing that comes from
there is shown: no text, no name, no number. The words are the check's own, or ours.
"""

import re
from collections.abc import Collection

from grader.checks.check import Check
from grader.checks.units import Unit
from grader.checks.verdict import NotJudgedError, UnwrittenError, Verdict, WrongError
from grader.observations.messages import Outcome
from grader.report.model import CheckResult, Status

_LIMITS = {
    Outcome.TIME_LIMIT: "did not finish",
    Outcome.MEMORY_LIMIT: "needs more memory than is available",
    Outcome.DISK_LIMIT: "writes too much to disk",
}

# The limit of a function, in the host's own words.
_OF_TIME = re.compile(r"over [0-9.]{1,6} s of computing time in all")

# A list as short as this, since code could tell something by the exception that it chooses.
_NAMED = {
    "AttributeError",
    "IndexError",
    "NameError",
    "NotImplementedError",
    "RuntimeError",
    "TypeError",
    "ValueError",
}

_MOST_NAMED = 2

_NOT_TRIED = "not tried: grading of this submission was stopped"


def describe_lent_attempt(
    check: Check,
    unit: Unit,
    raised: Verdict,
    helpers: Collection[str],
) -> CheckResult:
    """Describe an attempt that failed, although right helpers were lent.

    Args:
        check: The check.
        unit: The unit that it grades.
        raised: Its verdict.
        helpers: The names of the lent helpers.
    """
    status, words = _end(unit, raised)
    if status not in (Status.MISSING, Status.NOT_JUDGED) and words != _NOT_TRIED:
        words = f"with right versions of {name_helpers(helpers)}, {words}"
    return CheckResult(
        id=check.id,
        title=check.title,
        status=status,
        points=0.0,
        max_points=check.points,
        message=words,
        hint=check.hint if status is Status.FAILED else "",
    )


def _end(unit: Unit, raised: Verdict) -> tuple[Status, str]:
    if isinstance(raised, UnwrittenError):
        return Status.MISSING, f"{unit.name} is not written yet"
    if isinstance(raised, NotJudgedError):
        return Status.NOT_JUDGED, "another check of it has to pass first"
    if isinstance(raised, WrongError):
        return Status.FAILED, "the answer is wrong"
    outcome = raised.observation.outcome
    if outcome is Outcome.MISSING:
        return Status.MISSING, f"the submission does not define {unit.name}"
    if outcome in _LIMITS:
        limit = _OF_TIME.fullmatch(raised.observation.detail)
        words = f"{unit.called} {_LIMITS[outcome]}" + (f": {limit[0]}" if limit else "")
        return Status.LIMIT, words
    if outcome is Outcome.STOPPED:
        return Status.LIMIT, _NOT_TRIED
    if outcome is not Outcome.RAISED or raised.observation.raised is None:
        return Status.ERROR, f"{unit.called} ended the Python process"
    name = raised.observation.raised.type_name
    return Status.ERROR, f"{unit.called} raised {name if name in _NAMED else 'an exception'}"


def name_helpers(names: Collection[str]) -> str:
    """Name one or two helpers: ``mse and predict``; more are ``its helpers``."""
    return " and ".join(sorted(names)) if len(names) <= _MOST_NAMED else "its helpers"
