"""Makes a student's kit: what is needed to check one's own work, without the solutions.

A kit holds the exercise, the visible checks, and what is right for a few seeds of its own. There is
no reference in it, no hidden check and no program of a misconception. What it can't judge is listed
with its points, as judged later.
"""

import dataclasses
import json
import tempfile
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

import grader
from grader.authoring.record import record
from grader.authoring.release import release_assignment
from grader.bundles.kit_answers import kit_known, without_source
from grader.bundles.kit_proof import prove_kit
from grader.bundles.visible_checks import cut_checks
from grader.checks.assignment import EXERCISES, SETTINGS_FILE, Assignment
from grader.checks.check import Check
from grader.checks.kit_file import MAX_KIT_BYTES, KitManifest, write_kit
from grader.checks.kits import is_id, recording_name
from grader.checks.material import read_material
from grader.checks.runner import CheckRunner
from grader.checks.units import UnitKind
from grader.errors import UsageError
from grader.oracle.digests import digest_engine
from grader.oracle.recording import write_recording
from grader.report.model import Visibility
from grader.report.score import exact_sum
from grader.seeds import Seeds

# Settings that students don't get, or that mean nothing without what they don't get.
_OF_THE_AUTHOR = ("reference", "misconceptions", "visibility", "grading_files")

OnProgress = Callable[[int, int, str], None]


def _ignore(_done: int, _total: int, _name: str) -> None:
    pass


@dataclass(frozen=True, slots=True)
class MadeKit:
    """A kit that was made.

    Attributes:
        data: The content of its file.
        checks: The number of its checks.
        points: What they are worth.
        later: The points of each unit that are judged later.
        misconceptions: The number of misconceptions that it can name.
        torch: The versions of torch with which it was proved.
    """

    data: bytes
    checks: int
    points: float
    later: Mapping[str, float]
    misconceptions: int
    torch: tuple[str, ...]


def make_kit(
    assignment: Assignment,
    *,
    seeds: int = 3,
    jobs: int = 1,
    pythons: Iterable[str] = (),
    on_progress: OnProgress = _ignore,
) -> MadeKit:
    """Make a kit, and prove that its own reference gets full marks with it.

    Args:
        assignment: The assignment.
        seeds: How many seeds are recorded.
        jobs: How many parts are recorded at the same time.
        pythons: Python programs of other environments, with other versions of torch, with which the
            kit is proved too.
        on_progress: Called before each part that is recorded.

    Raises:
        InternalError: The reference can't be loaded, or fails a check.
        SyntaxError: A file of the assignment is not Python.
        UsageError: The assignment can't be made a kit, or the kit can't be proved.
    """
    with CheckRunner(assignment.folder) as runner:
        checks = list(runner.checks)
    visible = [check for check in checks if _is_in_kit(check, assignment)]
    if not visible:
        raise UsageError(
            f"no check of {assignment.info.id} can be in a kit: all of them are hidden, or about "
            "values, which are the solution themselves"
        )
    later = _later(assignment, checks, visible)
    with tempfile.TemporaryDirectory(prefix="zerograd-kit-") as place:
        folder = Path(place).resolve()
        release_assignment(assignment, folder / EXERCISES)
        for name, text in _cut_checks(assignment, checks, visible).items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="\n")
        _name_in_notebooks(folder / EXERCISES, assignment.info.id)
        files = {
            path.relative_to(folder).as_posix(): path.read_bytes()
            for path in sorted(folder.rglob("*"))
            if path.is_file()
        }
        contract = _contract(assignment)
        whole = dataclasses.replace(
            assignment,
            folder=folder,
            visibility={},
            material=read_material(contract, folder / EXERCISES, secret=()),
            misconceptions=tuple(
                one
                for one in assignment.misconceptions
                if any(check.function == one.function for check in visible)
            ),
        )
        wanted = Seeds().for_kit(assignment.info, seeds)
        recordings = record(whole, wanted, jobs=jobs, on_progress=on_progress)
        with CheckRunner(folder) as runner:
            left = list(runner.checks)
    _expect_same(visible, left)
    named, known = kit_known(whole, left, list(recordings.values()))
    for seed, recording in recordings.items():
        cut = msgspec.structs.replace(recording, key="kit", known=known[seed])
        files[recording_name(seed)] = write_recording(without_source(cut))
    manifest = KitManifest(
        made_by=grader.__version__,
        engine=digest_engine().hex(),
        contract=contract,
        stem=_stem(assignment),
        later=later,
        seeds=tuple(sorted(recordings)),
        misconceptions=named,
    )
    torch = prove_kit(write_kit(manifest, files), assignment, manifest.seeds, pythons=pythons)
    data = write_kit(msgspec.structs.replace(manifest, torch=torch), files)
    if len(data) > MAX_KIT_BYTES:
        raise UsageError(
            f"the kit has {len(data) // 2**20} MiB, more than the {MAX_KIT_BYTES // 2**20} that "
            "are allowed: try fewer seeds, or smaller files"
        )
    return MadeKit(
        data=data,
        checks=len(left),
        points=exact_sum(check.points for check in left),
        later=later,
        misconceptions=len({one.id for one in named}),
        torch=torch,
    )


def _name_in_notebooks(exercises: Path, name: str) -> None:
    """Write the id of the assignment into notebooks, so that they find their kit."""
    for path in exercises.glob("*.ipynb") if is_id(name) else ():
        notebook = json.loads(path.read_text(encoding="utf-8"))
        notebook["metadata"]["zerograd"] = {"assignment": name}
        text = json.dumps(notebook, indent=1, sort_keys=True, ensure_ascii=False)
        path.write_text(text + "\n", encoding="utf-8", newline="\n")


def _is_in_kit(check: Check, assignment: Assignment) -> bool:
    """Return whether a check is visible, and about something that is not the solution itself."""
    is_value = assignment.unit(check.function).kind is UnitKind.VALUE
    return not is_value and assignment.visibility_of(check.id) is Visibility.VISIBLE


def _later(
    assignment: Assignment, checks: Iterable[Check], visible: Sequence[Check]
) -> dict[str, float]:
    """Return the points of each unit that are judged later, in the order of the contract."""
    kept = {check.id for check in visible}
    points = {
        unit.name: exact_sum(
            check.points for check in checks if check.function == unit.name and check.id not in kept
        )
        for unit in assignment.units
    }
    return {name: one for name, one in points.items() if one}


def _cut_checks(
    assignment: Assignment, checks: Iterable[Check], visible: Sequence[Check]
) -> dict[str, str]:
    """Return the files of checks with the visible ones only, by path.

    Raises:
        UsageError: Visible checks and others can't be parted.
    """
    folder = assignment.folder
    paths = {path.relative_to(folder).as_posix(): path for path in _files_of_checks(folder)}
    kept = {check.id for check in visible}
    shown: dict[str, set[str]] = {name: set() for name in paths}
    unseen: dict[str, set[str]] = {name: set() for name in paths}
    for check in checks:
        name = Path(check.file).relative_to(folder).as_posix()
        (shown if check.id in kept else unseen)[name].add(check.defined_as)
    for name in paths:
        for both in sorted(shown[name] & unseen[name]):
            raise UsageError(
                f"{both} in {name} makes visible checks and others: make two functions of it"
            )
    sources = {name: path.read_text(encoding="utf-8") for name, path in paths.items()}
    return cut_checks(sources, shown, [name for name in paths if unseen[name]])


def _files_of_checks(folder: Path) -> list[Path]:
    found = [*folder.rglob("check_*.py"), *folder.rglob("conftest.py")]
    return sorted(path for path in found if EXERCISES not in path.relative_to(folder).parts)


def _contract(assignment: Assignment) -> dict[str, object]:
    """Return the settings of an assignment without those that are of the author's side."""
    text = (assignment.folder / SETTINGS_FILE).read_text(encoding="utf-8")
    content = tomllib.loads(text)
    files = list(assignment.files)
    listed = {**content, "files": files} if files else content  # no folder: the files in it
    return {key: value for key, value in listed.items() if key not in _OF_THE_AUTHOR}


def _stem(assignment: Assignment) -> str:
    stem = assignment.reference_path.stem
    return assignment.info.id if stem == "reference" else stem


def _expect_same(visible: Iterable[Check], left: Iterable[Check]) -> None:
    """Require that the checks of the kit are the visible ones.

    Raises:
        UsageError: They aren't.
    """
    wanted = {(check.id, check.title, check.points) for check in visible}
    found = {(check.id, check.title, check.points) for check in left}
    if wanted != found:
        names = ", ".join(sorted({one[0] for one in wanted ^ found}))
        raise UsageError(f"without the checks that are not visible, others change: {names}")
