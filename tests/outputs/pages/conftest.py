"""Notebooks and reports that the tests of the pages share."""

import base64
import json
import struct
import zlib
from collections.abc import Callable

import pytest

MakeNotebook = Callable[..., bytes]


@pytest.fixture(scope="session")
def png() -> str:
    """A PNG image of one grey point, in base64."""
    header = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(b"\0\x80")), (b"IEND", b""))
    data = b"\x89PNG\r\n\x1a\n"
    for name, content in chunks:
        check = zlib.crc32(name + content)
        data += struct.pack(">I", len(content)) + name + content + struct.pack(">I", check)
    return base64.b64encode(data).decode("ascii")


@pytest.fixture(scope="session")
def make_notebook() -> MakeNotebook:
    """Make a notebook of cells: a string is code, and a pair is a kind and a source."""

    def make(*cells: object) -> bytes:
        made = []
        for cell in cells:
            match cell:
                case str():
                    made.append({"cell_type": "code", "source": cell, "outputs": []})
                case (str(kind), source):
                    made.append({"cell_type": kind, "source": source})
                case _:
                    made.append(cell)
        return json.dumps(
            {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": made}
        ).encode()

    return make
