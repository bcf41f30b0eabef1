"""What a call finds missing, in a real child: a module, or a function that is not the student's."""

from collections.abc import Callable

import pytest
from sessions import call

from grader.observations.messages import Outcome, ReadRequest
from grader.sandbox.host.session import Session

pytestmark = pytest.mark.slow


def test_call_names_the_module_that_it_needs(open_source: Callable[..., Session]) -> None:
    """A name that a failed import would have bound is explained by the module."""
    session = open_source("import notthere as nt\ndef f(n): return nt.one(n)\n")

    observation = call(session)

    assert observation.outcome is Outcome.RAISED
    assert observation.raised is not None
    assert observation.raised.missing_module == "notthere"


def test_function_of_a_star_import_is_missing(open_source: Callable[..., Session]) -> None:
    """It can be neither called nor read, since it is not the submission's."""
    session = open_source(
        "import sys, types\nlib = types.ModuleType('lib')\nlib.f = lambda n: n\n"
        "sys.modules['lib'] = lib\nfrom lib import *\ndef g(n): return f(n)\n"
    )

    outcomes = [call(session).outcome, session.observe(ReadRequest(function="f")).outcome]

    assert session.loaded.defined == ("g",)
    assert outcomes == [Outcome.MISSING] * 2
    assert call(session, "g").outcome is Outcome.RETURNED
