"""Shows a notebook on a page, and below the cell that defines a function what is said of it.

Nothing of the notebook's own HTML gets onto the page. It is rebuilt from its texts, made into
HTML by nbconvert, cleaned by an allow-list, and only then get images and feedback into the
places that were marked for them, by marks that no notebook can know.
"""

import re
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from grader.outputs.pages.environment import make_environment
from grader.outputs.pages.function_view import FunctionView
from grader.outputs.pages.notebook_cells import FunctionScore, Image, read_cells

# At the left margin: a definition inside a class or an if is no function of the contract's.
_DEFINITION = re.compile(
    r"^(?:async[ ]+def|def|class)[ ]+(\w+)|^(\w+)[ ]*(?::[^=\n]*)?=(?!=)", re.MULTILINE
)
# Other magics of a whole cell make something else of it than code that defines functions.
_MAGICS_AROUND_CODE = ("%%time", "%%capture", "%%prun")


@dataclass(frozen=True, slots=True, kw_only=True)
class NotebookView:
    """A notebook as HTML, and the functions, each with the cell below which it is told."""

    html: Markup
    has_images: bool
    remarks: tuple[str, ...]
    functions: tuple[FunctionView, ...]


def show_notebook(data: bytes, functions: Sequence[FunctionView]) -> NotebookView | None:
    """Show a notebook with what is said of its functions.

    Args:
        data: The notebook, whatever it is.
        functions: What is said of each function.

    Returns:
        None where it can't be shown.
    """
    try:
        return _show(data, functions)
    except Exception:  # noqa: BLE001 - an edge: whatever is wrong with a notebook, its report is shown
        return None


def _show(data: bytes, functions: Sequence[FunctionView]) -> NotebookView:
    # Imported late: only notebooks pay for it.
    from grader.outputs.pages.notebook_export import export_cells  # noqa: PLC0415

    read = read_cells(data)
    homes = _find_definitions(read.cells, {function.name for function in functions})
    told = tuple(
        function.told_below(f"cell {homes[function.name]}") if function.name in homes else function
        for function in functions
    )
    mark = secrets.token_hex(16)
    places: list[Markup] = []

    def keep(html: Markup) -> str:
        places.append(html)
        return f"{mark}-{len(places) - 1}-"

    marked = export_cells(
        read.cells,
        image=lambda cell, image: keep(_image(cell, image)),
        below=lambda cell: keep(_feedback(cell, told)),
    )
    # In one pass: what stands in a place is not looked at again.
    filled = re.sub(f"{mark}-([0-9]+)-", lambda found: places[int(found[1])], marked)
    remarks = ("Not all of it is shown: it is too long.",) if read.is_cut else ()
    return NotebookView(
        html=Markup(filled),  # noqa: S704 - cleaned, and the rest is ours
        has_images=any(isinstance(one, Image) for cell in read.cells for one in cell.outputs),
        remarks=remarks,
        functions=told,
    )


def _find_definitions(cells: Iterable[FunctionScore], names: set[str]) -> dict[str, int]:
    """Find for each function the cell that defines it; the last one counts."""
    homes: dict[str, int] = {}
    for cell in cells:
        if cell.whole.startswith("%%") and not cell.whole.startswith(_MAGICS_AROUND_CODE):
            continue
        for found in _DEFINITION.finditer(cell.whole):
            name = found[1] or found[2]
            if name in names:
                homes[name] = cell.number
    return homes


def _feedback(cell: FunctionScore, functions: Iterable[FunctionView]) -> Markup:
    template = make_environment().get_template("feedback.html.j2")
    home = f"cell {cell.number}"
    parts = [template.render(function=one) for one in functions if one.cell == home]
    return Markup("\n".join(parts))  # noqa: S704 - our own template


def _image(cell: FunctionScore, image: Image) -> Markup:
    return Markup('<img src="data:image/png;base64,{}" alt="image from cell {}">').format(
        image.data, cell.number
    )
