"""Progress: only where somebody watches, only after a while, and gone at the end."""

import io
import re
import threading
from collections.abc import Callable

import pytest

from grader.outputs.progress import after_delay, show_progress, wants_progress


class Terminal(io.StringIO):
    """A stream that claims to be a terminal."""

    def isatty(self) -> bool:
        """Return True."""
        return True


@pytest.fixture
def watch(monkeypatch: pytest.MonkeyPatch) -> Callable[[], Terminal]:
    """Return a function that makes standard error a terminal of somebody who watches."""
    for name in ("CI", "NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLUMNS", "80")

    def watch_now() -> Terminal:
        stream = Terminal()
        monkeypatch.setattr("sys.stderr", stream)  # pytest has its own until the test begins
        return stream

    return watch_now


class Shown:
    """A display that notes what is done with it."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.is_shown = threading.Event()

    def start(self) -> None:
        """Note it."""
        self.calls.append("start")
        self.is_shown.set()

    def stop(self) -> None:
        """Note it."""
        self.calls.append("stop")


# --- who sees it --------------------------------------------------------------------------


def test_terminal_wants_progress(watch: Callable[[], Terminal]) -> None:
    """A person at a terminal sees it."""
    watch()

    assert wants_progress()


@pytest.mark.parametrize(
    ("name", "value"), [("CI", "true"), ("CI", "1"), ("TERM", "dumb"), ("TERM", "unknown")]
)
def test_log_and_dumb_terminal_want_none(
    name: str, value: str, watch: Callable[[], Terminal], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where a line can't be erased, each step would be a line of its own."""
    watch()
    monkeypatch.setenv(name, value)

    assert not wants_progress()


def test_screen_reader_wants_none(watch: Callable[[], Terminal]) -> None:
    """It would read out every step."""
    watch()

    assert not wants_progress(is_plain=True)


@pytest.mark.parametrize("stream", [io.StringIO(), None], ids=["pipe", "closed"])
def test_pipe_wants_none(stream: io.StringIO | None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor does a stream that was closed."""
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr("sys.stderr", stream)

    assert not wants_progress()


# --- when ---------------------------------------------------------------------------------


def test_display_is_shown_after_a_while_and_ends_with_the_work() -> None:
    """It starts by itself, and is erased at the end."""
    shown = Shown()

    with after_delay(shown, delay_s=0.01):
        assert shown.is_shown.wait(10)

    assert shown.calls == ["start", "stop"]


def test_quick_work_shows_nothing() -> None:
    """Whoever is quicker than the delay has seen nothing flash, and nothing comes later."""
    shown = Shown()

    with after_delay(shown, delay_s=0.2):
        pass

    assert not shown.is_shown.wait(0.4)
    assert shown.calls == []


def test_display_ends_if_the_work_fails() -> None:
    """An error or an interruption erases it too."""
    shown = Shown()

    def work() -> None:
        with after_delay(shown, delay_s=0.01):
            assert shown.is_shown.wait(10)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        work()

    assert shown.calls == ["start", "stop"]


# --- what ---------------------------------------------------------------------------------


def frames(stream: Terminal) -> list[str]:
    """Return what was shown in the line, one after the other."""
    text = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "\n", stream.getvalue())
    found = [line.strip() for line in text.splitlines()]
    return list(dict.fromkeys(line for line in found if len(line) > 1))


@pytest.fixture
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Show progress from the beginning."""
    monkeypatch.setattr("grader.outputs.progress.after_delay", _Now)


class _Now:
    def __init__(self, display: object) -> None:
        self._display = display

    def __enter__(self) -> None:
        self._display.start()  # type: ignore[attr-defined]

    def __exit__(self, *_: object) -> None:
        self._display.stop()  # type: ignore[attr-defined]


@pytest.mark.usefixtures("_at_once")
def test_line_says_what_is_done(watch: Callable[[], Terminal]) -> None:
    """First torch is imported, then the file is loaded, then each check is made."""
    terminal = watch()

    with show_progress(is_shown=True) as on_step:
        _next_frame()
        on_step(0, 0, "my_solution.py")
        _next_frame()
        on_step(2, 8, "update")
        _next_frame()

    assert [re.sub(r"^\W+ ", "", one) for one in frames(terminal)] == [
        "importing torch",
        "loading my_solution.py",
        "checking update (3 of 8)",
    ]


def _next_frame() -> None:
    import time

    time.sleep(0.2)  # the line is drawn 12 times a second


@pytest.mark.usefixtures("_at_once")
def test_name_of_a_file_does_not_control_the_terminal(watch: Callable[[], Terminal]) -> None:
    """It may be a student's, with markup, escapes and line ends in it."""
    terminal = watch()

    with show_progress(is_shown=True) as on_step:
        on_step(0, 0, "[red]a\x1b]0;x\x07\nb" + "c" * 500)
        _next_frame()

    assert "\x07" not in terminal.getvalue()
    line = frames(terminal)[-1]
    assert "loading [red]a\\x1b]0;x\\x07 bccc" in line
    assert len(line) < 80


def test_nobody_watches(watch: Callable[[], Terminal]) -> None:
    """Then the steps are ignored, and no thread is started."""
    terminal = watch()
    before = threading.active_count()

    with show_progress(is_shown=False) as on_step:
        on_step(0, 1, "mse")
        assert threading.active_count() == before

    assert terminal.getvalue() == ""
