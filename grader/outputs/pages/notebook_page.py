"""The notebook on a student's page, with each function's card below the cell that defines it.

None of the notebook's own HTML reaches the page. The page is built from the notebook's texts: code
and outputs are escaped, Markdown is cleaned with an allow-list, and images are encoded again. What
the page has room for comes first; the rest is left out, and the page says so.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from grader.outputs.escaping import escape_within
from grader.outputs.pages.environment import make_environment
from grader.outputs.pages.function_card import FunctionCard
from grader.outputs.pages.highlight import highlight
from grader.outputs.pages.notebook_cells import Cell, Image, read_cells

# Of HTML in UTF-8, without images and cards.
MAX_NOTEBOOK_BYTES = 84 * 1024
_MAX_SPANS = 3000

# At the left margin only: the assignment's functions aren't defined inside a class or an if.
_DEFINITION = re.compile(
    r"^(?:async[ ]+def|def|class)[ ]+(\w+)|^(\w+)[ ]*(?::[^=\n]*)?=(?!=)", re.MULTILINE
)
# The cell magics below which a cell is still Python code that can define functions.
_MAGICS_AROUND_CODE = ("%%time", "%%capture", "%%prun")

_CUT = Markup("\n... (cut here)")
_IS_CUT = (
    "The notebook is too long to be shown in full. Nothing is missing in the file that was handed "
    "in, and all of it was graded."
)
_NOT_SHOWN = (
    "The notebook can't be shown on this page. The file that was handed in is not changed by that."
)

_LABEL = Markup('<p class="cell_label">cell {}</p>')
_PRE = Markup("<pre>{}</pre>")
_OUTPUT = Markup('<div class="output_area">{}</div>')
# Not in a box that scrolls: on a small screen that would be a page within the page.
_LONG_OUTPUT = Markup(
    '<details class="folded output_area"><summary>Long output</summary>{}</details>'
)
_LONG_LINES = 25
_LONG_CHARACTERS = 2000
_IMAGE = Markup('<img src="data:image/png;base64,{}" alt="image from cell {}">')
_CELL = Markup('<div class="cell">\n{}\n</div>')


@dataclass(frozen=True, slots=True, kw_only=True)
class NotebookView:
    """A notebook as HTML, and the cards of all functions, which know the cell they are below.

    ``image_characters`` are those of its images in base64, which have a limit of their own.
    """

    html: Markup
    image_characters: int
    remarks: tuple[str, ...]
    cards: tuple[FunctionCard, ...]


def show_notebook(data: bytes, cards: Sequence[FunctionCard]) -> NotebookView:
    """Make HTML of a notebook, with the cards of its functions.

    Args:
        data: The notebook's bytes, which may be anything.
        cards: The card of each function.

    Returns:
        The notebook; if it can't be shown, only a remark that says so.
    """
    try:
        return _show(data, cards)
    except Exception:  # noqa: BLE001 - an edge: a broken notebook must not cost the student the report
        return NotebookView(
            html=Markup(), image_characters=0, remarks=(_NOT_SHOWN,), cards=tuple(cards)
        )


def _show(data: bytes, cards: Sequence[FunctionCard]) -> NotebookView:
    read = read_cells(data)
    numbers = _find_definitions(read.cells, {card.view.name for card in cards})
    placed = tuple(
        card.below(f"cell {numbers[card.view.name]}") if card.view.name in numbers else card
        for card in cards
    )
    writer = _Writer()
    parts = [writer.write(cell, placed) for cell in read.cells]
    return NotebookView(
        html=Markup("\n").join(filter(None, parts)),
        image_characters=writer.image_characters,
        remarks=(_IS_CUT,) if read.is_cut or writer.is_cut else (),
        cards=placed,
    )


class _Writer:
    """Writes the cells of one notebook, as long as there is room for them.

    Attributes:
        is_cut: Whether anything was left out.
        image_characters: The length of the images that were written, in base64.
    """

    def __init__(self) -> None:
        # Imported late: only notebooks pay for it.
        from grader.outputs.pages.notebook_text import TextRenderer  # noqa: PLC0415

        self._text = TextRenderer()
        self._room = MAX_NOTEBOOK_BYTES
        self._spans = _MAX_SPANS
        self.is_cut = False
        self.image_characters = 0

    def write(self, cell: Cell, cards: Sequence[FunctionCard]) -> Markup:
        """Return a cell with the cards that belong below it; empty if there is no room left."""
        feedback = _feedback(cell, cards, level=self._text.level_below)
        label = _LABEL.format(cell.number) if cell.number else Markup()
        if not self._take(_CELL.format(label)):
            # The list of functions links to the card, so the card has to be there.
            return _CELL.format(label) + feedback if feedback else Markup()
        inside = [label, *(self._code(cell) if cell.number else self._markdown(cell.source))]
        return _CELL.format(Markup("\n").join(filter(None, inside))) + feedback

    def _take(self, html: Markup) -> bool:
        """Use up room for some HTML, if there is enough."""
        size = len(html.encode())
        if size > self._room:
            self.is_cut = True
            return False
        self._room -= size
        return True

    def _code(self, cell: Cell) -> Iterator[Markup]:
        code, spans = highlight(cell.source, max_spans=self._spans)
        if self._take(code):
            self._spans -= spans
            yield code
        else:
            yield self._plain(cell.source)
        for output in cell.outputs:
            if isinstance(output, Image):
                self.image_characters += len(output.data)
                yield _OUTPUT.format(_IMAGE.format(output.data, cell.number))
            else:
                yield self._output(output)

    def _markdown(self, source: str) -> Iterator[Markup]:
        html = self._text.render(source)
        yield html if self._take(html) else self._plain(source)

    def _output(self, text: str) -> Markup:
        html = _frame_output(text, _PRE.format(text))
        if self._take(html):
            return html
        shown = self._plain(text)
        return _frame_output(text, shown) if shown else shown

    def _plain(self, text: str) -> Markup:
        """Return as much of a text as there is room for, as it is."""
        overhead = len(_frame_output(text, _PRE.format(_CUT)))
        shown, is_cut = escape_within(text, self._room - overhead)
        if not shown.strip():
            self.is_cut |= is_cut
            return Markup()
        html = _PRE.format(shown + _CUT if is_cut else shown)
        self._room -= len(html.encode()) + overhead
        self.is_cut |= is_cut
        return html


def _frame_output(text: str, shown: Markup) -> Markup:
    """Return an output with its frame; a long one is folded."""
    lines = text.rstrip("\n").count("\n") + 1
    is_long = lines > _LONG_LINES or len(text) > _LONG_CHARACTERS
    return (_LONG_OUTPUT if is_long else _OUTPUT).format(shown)


def _find_definitions(cells: Iterable[Cell], names: set[str]) -> dict[str, int]:
    """Return for each function that is defined the number of the last cell that defines it."""
    numbers: dict[str, int] = {}
    for cell in cells:
        if cell.whole.startswith("%%") and not cell.whole.startswith(_MAGICS_AROUND_CODE):
            continue
        for found in _DEFINITION.finditer(cell.whole):
            name = found[1] or found[2]
            if name in names:
                numbers[name] = cell.number
    return numbers


def _feedback(cell: Cell, cards: Iterable[FunctionCard], *, level: int) -> Markup:
    place = f"cell {cell.number}"
    below = [card for card in cards if card.cell == place]
    if not below:
        return Markup()
    template = make_environment().get_template("feedback.html.j2")
    parts = [template.render(card=card, level=level) for card in below]
    return Markup("\n" + "\n".join(parts))  # noqa: S704 - our own template
