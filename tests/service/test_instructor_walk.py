"""An instructor's way through the pages in a real browser: on a phone and on a desk."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from browser import (
    DESKTOP,
    PHONE,
    SMALL,
    find_barriers,
    find_low_contrast,
    find_overflow,
    unfold,
)
from fakes import check_result, make_report
from manual_samples import waiting_item
from service_class import grade_jobs, handed_in, points_of
from service_site import ANN, BOB, FIRST, INA, LAB, Site, open_site
from service_visits import Visit, visiting

from grader.report.model import Status
from grader.service import queue
from grader.service.decisions import Kind, decide
from grader.service.regrades import start_regrade

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser

SIZES = pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
PAGES = {
    "course": f"/courses/{FIRST}",
    "queue": f"/courses/{FIRST}/queue",
    "audit": f"/courses/{FIRST}/audit",
    "course_student": f"/courses/{FIRST}/students/{ANN}",
    "class": f"/assignments/{LAB}/class",
    "students": f"/assignments/{LAB}/students",
    "student": f"/assignments/{LAB}/students/{ANN}",
    "regrades": f"/assignments/{LAB}/regrades",
    "regrade": f"/assignments/{LAB}/regrades/1",
    "marks": f"/assignments/{LAB}/marks",
    "downloads": f"/assignments/{LAB}/downloads",
    "settings": f"/assignments/{LAB}/settings",
}


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """Return a service."""
    monkeypatch.setattr(queue, "_PAUSES_S", ())
    with open_site(tmp_path) as made:
        yield made


@pytest.fixture
def visit(chromium: "Browser", site: Site) -> Iterator[Visit]:
    """Return a function that opens a page of it."""
    with visiting(chromium, site) as found:
        yield found


def fill(site: Site) -> None:
    """Have something on every page."""
    essay = waiting_item("essay", 5.0, answer="Since the rule says so.\n" * 8, digest="b" * 64)
    report = make_report(
        check_result("mse/a"),
        check_result("mse/b", Status.FAILED),
        check_result("train/c", Status.FAILED, max_points=2.0),
        manual=(essay,),
        score=1.0,
        max_score=9.0,
    )
    site.grade(site.hand_in(ANN, data=b"1"), report)
    site.hand_in(BOB)
    grade_jobs(site, {BOB: None})
    with site.database.write() as session:
        decide(session, LAB, ANN, Kind.OVERRIDE, by_id=INA, text="as agreed", points=2.0)
        decide(session, LAB, ANN, Kind.COMMENT, by_id=INA, text="Well done.")
        start_regrade(session, LAB, by_id=INA, reason="check b was wrong")
    grade_jobs(site, {ANN: 3.0, BOB: 1.0})


def test_pages_have_no_barriers(site: Site, visit: Visit) -> None:
    """With everything unfolded, axe finds nothing, in light and dark; all fits in 320 px."""
    fill(site)

    found = {}
    for name, path in PAGES.items():
        page = visit(path, person_id=INA, size=SMALL, has_policy=False)
        unfold(page)
        found[name] = find_barriers(page)
        found[f"{name}, 320 px"] = find_overflow(page)
        found[f"{name}, light"] = find_low_contrast(page, least=4.5)
        page.emulate_media(color_scheme="dark")
        found[f"{name}, dark"] = find_low_contrast(page, least=4.5)
        page.context.close()

    assert {where: what for where, what in found.items() if what} == {}


@SIZES
def test_pages_are_shown(size: tuple[int, int], site: Site, visit: Visit, tmp_path: Path) -> None:
    """Each has its heading, and nothing sticks out; somebody looks at the screenshots."""
    fill(site)

    for name, path in PAGES.items():
        page = visit(path, person_id=INA, size=size)
        assert page.get_by_role("heading", level=1).count() == 1, name
        page.screenshot(path=tmp_path / f"{name}_{size[0]}.png", full_page=True)
        assert find_overflow(page) == [], name
        page.context.close()


@SIZES
@pytest.mark.parametrize("has_scripts", [True, False], ids=["scripts", "plain"])
def test_instructor_walks_through_a_course(
    size: tuple[int, int], *, has_scripts: bool, site: Site, visit: Visit
) -> None:
    """From the list of courses: look at the class, decide, regrade, delete."""
    handed_in(site, ANN, 1.0)
    handed_in(site, BOB, 3.0)
    page = visit("/", person_id=INA, size=size, has_scripts=has_scripts)
    page.get_by_role("link", name="The course, for its instructors").click()
    page.get_by_role("button", name="Make a new link instead").click()
    assert "/join/" in page.locator("code.secret").inner_text()
    page.get_by_role("link", name="Lab 1", exact=True).click()
    assert page.get_by_role("link", name="Ann").count()
    page.get_by_role("link", name="Students", exact=True).first.click()
    page.get_by_role("link", name="Ann").click()
    page.get_by_text("Decide the points").click()
    page.get_by_label("Points that count, whatever the grader says").fill("2")
    page.locator("#override-reason").fill("agreed")
    page.get_by_role("button", name="Decide").click()
    assert "2 of 4 points, decided by an instructor" in page.locator("main").inner_text()
    page.get_by_role("button", name="Take back").click()

    page.get_by_role("link", name="Regrades").click()
    page.get_by_role("button", name="Grade everybody again").click()
    assert "0 of 2 hand-ins are graded again" in page.locator("main").inner_text()
    grade_jobs(site, {ANN: 4.0, BOB: 1.0})
    page.get_by_text("1 student loses, 1 gains.").wait_for(timeout=20_000)
    page.get_by_role("button", name="Let it count").click()
    page.get_by_text("these results count").wait_for()
    assert (points_of(site, ANN), points_of(site, BOB)) == (4.0, 1.0)

    page.get_by_role("link", name="Course 1").click()
    page.get_by_role("link", name="Bob").click()
    page.get_by_label("To confirm, type the name of the student").fill("Bob")
    page.get_by_role("button", name="Delete for ever").click()
    page.get_by_role("heading", name="Deleted").wait_for()
    page.get_by_role("link", name="Back to the course").click()

    assert page.get_by_role("link", name="Bob").count() == 0


def test_class_page_loads_itself_when_something_is_new(site: Site, visit: Visit) -> None:
    """The script asks every few seconds; a page that nobody has touched shows what is new."""
    page = visit(f"/assignments/{LAB}/class", person_id=INA)
    assert page.get_by_role("link", name="Ann").count() == 0

    handed_in(site, ANN, 3.0)

    page.get_by_role("link", name="Ann").first.wait_for(timeout=30_000)


def test_due_date_is_shown_in_the_time_of_the_reader(site: Site, visit: Visit) -> None:
    """The offset is that of the due date, in summer too; without scripts it is UTC."""
    site.change(LAB, due_at=1_909_000_000_000_000)  # 2030-06-29 21:46:40 UTC
    plain = visit(f"/assignments/{LAB}/settings", person_id=INA, has_scripts=False)
    assert plain.get_by_label("Due (empty: never)").input_value() == "2030-06-29T21:46:40"

    page = visit(f"/assignments/{LAB}/settings", person_id=INA)
    assert page.get_by_label("Due (empty: never)").input_value() == "2030-06-29T23:46:40"
    assert page.get_by_label("Offset of these times from UTC").input_value() == "+02:00"
    page.get_by_role("button", name="Save").click()

    assert "Nothing was different." in page.get_by_role("status").inner_text()
