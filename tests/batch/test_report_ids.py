"""Whatever a submission is called, its report gets an id that is safe and unique."""

import string
import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from grader.batch.report_ids import make_ids

SAFE = set(string.ascii_letters + string.digits + "._-")


def test_plain_names_stay_as_they_are() -> None:
    """Plain names are kept, so that a report is easy to find."""
    assert make_ids(["anna.py", "ben/lab4.ipynb"]) == {
        "anna.py": "anna.py",
        "ben/lab4.ipynb": "ben_lab4.ipynb",
    }


def test_names_that_differ_only_in_case_both_get_a_digest() -> None:
    """Names that differ only in case get digests, because some file systems ignore case."""
    names = make_ids(["anna.py", "Anna.py"])

    assert len({name.lower() for name in names.values()}) == 2
    assert all(name.lower().startswith("anna.py-") for name in names.values())


def test_names_that_differ_only_in_unicode_form_both_get_a_digest() -> None:
    """Names that look the same but differ in Unicode form get different ids."""
    composed = "Zoë.py"
    names = make_ids([composed, unicodedata.normalize("NFD", composed)])

    assert len(set(names.values())) == 2


def test_no_submission_can_take_the_id_of_another() -> None:
    """A submission named like an id with a digest gets another id."""
    taken = make_ids(["a.py", "A.py"])["A.py"]
    names = make_ids(["a.py", "A.py", taken])

    assert len({name.lower() for name in names.values()}) == 3


def test_reserved_names_of_windows_are_not_used() -> None:
    """A name that is reserved on Windows, such as nul.py, is not used as an id."""
    assert make_ids(["nul.py", "COM1"])["nul.py"] != "nul.py"


@given(st.lists(st.text(min_size=1, max_size=300), unique=True, max_size=12))
def test_any_names_become_safe_ids_that_differ(places: list[str]) -> None:
    """Any names, with newlines, emoji or lone surrogates, become safe ids that differ."""
    names = make_ids(places)

    assert list(names) == places
    assert len({name.lower() for name in names.values()}) == len(places)
    for name in names.values():
        assert set(name) <= SAFE
        assert 0 < len(name) <= 100
        assert name[0] not in "-."


@given(st.lists(st.text(max_size=20), unique=True, min_size=2, max_size=8))
def test_ids_do_not_depend_on_the_order(places: list[str]) -> None:
    """Ids do not depend on the order, so a second run finds the reports of the first."""
    assert make_ids(places) == make_ids(places[::-1])
