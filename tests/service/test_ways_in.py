"""Who gets in without an LMS, as whom, and how often."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from service_site import ANN, BOB, EVE, FIRST, INA, LAB, OTTO, SECOND, Site, open_site
from sqlalchemy import select

from grader.report.class_model import Student
from grader.service.clock import DAY
from grader.service.database.tables import (
    AuditEntry,
    Base,
    Identity,
    Member,
    OneTimeLink,
    Person,
    Platform,
    WebSession,
)
from grader.service.roster import close_course_code, enroll, new_course_code
from grader.service.tokens import digest_of


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """Return a service with two courses."""
    with open_site(tmp_path) as made:
        yield made


def personal_link(html: str) -> str:
    """Return the path of the personal link on a page."""
    found = re.search(r"http://127.0.0.1:8000(/me/[\w-]+)", html)
    assert found is not None
    return found[1]


@pytest.mark.parametrize("who", ["s1", " S1 ", "ann@example.org", "Ann@Example.org"])
def test_code_and_roster_let_a_student_in(who: str, site: Site) -> None:
    """Whoever has the code and the id or the email of an entry is its student from then on."""
    browser = site.browser()
    assert "Course 1" in browser.get(f"/join/{site.code}").text

    answer = browser.submit(f"/join/{site.code}", who=who)

    assert answer.status_code == 200
    assert personal_link(answer.text)
    assert "Ann" in browser.get("/").text


@pytest.mark.parametrize("who", ["", "s9", "s", "%", "ina@example.org", "eve@example.org", "\0"])
def test_who_is_not_on_the_roster_stays_outside(who: str, site: Site) -> None:
    """Neither somebody unknown, nor a student of another course, nor an instructor gets in."""
    browser = site.browser()

    answer = browser.submit(f"/join/{site.code}", who=who)

    assert answer.status_code == 403
    assert "Nobody on the roster" in answer.text
    assert browser.get("/").status_code == 401


def test_entry_is_taken_once(site: Site) -> None:
    """A classmate with the code can't become somebody who is there already, and sees no more."""
    first = site.browser()
    first.submit(f"/join/{site.code}", who="s1")
    second = site.browser()

    answer = second.submit(f"/join/{site.code}", who="ann@example.org")
    unknown = second.submit(f"/join/{site.code}", who="nobody")

    assert answer.status_code == 403
    assert second.get("/").status_code == 401
    assert answer.text.replace("ann@example.org", "") == unknown.text.replace("nobody", "")
    assert "Ann" in first.get("/").text


def test_entry_of_somebody_from_a_platform_is_taken(site: Site) -> None:
    """Who comes by the LMS can't be taken over with the code of the course."""
    with site.database.write() as session:
        session.add(
            Platform(
                id=1, issuer="i", client_id="c", authorization_url="", token_url="", keys_url="",
                created_at=0,
            )
        )  # fmt: skip
        session.flush()
        session.add(Identity(person_id=ANN, platform_id=1, subject="7"))

    assert site.browser().submit(f"/join/{site.code}", who="s1").status_code == 403


def test_two_entries_with_the_same_email_are_nobodys(site: Site) -> None:
    """If it isn't clear who is meant, nobody gets in."""
    with site.database.write() as session:
        session.get_one(Person, BOB).email = "ann@example.org"

    assert site.browser().submit(f"/join/{site.code}", who="ann@example.org").status_code == 403
    assert site.browser().submit(f"/join/{site.code}", who="s1").status_code == 200


def test_code_can_be_renewed_and_closed(site: Site) -> None:
    """An old code is worth nothing, and neither is one of a closed course."""
    with site.database.write() as session:
        new = new_course_code(session, FIRST, by_id=INA)
    assert site.browser().get(f"/join/{site.code}").status_code == 404
    assert site.browser().get(f"/join/{new}").status_code == 200

    with site.database.write() as session:
        close_course_code(session, FIRST, by_id=INA)

    assert site.browser().get(f"/join/{new}").status_code == 404
    assert site.browser().submit(f"/join/{new}", who="s1").status_code == 404


def test_personal_link_logs_in_again_until_it_is_renewed(site: Site) -> None:
    """It works in any browser as often as one likes, and a new one replaces it."""
    first = site.browser()
    link = personal_link(first.submit(f"/join/{site.code}", who="s1").text)
    other = site.browser()
    assert "Log in as Ann" in other.get(link).text
    assert other.get("/").status_code == 401  # looking logs nobody in
    assert other.submit(link).headers["location"] == "/"
    assert site.browser().submit(link).status_code == 303

    new = personal_link(other.submit(f"/courses/{FIRST}/personal-link").text)

    assert site.browser().submit(link).status_code == 404
    assert site.browser().submit(new).status_code == 303


def test_only_who_came_without_a_platform_has_a_personal_link(site: Site) -> None:
    """Instructors, students from a platform and others have none."""
    path = f"/courses/{FIRST}/personal-link"

    answers = [site.browser(one).submit(path).status_code for one in (ANN, INA, EVE, OTTO)]

    assert answers == [404, 404, 404, 404]


def test_one_time_link_works_once_and_looking_does_not_use_it(site: Site) -> None:
    """Whatever looks at links in mails beforehand burns none; the button does."""
    link = site.link(ANN)
    for _ in range(3):
        assert "Log in as Ann" in site.browser().get(link).text
        assert site.browser().head(link).status_code == 200
    browser = site.browser()

    assert browser.submit(link).status_code == 200

    assert "Ann" in browser.get("/").text
    assert site.browser().get(link).status_code == 404
    assert site.browser().submit(link).status_code == 404


def test_link_of_the_instructor_logs_out_who_was_there_before(site: Site) -> None:
    """A classmate who had taken the entry is outside again, and so is the personal link."""
    thief = site.browser()
    stolen = personal_link(thief.submit(f"/join/{site.code}", who="s1").text)
    student = site.browser()

    student.submit(site.link(ANN))

    assert "Ann" in student.get("/").text
    assert thief.get("/").status_code == 401
    assert site.browser().submit(stolen).status_code == 404
    assert site.browser().submit(f"/join/{site.code}", who="s1").status_code == 403


def test_link_expires(site: Site) -> None:
    """After a week it is worth nothing."""
    link = site.link(ANN)
    with site.database.write() as session:
        found = session.scalars(select(OneTimeLink)).one()
        found.expires_at -= 7 * DAY

    assert site.browser().get(link).status_code == 404
    assert site.browser().submit(link).status_code == 404


def test_link_is_good_for_the_course_of_its_instructor_only(site: Site) -> None:
    """An instructor who gives a link for a person must not get into another course by it."""
    with site.database.write() as session:
        session.add(Member(course_id=SECOND, person_id=ANN, role="student", student_id="x"))
    browser = site.browser()
    browser.submit(site.link(ANN, course_id=SECOND))

    home = browser.get("/").text

    assert "Course 2" in home
    assert "Course 1" not in home
    assert browser.get(f"/assignments/{LAB}").status_code == 404


def test_link_without_a_course_is_good_for_all(site: Site) -> None:
    """The operator lets an instructor in, who has no personal link."""
    browser = site.browser()

    answer = browser.submit(site.link(INA, course_id=None))

    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert "Ina" in browser.get("/").text


def test_same_email_in_two_courses_is_two_persons(site: Site) -> None:
    """Otherwise an instructor could put students of others on a roster, and become them."""
    with site.database.write() as session:
        (member,) = enroll(session, SECOND, [Student(id="s1x", name="A", email="ann@example.org")])

        assert member.person_id not in (ANN, EVE)


def test_roster_can_come_again(site: Site) -> None:
    """The same ids are the same persons, with their new names, also if they had no id before."""
    with site.database.write() as session:
        first = enroll(
            session, FIRST, [Student(id="s1", name="Anna", email="a@b.c"), Student(email="x@b.c")]
        )
        again = enroll(session, FIRST, [Student(id="s77", name="Xi", email="x@b.c")])

        assert first[0].person_id == ANN
        assert session.get_one(Person, ANN).name == "Anna"
        assert again[0].id == first[1].id


def test_log_out_ends_the_session(site: Site) -> None:
    """The cookie is worth nothing afterwards, also if somebody has kept it."""
    browser = site.browser(ANN)
    kept = browser.cookies["zerograd"]

    assert browser.submit("/log-out").status_code == 200

    other = site.browser()
    other.hold("zerograd", kept)
    assert other.get("/").status_code == 401
    assert "zerograd" not in browser.cookies


def test_login_begins_a_new_session_and_ends_the_one_before(site: Site) -> None:
    """A cookie that somebody has planted or kept is not the one of the login."""
    browser = site.browser(BOB)
    planted = browser.cookies["zerograd"]

    browser.submit(site.link(ANN))

    assert browser.cookies["zerograd"] != planted
    other = site.browser()
    other.hold("zerograd", planted)
    assert other.get("/").status_code == 401


def test_made_up_cookie_is_not_taken_over(site: Site) -> None:
    """A login never uses the value that a browser has sent."""
    browser = site.browser()
    browser.hold("zerograd", "chosen")

    answer = browser.submit(site.link(ANN))

    assert "zerograd=chosen" not in answer.headers["set-cookie"]
    with site.database.read() as session:
        assert digest_of("chosen") not in session.scalars(select(WebSession.digest)).all()


def test_session_ends_by_itself_unless_it_is_used(site: Site) -> None:
    """After thirty days without use it is over; use prolongs it."""
    browser = site.browser(ANN)
    with site.database.write() as session:
        found = session.scalars(select(WebSession)).one()
        found.expires_at -= 29 * DAY
        before = found.expires_at
    assert browser.get("/").status_code == 200
    with site.database.write() as session:
        found = session.scalars(select(WebSession)).one()
        assert found.expires_at > before + 28 * DAY
        found.expires_at -= 31 * DAY

    assert browser.get("/").status_code == 401


def test_only_digests_are_kept(site: Site) -> None:
    """Whoever reads the database can log in as nobody."""
    browser = site.browser()
    link = site.link(BOB)
    personal = personal_link(browser.submit(f"/join/{site.code}", who="s1").text)
    secrets = [site.code, link, personal, browser.cookies["zerograd"]]

    with site.database.read() as session:
        rows = [
            repr(tuple(row))
            for table in Base.metadata.sorted_tables
            for row in session.execute(select(table))
        ]
    dump = "\n".join(rows)
    assert "Ann" in dump

    assert not [one for one in secrets if one.rpartition("/")[2] in dump]


def test_what_lets_somebody_in_is_recorded(site: Site) -> None:
    """An instructor can find out later who took an entry, and when."""
    site.browser().submit(f"/join/{site.code}", who="s1")
    site.browser().submit(site.link(ANN))

    with site.database.read() as session:
        found = session.execute(select(AuditEntry.action, AuditEntry.by_id)).all()
    assert ("entry taken with the code", ANN) in found
    assert ("entered with a link", ANN) in found


def test_wrong_guesses_are_limited(site: Site) -> None:
    """After many wrong ids, or wrong links, an address has to wait; right ones cost nothing."""
    browser = site.browser()

    answers = [browser.submit(f"/join/{site.code}", who="no").status_code for _ in range(31)]
    links = [browser.get(f"/log-in/{one}").status_code for one in range(31)]

    assert answers == [403] * 30 + [429]
    assert links == [404] * 30 + [429]
    assert browser.submit(f"/join/{site.code}", who="s1").status_code == 429


def test_whole_class_gets_in_from_one_address(site: Site) -> None:
    """Right tries are not limited: a class shares the address of its campus."""
    with site.database.write() as session:
        enroll(session, FIRST, [Student(id=f"n{one}", name="N") for one in range(60)])

    answers = {
        site.browser().post(f"/join/{site.code}", data={"who": f"n{one}"}).status_code
        for one in range(60)
    }

    assert answers == {200}
