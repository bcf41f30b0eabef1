"""Makes installations in which something is broken, as they are found on real machines."""

import os
import subprocess
import sys
import sysconfig
import venv
from collections.abc import Mapping
from pathlib import Path

SITE = Path(sysconfig.get_path("purelib"))
DOCTOR = "from grader.cli.start import grader; grader()"


def make_python(
    folder: Path, *, without: tuple[str, ...] = (), files: Mapping[str, str] | None = None
) -> Path:
    """Make an environment with all packages of this one, by links, but for some changes.

    Args:
        folder: The folder of the environment.
        without: The packages, or parts of them, that are not there, such as ``torch``.
        files: What is written instead, by its path in the folder of packages.

    Returns:
        Its Python.
    """
    venv.create(folder, with_pip=False, symlinks=True)
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    site = folder / "lib" / version / "site-packages"
    changed = {*without, *(files or {})}
    _link(SITE, site, changed, "")
    for name, text in (files or {}).items():
        (site / name).parent.mkdir(parents=True, exist_ok=True)
        (site / name).write_text(text, encoding="utf-8")
    return folder / "bin" / "python"


def _link(source: Path, target: Path, changed: set[str], below: str) -> None:
    """Link the entries of a folder; a folder with a change in it is made anew."""
    target.mkdir(parents=True, exist_ok=True)
    for entry in source.iterdir():
        name = f"{below}{entry.name}"
        if name in changed or (target / entry.name).exists():
            continue
        if any(one.startswith(f"{name}/") for one in changed):
            _link(entry, target / entry.name, changed, f"{name}/")
        else:
            (target / entry.name).symlink_to(entry)


def run_doctor(
    *arguments: str,
    python: Path | str = sys.executable,
    environment: Mapping[str, str] | None = None,
    before: str = "",
    as_root_of: str = "",
) -> "subprocess.CompletedProcess[str]":
    """Run ``grader doctor`` as a program.

    Args:
        arguments: Its arguments.
        python: The Python to run it with.
        environment: Variables to set.
        before: A program to run first, in the same process.
        as_root_of: Commands of a shell to run before, with mounts of its own; needs root.
    """
    command = [str(python), "-c", f"{before}\n{DOCTOR}", "doctor", *arguments]
    if as_root_of:
        command = ["unshare", "--mount", "sh", "-c", f'{as_root_of} && exec "$@"', "sh", *command]
    return subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
        env={**os.environ, "COLUMNS": "1000", **(environment or {})},
    )


def can_mount() -> bool:
    """Return whether this process may have mounts of its own."""
    try:
        done = subprocess.run(
            ["unshare", "--mount", "mount", "-t", "tmpfs", "none", "/mnt"],
            capture_output=True,
            check=False,
        )
    except OSError:
        return False
    return done.returncode == 0
