"""Test results in JUnit XML, which CI systems read, in the dialect of pytest (xunit2).

Elements and attributes are those of ``junit-10.xsd`` of the xUnit plugin, which pytest validates
its own files against. That is why points are in properties, where the schema has a place for
them. No file has a timestamp: a report has none, and equal reports make equal files.

Artemis gives everybody a score of 0 if two tests have the same name, whatever their suites and
classes, and shows students only the ``message`` of a failure. So each name is unique in the whole
file, and the message has all that is known.
"""

import itertools
from collections.abc import Iterator
from xml.etree.ElementTree import Element, SubElement, indent, tostring

import msgspec

from grader.errors import NotExpressibleError, UsageError
from grader.exports.format import ExportedFile, Item, LeftOut, Work
from grader.exports.student_view import StudentView, student_view
from grader.exports.text import AFTER_DUE, describe_function, describe_reason, describe_whole
from grader.exports.unique import name_all_checks, on_one_line, unique_names
from grader.outputs.function_view import view_function
from grader.outputs.manual_view import describe_item_in_full
from grader.outputs.wording import MARKS, describe_score, format_points
from grader.report.model import (
    CheckResult,
    FunctionResult,
    ManualItem,
    ReportStatus,
    Status,
    Visibility,
)

_FILE = "junit.xml"
_NAMES = ("title", "id")
# Jenkins and GitLab read the path of a file to attach to a test from such a mark.
_ATTACHMENT = "[[ATTACHMENT|"
_NO_ATTACHMENT = "[[ATTACHMENT |"


def export(work: Work) -> Iterator[ExportedFile | LeftOut]:
    """JUnit XML: one suite per submission, one test per check.

    Settings: ``names=id`` names each test by the id of its check, which stays the same if its
    title changes. ``testcase-properties=yes`` writes the points of each test as properties of the
    test too, which the strict schema doesn't allow.
    """
    has_properties = work.flag("testcase-properties")
    names = work.setting("names", _NAMES[0])
    if names not in _NAMES:
        raise UsageError(f"names must be {' or '.join(_NAMES)}, not {names}")
    items: list[Item] = []
    for item in work.items:
        reason = _why_left_out(item, work) if item.row.id else ""
        if reason:
            yield LeftOut(item.row.id, reason)
        elif item.row.id:
            items.append(item)
    reports = (item.read_as_it_counts(is_after_due=work.is_after_due) for item in items)
    root = Element("testsuites", name=on_one_line(work.assignment.title))
    titles = unique_names(on_one_line(item.row.id) for item in items)
    for title, report in zip(titles, reports, strict=True):
        shown = student_view(report, is_after_due=work.is_after_due)
        name = (on_one_line(shown.report.submission.name) or title) if work.is_single else title
        prefix = "" if work.is_single else f"{title}: "
        suite = _Suite(shown, names=names, prefix=prefix, has_properties=has_properties)
        root.append(suite.write(name))
    for count in ("tests", "failures", "errors"):
        root.set(count, str(sum(int(suite.get(count, "0")) for suite in root)))
    root.set("time", _seconds(sum(float(suite.get("time", "0")) for suite in root)))
    indent(root)
    yield ExportedFile(_FILE, tostring(root, encoding="utf-8", xml_declaration=True) + b"\n")


def _why_left_out(item: Item, work: Work) -> str:
    """Return why what counts of a report can't be written; empty if it can."""
    if item.counted is None:
        return ""  # most reports are read only once
    try:
        item.read_as_it_counts(is_after_due=work.is_after_due)
    except NotExpressibleError as error:
        return str(error)
    return ""


class _Suite:
    """Writes a report as a suite of tests.

    Args:
        shown: The report as its student may see it.
        names: What tests are named by: ``id`` or ``title``.
        prefix: What the name of each test begins with, to tell it from those of other suites.
        has_properties: Whether tests have properties.
    """

    def __init__(
        self, shown: StudentView, *, names: str, prefix: str, has_properties: bool
    ) -> None:
        self._shown = shown
        self._report = shown.report
        self._names = names
        self._prefix = prefix
        self._has_properties = has_properties

    def write(self, name: str) -> Element:
        suite = Element("testsuite", name=name)
        _add_properties(suite, _facts(self._shown))
        for test in self._tests():
            suite.append(test)
        suite.set("tests", str(len(suite.findall("testcase"))))
        suite.set("failures", str(len(suite.findall("testcase/failure"))))
        suite.set("errors", str(len(suite.findall("testcase/error"))))
        suite.set("skipped", str(len(suite.findall("testcase/skipped"))))
        suite.set("time", _seconds(self._report.timing.get("total_s", 0.0)))
        printed = self._report.output.rstrip("\n")
        _add_text(suite, "system-out", "\n\n".join(filter(None, (self._whole, printed))))
        return suite

    @property
    def _whole(self) -> str:
        return describe_whole(self._shown)

    def _tests(self) -> Iterator[Element]:
        report = self._report
        match report.status:
            case ReportStatus.GRADER_ERROR:
                # The details of the fault are not for students, who may read the message.
                yield self._write_only_test("Grading", "error", self._whole)
            case ReportStatus.UNREADABLE:
                message = report.error.strip() or "can't be graded"
                yield self._write_only_test("The file can be read", "failure", message)
            case ReportStatus.GRADED | ReportStatus.STOPPED:
                checks = [(one, check) for one in report.functions for check in one.checks]
                ids = [on_one_line(one.id) for one in report.manual]
                *names, waiting = unique_names([*self._name_checks(), *ids, AFTER_DUE])
                for name, (function, check) in zip(names, checks, strict=False):
                    yield self._write_check(function, check, name)
                for name, item in zip(names[len(checks) :], report.manual, strict=True):
                    yield self._write_manual(item, name)
                if self._shown.pending:
                    yield self._write_waiting(waiting)

    def _name_checks(self) -> list[str]:
        functions = self._report.functions
        if self._names == "id":
            return [on_one_line(check.id) for one in functions for check in one.checks]
        return list(itertools.chain.from_iterable(name_all_checks(functions)))

    def _write_only_test(self, name: str, tag: str, message: str) -> Element:
        test = self._write_test(self._report.assignment.id, name)
        _add_text(test, tag, self._whole, message=message, type=self._report.status.value)
        return test

    def _write_test(self, classname: str, name: str, *, time_s: float = 0.0) -> Element:
        return Element(
            "testcase",
            classname=on_one_line(classname),
            name=f"{self._prefix}{name}",
            time=_seconds(time_s),
        )

    def _write_waiting(self, name: str) -> Element:
        """Write the skipped test that stands for all checks that are not shown yet."""
        test = self._write_test(self._report.assignment.id, name)
        pending = f"{self._shown.pending}."
        _add_text(test, "skipped", pending, message=pending, type=Visibility.AFTER_DUE_DATE.value)
        return test

    def _write_manual(self, item: ManualItem, name: str) -> Element:
        """Write the test of an answer that a person marks, which is skipped while it waits."""
        test = self._write_test("manual", name)
        if self._has_properties:
            points = {} if item.points is None else {"points": item.points}
            _add_properties(test, {**points, "max_points": item.max_points})
        text = describe_item_in_full(item)
        if item.points is None:
            _add_text(test, "skipped", text, message=text, type=item.status.value)
        elif item.points < item.max_points:
            _add_text(test, "failure", text, message=text, type=item.status.value)
        _add_text(test, "system-out", text)
        return test

    def _write_check(self, function: FunctionResult, check: CheckResult, name: str) -> Element:
        time_s = self._report.timing.get(check.id, 0.0)
        test = self._write_test(function.name, name, time_s=time_s)
        if self._has_properties:
            _add_properties(test, {"points": check.points, "max_points": check.max_points})
        if check.status is not Status.PASSED:
            word = MARKS[check.status].word
            alone = msgspec.structs.replace(function, checks=(check,))
            view = view_function(alone)
            reasons = [view.remark, *map(describe_reason, view.failures)]
            _add_text(
                test,
                "skipped" if check.status is Status.NOT_JUDGED else "failure",
                describe_function(alone) or word,
                message="\n\n".join(filter(None, reasons)) or word,
                type=check.status.value,
            )
        points = f"{format_points(check.points)} of {format_points(check.max_points)} points"
        _add_text(test, "system-out", points)
        return test


def _facts(shown: StudentView) -> dict[str, object]:
    """Return the properties of a suite; if the grader failed, there is no score, not even 0."""
    report = shown.report
    facts: dict[str, object] = {
        "assignment": report.assignment.id,
        "assignment_version": report.assignment.version,
        "submission_sha256": report.submission.sha256,
        "status": report.status.value,
    }
    if report.status is ReportStatus.GRADER_ERROR:
        facts["error"] = report.error
    else:
        facts |= {
            "score": report.score,
            "max_score": shown.max_score,
            "points": describe_score(msgspec.structs.replace(report, max_score=shown.max_score)),
        }
    if shown.pending:
        facts["pending"] = shown.pending
    if shown.waiting:
        facts["waiting"] = shown.waiting
    return facts


def _add_properties(parent: Element, facts: dict[str, object]) -> None:
    properties = SubElement(parent, "properties")
    for name, value in facts.items():
        SubElement(properties, "property", name=name, value=str(value))


def _add_text(parent: Element, tag: str, text: str, **attributes: str) -> None:
    harmless = {name: _detach(value) for name, value in attributes.items()}
    SubElement(parent, tag, harmless).text = _detach(text)


def _detach(text: str) -> str:
    return text.replace(_ATTACHMENT, _NO_ATTACHMENT)


def _seconds(value: float) -> str:
    return f"{max(0.0, value):.3f}"
