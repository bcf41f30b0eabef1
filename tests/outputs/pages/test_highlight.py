"""Coloured code: every character is kept, and the work grows no faster than the code."""

import html
import re
import time
import timeit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.outputs.pages.highlight import highlight

# Pygments needs seconds for 10,000 characters of the first three.
NASTY = (
    '"%' + "0" * 10_000,
    "\n " * 5_000,
    " \n" * 5_000,
    '"' * 10_001,
    '"""' + "'''" * 3_000,
    'f"{' * 3_000,
    "\\" * 10_001,
    "\\\n" * 5_000,
    "(" * 10_000,
    "@a." * 3_000,
    "1e" * 5_000,
    "0_" * 5_000,
    "rb" * 5_000,
    'rb"\\' * 2_500,
    "é" * 10_000,
    "#" * 10_000,
    "def " * 2_500,
    "import a as " * 1_000,
)


def text_of(markup: str) -> str:
    """Return the text of some HTML."""
    return html.unescape(re.sub("<[^>]*>", "", markup))


def spans_of(code: str) -> list[tuple[str, str]]:
    """Return the class and the text of each span."""
    markup, count = highlight(code, max_spans=1000)
    spans = re.findall('<span class="([^"]*)">(.*?)</span>', markup, re.DOTALL)
    assert len(spans) == count
    return [(kind, html.unescape(text)) for kind, text in spans]


def test_words_have_the_classes_of_the_style_sheet() -> None:
    """Keywords, names that are defined, numbers, strings and comments have colours."""
    code = 'def f(x):\n    return x + 1.5e-3, rb"a\\"b"  # why\nclass A: x = None\n'

    assert spans_of(code) == [
        ("k", "def"),
        ("nf", "f"),
        ("k", "return"),
        ("m", "1.5e-3"),
        ("s", 'rb"a\\"b"'),
        ("c", "# why"),
        ("k", "class"),
        ("nf", "A"),
        ("k", "None"),
    ]


@pytest.mark.parametrize(
    "string",
    ['"""a "b" \n\\""" c"""', "'''a\n'b'\n'''", '"open', "'it\\'s'", '"""open\n\n', 'f"{x!r}"'],
)
def test_a_string_is_one_span(string: str) -> None:
    """A string has one colour, whatever is in it, and also if it is not closed."""
    assert spans_of(f"x = {string}") == [("s", string)]


def test_string_that_is_not_closed_ends_with_its_line() -> None:
    """The next line has its own colours."""
    assert spans_of('x = "open\nif') == [("s", '"open'), ("k", "if")]


@given(st.text(st.sampled_from("ab1_.\"'\\#\n rfé(@&<")), st.integers(0, 5))
def test_every_character_is_kept(code: str, max_spans: int) -> None:
    """The text of the result is the code, and no more words are coloured than allowed."""
    markup, spans = highlight(code, max_spans=max_spans)

    assert text_of(markup) == code
    assert spans <= max_spans


def test_code_can_not_add_elements() -> None:
    """Code is escaped in spans and between them."""
    markup, _ = highlight('<b> "<b>" #<b>\n<b>', max_spans=100)

    assert "<b>" not in markup


@pytest.mark.parametrize("code", NASTY, ids=lambda code: ascii(code[:8]))
def test_work_grows_no_faster_than_the_code(code: str) -> None:
    """Eight times as much code takes about eight times as long, and not 64 times."""

    def seconds(text: str) -> float:
        return min(
            timeit.repeat(
                lambda: highlight(text, max_spans=10**9),
                timer=time.process_time,
                number=1,
                repeat=3,
            )
        )

    assert seconds(code * 16) < 32 * seconds(code * 2) + 0.01
