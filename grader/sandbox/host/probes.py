"""Finds out what this machine can do, each time in a process of its own.

`grader doctor` asks what may crash, hang or take long: an import of torch, above all. Nothing here
runs code of a submission.
"""

import signal
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from grader.bootstrap import python_command
from grader.observations.messages import Ready
from grader.sandbox.host.home import Home

_LOCKS_DEADLINE_S = 30.0
_IMPORT_DEADLINE_S = 300.0
_MAX_TEXT = 2000

# Prints a line before and after each import, so that the one that ends the process is known.
_IMPORT = """
import importlib, json, time
def say(**facts): print(json.dumps(facts), flush=True)
for name in sys.argv[2:]:
    say(begins=name)
    started = time.monotonic()
    try:
        module = importlib.import_module(name)
    except BaseException as error:
        say(name=name, error=str(error), kind=type(error).__name__)
        continue
    seconds = time.monotonic() - started
    cuda = None
    if name == "torch" and module.version.cuda:
        cuda = bool(module.cuda.is_available())
    say(name=name, version=str(getattr(module, "__version__", "")), cuda=cuda,
        seconds=seconds)
import os
os._exit(0)
"""


class Imported(msgspec.Struct, frozen=True, kw_only=True):
    """What came of the import of a package.

    Attributes:
        name: The package.
        version: Its version, if it could be imported.
        error: Why it could not be imported; empty if it could.
        kind: The name of the exception, or SIGNAL for a crash, or TIMEOUT.
        seconds: How long it took.
        cuda: Of torch, whether it finds a GPU; None if it is not built for that.
        begins: The package whose import begins; the other fields are empty then.
    """

    name: str = ""
    version: str = ""
    error: str = ""
    kind: str = ""
    seconds: float = 0.0
    cuda: bool | None = None
    begins: str = ""


@dataclass(frozen=True, slots=True)
class _Ended:
    """How a program ended: its exit status, None if it took too long, and what it printed."""

    status: int | None
    output: bytes
    errors: str


def which_locks_hold() -> Ready | str:
    """Return which locks a process gets here, or why that can't be found out."""
    with tempfile.TemporaryDirectory(prefix="zerograd-") as scratch:
        program = "from grader.sandbox.guest.try_locks import main; main(sys.argv[2])"
        ended = _run(program, scratch, deadline_s=_LOCKS_DEADLINE_S)
    try:
        return msgspec.json.decode(ended.output, type=Ready)
    except msgspec.MsgspecError:
        return _describe_end(ended)


def try_imports(names: Sequence[str]) -> dict[str, Imported]:
    """Import packages as the forkserver does: with its environment, one after the other.

    Args:
        names: The packages.

    Returns:
        What came of each.
    """
    ended = _run(_IMPORT, *names, deadline_s=_IMPORT_DEADLINE_S)
    found: dict[str, Imported] = {}
    current = names[0]
    for line in ended.output.splitlines():
        try:
            one = msgspec.json.decode(line, type=Imported)
        except msgspec.MsgspecError:  # a package has printed it
            continue
        current = one.begins or current
        if one.name:
            found[one.name] = one
    if missing := [name for name in names if name not in found]:
        kind = "TIMEOUT" if ended.status is None else "SIGNAL"
        reason = _describe_end(ended)
        found[current] = Imported(name=current, error=reason, kind=kind)
        # Those after the one that ended the process.
        later = [name for name in missing if name != current]
        if later:
            found.update(try_imports(later))
    return found


def _run(program: str, *arguments: str, deadline_s: float) -> _Ended:
    with tempfile.TemporaryDirectory(prefix="zerograd-") as home:
        try:
            done = subprocess.run(
                python_command(program, *arguments),
                env=Home(Path(home), font_cache=Path(home)).environment(),
                cwd=home,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=deadline_s,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            return _Ended(None, error.stdout or b"", "")
    return _Ended(done.returncode, done.stdout, done.stderr.decode(errors="replace"))


def _describe_end(ended: _Ended) -> str:
    """Say how a program ended that did not say it itself."""
    if ended.status is None:
        return "it did not end in time"
    if ended.status < 0:
        try:
            name = signal.Signals(-ended.status).name
        except ValueError:
            name = f"signal {-ended.status}"
        return f"it was killed by {name}"
    last = ended.errors.strip().rpartition("\n")[2][-_MAX_TEXT:]
    return last or f"it ended with status {ended.status}"
