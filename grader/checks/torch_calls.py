"""States what torch was seen to do during a call that went wrong: only what is certain."""

from collections.abc import Iterable

from grader.observations.messages import Step, TorchCall

_NOT_A_CHANGE = {"requires_grad_", "retain_grad", "__get__", "backward", "detach_"}


def describe_torch_calls(steps: Iterable[Step], leaf: str, *, has_moved: bool) -> str:
    """Return what the record of some calls shows about a leaf and its gradient.

    Args:
        steps: The calls, with torch's calls recorded.
        leaf: The name of the leaf that should have moved.
        has_moved: Whether it has.

    Returns:
        The facts, joined by semicolons; empty if there are none.
    """
    steps = tuple(steps)
    calls = [call for step in steps for call in step.torch_calls]
    facts = []
    backwards = [call for call in calls if _is_backward(call)]
    piled = sum(leaf in call.adds_to for call in backwards)
    if piled:
        facts.append(
            f"backward() ran {_times(len(backwards))}, and {_times(piled)} it added to a gradient "
            f"that was still in {leaf}.grad"
        )
    if any(call.is_cut and call.on != leaf for call in backwards):
        facts.append(
            f"backward() ran on a tensor without a grad_fn, which knows nothing of {leaf}: it was "
            "made anew, and not computed"
        )
    if backwards and not has_moved and not any(_may_change(call, leaf) for call in calls):
        facts.append(f"no operation changed {leaf} in place")
    return "; ".join(facts)


def _times(count: int) -> str:
    return {1: "once", 2: "twice"}.get(count, f"{count} times")


def _is_backward(call: TorchCall) -> bool:
    return call.name.rpartition(".")[2] == "backward"


def _may_change(call: TorchCall, leaf: str) -> bool:
    """Return whether a call may change a leaf, directly or through its data."""
    if call.name.endswith(("data.__get__", "data.__set__", "detach", "numpy", "_foreach_add_")):
        return True
    name = call.name.rpartition(".")[2]
    is_in_place = (name.endswith("_") and name not in _NOT_A_CHANGE) or name == "__setitem__"
    return is_in_place and call.on in (leaf, "") and not name.startswith("_set_grad")
