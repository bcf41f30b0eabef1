"""Reading a notebook: its code cells in order, or a reason why it can't be read."""

import contextlib
import json
import math
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader import notebook_json
from grader.errors import UnreadableSubmissionError
from grader.observations.messages import CodeBlock
from grader.submission import notebook
from grader.submission.notebook import read_notebook

SUBMISSIONS = Path(__file__).parents[1] / "submissions"


def code(source: object, **changes: object) -> dict[str, Any]:
    """Make a code cell of format 4.5."""
    cell: dict[str, Any] = {"cell_type": "code", "id": "a", "metadata": {}, "outputs": []}
    return {**cell, "execution_count": None, "source": source, **changes}


def encode(*cells: object, **changes: object) -> bytes:
    """Make the bytes of a notebook of format 4.5."""
    content = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells}
    return json.dumps({**content, **changes}).encode()


def encode_3(*cells: object, **changes: object) -> bytes:
    """Make the bytes of a notebook of format 3."""
    content = {
        "nbformat": 3,
        "nbformat_minor": 0,
        "metadata": {"name": ""},
        "worksheets": [{"metadata": {}, "cells": cells}],
    }
    return json.dumps({**content, **changes}).encode()


def code_3(source: object) -> dict[str, Any]:
    """Make a code cell of format 3."""
    return {
        "cell_type": "code",
        "collapsed": False,
        "input": source,
        "language": "python",
        "metadata": {},
        "outputs": [{"output_type": "pyout", "prompt_number": 1, "text": ["1"], "metadata": {}}],
        "prompt_number": 1,
    }


def sources(data: bytes) -> list[str]:
    """Read a notebook, and return the sources of its code cells."""
    blocks, _ = read_notebook(data)
    return [block.source for block in blocks]


# --- what can be read ---------------------------------------------------------------------


def test_code_cells_are_counted_from_one() -> None:
    """Code cells are counted from one, without text and raw cells."""
    text = {"cell_type": "markdown", "id": "b", "metadata": {}, "source": "# Lab"}
    raw = {"cell_type": "raw", "id": "c", "metadata": {}, "source": "x = 0"}

    blocks, notes = read_notebook(encode(text, code("x = 1"), raw, text, code("y = 2")))

    assert blocks == (
        CodeBlock(label="cell 1", source="x = 1"),
        CodeBlock(label="cell 2", source="y = 2"),
    )
    assert notes == ()


@pytest.mark.parametrize(
    ("source", "joined"),
    [
        ("a = 1\nb = 2", "a = 1\nb = 2"),
        (["a = 1\n", "b = 2"], "a = 1\nb = 2"),
        ([], ""),
        ("", ""),
        ("a = 1\r\nb = 2\r\n", "a = 1\nb = 2\n"),
        ("a = 'ä€😀'", "a = 'ä€😀'"),
        ("a = '\0'", "a = ''"),
    ],
    ids=["text", "lines", "no lines", "empty", "CRLF", "not ASCII", "NUL"],
)
def test_source_is_one_text_with_newlines(source: object, joined: str) -> None:
    """A source may be stored as one string or as a list of lines."""
    data = encode(code(source))

    read = sources(data)

    assert read == [joined]


@pytest.mark.parametrize("minor", [0, 1, 2, 3, 4, 5, 6, 99])
def test_every_minor_version_of_format_4_is_read(minor: int) -> None:
    """Every minor version of format 4 is read, even a future one."""
    data = encode(code(["a = 1\n", "b = 2"]), nbformat_minor=minor)

    read = sources(data)

    assert read == ["a = 1\nb = 2"]


def test_notebook_without_a_minor_version_is_read() -> None:
    """A notebook without a minor version is read."""
    content = json.loads(encode(code("a = 1")))
    del content["nbformat_minor"]

    read = sources(json.dumps(content).encode())

    assert read == ["a = 1"]


@pytest.mark.parametrize("changes", [{}, {"id": "a"}, {"id": 7}], ids=["none", "twice", "number"])
def test_ids_of_cells_do_not_matter(changes: dict[str, object]) -> None:
    """Missing, repeated and invalid ids of cells give no error and no warning."""
    cell = code("a = 1")
    del cell["id"]

    read = sources(encode({**cell, **changes}, {**cell, **changes}))

    assert read == ["a = 1", "a = 1"]


def test_format_3_is_read_across_its_worksheets() -> None:
    """All worksheets of a notebook in format 3 are read, without headings."""
    heading = {"cell_type": "heading", "level": 1, "metadata": {}, "source": "Lab"}
    sheets = [
        {"metadata": {}, "cells": [heading, code_3(["a = 1\n", "b = 2"])]},
        {"metadata": {}, "cells": [code_3("c = 3")]},
    ]

    read = sources(encode_3(worksheets=sheets))

    assert read == ["a = 1\nb = 2", "c = 3"]


def test_stored_outputs_are_ignored() -> None:
    """Stored outputs are ignored, however damaged they are."""
    damaged = [{"output_type": "no such type", "data": 5}, None, "text"]

    read = sources(encode(code("a = 1", outputs=damaged), code("b = 2", outputs=5)))

    assert read == ["a = 1", "b = 2"]


def test_byte_order_mark_is_left_out() -> None:
    """A byte order mark before the JSON is ignored."""
    data = b"\xef\xbb\xbf" + encode(code("a = 1"))

    read = sources(data)

    assert read == ["a = 1"]


@pytest.mark.parametrize(
    "path", sorted(SUBMISSIONS.glob("[rw]*.ipynb")), ids=lambda path: path.stem
)
def test_sample_has_the_cells_that_nbformat_finds(path: Path) -> None:
    """Each sample has the same code cells as nbformat reads from the file."""
    with path.open(encoding="utf-8") as file:
        cells = nbformat.read(file, as_version=4).cells  # type: ignore[no-untyped-call]  # untyped library

    read = sources(path.read_bytes())

    assert read == [cell.source for cell in cells if cell.cell_type == "code"]
    assert read


# --- what can't be read -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "this file is empty"),
        (b"x = 1\n", "not a notebook but Python code; call it lab.py"),
        (b"Dear all,\n", "this is not a notebook: a notebook is saved by"),
        (b'{"nbformat": 4,\n"cells": [}', "not valid JSON: Expecting value on line 2"),
        (encode(code("a = 1"))[:-20], "is cut off in the middle"),
        (encode() + b"{}", "not valid JSON: Extra data"),
        (b'{"nbformat": ' + b"9" * 5000 + b"}", "not valid JSON"),
        (encode(code("ä")).replace(b"\\u00e4", b"\xe4"), "not UTF-8"),
        (encode(code("a = 1")).decode().encode("utf-16"), "not UTF-8"),
        (b"\0\0\0", "this is not a notebook"),
        (b"[]", "this JSON file is not a notebook"),
        (b'"nbformat"', "this JSON file is not a notebook"),
        (b"null", "this JSON file is not a notebook"),
        (b"{}", "it has no nbformat"),
        (encode(nbformat="four"), "it has no nbformat"),
        (encode(nbformat=True), "it has no nbformat"),
        (b'{"nbformat": null}', "it has no nbformat"),
        (b'{"nbformat": NaN}', "it has no nbformat"),
        (encode(nbformat=1), "in format 1"),
        (encode_3(code_3("a = 1"), nbformat=2), "in format 2, and only 3 and 4 can be read"),
        (encode(nbformat=5), "in format 5, and only 3 and 4 can be read"),
        (encode(nbformat=-4), "in format -4"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"nbformat": 4, "a":' + b"[" * 100_000, "nested too deeply"),
    ],
    ids=[
        "empty",
        "Python source",
        "prose",
        "broken JSON",
        "cut off",
        "something behind it",
        "endless number",
        "Latin-1",
        "UTF-16",
        "NUL bytes",
        "list",
        "text",
        "null",
        "empty object",
        "version as text",
        "version as bool",
        "version null",
        "version NaN",
        "format 1",
        "format 2",
        "format 5",
        "negative format",
        "deep JSON",
        "deep JSON inside of a notebook",
    ],
)
def test_data_that_is_not_a_notebook_is_refused_with_a_reason(data: bytes, reason: str) -> None:
    """Data that is not a notebook is refused with a message of one line."""
    with pytest.raises(UnreadableSubmissionError, match=reason):
        read_notebook(data)


@pytest.mark.parametrize(
    "cells",
    [
        None,
        5,
        "cells",
        {"1": code("a")},
    ],
    ids=repr,
)
def test_cells_that_are_not_a_list_are_refused(cells: object) -> None:
    """A notebook whose cells are not in a list is refused as damaged."""
    with pytest.raises(UnreadableSubmissionError, match="damaged: its cells can't be read"):
        read_notebook(encode(cells=cells))


@pytest.mark.parametrize(
    ("cell", "read"),
    [
        (code(None), [""]),
        (code("a = 1", cell_type=5), []),
        (code("a = 1", cell_type=["code"]), []),
        (code("a = 1", execution_count="one"), ["a = 1"]),
        (code("a = 1", metadata={"tags": 5}), ["a = 1"]),
    ],
    ids=["no source", "type is a number", "type is a list", "count is a text", "odd tags"],
)
def test_odd_cell_that_harms_nothing_is_read(cell: object, read: list[str]) -> None:
    """A cell with harmless oddities is read, and one not called code is left out."""
    data = encode(cell)

    found = sources(data)

    assert found == read


@pytest.mark.parametrize(
    "odd",
    [None, 5, [], "x = 1", {}, {"cell_type": None, "source": "b"}, {"cell_type": "cod"}],
    ids=repr,
)
@pytest.mark.parametrize("is_old", [False, True])
def test_cell_that_is_neither_code_nor_text_costs_only_itself(
    odd: object,
    is_old: bool,  # noqa: FBT001 - a column
) -> None:
    """The other cells are read, and a note names the place of the odd one."""
    make, write = (code_3, encode_3) if is_old else (code, encode)

    blocks, notes = read_notebook(write(make("a = 1"), odd, make("c = 3")))

    assert [(one.label, one.source) for one in blocks] == [("cell 1", "a = 1"), ("cell 2", "c = 3")]
    (note,) = notes
    assert note.text.startswith("cell 2 is neither code nor text, so it was left out")


def test_odd_cells_are_named_together() -> None:
    """Many odd cells are in one note, which names the first ten."""
    _, notes = read_notebook(encode(*[None] * 12, code("a = 1")))

    (note,) = notes
    assert note.text.startswith("cells 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 and 2 more are neither")


def test_many_values_in_place_of_cells_are_refused() -> None:
    """Only a small notebook with odd cells is read, since these can't be counted cheaply."""
    with pytest.raises(UnreadableSubmissionError, match="damaged"):
        read_notebook(encode(*[5] * 60_000))


@pytest.mark.parametrize("source", [5, 1.5, [5], {"a": "b"}, ["a", {}]], ids=repr)
def test_code_cell_whose_source_is_not_text_costs_only_itself(source: object) -> None:
    """The cell is empty, with a note, and keeps its number."""
    blocks, notes = read_notebook(encode(code(source), code("c = 3")))

    assert [one.source for one in blocks] == ["", "c = 3"]
    assert [(note.block, note.text) for note in notes] == [
        ("cell 1", "its source is not text, so it was left out")
    ]


@pytest.mark.parametrize("make", [encode, encode_3])
def test_code_cell_without_a_source_is_empty(make: Callable[..., bytes]) -> None:
    """A code cell that lacks its source is an empty cell, and needs no note."""
    blocks, notes = read_notebook(make({"cell_type": "code"}))

    assert [one.source for one in blocks] == [""]
    assert notes == ()


def test_source_of_lists_in_lists_is_joined() -> None:
    """Lists of lines may be nested, as some converters write them."""
    assert sources(encode(code([["a = 1\n"], ["b = 2\n", ["c = 3"]], None]))) == [
        "a = 1\nb = 2\nc = 3"
    ]


@pytest.mark.parametrize("version", ["4", 4.0, "4.0", "4.5", 4.5, None], ids=repr)
def test_version_may_be_a_text_or_have_a_point(version: object) -> None:
    """The version of the format may be written in another way, or be missing."""
    assert sources(encode(code("a = 1"), nbformat=version)) == ["a = 1"]


@pytest.mark.parametrize("version", ["3", 3.0, None], ids=repr)
def test_version_3_is_known_by_its_worksheets(version: object) -> None:
    """A notebook with worksheets is in format 3, also if that is not said."""
    assert sources(encode_3(code_3("a = 1"), nbformat=version)) == ["a = 1"]


def test_cells_have_the_numbers_that_jupyter_shows() -> None:
    """Numbers that two cells have, and what is not a number, are left out."""
    counts = [7, 4, 4, None, "3", 6, -1, 12]

    blocks, _ = read_notebook(encode(*(code("a", execution_count=one) for one in counts)))

    assert [one.label for one in blocks] == [
        "cell 1 [7]",
        *(f"cell {number}" for number in range(2, 8)),
        "cell 8 [12]",
    ]


@pytest.mark.parametrize("left_out", ["id", "outputs", "execution_count"])
def test_code_cell_needs_no_more_than_its_source(left_out: str) -> None:
    """A code cell without an id, outputs or execution count is read."""
    cell = code("a = 1")
    del cell[left_out]

    read = sources(encode(cell))

    assert read == ["a = 1"]


@pytest.mark.parametrize(
    "data",
    [
        b'{"nbformat": 4, "metadata": {}}',
        encode_3(worksheets=5),
        encode_3(worksheets=[5]),
    ],
    ids=[
        "no cells",
        "worksheets are a number",
        "worksheet is a number",
    ],
)
def test_notebook_with_parts_missing_is_refused(data: bytes) -> None:
    """A notebook without cells or worksheets is refused, with the advice to save it in Jupyter."""
    with pytest.raises(UnreadableSubmissionError, match="open and save it in Jupyter"):
        read_notebook(data)


@pytest.mark.parametrize("depth", [100, 500, 900, 990])
def test_metadata_of_any_depth_is_read_or_refused(depth: int) -> None:
    """Deeply nested metadata is either ignored or leads to a refusal."""
    data = encode(code("a = 1")).replace(
        b'"metadata": {}', b'"metadata": {"a": ' + b"[" * depth + b"]" * depth + b"}"
    )

    try:
        read = sources(data)
    except UnreadableSubmissionError:
        return

    assert read == ["a = 1"]


def test_more_cells_than_anybody_writes_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A notebook with too many code cells is refused."""
    monkeypatch.setattr(notebook, "_MAX_CELLS", 2)

    with pytest.raises(UnreadableSubmissionError, match="this notebook has more than 2 code cells"):
        read_notebook(encode(code("a"), code("b"), code("c")))


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.just("code"),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from("cell_type source metadata outputs input id cells".split()),
            inner,
            max_size=5,
        )
    ),
    max_leaves=10,
)


@given(cells=_JSON, worksheets=_JSON, metadata=_JSON, major=st.sampled_from([3, 4]))
@settings(deadline=None, max_examples=60)
def test_any_json_is_read_or_refused(
    cells: object, worksheets: object, metadata: object, major: int
) -> None:
    """Any JSON is either read or refused with UnreadableSubmissionError."""
    data = encode(nbformat=major, cells=cells, worksheets=worksheets, metadata=metadata)

    try:
        blocks, _ = read_notebook(data)
    except UnreadableSubmissionError:
        return

    assert all(isinstance(block.source, str) for block in blocks)


@pytest.mark.parametrize("metadata", ["", '"metadata": null,', '"metadata": 5,'])
def test_metadata_does_not_matter(metadata: str) -> None:
    """A notebook with missing or invalid metadata is read."""
    cells = '"cells": [{"cell_type": "code", "source": "a = 1"}]'

    read = sources(f'{{"nbformat": 4, {metadata} {cells}}}'.encode())

    assert read == ["a = 1"]


def test_values_are_counted_before_objects_are_made_of_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A notebook with too many values is refused by their number, before it is parsed."""
    monkeypatch.setattr(notebook, "_MAX_VALUES", 2_000_000)
    data = encode(metadata={}).replace(b'"metadata": {}', b'"metadata": [' + b"{}," * 10**6 + b"1]")

    def fail(_text: str) -> None:
        pytest.fail("the notebook was parsed")

    monkeypatch.setattr(json, "loads", fail)

    with pytest.raises(UnreadableSubmissionError, match=r"than 2 million values.*clear the"):
        read_notebook(data)


@pytest.mark.parametrize("text", ["[{,", 'a"[,', "\\[,", '\\"[,{', "\\\\,", "é,"])
def test_what_is_in_a_string_is_not_a_value(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Commas and brackets in outputs and source code count as text, whatever is escaped."""
    data = encode(code(f"a = {text!r}"), metadata={"html": text * 100})
    monkeypatch.setattr(notebook, "_MAX_VALUES", 40)

    assert sources(data) == [f"a = {text!r}"]


@pytest.mark.parametrize("unit", [b'"', b'\\"', b'"\\', b"\\", b'"[', b'a"', b'"\\"'])
def test_counting_values_takes_linear_time(unit: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each character is looked at once, whatever is quoted, escaped or without an end."""

    def measure(times: int) -> float:
        data = b'"' + unit * times
        start = time.process_time()
        monkeypatch.setattr(notebook_json, "count_marks", lambda part: 10**9 * (part is data))
        assert not notebook_json.has_more_values(data, 10)
        return time.process_time() - start

    assert measure(400_000) <= 20 * measure(100_000) + 0.1


def test_cells_and_source_are_counted_before_they_are_decoded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The limits for cells and source code apply in both formats."""
    monkeypatch.setattr(notebook, "_MAX_CELLS", 2)

    for data in (encode(*[code("a = 1")] * 3), encode_3(*[code_3("a = 1")] * 3),
                 encode_3(worksheets=[{"cells": []}] * 3)):  # fmt: skip
        with pytest.raises(UnreadableSubmissionError, match="more than 2 code cells, which is"):
            read_notebook(data)
    for data in (encode(code("a" * 9)), encode(code(["a" * 9])), encode_3(code_3("a" * 9))):
        with pytest.raises(UnreadableSubmissionError, match="of source code, which is the limit"):
            read_notebook(data, max_source=8)


@pytest.mark.parametrize(
    "cell",
    [
        {"cell_type": "markdown", "source": "\U0001f600" + "a" * 8_000_000},
        code("a = 1", outputs=[{"text": "\U0001f600" + "a" * 8_000_000}]),
        code("a = 1", metadata={"a": [{"a": {}}] * 200_000}),
        code("a = 1", metadata=dict.fromkeys(map(str, range(200_000)))),
        code("\U0001f600" + "a" * 8_000_000),
    ],
    ids=["text", "output", "objects", "keys", "code"],
)
def test_only_what_is_graded_becomes_objects(cell: dict[str, Any]) -> None:
    """A notebook takes little more memory than its file, though one emoji widens a whole text."""
    data = json.dumps({"nbformat": 4, "cells": [cell]}, ensure_ascii=False).encode()
    tracemalloc.start()
    with contextlib.suppress(UnreadableSubmissionError):
        read_notebook(data, max_source=1_000_000)
    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert peak_bytes < 8_000_000


@pytest.mark.parametrize(
    "content",
    [
        encode(cells=[{}] * 60_000),
        encode_3(worksheets=[{}] * 60_000),
        encode_3(worksheets=[{"cells": [{}] * 20_000}] * 3),
    ],
    ids=["cells", "worksheets", "cells of worksheets"],
)
def test_cells_of_all_kinds_are_counted_before_they_are_read(content: bytes) -> None:
    """Even empty cells take memory."""
    with pytest.raises(UnreadableSubmissionError, match="more than 50000 cells, which is"):
        read_notebook(content)


@pytest.mark.parametrize(
    "odd", ["NaN", "-Infinity", "[1.5, Infinity, NaN]", '"\\ud800"', '"\\\\NaN"']
)
@pytest.mark.parametrize("bom", [b"", b"\xef\xbb\xbf"])
def test_json_that_only_python_writes_is_read(odd: str, bom: bytes) -> None:
    """Python saves NaN and lone surrogates in outputs, and texts may contain such words."""
    source = "a = 'NaN -Infinity \U0001f600 \\\\ud800'"
    data = bom + encode(code(source, outputs="?")).replace(b'"?"', odd.encode())

    assert sources(data) == [source]


def test_number_of_repairs_is_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each repair takes time."""
    monkeypatch.setattr(notebook_json, "_MAX_REPAIRS", 2)

    with pytest.raises(UnreadableSubmissionError, match="not valid JSON"):
        read_notebook(encode(metadata=[math.nan, 1, math.nan, 1, math.nan]))


def test_line_of_an_error_in_a_large_file_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """A large file is not parsed a second time for the words of the message."""
    monkeypatch.setattr(notebook_json, "_CHUNK", 10)

    with pytest.raises(UnreadableSubmissionError, match=r"can't be parsed on line 3$"):
        read_notebook(b'{"nbformat": 4,\n"cells": [\n}')


def test_what_can_not_be_repaired_is_not_searched_to_its_end() -> None:
    """A byte that is in no JSON ends the search for what only Python accepts."""
    from grader.notebook_json import _repair

    spent = []
    for size in (200_000, 1_600_000):
        started = time.process_time()
        assert _repair(b'{"cells":[],"metadata":NaN,' + b"N" * size) is None
        spent.append(time.process_time() - started)

    assert spent[1] < 4 * spent[0] + 0.05
