"""Describing exceptions: whatever its class, an exception becomes a message that can be sent."""

import linecache
import types
from collections.abc import Callable
from typing import Any

import pytest

from grader.observations.bounds import MAX_NAME, MAX_TEXT
from grader.observations.frames import PREFIX_BYTES, decode_payload, encode_frame
from grader.observations.messages import Answer, FromChild, Outcome, Raised
from grader.sandbox.guest.exceptions import describe_exception
from grader.sandbox.guest.plain_text import cut_text, name_of_type, text_of_error


class Refused(BaseException):
    """Raised by code of the student's that must not reach the grader's own code."""


def refuse(*_: object) -> Any:  # noqa: ANN401 - never returns
    """Refuse whatever is asked."""
    raise Refused


def describe(error: BaseException, **labels: str) -> Raised:
    """Describe an exception, and send the description to the host and back."""
    raised = describe_exception(error, labels)
    sent = Answer(token=b"", outcome=Outcome.RAISED, raised=raised)
    arrived = decode_payload(encode_frame(sent)[PREFIX_BYTES:], FromChild)
    assert arrived == sent
    return raised


def raised_by(call: Callable[[], object], kind: type[BaseException]) -> BaseException:
    """Return the exception that a call raises."""
    with pytest.raises(kind) as caught:
        call()
    return caught.value


def test_long_names_and_texts_are_cut() -> None:
    """A class name, a text and a function name of any length are cut, not refused."""
    kind = type("E" * 10_000, (Exception,), {})

    def long() -> None:
        raise kind("t" * 1_000_000)

    long.__code__ = long.__code__.replace(co_name="f" * 10_000, co_filename="cell")

    raised = describe(raised_by(long, kind), cell="cell 1")

    assert raised.type_name == "E" * MAX_NAME
    assert raised.text == "t" * MAX_TEXT
    assert raised.function == "f" * MAX_NAME
    assert raised.block == "cell 1"


def test_long_line_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    """A line of any length, also one that the student forged, is cut."""

    def fail() -> None:
        raise ValueError

    fail.__code__ = fail.__code__.replace(co_filename="cell")
    monkeypatch.setattr(linecache, "getline", lambda *_: "x" * 5_000)

    raised = describe(raised_by(fail, ValueError), cell="")

    assert raised.code == "x" * MAX_TEXT


@pytest.mark.parametrize(
    "name", ["__str__", "__traceback__", "__class__", "msg", "filename", "lineno", "text", "offset"]
)
@pytest.mark.parametrize("base", [Exception, SyntaxError, OSError])
@pytest.mark.parametrize("make", [refuse, property(refuse)], ids=["method", "property"])
def test_exception_that_refuses_to_be_looked_at_is_described(
    name: str,
    base: type[BaseException],
    make: Any,  # noqa: ANN401 - a column
) -> None:
    """Whatever an exception refuses is left out; its type is still named."""
    error = type("Refusing", (base,), {name: make})("text")

    raised = describe(error)

    assert raised.type_name == "Refusing"


@pytest.mark.parametrize(
    "value", ["x", -(2**80), [], object()], ids=["text", "huge", "list", "object"]
)
@pytest.mark.parametrize("name", ["lineno", "offset", "filename", "text", "msg"])
def test_syntax_error_with_odd_attributes_is_described(name: str, value: object) -> None:
    """A SyntaxError that the student made from anything is described."""
    error = SyntaxError("text")
    error.filename = "cell"
    setattr(error, name, value)

    raised = describe(error, cell="cell 1")

    assert raised.type_name == "SyntaxError"


def test_exception_that_refuses_its_class_keeps_its_line() -> None:
    """The line is found although the exception has no class for ``isinstance``."""
    kind = type("Refusing", (Exception,), {"__class__": property(refuse)})

    def fail() -> None:
        raise kind

    fail.__code__ = fail.__code__.replace(co_filename="cell")

    raised = describe(raised_by(fail, kind), cell="cell 1")

    assert (raised.block, raised.function) == ("cell 1", "fail")
    assert raised.line > 0


def test_metaclass_can_not_refuse_the_name_of_an_exception() -> None:
    """The name of an exception is that of its class, whatever its metaclass says."""
    meta: Any = type("Meta", (type,), {"__name__": property(refuse), "__hash__": refuse})
    kind = meta("Real", (Exception,), {})

    assert describe(kind()).type_name == "Real"


@pytest.mark.parametrize("offset", [0, 1, 300, 5_000, 10**9])
def test_caret_of_a_long_line_stays_near_the_mistake(offset: int) -> None:
    """Of a long line with a syntax error, what is near the mistake is shown."""
    error = SyntaxError("invalid", ("cell", 1, offset, "a" * 299 + "!" + "a" * 5_000))

    raised = describe(error, cell="")

    lines = raised.code.splitlines()
    assert max(map(len, lines), default=0) <= 160
    assert offset != 300 or lines[0][lines[1].index("^")] == "!"


def test_caret_of_a_short_line_is_where_python_puts_it() -> None:
    """A short line is shown whole, with the caret below the mistake."""
    error = SyntaxError("invalid", ("cell", 1, 5, "x = = 1\n"))

    assert describe(error, cell="").code == "x = = 1\n    ^"


def test_cut_text_is_a_plain_str() -> None:
    """A subclass of str that overrides everything is read as the text that it holds."""
    lying: Any = type("Lying", (str,), dict.fromkeys(["__getitem__", "encode", "__str__"], refuse))

    cut = cut_text(lying("text"))

    assert type(cut) is str
    assert cut == "text"


def test_escapes_do_not_make_a_text_longer_than_its_limit() -> None:
    """Lone surrogates become escapes, and these are counted."""
    assert len(cut_text("\udcff" * 1_000, 100)) == 100


def test_name_of_a_class_and_text_of_an_error_are_plain() -> None:
    """Names and texts are those of the objects themselves."""
    assert name_of_type(types.SimpleNamespace) == "SimpleNamespace"
    assert text_of_error(ValueError("no")) == "no"
    assert text_of_error(type("Loop", (Exception,), {"__str__": refuse})()).startswith("(")


def test_deep_recursion_is_described() -> None:
    """A RecursionError with a traceback of many frames is described."""

    def recurse() -> None:
        recurse()

    recurse.__code__ = recurse.__code__.replace(co_filename="cell")

    raised = describe(raised_by(recurse, RecursionError), cell="cell 2")

    assert (raised.type_name, raised.block) == ("RecursionError", "cell 2")


QUALIFIED = """
class Value:
    class Inner:
        def deep(self):
            raise ValueError
    def backward(self):
        raise ValueError
    def late(self):
        return (lambda: int("x"))()
def outer():
    def inner():
        raise ValueError
    inner()
"""


def test_function_of_an_exception_is_named_with_its_class() -> None:
    """A function inside of another one has its own name only, and code at top level has none."""
    namespace: dict[str, Any] = {}
    exec(compile(QUALIFIED, "cell", "exec"), namespace)  # noqa: S102 - that is what is tested
    value = namespace["Value"]()
    calls = (value.backward, value.Inner().deep, value.late, namespace["outer"])
    at_top = compile("raise ValueError", "cell", "exec")

    functions = [describe(raised_by(call, ValueError), cell="").function for call in calls]

    assert functions == ["Value.backward", "Value.Inner.deep", "<lambda>", "inner"]
    error = raised_by(lambda: exec(at_top), ValueError)  # noqa: S102 - the same
    assert describe(error, cell="").function == ""
