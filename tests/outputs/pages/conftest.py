"""Fixtures for the tests of the pages: an image and notebooks."""

import base64
import json
import struct
import zlib

import pytest
from page_samples import MakeNotebook


@pytest.fixture(scope="session")
def png() -> str:
    """A PNG image of one grey pixel, in base64."""
    header = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(b"\0\x80")), (b"IEND", b""))
    data = b"\x89PNG\r\n\x1a\n"
    for name, content in chunks:
        check = zlib.crc32(name + content)
        data += struct.pack(">I", len(content)) + name + content + struct.pack(">I", check)
    return base64.b64encode(data).decode("ascii")


@pytest.fixture(scope="session")
def make_notebook() -> MakeNotebook:
    """A function that makes a notebook of cells: code as strings, others as (type, source)."""

    def make(*cells: object) -> bytes:
        made: list[object] = []
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
