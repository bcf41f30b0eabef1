"""Shortening: text of a submission fits on a line of a report."""

from collections.abc import Callable

import pytest

from grader.outputs.escaping import escape_within
from grader.report.budget import cut_text
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


@pytest.mark.parametrize("limit", range(16, 60))
@pytest.mark.parametrize(
    "text",
    [
        "The quick brown fox jumps over the lazy dog, and then over many other lazy dogs",
        "[12,345,67,8901,2345,678,90123,45678,901,234,5678,90,123456,78,9012345,67]",
        "x.reshape(n,1)@w.reshape(1,2)+b.view(-1)/(lr*epochs)|mask&(x>0)|(y<1)&(w==2)",
    ],
    ids=["words", "list", "code"],
)
@pytest.mark.parametrize("shortened", [shorten, cut_text], ids=["shorten", "cut_text"])
def test_no_word_and_no_number_is_cut(
    text: str, limit: int, shortened: Callable[[str, int], str]
) -> None:
    """Half a word, and half a number even more, could be taken for a whole one."""
    shown = shortened(text, limit)

    kept = shown.removesuffix("...").removesuffix("…")
    assert text.startswith(kept)
    assert len(shown) <= limit
    assert not (kept[-1:].isalnum() and text[len(kept)].isalnum())
    assert len(kept) >= (limit - 3) // 2


@pytest.mark.parametrize("limit", range(12, 60))
def test_text_for_html_is_not_cut_inside_of_a_word(limit: int) -> None:
    """What is cut to a number of bytes ends with a word too, and entities stay whole."""
    text = "if a < b and c > d: print('é is less', \"more\") & so on, and so forth"

    shown, is_cut = escape_within(text, limit)

    kept = shown.unescape()
    assert is_cut
    assert text.startswith(kept)
    assert not (kept[-1:].isalnum() and text[len(kept)].isalnum())
    assert len(shown.encode()) <= limit


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
