"""Rows of two columns as a dictionary."""

from typing import TypeVar

from sqlalchemy import Result

_Key = TypeVar("_Key")
_Value = TypeVar("_Value")


def as_dict(rows: Result[_Key, _Value]) -> dict[_Key, _Value]:
    """Return the second column of rows by the first; of equal keys, the last row stays."""
    return {key: value for key, value in rows}  # noqa: C416 - mypy knows no other way
