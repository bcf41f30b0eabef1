"""Where the nodes of a parsed text are in it, so that a change leaves the rest as it is."""

import ast
import re
from dataclasses import dataclass

_COMMENT = re.compile(r"#[^\n]*")
Positioned = ast.expr | ast.stmt | ast.arg | ast.keyword


@dataclass(frozen=True, slots=True)
class Edit:
    """One change of a text: what is from ``start`` up to ``end`` is replaced.

    Attributes:
        start: The index of its first character.
        end: The index after its last character.
        text: What takes its place.
        operator: The kind of change, such as ``constant``.
    """

    start: int
    end: int
    text: str
    operator: str

    def apply(self, source: str) -> str:
        """Return the source with the change."""
        return source[: self.start] + self.text + source[self.end :]


class Spans:
    """The places of nodes in a text.

    Args:
        source: Python source.
    """

    def __init__(self, source: str) -> None:
        self.source = source
        self._lines = source.splitlines(keepends=True)
        self._starts = [0]
        for line in self._lines:
            self._starts.append(self._starts[-1] + len(line))

    def _index(self, line: int, column: int) -> int:
        """Return the index of a place that the parser gives as a line and a column in bytes."""
        text = self._lines[line - 1]
        if not text.isascii():
            column = len(text.encode()[:column].decode())
        return self._starts[line - 1] + column

    def index_of_line(self, line: int) -> int:
        """Return the index of a line's first character; lines count from 1."""
        return self._starts[line - 1]

    def start(self, node: Positioned) -> int:
        """Return the index of a node's first character."""
        return self._index(node.lineno, node.col_offset)

    def end(self, node: Positioned) -> int:
        """Return the index after a node's last character."""
        assert node.end_lineno is not None and node.end_col_offset is not None  # noqa: S101, PT018
        return self._index(node.end_lineno, node.end_col_offset)

    def text(self, node: Positioned) -> str:
        """Return the text of a node."""
        return self.source[self.start(node) : self.end(node)]

    def is_in_brackets(self, node: Positioned) -> bool:
        """Return whether a node stands alone in round brackets."""
        before = self.source[: self.start(node)].rstrip()
        after = self.source[self.end(node) :].lstrip()
        return before.endswith("(") and after.startswith(")")

    def outer(self, node: Positioned) -> tuple[int, int]:
        """Return the span of a node with the round brackets in which it stands alone."""
        start, end = self.start(node), self.end(node)
        while self.is_in_brackets_at(start, end):
            start = self.source.rindex("(", 0, start)
            end = self.source.index(")", end) + 1
        return start, end

    def is_in_brackets_at(self, start: int, end: int) -> bool:
        """Return whether a span stands alone in round brackets that are not those of a call."""
        before, after = self.source[:start].rstrip(), self.source[end:].lstrip()
        if not (before.endswith("(") and after.startswith(")")):
            return False
        return not re.search(r"[\w\])]\s*$", before[:-1]) or bool(
            re.search(r"\b(return|in|and|or|not|if|else|while|yield|is)\s*$", before[:-1])
        )

    def find_between(self, left: Positioned, right: Positioned, symbol: str) -> tuple[int, int]:
        """Return the span of an operator between two operands."""
        first, last = self.end(left), self.start(right)
        between = _COMMENT.sub(lambda match: " " * len(match[0]), self.source[first:last])
        words = re.escape(symbol).replace(r"\ ", r"\s+")
        match = re.search(words, between)
        assert match is not None, (symbol, between)  # noqa: S101 - the parser has seen it there
        return first + match.start(), first + match.end()
