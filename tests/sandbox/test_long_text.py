"""Long names and texts: honest code that has them gets a normal answer, cut, and isn't forged."""

from collections.abc import Callable

import pytest

from grader.observations.bounds import MAX_NAME, MAX_TEXT
from grader.observations.messages import CallRequest, Outcome, ReadRequest
from grader.observations.values import Items, Number, Opaque
from grader.sandbox.host.session import Session

pytestmark = pytest.mark.slow

_CALL = CallRequest(function="f", inputs={"n": Number(value=1.0)})
_LONG_CLASS = "type('C' * 1_000_000, (%s,), {})"


@pytest.mark.parametrize(
    ("source", "outcome"),
    [
        (f"def f(n): return {_LONG_CLASS % 'object'}()", Outcome.RETURNED),
        (f"def f(n): return {_LONG_CLASS % 'list'}([n])", Outcome.RETURNED),
        (f"def f(n): raise {_LONG_CLASS % 'Exception'}('t' * 1_000_000)", Outcome.RAISED),
        ("def f(n): raise ValueError('" + "t" * 5_000 + "')", Outcome.RAISED),
        (f"def {'f' * 10_000}(n): raise ValueError\nf = {'f' * 10_000}", Outcome.RAISED),
        ("def f(n): raise SyntaxError('t', ('submission.py', -1, 2**70, [n]))", Outcome.RAISED),
        (
            "import torch\ndef f(n): return [torch.zeros(1_000_000)] * 10_000",
            Outcome.RAISED,
        ),
        ("def f(n):\n    a = []\n    a.extend([a] * 10_000)\n    return a", Outcome.RAISED),
        ("def f(n): return ['x' * 10_000] * 10_000", Outcome.RAISED),
        (
            "import torch\ndef f(n): return [[torch.tensor(n)] * 10_000] * 20",
            Outcome.RAISED,
        ),
    ],
    ids=[
        "class",
        "class of a list",
        "class and text of an error",
        "line",
        "function",
        "syntax error",
        "many tensors",
        "list in itself",
        "many texts",
        "many small tensors",
    ],
)
def test_long_names_and_large_values_get_a_normal_answer(
    open_source: Callable[..., Session], source: str, outcome: Outcome
) -> None:
    """A call with long names or too large a value ends as any other, and the session goes on."""
    session = open_source(source + "\ng = 3\n")

    answer = session.observe(_CALL)

    assert answer.outcome is outcome
    assert session.observe(ReadRequest(function="g")).outcome is Outcome.RETURNED


def test_class_name_is_cut(open_source: Callable[..., Session]) -> None:
    """The name of a class arrives cut."""
    session = open_source(f"f = {_LONG_CLASS % 'object'}()\ng = {_LONG_CLASS % 'list'}()")

    opaque = session.observe(ReadRequest(function="f")).steps[0].returned
    items = session.observe(ReadRequest(function="g")).steps[0].returned

    assert opaque == Opaque(type_name="C" * MAX_NAME)
    assert items == Items(kind="C" * MAX_NAME, items=())


def test_value_that_is_too_large_is_named_as_that(open_source: Callable[..., Session]) -> None:
    """The message about too large a value says so, and what the limit is."""
    session = open_source("import torch\ndef f(n): return [torch.zeros(1_000_000)] * 3")

    raised = session.observe(_CALL).raised

    assert raised is not None
    assert raised.text.startswith("the returned value is too large to examine")
    assert "8 MiB" in raised.text


def test_global_that_refuses_to_be_read_ends_only_its_request(
    open_source: Callable[..., Session],
) -> None:
    """A global that can't be described is what its own request is answered with."""
    session = open_source(
        "a = []\na.extend([a] * 10_000)\nf = a\n" + "def g(n): return n",
    )

    answer = session.observe(ReadRequest(function="f"))

    assert answer.outcome is Outcome.RAISED
    assert session.observe(ReadRequest(function="g")).outcome is Outcome.RETURNED


def test_long_magics_and_many_notes_are_cut(open_source: Callable[..., Session]) -> None:
    """The notes about a notebook are cut in length and in number."""
    cells = ["%%" + "m" * 10_000, *["1 / 0"] * 1_100, "g = 3"]
    session = open_source(*cells)

    notes = session.loaded.notes

    assert len(notes) == 1_000
    assert len(notes[0].text) == MAX_TEXT
    assert notes[-1].text == "102 more notes are left out"
