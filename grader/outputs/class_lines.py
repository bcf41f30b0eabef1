"""What all that is printed of a class has in common: safe lines, names and bars."""

from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.text import Text

from grader.outputs.class_wording import show_line, show_who
from grader.report.class_model import Row

_MAX_NAME = 40
_MAX_TEXT = 200


class Lines:
    """Prints lines to one console, with what that can show."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self.can_draw = _can_encode("█░✓◐✗·", console.encoding)

    def print(self, *lines: RenderableType) -> None:
        """Print one below the other."""
        for line in lines:
            self.console.print(line)

    def head(self, text: str) -> None:
        """Begin a part."""
        self.print(Text(f"\n{text}", style="bold"))

    def item(self, text: str | Text, indent: int = 2) -> None:
        """Print what belongs to a head."""
        shown = Text(text) if isinstance(text, str) else text
        self.print(Padding(shown, (0, 0, 0, indent), expand=False))

    def more(self, left: int) -> None:
        """Say how many are not shown, if any."""
        if left > 0:
            self.print(Text(f"  and {left:,} more", style="dim"))

    def line(self, text: str, longest: int = _MAX_TEXT) -> str:
        """Make text of a student's safe for this console: one line, and not too long."""
        shown = show_line(text)
        cut = shown if len(shown) <= longest else f"{shown[: longest - 3]}..."
        encoding = self.console.encoding
        return cut.encode(encoding, "backslashreplace").decode(encoding)

    def who(self, row: Row) -> str:
        """Name whose row it is, with the id of its report where that is something else."""
        name = self.line(show_who(row), _MAX_NAME)
        id_ = self.line(row.id or row.student.id, _MAX_NAME)
        return name if id_ in {"", name} else f"{name} ({id_})"

    def first_line(self, text: str) -> str:
        """Give the first line of a longer explanation."""
        return self.line(next(iter(text.strip().splitlines()), "")).rstrip(": ")

    def bar(self, part: float, whole: float, length: int, *, is_filled: bool) -> str:
        """Draw a part of a whole; something that is not nothing is seen."""
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
