"""Proves a kit: the reference gets full marks with it, also with other versions of torch."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from grader.bootstrap import python_command
from grader.checks.assignment import Assignment, load_assignment
from grader.errors import UsageError
from grader.pipeline import Grader
from grader.report.model import Report, Status
from grader.submission.hand_in import HandedIn, pack

_PROGRAM = "from grader.bundles.kit_proof import main; main()"
_PATIENCE_S = 600


def prove_kit(
    data: bytes, assignment: Assignment, seeds: Sequence[int], *, pythons: Iterable[str] = ()
) -> tuple[str, ...]:
    """Grade the reference with a kit, once for each seed.

    Args:
        data: The kit.
        assignment: The assignment that it was made of.
        seeds: The seeds of the kit.
        pythons: Python programs of other environments in which that is done as well. They need the
            libraries that zerograd needs, but no zerograd.

    Returns:
        The versions of torch with which it was done.

    Raises:
        UsageError: The reference loses points, or a program can't be run.
    """
    files = assignment.reference_files
    packed = pack([HandedIn(one, one, text.encode()) for one, text in files.items()])
    submission = packed if files else assignment.reference.encode()
    with tempfile.TemporaryDirectory(prefix="zerograd-proof-") as place:
        kit, file = Path(place) / "kit.zip", Path(place) / "submission.py"
        kit.write_bytes(data)
        file.write_bytes(submission)
        versions = [
            _prove(kit, file, seeds),
            *(_prove_with(python, kit, file, seeds) for python in pythons),
        ]
    return tuple(dict.fromkeys(versions))


def _prove(kit: Path, file: Path, seeds: Sequence[int]) -> str:
    version = ""
    with Grader(load_assignment(kit)) as grader:
        for seed in seeds:
            report = grader.grade_data(file.read_bytes(), name=file.name, seed=seed)
            version = report.environment.get("torch", "")
            problem = next(_problems(report), None)
            if problem is not None:
                raise UsageError(
                    f"with torch {version} and the seed {seed}, the reference loses points in its "
                    f"own kit: {problem}"
                )
    return version


def _problems(report: Report) -> Iterator[str]:
    if report.error:
        yield report.error
    for function in report.functions:
        for check in function.checks:
            if check.status is not Status.PASSED:
                yield f"{check.id}: {check.message}"
    if not report.functions:
        yield "nothing was judged"


def _prove_with(python: str, kit: Path, file: Path, seeds: Sequence[int]) -> str:
    command = python_command(_PROGRAM, str(kit), str(file), *map(str, seeds), python=python)
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=_PATIENCE_S,
            check=False,
        )
    except OSError as error:
        raise UsageError(f"can't run {python}: {error.strerror}") from error
    except subprocess.TimeoutExpired as error:
        raise UsageError(f"{python} did not prove the kit in {_PATIENCE_S} s") from error
    try:
        reply = json.loads(done.stdout)
    except ValueError as error:
        said = (done.stderr.strip().splitlines() or ["it printed nothing"])[-1]
        raise UsageError(f"{python} could not prove the kit: {said}") from error
    if reply["problem"]:
        raise UsageError(f"{python}: {reply['problem']}")
    return str(reply["torch"])


def main() -> None:
    """Prove a kit in this environment, and print what came of it as JSON."""
    kit, file, *seeds = sys.argv[2:]
    try:
        reply = {"torch": _prove(Path(kit), Path(file), [int(one) for one in seeds]), "problem": ""}
    except UsageError as error:
        reply = {"torch": "", "problem": str(error)}
    sys.stdout.write(json.dumps(reply))
