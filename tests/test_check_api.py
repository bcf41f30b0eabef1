"""docs/check-api.md has everything that files of checks can import, as its docstrings say it."""

import re

import pytest
from check_api import GROUPS, PAGE, make_page

from grader.checks import api


def test_page_is_up_to_date() -> None:
    """After a change to a docstring or signature: ``python tests/check_api.py``."""
    assert PAGE.read_text("utf-8") == make_page()


def test_every_name_has_one_entry() -> None:
    """Every name of the API is in exactly one group, and nothing else is."""
    listed = [name for names in GROUPS.values() for name in names]

    assert sorted(listed) == sorted(api.__all__)


@pytest.mark.parametrize(
    "shown",
    [
        "got: ndarray | AnyValue",
        "name: str = 'w'",
        "dtype: object = np.float32",
        "probe.both_run(",
        "A script can't do these with a value",
        "- ask whether a value is true",
        "#### `Result.__getitem__`",
        "`@pytest.mark.points(n)`",
    ],
)
def test_page_shows_signatures_methods_and_refusals(shown: str) -> None:
    """Signatures are complete, and what a handle refuses is listed."""
    assert shown in make_page()


def test_sections_of_docstrings_are_lists() -> None:
    """No section of a docstring is left as it is written in the source."""
    page = make_page()

    assert not re.search(r"^ *(Args|Attributes|Returns|Raises):", page, re.MULTILINE)
    assert "``" not in page.replace("```", "")
