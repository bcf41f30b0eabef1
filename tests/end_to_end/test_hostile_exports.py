"""What a hostile submission prints or raises never becomes a result on a platform."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from lxml import etree  # type: ignore[import-untyped]  # has no type information

from grader.exports.format import ExportedFile
from grader.exports.registry import list_formats, load_format
from grader.exports.source import work_of_report
from grader.pipeline import grade
from grader.report.model import Report

SUBMISSION = Path(__file__).resolve().parents[1] / "submissions/hostile_marks_of_platforms.py"


@pytest.fixture(scope="module")
def report() -> Report:
    """Return the report of a real grading, whose texts are what the grader leaves of them."""
    return grade(SUBMISSION)


def files_of(report: Report, name: str) -> dict[str, str]:
    """Export the report, and return the text of each file by its name."""
    settings = {"user": "u1"} if name == "lti" else {}
    made = load_format(name)(work_of_report(report, settings=settings))
    return {
        one.name: one.content.decode("utf-8-sig") for one in made if isinstance(one, ExportedFile)
    }


def find_numbers(value: object) -> Iterator[tuple[str, float]]:
    """Yield every number in a JSON document together with its key."""
    if isinstance(value, dict):
        for name, one in value.items():
            if isinstance(one, int | float) and not isinstance(one, bool):
                yield name, one
            yield from find_numbers(one)
    elif isinstance(value, list):
        for one in value:
            yield from find_numbers(one)


@pytest.mark.parametrize("name", sorted(set(list_formats()) - {"moodle"}))
def test_no_format_contains_a_forged_score(report: Report, name: str) -> None:
    """A hostile submission that prints scores has zero points in every format with JSON."""
    earned = {"score", "scoreGiven", "fraction", "fractionalScore", "points", "marks_earned"}

    for file, text in files_of(report, name).items():
        if file.endswith((".json", ".jsonl")):
            documents = text.splitlines() if file.endswith(".jsonl") else [text]
            found = [pair for one in documents for pair in find_numbers(json.loads(one))]
            assert not [pair for pair in found if pair[0] in earned and pair[1] != 0]


def test_markers_that_platforms_look_for_are_never_the_submissions(report: Report) -> None:
    """No printed text is taken for a grade, a scores line, a log command or markup."""
    grades = re.findall(r"^Grade :=>>(.*)$", files_of(report, "vpl")["vpl.txt"], re.MULTILINE)
    last = files_of(report, "autolab")["autolab.txt"].splitlines()[-1]
    texts = [
        value
        for test in json.loads(files_of(report, "github-classroom")["result.json"])["tests"]
        for value in test.values()
        if isinstance(value, str)
    ]

    assert grades == [" 0"]
    assert set(json.loads(last)["scores"].values()) == {0.0}
    assert not [one for one in texts if re.search(r"^\s*::|##\[", one, re.MULTILINE)]
    assert "::notice" in "".join(texts)
    junit = files_of(report, "junit")["junit.xml"]
    assert "[[ATTACHMENT|" not in junit
    assert etree.fromstring(junit.encode()).tag == "testsuites"
    answer = json.loads(files_of(report, "xqueue")["xqueue_body.json"])
    assert etree.fromstring(answer["msg"]).find(".//script") is None
