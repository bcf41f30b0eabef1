"""Makes one attempt at a check, with the student's own helpers or with right ones."""

import functools
import re
import time
from collections.abc import Sequence
from dataclasses import replace

import msgspec

from grader.checks.absent import describe_absence, describe_lack_of_return, lacks_return
from grader.checks.attempt_result import Attempt
from grader.checks.check import Check, RunBody
from grader.checks.check_run import CheckRun
from grader.checks.lent_attempt import describe_lent_attempt
from grader.checks.no_answer import describe_no_answer
from grader.checks.passed import Asked, keeping
from grader.checks.probe import INCOMPLETE, Probe, derive_seed
from grader.checks.units import Unit
from grader.checks.verdict import NoAnswerError, NotJudgedError, UnwrittenError, Verdict, WrongError
from grader.errors import CheckCrashedError, NotRecordedError
from grader.observations.asking import Observe, answer_at_once
from grader.observations.messages import (
    Absence,
    AbsenceKind,
    Outcome,
    Raised,
)
from grader.report.model import CheckResult, Status
from grader.report.shorten import MAX_NAME, shorten

_UNDEFINED = re.compile(r"name '(\w{1,100})' is not defined")

# After one of these, a function's other checks would end the same way and take as long.
_COSTLY = (Outcome.TIME_LIMIT, Outcome.MEMORY_LIMIT, Outcome.DISK_LIMIT)

NOTHING: frozenset[str] = frozenset()


def attempt(
    check: Check, run: CheckRun, run_body: RunBody, *, lent: frozenset[str] = NOTHING
) -> Attempt:
    """Run a check once, with the student's own helpers or with lent ones.

    Raises:
        CheckCrashedError: The check is broken.
    """
    made = _attempt_to_judge(check, run, run_body, lent=lent)
    if check.forbids and made.result.status in (Status.ERROR, Status.LIMIT):
        message = f"{run.assignment.unit(check.function).called} gave no answer"
        return replace(made, result=make_result(check, Status.NOT_JUDGED, message=message))
    return made


def _attempt_to_judge(
    check: Check, run: CheckRun, run_body: RunBody, *, lent: frozenset[str]
) -> Attempt:
    is_hidden = run.is_hidden(check.id)
    earlier = run.limit_of(check.function, lent, is_hidden=is_hidden)
    if earlier is not None:
        return Attempt(
            make_result(check, earlier.status, message=earlier.message, hint=earlier.hint)
        )
    function = run.assignment.unit(check.function)
    student = run.hidden if is_hidden else run.visible
    observe = student.observe_with_lent(lent) if lent else student.observe
    started = time.monotonic()
    probe, raised = _ask(check, function, run, run_body, observe)
    if not lent and not is_hidden:
        run.seconds[check.id] = round(time.monotonic() - started, 4)
    if probe is None or raised is None:
        return Attempt(make_result(check, Status.PASSED))
    absence = run.absences.get(function.name) or run.absences.get(function.owner)
    missing = _describe_missing(function, absence, raised, run)
    if missing:
        made = Attempt(
            make_result(check, Status.MISSING, message=missing),
            # The statement that computes a value runs again with right values in place of others.
            may_be_others_fault=function.is_value
            and absence is not None
            and absence.kind is AbsenceKind.STATEMENT_RAISED,
        )
    elif lent:
        made = Attempt(describe_lent_attempt(check, function, raised, lent))
    else:
        made = _describe_own_attempt(
            check, function, probe, raised, absence, files=run.assignment.material.given
        )
    if isinstance(raised, NoAnswerError):
        has_ended = raised.observation is not INCOMPLETE
        if raised.observation.outcome is Outcome.CRASHED and has_ended and not lent:
            run.crashed.add(function.name)
        if raised.observation.outcome in _COSTLY:
            run.ended[check.function, lent, is_hidden] = made.result
        if raised.observation.raised is not None:
            exception = raised.observation.raised
            made = replace(
                made,
                exception=shorten(exception.type_name, MAX_NAME),
                stopped_in=_other_method(function, exception, run),
            )
    return made


def _ask(
    check: Check, function: Unit, run: CheckRun, run_body: RunBody, observe: Observe
) -> tuple[Probe | None, Verdict | None]:
    """Return the verdict of a check, and its probe; no probe if the answers have passed before.

    Raises:
        CheckCrashedError: The check is broken.
    """
    questions = run.questions_of(check)
    used, observe = run.passed.replay(check, questions, observe)
    probe: Probe | None = None
    raised: Verdict | None = None
    if used is None:
        asked: list[Asked] = []
        seed = derive_seed(run.seed, check.id)
        observe = keeping(observe, asked)
        probe = Probe(function, observe, run.expect, seed, units=run.assignment.units)
        raised = _judge(check, probe, run, run_body)
        used = frozenset(probe.used)
        run.asked.setdefault(check.id, []).append([one.request for one in asked])
        if raised is None:
            run.passed.add(check, questions, asked, used)
    run.used.setdefault(function.name, set()).update(used)
    return probe, raised


def _describe_missing(
    function: Unit, absence: Absence | None, raised: Verdict, run: CheckRun
) -> str:
    """Say that a unit is missing; empty if it isn't."""
    missing = describe_absence(function, absence, raised)
    if not missing and function.owner and run.lacks(function.name):
        return f"the submission does not define {function.name}"
    return missing


def _judge(check: Check, probe: Probe, run: CheckRun, run_body: RunBody) -> Verdict | None:
    """Run a check's body, and return its verdict.

    Raises:
        CheckCrashedError: The check is broken: it crashes on the reference's answers too.
    """
    try:
        raised = run_body(check, probe)
    except NotRecordedError:
        return NotJudgedError("the kit has no right answer to what is asked here")
    except CheckCrashedError as error:
        if not _passes_reference(check, run, run_body):
            raise
        # So an answer of the submission is the cause, and costs its function only.
        kind = type(error.__cause__).__name__
        return WrongError(f"the answer is so unusual that it can't be judged ({kind})")
    assert raised is None or isinstance(raised, Verdict)  # noqa: S101 - run_body returns nothing else
    return raised


def _passes_reference(check: Check, run: CheckRun, run_body: RunBody) -> bool:
    ask = answer_at_once(run.ask_reference(check.function))  # the reference answers for both sides
    function = run.assignment.unit(check.function)
    seed = derive_seed(run.seed, check.id)
    try:
        return (
            run_body(
                check,
                Probe(function, lambda one: ask(one)(), ask, seed, units=run.assignment.units),
            )
            is None
        )
    except CheckCrashedError:
        return False


def _describe_own_attempt(
    check: Check,
    function: Unit,
    probe: Probe,
    raised: Verdict,
    absence: Absence | None,
    *,
    files: Sequence[str] = (),
) -> Attempt:
    """Describe an attempt that failed with the student's own helpers."""
    if isinstance(raised, NoAnswerError):
        step = probe.failed_step(raised.observation)
        reason = describe_no_answer(raised, absence=absence, files=files, step=step)
        # Not the check's own hint: it is about wrong answers, and here there is none.
        result = make_result(check, reason.status, message=reason.message, hint=reason.hint)
        exception = raised.observation.raised
        example = probe.raising_example(raised.observation)
        result = msgspec.structs.replace(result, example=example)
        return Attempt(
            result,
            may_be_others_fault=reason.may_be_others_fault,
            helper="" if exception is None else _helper_of(exception, function),
            is_in_unit=exception is not None and exception.function == function.name,
        )
    if isinstance(raised, UnwrittenError):
        return Attempt(make_result(check, Status.MISSING, message=str(raised)))
    if isinstance(raised, NotJudgedError):
        return Attempt(make_result(check, Status.NOT_JUDGED, message=str(raised)))
    if absence is not None and lacks_return(absence, raised):
        message, hint = describe_lack_of_return(absence)
        result = make_result(check, Status.FAILED, message=message, hint=hint)
        return Attempt(result, may_be_others_fault=False)
    result = make_result(
        check, Status.FAILED, message=raised.message, hint=raised.hint or check.hint
    )
    return Attempt(
        result,
        add_example=functools.partial(_add_example, wrong=raised, probe=probe),
        add_torch_calls=functools.partial(_add_torch_calls, wrong=raised, probe=probe),
    )


def _other_method(function: Unit, raised: Raised, run: CheckRun) -> str:
    """Return the other method of a unit's class in which an exception was raised, or nothing."""
    is_other = raised.function != function.name and raised.function in run.assignment.parameters
    if is_other and function.owner and raised.function.startswith(f"{function.owner}."):
        return raised.function
    return ""


def _helper_of(raised: Raised, function: Unit) -> str:
    """Return the helper that raised an exception, or that is missing; empty if there is none."""
    named = _UNDEFINED.match(raised.text) if raised.type_name == "NameError" else None
    name = raised.function if named is None else named[1]
    return name if name in function.collaborators else ""


def _add_example(result: CheckResult, *, wrong: WrongError, probe: Probe) -> CheckResult:
    """Add an example if the input is small; the submission is not asked for it."""
    example = probe.example(wrong)
    message = result.message
    if example is None and wrong.got and wrong.expected:
        message += f": got {wrong.got}, should be {wrong.expected}"
    return msgspec.structs.replace(result, message=message, example=example)


def _add_torch_calls(result: CheckResult, *, wrong: WrongError, probe: Probe) -> CheckResult:
    """Add what torch was seen to do; the submission is asked once more."""
    facts = probe.torch_call_facts(wrong)
    message = result.message + (f"\n(while it ran, {facts})" if facts else "")
    return msgspec.structs.replace(result, message=message)


def make_result(check: Check, status: Status, *, message: str = "", hint: str = "") -> CheckResult:
    """Make the result of a check, which has all of its points or none."""
    return CheckResult(
        id=check.id,
        title=check.title,
        status=status,
        points=check.points if status is Status.PASSED else 0.0,
        max_points=check.points,
        message=message,
        hint=hint,
    )
