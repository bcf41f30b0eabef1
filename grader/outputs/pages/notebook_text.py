"""The text cells of a notebook as HTML, made by nbconvert and cleaned with an allow-list.

The Markdown parser needs time that grows faster than a text, and its HTML can be many times as
long. So a long text is parsed in pieces, and what would cost too much is shown as it was typed.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import nh3
from markupsafe import Markup
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

from grader.outputs.pages.highlight import highlight

_MAX_PIECE = 2500  # characters
# The cost of a text is its length, and this much for each sign that can have a meaning. A unit
# takes about a microsecond.
_SIGN_COST = 20
_MAX_COST = 80_000  # of all texts of a notebook
_MAX_SPANS = 500  # coloured words in a piece
_SIGN = re.compile(r"[^\w\s]|[_\n]")
# For each formula that is not closed, and for each space of a long gap, the parser reads on to the
# end. Deep quotes are parsed once for each level.
_SLOW = re.compile(r"[ \t]{80}|(?:^[ \t]*(?:>[ \t]*){6})|(?:>[ \t]?){6}", re.MULTILINE)
_FORMULA_STARTS = ("\\\\[", "\\\\(", "\\begin{")
_MAX_FORMULAS = 20

_FENCE = re.compile(r"[ ]{0,3}(```|~~~)")
# A line that begins with anything else may belong to the list, quote or table before it.
_NEW_BLOCK = re.compile(r"[^\W\d_]|\#")

_PAGE_LEVEL = 2  # of the heading above the notebook
_LOWEST_LEVEL = 6
_MARKUP = re.compile(r"<[^>]*>")
# A wide table scrolls, which has to be possible by keyboard too.
_TABLE = (
    ("<table>", '<div class="scroll" tabindex="0" role="group" aria-label="Table"><table>'),
    ("</table>", "</table></div>"),
)

_TAGS = set(
    "div p span pre code em strong del h3 h4 h5 h6 ul ol li blockquote hr br a dl dt dd "
    "table thead tbody tr th td".split()
)
_CLASSES = {"div": {"highlight"}, "span": {"c", "k", "m", "nf", "s"}}
_LINKS = ("https://", "http://")
_PYTHON = ("python", "python3", "py", "ipython", "ipython3")


class _Renderer(IPythonRenderer):
    """A Markdown renderer that shows HTML as text, has no images, and lowers the headings.

    What has a role has words too: headings and links without a text are shown as something else.
    """

    def __init__(self, outline: "_Outline") -> None:
        super().__init__(escape=True)
        self._outline = outline

    def image(self, text: str, url: str, title: str | None = None) -> str:  # noqa: ARG002 - as it is called
        return f"<em>{self.escape_html(text)}</em>"

    def heading(self, text: str, level: int, **_: object) -> str:
        if not _has_words(text):
            return f"<p>{text}</p>\n"
        shown = self._outline.enter(level)
        return f"<h{shown}>{text}</h{shown}>\n"

    def link(self, text: str, url: str, title: str | None = None) -> str:
        return super().link(text if _has_words(text) else self.escape_html(url), url, title)

    def table_cell(self, text: str, align: str | None = None, head: bool = False) -> str:  # noqa: ARG002, FBT001, FBT002 - as it is called
        is_head = head and _has_words(text)
        return f'<th scope="col">{text}</th>\n' if is_head else f"<td>{text}</td>\n"

    def block_code(self, code: str, info: str | None = None) -> str:
        """Colour Python, and nothing else: a text could name the slowest of all languages."""
        is_python = (info or "").strip().lower() in _PYTHON
        return str(highlight(code, max_spans=_MAX_SPANS if is_python else 0)[0])

    def block_mermaidjs(self, code: str) -> str:
        return self.block_code(code)


@dataclass(slots=True)
class _Outline:
    """Turns the headings of a notebook into an outline without gaps, below the page's own.

    A notebook can begin with a small heading, and go on with a much smaller one. Who moves through
    a page by its headings would look for those in between.
    """

    _open: list[int] = field(default_factory=list)

    def enter(self, level: int) -> int:
        """Return the level at which a heading is shown: one below that of its parent."""
        while self._open and self._open[-1] >= level:
            self._open.pop()
        self._open.append(level)
        return min(_PAGE_LEVEL + len(self._open), _LOWEST_LEVEL)

    @property
    def level_below(self) -> int:
        """The level of a heading below the last one."""
        return min(_PAGE_LEVEL + 1 + len(self._open), _LOWEST_LEVEL)


@dataclass(slots=True)
class TextRenderer:
    """Renders the text cells of one notebook, as long as there is work left for them.

    Attributes:
        work: How much more may be parsed, in units of cost.
    """

    work: int = _MAX_COST
    _outline: _Outline = field(default_factory=_Outline)

    @property
    def level_below(self) -> int:
        """The level for a heading of ours below what was rendered last, from 3 to 6."""
        return self._outline.level_below

    def render(self, source: str) -> Markup:
        """Return a text as clean HTML, so that no open tag reaches into what follows."""
        return Markup("\n").join(map(self._render_piece, _pieces(source)))

    def _render_piece(self, piece: str) -> Markup:
        cost = _cost_of(piece)
        if cost > self.work or not _is_quick(piece):
            return _as_typed(piece)
        self.work -= cost
        try:
            html = MarkdownWithMath(renderer=_Renderer(self._outline)).render(piece)
        except Exception:  # noqa: BLE001 - an edge: whatever the parser runs into costs a piece only
            return _as_typed(piece)  # a RecursionError, for lists in quotes in lists
        return _clean(html)


def _as_typed(piece: str) -> Markup:
    return Markup("<pre>{}</pre>").format(piece)


def _cost_of(piece: str) -> int:
    return len(piece) + _SIGN_COST * sum(1 for _ in _SIGN.finditer(piece))


def _is_quick(piece: str) -> bool:
    return (
        len(piece) <= _MAX_PIECE
        and sum(map(piece.count, _FORMULA_STARTS)) <= _MAX_FORMULAS
        and not _SLOW.search(piece)
    )


def _pieces(source: str) -> Iterator[str]:
    """Split a text where a new block begins, into pieces of at most `_MAX_PIECE` if possible."""
    if len(source) <= _MAX_PIECE:
        yield source
        return
    piece = ""
    for block in _blocks(source):
        if piece and len(piece) + len(block) > _MAX_PIECE:
            yield piece
            piece = ""
        piece += block
    yield piece


def _blocks(source: str) -> Iterator[str]:
    """Split a text at blank lines that are followed by a heading or a paragraph."""
    lines: list[str] = []
    fence, is_blank = "", False
    for line in source.splitlines(keepends=True):
        if is_blank and not fence and _NEW_BLOCK.match(line):
            yield "".join(lines)
            lines = []
        found = _FENCE.match(line)
        if found and fence in ("", found[1]):
            fence = "" if fence else found[1]
        is_blank = not line.strip()
        lines.append(line)
    yield "".join(lines)


def _has_words(html: str) -> bool:
    """Return whether there is a text between the tags of some HTML."""
    return bool(_MARKUP.sub("", html).strip())


def _clean(html: str) -> Markup:
    cleaned = nh3.clean(
        html,
        tags=_TAGS,
        attributes={"a": {"href"}, "th": {"scope"}},
        allowed_classes=_CLASSES,
        url_schemes={"http", "https"},
        attribute_filter=_filter_attribute,
        link_rel="noopener noreferrer nofollow",
    )
    for tag, with_frame in _TABLE:
        cleaned = cleaned.replace(tag, with_frame)
    return Markup(cleaned)  # noqa: S704 - cleaned


def _filter_attribute(_tag: str, name: str, value: str) -> str | None:
    """Remove links to anything but the web, such as files beside the page."""
    return None if name == "href" and not value.lower().startswith(_LINKS) else value
