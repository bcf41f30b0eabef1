"""A report as XHTML: well-formed, with one root and no active content.

It is built as a tree and not as text, so that no text from a student can become markup.
"""

from xml.etree.ElementTree import Element, SubElement, tostring

from grader.exports.student_view import StudentView
from grader.exports.text import cut, describe_whole, head_line
from grader.outputs.function_view import FailureView, view_function
from grader.outputs.manual_view import describe_item_in_full
from grader.outputs.wording import describe_output
from grader.report.model import FunctionResult, ManualItem, Report

# How many characters of each text are kept: the first of these limits with which the whole fits.
_ALL = 2**31
_LIMITS = (_ALL, 4000, 800, 200)
_HEADLINE_CHARACTERS = 200
_SHOWN_LINES = 20


def describe_as_markup(
    shown: StudentView, *, has_output: bool = True, max_characters: int | None = None
) -> str:
    """Return the whole report in a ``div``: the submission, then each function, then the output.

    It has only elements that the editors of learning platforms keep, and no attributes, styles,
    scripts, links or images.

    Args:
        shown: The report as its student may see it.
        has_output: Whether to include what the submission printed.
        max_characters: The maximum length, at least 2000. Texts are cut to reach it, and as a last
            resort the functions are left out.
    """
    for limit in _LIMITS:
        markup = _describe(shown, limit, has_output=has_output)
        if max_characters is None or len(markup) <= max_characters:
            return markup
    return _describe_briefly(shown)


def _describe(shown: StudentView, limit: int, *, has_output: bool) -> str:
    root = Element("div")
    for line in describe_whole(shown).split("\n"):
        _text(root, "p", cut(line, limit))
    for function in shown.report.functions:
        _add_function(root, function, limit)
    for item in shown.report.manual:
        _add_item(root, item, limit)
    if has_output and shown.report.output.strip():
        _add_output(root, shown.report, limit)
    return _write(root)


def _describe_briefly(shown: StudentView) -> str:
    root = Element("div")
    for line in describe_whole(shown).split("\n")[:_SHOWN_LINES]:
        _text(root, "p", cut(line, _HEADLINE_CHARACTERS // 5))
    return _write(root)


def _write(root: Element) -> str:
    return tostring(root, encoding="unicode", short_empty_elements=False)


def _add_function(root: Element, function: FunctionResult, limit: int) -> None:
    title = SubElement(root, "p")
    _text(title, "strong", cut(head_line(function), limit))
    view = view_function(function)
    if view.remark:
        _text(root, "p", cut(view.remark, limit))
    if view.failures:
        items = SubElement(root, "ul")
        for failure in view.failures:
            _add_failure(SubElement(items, "li"), failure, limit)


def _add_item(root: Element, item: ManualItem, limit: int) -> None:
    """Add an answer that a person marks."""
    first, *rest = describe_item_in_full(item).split("\n")
    _text(SubElement(root, "p"), "strong", cut(first, limit))
    for line in filter(None, rest):
        _text(root, "p", cut(line, limit))


def _add_failure(item: Element, failure: FailureView, limit: int) -> None:
    title = f"{failure.fraction} {failure.title}"
    if failure.remark:
        title += f" ({failure.remark})"
    if failure.is_repeat:
        item.text = cut(title, limit)
        return
    _text(item, "p", cut(title, limit))
    if failure.message:
        _text(item, "p", cut(failure.message, limit))
    for label, text in failure.example_rows:
        if text:
            _text(item, "p", f"{label}:")
            _text(item, "pre", cut(text, limit))
    for line in filter(None, (failure.hint, failure.read_on)):
        _text(SubElement(item, "p"), "em", cut(line, limit))


def _add_output(root: Element, report: Report, limit: int) -> None:
    output = report.output.rstrip("\n")
    _text(root, "p", f"{describe_output(report)}:")
    _text(root, "pre", cut(output, limit))


def _text(parent: Element, tag: str, text: str) -> None:
    SubElement(parent, tag).text = text
