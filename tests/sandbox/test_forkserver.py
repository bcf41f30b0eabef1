"""The host notices a forkserver that hangs, and works with high descriptor numbers."""

import os
import resource
import signal
import socket
import time
from collections.abc import Callable, Iterator

import pytest

from grader.errors import StarterLostError
from grader.observations.locks import Lock
from grader.observations.messages import CallRequest, Outcome
from grader.observations.values import Number
from grader.sandbox.host import forkserver as module
from grader.sandbox.host.forkserver import Forkserver
from grader.sandbox.host.limits import Limits
from grader.sandbox.host.session import Session

pytestmark = pytest.mark.slow

OpenSource = Callable[..., Session]


@pytest.fixture
def own_forkserver() -> Iterator[Forkserver]:
    """Return a forkserver that the test may break."""
    with Forkserver() as server:
        yield server


def test_forkserver_that_hangs_misses_its_deadline(
    own_forkserver: Forkserver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If the forkserver doesn't answer in time, the host gives up and ends it."""
    child = own_forkserver.start_child(limits=Limits().for_child(cpu_s=10), without=())
    os.kill(own_forkserver._process.process.pid, signal.SIGSTOP)
    monkeypatch.setattr(module, "_DEADLINE_S", 0.5)
    started = time.monotonic()

    with pytest.raises(StarterLostError, match="in time"):
        own_forkserver.start_child(limits=Limits().for_child(cpu_s=10), without=())

    assert time.monotonic() - started < 20
    assert own_forkserver._process.process.poll() is not None
    with pytest.raises(StarterLostError):  # and not a bare error of the closed socket
        own_forkserver.start_child(limits=Limits().for_child(cpu_s=10), without=())
    with pytest.raises(StarterLostError):
        own_forkserver.kill(child)


@pytest.fixture
def many_descriptors() -> Iterator[None]:
    """Occupy more descriptors than select() supports."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < 4096:
        pytest.skip("this user may not open enough files")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, 4096), hard))
    held = [socket.socketpair() for _ in range(700)]
    yield
    for pair in held:
        for end in pair:
            end.close()
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.mark.usefixtures("many_descriptors")
def test_descriptors_above_1023_work(open_source: OpenSource) -> None:
    """A process with many open descriptors can use sessions, and their limits still hold."""
    session = open_source("def f(n): return n + 1\ndef g(n):\n    while True: pass\n")
    request = CallRequest(function="f", inputs={"n": Number(value=1, kind="int")})

    answer = session.observe(request)
    endless = session.observe(CallRequest(function="g", inputs=request.inputs))

    assert answer.steps[0].returned == Number(value=2, kind="int")
    assert endless.outcome is Outcome.TIME_LIMIT


SPOILED = {
    "removed": "shutil.rmtree(home)",
    "replaced by a file": "shutil.rmtree(home); open(home, 'w').close()",
    "replaced by a broken link": "shutil.rmtree(home); os.symlink('nowhere', home)",
}


@pytest.mark.parametrize("spoil", SPOILED.values(), ids=SPOILED.keys())
def test_forkserver_survives_the_loss_of_its_folder(spoil: str, open_source: OpenSource) -> None:
    """Without the lock on files, a submission that removes all scratch folders costs only itself.

    A child that was there before, such as the reference, goes on, and so do later children.
    """
    without = (Lock.FILES, Lock.SYSCALLS)
    before = open_source("def f(n): return n\n", without=without)
    hostile = open_source(
        f"import os, shutil\ndef f(n):\n    home = os.path.dirname(os.getcwd())\n    {spoil}\n",
        without=without,
    )
    request = CallRequest(function="f", inputs={"n": Number(value=1, kind="int")})
    assert before.loaded.defined == ("f",)

    spoiled = hostile.observe(request)
    old = before.observe(request)
    later = open_source("def f(n):\n    open('a', 'w').close()\n    return n\n", without=without)
    new = later.observe(request)

    assert [one.outcome for one in (spoiled, old, new)] == [Outcome.RETURNED] * 3
