"""The site builds without a warning, its links lead somewhere, and it loads nothing from afar."""

import itertools
import re
from pathlib import Path
from urllib.parse import unquote, urldefrag

import pytest
from doc_pages import DOCS, README, ROOT, all_pages, name_of, prose
from doc_site import Built, ReadPage, build_site, read_page
from make_screenshots import PICTURES

_OUTSIDE = ("https://", "http://", "mailto:")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """Return the site, built once."""
    return build_site(tmp_path_factory.mktemp("site"))


@pytest.fixture(scope="module")
def pages(site: Built) -> dict[Path, ReadPage]:
    """Return the pages of the site by their paths."""
    return {path: read_page(path) for path in sorted(site.folder.rglob("*.html"))}


def test_site_builds_without_a_warning(site: Built) -> None:
    """A strict build succeeds, and says that it has found no issue."""
    assert "Warning" not in site.output
    assert "No issues found" in site.output
    assert site.status == 0


@pytest.mark.parametrize(
    "page", ["[x](nowhere.md)", "[x](lms.md#nowhere)", '--8<-- "nowhere.md"'], ids=str
)
def test_build_fails_on_what_leads_nowhere(page: str, tmp_path: Path) -> None:
    """A link to a page or a heading that is not there ends a strict build."""
    assert build_site(tmp_path, extra_page=f"# Extra\n\n{page}\n").status != 0


def test_every_page_is_in_the_navigation() -> None:
    """Every file of docs/ is a page of the menu, exactly once."""
    settings = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    listed = re.findall(r"[\w/-]+\.md$", settings.partition("\nnav:")[2], re.MULTILINE)

    assert sorted(listed) == sorted(
        page.relative_to(DOCS).as_posix() for page in DOCS.rglob("*.md")
    )


def test_links_of_the_site_lead_somewhere(site: Built, pages: dict[Path, ReadPage]) -> None:
    """Every link inside of the site has a file, and its anchor, if it names one, is there."""
    broken = []
    for path, page in pages.items():
        if path.name == "404.html":
            continue
        for link in page.links:
            if link.startswith(_OUTSIDE):
                continue
            target, anchor = urldefrag(unquote(link))
            file = (path.parent / target).resolve() if target else path
            file = file / "index.html" if file.is_dir() else file
            if not file.is_file() or (anchor and anchor not in pages[file].ids):
                broken.append(f"{path.relative_to(site.folder)}: {link}")
    assert broken == []
    assert len(pages) > 30


def test_nothing_is_loaded_from_elsewhere(site: Built, pages: dict[Path, ReadPage]) -> None:
    """Styles, scripts and pictures are files of the site, so it works offline and tells nobody."""
    loaded = {one for page in pages.values() for one in page.loaded}
    styles = "".join(path.read_text(encoding="utf-8") for path in site.folder.rglob("*.css"))

    assert [one for one in loaded if one.startswith((*_OUTSIDE, "//"))] == []
    assert re.findall(r"url\(['\"]?(?:https?:)?//[^)]*|@import[^;]*", styles) == []


def test_pictures_have_a_text_and_are_small(pages: dict[Path, ReadPage]) -> None:
    """Every picture has a text for those who don't see it, and none is larger than 150 KB."""
    assert [one for page in pages.values() for one in page.images_without_text] == []
    pictures = [path for path in (DOCS / "assets").iterdir() if path.suffix != ".css"]
    assert [path.name for path in pictures if path.stat().st_size > 150_000] == []


def test_pictures_are_made_by_the_script() -> None:
    """The script makes each picture, and every one is on a page."""
    shown = set(re.findall(r"assets/([\w-]+)\.png", "".join(map(prose, DOCS.rglob("*.md")))))

    assert {path.stem for path in (DOCS / "assets").glob("*.png")} == set(PICTURES) == shown


def test_columns_of_tables_have_titles(pages: dict[Path, ReadPage]) -> None:
    """No header of a table is empty, so that a screen reader can say what a cell is about."""
    assert [path.name for path, page in pages.items() if page.empty_headers] == []


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md", "ARCHITECTURE.md"])
def test_links_of_the_files_at_the_top_lead_somewhere(name: str) -> None:
    """Files and headings that these link to are there, as GitHub shows them."""
    source = ROOT / name
    for link in re.findall(r"\]\(([^)\s]+)\)", prose(source)):
        if link.startswith(_OUTSIDE):
            continue
        target, anchor = urldefrag(link)
        path = ROOT / target if target else source
        assert path.exists(), link
        assert not anchor or anchor in _anchors(path), link


def _anchors(path: Path) -> set[str]:
    """Return the anchors of the headings of a file, as GitHub makes them."""
    headings = re.findall(r"^#+ (.*)$", prose(path), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", one.lower()).replace(" ", "-") for one in headings}


@pytest.mark.parametrize("page", all_pages(), ids=name_of)
def test_pages_begin_with_one_title(page: Path) -> None:
    """Every page has one heading of the first level, at its top, and no level is left out."""
    levels = [len(one) for one in re.findall(r"^(#+) ", prose(page), re.MULTILINE)]

    assert levels.count(1) == 1 or page.name == "changelog.md"
    assert all(later <= earlier + 1 for earlier, later in itertools.pairwise(levels))


@pytest.mark.parametrize("page", all_pages(), ids=name_of)
def test_what_belongs_to_a_list_is_indented_by_four(page: Path) -> None:
    """With less, a paragraph or block ends its list on the site, and numbers begin anew."""
    source = page.read_text(encoding="utf-8")
    fenced = re.sub(r"^```.*?^```", "", source, flags=re.MULTILINE | re.DOTALL)

    assert re.findall(r"\n\n( {1,3}\S.*)", fenced) == []


def test_readme_links_the_pages_of_each_reader() -> None:
    """The README has a door for students, instructors, authors and operators."""
    linked = set(re.findall(r"\]\(docs/([\w/-]+)\.md\)", README.read_text(encoding="utf-8")))

    assert {one.partition("/")[0] for one in linked} >= {"students", "instructors", "authors"}
    assert {"operators/limits", "security", "lms"} <= linked
