"""The page of a class in a browser: sorting, searching, small screens, and without scripts."""

import io
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from browser import (
    DESKTOP,
    PHONE,
    OpenPage,
    Scheme,
    find_low_contrast,
    find_overflow,
    wait_until,
)
from class_fakes import HOSTILE_NAMES, NAMES, make_class

from grader.outputs.class_page import write_class_page

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

HEAT = ".heat table.sortable"


def write(count: int, names: tuple[str, ...] = NAMES) -> str:
    """Return the page of a class of a given size."""
    file = io.StringIO(newline="")
    write_class_page(make_class(count, names=names), file)
    return file.getvalue()


@pytest.fixture(scope="module")
def small() -> str:
    """A page of a class of 40, some with names that break things."""
    return write(40, (*NAMES, *HOSTILE_NAMES))


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page of a class of 1,200, some of whose rows are folded."""
    path = tmp_path_factory.mktemp("large") / "index.html"
    path.write_text(write(1200), encoding="utf-8")
    return path


def points(page: "Page") -> list[float | None]:
    """Return the points in the table from top to bottom."""
    texts = page.locator(f"{HEAT} tbody td.s").all_inner_texts()
    return [float(text) if text.strip() else None for text in texts]


def order_of(page: "Page", column: int) -> str:
    """Return how the table is sorted by one of its columns."""
    return page.locator(f"{HEAT} thead th").nth(column).get_attribute("aria-sort") or ""


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_page_fits_and_can_be_read(
    small: str, open_page: OpenPage, size: tuple[int, int], scheme: Scheme
) -> None:
    """With everything unfolded the page is no wider than the window, and all text has contrast."""
    page = open_page(small, size=size, scheme=scheme)

    page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")

    assert find_overflow(page) == []
    assert find_low_contrast(page) == []


@pytest.mark.parametrize("has_scripts", [True, False], ids=["script", "no-script"])
def test_hostile_names_execute_nothing(
    small: str,
    open_page: OpenPage,
    has_scripts: bool,  # noqa: FBT001
) -> None:
    """Markup in a name is shown as text and never runs."""
    page = open_page(small, has_scripts=has_scripts)

    assert page.evaluate("window.pwned") is None
    shown = page.locator(f"{HEAT} tbody").inner_text()
    assert "<script>window.pwned = 1</script>" in shown
    assert "onerror" in shown


def test_click_sorts_and_a_second_click_reverses_the_order(small: str, open_page: OpenPage) -> None:
    """The order is announced by aria-sort; rows without a score come last both times."""
    page = open_page(small)
    assert order_of(page, 1) == "none"
    button = page.get_by_role("button", name="Points").first

    button.click()
    up, order_up = points(page), order_of(page, 1)
    button.click()
    down, order_down = points(page), order_of(page, 1)

    known = [score for score in up if score is not None]
    nothing = [None] * (len(up) - len(known))
    assert up == [*sorted(known), *nothing]
    assert down == [*sorted(known, reverse=True), *nothing]
    assert (order_up, order_down) == ("ascending", "descending")
    assert order_of(page, 0) == "none"


def test_keyboard_sorts_by_a_function(small: str, open_page: OpenPage) -> None:
    """The Enter key sorts by a function: not written, then part of the points, then all."""
    page = open_page(small)

    page.get_by_role("button", name="sigmoid / 5").first.focus()
    page.keyboard.press("Enter")

    column = page.locator(f"{HEAT} thead th").all_inner_texts()
    place = next(nth for nth, text in enumerate(column) if "sigmoid" in text)
    cells = page.locator(f"{HEAT} tbody tr > :nth-child({place + 1}):not([colspan])")
    styles = cells.evaluate_all("(all) => all.map((one) => one.className)")
    assert order_of(page, place) == "ascending"
    assert styles.index("p") > max(nth for nth, style in enumerate(styles) if style != "p")


def test_search_finds_without_accents_or_case(small: str, open_page: OpenPage) -> None:
    """The search ignores accents and case, and shows how many rows it found."""
    page = open_page(small)

    page.get_by_label("Find a student").fill("zoe mu")

    rows = page.locator(f"{HEAT} tbody tr")
    assert rows.count() == 1
    assert "Zoë Müller" in rows.first.inner_text()
    assert page.get_by_role("status").first.inner_text() == "1 of 43 found"


def test_search_finds_submissions_that_can_not_be_graded(small: str, open_page: OpenPage) -> None:
    """The search looks at the status in words too."""
    page = open_page(small)

    page.get_by_label("Find a student").fill("can't be graded")

    assert page.locator(f"{HEAT} tbody tr").count() == 1


def test_large_class_is_shown_in_parts(large: Path, open_page: OpenPage) -> None:
    """Rows that are not shown yet are sorted and searched with the others."""
    page = open_page(large)
    rows = page.locator(f"{HEAT} tbody tr")
    assert rows.count() == 500

    page.get_by_role("button", name="Show 500 more").click()
    more = rows.count()
    page.get_by_role("button", name="Points").first.click()
    lowest = points(page)[0]
    page.get_by_label("Find a student").fill("s01199")

    assert more == 1000
    assert lowest == 0
    assert rows.count() == 1


def test_all_checks_can_be_sorted(small: str, open_page: OpenPage) -> None:
    """A click on a column of the table of checks sorts it, the hardest check first."""
    page = open_page(small)

    page.get_by_text("All 32 checks").click()
    page.get_by_role("button", name="Passed by").click()

    first = page.get_by_role("group", name="All checks").locator("tbody tr").first
    assert "animate_fit" in first.inner_text()


def test_everything_is_there_without_a_script(large: Path, open_page: OpenPage) -> None:
    """Without scripts all rows are there, sorted by name, and there are no dead buttons."""
    page = open_page(large, has_scripts=False)

    assert page.locator(f"{HEAT} tbody tr").count() == 500
    assert page.get_by_role("button").count() == 0
    folded = page.locator("details.rows")
    assert folded.count() == 2
    folded.first.locator("summary").click()
    assert folded.first.locator("tbody tr").first.is_visible()


def test_table_can_be_scrolled_by_keyboard(small: str, open_page: OpenPage) -> None:
    """The arrow keys scroll the table on a phone, and the column with the names stays."""
    page = open_page(small, size=PHONE)
    region = page.get_by_role("group", name="Students and functions")

    region.focus()
    for _ in range(4):
        page.keyboard.press("ArrowRight")

    wait_until(page, "document.querySelector('.heat').scrollLeft > 0")
    name = page.locator(f"{HEAT} tbody th").first.bounding_box()
    around = region.bounding_box()
    assert name is not None
    assert around is not None
    assert abs(name["x"] - around["x"]) < 3
