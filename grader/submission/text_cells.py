"""Keeps which functions stand in the text cells of a notebook, where they do nothing.

They are never run. So a report can say that a cell was made Markdown by mistake.
"""

import re

import msgspec

from grader.observations.messages import CodeBlock

# The most that is looked at: bytes of JSON of one cell and of all, cells, and definitions in one.
_MAX_CELL_BYTES = 64 * 1024
_MAX_BYTES = 1024 * 1024
_MAX_CELLS = 50
_MAX_DEFINITIONS = 50

_SIGNS = (b"def ", b"{")
_DEFINITION = re.compile(
    r"^[ \t]*(?:(?:async +)?def +\w{1,100}[ \t]*\(|\w{1,100}[ \t]*=[ \t]*[{(\[])", re.MULTILINE
)
_KINDS = {"markdown": "Markdown", "raw": "Raw"}


class TextCells:
    """The text cells that contain definitions.

    Attributes:
        blocks: The first part of each definition in a cell. Its label says which cell it is.
    """

    def __init__(self) -> None:
        self.blocks: list[CodeBlock] = []
        self._left_bytes = _MAX_BYTES

    def add(self, kind: str, source: "msgspec.Raw | msgspec.UnsetType", *, after: int) -> None:
        """Add a cell if it contains definitions, and there is room for it.

        Args:
            kind: The type of the cell.
            source: Its source, as JSON.
            after: How many code cells there are above it.
        """
        if isinstance(source, msgspec.UnsetType) or len(self.blocks) >= _MAX_CELLS:
            return
        data = memoryview(source)
        if len(data) > min(_MAX_CELL_BYTES, self._left_bytes):
            return
        self._left_bytes -= len(data)
        if not any(sign in bytes(data) for sign in _SIGNS):
            return
        try:
            lines = msgspec.json.decode(source, type=str | list[str])
        except msgspec.ValidationError:
            return
        text = lines if isinstance(lines, str) else "".join(lines)
        text = text.encode("utf-8", "replace").decode()
        found = [match[0].strip() for match in _DEFINITION.finditer(text)][:_MAX_DEFINITIONS]
        if found:
            where = f"below cell {after}" if after else "at the top"
            label = f"the {_KINDS.get(kind, 'text')} cell {where}"
            self.blocks.append(CodeBlock(label=label, source="\n".join(found)))
