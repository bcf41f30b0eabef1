"""Finds the code of a function f that a test writes."""

from grader.observations.messages import CodeBlock
from grader.sandbox.guest.find_function import FoundFunction, find_function
from grader.sandbox.guest.parse import parse_block


def found(*body: str, **namespace: object) -> FoundFunction:
    """Return a function f(x, p) with these lines, in cell 2 of a notebook."""
    source = "\n    ".join(["def f(x, p):", *body])
    block = parse_block(
        CodeBlock(label="cell 2", source=source), "f.py", is_notebook=True, future_flags=0
    )
    exec(compile(source, "f.py", "exec"), namespace)  # noqa: S102 - the test's own
    one = find_function("f", namespace["f"], [block], namespace)
    assert one is not None
    return one
