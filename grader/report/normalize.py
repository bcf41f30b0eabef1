"""Compares what people and things are called, however it was written."""

import unicodedata


def normalize(text: str) -> str:
    """Compare without case, and without the two ways in which Unicode writes an accent."""
    return unicodedata.normalize("NFKC", text).casefold().strip()


def normalize_name(text: str) -> str:
    """Compare names whatever the order of their words and what is between them."""
    # With what stands above and below letters: in many scripts that is a vowel.
    plain = "".join(
        one if unicodedata.category(one)[0] in "LMN" else " " for one in normalize(text)
    )
    return " ".join(sorted(plain.split()))
