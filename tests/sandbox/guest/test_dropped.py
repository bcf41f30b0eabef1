"""Which statements compute something and throw it away, and of which that is not certain."""

import types

import pytest
from found_functions import found

from grader.observations.messages import CodeBlock, Dropped, DroppedKind, Place
from grader.sandbox.guest.dropped import find_dropped
from grader.sandbox.guest.find_function import find_function
from grader.sandbox.guest.parse import parse_block

torch = types.ModuleType("torch")


def dropped_in(*body: str, namespace: dict[str, object] | None = None) -> tuple[Dropped, ...]:
    """Look through a function f(x, p) with these lines."""
    return find_dropped(found(*body, **{"torch": torch, **(namespace or {})}))


@pytest.fixture(autouse=True)
def _torch(monkeypatch: pytest.MonkeyPatch) -> None:
    """Put a module in the place of torch, which the tests need not import."""
    monkeypatch.setitem(__import__("sys").modules, "torch", torch)


@pytest.mark.parametrize(
    ("line", "kind", "target"),
    [
        ("p.clamp(0.1, 0.9)", DroppedKind.CALL, "p"),
        ("x.detach()", DroppedKind.CALL, "x"),
        ("x.sub(p)", DroppedKind.CALL, "x"),
        ("torch.clamp(p, 0.1, 0.9)", DroppedKind.CALL, "p"),
        ("torch.log(1 - p)", DroppedKind.VALUE, ""),
        ("x + [p]", DroppedKind.VALUE, ""),
        ("x - 0.1 * x.grad", DroppedKind.VALUE, ""),
        ("x.grad == None", DroppedKind.COMPARISON, ""),
        ("x.grad.zero_", DroppedKind.NOT_CALLED, ""),
        ("x.backward", DroppedKind.NOT_CALLED, ""),
    ],
)
def test_result_that_is_thrown_away_is_found(line: str, kind: DroppedKind, target: str) -> None:
    """The statement is shown with its line."""
    assert dropped_in(line, "return x") == (
        Dropped(kind=kind, code=line, target=target, place=Place(line=2, block="cell 2")),
    )


def test_method_that_others_have_too_is_found_where_a_number_has_it() -> None:
    """Modules and sets have methods of these names too, which work in place."""
    assert dropped_in("x.float()", "return x") == ()
    assert [one.code for one in dropped_in("x.float()", "return x @ p")] == ["x.float()"]
    assert [one.code for one in dropped_in("x.add(x.grad)", "return p")] == ["x.add(x.grad)"]
    assert dropped_in("x = set()", "x.add(1)", "return x * 2") == ()


def test_variable_of_the_function_is_as_good_as_a_parameter() -> None:
    """What reshape and the like are called on stays as it is, whatever it is."""
    (one,) = dropped_in("r = x @ p", "r.squeeze(1)", "return r")

    assert (one.code, one.target) == ("r.squeeze(1)", "r")


@pytest.mark.parametrize(
    "line",
    [
        "p.clamp_(0.1, 0.9)",
        "x.sub_(p)",
        "x.sort()",
        "x.log(p)",
        "print(x + p)",
        "x.append(p)",
        "torch.clamp(p, 0, 1, out=p)",
        "torch.manual_seed(1)",
        "p = p.clamp(0, 1)",
        "x >> p",
        "x < p",
        "x.shape",
        "x",
        "'a text'",
        "...",
        "other.clamp(0, 1)",
        "(lambda: p.clamp(0, 1))()",
        "g = lambda q: q.clamp(0, 1)",
    ],
)
def test_what_may_have_an_effect_is_not_found(line: str) -> None:
    """Nothing is said that is not certain."""
    assert dropped_in(line, "return x") == ()


def test_torch_must_be_torch() -> None:
    """A variable of that name is something else."""
    assert dropped_in("torch = x", "torch.log(p)", "return x") == ()
    assert dropped_in("torch.log(p)", "return x", namespace={"torch": object()}) == ()


def test_decorated_function_is_not_looked_at() -> None:
    """What a decorator makes of it, nobody knows."""
    source = "def same(f):\n    return f\n\n@same\ndef f(p):\n    p.clamp(0, 1)\n"
    block = parse_block(
        CodeBlock(label="", source=source), "f.py", is_notebook=False, future_flags=0
    )
    names: dict[str, object] = {}
    exec(compile(source, "f.py", "exec"), names)  # noqa: S102 - the test's own
    decorated = find_function("f", names["f"], [block], names)

    assert decorated is not None
    assert find_dropped(decorated) == ()


def test_few_are_found() -> None:
    """The first three are enough."""
    listed = dropped_in(*(f"p.clamp(0, {n})" for n in range(9)), "return x")

    assert [one.code for one in listed] == ["p.clamp(0, 0)", "p.clamp(0, 1)", "p.clamp(0, 2)"]
