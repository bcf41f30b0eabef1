"""What instructors download has the points that count: late days, decisions and excuses."""

import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fakes import check_result, make_report
from service_class import handed_in
from service_site import ANN, BOB, INA, LAB, Browser, Site, open_site

from grader.exports.registry import list_formats
from grader.report.model import Visibility
from grader.service.clock import SECOND, now
from grader.service.decisions import Kind, decide

HAS_TOTAL = ["codegrade", "coderunner", "coursera", "gradescope", "prairielearn", "submitty",
             "vpl", "xqueue"]  # fmt: skip
HAS_PARTS_ONLY = ["artemis", "autolab", "github-classroom", "markus", "vocareum"]
LATE = "Handed in 1 day late: 1.5 of 4 points count"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """Return a service in which an assignment takes half of the points for each late day."""
    with open_site(tmp_path) as made:
        made.change(LAB, due_at=now() - 3600 * SECOND, late_days=2, late_penalty=0.5)
        yield made


@pytest.fixture
def ina(site: Site) -> Browser:
    """Return the browser of an instructor."""
    return site.browser(INA)


def decided(site: Site, kind: Kind, points: float | None = None) -> None:
    """Decide about the student."""
    with site.database.write() as session:
        decide(session, LAB, ANN, kind, by_id=INA, text="why", points=points)


def download(ina: Browser, name: str, *, table: str = "", **fields: str) -> dict[str, bytes]:
    """Download the class in a format; return the files by their names."""
    answer = ina.post(
        f"/assignments/{LAB}/downloads/format",
        data={"csrf_token": ina.token(), "format": name, **fields},
        files={"worksheet": ("grades.csv", table.encode()) if table else ("", b"")},
    )
    assert answer.status_code == 200, answer.text
    if not answer.content.startswith(b"PK"):
        return {name: answer.content}
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        return {one.rpartition("/")[2]: archive.read(one) for one in archive.namelist()}


def results(ina: Browser, **fields: str) -> dict[str, Any]:
    """Return the only result for Gradescope."""
    (content,) = download(ina, "gradescope", **fields).values()
    found: dict[str, Any] = json.loads(content)
    return found


def score(ina: Browser, **fields: str) -> dict[str, Any]:
    """Return the only score for an LTI platform."""
    (content,) = download(ina, "lti", **fields).values()
    found: dict[str, Any] = json.loads(content)
    return found


def test_late_days_are_in_scores_and_results(site: Site, ina: Browser) -> None:
    """The whole is what counts, functions are what was earned, and the text says why."""
    handed_in(site, ANN, 3.0)

    found, sent = results(ina), score(ina)

    assert found["score"] == 1.5
    assert sum(one["score"] for one in found["tests"]) == 3.0
    assert "1.5 of 4 points" in found["output"]
    assert LATE in found["output"]
    assert (sent["scoreGiven"], sent["scoreMaximum"]) == (1.5, 4.0)
    assert sent["gradingProgress"] == "FullyGraded"
    assert LATE in sent["comment"]


def test_points_that_were_decided_are_in_scores_and_results(site: Site, ina: Browser) -> None:
    """They count whatever was earned, also more than all."""
    handed_in(site, ANN, 3.0)
    decided(site, Kind.OVERRIDE, 5.0)

    found, sent = results(ina), score(ina)

    assert (found["score"], sent["scoreGiven"]) == (5.0, 5.0)
    for text in (found["output"], sent["comment"]):
        assert "An instructor decided the points: 5 of 4 points count." in text


def test_in_time_nothing_is_different(site: Site, ina: Browser) -> None:
    """A report that counts as it is goes out as it is."""
    site.change(LAB, due_at=now() + 3600 * SECOND)
    handed_in(site, ANN, 3.0)

    assert results(ina)["score"] == 3.0
    assert "count" not in results(ina)["output"]


@pytest.mark.parametrize("name", HAS_TOTAL)
def test_format_with_a_total_has_what_counts(name: str, site: Site, ina: Browser) -> None:
    """No format with a score of the whole shows the one that was earned."""
    handed_in(site, ANN, 4.0)  # so that no other number is 2
    text = b"\n".join(download(ina, name).values()).decode()

    found = {
        "codegrade": '"points":"1/2"' in text,
        "coderunner": '"fraction": 0.5' in text,
        "coursera": '"fractionalScore": 0.5' in text,
        "gradescope": '"score": 2.0' in text,
        "prairielearn": '"score": 0.5' in text,
        "submitty": '"score": 0.5' in text,
        "vpl": "Grade :=>> 2" in text,
        "xqueue": '"score": 0.5' in text,
    }
    assert found[name], text


@pytest.mark.parametrize("name", HAS_PARTS_ONLY)
def test_format_of_parts_leaves_out_what_it_can_not_say(
    name: str, site: Site, ina: Browser
) -> None:
    """It would show what was earned, so it shows nothing, and the reason is in the zip."""
    handed_in(site, ANN, 3.0)

    files = download(ina, name)

    assert list(files) == ["left-out.txt"]
    assert LATE.encode() in files["left-out.txt"]


def test_every_format_is_one_or_the_other() -> None:
    """A new format has to be put into one of the lists; the others read the rows of the class."""
    rest = {"canvas", "csv", "junit", "lti", "moodle"}
    assert set(list_formats()) == {*HAS_TOTAL, *HAS_PARTS_ONLY, *rest}


def test_points_that_wait_are_not_given_away(site: Site, ina: Browser) -> None:
    """Before the due date, what counts would tell what was earned of them."""
    report = make_report(
        check_result("mse/a", max_points=2.0),
        check_result("mse/b", max_points=2.0, visibility=Visibility.AFTER_DUE_DATE),
    )
    site.grade(site.hand_in(ANN), report)

    assert "not all points can be shown yet" in download(ina, "gradescope")["left-out.txt"].decode()
    waiting = score(ina)
    assert (waiting["scoreGiven"], waiting["gradingProgress"]) == (1.0, "PendingManual")
    assert "Handed in 1 day late, so some of the points don't count." in waiting["comment"]
    assert "2 of 4" not in waiting["comment"]
    assert results(ina, after_due="yes")["score"] == 2.0
    assert score(ina, after_due="yes")["scoreGiven"] == 2.0


def test_moodle_gets_what_counts_with_the_reason(site: Site, ina: Browser) -> None:
    """Grade and feedback in its table agree."""
    handed_in(site, ANN, 3.0)
    head = "Identifier,Full name,Grade,Maximum Grade,Last modified (grade),Feedback comments"

    (filled,) = download(ina, "moodle", table=f"{head}\nParticipant 7,Ann,,4,-,\n").values()

    assert b"1.5" in filled.splitlines()[1].split(b",")[2]
    assert LATE.encode() in filled


def test_hidden_checks_stay_hidden(site: Site, ina: Browser) -> None:
    """With what counts in place of what was earned, they say no more than before."""
    report = make_report(
        check_result("mse/a"),
        check_result("mse/b", visibility=Visibility.HIDDEN, message="the secret input"),
    )
    site.grade(site.hand_in(ANN), report)

    found = results(ina)

    assert found["score"] == 1.0
    assert "the secret input" not in json.dumps(found)


@pytest.mark.parametrize("name", [*HAS_TOTAL, *HAS_PARTS_ONLY, "junit", "lti", "moodle"])
def test_who_is_excused_has_no_score_anywhere(name: str, site: Site, ina: Browser) -> None:
    """The reason is in the zip; the points are in no file."""
    handed_in(site, ANN, 3.0)
    decided(site, Kind.EXCUSE)
    table = "Identifier,Full name,Grade,Maximum Grade,Last modified (grade)\n"
    table += "Participant 7,Ann,,4,-\n"

    files = download(ina, name, table=table if name == "moodle" else "")

    assert b"the student is excused" in files.pop("left-out.txt")
    assert b"scoreGiven" not in b"".join(files.values())
    assert not any(one.startswith("results") for one in files)


def test_canvas_gets_its_own_word_for_excuses(site: Site, ina: Browser) -> None:
    """Also of who has handed in nothing, and in a table of Canvas's own."""
    handed_in(site, BOB, 3.0)
    decided(site, Kind.EXCUSE)
    table = (
        "Student,ID,SIS User ID,SIS Login ID,Section,Lab 1 (9)\n"
        "Points Possible,,,,,4\nAnn,7,s1,ann,1,\nBob,8,s2,bob,1,\n"
    )

    (new,) = download(ina, "canvas").values()
    (filled,) = download(ina, "canvas", table=table).values()

    (line,) = (one for one in new.replace(b'"', b"").splitlines() if b"Ann" in one)
    assert line.endswith(b",EX")
    assert b"Ann,7,s1,ann,1,EX" in filled.replace(b'"', b"")
    assert b"Bob,8,s2,bob,1,1.5" in filled.replace(b'"', b"")
