"""What only some need: installed kits, and posting of scores by LTI."""

import importlib.util
import sys
from collections.abc import Iterator
from pathlib import Path

from grader.doctor.finding import Finding, State
from grader.errors import GraderError


def examine_kits() -> Iterator[Finding]:
    """Check each kit that is installed."""
    from grader.checks.kit_file import read_kit
    from grader.checks.kits import ENDING, kits_folder, read_kit_bytes

    folder = kits_folder()
    try:
        kits = sorted(folder.glob(f"*{ENDING}"))
    except OSError:
        return
    for path in kits:
        try:
            read_kit(read_kit_bytes(path))
        except GraderError as error:
            yield Finding(
                name=f"kit {path.stem}",
                state=State.MISSING,
                text=f"{path} can't be used: {error}",
                remedy="get it again from your course, and run: grader kit --install FILE",
            )
    if kits:
        names = ", ".join(path.stem for path in kits)
        yield Finding(name="kits", state=State.NOTE, text=f"installed in {folder}: {names}")


def examine_lti(settings: Path | None) -> Iterator[Finding]:
    """Look whether scores can be posted, and check the settings of a platform if they are given.

    Nothing is sent.

    Args:
        settings: The file that ``grader post --platform`` gets.
    """
    if importlib.util.find_spec("pylti1p3") is None or not importlib.util.find_spec("cryptography"):
        is_needed = settings is not None
        yield Finding(
            name="LTI",
            state=State.MISSING if is_needed else State.NOTE,
            text="is not installed; only `grader post` needs it",
            remedy=f'run: {sys.executable} -m pip install "zerograd[lti]"' if is_needed else "",
        )
        return
    if settings is None:
        yield Finding(
            name="LTI",
            state=State.NOTE,
            text="is installed; give --platform TOML to check the settings of a platform",
        )
        return
    from grader.lti.key import read_key
    from grader.lti.platform import read_platform

    try:
        platform = read_platform(settings)
        key = read_key(platform.key_path)
    except GraderError as error:
        yield Finding(
            name="LTI",
            state=State.MISSING,
            text=str(error),
            remedy="mend the settings; docs/lms.md describes them",
        )
        return
    yield Finding(
        name="LTI",
        state=State.MISSING if key.is_exposed else State.WELL,
        text=f"{settings} can be used"
        + (", but other users of this machine can open the key" if key.is_exposed else ""),
        remedy=f"run: chmod 600 {platform.key_path}" if key.is_exposed else "",
    )
