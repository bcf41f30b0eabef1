"""Fixtures for the tests of the pages: an image and notebooks."""

import page_kinds
import pytest
from page_samples import MakeNotebook


@pytest.fixture(scope="session")
def png() -> str:
    """A PNG image of one grey pixel, in base64."""
    return page_kinds.make_png()


@pytest.fixture(scope="session")
def make_notebook() -> MakeNotebook:
    """A function that makes a notebook of cells: code as strings, others as (type, source)."""
    return page_kinds.make_notebook
