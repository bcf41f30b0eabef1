"""The consoles that reports and classes are printed to."""

from rich.console import Console

_MAX_WIDTH = 100


class ReportConsole(Console):
    """A console for a report or a class.

    Attributes:
        is_plain: Whether it is for a screen reader: lines that stand alone, without colours,
            tables, bars and symbols, which the terminal wraps.
    """

    is_plain = False

    def on_broken_pipe(self) -> None:
        """Pass the error on: by itself, rich exits with the status of lost points."""
        self.quiet = True
        raise BrokenPipeError


def make_console(*, color: bool | None, stderr: bool, is_plain: bool = False) -> ReportConsole:
    """Return a console for standard output or standard error.

    Args:
        color: False for no colour; None leaves it to the terminal, NO_COLOR and FORCE_COLOR.
        stderr: Whether it writes to standard error.
        is_plain: Whether it is for a screen reader.
    """
    if is_plain:
        console = ReportConsole(stderr=stderr, color_system=None, highlight=False, soft_wrap=True)
        console.is_plain = True
        return console
    console = ReportConsole(
        stderr=stderr, no_color=True if color is False else None, highlight=False
    )
    if not console.is_terminal and console.width > _MAX_WIDTH:
        console.width = _MAX_WIDTH
    return console


def is_plain(console: Console) -> bool:
    """Return whether a console is for a screen reader."""
    return isinstance(console, ReportConsole) and console.is_plain


def can_encode(text: str, console: Console) -> bool:
    """Return whether a console can show these characters."""
    try:
        text.encode(console.encoding)
    except (UnicodeEncodeError, LookupError):
        return False
    return True
