"""Every route of instructors, asked by everybody else: it isn't there for them."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from service_site import ANN, BOB, FIRST, INA, LAB, OTTO, Browser, Site, open_site, wrong_report
from sqlalchemy import func, select
from starlette.routing import Route

from grader.service.database.tables import (
    AuditEntry,
    Course,
    Decision,
    HandIn,
    Job,
    Member,
    OneTimeLink,
    Regrade,
    Role,
)
from grader.service.decisions import Kind, decide
from grader.service.regrades import start_regrade
from grader.service.web import (
    class_page,
    class_students,
    course,
    course_student,
    marks,
    regrading,
    settings_page,
)

MODULES = (class_page, class_students, course, course_student, marks, regrading, settings_page)
ROUTES = [
    (route.path, method)
    for module in MODULES
    for route in module.ROUTES
    if isinstance(route, Route)
    for method in sorted((route.methods or set()) - {"HEAD"})
]
# What a page may do without changing anything that counts: a retry finds nothing to do.
TABLES = (AuditEntry, Course, Decision, HandIn, Job, Member, OneTimeLink, Regrade)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """Return a service in which a student has handed in, with a decision and a regrade."""
    with open_site(tmp_path) as made:
        number = made.hand_in()
        made.grade(number, wrong_report())
        with made.database.write() as session:
            decide(session, LAB, ANN, Kind.OVERRIDE, by_id=INA, text="why", points=1.0)
            start_regrade(session, LAB, by_id=INA)
        yield made


def paths(site: Site) -> list[tuple[str, str]]:
    """Return the address of each route, for what there is in the first course."""
    with site.database.read() as session:
        values = {
            "{course_id:int}": FIRST,
            "{assignment_id:int}": LAB,
            "{person_id:int}": ANN,
            "{decision_id}": session.scalars(select(Decision.id)).one(),
            "{regrade_id:int}": session.scalars(select(Regrade.id)).one(),
            "{number}": session.scalars(select(HandIn.number)).one(),
            "{kind}": "csv",
        }
    found = []
    for path, method in ROUTES:
        filled = path
        for name, value in values.items():
            filled = filled.replace(name, str(value))
        assert "{" not in filled
        found.append((filled, method))
    return found


def ask(site: Site, browser: Browser, *, token: str) -> dict[str, int]:
    """Return how each route answers."""
    return {
        f"{method} {path}": (
            browser.get(path)
            if method == "GET"
            else browser.post(path, data={"csrf_token": token}, headers=_as_upload(path))
        ).status_code
        for path, method in paths(site)
    }


def _as_upload(path: str) -> dict[str, str]:
    is_upload = path.endswith(("/roster", "/file", "/format"))
    return {"Content-Type": "multipart/form-data; boundary=x"} if is_upload else {}


def count_all(site: Site) -> list[int | None]:
    """Return how many rows each table has that a route could change."""
    with site.database.read() as session:
        return [session.scalar(select(func.count()).select_from(one)) for one in TABLES]


def test_nobody_sees_nothing(site: Site) -> None:
    """Whoever isn't logged in is asked to, and nothing changes."""
    before = count_all(site)

    answers = ask(site, site.browser(), token="")

    assert {one: code for one, code in answers.items() if code != 401} == {}
    assert count_all(site) == before


@pytest.mark.parametrize("person_id", [ANN, BOB, OTTO], ids=["student", "classmate", "elsewhere"])
def test_others_find_nothing(person_id: int, site: Site) -> None:
    """It isn't there for students, their classmates and instructors of other courses."""
    before = count_all(site)
    browser = site.browser(person_id)

    answers = ask(site, browser, token=browser.token())

    assert {one: code for one, code in answers.items() if code != 404} == {}
    assert count_all(site) == before


def test_session_for_another_course_finds_nothing(site: Site) -> None:
    """An instructor who is let in by another course's instructor has only that course."""
    with site.database.write() as session:
        session.add(Member(course_id=2, person_id=INA, role=Role.INSTRUCTOR))
    browser = site.browser(INA, course_id=2)

    answers = ask(site, browser, token=browser.token())

    assert {one: code for one, code in answers.items() if code != 404} == {}


def test_forms_without_the_token_change_nothing(site: Site) -> None:
    """An instructor's browser may be made to send a form by another page."""
    before = count_all(site)
    browser = site.browser(INA)

    answers = ask(site, browser, token="wrong")  # noqa: S106 - of no session

    posts = {one: code for one, code in answers.items() if one.startswith("POST")}
    assert {one: code for one, code in posts.items() if code not in (400, 403)} == {}
    assert count_all(site) == before


def test_instructor_sees_every_page(site: Site) -> None:
    """Each of them answers, so the tests above mean something."""
    browser = site.browser(INA)

    answers = {
        path: browser.get(path).status_code for path, method in paths(site) if method == "GET"
    }

    assert {path: code for path, code in answers.items() if code not in (200, 303)} == {}


def test_ids_that_are_not_there_are_not_found(site: Site) -> None:
    """Neither those of another course, nor any that no database could have."""
    browser = site.browser(INA)
    huge = "9" * 40

    for path in (
        f"/courses/{huge}",
        f"/courses/{FIRST}/students/{huge}",
        f"/courses/{FIRST}/students/{OTTO}",
        f"/courses/{FIRST}/students/{INA}",
        f"/courses/{FIRST}/audit?before={huge}",
        f"/courses/{FIRST}/audit?before=x",
        f"/assignments/{LAB}/students/{huge}",
        f"/assignments/{LAB}/students/{OTTO}",
        f"/assignments/{LAB}/regrades/{huge}",
        f"/assignments/{LAB}/marks.xlsx",
        f"/assignments/{LAB}/downloads/gradebook.csv?dialect=x",
    ):
        assert browser.get(path).status_code == 404, path


def test_things_of_another_course_can_not_be_named(site: Site) -> None:
    """An instructor who names ids of another course in an own one's address finds nothing."""
    with site.database.write() as session:
        decision = session.scalars(select(Decision.id)).one()
        regrade = session.scalars(select(Regrade.id)).one()
    otto = site.browser(OTTO)

    for path, fields in (
        ("/courses/2/links", {"person_id": str(ANN)}),
        (f"/courses/2/students/{ANN}/delete", {"name": "Ann"}),
        (f"/assignments/2/students/{ANN}/decisions", {"kind": "comment", "text": "x"}),
        (f"/assignments/2/students/{ANN}/decisions/{decision}/withdraw", {}),
        (f"/assignments/2/students/4/decisions/{decision}/withdraw", {}),
        (f"/assignments/2/regrades/{regrade}/drop", {}),
        (f"/assignments/2/regrades/{regrade}/apply", {}),
    ):
        assert otto.submit(path, **fields).status_code == 404, path
