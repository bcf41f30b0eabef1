"""Text cells: Markdown within a budget of work, and as it was typed beyond it."""

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
