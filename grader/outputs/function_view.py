"""What every report shows of a function: its points, and each failure with its reason.

Terminal, notebook, pages and exports only lay it out.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from grader.outputs.wording import MARKS, Mark, describe_points, format_points
from grader.report.budget import MAX_CODE, MAX_TEXT, cut_text
from grader.report.model import CheckResult, Example, FunctionResult, Status

_MAX_LINES = 30
_CUT = " ..."


@dataclass(frozen=True, slots=True, kw_only=True)
class FailureView:
    """A check that did not pass.

    Attributes:
        title: What the check promises.
        points: ``0 of 3 points``.
        fraction: The same, short: ``0/3``.
        is_repeat: Whether an earlier failure of the function has the same message and the same
            result. The attributes below are empty then: the reason is shown once.
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
    message: str = ""
    example: Example | None = None
    example_rows: tuple[tuple[str, str], ...] = ()
    hint: str = ""
    read_on: str = ""
    misconception: str = ""

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
    """A function: its mark, its points as text, and its failures in the order of its checks."""

    name: str
    status: Status
    mark: Mark
    score: str
    max_score: str
    failures: tuple[FailureView, ...]

    def texts(self) -> Iterator[str]:
        """Yield every text that is shown."""
        yield self.name
        for failure in self.failures:
            yield from failure.texts()

    def shortened(self, limit: int) -> "FunctionView":
        """Return the view with texts of at most ``limit`` characters, with examples if they fit."""
        return replace(self, failures=tuple(one.shortened(limit) for one in self.failures))


def view_function(function: FunctionResult) -> FunctionView:
    """Work out what to show of a function.

    Args:
        function: The function as its student may see it. If it is not written yet, no failures are
            shown, since its student knows.
    """
    return FunctionView(
        name=function.name,
        status=function.status,
        mark=MARKS[function.status],
        score=format_points(function.score),
        max_score=format_points(function.max_score),
        failures=tuple(_view_failures(function)),
    )


def _view_failures(function: FunctionResult) -> Iterator[FailureView]:
    failed = [check for check in function.checks if check.status is not Status.PASSED]
    if function.status is Status.PASSED or all(check.status is Status.MISSING for check in failed):
        return
    shown: set[tuple[str, str]] = set()
    named: set[str] = set()
    for check in failed:
        reason = (check.message, check.example.got if check.example else "")
        misconception = check.misconception or ""
        yield _view_failure(check, is_repeat=reason in shown, is_named=misconception in named)
        shown.add(reason)
        if misconception:
            named.add(misconception)


def _view_failure(check: CheckResult, *, is_repeat: bool, is_named: bool) -> FailureView:
    points = describe_points(check.points, check.max_points)
    fraction = f"{format_points(check.points)}/{format_points(check.max_points)}"
    if is_repeat:
        return FailureView(
            title=_cut(check.title, MAX_TEXT), points=points, fraction=fraction, is_repeat=True
        )
    example = check.example
    if example is not None:
        is_short = len(example.code) <= MAX_CODE
        example = _cut_values(example, MAX_TEXT) if is_short else None
    return FailureView(
        title=_cut(check.title, MAX_TEXT),
        points=points,
        fraction=fraction,
        message=_cut(check.message, MAX_TEXT),
        example=example,
        example_rows=_view_example(example) if example else (),
        hint="" if is_named else _cut(check.hint, MAX_TEXT),
        read_on=_cut(f"Read more in: {check.section}", MAX_TEXT)
        if check.section and not is_named
        else "",
        misconception="" if is_named else _cut(check.misconception or "", MAX_TEXT),
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
    rows = (("try", example.code), ("got", example.got))
    return (*rows, ("should be", example.expected)) if example.expected else rows
