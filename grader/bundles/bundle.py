"""Make a bundle: the scripts for a platform, and zerograd with the assignment as a wheel."""

import math
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
_INSTALLATION_MINUTES = 15
_UNFINISHED = (
    "the grader was killed before it had a result; most likely the container has too little memory "
    "or time"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class BundleFile:
    """A file of a bundle.

    Attributes:
        name: Its path in the bundle, with ``/`` between folders.
        content: Its bytes.
        is_script: Whether it is executable.
    """

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
    salt: str = "",
) -> list[BundleFile]:
    """Make the files that an instructor uploads.

    Args:
        platform: One of `PLATFORMS`.
        assignment: The assignment to grade there.
        pip_options: Additional options for the call of pip that installs zerograd there.
        time_limit_s: Seconds of wall time for a whole submission; by default the limit of the
            assignment, or what the platform allows.
        is_after_due: Whether what waits for the due date is shown at once.
        salt: The secret that the inputs of all checks depend on there; empty for none.

    Raises:
        UsageError: If parts of the assignment are outside its folder, or the platform doesn't
            allow the time limit.
    """
    wheel_name, wheel, assignment_name = make_wheel(assignment)
    usual_s = Limits.of(assignment.limits).wall_s(len(assignment.units))
    # The usual limit is only a back-stop: it may be lower where the platform allows less.
    limit_s = time_limit_s or min(usual_s, PLATFORMS[platform].max_time_s / 2)
    options = [] if limit_s == usual_s else ["--time-limit", f"{limit_s:g}"]
    options += ["--after-due"] if is_after_due else []
    options += [f"--salt={salt}"] if salt else []  # it may begin with a dash
    container_limit_s = _container_limit_s(platform, limit_s)
    values = {
        "@WHEEL@": wheel_name,
        "@TITLE@": assignment.info.title,
        "@PIP_OPTIONS@": pip_options,
        "@OPTIONS@": shlex.join(options),
        "@ASSIGNMENT@": assignment_name,
        # Longer than the grader's own limit: a submission that hits this one has no result.
        "@TIMEOUT_S@": f"{container_limit_s:.0f}",
        # For platforms on which installing torch counts towards the time limit too.
        "@JOB_MINUTES@": f"{_INSTALLATION_MINUTES + math.ceil(container_limit_s / 60)}",
    }
    files = [*_fill_templates(platform, values), BundleFile(name=wheel_name, content=wheel)]
    if PLATFORMS[platform].has_fallback:
        files.append(BundleFile(name=_FALLBACK, content=_fallback(platform, assignment)))
    return files


def _container_limit_s(platform: str, limit_s: float) -> float:
    """Return the time limit of a container in seconds, within what the platform allows.

    Raises:
        UsageError: If the platform allows less than a submission may take.
    """
    allowed = PLATFORMS[platform]
    if limit_s > allowed.max_time_s:
        raise UsageError(
            f"{platform} stops a container after {allowed.max_time_s:.0f} s, but a submission may "
            f"take {limit_s:g} s; choose a shorter --time-limit"
        )
    return min(allowed.max_time_s, max(allowed.min_time_s, 2 * limit_s))


def write_folder(files: list[BundleFile], folder: Path) -> None:
    """Write a bundle to a folder.

    Raises:
        UsageError: If it can't be written there.
    """
    for file in files:
        path = write_below(folder, file.name, file.content)
        if file.is_script:
            path.chmod(path.stat().st_mode | 0o111)


def write_zip(files: list[BundleFile], path: Path) -> None:
    """Write a bundle as a zip, with the same bytes for the same files.

    Raises:
        UsageError: If it can't be written there.
    """
    content = zip_files(
        (file.name, file.content, 0o100755 if file.is_script else 0o100644) for file in files
    )
    with open_atomically(path) as opened:
        opened.write(content)


def _fill_templates(platform: str, values: dict[str, str]) -> Iterator[BundleFile]:
    folder = _TEMPLATES / platform
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        text = path.read_text(encoding="utf-8")
        for mark, value in values.items():
            text = text.replace(mark, value)
        name = path.relative_to(folder).as_posix()
        # Named without its dot here: build tools may leave such folders out of a wheel.
        name = name.replace("dot-github/", ".github/")
        yield BundleFile(name=name, content=text.encode(), is_script=text.startswith("#!"))


def _fallback(platform: str, assignment: Assignment) -> bytes:
    """Make the result that remains if the grader is killed: no score, and the reason."""
    blank = blank_report(assignment, "", mode="auto")
    report = fail_report(blank, ReportStatus.GRADER_ERROR, _UNFINISHED)
    made = load_format(platform)(work_of_report(report))
    return b"".join(one.content for one in made if isinstance(one, ExportedFile))
