"""Shortening: text of a submission fits on a line of a report."""

import pytest

from grader.report.shorten import shorten


def test_short_text_is_kept() -> None:
    """A text that is short enough is shown whole."""
    assert shorten("a" * 60, 60) == "a" * 60


def test_long_text_is_cut_with_an_ellipsis() -> None:
    """A longer text is cut, and says so; the ellipsis counts."""
    assert shorten("a" * 61, 60) == "a" * 57 + "..."


def test_text_is_cut_after_a_word_that_ends_nearby() -> None:
    """A word is kept whole or left out, unless that would leave out a lot."""
    assert shorten("one two three four five", 20) == "one two three..."
    assert shorten("one " + "a" * 30, 20) == "one " + "a" * 13 + "..."


@pytest.mark.parametrize("escape", [r"\x1b", r"\ud800", r"\U0001f600"])
def test_escape_is_kept_whole_or_left_out(escape: str) -> None:
    """A text is never cut inside of an escape."""
    for limit in range(12, 30):
        shown = shorten("a" * 12 + escape + "b" * 40, limit)

        kept = shown.removesuffix("...").lstrip("a")
        assert kept == "" or kept.startswith(escape)
        assert len(shown) <= limit


def test_text_of_several_lines_is_shown_on_one() -> None:
    """Line ends become spaces, so that a name can't add lines to a report."""
    assert shorten("a\nb\r\nc\u2028d", 60) == "a b c d"
