"""JUnit XML: valid by the strict schema, and read back by another parser."""

import io
import json
import re

import pytest
from due_points import AFTER_DUE
from fakes import check_result, make_report
from hypothesis import given, settings
from hypothesis import strategies as st
from junitparser import Error, Failure, JUnitXml, Skipped
from lxml import etree  # type: ignore[import-untyped]  # has no type information
from report_samples import (
    FULL,
    GRADER_ERROR,
    HIDDEN,
    HUGE,
    NOTHING_RIGHT,
    PARTIAL,
    SAMPLES,
    STOPPED,
    UNREADABLE,
    WAITING,
    WITH_HIDDEN,
    WITH_LATE,
    class_work_of,
    failed_check,
    graded_reports,
    hostile_report,
    run_export,
    work_of,
)

from grader.errors import UsageError
from grader.exports.junit import export
from grader.exports.unique import name_checks, unique_names
from grader.report.model import Report, ReportStatus, Status, Visibility

EVERY = [name for name in SAMPLES if "huge" not in name]
# The rules of junit-10.xsd, narrowed to what we write, with numbers as numbers.
RULES = etree.XMLSchema(
    etree.fromstring(b"""
<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">
  <xs:simpleType name="seconds">
    <xs:restriction base="xs:string"><xs:pattern value="[0-9]+\\.[0-9]{3}"/></xs:restriction>
  </xs:simpleType>
  <xs:simpleType name="filled">
    <xs:restriction base="xs:string"><xs:minLength value="1"/></xs:restriction>
  </xs:simpleType>
  <xs:complexType name="result">
    <xs:simpleContent><xs:extension base="filled">
      <xs:attribute name="message" type="filled" use="required"/>
      <xs:attribute name="type" type="filled" use="required"/>
    </xs:extension></xs:simpleContent>
  </xs:complexType>
  <xs:element name="testsuites"><xs:complexType>
    <xs:sequence>
      <xs:element ref="testsuite" minOccurs="0" maxOccurs="unbounded"/>
    </xs:sequence>
    <xs:attribute name="name" type="xs:string"/>
    <xs:attribute name="time" type="seconds" use="required"/>
    <xs:attribute name="tests" type="xs:nonNegativeInteger" use="required"/>
    <xs:attribute name="failures" type="xs:nonNegativeInteger" use="required"/>
    <xs:attribute name="errors" type="xs:nonNegativeInteger" use="required"/>
  </xs:complexType></xs:element>
  <xs:element name="testsuite"><xs:complexType>
    <xs:sequence>
      <xs:element name="properties"><xs:complexType><xs:sequence>
        <xs:element name="property" maxOccurs="unbounded"><xs:complexType>
          <xs:attribute name="name" type="filled" use="required"/>
          <xs:attribute name="value" type="xs:string" use="required"/>
        </xs:complexType></xs:element>
      </xs:sequence></xs:complexType></xs:element>
      <xs:element name="testcase" minOccurs="0" maxOccurs="unbounded"><xs:complexType>
        <xs:sequence>
          <xs:choice minOccurs="0">
            <xs:element name="failure" type="result"/>
            <xs:element name="error" type="result"/>
            <xs:element name="skipped" type="result"/>
          </xs:choice>
          <xs:element name="system-out" type="filled" minOccurs="0"/>
        </xs:sequence>
        <xs:attribute name="name" type="filled" use="required"/>
        <xs:attribute name="classname" type="filled" use="required"/>
        <xs:attribute name="time" type="seconds" use="required"/>
      </xs:complexType></xs:element>
      <xs:element name="system-out" type="filled"/>
    </xs:sequence>
    <xs:attribute name="name" type="filled" use="required"/>
    <xs:attribute name="tests" type="xs:nonNegativeInteger" use="required"/>
    <xs:attribute name="failures" type="xs:nonNegativeInteger" use="required"/>
    <xs:attribute name="errors" type="xs:nonNegativeInteger" use="required"/>
    <xs:attribute name="skipped" type="xs:nonNegativeInteger" use="required"/>
    <xs:attribute name="time" type="seconds" use="required"/>
  </xs:complexType></xs:element>
</xs:schema>""")
)


def write(report: Report, *, is_after_due: bool = False, **settings: str) -> bytes:
    """Export one report, and return the file."""
    files, left_out = run_export(export, work_of(report, is_after_due=is_after_due, **settings))
    assert list(files) == ["junit.xml"]
    assert not left_out
    return files["junit.xml"]


def read(content: bytes, *, is_strict: bool = True) -> etree._Element:
    """Read a file, and check the rules, unique names and the counts in it."""
    root = etree.fromstring(content, etree.XMLParser(huge_tree=True))
    if is_strict:
        RULES.assertValid(root)
    suites = root.findall("testsuite")
    assert len({suite.get("name") for suite in suites}) == len(suites)
    for suite in suites:
        names = [(one.get("classname"), one.get("name")) for one in suite.iter("testcase")]
        assert len(set(names)) == len(names)
    names = [one.get("name") for one in root.iter("testcase")]
    assert len(set(names)) == len(names)
    for element in (root, *suites):
        assert int(element.get("tests")) == len(list(element.iter("testcase")))
        assert int(element.get("failures")) == len(list(element.iter("failure")))
        assert int(element.get("errors")) == len(list(element.iter("error")))
    for suite in suites:
        assert int(suite.get("skipped")) == len(list(suite.iter("skipped")))
    return root


def properties_of(root: etree._Element) -> dict[str, str]:
    """Return the properties of the only suite."""
    return {one.get("name"): one.get("value") for one in root.iterfind("testsuite/properties/*")}


def check_report(report: Report, *, is_after_due: bool) -> None:
    """Export a report, and compare the file with it."""
    content = write(report, is_after_due=is_after_due)
    root = read(content)

    assert HIDDEN.encode() not in content
    assert is_after_due or WAITING.encode() not in content
    parsed = JUnitXml.fromroot(etree.ElementTree(root).getroot())
    results = [result for suite in parsed for case in suite for result in case.result]
    is_fault = report.status is ReportStatus.GRADER_ERROR
    skipped = [one for one in results if isinstance(one, Skipped)]
    results = [one for one in results if one not in skipped]
    has_checks = report.status in (ReportStatus.GRADED, ReportStatus.STOPPED)
    is_pending = (
        has_checks
        and not is_after_due
        and Visibility.AFTER_DUE_DATE
        in {
            check.visibility
            for function in report.functions
            for check in function.checks
            if check.max_points
        }
    )
    unjudged = [one for one in skipped if one.type == Status.NOT_JUDGED.value]
    assert len(skipped) - len(unjudged) == int(is_pending)
    assert all(isinstance(one, Error if is_fault else Failure) for one in results)
    if is_fault or report.status is ReportStatus.UNREADABLE:
        assert len(results) == 1
    assert ("score" in properties_of(root)) is not is_fault


@pytest.mark.parametrize("name", EVERY)
def test_file_of_every_kind_of_report_keeps_the_rules(name: str) -> None:
    """Every sample makes a valid file, also with hostile text in it."""
    check_report(SAMPLES[name], is_after_due=False)


@given(report=graded_reports(), is_after_due=st.booleans())
@settings(deadline=None)
def test_file_of_any_report_keeps_the_rules(report: Report, *, is_after_due: bool) -> None:
    """Any combination of checks and texts makes a valid file."""
    check_report(report, is_after_due=is_after_due)


@pytest.mark.slow
def test_text_of_a_megabyte_is_written() -> None:
    """A text of a megabyte still makes a valid file."""
    check_report(HUGE, is_after_due=False)


def test_each_check_that_has_not_passed_is_a_failure_with_its_kind() -> None:
    """A check that hasn't passed is a failure with its status as type, and never an error."""
    root = read(write(NOTHING_RIGHT))

    kinds = [one.get("type") for one in root.iter("failure")]
    assert kinds == ["error", "limit", "missing"]
    assert [one.get("message") for one in root.iter("failure")][2] == "not written yet"


def test_passed_check_has_no_result_and_its_points() -> None:
    """A passed check has no result element, and its points are in its output."""
    root = read(write(FULL))

    assert root.get("failures") == "0"
    assert [one.text for one in root.iterfind("testsuite/testcase/system-out")] == [
        "3 of 3 points",
        "2 of 2 points",
        "5 of 5 points",
    ]


def test_failure_says_what_went_wrong() -> None:
    """Message, example and hint are in the attribute, the only text that Artemis shows."""
    failure = next(read(write(PARTIAL)).iter("failure"))

    message = failure.get("message")
    assert message.startswith("message: w <moved> & stayed\n")
    for text in ("code: w <moved>", "got: w <moved>", "expected: w <moved>", "hint: w <moved>"):
        assert text in message
        assert text in failure.text


def test_points_are_in_the_properties_of_the_suite() -> None:
    """The points are properties of the suite, the only ones that the strict schema allows."""
    found = properties_of(read(write(PARTIAL)))

    assert (found["score"], found["max_score"]) == ("8.0", "10.0")
    assert found["points"] == "8 of 10 points"
    assert "pending" not in found


def test_properties_of_tests_are_there_only_when_asked_for() -> None:
    """Tests have properties only if the setting asks for them, as the schema forbids them."""
    root = read(write(PARTIAL, testcase_properties="yes"), is_strict=False)

    assert not RULES.validate(root)
    points = [
        (one.get("name"), one.get("value")) for one in root.iterfind(".//testcase/properties/*")
    ]
    assert points[2:4] == [("points", "0.0"), ("max_points", "2.0")]


def test_fault_of_the_grader_is_an_error_without_a_score() -> None:
    """A fault of the grader is an error without a score, and not a failure."""
    root = read(write(GRADER_ERROR))

    assert (root.get("tests"), root.get("failures"), root.get("errors")) == ("1", "0", "1")
    assert "not a zero" in next(root.iter("error")).get("message")
    assert properties_of(root)["error"] == "the forkserver <is> gone"
    assert not {"score", "max_score", "points"} & properties_of(root).keys()


def test_unreadable_submission_is_one_failure() -> None:
    """An unreadable submission is a single failure, and not an error."""
    root = read(write(UNREADABLE))

    assert (root.get("tests"), root.get("failures"), root.get("errors")) == ("1", "1", "0")
    assert next(root.iter("failure")).get("message").startswith("line 12 is not valid Python:\n")


def test_points_that_wait_are_announced_and_not_earned_yet() -> None:
    """Before the due date a single skipped test stands for all waiting checks."""
    early, late = read(write(WITH_LATE)), read(write(WITH_LATE, is_after_due=True))

    assert (early.get("tests"), early.find("testsuite").get("skipped")) == ("4", "1")
    assert "5 more points" in early.find(".//skipped").get("message")
    assert early.find(".//skipped/..").get("name") == "Checked after the due date"
    assert late.find(".//skipped") is None
    assert properties_of(early)["max_score"] == "10.0"
    assert properties_of(early)["pending"].startswith("5 more points")
    assert "5 more points" in early.findtext("testsuite/system-out")
    assert (late.get("tests"), properties_of(late)["max_score"]) == ("5", "10.0")


def test_hidden_check_shows_its_points_alone() -> None:
    """A hidden check that fails is a failure without the input it failed on."""
    failure = next(read(write(WITH_HIDDEN)).iter("failure"))

    assert failure.get("message") == "this check is hidden: only its points are shown"


def test_submission_that_was_stopped_says_so() -> None:
    """A submission that was stopped says so in the output and in its status."""
    root = read(write(STOPPED))

    assert "ended before everything was checked" in root.findtext("testsuite/system-out")
    assert properties_of(root)["status"] == "stopped"


def test_each_test_has_the_time_of_its_check() -> None:
    """Each test has the seconds of its check, with three decimals even if they are tiny."""
    report = make_report(
        check_result("update/a"),
        check_result("update/b", title="Another"),
        timing={"total_s": 1.5, "update/a": 0.25, "update/b": 1e-7},
    )

    root = read(write(report))

    assert [one.get("time") for one in root.iter("testcase")] == ["0.250", "0.000"]
    assert root.get("time") == "1.500"


def test_class_is_one_file_with_a_suite_for_each_submission() -> None:
    """A class is one file with a suite per submission; students who did not hand in have none."""
    files, left_out = run_export(export, class_work_of(FULL, GRADER_ERROR, UNREADABLE))

    root = read(files["junit.xml"])

    assert not left_out
    assert [one.get("name") for one in root] == ["s0", "s1", "s2"]
    assert (root.get("tests"), root.get("failures"), root.get("errors")) == ("5", "1", "1")


def test_file_is_read_back_by_another_parser() -> None:
    """The junitparser library reads the same counts and names from the file."""
    parsed = JUnitXml.fromfile(io.BytesIO(write(PARTIAL)))

    suite = next(iter(parsed))
    assert (suite.tests, suite.failures, suite.errors) == (3, 1, 0)
    assert [case.classname for case in suite] == ["update", "update", "mse"]


def test_checks_with_the_same_title_are_named_by_their_ids() -> None:
    """Checks with the same title are named by their ids, as readers merge tests of one name."""
    checks = [
        check_result("update/a"),
        check_result("update/b"),
        check_result("update/c", title="x"),
    ]

    assert name_checks(checks) == ["update/a", "update/b", "x"]


def test_title_that_is_the_id_of_another_check_is_numbered() -> None:
    """No two tests of a function have the same name, even if a title is another check's id."""
    titles = {"update/a": "same", "update/b": "same", "update/c": "update/a"}
    checks = [check_result(id_, title=title) for id_, title in titles.items()]

    assert name_checks(checks) == ["update/a", "update/b", "update/a (2)"]


def test_repeated_names_are_numbered() -> None:
    """A repeated name is numbered with the next number that is free."""
    assert unique_names(["a", "a", "a (2)", "a"]) == ["a", "a (2)", "a (2) (2)", "a (3)"]


def test_ids_can_be_the_names() -> None:
    """With ids as names, a test keeps its name if the title of its check changes."""
    names = [one.get("name") for one in read(write(PARTIAL, names="id")).iter("testcase")]

    assert names == ["update/a", "update/b", "mse/a"]


def test_no_two_tests_of_a_report_have_the_same_name() -> None:
    """Artemis gives everybody 0 if there are two; so the function tells checks of a title apart."""
    report = make_report(
        check_result("update/a", title="It moves w"),
        check_result("update_logistic/a", title="It moves w"),
        check_result("mse/a", title=AFTER_DUE),
        check_result("mse/late", visibility=Visibility.AFTER_DUE_DATE),
    )

    names = [one.get("name") for one in read(write(report)).iter("testcase")]

    assert names == [
        "update: It moves w",
        "update_logistic: It moves w",
        AFTER_DUE,
        f"{AFTER_DUE} (2)",
    ]


@pytest.mark.parametrize("names", ["title", "id"])
def test_no_two_tests_of_a_class_have_the_same_name(names: str) -> None:
    """In a class, each name begins with that of its submission."""
    files, _ = run_export(export, class_work_of(FULL, FULL, names=names))

    tests = [one.get("name") for one in read(files["junit.xml"]).iter("testcase")]

    assert [name.partition(": ")[0] for name in tests] == ["s0", "s0", "s0", "s1", "s1", "s1"]


def test_check_that_was_not_judged_is_skipped() -> None:
    """A check that was not judged earns nothing, but it was not found wrong either."""
    report = make_report(
        check_result("update/a", Status.FAILED), check_result("update/b", Status.NOT_JUDGED)
    )

    root = read(write(report))

    assert (root.get("failures"), root.find("testsuite").get("skipped")) == ("1", "1")
    assert root.find(".//skipped").get("message") == "not judged yet"


def test_unknown_value_of_a_setting_is_refused() -> None:
    """A value that a setting doesn't allow is refused, and the message lists the choices."""
    with pytest.raises(UsageError, match="title or id, not number"):
        write(FULL, names="number")


def test_student_cannot_attach_a_file_of_the_machine() -> None:
    """The mark with which Jenkins and GitLab attach files is broken up in a student's text."""
    content = write(hostile_report("[[ATTACHMENT|/etc/passwd]]")).decode()

    texts = [element.text or "" for element in etree.fromstring(content.encode()).iter()]
    assert any("/etc/passwd" in text for text in texts)
    assert not any("[[ATTACHMENT|" in text for text in texts)


def test_characters_that_xml_does_not_allow_are_escaped() -> None:
    """Characters that XML doesn't allow are written as visible escapes."""
    content = write(make_report(failed_check("update/a", says="a\x00b\x1b[31m\ufffe")))

    assert not re.search(r"[\x00-\x08\x0b-\x1f\ufffe\uffff]", content.decode())
    assert "a\\x00b\\x1b[31m\\ufffe" in content.decode()


def test_equal_reports_make_equal_files() -> None:
    """Equal reports make equal files, so there is no timestamp in them."""
    assert write(PARTIAL) == write(PARTIAL)
    assert b"timestamp" not in write(PARTIAL)


def test_missing_check_is_a_failure_even_if_it_has_no_text() -> None:
    """A failure always has a text, as some readers ignore one that is empty."""
    report = make_report(check_result("update/a", Status.MISSING))

    assert next(read(write(report)).iter("failure")).text == "not written yet"
    assert json.dumps(properties_of(read(write(report)))["score"]) == '"0.0"'
