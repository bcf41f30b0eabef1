"""What is to be said of a report, as XHTML: well-formed, one root, nothing active in it.

Built as a tree and not as text, so that nothing of a student's can become markup.
"""

from xml.etree.ElementTree import Element, SubElement, tostring  # written here, never read

from grader.exports.text import describe_whole, head_line
from grader.exports.view import View
from grader.outputs.wording import describe_output, failures, format_points
from grader.report.model import CheckResult, FunctionResult, Report


def describe_as_markup(shown: View, *, has_output: bool = True) -> str:
    """Say everything, in a ``div``: the whole, then function by function, then what was printed.

    Only elements and attributes that the editors of learning platforms keep; no styles, scripts,
    links or images.

    Args:
        shown: The report as its student may see it.
        has_output: Whether to tell what the submission printed.
    """
    root = Element("div")
    for line in describe_whole(shown).split("\n"):
        _text(root, "p", line)
    for function in shown.report.functions:
        _add_function(root, function)
    if has_output and shown.report.output.strip():
        _add_output(root, shown.report)
    return tostring(root, encoding="unicode", short_empty_elements=False)


def _add_function(root: Element, function: FunctionResult) -> None:
    title = SubElement(root, "p")
    _text(title, "strong", head_line(function))
    told = list(failures(function))
    if told:
        items = SubElement(root, "ul")
        for check, is_new in told:
            _add_failure(SubElement(items, "li"), check, is_new=is_new)


def _add_failure(item: Element, check: CheckResult, *, is_new: bool) -> None:
    points = f"{format_points(check.points)}/{format_points(check.max_points)} {check.title}"
    if not is_new:
        item.text = f"{points} (for the same reason)"
        return
    _text(item, "p", points)
    if check.message:
        _text(item, "p", check.message)
    if check.example is not None:
        example = check.example
        rows = (("try", example.code), ("got", example.got), ("should be", example.expected))
        for label, code in rows:
            if code:
                _text(item, "p", f"{label}:")
                _text(item, "pre", code)
    for line in (check.hint, check.section and f"Read on in: {check.section}"):
        if line:
            _text(SubElement(item, "p"), "em", line)


def _add_output(root: Element, report: Report) -> None:
    output = report.output.rstrip("\n")
    _text(root, "p", f"{describe_output(report, output.count(chr(10)) + 1)}:")
    _text(root, "pre", output)


def _text(parent: Element, tag: str, text: str) -> None:
    SubElement(parent, tag).text = text
