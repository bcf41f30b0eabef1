"""Where kits are: the file of one, the folder of those that are installed, and what is unpacked.

A submission never chooses a kit by a path: a notebook may name an id, which is looked up among the
installed kits.
"""

import functools
import os
import re
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from grader.checks.kit_file import MAX_KIT_BYTES, KitManifest, read_kit
from grader.errors import KitError
from grader.system.names import is_portable
from grader.system.opening import open_to_read

ENDING = ".zip"
_VARIABLE = "ZEROGRAD_KITS"
_ID = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}")
_RECORDINGS = "recordings/"


@dataclass(frozen=True, slots=True, eq=False)
class UnpackedKit:
    """A kit that was checked and unpacked.

    Attributes:
        manifest: What it says about itself.
        folder: The private folder with its files, which is removed when this process ends.
        recordings: Its recordings, by seed, as they are written to files.
    """

    manifest: KitManifest
    folder: Path
    recordings: dict[int, bytes]


def is_id(text: str) -> bool:
    """Return whether a text can be the id of an installed kit: a plain name, and never a path."""
    return _ID.fullmatch(text) is not None and is_portable(f"{text}{ENDING}")


def kits_folder() -> Path:
    """Return the folder of installed kits: $ZEROGRAD_KITS, or one of the user's own data."""
    chosen = os.environ.get(_VARIABLE)
    return Path(chosen) if chosen else platformdirs.user_data_path("zerograd") / "kits"


def find_installed(name: str) -> Path | None:
    """Return the file of the installed kit with an id; None if there is none."""
    path = kits_folder() / f"{name}{ENDING}"
    return path if is_id(name) and path.is_file() else None


def read_kit_bytes(path: Path) -> bytes:
    """Return the content of a kit's file: a regular file of bounded size, which is opened once.

    Raises:
        KitError: It isn't one, or can't be read.
    """
    try:
        descriptor = open_to_read(path, follow_links=True)
        with os.fdopen(descriptor, "rb") as file:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise KitError("it is not a file")
            data = file.read(MAX_KIT_BYTES + 1)
    except OSError as error:
        raise KitError(f"it can't be read: {error.strerror}") from error
    if len(data) > MAX_KIT_BYTES:
        raise KitError(f"it has more than {MAX_KIT_BYTES // 2**20} MiB")
    return data


def unpack_kit(data: bytes) -> UnpackedKit:
    """Check a kit, and unpack it into a private folder.

    The same kit is unpacked once in a process.

    Raises:
        KitError: The kit can't be used.
    """
    # By its bytes: a file can be replaced while it is in use.
    return _unpack(data)


@functools.lru_cache(maxsize=4)
def _unpack(data: bytes) -> UnpackedKit:
    manifest, files = read_kit(data)
    place = tempfile.TemporaryDirectory(prefix="zerograd-kit-")
    _PLACES.append(place)
    folder = Path(place.name).resolve()
    recordings = {}
    for name, content in files.items():
        if name.startswith(_RECORDINGS):
            recordings[_seed_of(name)] = content
            continue
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.write_bytes(content)
    if recordings.keys() != set(manifest.seeds) or not recordings:
        raise KitError("its recordings are not those of its manifest")
    return UnpackedKit(manifest, folder, recordings)


# Removed when the process ends, by their own finalizers.
_PLACES: list["tempfile.TemporaryDirectory[str]"] = []


def recording_name(seed: int) -> str:
    """Return the name of the member with the recording of a seed."""
    return f"{_RECORDINGS}{seed}"


def _seed_of(name: str) -> int:
    try:
        return int(name.removeprefix(_RECORDINGS))
    except ValueError as error:
        raise KitError(f"{name!a} in it is not a recording") from error


def place_of(data: bytes) -> Path:
    """Return where a kit is when it is installed: under its id.

    Raises:
        KitError: The kit can't be used.
    """
    manifest, _ = read_kit(data)
    name = str(manifest.contract.get("id", ""))
    if not is_id(name):
        raise KitError(f"its id {name!a} can't be the name of a file")
    return kits_folder() / f"{name}{ENDING}"
