"""Puts together what is uploaded to a platform: scripts, the assignment, and zerograd itself."""

import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from grader.bundles.platforms import PLATFORMS
from grader.bundles.wheel import make_wheel, zip_files
from grader.checks.assignment import Assignment
from grader.errors import UsageError
from grader.exports.format import ExportedFile
from grader.exports.registry import load_format
from grader.exports.source import work_of_report
from grader.outputs.files import open_atomically, write_below
from grader.pipeline import blank_report, fail_report
from grader.report.model import ReportStatus
from grader.sandbox.host.limits import Limits

_TEMPLATES = Path(__file__).with_name("templates")
_FALLBACK = "fallback.json"
_UNFINISHED = (
    "the grader was ended before it had come to a result; most likely the container has too little "
    "memory or time"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class BundleFile:
    """A file of a bundle; scripts can be run."""

    name: str
    content: bytes
    is_script: bool = False


def make_bundle(
    platform: str,
    assignment: Assignment,
    *,
    pip_options: str = "",
    time_limit_s: float | None = None,
    is_after_due: bool = False,
) -> list[BundleFile]:
    """Make the files that an instructor uploads.

    Args:
        platform: One of `PLATFORMS`.
        assignment: What is graded there.
        pip_options: What is said to pip besides when zerograd is installed there.
        time_limit_s: Seconds for a submission in all; by default what the assignment says.
        is_after_due: Whether what waits for the due date is shown at once.

    Raises:
        UsageError: the assignment can't be moved elsewhere.
    """
    wheel_name, wheel, called = make_wheel(assignment)
    limit_s = time_limit_s or Limits.of(assignment.limits).total_wall_s
    options = [] if time_limit_s is None else ["--time-limit", f"{time_limit_s:g}"]
    options += ["--after-due"] if is_after_due else []
    words = {
        "@WHEEL@": wheel_name,
        "@TITLE@": assignment.info.title,
        "@PIP_OPTIONS@": pip_options,
        "@OPTIONS@": shlex.join(options),
        "@ASSIGNMENT@": called,
        # Above ours, and with time to start: whoever hits it has no result at all.
        "@TIMEOUT_S@": f"{_container_limit_s(platform, limit_s):.0f}",
    }
    files = [*_scripts(platform, words), BundleFile(name=wheel_name, content=wheel)]
    if PLATFORMS[platform].has_fallback:
        files.append(BundleFile(name=_FALLBACK, content=_fallback(platform, assignment)))
    return files


def _container_limit_s(platform: str, limit_s: float) -> float:
    """Give how long a container may take, within what the platform allows.

    Raises:
        UsageError: it allows less than a submission may take.
    """
    there = PLATFORMS[platform]
    if limit_s > there.most_s:
        raise UsageError(
            f"{platform} ends after {there.most_s:.0f} s, before a submission has to end"
        )
    return min(there.most_s, max(there.least_s, 2 * limit_s))


def write_folder(files: list[BundleFile], folder: Path) -> None:
    """Write a bundle to a folder.

    Raises:
        UsageError: it can't be written there.
    """
    for file in files:
        path = write_below(folder, file.name, file.content)
        if file.is_script:
            path.chmod(path.stat().st_mode | 0o111)


def write_zip(files: list[BundleFile], path: Path) -> None:
    """Write a bundle as a zip, the same bytes for the same files.

    Raises:
        UsageError: it can't be written there.
    """
    content = zip_files(
        (file.name, file.content, 0o100755 if file.is_script else 0o100644) for file in files
    )
    with open_atomically(path) as opened:
        opened.write(content)


def _scripts(platform: str, words: dict[str, str]) -> Iterator[BundleFile]:
    folder = _TEMPLATES / platform
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        text = path.read_text(encoding="utf-8")
        for mark, word in words.items():
            text = text.replace(mark, word)
        name = path.relative_to(folder).as_posix()
        # A folder that begins with a dot would not be in every wheel.
        name = name.replace("dot-github/", ".github/")
        yield BundleFile(name=name, content=text.encode(), is_script=text.startswith("#!"))


def _fallback(platform: str, assignment: Assignment) -> bytes:
    """Make the result that stands if nothing else comes: no grade, and why."""
    blank = blank_report(assignment, "", mode="auto")
    report = fail_report(blank, ReportStatus.GRADER_ERROR, _UNFINISHED)
    made = load_format(platform)(work_of_report(report))
    return b"".join(one.content for one in made if isinstance(one, ExportedFile))
