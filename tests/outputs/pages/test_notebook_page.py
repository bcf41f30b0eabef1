"""The notebook on a student's page: its texts, code and images, and the cards of functions.

A notebook may be anything, and none of its HTML may reach the page.
"""

import base64
import json
import re
import tracemalloc

import pytest
from fakes import check_result, make_report
from page_samples import MakeNotebook, Reader, code, display, hostile_notebook, stream, words

from grader.outputs.pages import notebook_page
from grader.outputs.pages.notebook_cells import read_cells
from grader.outputs.pages.student_page import MAX_PAGE_BYTES, render_student_page
from grader.report.model import Report, Status, SubmissionInfo

INFO = SubmissionInfo(name="lab4.ipynb", sha256="0" * 64, format="notebook")
REPORT = make_report(
    check_result("mse/a", Status.FAILED, message="it is not the mean"),
    check_result("update/a"),
    check_result("train/a", Status.MISSING),
    submission=INFO,
)


def render(notebook: bytes, report: Report = REPORT) -> str:
    """Render a report with a notebook."""
    return render_student_page(report, notebook=notebook)


def shown(notebook: bytes) -> Reader:
    """Parse the part of the page that shows the notebook."""
    html = render(notebook)
    _, _, rest = html.partition('<section class="notebook"')
    return Reader('<section class="notebook"' + rest.partition("</main>")[0])


def test_card_is_below_the_cell_that_defines_the_function(
    make_notebook: MakeNotebook,
) -> None:
    """The list links to the card of a function; one that no cell defines stays in the list."""
    notebook = make_notebook("def mse(a, b): return 1", "def update(): pass", "x = 1")

    page = Reader(render(notebook))

    text = words(page.text)
    links = [one["href"] for one in page.all("a")]
    assert links == ["#main", "#function-mse", "#function-update"]
    assert [one["id"] for one in page.all("details")] == ["function-train"]
    places = ["cell 1", "it is not the mean", "cell 2", "update 1 / 1 right", "cell 3"]
    found = [text.rindex(one) for one in places]
    assert found == sorted(found)
    assert text.count("it is not the mean") == 1


def test_last_definition_counts(make_notebook: MakeNotebook) -> None:
    """If several cells define a function, its card is below the last one."""
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
    """Definitions are found by their text, since a cell need not be valid Python."""
    assert 'href="#function-mse"' in render(make_notebook(source))


@pytest.mark.parametrize(
    "source", ["mse == 1", "class A:\n    def mse(self): ...", "%%writefile a.py\ndef mse(): ..."]
)
def test_cell_that_only_looks_like_a_definition_is_not_one(
    make_notebook: MakeNotebook, source: str
) -> None:
    """A comparison, a method and a file that a cell writes don't define a function."""
    assert 'href="#function-mse"' not in render(make_notebook(source))


def test_markdown_is_rendered_with_lower_headings(make_notebook: MakeNotebook) -> None:
    """Markdown has headings below those of the page, and its formulas stay as typed."""
    text = (
        "# Title\n\nSome *words*, `code`, $a_1 < b_1$.\n\n- one\n\n| a | b |\n|---|---|\n| 1 | 2 |"
    )

    page = shown(make_notebook(("markdown", text)))

    tags = [tag for tag, _ in page.elements]
    assert {"h3", "em", "code", "li", "td"} <= set(tags)
    assert not {"h1", "h4"} & set(tags)
    assert "$a_1 < b_1$" in page.text


def test_code_is_coloured_by_classes(make_notebook: MakeNotebook) -> None:
    """Code is highlighted with classes of the style sheet."""
    page = shown(make_notebook('def f(x):\n    return "<b>"  # why'))

    assert {"class": "k"} in page.all("span")
    assert "def f (x): return" in words(page.text)


def test_plain_outputs_and_images_are_shown(make_notebook: MakeNotebook, png: str) -> None:
    """Texts and PNG images are shown, and the policy then allows images as data."""
    cell = code(
        "x",
        stream("printed\n"),
        display(image__png=png, text__plain="<Figure>"),
        display(text__plain=["4", "2"]),
        {"output_type": "error", "ename": "E", "evalue": "", "traceback": ["\x1b[31mBoom\x1b[0m"]},
    )

    html = render(make_notebook(cell))

    page = Reader(html)
    for expected in ("printed", "42", "Boom"):
        assert expected in page.text
    assert "<Figure>" not in page.text
    assert [one["alt"] for one in page.all("img")] == ["image from cell 1"]
    assert "img-src data:;" in html


@pytest.mark.parametrize(
    ("text", "is_folded"),
    [
        ("line\n" * 25, False),
        ("line\n" * 26, True),
        ("x" * 2000, False),
        ("x" * 2001, True),
        ("line\n" * 100_000, True),
    ],
    ids=["short", "many lines", "short line", "long line", "cut"],
)
def test_long_output_is_folded(
    make_notebook: MakeNotebook,
    text: str,
    is_folded: bool,  # noqa: FBT001
) -> None:
    """A long output is folded, since a box that scrolls is hard to use on a small screen."""
    html = render(make_notebook(code("x", stream(text))))

    folded = '<details class="folded output_area"><summary>Long output</summary>'
    assert (folded in html) is is_folded


def test_failures_are_headings_below_those_of_the_notebook(make_notebook: MakeNotebook) -> None:
    """The heading of a failure is one level below the heading that its cell is under."""
    notebook = make_notebook(("markdown", "# One\n\n## Two"), "def mse(): ...")

    levels = re.findall(r'<h(\d) class="what">', render(notebook))

    assert levels == ["5"]


def test_progress_bars_are_shown_in_their_final_state(make_notebook: MakeNotebook) -> None:
    """Text that a carriage return has overwritten is not shown."""
    text = shown(make_notebook(code("x", stream("10%\r50%\r100%\r\ndone")))).text

    assert "100%\ndone" in text
    assert "50%" not in text


def test_page_without_images_allows_none(make_notebook: MakeNotebook) -> None:
    """The policy of a page without images doesn't allow any."""
    assert "img-src" not in render(make_notebook("x = 1"))


@pytest.mark.parametrize("kind", ["text__html", "image__svg_xml", "application__javascript"])
def test_outputs_of_other_kinds_are_left_out(make_notebook: MakeNotebook, kind: str) -> None:
    """An output of another type is replaced by the plain text that comes with it."""
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
def test_image_that_is_not_a_png_is_left_out(make_notebook: MakeNotebook, data: object) -> None:
    """An output is shown as an image only if its data is a PNG."""
    page = shown(make_notebook(code("x", display(image__png=data))))

    assert page.all("img") == []
    assert "pwned" not in page.text


def test_image_with_huge_dimensions_is_left_out(make_notebook: MakeNotebook, png: str) -> None:
    """A small file with huge dimensions, which would fill a browser's memory, is left out."""
    data = bytearray(base64.b64decode(png))
    data[16:20] = (50_000).to_bytes(4, "big")

    page = shown(make_notebook(code("x", display(image__png=base64.b64encode(data).decode()))))

    assert page.all("img") == []


def test_hostile_notebook_adds_only_harmless_elements(make_notebook: MakeNotebook) -> None:
    """Only allowed elements and attributes remain, and links lead to the web only."""
    html = render(hostile_notebook(make_notebook))

    page = Reader(html)
    allowed = "div p span pre code em strong del h3 h4 h5 h6 ul ol li blockquote hr br a"
    own = "html head meta title style body header h1 h2 svg rect main section details summary"
    rest = "article img footer dl dt dd"
    assert {tag for tag, _ in page.elements} <= set(f"{allowed} {own} {rest}".split())
    names = {name for tag, one in page.elements for name in one if tag != "meta"}
    assert not any(name.startswith(("on", "style")) for name in names)
    links = {one.get("href") for one in page.all("a")}
    web = {"https://example.org/a", "https://example.org/b"}
    assert links == {None, "#main", "#function-mse"} | web
    assert page.all("img") == []
    assert len(page.all("h1")) == 1
    assert "it is not the mean" in page.text
    assert not any(bad in html for bad in ("\x1b", "\x00", "\u202e", "\u2066"))


def test_links_do_not_reveal_the_page(make_notebook: MakeNotebook) -> None:
    """A link sends no referrer, and the page that it opens can't reach back."""
    page = shown(make_notebook(("markdown", "[x](https://example.org)")))

    assert page.all("a") == [{"href": "https://example.org", "rel": "noopener noreferrer nofollow"}]


def test_same_notebook_gives_the_same_page(make_notebook: MakeNotebook, png: str) -> None:
    """The page is the same byte for byte."""
    notebook = make_notebook("def mse(): ...", code("x", display(image__png=png)))

    assert render(notebook) == render(notebook)


def test_notebook_of_format_3_is_shown(png: str) -> None:
    """A notebook of format 3, whose fields have other names, is shown too."""
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
def test_damaged_notebook_does_not_cost_the_report(notebook: bytes) -> None:
    """Parts of a notebook that can't be shown are left out, and the report is shown."""
    assert "it is not the mean" in render(notebook)


def test_failure_of_the_export_does_not_cost_the_report(
    make_notebook: MakeNotebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If the notebook can't be shown at all, the page says so, and the list shows everything."""

    def fail(_: bytes) -> None:
        raise RecursionError

    monkeypatch.setattr(notebook_page, "read_cells", fail)

    html = render(make_notebook("def mse(): ..."))

    assert "it is not the mean" in html
    assert "The notebook can't be shown on this page." in words(Reader(html).text)


@pytest.mark.slow
@pytest.mark.parametrize(
    "cells",
    [
        [code("a." * 50_000)] * 100,
        [code("x", *[stream("&\x1b" * 50_000)] * 3)] * 20,
        [("markdown", "\\\\[" * 3_000)] * 50,
        [("markdown", "$ " * 5_000)] * 100,
        [("markdown", "[" * 10_000)] * 100,
        [("markdown", "> " * 5_000)] * 200,
        ["x = 1"] * 5000,
    ],
    ids=["code", "outputs", "formulas", "dollars", "brackets", "quotes", "cells"],
)
def test_huge_notebook_takes_bounded_time_and_space(
    make_notebook: MakeNotebook, cells: list[object]
) -> None:
    """Most of a huge notebook is left out, and the page says so."""
    notebook = make_notebook(*cells)

    html = render(notebook)

    assert len(html.encode()) <= MAX_PAGE_BYTES
    assert "The notebook is too long to be shown in full." in html


@pytest.mark.parametrize(
    "cells",
    [
        b"[" + b"1," * 400_000 + b"1]",
        b"[" + b'"a",' * 400_000 + b"1]",
        b"[" + b"[]," * 200_000 + b"1]",
    ],
    ids=["numbers", "texts", "lists"],
)
def test_notebook_with_very_many_values_is_not_parsed(
    cells: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each value of JSON takes time, however short it is; the page then says what is missing."""
    parsed: list[str] = []
    monkeypatch.setattr(json, "loads", parsed.append)

    html = render(b'{"cells": ' + cells + b"}")

    assert parsed == []
    assert "it is not the mean" in html
    assert "The notebook is too long to be shown in full." in html


@pytest.mark.parametrize(
    "cell",
    [
        ("markdown", "\U0001f600" + "a" * 16_000_000),
        code("x", stream("\U0001f600" + "a" * 16_000_000)),
        code("x", display(image__png="\U0001f600" + "a" * 16_000_000)),
        code("\U0001f600" + "a" * 16_000_000),
    ],
    ids=["text", "output", "image", "code"],
)
def test_only_what_is_shown_becomes_objects(cell: object, make_notebook: MakeNotebook) -> None:
    """A long text is decoded as far as it is shown, though one emoji widens all of it."""
    notebook = json.dumps(json.loads(make_notebook(cell)), ensure_ascii=False).encode()
    tracemalloc.start()
    cells = read_cells(notebook)
    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert cells.is_cut
    assert peak_bytes < 50_000_000


def test_text_is_cut_between_characters(make_notebook: MakeNotebook) -> None:
    """A text that is cut ends with a whole character, however it is written in the file."""
    text = "\U0001f600\\u00e4\\" * 3_000
    notebook = make_notebook(("markdown", text))

    for one in (notebook, json.dumps(json.loads(notebook), ensure_ascii=False).encode()):
        shown = read_cells(one).cells[0].source
        assert shown.startswith("\U0001f600\\u00e4\\\U0001f600")
        assert set(shown.removesuffix("\n... (cut here)")) == set(text)


def test_signs_within_texts_are_not_values(make_notebook: MakeNotebook) -> None:
    """A notebook that prints a long list is shown."""
    text = shown(make_notebook(code("x", stream("[1, 2], " * 200_000)))).text

    assert "[1, 2], [1, 2]" in text


def test_card_is_shown_even_if_its_cell_is_left_out(make_notebook: MakeNotebook) -> None:
    """If there is no room left for a cell, the card below it is there nevertheless."""
    filler = [code("y", *[stream("&" * 5_000)] * 10)] * 10

    text = words(Reader(render(make_notebook(*filler, "def mse(): ..."))).text)

    assert "below cell 11" in text
    assert "cell 11 " in text
    assert text.count("it is not the mean") == 1


def test_output_that_has_no_room_is_cut_and_says_so(make_notebook: MakeNotebook) -> None:
    """The beginning of an output is shown as long as there is room."""
    text = shown(make_notebook(*[code("y", stream(f"{n}" + "&" * 4_999)) for n in range(10)])).text

    assert "... (cut here)" in text


def test_images_are_bounded_too(make_notebook: MakeNotebook, png: str) -> None:
    """The number of images is limited too."""
    html = render(make_notebook(*[code("x", *[display(image__png=png)] * 10)] * 10))

    assert html.count("<img") == 40
    assert "too long to be shown in full" in html
