"""An assignment: a folder with ``assignment.toml``, checks, a reference and misconceptions.

The built-in lab is such a folder, and so is every assignment that an author adds. All that
zerograd knows of an assignment is in its folder.
"""

import difflib
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from grader.checks.kits import (
    ENDING,
    UnpackedKit,
    find_installed,
    read_kit_bytes,
    unpack_kit,
)
from grader.checks.manual import ManualUnit, read_manual_units
from grader.checks.material import Material, read_material
from grader.checks.misconceptions import Misconception, read_misconceptions
from grader.checks.reference_files import join_files, read_reference
from grader.checks.units import Unit, UnitKind, read_units
from grader.errors import AssignmentError, KitError, UsageError
from grader.report.model import AssignmentInfo, Visibility, function_of

_BUILT_IN = Path(__file__).resolve().parent.parent / "assignments"
SETTINGS_FILE = "assignment.toml"
EXERCISES = "exercises"
_KEYS = (
    "id title version points reference misconceptions limits visibility functions classes values "
    "files grading_files support submission manual"
).split()


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """An assignment as loaded from its folder.

    Attributes:
        info: Its id, title and version, as in reports.
        units: The functions, classes, methods and values of the contract; each comes after its
            helpers, but methods of one class may use one another.
        folder: The folder with its settings and checks.
        reference: The source of the reference; of several files as one program.
        reference_path: The file of the reference, or the folder with its files.
        points: The sum of the points of all checks, and of what a person marks.
        misconceptions: The known wrong ways to write its functions, in the order of the functions.
        limits: Limits that differ from the defaults, by the names of the fields of `Limits`.
        visibility: Who sees a check, by the check's id or by its function's name; the key ``""``
            is for all other checks.
        manual: What a person marks.
        material: What lies beside a submission.
        reference_files: The sources of a reference of several files, by name; else empty.
        kit: Set if this is a student's kit, which has no reference and no program of a
            misconception.
    """

    info: AssignmentInfo
    units: tuple[Unit, ...]
    folder: Path
    reference: str
    reference_path: Path
    points: float
    misconceptions: tuple[Misconception, ...] = ()
    limits: Mapping[str, object] = field(default_factory=dict)
    visibility: Mapping[str, Visibility] = field(default_factory=dict)
    manual: tuple[ManualUnit, ...] = ()
    material: Material = field(default_factory=Material)
    reference_files: Mapping[str, str] = field(default_factory=dict)
    kit: UnpackedKit | None = None

    @property
    def later(self) -> Mapping[str, float]:
        """The points of each unit that are judged later, since a kit has no checks for them."""
        return {} if self.kit is None else self.kit.manifest.later

    def is_judged_later(self, name: str) -> bool:
        """Return whether a unit, or a method of a class, has points that are judged later."""
        return any(one == name or one.startswith(f"{name}.") for one in self.later)

    @property
    def files(self) -> tuple[str, ...]:
        """The names of the data files that lie beside a submission; in the exercise, these."""
        return self.material.files

    @property
    def support(self) -> tuple[str, ...]:
        """The modules and packages, in the assignment's folder, that a submission can import."""
        return self.material.support

    @property
    def submission(self) -> tuple[str, ...]:
        """The names of the files of which a hand-in consists; empty if it is one of any name."""
        return self.material.submission

    def beside(self, name: str) -> Path:
        """Return where a file or folder of the author's own is, or would be.

        It is in the assignment's folder; the built-in lab keeps what shows solutions elsewhere.
        """
        return _beside(self.folder, name)

    def unit(self, name: str) -> Unit:
        """Return the unit of that name.

        Raises:
            KeyError: The contract has no such unit.
        """
        for unit in self.units:
            if unit.name == name:
                return unit
        raise KeyError(name)

    @property
    def parameters(self) -> dict[str, tuple[str, ...]]:
        """The parameters of each unit, in the order of the contract."""
        return {unit.name: unit.parameters for unit in self.units}

    @property
    def top_level(self) -> dict[str, tuple[str, ...]]:
        """The parameters of each unit that is a global of a submission, in order."""
        return {unit.name: unit.parameters for unit in self.units if not unit.owner}

    def names_of(self, kind: UnitKind) -> tuple[str, ...]:
        """Return the names of the units of one kind, in order."""
        return tuple(unit.name for unit in self.units if unit.kind is kind)

    @property
    def label(self) -> str:
        """Its name within a sentence: ``lab 4`` for the title ``Lab 4: gradient descent``."""
        return self.info.title.partition(":")[0].lower()

    def misconceptions_of(self, name: str) -> tuple[Misconception, ...]:
        """Return the misconceptions of one function."""
        return tuple(one for one in self.misconceptions if one.function == name)

    def visibility_of(self, check_id: str) -> Visibility:
        """Return who sees a check: by its own setting, its function's, or the assignment's."""
        for key in (check_id, function_of(check_id), ""):
            if key in self.visibility:
                return self.visibility[key]
        return Visibility.VISIBLE


def load_assignment(where: str | Path = "lab4") -> Assignment:
    """Load an assignment: a built-in one by its name, any other by its folder, or a student's kit.

    A kit is given by its file, or by its id if it is installed.

    Raises:
        AssignmentError: The assignment doesn't exist, or a part of it is missing or invalid.
        KitError: The kit can't be used.
    """
    folder = _find(where)
    if folder.is_file():
        return _load_kit(folder)
    path = folder / SETTINGS_FILE
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
        _expect_known_keys(content)
        units = read_units(content)
        reference = _beside(folder, content["reference"])
        misconceptions = _beside(folder, content.get("misconceptions", "misconceptions"))
        names = [unit.name for unit in units]
        material = read_material(content, folder, secret=(reference, misconceptions))
        sources = read_reference(reference, material.submission)
        return Assignment(
            info=AssignmentInfo(
                id=content["id"], title=content["title"], version=str(content["version"])
            ),
            units=units,
            folder=folder,
            reference=join_files(sources),
            reference_path=reference,
            reference_files=sources if len(sources) > 1 else {},
            points=float(content["points"]),
            misconceptions=read_misconceptions(misconceptions, names),
            limits=dict(content.get("limits", {})),
            visibility=_visibility(content.get("visibility", {}), names),
            manual=read_manual_units(content, names),
            material=material,
        )
    except KeyError as error:
        raise AssignmentError(folder, f"{SETTINGS_FILE} has no {error}") from error
    except FileNotFoundError as error:
        raise AssignmentError(folder, f"there is no {error.filename}") from error
    except (OSError, TypeError, ValueError, AttributeError, SyntaxError) as error:
        raise AssignmentError(folder, _describe(error)) from error


def expect_whole(assignment: Assignment) -> Assignment:
    """Return an assignment that has all of its parts.

    Raises:
        UsageError: It is a student's kit.
    """
    if assignment.kit is None:
        return assignment
    name = assignment.info.id
    raise UsageError(
        f"{name} is here as a student's kit, for self-checks: without its reference and all of "
        "its checks nothing else can be done with it"
        + ("; install zerograd-lab4, or a checkout, to get them" if name == "lab4" else "")
    )


def _find(where: str | Path) -> Path:
    """Return the folder of an assignment, or the file of a kit."""
    name = str(where)
    path = Path(where).resolve()
    return _find_built_in(name) or (path if path.exists() else find_installed(name) or path)


def find_named(name: str) -> Path | None:
    """Return where the assignment with an id is: a built-in one or an installed kit.

    Folders and files of that name, wherever they are, are none of these.
    """
    return _find_built_in(name) or find_installed(name)


def built_in_names() -> list[str]:
    """Return the names of the built-in assignments that are here whole."""
    return sorted(one.name for one in _BUILT_IN.iterdir() if (one / SETTINGS_FILE).exists())


def _find_built_in(name: str) -> Path | None:
    # By its name alone: "." is a folder of the caller, not that of the built-in assignments.
    built_in = {path.name for path in _BUILT_IN.iterdir()}
    if name in built_in and (_BUILT_IN / name / SETTINGS_FILE).exists():
        return _BUILT_IN / name
    return _BUILT_IN / f"{name}{ENDING}" if f"{name}{ENDING}" in built_in else None


def _load_kit(path: Path) -> Assignment:
    try:
        kit = unpack_kit(read_kit_bytes(path))
        return _from_kit(kit)
    except KitError as error:
        raise KitError(f"the kit {path} can't be used: {error}") from error
    except KeyError as error:
        raise KitError(f"the kit {path} can't be used: its contract has no {error}") from error
    except (OSError, TypeError, ValueError, AttributeError) as error:
        raise KitError(f"the kit {path} can't be used: {_describe(error)}") from error


def _from_kit(kit: UnpackedKit) -> Assignment:
    content = kit.manifest.contract
    units = read_units(content)
    names = [unit.name for unit in units]
    limits = content.get("limits", {})
    if not isinstance(limits, dict):
        raise TypeError("limits is not a table")
    return Assignment(
        info=_info(content),
        units=units,
        folder=kit.folder,
        reference="",
        reference_path=kit.folder / f"{kit.manifest.stem}.py",
        points=_points(content),
        misconceptions=tuple(one.without_program() for one in kit.manifest.misconceptions),
        limits=limits,
        manual=read_manual_units(content, names),
        material=read_material(content, kit.folder / EXERCISES, secret=()),
        kit=kit,
    )


def _info(content: Mapping[str, object]) -> AssignmentInfo:
    return AssignmentInfo(
        id=str(content["id"]), title=str(content["title"]), version=str(content["version"])
    )


def _points(content: Mapping[str, object]) -> float:
    return float(content["points"])  # type: ignore[arg-type] # what can't be converted is reported


def _expect_known_keys(content: Mapping[str, object]) -> None:
    for key in content:
        if key not in _KEYS:
            near = difflib.get_close_matches(key, _KEYS, n=1)
            what = f"did you mean {near[0]}?" if near else f"known are {', '.join(_KEYS)}"
            raise ValueError(f"{SETTINGS_FILE} has the unknown key {key}; {what}")


def _describe(error: Exception) -> str:
    """Return what is wrong with an assignment, without the names of Python's exceptions."""
    match error:
        case SyntaxError():
            name = Path(error.filename or "a file").name
            return f"{name}, line {error.lineno} is not valid Python: {error.msg}"
        case OSError():
            return f"can't read {error.filename}: {error.strerror}"
        case UnicodeDecodeError():
            return f"a file of it is not UTF-8, from byte {error.start} on"
        case tomllib.TOMLDecodeError():
            return f"{SETTINGS_FILE} is not TOML: {error}"
        case TypeError() | AttributeError():
            return f"a setting in {SETTINGS_FILE} has the wrong kind of value: {error}"
        case _:
            return str(error)


def _visibility(content: Mapping[str, str], functions: Sequence[str]) -> dict[str, Visibility]:
    for key in content:
        if key != "default" and function_of(key) not in functions:
            message = f"visibility is set for {key}, but there is no such unit"
            raise ValueError(message)
    known = {one.value: one for one in Visibility}
    for key, value in content.items():
        if value not in known:
            message = f"the visibility of {key} has to be {', '.join(known)}, not {value}"
            raise ValueError(message)
    return {"" if key == "default" else key: known[value] for key, value in content.items()}


def _beside(folder: Path, name: str) -> Path:
    # In a wheel the lab's reference is inside the assignment's folder, in a checkout at the root.
    for place in (folder / name, folder / "reference" / name):
        if place.exists():
            return place
    at_root = folder.parents[2] / "reference" / name
    return at_root if folder.parent == _BUILT_IN and at_root.exists() else folder / name
