"""A student's way through the pages in a real browser: with scripts, without, by keyboard."""

import functools
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from browser import DESKTOP, PHONE, SMALL, find_barriers, find_low_contrast, find_overflow, unfold
from page_kinds import page_of_kind
from service_site import ANN, BOB, FILES_LAB, LAB, Site, open_site, wrong_report
from service_visits import visiting
from sqlalchemy import select, update

from grader.report.model import Report
from grader.service.clock import DAY, now
from grader.service.database.tables import Decision, HandIn, Result

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

LIMIT = 256 * 1024
OpenSite = Callable[..., "Page"]


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """Return a service with two courses."""
    with open_site(tmp_path, max_upload_bytes=LIMIT) as made:
        yield made


@pytest.fixture
def visit(chromium: "Browser", site: Site) -> Iterator[OpenSite]:
    """Return a function that opens a page of the service, and fail if a page makes trouble."""
    with visiting(chromium, site, has_pages_of_errors=True) as open_page:
        yield functools.partial(open_page, person_id=ANN)


def grade(site: Site, number: str, report: Report | None = None, *, page: str = "wrong") -> None:
    """Grade a hand-in, with a page of a kind that is as full as pages get."""
    site.grade(number, report or wrong_report())
    with site.database.write() as session:
        result_id = session.scalars(select(HandIn.result_id).where(HandIn.number == number)).one()
        session.execute(
            update(Result).where(Result.id == result_id).values(page=page_of_kind(page).encode())
        )


def number_in(page: "Page") -> str:
    """Return the number of the hand-in that a page is about."""
    return page.url.rpartition("/")[2]


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
@pytest.mark.parametrize("has_scripts", [True, False], ids=["scripts", "plain"])
def test_student_walks_from_the_code_to_the_report(
    size: tuple[int, int], *, has_scripts: bool, site: Site, visit: OpenSite
) -> None:
    """Join with the code, keep the link, hand in, wait, read the report, log out, come back."""
    page = visit(f"/join/{site.code}", person_id=None, size=size, has_scripts=has_scripts)
    page.get_by_label("Your student id, or your email address").fill("s1")
    page.get_by_role("button", name="Go in").click()
    link = page.locator("#personal-link").inner_text()
    page.get_by_role("link", name="Go to your assignments").click()
    page.get_by_role("link", name="Lab 1").click()
    page.get_by_label("Your file").set_input_files(
        {"name": "lab4.py", "mimeType": "text/x-python", "buffer": b"x = 1\n"}
    )
    page.get_by_role("button", name="Hand in").click()

    page.get_by_role("heading", name="Handed in").wait_for()
    assert page.get_by_role("status").inner_text() == "It is next, or being graded right now."
    grade(site, number_in(page))
    page.get_by_role("heading", name="Your report").wait_for(timeout=15_000)
    assert "1 of 2 points" in page.locator("main").inner_text()
    frame = page.frame_locator("#report")
    assert frame.get_by_role("heading", level=1).is_visible()
    page.get_by_role("link", name="Open the report on a page of its own").click()
    assert page.get_by_role("heading", level=1).is_visible()
    page.go_back()
    page.get_by_role("button", name="Log out").click()
    page.get_by_role("heading", name="You are logged out").wait_for()
    page.goto(link)
    page.get_by_role("button", name="Log in").click()

    assert "1 of 2 points" in page.locator("main").inner_text()


def test_place_in_the_queue_falls_without_a_reload(site: Site, visit: OpenSite) -> None:
    """The script asks for it, says it to screen readers, and shows the report in the end."""
    before = [site.hand_in(BOB, data=str(one).encode()) for one in range(3)]
    mine = site.hand_in()
    page = visit(f"/hand-ins/{mine}")
    status = page.get_by_role("status")
    page.evaluate("window.isSame = true")
    assert status.inner_text() == "3 hand-ins are before it."

    for left, number in zip((2, 1), before, strict=False):
        grade(site, number)
        words = f"{left} hand-ins are" if left > 1 else "1 hand-in is"
        page.get_by_text(f"{words} before it.").wait_for(timeout=10_000)
    assert page.evaluate("window.isSame")
    grade(site, before[2])
    grade(site, mine)

    page.get_by_role("heading", name="Your report").wait_for(timeout=10_000)


def test_moments_are_shown_in_the_time_of_the_reader(site: Site, visit: OpenSite) -> None:
    """Without scripts they are in UTC; with them the UTC stays as a title."""
    site.change(LAB, due_at=1_900_000_000_000_000)

    shown = visit(f"/assignments/{LAB}").locator("time").first
    plain = visit(f"/assignments/{LAB}", has_scripts=False).locator("time").first

    assert plain.inner_text() == "2030-03-17 17:46:40 UTC"
    assert "17 Mar 2030, 18:46:40" in shown.inner_text()
    assert shown.get_attribute("title") == "2030-03-17 17:46:40 UTC"


def test_file_that_is_too_large_is_not_even_sent(visit: OpenSite) -> None:
    """The page says so at once, and takes a smaller one."""
    page = visit(f"/assignments/{LAB}")
    page.locator("form[data-max-bytes]").evaluate("(form) => { form.dataset.maxBytes = '5'; }")
    upload = page.get_by_label("Your file")
    upload.set_input_files({"name": "a.py", "mimeType": "text/plain", "buffer": b"123456"})
    assert "larger than what can be handed in" in page.get_by_role("alert").inner_text()
    page.get_by_role("button", name="Hand in").click()
    assert page.url.endswith(f"/assignments/{LAB}")

    upload.set_input_files({"name": "a.py", "mimeType": "text/plain", "buffer": b"1234"})
    page.get_by_role("button", name="Hand in").click()

    page.get_by_role("heading", name="Handed in").wait_for()


def test_server_says_that_a_file_is_too_large(visit: OpenSite) -> None:
    """Without scripts all of it is sent, and the page comes again with the reason."""
    page = visit(f"/assignments/{LAB}", has_scripts=False)
    page.get_by_label("Your file").set_input_files(
        {"name": "a.py", "mimeType": "text/plain", "buffer": b"#" * (2 * LIMIT)}
    )

    page.get_by_role("button", name="Hand in").click()

    assert "larger than 0.25 MiB" in page.locator(".banner[role=alert]").inner_text()


def test_report_frame_is_as_high_as_the_report(site: Site, visit: OpenSite) -> None:
    """Only the page scrolls, also after something in the report was unfolded."""
    number = site.hand_in()
    grade(site, number)
    page = visit(f"/hand-ins/{number}", size=PHONE)
    inside = page.frame_locator("#report")

    def heights() -> list[int]:
        found: list[int] = page.evaluate(
            "() => { const frame = document.getElementById('report'); return [frame.clientHeight,"
            " frame.contentDocument.documentElement.scrollHeight]; }"
        )
        return found

    def wait() -> None:
        deadline = time.monotonic() + 10
        while abs(heights()[0] - heights()[1]) > 4:
            assert time.monotonic() < deadline, heights()
            time.sleep(0.05)

    wait()
    before = heights()[0]
    inside.locator("details:not([open]) > summary").first.click()
    wait()

    assert heights()[0] > before


def test_hostile_report_can_do_nothing(site: Site, visit: OpenSite) -> None:
    """Even if a page of a report had scripts and forms in it, nothing would run or be sent."""
    number = site.hand_in()
    site.grade(number)
    evil = (
        "<!doctype html><title>x</title><body><script>parent.document.title = 'owned';"
        "document.title = 'owned'</script><img src=/log-out onerror=\"parent.document.title=1\">"
        "<form action=/log-out method=post><button id=go>go</button></form>"
        "<a id=top target=_top href=/health>top</a>"
    )
    with site.database.write() as session:
        session.execute(update(Result).values(page=evil.encode()))
    context_page = visit("/")
    page = context_page.context.new_page()  # here breaches of the policy are wanted
    page.goto(context_page.url + f"hand-ins/{number}")
    title = page.title()
    inside = page.frame_locator("#report")
    inside.locator("#go").click()
    inside.locator("#top").click()

    assert page.title() == title
    assert page.url.endswith(f"/hand-ins/{number}")
    page.goto(context_page.url + f"hand-ins/{number}/report")
    assert page.title() == "x"
    page.locator("#go").click()
    assert "Ann" in context_page.goto(context_page.url).text()  # type: ignore[union-attr]


def pages(site: Site) -> dict[str, str]:
    """Make a page of each kind; return their paths."""
    long_name = "a_rather_long_name_" * 7 + ".py"
    graded = site.hand_in(name=long_name)
    grade(site, graded)
    site.change(LAB, attempts=5, refill_s=3600, due_at=now() - DAY // 2, late_days=3)
    waiting = site.hand_in(data=b"2")
    several = site.browser(ANN).upload(FILES_LAB, ("model.py", b"m"), ("train.py", b"t"))
    failed = site.hand_in(BOB)
    grade(site, failed)
    with site.database.write() as session:
        session.execute(
            update(Result)
            .where(Result.hand_in_id == select(HandIn.id).where(HandIn.number == failed)
                   .scalar_subquery())
            .values(page=b"", report=b"", error="gone", is_fault=True)
        )  # fmt: skip
        session.add(
            Decision(
                assignment_id=LAB, person_id=ANN, kind="comment", text="Well done.\nMore?", at=1
            )
        )
    return {
        "home": "/",
        "assignment": f"/assignments/{LAB}",
        "files": f"/assignments/{FILES_LAB}",
        "waiting": f"/hand-ins/{waiting}",
        "several": several.headers["location"],
        "report": f"/hand-ins/{graded}",
        "missing": "/nothing",
        "join": f"/join/{site.code}",
        "log-in": site.link(BOB),
        "fault": f"/hand-ins/{failed}",
        "tokens": "/tokens",
        "api": "/api/v1/",
    }


def test_pages_have_no_barriers(site: Site, visit: OpenSite) -> None:
    """On each page axe finds nothing, in light and dark, from 320 to 1280 px; all of it fits."""
    found: dict[str, list[str]] = {}
    for name, path in pages(site).items():
        person_id = BOB if name == "fault" else ANN
        page = visit(path, person_id=person_id, size=SMALL, has_policy=False)
        unfold(page)
        barriers = find_barriers(page) + find_overflow(page) + find_low_contrast(page)
        page.emulate_media(color_scheme="dark")
        barriers += find_barriers(page, only=("color-contrast",)) + find_low_contrast(page)
        for width, height in (PHONE, DESKTOP):
            page.set_viewport_size({"width": width, "height": height})
            barriers += find_barriers(page, only=("target-size",)) + find_overflow(page)
        found[name] = barriers

    assert {name: what for name, what in found.items() if what} == {}


def test_keyboard_is_enough(visit: OpenSite) -> None:
    """From the list to a receipt with keys only; the focus is always visible."""
    page = visit("/", size=PHONE)

    def go_to(text: str) -> None:
        for _ in range(40):
            page.keyboard.press("Tab")
            at = page.evaluate(
                "() => { const one = document.activeElement; const style = getComputedStyle(one);"
                " return [one.innerText || one.id || one.name, parseFloat(style.outlineWidth)]; }"
            )
            assert at[1] >= 1, at
            if text in at[0]:
                return
        raise AssertionError(f"no key leads to {text}")

    go_to("Lab 1")
    page.keyboard.press("Enter")
    page.wait_for_url("**/assignments/*")
    go_to("Paste your code instead")
    page.keyboard.press("Enter")
    go_to("pasted")
    page.keyboard.type("x = 1")
    go_to("Hand in")
    page.keyboard.press("Enter")

    page.get_by_role("heading", name="Handed in").wait_for()
