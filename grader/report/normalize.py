"""Normalizes names, so that different spellings of the same name compare equal."""

import unicodedata
from typing import Literal

# No name is longer. Normalizing a row of accents takes time in proportion to its square: 16 s for
# 64,000 of them.
_MAX_LENGTH = 320


def normalize_unicode(text: str, form: Literal["NFC", "NFKC", "NFKD"]) -> str:
    """Return a text in a normal form of Unicode; one that is too long for a name as it is."""
    return unicodedata.normalize(form, text) if len(text) <= _MAX_LENGTH else text


def normalize(text: str) -> str:
    """Return a text without case, outer white space and differences in Unicode composition.

    Of a text that is too long for a name, the composition stays as it is.
    """
    return normalize_unicode(text, "NFKC").casefold().strip()


def normalize_name(text: str) -> str:
    """Return the words of a name, normalized and sorted, without punctuation."""
    # Combining marks are kept, since in many scripts they are vowels.
    plain = "".join(
        one if unicodedata.category(one)[0] in "LMN" else " " for one in normalize(text)
    )
    return " ".join(sorted(plain.split()))
