"""Sessions for the tests of the sandbox: they take source and return what it printed."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from grader.observations.locks import Lock
from grader.observations.messages import CodeBlock
from grader.sandbox.host.account import Account
from grader.sandbox.host.child import ChildStarter
from grader.sandbox.host.limits import Confinement, Limits
from grader.sandbox.host.session import Session, Source, open_session
from grader.sandbox.host.starter import open_starter

# Enough for harmless code, and short enough to wait until hostile code hits them.
LIMITS = Limits(load_cpu_s=2, function_cpu_s=1, idle_wall_s=1.5)
PARAMETERS: dict[str, tuple[str, ...]] = {"f": ("n",), "g": ("n",)}


@pytest.fixture(scope="session")
def forkserver() -> Iterator[ChildStarter]:
    """Return one starter for all tests of sessions: a forkserver, unless the tests try another."""
    with open_starter() as starter:
        yield starter


@pytest.fixture
def open_source(forkserver: ChildStarter) -> Iterator[Callable[..., Session]]:
    """Return a function that opens a session on source code; it is closed after the test."""
    with ExitStack() as stack:

        def open_it(
            *sources: str,
            limits: Limits = LIMITS,
            without: tuple[Lock, ...] = (),
            classes: tuple[str, ...] = (),
            methods: tuple[str, ...] = (),
            values: tuple[str, ...] = (),
        ) -> Session:
            source = Source(
                name="submission.py",
                blocks=tuple(CodeBlock(label="", source=one) for one in sources),
                is_notebook=len(sources) > 1,
                parameters={**PARAMETERS, **dict.fromkeys((*classes, *values), ())},
                classes=classes,
                methods=methods,
            )
            account = Account(limits, functions=len(PARAMETERS))
            session = open_session(
                forkserver, source, account=account, confinement=Confinement(without=without)
            )
            return stack.enter_context(session)

        yield open_it


@pytest.fixture
def printed(open_source: Callable[..., Session]) -> Callable[..., str]:
    """Return a function that runs source in a locked child and returns what it printed."""

    def run(source: str, without: tuple[Lock, ...] = (), limits: Limits = LIMITS) -> str:
        # As one statement: what comes after one that raised would still run.
        session = open_source(f"exec({source!r}, globals())", without=without, limits=limits)
        loaded = session.loaded
        output, _ = session.output()
        return output + "".join(
            f"\nraised {note.raised.type_name}: {note.raised.text}"
            for note in loaded.notes
            if note.raised
        )

    return run


@pytest.fixture(scope="session")
def root() -> Path:
    """Return the root folder of the checkout."""
    return Path(__file__).resolve().parents[2]
