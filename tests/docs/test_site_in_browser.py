"""The site in a real browser: it fits a phone, can be read in light and dark, and works offline.

``open_page`` fails if a page asks for anything but files, or reports an error.
"""

from pathlib import Path

import pytest
from browser import PHONE, OpenPage, Scheme, find_low_contrast, find_overflow
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
def test_page_fits_a_phone(name: str, site: Built, open_page: OpenPage) -> None:
    """Nothing makes a page wider than a phone; what is wide scrolls in its own box."""
    page = open_page(site.folder / name, size=PHONE)

    assert find_overflow(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", SAMPLES)
def test_text_can_be_read(name: str, scheme: Scheme, site: Built, open_page: OpenPage) -> None:
    """All text stands out from its background, in light and in dark."""
    page = open_page(site.folder / name, scheme=scheme)
    page.wait_for_timeout(300)

    assert find_low_contrast(page) == []


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
