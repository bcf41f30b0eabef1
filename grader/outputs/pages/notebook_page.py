"""The notebook on a student's page, with each function's card below the cell that defines it.

None of the notebook's own HTML reaches the page. The notebook is rebuilt from its texts, made into
HTML by nbconvert and cleaned with an allow-list. Only then do images and cards replace the marks
that keep their places, which are random so that no notebook can contain one.
"""

import re
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from grader.outputs.pages.environment import make_environment
from grader.outputs.pages.function_card import FunctionCard
from grader.outputs.pages.notebook_cells import Cell, Image, read_cells

# At the left margin only: the assignment's functions aren't defined inside a class or an if.
_DEFINITION = re.compile(
    r"^(?:async[ ]+def|def|class)[ ]+(\w+)|^(\w+)[ ]*(?::[^=\n]*)?=(?!=)", re.MULTILINE
)
# The cell magics below which a cell is still Python code that can define functions.
_MAGICS_AROUND_CODE = ("%%time", "%%capture", "%%prun")


@dataclass(frozen=True, slots=True, kw_only=True)
class NotebookView:
    """A notebook as HTML, and the cards of all functions, which know the cell they are below."""

    html: Markup
    has_images: bool
    remarks: tuple[str, ...]
    cards: tuple[FunctionCard, ...]


def show_notebook(data: bytes, cards: Sequence[FunctionCard]) -> NotebookView | None:
    """Make HTML of a notebook, with the cards of its functions.

    Args:
        data: The notebook's bytes, which may be anything.
        cards: The card of each function.

    Returns:
        None if the notebook can't be shown.
    """
    try:
        return _show(data, cards)
    except Exception:  # noqa: BLE001 - an edge: a broken notebook must not cost the student the report
        return None


def _show(data: bytes, cards: Sequence[FunctionCard]) -> NotebookView:
    # Imported late: only notebooks pay for it.
    from grader.outputs.pages.notebook_export import export_cells  # noqa: PLC0415

    read = read_cells(data)
    numbers = _find_definitions(read.cells, {card.view.name for card in cards})
    placed = tuple(
        card.below(f"cell {numbers[card.view.name]}") if card.view.name in numbers else card
        for card in cards
    )
    mark = secrets.token_hex(16)
    marked: list[Markup] = []

    def mark_place_of(html: Markup) -> str:
        marked.append(html)
        return f"{mark}-{len(marked) - 1}-"

    exported = export_cells(
        read.cells,
        image=lambda cell, image: mark_place_of(_image(cell, image)),
        below=lambda cell: mark_place_of(_feedback(cell, placed)),
    )
    # In a single pass, so that what replaces a mark is not searched for marks itself.
    filled = re.sub(f"{mark}-([0-9]+)-", lambda found: marked[int(found[1])], exported)
    remarks = ("The notebook is too long to be shown in full.",) if read.is_cut else ()
    return NotebookView(
        html=Markup(filled),  # noqa: S704 - cleaned, and the rest is ours
        has_images=any(isinstance(one, Image) for cell in read.cells for one in cell.outputs),
        remarks=remarks,
        cards=placed,
    )


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


def _feedback(cell: Cell, cards: Iterable[FunctionCard]) -> Markup:
    template = make_environment().get_template("feedback.html.j2")
    place = f"cell {cell.number}"
    parts = [template.render(card=card) for card in cards if card.cell == place]
    return Markup("\n".join(parts))  # noqa: S704 - our own template


def _image(cell: Cell, image: Image) -> Markup:
    return Markup('<img src="data:image/png;base64,{}" alt="image from cell {}">').format(
        image.data, cell.number
    )
