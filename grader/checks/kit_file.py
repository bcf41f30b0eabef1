"""The file of a student's kit: a zip that is read only if it is whole, and as it was made.

A kit holds checks, which are Python that runs in the trusted process. So nothing in it is used
before all of it was checked: the whole file by a digest at its end, and each member by its own in
the manifest. That finds what was damaged, cut or changed on the way. It says nothing about who made
a kit: whoever grades with one has chosen to trust it, and no submission can choose it.
"""

import hashlib
import io
import re
import stat
import zipfile
import zlib
from collections.abc import Iterable, Mapping
from pathlib import Path

import msgspec

from grader.checks.misconceptions import Misconception
from grader.errors import KitError
from grader.system.names import is_portable

FORMAT = 1
MANIFEST = "kit.json"

# A kit of the built-in lab has 2 MB; recordings of an assignment with data files are larger.
MAX_KIT_BYTES = 64 * 1024 * 1024
_MAX_MEMBERS = 2000
_MAX_MEMBER_BYTES = 256 * 1024 * 1024
_MAX_MANIFEST_BYTES = 4 * 1024 * 1024
_MAX_NAME = 300
_DIGEST_CHARACTERS = 64
_TIME = (1980, 1, 1, 0, 0, 0)
_MODE = stat.S_IFREG | 0o644
_NEWER = "it was made by zerograd {}, which is newer than this one: update zerograd"


class KitMisconception(msgspec.Struct, frozen=True, kw_only=True):
    """What a kit says of a misconception: nothing of its program, which has only a number.

    ``name`` is the key of its recorded answers.
    """

    name: str
    id: str
    unit: str
    title: str
    hint: str
    section: str = ""

    def without_program(self) -> Misconception:
        """Return it as a misconception, of which nothing but the recorded answers is known."""
        return Misconception(
            id=self.id,
            function=self.unit,
            name=self.name,
            title=self.title,
            hint=self.hint,
            section=self.section,
            source="",
            path=Path(MANIFEST),
            line=0,
        )


class KitManifest(msgspec.Struct, frozen=True, kw_only=True):
    """What a kit says about itself.

    Attributes:
        format: The number of the format.
        made_by: The version of zerograd that made it.
        engine: The digest of that zerograd's own files.
        contract: The settings of the assignment, as in ``assignment.toml``, without what is of the
            author's side.
        stem: The name of a submission, without its ending.
        torch: The versions of torch with which the reference gets full marks.
        later: The points of each unit that are judged later.
        seeds: The seeds that are recorded.
        misconceptions: The misconceptions that the kit can name.
        members: The SHA-256 of each other member, in hexadecimal, by its name.
    """

    format: int = FORMAT
    made_by: str
    engine: str
    contract: dict[str, object]
    stem: str
    torch: tuple[str, ...] = ()
    later: dict[str, float] = {}
    seeds: tuple[int, ...]
    misconceptions: tuple[KitMisconception, ...] = ()
    members: dict[str, str] = {}


class _Head(msgspec.Struct):
    """The part of a manifest that every format has."""

    format: int
    made_by: str


def write_kit(manifest: KitManifest, files: Mapping[str, bytes]) -> bytes:
    """Return a kit as the content of a file; the same parts make the same bytes.

    Args:
        manifest: The manifest; its ``members`` are filled in.
        files: The other members, by name.
    """
    members = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    whole = msgspec.structs.replace(manifest, members=dict(sorted(members.items())))
    described = msgspec.json.format(msgspec.json.encode(whole, order="deterministic"), indent=2)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in {MANIFEST: described + b"\n", **dict(sorted(files.items()))}.items():
            entry = zipfile.ZipInfo(name, _TIME)
            entry.create_system = 3  # Unix, on every system
            entry.external_attr = _MODE << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
        archive.comment = b"0" * _DIGEST_CHARACTERS
    content = buffer.getvalue()[:-_DIGEST_CHARACTERS]
    return content + hashlib.sha256(content).hexdigest().encode()


def is_kit(data: bytes) -> bool:
    """Return whether data looks like a kit, whole or not: its first member is the manifest."""
    return data.startswith(b"PK\x03\x04") and data[30 : 30 + len(MANIFEST)] == MANIFEST.encode()


def read_kit(data: bytes) -> tuple[KitManifest, dict[str, bytes]]:
    """Read the content of a kit's file, and check all of it.

    Args:
        data: The content, of at most `MAX_KIT_BYTES`.

    Returns:
        The manifest, and the other members by name.

    Raises:
        KitError: It is not a kit; it was damaged, cut or changed; or it has another format.
    """
    if not is_kit(data):
        raise KitError("it is not a kit of zerograd")
    content, digest = data[:-_DIGEST_CHARACTERS], data[-_DIGEST_CHARACTERS:]
    if hashlib.sha256(content).hexdigest().encode() != digest:
        raise KitError("it was damaged, cut or changed: download it again")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = _expect_members(archive.infolist())
            described = _read(archive, members.pop(MANIFEST), _MAX_MANIFEST_BYTES)
            manifest = _read_manifest(described)
            if members.keys() != manifest.members.keys():
                raise KitError("its members are not those of its manifest")
            files, room = {}, _MAX_MEMBER_BYTES
            for name, entry in members.items():
                files[name] = _read(archive, entry, room)
                room -= len(files[name])
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise KitError(f"it is not a zip that can be read: {error}") from error
    for name, found in files.items():
        if hashlib.sha256(found).hexdigest() != manifest.members[name]:
            raise KitError(f"{name} in it was changed")
    return manifest, files


def _expect_members(entries: Iterable[zipfile.ZipInfo]) -> dict[str, zipfile.ZipInfo]:
    """Return the members by name, if all of them are plain files below the kit's own folder."""
    members: dict[str, zipfile.ZipInfo] = {}
    for entry in entries:
        name = entry.filename
        kind = stat.S_IFMT(entry.external_attr >> 16)
        is_plain = (
            0 < len(name) <= _MAX_NAME
            and name.isprintable()
            and all(map(is_portable, name.split("/")))
            and kind in (0, stat.S_IFREG)
            and name.casefold() not in members
        )
        if not is_plain or len(members) >= _MAX_MEMBERS:
            raise KitError(f"it has a member that no kit has: {name[:_MAX_NAME]!a}")
        members[name.casefold()] = entry
    found = {entry.filename: entry for entry in members.values()}
    folders = {name[: at.start()] for name in found for at in re.finditer("/", name)}
    if folders & found.keys():
        raise KitError(f"{min(folders & found.keys())} in it is a file and a folder")
    return found


def _read(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, limit_bytes: int) -> bytes:
    """Read a member of bounded size, whatever the zip says about it."""
    if entry.flag_bits & 1:
        raise KitError("it is encrypted")
    with archive.open(entry) as file:
        content = file.read(limit_bytes + 1)
    if len(content) > limit_bytes or len(content) != entry.file_size:
        raise KitError(f"its members have more than {_MAX_MEMBER_BYTES // 2**20} MiB")
    return content


def _read_manifest(described: bytes) -> KitManifest:
    try:
        head = msgspec.json.decode(described, type=_Head)
        if head.format > FORMAT:
            raise KitError(_NEWER.format(ascii(head.made_by)[1:-1]))
        if head.format < FORMAT:
            raise KitError(f"its format {head.format} is too old for this zerograd: get a new kit")
        return msgspec.json.decode(described, type=KitManifest)
    except (ValueError, RecursionError) as error:
        raise KitError(f"its manifest can't be read: {error}") from error
