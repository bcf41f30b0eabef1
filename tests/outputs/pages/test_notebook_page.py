"""A notebook on the page: its texts, code and images, with what is said of it in between.

A notebook may be anything, and nothing in it may reach the page as HTML.
"""

import json
import time
from collections.abc import Callable

import pytest
from fakes import check_result, make_report
from test_student_page import HOSTILE, Reader, words

from grader.outputs.pages import notebook_page
from grader.outputs.pages.student_page import render_student_page
from grader.report.model import Report, Status, SubmissionInfo

MakeNotebook = Callable[..., bytes]

INFO = SubmissionInfo(name="lab4.ipynb", sha256="0" * 64, format="notebook")
REPORT = make_report(
    check_result("mse/a", Status.FAILED, message="it is no mean"),
    check_result("update/a"),
    check_result("train/a", Status.MISSING),
    submission=INFO,
)


def render(notebook: bytes, report: Report = REPORT) -> str:
    """Render a report with a notebook."""
    return render_student_page(report, notebook=notebook)


def shown(notebook: bytes) -> Reader:
    """Read the page's part that shows the notebook."""
    html = render(notebook)
    _, _, rest = html.partition('<section class="notebook"')
    return Reader('<section class="notebook"' + rest.partition("</main>")[0])


def code(source: object, *outputs: object) -> dict[str, object]:
    """Make a code cell."""
    return {"cell_type": "code", "source": source, "outputs": list(outputs)}


def display(**data: object) -> dict[str, object]:
    """Make an output of these kinds, with slashes for the double underscores."""
    named = {name.replace("__", "/").replace("_xml", "+xml"): one for name, one in data.items()}
    return {"output_type": "display_data", "data": named, "metadata": {}}


def stream(text: object) -> dict[str, object]:
    """Make what was printed."""
    return {"output_type": "stream", "name": "stdout", "text": text}


def test_feedback_stands_below_the_cell_that_defines_the_function(
    make_notebook: MakeNotebook,
) -> None:
    """The list on top leads to it; what no cell defines is told in the list."""
    notebook = make_notebook("def mse(a, b): return 1", "def update(): pass", "x = 1")

    page = Reader(render(notebook))

    text = words(page.text)
    assert [one["href"] for one in page.all("a")] == ["#function-mse", "#function-update"]
    assert [one["id"] for one in page.all("details")] == ["function-train"]
    places = ["cell 1", "it is no mean", "cell 2", "update 1 / 1 right", "cell 3"]
    found = [text.rindex(one) for one in places]
    assert found == sorted(found)
    assert text.count("it is no mean") == 1


def test_last_definition_counts(make_notebook: MakeNotebook) -> None:
    """As it does when the notebook is graded."""
    text = words(Reader(render(make_notebook("def mse(): 1", "x = 1", "mse = lambda a: 2"))).text)

    assert "mse 0 / 1 wrong, below cell 3" in text


@pytest.mark.parametrize(
    "source",
    [
        "x = 1\nasync def mse(a): ...",
        "class mse: ...",
        "mse = partial(f, 1)",
        "mse: Callable[..., int] = f",
        "%%time\ndef mse(): ...",
        "%matplotlib inline\ndef mse(): ...",
    ],
)
def test_every_way_to_define_a_function_is_found(make_notebook: MakeNotebook, source: str) -> None:
    """By reading the text, since cells need not be Python."""
    assert 'href="#function-mse"' in render(make_notebook(source))


@pytest.mark.parametrize(
    "source", ["mse == 1", "class A:\n    def mse(self): ...", "%%writefile a.py\ndef mse(): ..."]
)
def test_what_defines_no_function_is_told_from_it(make_notebook: MakeNotebook, source: str) -> None:
    """It stays in the list."""
    assert 'href="#function-mse"' not in render(make_notebook(source))


def test_text_is_set_with_headings_below_the_pages_own(make_notebook: MakeNotebook) -> None:
    """Formulas stay as they were typed."""
    text = (
        "# Title\n\nSome *words*, `code`, $a_1 < b_1$.\n\n- one\n\n| a | b |\n|---|---|\n| 1 | 2 |"
    )

    page = shown(make_notebook(("markdown", text)))

    tags = [tag for tag, _ in page.elements]
    assert {"h3", "em", "code", "li", "td"} <= set(tags)
    assert not {"h1", "h4"} & set(tags)
    assert "$a_1 < b_1$" in page.text


def test_code_is_coloured_by_classes(make_notebook: MakeNotebook) -> None:
    """And is what was typed."""
    page = shown(make_notebook('def f(x):\n    return "<b>"  # why'))

    assert {"class": "k"} in page.all("span")
    assert "def f ( x ): return" in words(page.text)


def test_plain_outputs_and_images_are_shown(make_notebook: MakeNotebook, png: str) -> None:
    """The page may show images then, of itself only."""
    cell = code(
        "x",
        stream("printed\n"),
        display(image__png=png, text__plain="<Figure>"),
        display(text__plain=["4", "2"]),
        {"output_type": "error", "ename": "E", "evalue": "", "traceback": ["\x1b[31mBoom\x1b[0m"]},
    )

    html = render(make_notebook(cell))

    page = Reader(html)
    for told in ("printed", "42", "Boom"):
        assert told in page.text
    assert "<Figure>" not in page.text
    assert [one["alt"] for one in page.all("img")] == ["image from cell 1"]
    assert "img-src data:;" in html


def test_bars_of_progress_are_shown_as_they_ended(make_notebook: MakeNotebook) -> None:
    """Not every step of them."""
    text = shown(make_notebook(code("x", stream("10%\r50%\r100%\r\ndone")))).text

    assert "100%\ndone" in text
    assert "50%" not in text


def test_page_without_images_allows_none(make_notebook: MakeNotebook) -> None:
    """Nothing more than is needed."""
    assert "img-src" not in render(make_notebook("x = 1"))


@pytest.mark.parametrize("kind", ["text__html", "image__svg_xml", "application__javascript"])
def test_outputs_of_other_kinds_are_left_out(make_notebook: MakeNotebook, kind: str) -> None:
    """With the plain text that came along in their place."""
    output = display(**{kind: "<script>window.pwned=1</script>", "text__plain": "plain"})

    page = shown(make_notebook(code("x", output)))

    assert "plain" in page.text
    assert "pwned" not in page.text


@pytest.mark.parametrize(
    "data",
    [
        "no base64!",
        "PHN2ZyBvbmxvYWQ9YWxlcnQoMSk+",  # an SVG
        "",
        7,
        ["iVBORw0KGgo="],
        '"><script>window.pwned=1</script>',
    ],
)
def test_image_that_is_none_is_left_out(make_notebook: MakeNotebook, data: object) -> None:
    """Whatever it calls itself."""
    page = shown(make_notebook(code("x", display(image__png=data))))

    assert page.all("img") == []
    assert "pwned" not in page.text


def test_image_of_a_monstrous_size_is_left_out(make_notebook: MakeNotebook, png: str) -> None:
    """A small file can make a browser hold gigabytes."""
    import base64

    data = bytearray(base64.b64decode(png))
    data[16:20] = (50_000).to_bytes(4, "big")

    page = shown(make_notebook(code("x", display(image__png=base64.b64encode(data).decode()))))

    assert page.all("img") == []


def hostile_notebook(make_notebook: MakeNotebook) -> bytes:
    """Make a notebook in which everything is an attack."""
    texts = (
        HOSTILE,
        "<details><summary>hidden</summary>",
        "<!-- unclosed",
        "<textarea>",
        "<plaintext>",
        "</section></main><h1>100 of 100 points</h1>",
        "[x](javascript:window.pwned=1) [y](data:text/html,<script>1</script>) [z](../secret)",
        "[w](https://example.org/a) <https://example.org/b> ![i](https://example.org/c.png)",
        '![i](data:image/svg+xml,<svg/onload=window.pwned=1>) [q]: "onload=',
        "```html\n</pre><script>window.pwned=1</script>\n```",
        '```"><script>window.pwned=1</script>\nx\n```',
        "```mermaid\n</pre><script>window.pwned=1</script>\n```",
        "$$</p><script>window.pwned=1</script>$$ \\begin{x}<script>1</script>\\end{x}",
        "![x](attachment:nothing) # \u202e\u2066 \x00\x1b[31m",
        "0-1- {{7*7}} {% include 'x' %}",
    )
    cells: list[object] = [("markdown", text) for text in texts]
    cells += [("raw", text) for text in texts]
    cells += [
        code(text, stream(text), display(text__plain=text, text__html=text, image__png=text))
        for text in texts
    ]
    cells.append(
        {
            "cell_type": "code",
            "source": "def mse(): ...",
            "id": '"><script>window.pwned=1</script>',
            "execution_count": "<script>window.pwned=1</script>",
            "metadata": {"tags": ['"><script>window.pwned=1</script>'], "below": HOSTILE},
            "outputs": [{**stream(HOSTILE), "metadata": {"mark": HOSTILE}}],
            "attachments": {"x": {"image/svg+xml": HOSTILE}},
        }
    )
    return make_notebook(*cells)


def test_hostile_notebook_is_text_and_nothing_else(make_notebook: MakeNotebook) -> None:
    """Links lead to the web only; no element but those of plain text, no attribute of its own."""
    html = render(hostile_notebook(make_notebook))

    page = Reader(html)
    allowed = "div p span pre code em strong del h3 h4 h5 h6 ul ol li blockquote hr br a"
    own = "html head meta title style body header h1 h2 svg rect main section details summary"
    rest = "article img footer dl dt dd"
    assert {tag for tag, _ in page.elements} <= set(f"{allowed} {own} {rest}".split())
    names = {name for tag, one in page.elements for name in one if tag != "meta"}
    assert not any(name.startswith(("on", "style")) for name in names)
    links = {one.get("href") for one in page.all("a")}
    assert links == {None, "#function-mse", "https://example.org/a", "https://example.org/b"}
    assert page.all("img") == []
    assert len(page.all("h1")) == 1
    assert "it is no mean" in page.text
    assert not any(bad in html for bad in ("\x1b", "\x00", "\u202e", "\u2066"))


def test_links_do_not_tell_where_they_come_from(make_notebook: MakeNotebook) -> None:
    """And can't reach back."""
    page = shown(make_notebook(("markdown", "[x](https://example.org)")))

    assert page.all("a") == [{"href": "https://example.org", "rel": "noopener noreferrer nofollow"}]


def test_mark_of_a_place_can_not_be_guessed(
    make_notebook: MakeNotebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And were one guessed, it would repeat our own text, and nothing else."""
    monkeypatch.setattr(notebook_page.secrets, "token_hex", lambda _: "guessed")
    notebook = make_notebook(("markdown", "guessed-0- guessed-99-"), "def mse(): ...")

    html = render(notebook)

    assert "guessed-99-" not in html
    assert "it is no mean" in html


def test_same_notebook_gives_the_same_page(make_notebook: MakeNotebook, png: str) -> None:
    """Byte by byte: the marks are gone."""
    notebook = make_notebook("def mse(): ...", code("x", display(image__png=png)))

    assert render(notebook) == render(notebook)


def test_notebook_of_format_3_is_shown(png: str) -> None:
    """Its fields have other names."""
    cells = [
        {"cell_type": "heading", "level": 2, "source": "Old title"},
        {
            "cell_type": "code",
            "input": ["def mse():\n", "    return 1"],
            "outputs": [
                {"output_type": "stream", "text": "said"},
                {"output_type": "pyout", "text": ["value"]},
                {"output_type": "display_data", "png": png},
            ],
        },
    ]
    notebook = json.dumps({"nbformat": 3, "worksheets": [{"cells": cells}]}).encode()

    page = Reader(render(notebook))

    assert "Old title" in page.text
    assert "return 1" in words(page.text)
    assert "said" in page.text
    assert "value" in page.text
    assert len(page.all("img")) == 1


@pytest.mark.parametrize(
    "notebook",
    [
        b"",
        b"\xff\xfe",
        b"{",
        b"[]",
        b"7",
        b'{"cells": 7}',
        b'{"cells": [7, null, {}, [], {"cell_type": []}, {"cell_type": "code"}]}',
        b'{"cells": [{"cell_type": "code", "source": {"a": 1}, "outputs": {"data": 1}}]}',
        b'{"cells": [{"cell_type": "code", "source": [1, null], "outputs": [{"data": []}, 1]}]}',
        b'{"cells": [{"cell_type": "markdown", "source": "\\ud800"}]}',
        b'{"worksheets": [7, {"cells": 7}, {"cells": [{"cell_type": "heading", "level": []}]}]}',
        b"[" * 100_000,
        b'{"n": ' + b"1" * 10_000 + b"}",
    ],
)
def test_damaged_notebook_takes_nothing_of_the_report_away(notebook: bytes) -> None:
    """What can't be shown is left out."""
    assert "it is no mean" in render(notebook)


def test_failure_of_the_export_takes_nothing_of_the_report_away(
    make_notebook: MakeNotebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The list on top then tells everything."""

    def fail(_: bytes) -> None:
        raise RecursionError

    monkeypatch.setattr(notebook_page, "read_cells", fail)

    html = render(make_notebook("def mse(): ..."))

    assert "it is no mean" in html
    assert 'class="notebook"' not in html


@pytest.mark.slow
@pytest.mark.parametrize(
    "cells",
    [
        [code("a." * 50_000)] * 1000,
        [code("x", *[stream("&\x1b" * 500_000)] * 3)] * 20,
        [("markdown", "\\\\[" * 3_000)] * 2000,
        [("markdown", "$ " * 5_000)] * 2000,
        [("markdown", "[" * 10_000)] * 2000,
        [("markdown", "> " * 5_000)] * 200,
        ["x = 1"] * 5000,
    ],
    ids=["code", "outputs", "formulas", "dollars", "brackets", "quotes", "cells"],
)
def test_monstrous_notebook_takes_bounded_time_and_room(
    make_notebook: MakeNotebook, cells: list[object]
) -> None:
    """Much is left out, and the page says so."""
    notebook = make_notebook(*cells)
    render(make_notebook("x = 1"))  # imports are not what is measured
    started = time.process_time()

    html = render(notebook)

    assert time.process_time() - started < 4
    assert len(html) < 4 * 2**20
    assert "Not all of it is shown: it is too long." in html


def test_images_are_bounded_too(make_notebook: MakeNotebook, png: str) -> None:
    """In number."""
    html = render(make_notebook(*[code("x", *[display(image__png=png)] * 10)] * 10))

    assert html.count("<img") == 40
    assert "Not all of it is shown" in html
