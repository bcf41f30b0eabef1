"""Whatever a submission is called, its report gets a name that is safe and its own."""

import string
import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from grader.batch.report_ids import make_ids

SAFE = set(string.ascii_letters + string.digits + "._-")


def test_plain_names_stay_as_they_are() -> None:
    """So that a report is found at once."""
    assert make_ids(["anna.py", "ben/lab4.ipynb"]) == {
        "anna.py": "anna.py",
        "ben/lab4.ipynb": "ben_lab4.ipynb",
    }


def test_names_that_differ_only_in_case_both_get_a_digest() -> None:
    """Some file systems don't tell them apart."""
    names = make_ids(["anna.py", "Anna.py"])

    assert len({name.lower() for name in names.values()}) == 2
    assert all(name.lower().startswith("anna.py-") for name in names.values())


def test_names_that_differ_only_in_unicode_form_both_get_a_digest() -> None:
    """One and the same to people, and to some file systems."""
    composed = "Zoë.py"
    names = make_ids([composed, unicodedata.normalize("NFD", composed)])

    assert len(set(names.values())) == 2


def test_nobody_can_take_the_name_that_another_gets() -> None:
    """A name that ends as ours do gets one more digest."""
    taken = make_ids(["a.py", "A.py"])["A.py"]
    names = make_ids(["a.py", "A.py", taken])

    assert len({name.lower() for name in names.values()}) == 3


def test_names_of_the_system_are_not_used() -> None:
    """Windows has no file called nul.py."""
    assert make_ids(["nul.py", "COM1"])["nul.py"] != "nul.py"


@given(st.lists(st.text(min_size=1, max_size=300), unique=True, max_size=12))
def test_any_names_become_safe_ones_that_differ(places: list[str]) -> None:
    """Newlines, emoji, 255 bytes, a leading dash, an equals sign, lone surrogates."""
    names = make_ids(places)

    assert list(names) == places
    assert len({name.lower() for name in names.values()}) == len(places)
    for name in names.values():
        assert set(name) <= SAFE
        assert 0 < len(name) <= 100
        assert name[0] not in "-."


@given(st.lists(st.text(max_size=20), unique=True, min_size=2, max_size=8))
def test_names_do_not_depend_on_the_order(places: list[str]) -> None:
    """A second run finds the reports of the first."""
    assert make_ids(places) == make_ids(places[::-1])
