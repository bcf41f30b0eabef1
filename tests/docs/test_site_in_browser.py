"""The site in a real browser: it fits a phone, can be read in light and dark, and works offline.

``open_page`` fails if a page asks for anything but files, or reports an error.
"""

from pathlib import Path

import pytest
from browser import PHONE, WIDE, OpenPage, find_barriers, find_overflow
from doc_pages import DOCS
from doc_site import Built, build_site

pytestmark = [pytest.mark.browser, pytest.mark.slow]

NAMES = sorted(
    page.relative_to(DOCS).with_suffix(".html").as_posix() for page in DOCS.rglob("*.md")
)
# A page with tables, one with code of each kind, one with pictures.
SAMPLES = ("lms.html", "authors/tutorial.html", "students/report.html")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """Return the site, built once."""
    return build_site(tmp_path_factory.mktemp("site"))


@pytest.mark.parametrize("name", NAMES)
def test_page_has_no_barriers(name: str, site: Built, open_page: OpenPage) -> None:
    """On a phone all of it fits, and axe finds nothing; in the dark, all text can be read too."""
    page = open_page(site.folder / name, size=PHONE, has_policy=False)
    page.wait_for_timeout(300)
    barriers = find_overflow(page) + find_barriers(page, is_ours=False)
    page.emulate_media(color_scheme="dark")
    page.wait_for_timeout(300)

    barriers += find_barriers(page, only=("color-contrast",))

    assert barriers == []


@pytest.mark.parametrize("name", SAMPLES)
def test_wide_page_has_no_barriers(name: str, site: Built, open_page: OpenPage) -> None:
    """With the navigation beside the text, axe finds nothing either."""
    page = open_page(site.folder / name, size=WIDE, has_policy=False)
    page.wait_for_timeout(300)

    assert find_barriers(page, is_ours=False) == []


def test_search_works_on_a_disk(site: Built, open_page: OpenPage) -> None:
    """Opened from a file, the search finds a page and its heading."""
    page = open_page(site.folder / "students" / "install.html")

    page.get_by_role("button", name="Search").first.click()
    page.keyboard.type("misconception")

    page.get_by_text("Misconceptions of your class").first.wait_for(timeout=10_000)


def test_pages_are_found_from_the_first_one(site: Built, open_page: OpenPage) -> None:
    """From the first page, a link of each reader leads to a page with a title."""
    page = open_page(site.folder / "index.html")

    for name in ("Install", "A term from start to end", "Your first assignment", "Security"):
        page.get_by_role("main").get_by_role("link", name=name, exact=True).first.click()
        assert page.get_by_role("heading", level=1).first.inner_text().strip("¶# \n")
        page.go_back()
    assert Path(page.url.removeprefix("file://")).name == "index.html"
