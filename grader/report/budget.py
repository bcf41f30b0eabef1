"""The limits of a report: whatever a submission prints or is called, its JSON stays short.

Each text has a maximal length, and each part of the report a share of the whole. What is cut says
so: a text ends in an ellipsis, the notes say how many others there were, and printed output has a
mark of its own. Code to paste is never cut: an example is complete, or it is left out.
"""

import itertools
import json
import math
from collections.abc import Collection, Iterable, Sequence
from typing import TypeVar

import msgspec

from grader.report.json_escape import escape_invisible
from grader.report.model import (
    AssignmentInfo,
    CheckResult,
    Diagnosis,
    Example,
    FunctionResult,
    IsolationInfo,
    LoadingNote,
    ManualItem,
    ManualMark,
    Picture,
    Report,
    Series,
    SubmissionInfo,
)
from grader.report.shorten import end_of_word

_Texts = TypeVar("_Texts", AssignmentInfo, SubmissionInfo, Diagnosis)

MAX_REPORT_BYTES = 1024 * 1024  # of the JSON as it is written
MAX_TEXT = 1000  # characters of a message, a hint, a value, a note
MAX_CODE = 4000  # characters of an example to paste
MAX_ERROR = 4000
MAX_ANSWER = 20_000  # characters of an answer that a person marks
MAX_COMMENT = 4000  # characters of a marker's comment
MAX_NOTES = 51  # with the one that says how many there are besides

ELLIPSIS = "…"

# Shorter limits for the texts of all checks, if their JSON is longer than its share. With the last
# one, only the message of each check is left.
_TEXT_LIMITS = (MAX_TEXT, 300, 80, 40)
_MAX_FUNCTIONS_BYTES = 384 * 1024
_MAX_NOTES_BYTES = 64 * 1024
_MAX_MANUAL_BYTES = 256 * 1024
_ANSWER_LIMITS = (MAX_ANSWER, 4000, 800, 100)
_MAX_NAME = 300
_MAX_LABEL = 80
_MAX_PICTURES = 30
_MAX_NUMBERS = 8000  # of all pictures
_MAX_ENTRIES = 500  # of a table, such as the versions

# Indented, a report is at most this many times as long as without white space.
_INDENTED = 8
# For the key of a batch and the times, which a report may get later.
_SPARE_BYTES = 32 * 1024
_ESCAPE = 6  # the longest escape of JSON: a backslash, u and four digits


def fit_report(report: Report) -> Report:
    """Return a report whose JSON has at most `MAX_REPORT_BYTES`.

    The limits are far above what a usual report has, which stays as it is. Names of functions and
    checks are never cut, since they are the assignment's own. All texts can be written as UTF-8.
    """
    pictures, left_out = _fit_pictures(report.functions)
    notes = report.notes
    if left_out:
        plural = "s were" if left_out != 1 else " was"
        notes = (*notes, f"{left_out} picture{plural} left out, to keep the report short")
    notes = _fit_notes(notes)
    fitted = msgspec.structs.replace(
        report,
        assignment=_fit_texts(report.assignment),
        submission=_fit_texts(report.submission),
        functions=_fit_functions(report.functions, pictures),
        manual=_fit_manual(report.manual),
        notes=notes,
        loading=_fit_loading(report.loading, frozenset(notes)),
        error=cut_text(report.error, MAX_ERROR),
        output=_encodable(report.output),
        isolation=_fit_isolation(report.isolation),
        environment=_fit_table(report.environment),
        timing={_encodable(name): seconds for name, seconds in report.timing.items()},
        key=cut_text(report.key, _MAX_NAME),
    )
    return _fit_output(fitted)


def cut_text(text: str, limit: int = MAX_TEXT, *, ellipsis: str = ELLIPSIS) -> str:
    """Cut a text to a number of characters, at the end of a word and with an ellipsis.

    Args:
        text: The text; a lone surrogate in it becomes a visible escape.
        limit: The maximal number of characters, with the ellipsis.
        ellipsis: What shows that something was cut.
    """
    text = _encodable(text if len(text) <= limit else text[: limit + 1])
    if len(text) <= limit:
        return text
    return f"{text[: end_of_word(text, limit - len(ellipsis))]}{ellipsis}"


def cut_example(example: Example | None, limit: int = MAX_TEXT) -> Example | None:
    """Cut the answers of an example; None if its code is too long, as a part can't be pasted."""
    if example is None or len(example.code) > max(limit, MAX_CODE):
        return None
    code = _encodable(example.code)
    got, expected = cut_text(example.got, limit), cut_text(example.expected, limit)
    if (code, got, expected) == (example.code, example.got, example.expected):
        return example
    return Example(code=code, got=got, expected=expected)


def _encodable(text: str) -> str:
    if text.isascii():
        return text
    return text.encode("utf-8", "backslashreplace").decode()


def _fit_texts(model: _Texts, limit: int = _MAX_NAME) -> _Texts:
    """Cut every field of a model that has only texts."""
    texts = {name: getattr(model, name) for name in model.__struct_fields__}
    return msgspec.structs.replace(model, **{n: cut_text(one, limit) for n, one in texts.items()})


def _size(value: object) -> int:
    return len(_write(value))


def _write(value: object) -> bytes:
    return escape_invisible(msgspec.json.encode(value).decode()).encode()


def _fit_functions(
    functions: Sequence[FunctionResult], pictures: Sequence[tuple[Picture, ...]]
) -> tuple[FunctionResult, ...]:
    fitted: tuple[FunctionResult, ...] = ()
    for limit in _TEXT_LIMITS:
        fitted = tuple(
            msgspec.structs.replace(
                one,
                name=_encodable(one.name),
                checks=tuple(_fit_check(check, limit) for check in one.checks),
                pictures=(),
            )
            for one in functions
        )
        if _size(fitted) <= _MAX_FUNCTIONS_BYTES:
            break
    return tuple(
        msgspec.structs.replace(one, pictures=drawn)
        for one, drawn in zip(fitted, pictures, strict=True)
    )


def _fit_check(check: CheckResult, limit: int) -> CheckResult:
    if limit == _TEXT_LIMITS[-1]:
        check = msgspec.structs.replace(
            check, hint="", section="", misconception=None, diagnosis=None, example=None
        )
    example = cut_example(check.example, limit)
    if example is not None and limit < MAX_TEXT < len(example.code):
        example = None
    diagnosis = check.diagnosis
    if diagnosis is not None:
        diagnosis = _fit_texts(diagnosis, limit)
    named = check.misconception
    return msgspec.structs.replace(
        check,
        id=_encodable(check.id),
        title=cut_text(check.title, limit),
        message=cut_text(check.message, limit),
        hint=cut_text(check.hint, limit),
        section=cut_text(check.section, limit),
        misconception=None if named is None else cut_text(named, limit),
        example=example,
        diagnosis=diagnosis,
    )


def _fit_manual(items: Sequence[ManualItem]) -> tuple[ManualItem, ...]:
    """Cut the answers that a person marks; their points and digests are never cut."""
    fitted: tuple[ManualItem, ...] = ()
    for limit in _ANSWER_LIMITS:
        fitted = tuple(_fit_item(one, limit) for one in items)
        if _size(fitted) <= _MAX_MANUAL_BYTES:
            break
    return fitted


def _fit_item(item: ManualItem, limit: int) -> ManualItem:
    short = min(limit, MAX_TEXT)
    answer = cut_text(item.answer, limit)
    rubric = tuple(
        msgspec.structs.replace(
            one, title=cut_text(one.title, short), description=cut_text(one.description, short)
        )
        for one in item.rubric
    )
    return msgspec.structs.replace(
        item,
        title=cut_text(item.title, short),
        answer=answer,
        is_cut=item.is_cut or len(item.answer) > limit,
        problem=cut_text(item.problem, short),
        rubric=rubric,
        mark=_fit_mark(item.mark, limit),
        outdated=_fit_mark(item.outdated, limit),
    )


def _fit_mark(mark: ManualMark | None, limit: int) -> ManualMark | None:
    if mark is None:
        return None
    return msgspec.structs.replace(
        mark,
        level=cut_text(mark.level, MAX_TEXT),
        comment=cut_text(mark.comment, min(limit, MAX_COMMENT)),
        by=cut_text(mark.by, _MAX_NAME),
        at=cut_text(mark.at, _MAX_LABEL),
    )


def _fit_pictures(
    functions: Iterable[FunctionResult],
) -> tuple[list[tuple[Picture, ...]], int]:
    """Return the pictures of each function that are kept, and how many are left out."""
    room, numbers, left_out = _MAX_PICTURES, _MAX_NUMBERS, 0
    kept: list[tuple[Picture, ...]] = []
    for function in functions:
        fitted = []
        for picture in function.pictures:
            count = sum(len(one.x) + len(one.y) for one in picture.series)
            # Every series has a place in the legend, also one without points.
            cost = count + 10 * len(picture.series)
            if room <= 0 or cost > numbers or not _is_finite(picture):
                left_out += 1
                continue
            room, numbers = room - 1, numbers - cost
            fitted.append(_cut_labels(picture))
        kept.append(tuple(fitted))
    return kept, left_out


def _is_finite(picture: Picture) -> bool:
    """Return whether a picture can be drawn, and written as JSON."""
    return all(
        all(map(math.isfinite, one.x)) and all(map(math.isfinite, one.y)) for one in picture.series
    )


def _cut_labels(picture: Picture) -> Picture:
    return msgspec.structs.replace(
        picture,
        title=cut_text(picture.title, _MAX_NAME),
        x_label=cut_text(picture.x_label, _MAX_LABEL),
        y_label=cut_text(picture.y_label, _MAX_LABEL),
        series=tuple(map(_cut_series, picture.series)),
    )


def _cut_series(series: Series) -> Series:
    return msgspec.structs.replace(
        series, label=cut_text(series.label, _MAX_LABEL), role=cut_text(series.role, _MAX_LABEL)
    )


def _fit_notes(notes: Sequence[str]) -> tuple[str, ...]:
    """Keep the first notes, and say how many others there were."""
    kept = [cut_text(note) for note in notes[:MAX_NOTES]]
    if len(kept) == len(notes) and sum(map(_size, kept)) <= _MAX_NOTES_BYTES:
        return tuple(kept)
    room = _MAX_NOTES_BYTES - _MAX_NAME  # the rest is for the line below
    ends = itertools.accumulate(map(_size, kept[: MAX_NOTES - 1]))
    kept = kept[: sum(end <= room for end in ends)]
    left_out = len(notes) - len(kept)
    return (*kept, f"and {left_out:,} more note{'s' if left_out != 1 else ''}, which are left out")


def _fit_isolation(isolation: IsolationInfo) -> IsolationInfo:
    return IsolationInfo(
        mode=cut_text(isolation.mode),
        locks=tuple(cut_text(one, _MAX_LABEL) for one in isolation.locks[:_MAX_LABEL]),
        missing=_fit_table(isolation.missing),
    )


def _fit_table(table: dict[str, str]) -> dict[str, str]:
    limit = MAX_TEXT if len(table) < _MAX_LABEL else _MAX_LABEL
    entries = list(table.items())[:_MAX_ENTRIES]
    return {cut_text(name, _MAX_LABEL): cut_text(value, limit) for name, value in entries}


def _fit_output(report: Report) -> Report:
    """Keep the beginning of the printed output, as much as the other parts leave room for."""
    size = _size(report)
    if size <= MAX_REPORT_BYTES // _INDENTED:
        return report
    silent = msgspec.structs.replace(report, output="", is_output_cut=True)
    room = MAX_REPORT_BYTES - _SPARE_BYTES - len(msgspec.json.format(_write(silent)))
    output = _cut_to_bytes(report.output, max(0, room))
    if output == report.output:
        return report
    return msgspec.structs.replace(silent, output=output)


def _cut_to_bytes(text: str, limit: int) -> str:
    """Return the longest beginning of a text whose JSON has at most ``limit`` bytes."""
    dumped = json.dumps(text[: limit + 1], ensure_ascii=False)[1:-1]
    written = escape_invisible(dumped).encode()
    if len(text) <= limit and len(written) <= limit:
        return text
    head = written[:limit].decode("utf-8", "ignore")
    # The last character may be an escape, or a pair of them, of which the end is missing.
    for dropped in range(2 * _ESCAPE + 1):
        try:
            whole: str = json.loads(f'"{head[: len(head) - dropped]}"')
            whole.encode()
        except ValueError:
            continue
        return whole
    return ""


def _fit_loading(loading: Iterable[LoadingNote], shown: Collection[str]) -> tuple[LoadingNote, ...]:
    """Cut what was noted as the notes are cut, and keep what is shown among them."""
    cut = (_fit_note(note) for note in loading)
    return tuple(note for note in cut if note.text in shown)


def _fit_note(note: LoadingNote) -> LoadingNote:
    subject, text = cut_text(note.subject, _MAX_LABEL), cut_text(note.text)
    return msgspec.structs.replace(note, subject=subject, text=text)
