"""What every page needs so that nobody is left out, read from the HTML: it needs no browser."""

import itertools
import re
from html.parser import HTMLParser

import pytest
from page_kinds import CLASS_KINDS, GRADE_KINDS, KINDS, STUDENT_KINDS, page_of_kind

from grader.outputs.pages.environment import read_style

pytestmark = pytest.mark.slow

FULL_KINDS = tuple(kind for kind in KINDS if kind not in GRADE_KINDS and "brief" not in kind)
OWN_PAGES = (*STUDENT_KINDS, *CLASS_KINDS)
_VOID = frozenset("meta img br hr path circle rect use input".split())
# End tags that HTML lets a page leave out, and what ends these elements instead.
_ENDS = {"td": {"td", "th", "tr"}, "th": {"td", "th", "tr"}, "tr": {"tr"}}


class Element:
    """An element of a page: its tag, attributes, parent, children and text."""

    def __init__(
        self, tag: str, attributes: dict[str, str | None], parent: "Element | None"
    ) -> None:
        self.tag = tag
        self.attributes = attributes
        self.parent = parent
        self.children: list[Element] = []
        self.text = ""

    def all(self, *tags: str) -> list["Element"]:
        """Return all elements below this one that have one of these tags, in order."""
        found = []
        for child in self.children:
            if child.tag in tags:
                found.append(child)
            found += child.all(*tags)
        return found

    def words(self) -> str:
        """Return all text of the element."""
        return "".join([self.text, *(child.words() for child in self.children)]).strip()

    def is_in(self, tag: str, **attributes: str) -> bool:
        """Return whether it is inside an element with a tag and attributes."""
        above = self.parent
        while above is not None:
            if above.tag == tag and attributes.items() <= above.attributes.items():
                return True
            above = above.parent
        return False


class Tree(HTMLParser):
    """A parser that makes a tree of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.root = self._at = Element("", {}, None)
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Add an element, after those that it ends."""
        while self._at.tag in _ENDS and tag in _ENDS[self._at.tag] and self._at.parent:
            self._at = self._at.parent
        made = Element(tag, dict(attrs), self._at)
        self._at.children.append(made)
        if tag not in _VOID:
            self._at = made

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Add an element without content."""
        self._at.children.append(Element(tag, dict(attrs), self._at))

    def handle_endtag(self, tag: str) -> None:
        """End an element, and those inside it that have no end tag."""
        while self._at.tag != tag and self._at.parent:
            self._at = self._at.parent
        self._at = self._at.parent or self.root

    def handle_data(self, data: str) -> None:
        """Add text."""
        self._at.text += data


def tree_of(kind: str) -> Element:
    """Return the page of a kind as a tree."""
    return Tree(page_of_kind(kind)).root


@pytest.mark.parametrize("kind", OWN_PAGES)
def test_page_has_language_title_and_landmarks(kind: str) -> None:
    """A page names its language and itself, has one main part, and grows with a small window."""
    page = tree_of(kind)

    (html,) = page.all("html")
    (title,) = page.all("title")[:1]
    viewports = [one for one in page.all("meta") if one.attributes.get("name") == "viewport"]
    assert html.attributes["lang"] == "en"
    assert title.words()
    assert len(page.all("main")) == len(page.all("h1")) == 1
    assert viewports[0].attributes["content"] == "width=device-width, initial-scale=1"


@pytest.mark.parametrize("kind", FULL_KINDS)
def test_first_link_skips_to_the_main_part(kind: str) -> None:
    """The first thing that can have the focus skips what comes before the main part."""
    page = tree_of(kind)

    first = page.all("a", "button", "summary", "input")[0]
    assert first.attributes == {"class": "skip", "href": "#main"}
    assert page.all("main")[0].attributes["id"] == "main"


@pytest.mark.parametrize("kind", KINDS)
def test_headings_are_an_outline_without_gaps(kind: str) -> None:
    """No level is left out on the way down, whatever a notebook has; each heading has words."""
    headings = tree_of(kind).all("h1", "h2", "h3", "h4", "h5", "h6")

    levels = [int(one.tag[1]) for one in headings]
    assert levels[0] == 1
    assert [two for two in itertools.pairwise(levels) if two[1] > two[0] + 1] == []
    assert all(one.words() for one in headings)


@pytest.mark.parametrize("kind", OWN_PAGES)
def test_tables_of_ours_have_a_caption_and_headers(kind: str) -> None:
    """A table has a caption, a header for each column, and one for each row, all with a scope."""
    for table in tree_of(kind).all("table"):
        if table.is_in("div", **{"class": "cell"}):  # of a notebook: captions are unknown there
            continue
        assert table.all("caption")[0].words()
        assert table.all("thead")[0].all("td") == []
        heads = table.all("thead")[0].all("th")
        assert {one.attributes.get("scope") for one in heads} == {"col"}
        assert all(one.words() for one in heads)
        if table.attributes.get("class") == "histogram":  # a single row
            continue
        for row in table.all("tbody")[0].all("tr"):
            assert row.children[0].tag == "th"
            assert row.children[0].attributes.get("scope") == "row"


@pytest.mark.parametrize("kind", KINDS)
def test_references_lead_to_something(kind: str) -> None:
    """Ids are unique, and what a link or a name refers to is there."""
    page = tree_of(kind)
    ids = re.findall(r'\bid="([^"]*)"', page_of_kind(kind))
    everything = page.all(*set(re.findall(r"<(\w+)", page_of_kind(kind))))

    referred = [
        id_
        for one in everything
        for name in ("aria-labelledby", "aria-describedby", "for")
        for id_ in (one.attributes.get(name) or "").split()
    ]
    links = [one.attributes.get("href") or "" for one in page.all("a")]
    referred += [link[1:] for link in links if link.startswith("#")]
    assert len(ids) == len(set(ids))
    assert set(referred) <= set(ids)
    assert all(one.words() for one in page.all("a", "summary"))


@pytest.mark.parametrize("kind", KINDS)
def test_all_that_is_drawn_has_a_text(kind: str) -> None:
    """A picture has a title and a description; a chart without them stands beside its numbers."""
    page = tree_of(kind)

    for drawing in page.all("svg"):
        if drawing.attributes.get("aria-hidden") == "true":
            continue
        assert drawing.attributes["role"] == "img"
        assert drawing.all("title")[0].words()
        assert len(drawing.all("desc")[0].words()) > 20
    assert all(one.attributes["alt"] for one in page.all("img"))


@pytest.mark.parametrize("kind", CLASS_KINDS)
def test_what_scrolls_can_be_reached_and_has_a_name(kind: str) -> None:
    """Whatever scrolls by itself can have the focus, and tells what it is."""
    scrolling = [
        one
        for one in tree_of(kind).all("div")
        if "scroll" in (one.attributes.get("class") or "").split()
    ]
    for one in scrolling:
        assert one.attributes["tabindex"] == "0"
        assert one.attributes["role"] == "group"
        assert one.attributes["aria-label"]


@pytest.mark.parametrize("kind", ["wrong", "class", "brief"])
def test_nothing_moves(kind: str) -> None:
    """There is nothing to switch off for readers who can't bear motion."""
    style = tree_of(kind).all("style")[0].words()

    assert style
    assert not re.search(r"transition|animation|scroll-behavior|@keyframes", style)


@pytest.mark.parametrize("kind", ["wrong", "class"])
def test_dark_colours_are_for_screens_only(kind: str) -> None:
    """Paper is white, also for readers who prefer dark pages."""
    style = tree_of(kind).all("style")[0].words()

    schemes = re.findall(r"@media ([^{]*prefers-color-scheme[^{]*)", style)
    assert schemes == ["screen and (prefers-color-scheme: dark) "]
    assert "color-scheme: light;" in style.partition("@media print")[2]


def test_folded_parts_are_unfolded_on_paper() -> None:
    """The style sheet shows what is folded when a page is printed."""
    assert "details::details-content" in read_style().partition("@media print")[2]
