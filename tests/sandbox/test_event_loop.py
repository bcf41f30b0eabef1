"""Event loops in a locked child, which may make no sockets."""

from collections.abc import Callable

import pytest
from sessions import call

from grader.observations.messages import Outcome
from grader.observations.values import Number
from grader.sandbox.host.session import Session

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(
    "waiting",
    [
        "await asyncio.sleep(0.001)",
        "await asyncio.gather(asyncio.sleep(0.001), asyncio.sleep(0))",
        "await asyncio.to_thread(len, 'wakes the loop from another thread')",
        "async with asyncio.timeout(1): await asyncio.sleep(0)",
    ],
)
def test_function_may_run_an_event_loop(waiting: str, open_source: Callable[..., Session]) -> None:
    """`asyncio.run` works in a function, as often as it is called."""
    session = open_source(
        "import asyncio\n"
        f"async def g(n):\n    {waiting}\n    return n + 1\n"
        "def f(n): return asyncio.run(g(n))\n"
    )

    outcomes = [call(session) for _ in range(2)]

    assert [one.outcome for one in outcomes] == [Outcome.RETURNED] * 2
    assert outcomes[0].steps[0].returned == Number(value=4, kind="int")


def test_cells_may_await(open_source: Callable[..., Session]) -> None:
    """A notebook's cells share a loop."""
    session = open_source(
        "import asyncio\ntask = asyncio.create_task(asyncio.sleep(0.001, 4))",
        "four = await task\nfour += len(await asyncio.gather(asyncio.to_thread(str)))",
        "def f(n): return four",
    )

    assert session.loaded.notes == ()
    assert call(session).steps[0].returned == Number(value=5, kind="int")
