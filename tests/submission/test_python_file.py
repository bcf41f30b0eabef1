"""Decoding a .py file as Python does, or giving a reason why it can't be decoded."""

import codecs
import encodings.aliases
import warnings

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.errors import UnreadableSubmissionError
from grader.submission.python_file import read_python

SOURCE = "x = 'ä€'\n"


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"", ""),
        (SOURCE.encode(), SOURCE),
        (codecs.BOM_UTF8 + SOURCE.encode(), SOURCE),
        (codecs.BOM_UTF8 + b"# coding: utf-8\n", "# coding: utf-8\n"),
        (b"# coding: latin-1\nx = '\xe4'\n", "# coding: latin-1\nx = 'ä'\n"),
        (b"# -*- coding: cp1252 -*-\nx = '\x80'\n", "# -*- coding: cp1252 -*-\nx = '€'\n"),
        (b"#!/usr/bin/python\n# vim: set fileencoding=latin-1 :\n'\xe4'", None),
        (b"\n# coding: latin-1\n'\xe4'", None),
        (b"\f# coding: latin-1\n'\xe4'", None),
        ("# coding: shift_jis\nx = '漢'\n".encode("shift_jis"), "# coding: shift_jis\nx = '漢'\n"),
        (b"# coding: utf-7\nx = '+AOQ-'\n", "# coding: utf-7\nx = 'ä'\n"),
    ],
    ids=[
        "empty",
        "UTF-8",
        "BOM",
        "BOM and UTF-8 declared",
        "Latin-1",
        "Emacs style, Windows-1252",
        "Vim style in the second line",
        "below an empty line",
        "behind a form feed",
        "Shift JIS",
        "UTF-7",
    ],
)
def test_file_is_decoded_as_python_does(data: bytes, text: str | None) -> None:
    """A file is decoded by its byte order mark, by its declaration, or else as UTF-8."""
    expected = data.decode("latin-1") if text is None else text

    read = read_python(data)

    assert read == expected
    compile(data, "<bytes>", "exec")  # Python takes the same bytes


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=["LF", "CRLF", "CR"])
def test_line_ends_of_every_system_become_newlines(end: str) -> None:
    """The line ends of every system become ``LF``, so that line numbers are right."""
    data = f"def f():{end}    return 'ä'{end}{end}x = f(){end}".encode()

    read = read_python(data)

    assert read == "def f():\n    return 'ä'\n\nx = f()\n"


def test_line_ends_may_be_mixed() -> None:
    """Different line ends in one file all become newlines."""
    read = read_python(b"a\r\nb\rc\nd\r\r\ne")

    assert read == "a\nb\nc\nd\n\ne"


@given(
    text=st.text(
        st.characters(exclude_characters="\0\r\ufeff", exclude_categories=["Cs"]), max_size=60
    ).filter(lambda text: "coding" not in text),
    end=st.sampled_from(["\n", "\r\n", "\r"]),
    bom=st.booleans(),
)
@settings(deadline=None)
def test_utf_8_is_read_back(text: str, end: str, bom: bool) -> None:  # noqa: FBT001 - drawn by name
    """Any UTF-8 text is read back, with or without a byte order mark."""
    data = codecs.BOM_UTF8 * bom + text.replace("\n", end).encode()

    read = read_python(data)

    assert read == text


# --- what can't be decoded ----------------------------------------------------------------


def test_bytes_that_are_not_utf_8_are_refused_with_their_line() -> None:
    """The message names the line, the byte and the remedy."""
    with pytest.raises(UnreadableSubmissionError) as caught:
        read_python(b"x = 1\ny = 2\nz = '\xe4'\n")

    assert str(caught.value).startswith("line 3 is not valid utf-8: byte 0xe4")
    assert "save the file as UTF-8" in str(caught.value)


@pytest.mark.parametrize("data", [b"\xff\xfeabc", b"'\xe4'\n"], ids=["no text", "Latin-1"])
def test_first_line_that_is_not_utf_8_is_refused(data: bytes) -> None:
    """A first line that is not UTF-8 is refused if no encoding is declared."""
    with pytest.raises(UnreadableSubmissionError, match="save it as UTF-8"):
        read_python(data)


def test_bytes_that_are_not_of_the_declared_encoding_are_refused() -> None:
    """Bytes that are not valid in the declared encoding are refused."""
    with pytest.raises(UnreadableSubmissionError, match="line 2 is not valid ascii: byte 0xe4"):
        read_python(b"# coding: ascii\nx = '\xe4'\n")


def test_unknown_encoding_is_refused() -> None:
    """The message about an unknown encoding names it."""
    with pytest.raises(UnreadableSubmissionError, match="unknown encoding: klingon"):
        read_python(b"# coding: klingon\n")


def test_byte_order_mark_and_declaration_must_agree() -> None:
    """A byte order mark of UTF-8 with another declared encoding is refused, as by Python."""
    with pytest.raises(UnreadableSubmissionError, match="save it as UTF-8"):
        read_python(codecs.BOM_UTF8 + b"# coding: latin-1\n")


@pytest.mark.parametrize("place", [0, 6, 11])
def test_nul_byte_is_refused_with_its_line(place: int) -> None:
    """A NUL byte is refused with its line, in whichever line it is."""
    data = bytearray(b"x = 1\ny = 2\n")
    data[place : place + 1] = b"\0"

    with pytest.raises(
        UnreadableSubmissionError, match=f"line {1 if place < 6 else 2} contains a NUL"
    ):
        read_python(bytes(data))


@pytest.mark.parametrize("order", ["utf-16-le", "utf-16-be"])
def test_utf_16_is_recognised(order: str) -> None:
    """A file in UTF-16 with a byte order mark is recognised as such."""
    data = ("\ufeff" + SOURCE).encode(order)

    with pytest.raises(UnreadableSubmissionError, match="it looks like UTF-16"):
        read_python(data)


@pytest.mark.parametrize("order", ["utf-16-le", "utf-16-be", "utf-32"])
def test_wide_encodings_without_a_mark_are_refused(order: str) -> None:
    """UTF-16 and UTF-32 are refused, since they contain NUL bytes."""
    with pytest.raises(UnreadableSubmissionError, match="NUL byte"):
        read_python(SOURCE.encode(order))


@given(data=st.binary(max_size=80))
@settings(deadline=None)
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    """Any bytes are either decoded or refused with UnreadableSubmissionError."""
    try:
        text = read_python(data)
    except UnreadableSubmissionError:
        return

    assert "\r" not in text


_CODECS = sorted({*encodings.aliases.aliases.values(), "punycode", "idna", "undefined", "nonsense"})


@pytest.mark.parametrize("codec", _CODECS)
def test_any_codec_that_is_declared_reads_or_refuses(codec: str) -> None:
    """Any codec that a file can declare either decodes it or leads to a refusal."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the codec about the escapes
        for body in (b"x = 1\n", b"x = '\xff\xfe\\q\\xz'\n", b"+AOQ", b"-\x1b$B"):
            data = b"# coding: " + codec.encode() + b"\n" + body
            try:
                text = read_python(data)
            except UnreadableSubmissionError:
                continue
            assert text


def test_declaration_in_the_second_line_counts_for_the_first() -> None:
    """The encoding declared in the second line applies to the first one too."""
    data = b"# \xdcbung 4\n# coding: latin-1\nx = '\xe4'\n"
    compile(data, "<bytes>", "exec")

    read = read_python(data)

    assert read == data.decode("latin-1")


@pytest.mark.parametrize(
    "data",
    [
        b"# Lab 4\r# coding: latin-1\rx = '\xe4'\r",
        b"# coding: latin-1\rx = '\xe4'\r",
        b"# Lab 4\rtext = open('a', encoding=chosen)\r",
    ],
    ids=["second line", "first line", "no declaration at all"],
)
def test_declaration_is_looked_for_in_lines_that_end_in_cr(data: bytes) -> None:
    """A declaration is found in lines that end in CR, as Python does."""
    compile(data, "<bytes>", "exec")

    read = read_python(data)

    assert read == data.decode("latin-1").replace("\r", "\n")
