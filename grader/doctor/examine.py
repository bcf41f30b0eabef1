"""Examines everything in order: what is cheap and basic first, and the proof last."""

from collections.abc import Callable, Iterator
from pathlib import Path

from grader.bootstrap import why_unsupported
from grader.doctor import extras, imports, locks, packages, places
from grader.doctor.finding import Finding, State, worst
from grader.doctor.trial import examine_assignment, examine_grading
from grader.errors import UsageError

# Called before each step: how many are done, how many there are, and what is examined next.
OnStep = Callable[[int, int, str], None]


def examine(
    *,
    assignment: str = "lab4",
    platform: Path | None = None,
    is_quick: bool = False,
    on_step: OnStep = lambda _done, _total, _name: None,
) -> Iterator[Finding]:
    """Examine this installation and this machine.

    Args:
        assignment: The assignment to try, as ``--assignment`` gets it.
        platform: The settings of an LTI platform to check; None to check none.
        is_quick: Whether to leave out what imports torch.
        on_step: Called before each step.

    Yields:
        What is found, in order.
    """
    steps: dict[str, Callable[[], Iterator[Finding]]] = {
        "system": _examine_system,
        "Python": packages.examine_python,
        "zerograd": packages.examine_zerograd,
        "commands": packages.examine_commands,
        "packages": packages.examine_requirements,
        "export formats": packages.examine_exports,
        "temporary folder": places.examine_temporary_folder,
        "cache": places.examine_cache,
        "memory": places.examine_memory,
        "imports": imports.examine_imports,
        "/proc": locks.examine_proc,
        "locks": locks.examine_locks,
        "kits": extras.examine_kits,
        "LTI": lambda: extras.examine_lti(platform),
        "assignment": lambda: examine_assignment(assignment),
        "grading": lambda: examine_grading(assignment),
    }
    if is_quick:
        del steps["imports"], steps["grading"]
    found: list[Finding] = []
    for done, (name, step) in enumerate(steps.items()):
        # A grade would fail for the reason that is known already.
        if name == "grading" and worst(found) is State.BROKEN:
            return
        on_step(done, len(steps), name)
        for finding in _carefully(name, step):
            found.append(finding)
            yield finding


def _examine_system() -> Iterator[Finding]:
    from grader.sandbox.host.start_method import VARIABLE, StartMethod, default_start_method

    if reason := why_unsupported():
        yield Finding(name="system", state=State.BROKEN, text=reason)
        return
    try:
        method = default_start_method()
    except UsageError as error:
        yield Finding(
            name="start method",
            state=State.BROKEN,
            text=str(error),
            remedy=f"unset {VARIABLE}, or give it another value",
        )
        return
    texts = {
        StartMethod.FORKSERVER: "forkserver: torch is imported once for all submissions",
        StartMethod.SPAWN: "spawn: torch is imported anew for each process of a submission",
    }
    yield Finding(name="start method", state=State.WELL, text=texts[method])


def _carefully(name: str, step: Callable[[], Iterator[Finding]]) -> Iterator[Finding]:
    """Carry out a step; what it raises is a finding too."""
    try:
        yield from step()
    except ImportError as error:
        package = (error.name or "").partition(".")[0]
        yield Finding(
            name=name,
            state=State.BROKEN,
            text=f"can't be examined: {error}",
            remedy=f"run: {packages.PIP} install --force-reinstall {package or 'zerograd'}",
        )
    except Exception as error:  # noqa: BLE001 - an edge: the other steps still say something
        yield Finding(
            name=name,
            state=State.BROKEN,
            text=f"can't be examined: {type(error).__name__}: {error}",
        )
