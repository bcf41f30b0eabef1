"""What a machine of a cluster needs to grade: the settings, and the assignment as bytes.

The same zerograd has to be there already: what grades is never sent.
"""

import hashlib
import io
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from grader.checks.assignment import Assignment
from grader.errors import UsageError
from grader.oracle.digests import describe_machine, digest_engine, list_files
from grader.oracle.store import cache_folder
from grader.pool.cluster_messages import decode_message, encode_message
from grader.pool.messages import PoolSettings
from grader.system.names import is_portable

# The time of every member, so that the same files are the same bytes: the first that a zip can say.
_EPOCH = (1980, 1, 1, 0, 0, 0)


class Shipment(msgspec.Struct, frozen=True, kw_only=True):
    """How to grade, and with what; the files of the assignment follow in a zip.

    The settings are without paths, which are other ones there; ``has_recordings`` says whether
    recordings are kept. ``digest`` is the SHA-256 of the zip. ``engine`` and ``machine`` say which
    zerograd has sent it, and what it runs on.
    """

    settings: PoolSettings
    has_recordings: bool
    digest: bytes
    engine: bytes
    machine: dict[str, str]


def pack_settings(settings: PoolSettings, archive: bytes) -> bytes:
    """Return the frame that says how to grade.

    Args:
        settings: How submissions are graded.
        archive: The files of the assignment, as `pack_assignment` returns them.
    """
    return encode_message(
        Shipment(
            settings=msgspec.structs.replace(settings, assignment="", recordings=""),
            has_recordings=bool(settings.recordings),
            digest=hashlib.sha256(archive).digest(),
            engine=digest_engine(),
            machine=describe_machine(),
        )
    )


def read_settings(frame: bytes) -> Shipment:
    """Read what `pack_settings` has written.

    Raises:
        FrameError: It is something else.
    """
    return decode_message(frame, Shipment)


def settings_at(shipment: Shipment, folder: Path) -> PoolSettings:
    """Return how to grade on this machine, with the assignment in a folder."""
    return msgspec.structs.replace(
        shipment.settings,
        assignment=str(folder),
        recordings=str(cache_folder()) if shipment.has_recordings else "",
    )


def expect_same_engine(shipment: Shipment) -> None:
    """Require that this zerograd, and what it runs on, are those of the sender.

    Otherwise the same submission could get another report here.

    Raises:
        UsageError: They differ; the message says where.
    """
    remedy = "install the same everywhere, best from one image"
    if shipment.engine != digest_engine():
        raise UsageError(f"another version of zerograd is installed there; {remedy}")
    here = describe_machine()
    differing = [
        f"{name} {here.get(name, 'none')} instead of {what}"
        for name, what in shipment.machine.items()
        if here.get(name) != what
    ]
    if differing:
        raise UsageError(f"there is {', '.join(differing)}; {remedy}")


def pack_assignment(assignment: Assignment, *, without: Iterable[Path] = ()) -> bytes:
    """Return a zip with all files of an assignment.

    Args:
        assignment: The assignment.
        without: Folders and files that are not part of it, even inside its folder.

    Raises:
        UsageError: It is a student's kit, or a part of it is not in its folder or can't be read.
    """
    if assignment.kit is not None:
        raise UsageError("a student's kit can't be graded with on a cluster")
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, path in _members(assignment, tuple(without)):
            if not _is_portable(name):
                raise UsageError(f"{path} has a name that not every system can have")
            member = zipfile.ZipInfo(name, _EPOCH)
            member.compress_type = zipfile.ZIP_DEFLATED
            try:
                archive.writestr(member, path.read_bytes())
            except OSError as error:
                raise UsageError(f"can't read {path}: {error.strerror}") from error
    return buffer.getvalue()


def _members(assignment: Assignment, without: tuple[Path, ...]) -> Iterator[tuple[str, Path]]:
    folder = assignment.folder
    for path in list_files(folder, without=without):
        yield path.relative_to(folder).as_posix(), path
    # The built-in lab keeps what shows solutions elsewhere; it is looked for in this folder too.
    misconceptions = {one.path for one in assignment.misconceptions}
    for path in (assignment.reference_path, *sorted(misconceptions)):
        if path.is_relative_to(folder):
            continue
        root = _reference_folder(assignment, path)
        for file in list_files(path) if path.is_dir() else (path,):
            yield f"reference/{file.relative_to(root).as_posix()}", file


def _reference_folder(assignment: Assignment, path: Path) -> Path:
    """Return the folder ``reference`` of the built-in assignments, in which a path has to be."""
    for parent in path.parents:
        if (
            parent.name == "reference"
            and assignment.beside(path.relative_to(parent).as_posix()) == path
        ):
            return parent
    raise UsageError(
        f"{path} is not in the folder of the assignment, so it can't be sent to a cluster"
    )


def unpack_assignment(archive: bytes, digest: bytes, folder: Path) -> None:
    """Write the files of an assignment to a folder.

    Raises:
        UsageError: The bytes are not those that were sent.
    """
    if hashlib.sha256(archive).digest() != digest:
        raise UsageError("the assignment has not arrived as it was sent")
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        for name in opened.namelist():
            if not _is_portable(name):
                raise UsageError(f"{name!a} can't be the name of a file")
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            path.write_bytes(opened.read(name))


def _is_portable(name: str) -> bool:
    return name.isprintable() and all(map(is_portable, name.split("/")))
