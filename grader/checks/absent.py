"""Says what a submission has in place of a function that is missing or has no code.

What is claimed of it comes from a child with the student's own helpers, so it may be shown also
where only the attempt with lent helpers says how the function ended.
"""

import unicodedata

from grader.checks.units import Unit, UnitKind
from grader.checks.verdict import NoAnswerError, UnwrittenError, Verdict, WrongError
from grader.observations.messages import Absence, AbsenceKind, Outcome, Place
from grader.report.shorten import MAX_NAME, shorten
from grader.report.words import name_line

_WITHOUT_CODE = (AbsenceKind.UNWRITTEN, AbsenceKind.REWRITTEN)
_OF_ANSWERS = (*_WITHOUT_CODE, AbsenceKind.RAISES_STILL, AbsenceKind.NO_RETURN)

# What a student would call a value, by the name of its type.
_VALUES = {
    "Tensor": "a tensor",
    "Parameter": "a tensor",
    "NoneType": "None",
    "module": "a module",
    "function": "a function",
    "int": "a number",
    "float": "a number",
    "bool": "True or False",
    "str": "a text",
    "list": "a list",
    "tuple": "a tuple",
    "dict": "a dict",
}
# What was found, and what to do. The kinds that are about answers are not among them.
_SENTENCES = {
    AbsenceKind.OTHER_NAME: (
        "{name} is not defined, but {subject} is {at}. If that is your {name}, call it {short}."
    ),
    AbsenceKind.SAME_PARAMETERS: (
        "{name} is not defined, but {subject} {at} takes the same parameters."
        " If that is your {name}, call it {name}."
    ),
    AbsenceKind.IN_CLASS: (
        "{name} is defined inside of the class {subject} {at}."
        " Move it out of the class, to the left margin, without self."
    ),
    AbsenceKind.OUTSIDE_CLASS: (
        "{name} is not defined: the function {at} is outside of the class {subject}."
        " Indent it, so that it belongs to the class."
    ),
    AbsenceKind.IN_FUNCTION: (
        "{name} is defined inside of {subject}() {at}, and exists only there."
        " Move it out, to the left margin."
    ),
    AbsenceKind.IN_MAIN_GUARD: (
        '{name} is defined under if __name__ == "__main__" {at}, which does not run in grading.'
        " Move it above that, to the left margin."
    ),
    AbsenceKind.IN_BRANCH: (
        "{name} is defined {at}, inside of the {subject} on {other_line}, where it did not run."
        " Move it out, to the left margin."
    ),
    AbsenceKind.IN_TEXT_CELL: (
        "{name} is in {cell}, which is not code. Change the type of that cell to Code."
    ),
    AbsenceKind.IN_COMMENT: "{name} is commented out {at}. Remove the # before each of its lines.",
    AbsenceKind.IN_COMMENTED_MAGIC: (
        "{name} is commented out {at}: that is how Colab exports a cell with %%{subject}."
        " Hand in the notebook (.ipynb), or remove the # before each line."
    ),
    AbsenceKind.IN_STRING: "{name} is inside of quotes {at}, as a text. Remove the quotes.",
    AbsenceKind.IN_MAGIC_CELL: (
        "{name} is in {cell}, which was not run because of its %%{subject}. Remove that line."
    ),
    AbsenceKind.IN_BROKEN_CELL: (
        "{name} is in {cell}, of which nothing ran: {other_line} of it is not valid Python."
        " Mend that line."
    ),
    AbsenceKind.STATEMENT_RAISED: (
        "{line} should define {name}, but raised {error}. Mend that first."
    ),
    AbsenceKind.STATEMENT_STOPPED: (
        "{line} should define {name}, but was left out; the notes say why."
    ),
    AbsenceKind.AFTER_EXIT: (
        "the file ended {at_other} ({error}), before {name} {at}. Remove what ends it there."
    ),
    AbsenceKind.AFTER_RAISE: (
        "{cell} ended on {other_line} ({error}), before {name} on {plain_line}."
        " Remove what ends it there."
    ),
    AbsenceKind.DELETED: "{name} is deleted {at} (del). Remove that line.",
    AbsenceKind.STAR_IMPORT: (
        "{name} is not defined here: the star import {at} brings one from a library, which does"
        " not count. Write {definition}."
    ),
    AbsenceKind.NOT_CALLABLE: ("{name} is {value} here, not {kind}{set_by}. Write {definition}."),
    AbsenceKind.OVERWRITTEN: (
        "{name} is {value} here, not {kind}: {by} what is defined {at_other}."
        " Give the result another name."
    ),
    AbsenceKind.DECORATED: (
        "{name} is {value} here, not {kind}: that is what its decorator returns ({line})."
        " A decorator has to return {kind}."
    ),
}


def describe_absence(
    function: Unit,
    absence: Absence | None,
    verdict: Verdict,
) -> str:
    """Say why a function that a check could not judge is missing.

    Args:
        function: The function of the contract.
        absence: What there is in its place, as far as that is known.
        verdict: The verdict of the check.

    Returns:
        What was found and what to do, or that the function is not written yet. It is empty if this
        isn't why the check failed.
    """
    if absence is None or isinstance(verdict, UnwrittenError):
        return ""
    outcome = verdict.observation.outcome if isinstance(verdict, NoAnswerError) else None
    if absence.kind in _WITHOUT_CODE:
        is_judged = outcome in (None, Outcome.RAISED)
        return _describe_unwritten(absence) if is_judged else ""
    # An operator that is missing is an exception of Python's.
    is_missing = outcome is Outcome.MISSING or bool(function.owner)
    if absence.kind in _OF_ANSWERS or not is_missing:
        return ""
    return _describe_missing(function, absence)


def lacks_return(absence: Absence | None, verdict: WrongError) -> bool:
    """Return whether a function returned None because it has no ``return`` with a value."""
    is_none = verdict.got == "None" and "return" in verdict.message
    return is_none and absence is not None and absence.kind is AbsenceKind.NO_RETURN


def describe_lack_of_return(absence: Absence) -> tuple[str, str]:
    """Return a message and a hint about a function without a ``return``."""
    hint = "End it with return and the result"
    if absence.subject == "print":
        hint += ": print() only shows it"
    return f"{absence.function}() returns None: is the return missing?", f"{hint}."


def _describe_unwritten(absence: Absence) -> str:
    name = absence.function
    if absence.kind is AbsenceKind.UNWRITTEN:
        return f"{name}() is not written yet"
    empty, code = _at(absence.place), _at(absence.other)
    return (
        f"{name}() has code {code}, but is defined again without any {empty}, and the last"
        " definition counts. Delete that one."
    )


def _describe_missing(function: Unit, absence: Absence) -> str:
    name, place, other = function.name, absence.place, absence.other
    subject = _identifier(absence.subject)
    kind = absence.kind
    letter = _odd_letter(subject)
    if kind is AbsenceKind.OTHER_NAME and letter:
        return (
            f"{name} is not defined, but {subject} is {_at(place)}. It looks alike, but has the"
            f" letter {letter}. Type the name anew."
        )
    if kind is AbsenceKind.OVERWRITTEN and place == other:
        by = "a call overwrites"
    else:
        by = f"{_name(place)} overwrites"
    return _SENTENCES[kind].format(
        name=name,
        short=name.rpartition(".")[2],
        kind="a class" if function.kind is UnitKind.CLASS else "a function",
        definition=f"class {name}"
        if function.kind is UnitKind.CLASS
        else f"def {name}({', '.join(function.parameters)})",
        subject=subject or "something",
        error=subject or "an exception",
        value=_VALUES.get(absence.subject) or f"an object of the type {subject or 'unknown'}",
        line=_name(place),
        at=_at(place),
        cell=shorten(place.block, MAX_NAME) or "the file",
        plain_line=_name(Place(line=place.line)),
        other_line=_name(Place(line=other.line)),
        at_other=_at(other),
        by=by,
        set_by=f": {_name(place)} sets it" if place.line > 0 else "",
    )


def _name(place: Place) -> str:
    """Return ``line 3 of cell 5``."""
    return name_line(place.line, place.block)


def _at(place: Place) -> str:
    """Return ``on line 3 of cell 5``."""
    return f"on {_name(place)}"


def _identifier(text: str) -> str:
    """Return a claimed name if it can be one."""
    return text if text.isidentifier() and len(text) <= MAX_NAME else ""


def _odd_letter(name: str) -> str:
    """Return the first letter of a name that is not ASCII, with what it is called."""
    odd = next((letter for letter in name if not letter.isascii()), "")
    return f"{odd} ({unicodedata.name(odd, 'not ASCII')})" if odd else ""
