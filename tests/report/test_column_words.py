"""The table of the titles that columns have on the platforms."""

import pytest

from grader.report.column_words import COLUMN_WORDS, Column, find_columns, fold_title

_NAMES = (Column.FULL_NAME, Column.FIRST_NAME, Column.LAST_NAME)
# The only words that mean different things in different languages: a caller decides by its order.
_SHARED = {"id", "identifier", "nom"}


@pytest.mark.parametrize("kind", Column)
def test_every_kind_of_column_has_words_that_differ_when_folded(kind: Column) -> None:
    """A word is listed once, in any case and punctuation."""
    folded = [fold_title(word) for word in COLUMN_WORDS[kind]]

    assert len(set(folded)) == len(folded)
    assert all(folded)


def test_a_word_means_one_kind_of_column() -> None:
    """No title is ambiguous but those that are listed here."""
    kinds: dict[str, set[Column]] = {}
    for kind, words in COLUMN_WORDS.items():
        for word in words:
            kinds.setdefault(fold_title(word), set()).add(kind)

    assert {word for word, meanings in kinds.items() if len(meanings) > 1} == _SHARED


@pytest.mark.parametrize(
    ("header", "found"),
    [
        (["Nom", "Prénom"], {Column.LAST_NAME: 0, Column.FIRST_NAME: 1}),
        (["Nom", "Cognoms"], {Column.FIRST_NAME: 0, Column.LAST_NAME: 1}),
        (["Nome", "Cognome"], {Column.FIRST_NAME: 0, Column.LAST_NAME: 1}),
        (["FAMILY_NAME_OF_STUDENT", "First name"], {Column.LAST_NAME: 0, Column.FIRST_NAME: 1}),
        (["Полное имя"], {Column.FULL_NAME: 0}),
        (["Nom"], {Column.FIRST_NAME: 0}),
        (["Nickname", ""], {}),
    ],
)
def test_columns_are_found_by_their_words(header: list[str], found: dict[Column, int]) -> None:
    """Each column is used once, by the kind that prefers it."""
    assert find_columns(header, _NAMES) == found


def test_titles_are_compared_without_case_and_punctuation() -> None:
    """Sites word a title in their own way, and spreadsheets change its case."""
    assert find_columns(["x", "e-mail ADDRESS"], [Column.EMAIL]) == {Column.EMAIL: 1}
