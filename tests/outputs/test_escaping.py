"""Escaping text: nothing that a student wrote controls a terminal."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.outputs.escaping import escape_controls

_CONTROLLING = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


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
def test_characters_that_control_a_terminal_become_escapes(text: str, shown: str) -> None:
    """Control, format, separator and unassigned characters are written as escapes."""
    assert escape_controls(text) == shown


@pytest.mark.parametrize(
    "text",
    ["", "plain [text] (1 + 2)", "größer → 1 ✓", "漢字 עברית", "😀 e\u0301", "a\\nb", "a\n\nb\n"],
)
def test_readable_text_is_not_changed(text: str) -> None:
    """Letters of any language, symbols and line ends are kept."""
    assert escape_controls(text) == text


def test_tabs_become_spaces_and_windows_line_ends_newlines() -> None:
    """Tabs and Windows line ends, which are common in output, are not written as escapes."""
    assert escape_controls("a\tb\r\nc") == "a    b\nc"


@given(text=st.text(st.characters(), max_size=40))
@settings(deadline=None)
def test_escaped_text_has_no_control_characters_but_line_ends(text: str) -> None:
    """Escaped text has no character that controls a terminal, except line feeds."""
    shown = escape_controls(text)

    controlling = {one for one in shown if unicodedata.category(one) in _CONTROLLING}

    assert controlling <= {"\n"}


@given(text=st.text(st.characters(), max_size=40))
@settings(deadline=None)
def test_escaping_twice_changes_nothing(text: str) -> None:
    """Text that was escaped once is not escaped again."""
    shown = escape_controls(text)

    assert escape_controls(shown) == shown


@given(text=st.text(st.characters(), max_size=40))
@settings(deadline=None)
def test_number_of_lines_stays_the_same(text: str) -> None:
    """Escaping adds no line, which could be mistaken for one of the report."""
    shown = escape_controls(text)

    assert shown.count("\n") == text.count("\n")
    assert len(shown.splitlines()) <= text.count("\n") + 1
