"""Every kind of page, for everybody: axe finds no barrier, all fits, and a keyboard is enough."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from browser import (
    PHONE,
    SMALL,
    TABLET,
    WIDE,
    OpenPage,
    find_barriers,
    find_low_contrast,
    find_overflow,
    unfold,
)
from class_fakes import make_class
from page_kinds import CLASS_KINDS, GRADE_KINDS, KINDS, STUDENT_KINDS, class_page, page_of_kind

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

# What the colours and the size of the window can change. All other rules are about the elements.
ON_COLORS = ("color-contrast", "link-in-text-block")
ON_SIZES = ("scrollable-region-focusable", "target-size")
# As WCAG 1.4.12 asks: nothing is lost if a reader sets the text further apart.
SPACING = """* { line-height: 1.5 !important; letter-spacing: 0.12em !important;
    word-spacing: 0.16em !important; } p { margin-bottom: 2em !important; }"""


# axe lets small targets pass if they are far apart. For links in a text that is all one can do.
_TOO_SMALL = """() => [...document.querySelectorAll('summary, button, input')].filter((one) => {
    const box = one.getBoundingClientRect();
    return one.checkVisibility() && Math.min(box.width, box.height) < 24;
}).map((one) => one.outerHTML.slice(0, 120))"""


@pytest.mark.parametrize("kind", KINDS)
def test_page_has_no_barriers(kind: str, open_page: OpenPage) -> None:
    """With everything unfolded axe finds nothing, in light and dark, at 320, 768 and 1400 px."""
    page = open_page(page_of_kind(kind), size=SMALL, has_policy=False)
    unfold(page)
    # axe leaves out signs. Below a cell they have a word beside them, and two themes to fit.
    least = 3 if kind in GRADE_KINDS else 4.5

    found = {"elements": find_barriers(page), "320 px": find_overflow(page)}
    found["24 px"] = page.evaluate(_TOO_SMALL)
    found["light"] = find_low_contrast(page, least=least)
    page.emulate_media(color_scheme="dark")
    found["dark"] = find_barriers(page, only=ON_COLORS) + find_low_contrast(page, least=least)
    for width, height in (TABLET, WIDE):
        page.set_viewport_size({"width": width, "height": height})
        found[f"{width} px"] = find_barriers(page, only=ON_SIZES) + find_overflow(page)

    assert {where: what for where, what in found.items() if what} == {}


@pytest.mark.parametrize("kind", KINDS)
def test_page_can_be_zoomed_and_spaced(kind: str, open_page: OpenPage) -> None:
    """Nothing sticks out in a small window at 400 %, also with the text set further apart."""
    page = open_page(page_of_kind(kind), size=(320, 256), has_policy=False)
    unfold(page)
    page.add_style_tag(content=SPACING)

    assert find_overflow(page) == []


def test_barriers_are_found(open_page: OpenPage) -> None:
    """The tests above can fail: axe finds a barrier of each kind that they look for."""
    page = open_page(
        "<!doctype html><title></title><h3>x</h3><p style='color: #aaa'>grey</p>"
        "<button style='width: 9px; height: 9px; padding: 0'></button>"
        "<button style='width: 9px; height: 9px; padding: 0'></button>"
        "<pre style='height: 20px; overflow: auto'>1\n2\n3\n4\n5\n6\n</pre>",
        has_policy=False,
    )

    rules = {one.partition(":")[0] for one in find_barriers(page)}

    assert rules > {
        "button-name", "color-contrast", "document-title", "html-has-lang",
        "landmark-one-main", "scrollable-region-focusable", "target-size",
    }  # fmt: skip


# The element with the focus: what it is, whether its focus is visible, and what covers it.
_FOCUS = """() => {
    const one = document.activeElement;
    if (one === document.body) return null;
    const style = getComputedStyle(one), box = one.getBoundingClientRect();
    const x = Math.min(Math.max(box.left + box.width / 2, 1), innerWidth - 1);
    const y = Math.min(Math.max(box.top + Math.min(box.height / 2, 12), 1), innerHeight - 1);
    const top = document.elementFromPoint(x, y);
    one.dataset.seen = (Number(one.dataset.seen) || 0) + 1;
    return {
        html: one.outerHTML.slice(0, 120),
        outline: style.outlineStyle === 'none' ? 0 : parseFloat(style.outlineWidth),
        isShown: one.contains(top) || top.contains(one),
        isNew: one.dataset.seen === '1',
    };
}"""
# Everything that a click can do something with, and that is visible.
_UNSEEN = """() => [...document.querySelectorAll('a[href], button, input, summary, [tabindex="0"]')]
    .filter((one) => one.checkVisibility({contentVisibilityAuto: true}) && !one.dataset.seen)
    .map((one) => one.outerHTML.slice(0, 120))"""


def walk(page: "Page", key: str) -> list[str]:
    """Press a key until the focus leaves the page; list where the focus can't be seen."""
    hidden: list[str] = []
    for _ in range(1000):
        page.keyboard.press(key)
        focus = page.evaluate(_FOCUS)
        if focus is None or not focus["isNew"]:
            return hidden
        if focus["outline"] < 1 or not focus["isShown"]:
            hidden.append(focus["html"])
    raise AssertionError("the focus never leaves the page")


@pytest.mark.parametrize("size", [PHONE, TABLET], ids=["phone", "tablet"])
@pytest.mark.parametrize("kind", ["wrong", "notebook", "manual", "brief", "class", "class-manual"])
def test_keyboard_reaches_everything(kind: str, size: tuple[int, int], open_page: OpenPage) -> None:
    """Tab reaches all that can be used and ends; the focus is visible, forwards and backwards."""
    page = open_page(page_of_kind(kind), size=size)

    hidden = walk(page, "Tab")

    assert hidden == []
    assert page.evaluate(_UNSEEN) == []
    page.evaluate(
        "for (const one of document.querySelectorAll('[data-seen]')) delete one.dataset.seen"
    )
    assert walk(page, "Shift+Tab") == []


@pytest.mark.parametrize("kind", [*STUDENT_KINDS[:4], *CLASS_KINDS[:2]])
def test_skip_link_leads_past_the_head(kind: str, open_page: OpenPage) -> None:
    """The first thing that Tab reaches is a link, visible then, that skips to the content."""
    page = open_page(page_of_kind(kind))
    link = page.get_by_role("link", name="Skip to the content")
    before = link.bounding_box()

    page.keyboard.press("Tab")
    after = link.bounding_box()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")

    assert before is not None
    assert after is not None
    assert before["height"] <= 1
    assert after["height"] >= 24
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")


def test_table_of_students_can_be_skipped(open_page: OpenPage) -> None:
    """A class has hundreds of links in its table; one key leads past them."""
    page = open_page(page_of_kind("class"))

    page.get_by_role("link", name="Skip the table of students").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")

    section = page.evaluate(
        "document.activeElement.closest('section').getAttribute('aria-labelledby')"
    )
    assert section == "misconceptions"


@pytest.mark.parametrize("key", ["Enter", "Space"])
def test_each_table_is_sorted_by_keyboard(key: str, open_page: OpenPage) -> None:
    """Each column with a button is sorted by key, says so, and sorts the other way next."""
    page = open_page(page_of_kind("class-manual"))
    unfold(page)
    buttons = page.locator("th button")
    assert buttons.count() == 5 + 4 + 10

    for place in range(buttons.count()):
        head = buttons.nth(place).locator("xpath=..")
        buttons.nth(place).focus()
        orders = [head.get_attribute("aria-sort")]
        for _ in range(2):
            page.keyboard.press(key)
            orders.append(head.get_attribute("aria-sort"))
        assert orders == ["none", "ascending", "descending"]


def test_focus_goes_on_at_the_first_new_row(open_page: OpenPage) -> None:
    """After the last rows are asked for, the button is gone, and the focus is not lost."""
    page = open_page(class_page(make_class(520, names=())))

    page.get_by_role("button", name="Show 23 more").press("Enter")

    place = page.evaluate("document.activeElement.closest('tr').sectionRowIndex")
    assert place == 500


def test_nothing_is_cut_off_on_paper(open_page: OpenPage, tmp_path: Path) -> None:
    """On paper the page of a class is light and unfolded, and nothing scrolls or is clipped."""
    page = open_page(page_of_kind("class"), scheme="dark", size=(720, 500))

    page.emulate_media(media="print")
    page.pdf(path=tmp_path / "class.pdf")

    clipped = page.evaluate(
        """() => [...document.querySelectorAll('main *:not(.hidden)')].filter((one) => {
            const style = getComputedStyle(one);
            return style.display !== 'inline' && style.display !== 'none'
                && (style.overflowY !== 'visible' || style.maxHeight !== 'none')
                && one.scrollHeight > one.clientHeight + 1;
        }).map((one) => one.outerHTML.slice(0, 120))"""
    )
    folded = page.evaluate(
        "[...document.querySelectorAll('details > :not(summary)')].filter((one) =>"
        " getComputedStyle(one).display !== 'none'"
        " && !one.checkVisibility({contentVisibilityAuto: true})).length"
    )
    ground = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    # The heads are repeated on each page, but Chromium leaves out what is in buttons.
    buttons = page.locator(".heat th button")
    shown = buttons.evaluate_all("(all) => all.map((one) => getComputedStyle(one).display)")
    assert set(shown) == {"contents"}
    assert (clipped, folded, ground) == ([], 0, "rgb(255, 255, 255)")
