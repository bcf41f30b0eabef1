"""Lines, names and bars that are safe to print, for everything that is printed about a class."""

from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.text import Text

from grader.outputs.class_wording import name_people, show_line
from grader.report.class_model import Row

_MAX_NAME = 40
_MAX_TEXT = 200


class Lines:
    """A console, and ways to print to it with the characters that it can show."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self.can_draw = _can_encode("█░✓◐✗·", console.encoding)

    def print(self, *lines: RenderableType) -> None:
        """Print lines, one below the other."""
        for line in lines:
            self.console.print(line)

    def head(self, text: str) -> None:
        """Print the heading of a part."""
        self.print(Text(f"\n{text}", style="bold"))

    def item(self, text: str | Text, indent: int = 2) -> None:
        """Print an item below a heading."""
        shown = Text(text) if isinstance(text, str) else text
        self.print(Padding(shown, (0, 0, 0, indent), expand=False))

    def more(self, left: int) -> None:
        """Print how many items are not shown, if any."""
        if left > 0:
            self.print(Text(f"  and {left:,} more", style="dim"))

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
        full = round(length * part / whole) if whole else 0
        full = max(full, 1) if part > 0 else full
        solid, empty = ("█", "░") if self.can_draw else ("#", ".")
        return solid * full + (empty * (length - full) if is_filled else "")


def _can_encode(text: str, encoding: str) -> bool:
    try:
        text.encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return False
    return True
