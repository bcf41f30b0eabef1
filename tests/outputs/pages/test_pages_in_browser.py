"""The pages in a real browser: small and large, dark and light, by keyboard, and hostile."""

from collections.abc import Callable
from pathlib import Path

import msgspec
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
from fakes import make_report
from page_samples import MakeNotebook, code, display, hostile_notebook, hostile_report

from grader.outputs.pages.student_page import render_student_page
from grader.report.model import Report, ReportStatus

pytestmark = pytest.mark.browser

SUBMISSIONS = Path(__file__).resolve().parents[2] / "submissions"

UNFOLD = "document.querySelectorAll('details').forEach((one) => { one.open = true })"


@pytest.fixture(scope="session")
def pages(
    grade_sample: Callable[[str], Report], make_notebook: MakeNotebook, png: str
) -> dict[str, str]:
    """The pages of a script, of notebooks, of submissions without a grade, and of attacks."""
    names = ("wrong_make_data_gaussian_noise.py", "wrong_update_never_zeroed.ipynb")
    script, notebook = (grade_sample(name) for name in names)
    noisy = msgspec.structs.replace(script, notes=("a note " * 40,), output="a line " * 400)
    images = make_notebook(code("x" * 300, display(image__png=png)), ("markdown", "a" * 500))
    return {
        "script": render_student_page(noisy),
        "notebook": render_student_page(notebook, notebook=(SUBMISSIONS / names[1]).read_bytes()),
        "images": render_student_page(notebook, notebook=images),
        "unreadable": render_student_page(
            make_report(status=ReportStatus.UNREADABLE, error="line 1\n" + "x" * 200)
        ),
        "fault": render_student_page(
            make_report(status=ReportStatus.GRADER_ERROR, score=None, max_score=None, error="why")
        ),
        "hostile": render_student_page(hostile_report(), notebook=hostile_notebook(make_notebook)),
    }


PAGES = ("script", "notebook", "images", "unreadable", "fault", "hostile")


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
@pytest.mark.parametrize("name", PAGES)
def test_page_fits_the_window(
    name: str, size: tuple[int, int], pages: dict[str, str], open_page: OpenPage
) -> None:
    """With everything unfolded no page is wider than the window."""
    page = open_page(pages[name], size=size)

    page.evaluate(UNFOLD)

    assert find_overflow(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_text_has_contrast(
    name: str, scheme: Scheme, pages: dict[str, str], open_page: OpenPage
) -> None:
    """With everything unfolded all text has a contrast of at least 4.5:1."""
    page = open_page(pages[name], scheme=scheme)

    page.evaluate(UNFOLD)

    assert find_low_contrast(page) == []


def test_page_follows_the_colour_scheme(pages: dict[str, str], open_page: OpenPage) -> None:
    """The background follows the colour scheme that the reader prefers."""
    grounds = [
        open_page(pages["script"], scheme=scheme).evaluate(
            "getComputedStyle(document.documentElement).backgroundColor"
        )
        for scheme in ("light", "dark")
    ]

    assert grounds == ["rgb(255, 255, 255)", "rgb(20, 23, 27)"]


def test_functions_can_be_unfolded_by_keyboard(pages: dict[str, str], open_page: OpenPage) -> None:
    """A function is reached with Tab, has a visible focus, and is unfolded with Enter."""
    page = open_page(pages["script"])
    opened = "document.activeElement.parentElement.open"

    page.keyboard.press("Tab")  # the skip link
    page.keyboard.press("Tab")

    first = page.evaluate(opened)
    page.keyboard.press("Enter")
    assert page.evaluate(opened) is not first
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"


def test_list_links_to_the_card_in_the_notebook(pages: dict[str, str], open_page: OpenPage) -> None:
    """A click in the list scrolls to the card below the cell."""
    page = open_page(pages["notebook"])

    page.click("a[href='#function-update']")

    assert page.evaluate("document.querySelector(':target').textContent.includes('Hint')")
    top = page.evaluate("document.querySelector(':target').getBoundingClientRect().top")
    assert 0 <= top < 100


def test_page_needs_no_scripts(pages: dict[str, str], open_page: OpenPage) -> None:
    """Without scripts the first failure is visible."""
    page = open_page(pages["script"], has_scripts=False)

    assert page.get_by_text("Misconception:").first.is_visible()


def test_hostile_page_runs_nothing(pages: dict[str, str], open_page: OpenPage) -> None:
    """Nothing runs, even if everything on the page is unfolded and clicked."""
    page = open_page(pages["hostile"])
    address = page.url

    page.evaluate(UNFOLD)
    page.evaluate(
        "document.querySelectorAll('a[href^=\"#\"], svg, pre, p').forEach((one) =>"
        " one.dispatchEvent(new MouseEvent('click', {bubbles: true})))"
    )

    assert page.evaluate("window.pwned") is None
    assert page.url.partition("#")[0] == address


def test_image_of_a_notebook_is_shown(pages: dict[str, str], open_page: OpenPage) -> None:
    """The policy of the page allows the images of the notebook."""
    page = open_page(pages["images"])

    assert page.evaluate("document.querySelector('img').naturalWidth") == 1


def test_page_is_printed_unfolded(pages: dict[str, str], open_page: OpenPage) -> None:
    """All is printed unfolded and black on white, also for readers who prefer dark pages."""
    page = open_page(pages["script"], scheme="dark")
    page.evaluate("document.querySelector('details[open]').open = false")

    page.emulate_media(media="print")

    # Chromium takes its time to lay the page out again.
    wait_until(
        page,
        "document.querySelector('.functions .has-failures .details')"
        ".checkVisibility({contentVisibilityAuto: true})",
    )
    shown = page.evaluate(
        "[...document.querySelectorAll('.functions .details')].map((one) =>"
        " one.checkVisibility({contentVisibilityAuto: true}))"
    )
    assert shown == [True] * 16
    ink = page.evaluate("getComputedStyle(document.documentElement).color")
    assert ink == "rgb(0, 0, 0)"
