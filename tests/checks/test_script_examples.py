"""Scripts as examples: code to paste, in the words of the script."""

from collections.abc import Callable

from grader.checks.script_examples import ScriptRun, make_script_example
from grader.checks.tracing import Lab, Script, trace
from grader.checks.units import Unit
from grader.checks.verdict import WrongError
from grader.observations.messages import ScriptRequest

UNITS = {"f": Unit(name="f", parameters=("x",)), "g": Unit(name="g", parameters=("dout", "cache"))}


def code_of(script: Script, **inputs: object) -> str:
    """Return the code of an example."""
    traced = trace(script, UNITS, tuple(inputs))
    request = ScriptRequest(
        function="f", operations=traced.operations, returned=traced.returned, inputs={}
    )
    example = make_script_example(
        ScriptRun(request, inputs, traced), WrongError("wrong", got="1", expected="2")
    )
    assert example is not None
    return example.code


def output_of(code: str, f: Callable[..., object], g: Callable[..., object]) -> list[object]:
    """Run the code of an example below a submission, and return what it prints."""
    printed: list[object] = []
    exec(code, {"f": f, "g": g, "print": printed.append})  # noqa: S102 - it is made here
    return printed


def test_what_is_unpacked_is_written_as_one_assignment() -> None:
    """The targets have the names of the script, and others a name that is free."""

    def use(lab: Lab, x: object) -> object:
        out, cache = lab.f(x)
        parts = lab.g(out, cache)
        dx, dw = parts
        return {"dx": dx, "other": first_of(lab.f(dw))}

    def first_of(pair: object) -> object:
        one, _ = pair  # type: ignore[misc]
        return one

    code = code_of(use, x=3)

    lines = code.splitlines()
    assert lines[:4] == ["x = 3", "out, cache = f(x)", "parts = g(out, cache)", "dx, dw = parts"]
    assert output_of(code, lambda x: (x, x + 1), lambda a, b: (a * b, a - b)) == [
        {"dx": 12, "other": -1}
    ]
