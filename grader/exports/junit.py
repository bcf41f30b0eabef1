"""Test results in JUnit XML, which CI systems read, in the dialect of pytest (xunit2).

Elements and attributes are those of ``junit-10.xsd`` of the xUnit plugin, which pytest validates
its own files against. That is why points are in properties, where the schema has a place for
them. No file has a timestamp: a report has none, and equal reports make equal files.
"""

from collections.abc import Iterator
from xml.etree.ElementTree import Element, SubElement, indent, tostring

import msgspec

from grader.errors import UsageError
from grader.exports.format import ExportedFile, LeftOut, Work
from grader.exports.student_view import StudentView, student_view
from grader.exports.text import AFTER_DUE, describe_function, describe_whole
from grader.exports.unique import name_checks, on_one_line, unique_names
from grader.outputs.wording import MARKS, describe_score, format_points
from grader.report.model import CheckResult, FunctionResult, ReportStatus, Status, Visibility

_FILE = "junit.xml"
_NAMES = ("title", "id")
# Jenkins and GitLab read the path of a file to attach to a test from such a mark.
_ATTACHMENT = "[[ATTACHMENT|"
_NO_ATTACHMENT = "[[ATTACHMENT |"


def export(work: Work) -> Iterator[ExportedFile | LeftOut]:
    """JUnit XML: one suite per submission, one test per check.

    Settings: ``names=id`` names each test by the id of its check, which is unique in the whole
    assignment, as Artemis requires. ``testcase-properties=yes`` writes the points of each test
    as properties of the test too, which the strict schema doesn't allow.
    """
    has_properties = work.flag("testcase-properties")
    names = work.setting("names", _NAMES[0])
    if names not in _NAMES:
        raise UsageError(f"names must be {' or '.join(_NAMES)}, not {names}")
    items = [item for item in work.items if item.row.id]
    reports = (item.read() for item in items)
    root = Element("testsuites", name=on_one_line(work.assignment.title))
    titles = unique_names(on_one_line(item.row.id) for item in items)
    for title, report in zip(titles, reports, strict=True):
        shown = student_view(report, is_after_due=work.is_after_due)
        name = (on_one_line(shown.report.submission.name) or title) if work.is_single else title
        root.append(_Suite(shown, names=names, has_properties=has_properties).write(name))
    for count in ("tests", "failures", "errors"):
        root.set(count, str(sum(int(suite.get(count, "0")) for suite in root)))
    root.set("time", _seconds(sum(float(suite.get("time", "0")) for suite in root)))
    indent(root)
    yield ExportedFile(_FILE, tostring(root, encoding="utf-8", xml_declaration=True) + b"\n")


class _Suite:
    """Writes a report as a suite of tests."""

    def __init__(self, shown: StudentView, *, names: str, has_properties: bool) -> None:
        self._shown = shown
        self._report = shown.report
        self._names = names
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
                yield self._write_only_test("Grading", "error", "the grader failed")
            case ReportStatus.UNREADABLE:
                yield self._write_only_test("The file can be read", "failure", "can't be graded")
            case ReportStatus.GRADED | ReportStatus.STOPPED:
                for function in report.functions:
                    names = self._name_tests(function)
                    for name, check in zip(names, function.checks, strict=True):
                        yield self._write_check(function, check, name)
                if self._shown.pending:
                    yield self._write_waiting()

    def _name_tests(self, function: FunctionResult) -> list[str]:
        if self._names == "id":
            return unique_names(on_one_line(check.id) for check in function.checks)
        return name_checks(function.checks)

    def _write_only_test(self, name: str, tag: str, otherwise: str) -> Element:
        report = self._report
        test = Element(
            "testcase", classname=on_one_line(report.assignment.id), name=name, time="0.000"
        )
        message = _first_line(report.error) or otherwise
        _add_text(test, tag, self._whole, message=message, type=report.status.value)
        return test

    def _write_waiting(self) -> Element:
        """Write the skipped test that stands for all checks that are not shown yet."""
        title = on_one_line(self._report.assignment.id)
        test = Element("testcase", classname=title, name=AFTER_DUE, time="0.000")
        pending = f"{self._shown.pending}."
        _add_text(test, "skipped", pending, message=pending, type=Visibility.AFTER_DUE_DATE.value)
        return test

    def _write_check(self, function: FunctionResult, check: CheckResult, name: str) -> Element:
        seconds = _seconds(self._report.timing.get(check.id, 0.0))
        test = Element("testcase", classname=on_one_line(function.name), name=name, time=seconds)
        if self._has_properties:
            _add_properties(test, {"points": check.points, "max_points": check.max_points})
        if check.status is not Status.PASSED:
            word = MARKS[check.status].word
            message = _first_line(check.message) or word
            alone = msgspec.structs.replace(function, checks=(check,))
            _add_text(
                test,
                "failure",
                describe_function(alone) or word,
                message=message,
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
    if report.status is not ReportStatus.GRADER_ERROR:
        facts |= {
            "score": report.score,
            "max_score": shown.max_score,
            "points": describe_score(msgspec.structs.replace(report, max_score=shown.max_score)),
        }
    if shown.pending:
        facts["pending"] = shown.pending
    return facts


def _add_properties(parent: Element, facts: dict[str, object]) -> None:
    properties = SubElement(parent, "properties")
    for name, value in facts.items():
        SubElement(properties, "property", name=name, value=str(value))


def _add_text(parent: Element, tag: str, text: str, **attributes: str) -> None:
    element = SubElement(parent, tag, attributes)
    element.text = text.replace(_ATTACHMENT, _NO_ATTACHMENT)


def _seconds(value: float) -> str:
    return f"{max(0.0, value):.3f}"


def _first_line(text: str) -> str:
    return text.strip().partition("\n")[0]
