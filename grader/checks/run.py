"""Grades one submission with the collected checks: attempts, blame, results.

A function is judged with the student's own helpers and, if a helper is not known to be right, also
with right helpers lent in their place. If either attempt passes, the check passes. Of the attempt
with lent helpers nothing is shown but how it ended (`grader.checks.lent_attempt`).

Grading has three phases: what code has seen in one of them, it can tell only in the next ones.

1. Visible checks, with the student's own helpers. What this code says is shown.
2. Hidden checks, in children of their own. What they ask is secret.
3. Checks that may have failed because of a helper, with right helpers. These children hold parts of
   the reference. All checks of a function come before it is lent to another one.

So no answer that is shown, or that earns points with the student's own helpers, comes from code
that could know the reference, even if it has left a trace somewhere.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace

import msgspec

from grader.checks.attempt import NOTHING, attempt, make_result
from grader.checks.attempt_result import Attempt
from grader.checks.check import Check, RunBody
from grader.checks.check_run import CheckRun, Phase
from grader.checks.code_facts import explain_by_code
from grader.checks.kit_blame import explain_in_kit
from grader.checks.lent_attempt import name_helpers
from grader.checks.units import Unit
from grader.report.model import CheckResult, Status
from grader.report.words import join_names

# The part of a function's time that its own wrong helpers can't use up.
_RESERVED = 0.5


def run_phase(run_body: RunBody, *, run: CheckRun, phase: Phase) -> list[CheckResult]:
    """Run the checks of a phase.

    Args:
        run_body: Runs a check's body with a probe, and returns the verdict that it raised.
        run: The submission with the checks that were chosen; the new results are added to it.
        phase: The phase; those before it have run.

    Returns:
        The results that are settled now, those of helpers before those of their callers.

    Raises:
        CheckCrashedError: A check is broken.
    """
    if phase is Phase.LENT:
        return _run_lent(run_body, run)
    is_hidden = phase is Phase.OWN_HIDDEN
    settled = []
    for check in run.checks:
        if run.is_hidden(check.id) != is_hidden:
            continue
        run.on_progress(len(run.results), len(run.checks), check.function)
        result = _try_with_own(check, run, run_body)
        if result is not None:
            settled.append(_settle(check, run, result))
    return settled


def _run_lent(run_body: RunBody, run: CheckRun) -> list[CheckResult]:
    """Try all that is open with right helpers; explain what fails when all have been tried.

    Only then is it known which helpers are wrong: methods of a class are helpers of one another,
    and fail together.
    """
    settled, failed = [], []
    for check in _visible_first([check for check in run.checks if check.id in run.open], run):
        run.on_progress(len(run.results), len(run.checks), check.function)
        own = run.open[check.id]
        lendable = run.lendable(check.function, run.unproved_of(check))
        # Not the student's own child again: what it says now could come from one with lent helpers.
        lent = attempt(check, run, run_body, lent=lendable) if lendable else own
        if lent is not None and lent.result.status is Status.PASSED:
            del run.open[check.id]
            settled.append(_settle(check, run, lent.result))
        else:
            failed.append((check, own, lent, lendable))
    for check, own, lent, lendable in failed:
        if run.assignment.kit is not None:
            result = explain_in_kit(check, run, own)
        else:
            result = _explain(check, run, own, lent, helpers=lendable)
        del run.open[check.id]
        settled.append(_settle(check, run, result))
    return settled


def _visible_first(checks: Sequence[Check], run: CheckRun) -> list[Check]:
    """Return the same checks, those of each unit together, and the hidden ones of it last.

    They share the time of their unit: what a hidden one uses up would show in a visible one.
    """
    order = {
        name: place for place, name in enumerate(dict.fromkeys(one.function for one in checks))
    }
    return sorted(checks, key=lambda one: (order[one.function], run.is_hidden(one.id)))


def _settle(check: Check, run: CheckRun, result: CheckResult) -> CheckResult:
    """Add what the code shows to a result, and note it."""
    inputs = run.assignment.parameters[check.function]
    facts = run.functions.get(check.function)
    is_first = not any(
        one.status is not Status.PASSED and one.function == check.function
        for one in run.results.values()
    )
    result = explain_by_code(result, facts, inputs, is_first=is_first)
    run.results[check.id] = result
    return result


def _try_with_own(check: Check, run: CheckRun, run_body: RunBody) -> CheckResult | None:
    """Run a check with the student's own helpers; None if the result may be another one's fault."""
    is_hidden = run.is_hidden(check.id)
    function = run.assignment.unit(check.function)
    unproved = run.unproved(function.name, is_hidden=is_hidden)
    can_wait = run.lendable(function.name, unproved) or run.assignment.kit is not None
    if can_wait and _is_hopeless(function, run, is_hidden=is_hidden):
        run.open[check.id] = None
        return None
    run.reserve(function.name, _RESERVED if unproved else 0.0)
    if not unproved:  # otherwise it may fail at once, and most would be asked for nothing
        run.send_ahead(function.name, is_hidden=is_hidden)
    own = attempt(check, run, run_body)
    run.reserve(function.name, 0.0)
    unproved = run.unproved(function.name, is_hidden=is_hidden)  # with what its scripts use
    if own.stopped_in and run.is_right(own.stopped_in, is_hidden=is_hidden):
        own = replace(own, stopped_in="")  # it was called wrongly
    if not unproved and not own.stopped_in:
        return own.full_result
    is_helper_wrong = bool(run.wrong_helpers(function.name, is_hidden=is_hidden))
    if not is_helper_wrong:
        own = own.completed()
    if own.stopped_in and not run.lendable(function.name, [own.stopped_in]):
        message = f"it is tried together with {own.stopped_in}, which raised {own.exception}"
        return make_result(check, Status.NOT_JUDGED, message=message)
    if own.result.status is Status.PASSED or not own.may_be_others_fault:
        return own.result
    run.open[check.id] = own
    if is_helper_wrong and own.result.status is Status.FAILED:
        run.misled.add(function.name)
    return None


def _is_hopeless(function: Unit, run: CheckRun, *, is_hidden: bool) -> bool:
    """Return whether an attempt with the student's own helpers would be of no use.

    A wrong helper has already led the function to a wrong answer, has hit a limit, which it would
    hit again, or has ended the process, which then loads everything once more.
    """
    # With a kit there is no second attempt, and a check may pass although a helper is wrong.
    is_misled = function.name in run.misled and run.assignment.kit is None
    return is_misled or any(
        name in run.crashed or run.limit_of(name, NOTHING, is_hidden=is_hidden) is not None
        for name in run.helpers(function.name)
    )


def _explain(
    check: Check,
    run: CheckRun,
    own: Attempt | None,
    lent: Attempt | None,
    *,
    helpers: Collection[str],
) -> CheckResult:
    """Explain a check that fails with lent helpers too.

    The report has the attempt with the student's own helpers if that shows something about this
    unit; otherwise the words for the lent attempt stand alone.

    Args:
        check: The check.
        run: The submission.
        own: The attempt with the student's own helpers; None if there was no use in it.
        lent: The attempt with lent helpers, or the own one if nothing can be lent.
        helpers: The names of the lent helpers.
    """
    wrong = run.wrong_helpers(check.function, is_hidden=run.is_hidden(check.id))
    inseparable = [one for one in wrong if not run.is_separable(check.function, one)]
    if lent is None or (inseparable and lent.result.status is not Status.MISSING):
        if own is None or not own.is_in_unit:
            message = f"it is tried together with {join_names(inseparable) or 'its helpers'}"
            return make_result(check, Status.NOT_JUDGED, message=message)
        return own.result
    if own is None:
        return lent.result
    if not helpers:
        return own.shown
    is_other_end = own.result.status is not lent.result.status or own.exception != lent.exception
    is_misled = own.result.status in (Status.FAILED, Status.NOT_JUDGED)
    # A right helper that raises was called wrongly.
    is_in_wrong_helper = own.helper in run.unproved_of(check)
    if wrong and (is_other_end or is_in_wrong_helper or is_misled):
        return lent.result  # with wrong helpers, a right unit has wrong answers too
    result = own.result if wrong else own.shown
    if not run.unproved_of(check) or own.is_in_unit:
        return result  # it is its own fault
    which = name_helpers(helpers).removeprefix("its ")
    remark = f"(seen with your own {which}; with right ones, the check fails too)"
    return msgspec.structs.replace(result, message=f"{result.message}\n{remark}")
