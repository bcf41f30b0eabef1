"""Making text visible: nothing that a student wrote steers a terminal."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.outputs.escaping import escape_controls

_STEERING = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[2J\x1b[31mred", "\\x1b[2J\\x1b[31mred"),
        ("\x1b]0;title\x07", "\\x1b]0;title\\x07"),
        ("\x9b31m", "\\x9b31m"),
        ("fail\rpass", "fail\\rpass"),
        ("fail\b\b\b\bpass", "fail\\x08\\x08\\x08\\x08pass"),
        ("\0\x7f\x85", "\\x00\\x7f\\x85"),
        ("\u202egnp.exe", "\\u202egnp.exe"),
        ("\u2066a\u2069\u200f", "\\u2066a\\u2069\\u200f"),
        ("a\u200bb\u00ad\ufeff", "a\\u200bb\\xad\\ufeff"),
        ("a\u2028b\u2029", "a\\u2028b\\u2029"),
        ("\ue000\U000e0041", "\\ue000\\U000e0041"),
        ("\ud800", "\\ud800"),
        ("\u0378", "\\u0378"),
    ],
    ids=[
        "colour and clearing",
        "window title",
        "one-byte escape",
        "carriage return",
        "backspace",
        "NUL and its like",
        "right-to-left override",
        "isolates",
        "zero width",
        "line separators",
        "private use and tags",
        "lone surrogate",
        "unassigned",
    ],
)
def test_what_steers_a_terminal_is_shown_as_an_escape(text: str, shown: str) -> None:
    """One sees what is there."""
    assert escape_controls(text) == shown


@pytest.mark.parametrize(
    "text",
    ["", "plain [text] (1 + 2)", "größer → 1 ✓", "漢字 עברית", "😀 e\u0301", "a\\nb", "a\n\nb\n"],
)
def test_what_can_be_read_stays(text: str) -> None:
    """In any language, with line ends."""
    assert escape_controls(text) == text


def test_tabs_become_spaces_and_windows_line_ends_newlines() -> None:
    """Both are ordinary in what a student prints."""
    assert escape_controls("a\tb\r\nc") == "a    b\nc"


@given(text=st.text(st.characters(), max_size=40))
@settings(deadline=None)
def test_nothing_but_line_ends_steers_afterwards(text: str) -> None:
    """Whatever it is."""
    shown = escape_controls(text)

    steering = {one for one in shown if unicodedata.category(one) in _STEERING}

    assert steering <= {"\n"}


@given(text=st.text(st.characters(), max_size=40))
@settings(deadline=None)
def test_visible_text_stays_as_it_is(text: str) -> None:
    """Made visible twice, nothing is escaped twice."""
    shown = escape_controls(text)

    assert escape_controls(shown) == shown


@given(text=st.text(st.characters(), max_size=40))
@settings(deadline=None)
def test_number_of_lines_is_that_of_the_text(text: str) -> None:
    """A line more could be taken for one of ours."""
    shown = escape_controls(text)

    assert shown.count("\n") == text.count("\n")
    assert len(shown.splitlines()) <= text.count("\n") + 1
