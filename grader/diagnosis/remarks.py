"""Remarks: what is the same about all answers of a function, where no known program gives them.

Each kind of remark is proved in a module of its own; here they are tried one after another, and
the first one is taken.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from grader.checks.questions import Question
from grader.diagnosis.again import describe_again, hint_to_depend_on_inputs
from grader.diagnosis.exchanged import describe_exchanged, find_exchanged, hint_to_reorder
from grader.diagnosis.fingerprint import fingerprint, is_same, without_returned
from grader.diagnosis.kept import HINT_TO_BEGIN_ANEW, describe_kept
from grader.diagnosis.lazy import describe_lazy, find_lazy, has_run_nothing, hint_to_run
from grader.diagnosis.limited import (
    HINT_NOT_TO_CUT,
    HINT_NOT_TO_DECIDE,
    HINT_NOT_TO_LIMIT,
    HINT_NOT_TO_ROUND,
    describe_cut,
    describe_limit,
    describe_outcomes,
    describe_rounding,
)
from grader.diagnosis.moved import describe_moved, find_moved, hint_to_stay
from grader.diagnosis.nothing_but_nan import HINT_AGAINST_NAN, describe_nan
from grader.diagnosis.parts import HINT_TO_RETURN_ALONE, describe_part
from grader.diagnosis.penalties import HINT_TO_LEAVE_OUT_PENALTIES, describe_penalty
from grader.diagnosis.ratios import (
    describe_early_end,
    describe_ratio,
    describe_shift,
    hint_for_ratio,
    hint_for_shift,
)
from grader.diagnosis.rescaled import describe_rescaled, find_rescaled, hint_not_to_scale
from grader.diagnosis.reshaped import (
    describe_reduced,
    describe_reshaped,
    hint_to_arrange,
    hint_to_keep,
)
from grader.diagnosis.typed_in import describe_typed_in, find_typed_in, hint_to_compute
from grader.diagnosis.unused import describe_unused, find_unused, hint_to_use
from grader.observations.asking import Observe
from grader.observations.messages import CallRequest, Observation, Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What was asked about a function, and what may be asked.

    Attributes:
        function: The name of the function.
        parameters: Its parameters in the contract's order.
        questions: Everything that its checks ask, with the right answers.
        answers: The submission's answers, one for each question.
        observe: Asks the submission.
        has_time: Returns whether the submission has time left for this.
        is_lent: Whether right helpers are lent to the child that answers. Then the report may have
            none of its numbers and names.
        assigned: The globals that the function assigns, besides its inputs.
    """

    function: str
    parameters: Sequence[str]
    questions: Sequence[Question]
    answers: Sequence[Observation]
    observe: Observe
    has_time: Callable[[], bool]
    is_lent: bool
    assigned: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Remark:
    """What was observed of all answers.

    Attributes:
        text: A sentence without its full stop; empty if there is nothing to say.
        hint: The next thing to try; empty for the check's own.
        is_about_errors: Whether it explains exceptions too.
        is_about_numbers: Whether it explains numbers only, and no shape.
        explains_all: Whether it is proved to be the cause of every wrong answer.
        is_about_calls: Whether answers are wrong only after other calls. Then an example of one
            call may look right.
    """

    text: str = ""
    hint: str = ""
    is_about_errors: bool = False
    is_about_numbers: bool = False
    explains_all: bool = False
    is_about_calls: bool = False


Finder = Callable[[Asked], Remark]


def find_remark(asked: Asked) -> Remark:
    """Return the first remark that is proved; an empty one if none is, or if time is up."""
    finders: tuple[Finder, ...] = _OF_LENT if asked.is_lent else _ALL
    if not asked.parameters:  # the others are about the parameters of a function
        finders = tuple(one for one in finders if one in (_nan, _typed_in))
    for find in finders:
        if not asked.has_time():
            break
        remark = find(asked)
        if remark.text:
            return remark
    return Remark()


def find_ratio(asked: Asked) -> Remark:
    """Return a remark if all answers are off by the same factor or shift, else an empty one."""
    if not asked.has_time():
        return Remark()
    ratio = describe_ratio(asked.questions, asked.answers, is_common=asked.is_lent)
    if ratio:
        return Remark(ratio, hint_for_ratio(ratio), is_about_numbers=True)
    shift = describe_shift(asked.questions, asked.answers)
    return Remark(
        shift, hint_for_shift(shift), explains_all=bool(shift) and _is_right_but_for_returned(asked)
    )


def _kept(asked: Asked) -> Remark:
    text = describe_kept(
        asked.function, asked.questions, asked.answers, asked.observe, has_time=asked.has_time
    )
    return Remark(text, HINT_TO_BEGIN_ANEW, is_about_calls=True)


def _again(asked: Asked) -> Remark:
    text = describe_again(
        asked.function, asked.questions, asked.answers, asked.observe, has_time=asked.has_time
    )
    return Remark(text, hint_to_depend_on_inputs(asked.assigned), is_about_calls=True)


def _early_end(asked: Asked) -> Remark:
    text = describe_early_end(asked.questions, asked.answers)
    return Remark(text, "Run all the epochs: is there a break or a return inside of the loop?")


def _nan(asked: Asked) -> Remark:
    return Remark(describe_nan(asked.answers), HINT_AGAINST_NAN, explains_all=True)


def _lazy(asked: Asked) -> Remark:
    type_name = find_lazy(asked.answers)
    text = describe_lazy(asked.function, type_name)
    is_cause = has_run_nothing(asked.questions, asked.answers) or _moves_rightly(asked)
    return Remark(text, hint_to_run(type_name), explains_all=is_cause)


def _moved(asked: Asked) -> Remark:
    found = find_moved(asked.questions, asked.answers)
    return Remark(describe_moved(found, with_numbers=not asked.is_lent), hint_to_stay(found))


def _part(asked: Asked) -> Remark:
    text = describe_part(asked.function, asked.questions, asked.answers)
    return Remark(text, HINT_TO_RETURN_ALONE, explains_all=_is_right_but_for_returned(asked))


def _reduced(asked: Asked) -> Remark:
    if not _moves_rightly(asked):
        return Remark()
    text = describe_reduced(asked.function, asked.questions, asked.answers)
    return Remark(text, hint_to_keep(text), explains_all=_is_right_but_for_returned(asked))


def _reshaped(asked: Asked) -> Remark:
    if not _moves_rightly(asked):
        return Remark()
    text = describe_reshaped(asked.function, asked.questions, asked.answers)
    hint = hint_to_arrange(text, asked.questions, asked.answers)
    return Remark(text, hint, explains_all=_is_right_but_for_returned(asked))


def _rounding(asked: Asked) -> Remark:
    text = describe_rounding(asked.function, asked.questions, asked.answers)
    return Remark(text, HINT_NOT_TO_ROUND, explains_all=_is_right_but_for_returned(asked))


def _cut(asked: Asked) -> Remark:
    text = describe_cut(asked.function, asked.questions, asked.answers)
    return Remark(text, HINT_NOT_TO_CUT, explains_all=_is_right_but_for_returned(asked))


def _outcomes(asked: Asked) -> Remark:
    text = describe_outcomes(asked.function, asked.questions, asked.answers)
    return Remark(text, HINT_NOT_TO_DECIDE, explains_all=_is_right_but_for_returned(asked))


def _limit(asked: Asked) -> Remark:
    text = describe_limit(asked.function, asked.questions, asked.answers)
    return Remark(text, HINT_NOT_TO_LIMIT, explains_all=_is_right_but_for_returned(asked))


def _penalty(asked: Asked) -> Remark:
    text = describe_penalty(asked.questions, asked.answers, with_size=not asked.is_lent)
    return Remark(text, HINT_TO_LEAVE_OUT_PENALTIES)


def _unused(asked: Asked) -> Remark:
    names = find_unused(
        asked.function, asked.questions, asked.answers, asked.observe, has_time=asked.has_time
    )
    return Remark(describe_unused(asked.function, names), hint_to_use(names))


def _exchanged(asked: Asked) -> Remark:
    names = find_exchanged(asked.questions, asked.answers, asked.observe, has_time=asked.has_time)
    hint = hint_to_reorder(asked.function, asked.parameters, names)
    text = describe_exchanged(asked.function, names)
    return Remark(text, hint, is_about_errors=True, explains_all=True)


def _rescaled(asked: Asked) -> Remark:
    found = find_rescaled(asked.questions, asked.answers, asked.observe, has_time=asked.has_time)
    return Remark(describe_rescaled(asked.function, found), hint_not_to_scale(found))


def _typed_in(asked: Asked) -> Remark:
    names = find_typed_in(asked.questions, asked.answers, asked.observe, has_time=asked.has_time)
    return Remark(describe_typed_in(asked.function, names), hint_to_compute(names))


def _is_right_but_for_returned(asked: Asked) -> bool:
    """Return whether all leaves are right after every call, so that only what is returned is not.

    Checks with facts are left out of what is compared there, so they are explained by nothing.
    """
    return all(
        question.check.facts is None
        and isinstance(question.request, CallRequest)  # a script returns all that it is about
        and is_same(
            without_returned(fingerprint(question, answer)),
            without_returned(fingerprint(question, question.expected)),
        )
        for question, answer in zip(asked.questions, asked.answers, strict=True)
    )


def _moves_rightly(asked: Asked) -> bool:
    """Return whether all leaves are right after every call that returned."""
    return all(
        answer.outcome is not Outcome.RETURNED
        or is_same(
            without_returned(fingerprint(question, answer)),
            without_returned(fingerprint(question, question.expected)),
        )
        for question, answer in zip(asked.questions, asked.answers, strict=True)
        if question.check.facts is None
    )


_OF_LENT = (_nan, _lazy, _moved, _kept, _early_end, _penalty, _unused, _exchanged, _rescaled)
_ALL = (
    _nan,
    _lazy,
    _typed_in,
    _moved,
    _kept,
    _again,
    _early_end,
    _part,
    _reduced,
    _reshaped,
    _rounding,
    _cut,
    _outcomes,
    _limit,
    _penalty,
    _unused,
    _exchanged,
    _rescaled,
)
