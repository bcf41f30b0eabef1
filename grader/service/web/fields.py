"""Fields of forms, as text or as a number."""

from collections.abc import Mapping

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request

from grader.errors import UsageError

_MOST_DIGITS = 18


def text_in(form: FormData, name: str) -> str:
    """Return a field; empty if there is none."""
    value = form.get(name, "")
    return storable(value) if isinstance(value, str) else ""


def storable(text: str) -> str:
    """Return a text without what no database can store: a zero, and halves of pairs."""
    return text.replace("\0", "").encode("utf-8", "ignore").decode()


def texts_in(form: FormData) -> Mapping[str, str]:
    """Return all fields."""
    return {name: text_in(form, name) for name in form}


def id_in(form: FormData, name: str) -> int:
    """Return a field that has an id, as our own pages send it.

    Raises:
        HTTPException: It doesn't.
    """
    return expect_id(text_in(form, name))


def expect_id(text: str) -> int:
    """Return an id.

    Raises:
        HTTPException: The text isn't one.
    """
    if not (text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS):
        raise HTTPException(404)
    return int(text)


def id_in_path(request: Request, name: str) -> int:
    """Return an id in the path of a request.

    Raises:
        HTTPException: It is larger than any.
    """
    return expect_id(str(request.path_params[name]))


def points_in(form: FormData, name: str) -> float:
    """Return a field that has points, with a decimal point or comma.

    Raises:
        UsageError: It doesn't.
    """
    text = text_in(form, name).strip().replace(",", ".")
    try:
        return float(text)
    except ValueError as error:
        raise UsageError("The points must be a number.") from error
