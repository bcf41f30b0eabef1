"""Text cells: Markdown within a budget of work, and as it was typed beyond it."""

import re
from collections.abc import Iterator

import pytest
from nbconvert.filters.markdown_mistune import MarkdownWithMath

from grader.outputs.pages import notebook_text
from grader.outputs.pages.notebook_text import TextRenderer


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The texts that were given to the Markdown parser."""
    texts: list[str] = []

    class Recording(MarkdownWithMath):
        def render(self, s: str) -> str:
            texts.append(s)
            return str(super().render(s))

    monkeypatch.setattr(notebook_text, "MarkdownWithMath", Recording)
    return iter([texts])


PARAGRAPHS = "".join(f"Paragraph {number} says *this*.\n\n" for number in range(300))


def test_long_text_is_parsed_in_pieces() -> None:
    """A long text is split where a block begins, so that all of it is formatted."""
    html = TextRenderer().render(PARAGRAPHS)

    assert html.count("<p>") == 300
    assert html.count("<em>this</em>") == 300
    assert "<pre>" not in html


def test_lists_and_code_are_not_split() -> None:
    """A piece ends neither within a list nor within fenced code."""
    block = "- one\n\n- two\n\n```python\nx = 1\n\ny = 2\n```\n\n"
    html = TextRenderer().render(("Text.\n\n" + block) * 60)

    assert html.count("<ul>") == 60
    assert html.count('<div class="highlight">') == 60
    assert "```" not in html


@pytest.mark.parametrize(
    "text",
    [
        "*a " * 5_000,
        "[" * 5_000,
        "x" + " " * 200 + "x",
        "> " * 100,
        "\\\\[" * 100,
        "x" * 5_000,
        "a *b* ![" * 1_000,
    ],
    ids=["stars", "brackets", "spaces", "quotes", "formulas", "one word", "mixed"],
)
def test_text_that_takes_long_is_shown_as_it_is(text: str, parsed: Iterator[list[str]]) -> None:
    """What the parser would take long for doesn't reach it, and is shown as it was typed."""
    html = TextRenderer().render(text)

    assert next(parsed) == []
    assert html == f"<pre>{text.replace('>', '&gt;')}</pre>"


@pytest.mark.parametrize("unit", ["a *b* ", "- a\n", "_a", "`a` ", "word ", "|-|\n", "[a](b) "])
def test_work_of_the_parser_is_limited(unit: str, parsed: Iterator[list[str]]) -> None:
    """Many text cells get no more work than the budget, in pieces of limited length."""
    renderer = TextRenderer()
    for _ in range(200):
        renderer.render(unit * (2_000 // len(unit)))

    texts = next(parsed)
    signs = sum(not (one.isalnum() or one == " ") for text in texts for one in text)
    assert 0 < sum(map(len, texts)) + 20 * signs <= 80_000
    assert max(map(len, texts)) <= 2_500
    assert renderer.work >= 0


def test_code_of_other_languages_is_not_coloured() -> None:
    """The text of a cell can't choose a lexer: of some hundreds, many are slow."""
    html = TextRenderer().render("```perl\nif x = 1\n```\n\n```python\nif x: pass\n```\n")

    assert "if x = 1" in html
    assert '<span class="k">if</span> x: ' in html


def test_text_that_the_parser_fails_on_is_shown_as_typed() -> None:
    """Lists and quotes in one another, too deep for the parser, cost the piece they are in."""
    nested = ("\n- \n> **a" * 300)[:2_500]
    renderer = TextRenderer()

    html = renderer.render(nested)
    rest = renderer.render("*after*")

    assert html.startswith("<pre>\n- \n&gt; **a")
    assert "<em>after</em>" in rest


def tags_of(html: str) -> list[str]:
    """Return the start tags of headings and cells, in order."""
    return re.findall(r"<(?:h\d|t[hd])(?: [^>]*)?>", html)


def test_headings_are_an_outline_without_gaps() -> None:
    """A heading is one level below the one it belongs to, over all cells of a notebook."""
    renderer = TextRenderer()

    first = renderer.render("### Begins deep\n\n# A high one\n\n##### A deep one")
    second = renderer.render("##### Its neighbour\n\n## Between\n\n###### The deepest")

    assert tags_of(first) == ["<h3>", "<h3>", "<h4>"]
    assert tags_of(second) == ["<h4>", "<h4>", "<h5>"]
    assert renderer.level_below == 6


def test_level_below_the_deepest_heading_is_the_last_one() -> None:
    """HTML has six levels."""
    renderer = TextRenderer()

    renderer.render("\n\n".join("#" * level + " a" for level in range(1, 7)))

    assert renderer.level_below == 6


@pytest.mark.parametrize("text", ["#", "# ![](a.png)", "## <!-- -->"])
def test_heading_without_words_is_none(text: str) -> None:
    """A heading without words would be announced and say nothing."""
    html = TextRenderer().render(text)

    assert not tags_of(html) or "&lt;" in html


def test_link_without_words_shows_where_it_leads() -> None:
    """A link without a text, or with a picture only, shows its address."""
    html = TextRenderer().render(
        "[](https://example.org/a) [![](p.png)](https://example.org/b?c&d)"
    )

    assert ">https://example.org/a</a>" in html
    assert ">https://example.org/b?c&amp;d</a>" in html


def test_table_has_headers_and_a_frame_that_a_keyboard_reaches() -> None:
    """Headers say what they are for; an empty one is a cell; what scrolls can have the focus."""
    html = TextRenderer().render("| | loss |\n|---|---|\n| first | 3 |")

    assert tags_of(html) == ["<td>", '<th scope="col">', "<td>", "<td>"]
    assert '<div class="scroll" tabindex="0" role="group" aria-label="Table"><table>' in html
    assert html.count("</table></div>") == html.count("<div") == 1
