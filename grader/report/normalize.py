"""Normalizes names, so that different spellings of the same name compare equal."""

import unicodedata


def normalize(text: str) -> str:
    """Return a text without case, outer white space and differences in Unicode composition."""
    return unicodedata.normalize("NFKC", text).casefold().strip()


def normalize_name(text: str) -> str:
    """Return the words of a name, normalized and sorted, without punctuation."""
    # Combining marks are kept, since in many scripts they are vowels.
    plain = "".join(
        one if unicodedata.category(one)[0] in "LMN" else " " for one in normalize(text)
    )
    return " ".join(sorted(plain.split()))
