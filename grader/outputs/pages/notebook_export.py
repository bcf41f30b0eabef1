"""The cells of a notebook as HTML, made by nbconvert and cleaned with an allow-list."""

import functools
from collections.abc import Callable, Iterable

import jinja2
import nbformat.v4
import nh3
from markupsafe import Markup
from nbconvert.exporters import HTMLExporter, TemplateExporter
from nbconvert.filters.highlight import Highlight2HTML
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from pygments.token import STANDARD_TYPES

from grader.outputs.pages.notebook_cells import Cell, Image

# Marks keep the places of images, and of what the page adds below a cell.
_TEMPLATE = """{% extends 'basic/index.html.j2' %}
{% block in_prompt %}<p class="cell_label">cell {{ cell.metadata.number }}</p>{% endblock %}
{% block codecell %}{{ super() }}{{ cell.metadata.below }}
{% endblock %}
{% block data_png %}{{ output.metadata.mark }}{% endblock %}"""

_TAGS = set(
    "div p span pre code em strong del h3 h4 h5 h6 ul ol li blockquote hr br a dl dt dd "
    "table thead tbody tr th td".split()
)
_CLASSES = {
    "div": {"cell", "highlight", "input_area", "output_area", "prompt"},
    "span": {name for name in STANDARD_TYPES.values() if name},
    "p": {"cell_label"},
}
_LINKS = ("https://", "http://")

# For each formula that is not closed, the parser searches to the end of the cell.
_FORMULA_STARTS = ("\\\\[", "\\\\(", "\\begin{")
_MAX_FORMULAS = 50


class _Renderer(IPythonRenderer):
    """A Markdown renderer that shows HTML as text, has no images, and lowers the headings."""

    def image(self, text: str, url: str, title: str | None = None) -> str:  # noqa: ARG002 - as it is called
        return f"<em>{self.escape_html(text)}</em>"

    def heading(self, text: str, level: int, **_: object) -> str:
        return f"<h{min(level + 2, 6)}>{text}</h{min(level + 2, 6)}>\n"

    def block_mermaidjs(self, code: str) -> str:
        return f"<pre>{self.escape_html(code)}</pre>\n"


class _Exporter(HTMLExporter):
    """An exporter without nbconvert's own cleaning, which parses everything three times."""

    def export(self, notebook: nbformat.NotebookNode) -> str:
        """Return a notebook as HTML."""
        self.register_filter("highlight_code", Highlight2HTML(pygments_lexer="python3"))
        for name in ("clean_html", "strip_files_prefix"):
            self.register_filter(name, lambda html: html)
        html, _ = TemplateExporter.from_notebook_node(self, notebook)
        return str(html)

    @jinja2.pass_context
    def markdown2html(self, _context: jinja2.runtime.Context, source: str) -> str:
        """Return a text cell as clean HTML, so that no open tag reaches into the next cell."""
        if sum(map(source.count, _FORMULA_STARTS)) > _MAX_FORMULAS:
            return str(Markup("<pre>{}</pre>").format(source))
        return _clean(MarkdownWithMath(renderer=_Renderer(escape=True)).render(source))


@functools.cache
def _exporter() -> _Exporter:
    return _Exporter(template_name="basic", raw_template=_TEMPLATE)


def export_cells(
    cells: Iterable[Cell],
    *,
    image: Callable[[Cell, Image], str],
    below: Callable[[Cell], str],
) -> str:
    """Return cells as clean HTML.

    Args:
        cells: The cells.
        image: Returns the mark that keeps the place of an image: letters, digits and dashes.
        below: Returns the mark for the place below a code cell.
    """
    notebook = nbformat.v4.new_notebook(cells=[_cell(cell, image, below) for cell in cells])
    return _clean(_exporter().export(notebook))


def _cell(
    cell: Cell,
    image: Callable[[Cell, Image], str],
    below: Callable[[Cell], str],
) -> object:
    if not cell.number:
        return nbformat.v4.new_markdown_cell(cell.source)
    outputs = [
        nbformat.v4.new_output("stream", text=one)
        if isinstance(one, str)
        else nbformat.v4.new_output(
            "display_data", {"image/png": ""}, metadata={"mark": image(cell, one)}
        )
        for one in cell.outputs
    ]
    metadata = {"number": cell.number, "below": below(cell)}
    return nbformat.v4.new_code_cell(cell.source, outputs=outputs, metadata=metadata)


def _clean(html: str) -> str:
    return nh3.clean(
        html,
        tags=_TAGS,
        attributes={"a": {"href"}},
        allowed_classes=_CLASSES,
        url_schemes={"http", "https"},
        attribute_filter=_filter_attribute,
        link_rel="noopener noreferrer nofollow",
    )


def _filter_attribute(_tag: str, name: str, value: str) -> str | None:
    """Remove links to anything but the web, such as files beside the page."""
    return None if name == "href" and not value.lower().startswith(_LINKS) else value
