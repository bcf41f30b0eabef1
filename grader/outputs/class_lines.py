"""Lines, names and bars that are safe to print, for everything that is printed about a class."""

from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.text import Text

from grader.outputs.class_wording import name_people, show_line
from grader.outputs.console import can_encode, is_plain
from grader.outputs.wording import Mark
from grader.report.class_model import Row

_MAX_NAME = 40
_MAX_TEXT = 200


class Lines:
    """A console, and ways to print to it with the characters that it can show."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self.is_plain = is_plain(console)
        self.can_draw = can_encode("█░✓◐✗·", console)

    def print(self, *lines: RenderableType) -> None:
        """Print lines, one below the other."""
        for line in lines:
            self.console.print(line)

    def head(self, text: str) -> None:
        """Print the heading of a part."""
        self.print(Text(f"{text}:" if self.is_plain else f"\n{text}", style="bold"))

    def words(self, text: str) -> str:
        """Return a text in which an arrow is a word, for a screen reader."""
        return text.replace(" -> ", " to ") if self.is_plain else text

    def gap(self) -> None:
        """Print an empty line, which a screen reader would only stumble over."""
        if not self.is_plain:
            self.print(Text())

    def mark(self, mark: Mark) -> str:
        """Return the symbol of a mark and a space; nothing for a screen reader."""
        if self.is_plain:
            return ""
        return f"{mark.symbol if self.can_draw else mark.ascii} "

    def item(self, text: str | Text, indent: int = 2) -> None:
        """Print an item below a heading."""
        shown = Text(text) if isinstance(text, str) else text
        self.print(shown if self.is_plain else Padding(shown, (0, 0, 0, indent), expand=False))

    def more(self, left: int) -> None:
        """Print how many items are not shown, if any."""
        if left > 0:
            self.item(Text(f"and {left:,} more", style="dim"))

    def line(self, text: str, longest: int = _MAX_TEXT) -> str:
        """Return a student's text as one line that is safe for the console and not too long."""
        shown = show_line(text)
        cut = shown if len(shown) <= longest else f"{shown[: longest - 3]}..."
        encoding = self.console.encoding
        return cut.encode(encoding, "backslashreplace").decode(encoding)

    def people(self, row: Row) -> str:
        """Return the names of a row's students, with the id of its report if that differs."""
        name = self.line(name_people(row), _MAX_NAME)
        id_ = self.line(row.id or row.student.id, _MAX_NAME)
        return name if id_ in {"", name} else f"{name} ({id_})"

    def first_line(self, text: str) -> str:
        """Return the first line of a longer explanation."""
        return self.line(next(iter(text.strip().splitlines()), "")).rstrip(": ")

    def bar(self, part: float, whole: float, length: int, *, is_filled: bool) -> str:
        """Return a bar that shows a part of a whole; any part above 0 is visible."""
        if self.is_plain:
            return ""
        full = round(length * part / whole) if whole else 0
        full = max(full, 1) if part > 0 else full
        solid, empty = ("█", "░") if self.can_draw else ("#", ".")
        return solid * full + (empty * (length - full) if is_filled else "")
