"""Make a wheel of the running zerograd, wherever it was installed from.

A bundle has to hold the very version that made it, so the wheel is written here, without a build
tool or a network. The format is PyPA's "Binary distribution format".
"""

import base64
import hashlib
import io
import re
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from importlib import metadata
from pathlib import Path

import grader
from grader.checks.assignment import Assignment, load_assignment
from grader.errors import UsageError

_NAME = "zerograd"
_TAG = "py3-none-any"
LICENSE_FILE = "licenses/LICENSE"
_TIME = (1980, 1, 1, 0, 0, 0)
_MODE = 0o644
_ASSIGNMENTS = "grader/assignments"
BUILT_IN = f"{_ASSIGNMENTS}/lab4"


def make_wheel(assignment: Assignment) -> tuple[str, bytes, str]:
    """Make the wheel, in which the assignment is built in.

    Args:
        assignment: The assignment. Unless it is built in already, all of it must be in its folder.

    Returns:
        The file name of the wheel, its bytes, and the name of the assignment in it.

    Raises:
        UsageError: If parts of the assignment are outside its folder.
    """
    assignment_name, files = _add_assignment(dict(package_files()), assignment)
    name, wheel = pack_wheel(_NAME, files, own_metadata())
    return name, wheel, assignment_name


def pack_wheel(
    name: str, files: Mapping[str, bytes], texts: Mapping[str, str]
) -> tuple[str, bytes]:
    """Pack a wheel with the version of the running zerograd.

    Args:
        name: The name of the distribution.
        files: What is installed, by path.
        texts: The files of its metadata, at least ``METADATA``, by name.

    Returns:
        The file name of the wheel, and its bytes.
    """
    stem = f"{name.replace('-', '_')}-{grader.__version__}"
    info = f"{stem}.dist-info"
    wheel = f"Wheel-Version: 1.0\nGenerator: {_NAME}\nRoot-Is-Purelib: true\nTag: {_TAG}\n"
    described = {**texts, "WHEEL": wheel}
    packed = {
        **files,
        **{f"{info}/{one}": text.encode() for one, text in described.items() if text},
    }
    record = [f"{one},sha256={_digest(content)},{len(content)}" for one, content in packed.items()]
    packed[f"{info}/RECORD"] = "\n".join([*record, f"{info}/RECORD,,", ""]).encode()
    content = zip_files((one, content, _MODE) for one, content in packed.items())
    return f"{stem}-{_TAG}.whl", content


def zip_files(files: Iterable[tuple[str, bytes, int]]) -> bytes:
    """Zip files, given as name, content and mode; the same files make the same bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content, mode in files:
            entry = zipfile.ZipInfo(name, _TIME)
            entry.external_attr = mode << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    return buffer.getvalue()


def _add_assignment(
    files: dict[str, bytes], assignment: Assignment
) -> tuple[str, dict[str, bytes]]:
    folder = assignment.folder
    if folder.parent == Path(grader.__file__).parent / "assignments":
        return folder.name, files
    own_files = dict(_files_below(folder, ""))
    _require_self_contained(own_files, assignment)
    assignment_name = re.sub(r"[^A-Za-z0-9_]+", "_", folder.name).strip("_") or "assignment"
    while any(name.startswith(f"{_ASSIGNMENTS}/{assignment_name}/") for name in files):
        assignment_name += "_own"
    moved = {
        f"{_ASSIGNMENTS}/{assignment_name}{name}": content for name, content in own_files.items()
    }
    return assignment_name, {**files, **moved}


def _require_self_contained(files: dict[str, bytes], assignment: Assignment) -> None:
    """Require that an assignment loads the same from a copy of these files alone."""
    with tempfile.TemporaryDirectory() as place:
        for name, content in files.items():
            path = Path(f"{place}/assignment{name}")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        try:
            moved = load_assignment(Path(place) / "assignment")
        except UsageError:
            moved = None
    if moved is None or _sources(moved) != _sources(assignment):
        raise UsageError(
            f"parts of the assignment in {assignment.folder} are outside that folder, so it can't "
            "be bundled; move them into it"
        )


def package_files() -> Iterator[tuple[str, bytes]]:
    """Yield the files of this zerograd with the built-in lab, as they are installed."""
    package = Path(grader.__file__).parent
    yield from _files_below(package, "grader")
    # In a checkout, the reference and the exercises of the built-in lab are at the root.
    for name in ("reference", "exercises"):
        folder = package.parent / name
        if not (package / "assignments" / "lab4" / name).exists() and folder.is_dir():
            yield from _files_below(folder, f"{BUILT_IN}/{name}")


def _sources(assignment: Assignment) -> list[str]:
    return [assignment.reference, *(one.source for one in assignment.misconceptions)]


def _files_below(folder: Path, prefix: str) -> Iterator[tuple[str, bytes]]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            yield f"{prefix}/{path.relative_to(folder).as_posix()}", path.read_bytes()


def own_metadata() -> dict[str, str]:
    """Return the files of the metadata of this zerograd as it is installed, by name."""
    installed = metadata.distribution(_NAME)
    names = ("METADATA", "entry_points.txt", LICENSE_FILE)
    return {name: installed.read_text(name) or "" for name in names}


def _digest(content: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(content).digest()).decode().rstrip("=")
