"""The pages of a class: live figures, downloads, queue, roster, ways in, settings."""

import csv
import io
import re
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path, PurePath

import pytest
from service_class import grade_jobs, handed_in, points_of
from service_site import (
    ANN,
    BOB,
    FILES_LAB,
    FIRST,
    INA,
    LAB,
    OTHER_LAB,
    ROOT,
    Browser,
    Site,
    open_site,
)
from sqlalchemy import select

from grader.errors import UsageError
from grader.exports.registry import list_formats
from grader.service import queue
from grader.service.assignment_settings import read_settings
from grader.service.clock import DAY, SECOND, now
from grader.service.database.tables import (
    AuditEntry,
    Counts,
    CourseAssignment,
    Member,
    Person,
    Role,
)


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """Return a service in which a fault is not tried again by itself."""
    monkeypatch.setattr(queue, "_PAUSES_S", ())
    with open_site(tmp_path) as made:
        yield made


@pytest.fixture
def ina(site: Site) -> Browser:
    """Return the browser of an instructor."""
    return site.browser(INA)


def test_page_knows_when_something_has_changed(site: Site, ina: Browser) -> None:
    """Its script asks, and loads it again; without scripts, it loads itself."""
    state = f"/assignments/{LAB}/class/state"
    handed_in(site, ANN, 1.0)
    page = ina.get(f"/assignments/{LAB}/class")
    first = ina.get(state).json()["version"]
    assert f'data-version="{first}"' in page.text
    assert '<noscript><meta http-equiv="refresh"' in page.text
    assert "connect-src 'self'" in page.headers["content-security-policy"]

    site.hand_in(BOB)
    second = ina.get(state).json()["version"]
    grade_jobs(site, {BOB: 2.0})

    assert len({first, second, ina.get(state).json()["version"]}) == 3


def test_links_of_the_class_lead_to_the_hand_ins(site: Site, ina: Browser) -> None:
    """The page is that of a batch, whose reports are beside it."""
    number = handed_in(site, ANN, 1.0)
    assert f'href="reports/{number}.html"' in ina.get(f"/assignments/{LAB}/class").text

    answer = ina.get(f"/assignments/{LAB}/reports/{number}.html")

    assert answer.headers["location"] == f"/hand-ins/{number}"


def test_attempt_that_counts_is_shown(site: Site, ina: Browser) -> None:
    """It is the best or the last, as the assignment says, less what being late takes."""
    handed_in(site, ANN, 3.0, data=b"1")
    handed_in(site, ANN, 2.0, data=b"2")

    def row() -> dict[str, str]:
        text = ina.get(f"/assignments/{LAB}/downloads/gradebook.csv").text.lstrip("\ufeff")
        return next(one for one in csv.DictReader(io.StringIO(text)) if one["name"] == "Ann")

    assert (row()["score"], row()["notes"]) == ("3", "attempt 1 of 2")
    site.change(LAB, counts=Counts.LAST)
    assert row()["score"] == "2"
    site.change(LAB, due_at=now() - 3600 * SECOND, late_days=1, late_penalty=0.5)
    assert row()["score"] == "1"
    assert "handed in 1 day late" in row()["notes"]


def test_reports_come_as_a_folder_of_a_batch(site: Site, ina: Browser) -> None:
    """The zip has the page of the class, gradebook and summary, and each report."""
    number = handed_in(site, ANN, 1.0)

    answer = ina.get(f"/assignments/{LAB}/downloads/reports.zip")

    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert set(archive.namelist()) == {
            "index.html",
            "gradebook.csv",
            "summary.json",
            f"reports/{number}.html",
            f"reports/{number}.json",
        }
        assert b'http-equiv="refresh"' not in archive.read("index.html")


def export(ina: Browser, name: str, table: bytes = b"") -> bytes:
    """Download the class in a format; return the bytes."""
    answer = ina.post(
        f"/assignments/{LAB}/downloads/format",
        data={"csrf_token": ina.token(), "format": name},
        files={"worksheet": ("grades.csv", table)} if table else {"worksheet": ("", b"")},
    )
    assert answer.status_code in (200, 422), name
    return answer.content


def test_every_format_can_be_downloaded(site: Site, ina: Browser) -> None:
    """Each makes a file, or says what it needs; nothing ends in a fault of the service."""
    handed_in(site, ANN, 1.0)

    for name in list_formats():
        assert export(ina, name)


def test_table_of_a_platform_is_filled_in(site: Site, ina: Browser) -> None:
    """Those who can't be filled in are listed in the zip."""
    handed_in(site, ANN, 3.0)
    site.hand_in(BOB)
    grade_jobs(site, {BOB: None})
    table = (
        "Student,ID,SIS User ID,SIS Login ID,Section,Lab 1 (9)\n"
        "Points Possible,,,,,4\n"
        'Ann,7,s1,ann,1,""\nBob,8,s2,bob,1,""\n'
    )

    made = export(ina, "canvas", table.encode())

    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        (name,) = set(archive.namelist()) - {"left-out.txt"}
        assert b"Ann,7,s1,ann,1,3" in archive.read(name).replace(b'"', b"")
        assert b"the grader failed" in archive.read("left-out.txt")


def test_queue_says_what_failed_and_tries_it_again(site: Site, ina: Browser) -> None:
    """What waits is counted, faults are listed with their reason, and count once they work."""
    handed_in(site, BOB, 1.0)
    site.hand_in(ANN)
    page = ina.get(f"/courses/{FIRST}/queue").text
    assert "<dt>Waiting</dt><dd>1</dd>" in page
    grade_jobs(site, {ANN: None})
    page = ina.get(f"/courses/{FIRST}/queue").text
    assert "Faults of the grader (1)" in page
    assert "the sandbox is gone" in page

    assert ina.submit(f"/assignments/{LAB}/retry-faults").status_code == 303

    grade_jobs(site, {ANN: 4.0})
    assert points_of(site, ANN) == 4.0
    assert "Faults of the grader (0)" in ina.get(f"/courses/{FIRST}/queue").text


def upload_roster(ina: Browser, text: str, name: str = "roster.csv") -> str:
    """Upload a roster; return the page that comes back."""
    return ina.post(
        f"/courses/{FIRST}/roster",
        data={"csrf_token": ina.token()},
        files={"roster": (name, text.encode())},
    ).text


def test_roster_brings_students_in(site: Site, ina: Browser, tmp_path: Path) -> None:
    """Known ones are updated; a file that can't be used is named by its name only."""
    page = upload_roster(ina, "id,name,email\ns1,Anna,a@example.org\ns9,Zoe,z@example.org\n")

    assert "The roster has 2 students; 1 of them are new" in page
    with site.database.read() as session:
        assert session.get_one(Person, ANN).name == "Anna"
        actions = session.scalars(select(AuditEntry.action)).all()
    assert "roster imported" in actions
    page = upload_roster(ina, "nonsense", "../../x<y>.csv")
    assert "Nothing was changed" in page
    assert str(tmp_path) not in page
    assert "Choose a file first" in upload_roster(ina, "", "")


def test_links_are_shown_once_and_work(site: Site, ina: Browser) -> None:
    """That of the course, one-time links for students, and for a new instructor."""
    page = ina.submit(f"/courses/{FIRST}/code").text
    join = page.partition('<code class="secret">')[2].partition("<")[0]
    nobody = site.browser()
    assert nobody.get(join).status_code == 200
    assert join not in ina.get(f"/courses/{FIRST}").text
    assert ina.submit(f"/courses/{FIRST}/code/close").status_code == 200
    assert nobody.get(join).status_code == 404

    page = ina.submit(f"/courses/{FIRST}/links", person_id=str(BOB)).text
    link = page.partition('<code class="secret">')[2].partition("<")[0]
    assert nobody.post(link).status_code == 200
    assert "Bob" in nobody.get("/").text

    page = ina.submit(f"/courses/{FIRST}/instructors", name="Dan", email="otto@example.org").text
    link = page.partition('<code class="secret">')[2].partition("<")[0]
    dan = site.browser()
    assert dan.post(link).status_code == 303
    assert dan.get(f"/courses/{FIRST}").status_code == 200
    with site.database.read() as session:
        # The email is that of another course's instructor, who must not be let in here.
        assert (
            session.scalars(
                select(Member.role).where(Member.person_id == 5, Member.course_id == FIRST)
            ).all()
            == []
        )
        assert (
            len(
                session.scalars(
                    select(Member).where(Member.course_id == FIRST, Member.role == Role.INSTRUCTOR)
                ).all()
            )
            == 2
        )
    page = ina.submit(f"/courses/{FIRST}/platform-link").text
    assert "/lti/register/" in page


SETTINGS = {
    "title": "Lab one",
    "offset": "+02:00",
    "opens_at": "2030-06-01T08:00",
    "due_at": "2030-06-30T23:59",
    "late_days": "2",
    "late_percent": "12,5",
    "attempts": "3",
    "refill_hours": "0.5",
    "counts": "last",
    "shows_after_due": "yes",
}


def test_settings_are_changed(site: Site, ina: Browser) -> None:
    """Moments are those of the offset that is given; the audit has what was before."""
    page = ina.submit(f"/assignments/{LAB}/settings", **SETTINGS).text

    assert "The settings are saved." in page
    assert "2030-06-30 21:59:00 UTC" in page
    with site.database.read() as session:
        found = session.get_one(CourseAssignment, LAB)
        details = session.scalars(select(AuditEntry.details).order_by(AuditEntry.id)).all()[-1]
    due = int(datetime(2030, 6, 30, 21, 59, tzinfo=UTC).timestamp()) * SECOND
    assert (found.title, found.due_at, found.late_days, found.late_penalty) == (
        "Lab one",
        due,
        2,
        0.125,
    )
    assert (found.attempts, found.refill_s, found.counts) == (3, 1800, Counts.LAST)
    assert found.shows_after_due
    assert "title was Lab 1" in details


def test_form_that_is_sent_back_as_it_is_changes_nothing(site: Site, ina: Browser) -> None:
    """Seconds of a due date are kept, too."""
    due = (now() // DAY + 5) * DAY - SECOND
    site.change(LAB, due_at=due)
    page = ina.get(f"/assignments/{LAB}/settings").text
    shown = page.partition('name="due_at" value="')[2].partition('"')[0]
    assert shown.endswith("T23:59:59")
    fields = {
        "title": "Lab 1", "offset": "+00:00", "due_at": shown, "counts": "best", "late_days": "0",
    }  # fmt: skip

    assert "Nothing was different." in ina.submit(f"/assignments/{LAB}/settings", **fields).text


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("title", " "),
        ("title", "x" * 201),
        ("offset", "Berlin"),
        ("offset", "+25:00"),
        ("due_at", "tomorrow"),
        ("due_at", "0001-01-01T00:00"),
        ("due_at", "2030-06-01T07:00"),
        ("late_days", "1.5"),
        ("late_days", "-1"),
        ("late_percent", "101"),
        ("late_percent", "nan"),
        ("attempts", "1e9"),
        ("refill_hours", "x"),
        ("counts", "worst"),
    ],
)
def test_settings_that_can_not_be_meant_are_refused(name: str, value: str) -> None:
    """Nothing is changed, and the message says which."""
    with pytest.raises(UsageError):
        read_settings({**SETTINGS, name: value})


def test_refused_settings_stay_in_the_form(site: Site, ina: Browser) -> None:
    """What was typed is not lost, and shown as text."""
    answer = ina.submit(
        f"/assignments/{LAB}/settings", **{**SETTINGS, "offset": "<x>", "title": "Lab one"}
    )

    assert answer.status_code == 422
    assert 'value="&lt;x&gt;"' in answer.text
    with site.database.read() as session:
        assert session.get_one(CourseAssignment, LAB).title == "Lab 1"


def test_instructor_adds_an_assignment(site: Site, ina: Browser) -> None:
    """A built-in one, or one of the folders of the own courses, which are not shown whole."""
    page = ina.get(f"/courses/{FIRST}").text
    keys = re.findall(r'<option value="([^"]+)"', page)
    assert keys == ["name-lab4", f"as-{FILES_LAB}"]
    assert str(ROOT) not in page

    done = ina.submit(f"/courses/{FIRST}/assignments", assignment=keys[1], title=" Two <i>files")
    again = ina.submit(f"/courses/{FIRST}/assignments", assignment=keys[0])

    assert (done.status_code, again.status_code) == (303, 303)
    assert "Two &lt;i&gt;files" in ina.get(done.headers["location"]).text
    with site.database.read() as session:
        added = session.scalars(
            select(CourseAssignment).where(CourseAssignment.id > FILES_LAB)
        ).all()
        entry = session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()[-1]
    assert [(one.course_id, PurePath(one.folder).name, one.title) for one in added] == [
        (FIRST, "two_files", "Two <i>files"),
        (FIRST, "lab4", "Lab 4: gradient descent with autograd"),
    ]
    assert len({one.salt for one in added}) == 2
    assert (entry.action, entry.by_id) == ("assignment added", INA)


@pytest.mark.parametrize(
    "key", ["", "lab4", "/etc", "name-../lab4", f"as-{OTHER_LAB}", "as-99", "name-nosuch"]
)
def test_only_what_is_offered_can_be_added(key: str, site: Site, ina: Browser) -> None:
    """Checks run as the service, so nobody names a folder or an assignment of others."""
    site.change(OTHER_LAB, folder="/secret/folder")

    answer = ina.submit(f"/courses/{FIRST}/assignments", assignment=key)

    assert answer.status_code == 422
    assert "Choose one of the assignments" in answer.text
    assert "/secret" not in answer.text


def test_assignment_that_is_gone_can_not_be_added(site: Site, ina: Browser) -> None:
    """The page doesn't say where the folder was."""
    site.change(FILES_LAB, folder="/secret/folder")

    answer = ina.submit(f"/courses/{FIRST}/assignments", assignment=f"as-{FILES_LAB}")

    assert answer.status_code == 422
    assert "use" in answer.text
    assert "/secret" not in answer.text
