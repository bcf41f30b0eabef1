"""What every report shows of a function: its points, and each failure with its reason.

Terminal, notebook, pages and exports only lay it out.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from grader.outputs.wording import MARKS, Mark, describe_points, format_points
from grader.report.budget import MAX_CODE, MAX_TEXT, cut_text
from grader.report.model import CheckResult, Example, FunctionResult, NoteKind, Status
from grader.report.repeats import has_large_example, reasons_of

_MAX_LINES = 30
_CUT = " ..."
_SENTENCE_END = re.compile(r"(?<=[.?!])\s+(?=[A-Z(])")
# What a check says of a function of which there is nothing at all.
_UNWRITTEN = re.compile(r"(the submission does not define \w+|.*\bis not written yet)\.?")


@dataclass(frozen=True, slots=True, kw_only=True)
class FailureView:
    """A check that did not pass.

    Attributes:
        title: What the check promises.
        points: ``0 of 3 points``.
        fraction: The same, short: ``0/3``.
        is_repeat: Whether an earlier failure of the function has the same cause: the same
            misconception, or the same message and result. The attributes below are empty then: the
            reason is shown once.
        is_unjudged: Whether the check never got as far as what it is about.
        message: What the check found.
        example: The smallest failing input.
        example_rows: The example as pairs of a label and a text; no row for an answer that is
            not known.
        hint: What to try next; shown once for each misconception.
        read_on: Where to read on, as a sentence; shown once for each misconception.
        misconception: The id of a misconception that no earlier failure named.
    """

    title: str
    points: str
    fraction: str
    is_repeat: bool = False
    is_unjudged: bool = False
    message: str = ""
    example: Example | None = None
    example_rows: tuple[tuple[str, str], ...] = ()
    hint: str = ""
    read_on: str = ""
    misconception: str = ""

    @property
    def remark(self) -> str:
        """What is said beside the title: why nothing else is said of the check."""
        if self.is_unjudged:
            return MARKS[Status.NOT_JUDGED].word
        return "fails for the same reason" if self.is_repeat else ""

    def texts(self) -> Iterator[str]:
        """Yield every text that is shown."""
        yield from (self.title, self.message, self.hint, self.read_on, self.misconception)
        yield from (text for _, text in self.example_rows)

    def shortened(self, limit: int) -> "FailureView":
        """Return the view with texts of at most ``limit`` characters, with its example if it fits.

        An example is shown as a whole or not at all, since a part of it can't be pasted.
        """
        example = self.example
        if example is not None and len(example.code) > limit:
            example = None
        return replace(
            self,
            title=_cut(self.title, limit),
            message=_cut(self.message, limit),
            hint=_cut(self.hint, limit),
            read_on=_cut(self.read_on, limit),
            misconception=_cut(self.misconception, limit),
            example=_cut_values(example, limit) if example else None,
            example_rows=_view_example(_cut_values(example, limit)) if example else (),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionView:
    """A function: its mark, its points as text, and its failures, small examples first.

    ``remark`` is what there is to say of the function as a whole; it has no failures then.
    """

    name: str
    status: Status
    mark: Mark
    score: str
    max_score: str
    failures: tuple[FailureView, ...]
    remark: str = ""

    def texts(self) -> Iterator[str]:
        """Yield every text that is shown."""
        yield from (self.name, self.remark)
        for failure in self.failures:
            yield from failure.texts()

    def shortened(self, limit: int) -> "FunctionView":
        """Return the view with texts of at most ``limit`` characters, with examples if they fit."""
        return replace(self, failures=tuple(one.shortened(limit) for one in self.failures))


@dataclass(frozen=True, slots=True)
class Lack:
    """What a function can't do without.

    Attributes:
        kind: Whether a package is missing, or an import statement, or else a name.
        subject: The package, the statement or the name.
    """

    kind: NoteKind
    subject: str

    @property
    def remark(self) -> str:
        """What is said of a function if the report says more about it at the top."""
        match self.kind:
            case NoteKind.NOT_INSTALLED:
                return f"needs {self.subject}, which is not installed here"
            case NoteKind.NOT_IMPORTED:
                return f"needs `{self.subject}`: see the top"
            case _:
                return f"{self.subject} is not defined: see the top"


@dataclass(slots=True)
class Said:
    """What a report has said already, so that it says everything once.

    Attributes:
        lacks: What is missing, and is said at the top.
        hints: The function of which a hint was said, by the hint.
        sections: Where to read on.
    """

    lacks: set[Lack] = field(default_factory=set)
    hints: dict[str, str] = field(default_factory=dict)
    sections: set[str] = field(default_factory=set)


def view_function(function: FunctionResult, said: Said | None = None) -> FunctionView:
    """Work out what to show of a function.

    Args:
        function: The function as its student may see it. If it is not written yet, no failures are
            shown, since its student knows.
        said: What the same report has said of other functions; nothing if this one is shown alone.
    """
    said = said or Said()
    failed = [check for check in function.checks if check.status is not Status.PASSED]
    if function.status is Status.PASSED:
        failed = []
    failed.sort(key=has_large_example)  # otherwise in order
    mark = MARKS[_shown_status(function.status, failed)]
    remark = _remark(failed, said)
    if remark and function.status is Status.MISSING:
        mark = replace(mark, word="not found")
    is_missing = all(check.status is Status.MISSING for check in failed)
    return FunctionView(
        name=function.name,
        status=function.status,
        mark=mark,
        score=format_points(function.score),
        max_score=format_points(function.max_score),
        failures=() if remark or is_missing else tuple(_view_failures(failed, said)),
        remark=remark,
    )


# How the messages begin that `grader.checks.no_answer` makes of exceptions.
_LACKS = {
    NoteKind.NOT_INSTALLED: re.compile(r"\w+\(\) needs (\S{1,200}), which is not installed here"),
    NoteKind.NOT_IMPORTED: re.compile(r"\w+\(\) needs `([^`\n]{1,200})`, which is nowhere in"),
    NoteKind.RAISED: re.compile(r"\w+\(\) raised NameError: name '(\w{1,60})' is not defined"),
}


def find_lack(failed: Iterable[CheckResult]) -> Lack | None:
    """Return what all checks that were judged stopped at, if that is one thing.

    Args:
        failed: The checks of a function that did not pass.
    """
    found = {
        _lack_of(check.message) if check.status is Status.ERROR else None
        for check in failed
        if check.status is not Status.NOT_JUDGED
    }
    return found.pop() if len(found) == 1 else None


def _lack_of(message: str) -> Lack | None:
    for kind, pattern in _LACKS.items():
        if found := pattern.match(message):
            return Lack(kind, found[1])
    return None


def _shown_status(status: Status, failed: Sequence[CheckResult]) -> Status:
    """Return the status of the reason that is shown first, if all points are lost.

    A function can raise in one check and be wrong in another.
    """
    if status not in (Status.FAILED, Status.ERROR, Status.LIMIT):
        return status
    shown = (check.status for check in failed if check.status is not Status.NOT_JUDGED)
    return next(shown, status)


def _remark(failed: Sequence[CheckResult], said: Said) -> str:
    """Return what is said instead of the failures, if there is one cause for all of them."""
    reasons = {check.message for check in failed if check.status is not Status.NOT_JUDGED}
    if failed and all(check.status is Status.MISSING for check in failed):
        found = sorted(one for one in reasons if not _UNWRITTEN.fullmatch(one))
        return _cut(found[0], MAX_TEXT) if found else ""
    lack = find_lack(failed)
    return lack.remark if lack is not None and lack in said.lacks else ""


def _view_failures(failed: Sequence[CheckResult], said: Said) -> Iterator[FailureView]:
    shown: set[tuple[str, ...]] = set()
    sentences: set[str] = set()
    is_explained = any(check.status is not Status.NOT_JUDGED for check in failed)
    for check in failed:
        reasons = set(reasons_of(check))
        view = _view_failure(check)
        if reasons & shown or (view.is_unjudged and is_explained):
            view = _only_title(view)
        else:
            view = _without_said(view, sentences, said, check.function)
        shown |= reasons
        yield view


def _only_title(view: FailureView) -> FailureView:
    return FailureView(
        title=view.title,
        points=view.points,
        fraction=view.fraction,
        is_repeat=True,
        is_unjudged=view.is_unjudged,
    )


def _without_said(view: FailureView, sentences: set[str], said: Said, name: str) -> FailureView:
    """Leave out of a failure what was said before, and remember what it says.

    Args:
        view: The failure.
        sentences: What other failures of the function have said.
        said: What other functions have said.
        name: The name of the function.
    """
    sentences.update(map(_fold, _SENTENCE_END.split(view.message)))
    hint = " ".join(
        sentence for sentence in _SENTENCE_END.split(view.hint) if _fold(sentence) not in sentences
    )
    sentences.update(map(_fold, _SENTENCE_END.split(view.hint)))
    first = said.hints.setdefault(hint, name)
    if hint and first != name:
        hint = f"The hint for {first} applies here too."
    read_on = "" if view.read_on in said.sections else view.read_on
    said.sections.add(view.read_on)
    return replace(view, hint=hint, read_on=read_on)


def _fold(sentence: str) -> str:
    """Return a sentence as sentences are compared: without case and full stop."""
    return sentence.strip().rstrip(".").casefold()


def _view_failure(check: CheckResult) -> FailureView:
    example = check.example
    if example is not None:
        is_short = len(example.code) <= MAX_CODE
        example = _cut_values(example, MAX_TEXT) if is_short else None
    return FailureView(
        title=_cut(check.title, MAX_TEXT),
        points=describe_points(check.points, check.max_points),
        fraction=f"{format_points(check.points)}/{format_points(check.max_points)}",
        is_unjudged=check.status is Status.NOT_JUDGED,
        message=_cut(check.message, MAX_TEXT),
        example=example,
        example_rows=_view_example(example) if example else (),
        hint=_cut(check.hint, MAX_TEXT),
        read_on=_cut(f"Read more in: {check.section}", MAX_TEXT) if check.section else "",
        misconception=_cut(check.misconception or "", MAX_TEXT),
    )


def _cut(text: str, limit: int) -> str:
    """Cut a text that was escaped, and so may be longer and have more lines than before.

    In ASCII, because the terminal may have nothing else.
    """
    lines = text.split("\n", _MAX_LINES)
    if len(lines) > _MAX_LINES:
        text = "\n".join(lines[:_MAX_LINES]) + _CUT
    return cut_text(text, limit, ellipsis=_CUT)


def _cut_values(example: Example, limit: int) -> Example:
    got, expected = _cut(example.got, limit), _cut(example.expected, limit)
    if (got, expected) == (example.got, example.expected):
        return example
    return Example(code=example.code, got=got, expected=expected)


def _view_example(example: Example) -> tuple[tuple[str, str], ...]:
    """Return the rows of an example; what it returns says nothing without what it should."""
    if not example.expected:
        return (("try", example.code),)
    return (("try", example.code), ("got", example.got), ("should be", example.expected))
