"""Grade on a platform: find the submission where it is put, grade it, leave the result there.

Whatever a submission does and whatever fails here, the result is valid or there is none; a fault
of the grader is never a zero.
"""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

import msgspec

from grader.batch.choose_file import choose, pieces_below
from grader.batch.gradable_files import AskedFor
from grader.batch.tree import tree_of_folder
from grader.bundles.platforms import PLATFORMS
from grader.checks.assignment import expect_whole, load_assignment
from grader.errors import UnreadableSubmissionError
from grader.exports.format import ExportedFile, LeftOut
from grader.exports.registry import load_format
from grader.exports.source import work_of_report
from grader.exports.student_view import describe_fault
from grader.outputs.files import write_below
from grader.pipeline import Grader, blank_report, fail_report
from grader.report.model import Report, ReportStatus
from grader.sandbox.host.limits import Confinement, Isolation, Limits
from grader.seeds import Seeds


def run_harness(
    platform: str,
    *,
    root: Path | None,
    assignment: str,
    limits: Mapping[str, float],
    isolation: str,
    is_after_due: bool = False,
    salt: str = "",
) -> bool:
    """Grade the submission that the platform has put in place, and leave the result.

    Args:
        platform: One of `PLATFORMS`.
        root: The folder that holds the platform's folders; by default where the platform has it.
        assignment: The assignment, by its name or its folder.
        limits: Limits that override those of the assignment, by their names in `Limits`.
        isolation: The value of an `Isolation`: how strictly the submission is confined.
        is_after_due: Whether what waits for the due date is shown at once.
        salt: The secret that the pool of seeds depends on.

    Returns:
        Whether a result was left. If not, the platform's format can't express what happened, and
        the caller has to fail.

    Raises:
        UsageError: If the assignment can't be used, or the result can't be written.
    """
    spec = PLATFORMS[platform]
    folder = root or Path(spec.root)
    report = _grade(folder / spec.submission, assignment, limits, isolation, salt)
    made = list(load_format(platform)(work_of_report(report, is_after_due=is_after_due)))
    files = [one for one in made if isinstance(one, ExportedFile)]
    is_fault = report.status is ReportStatus.GRADER_ERROR
    if is_fault:
        sys.stderr.write(f"{describe_fault(report)}\n")
    for one in made:
        if isinstance(one, LeftOut):
            sys.stderr.write(f"no result was left: {one.reason}\n")
    if not files or (is_fault and not spec.can_report_faults):
        return False
    if spec.results:
        for file in files:
            write_below(folder / spec.results, file.name, file.content)
    else:
        _print_result(platform, next(one for one in files if one.name == spec.printed_file))
    return True


def _grade(
    folder: Path, name: str, limits: Mapping[str, float], isolation: str, salt: str
) -> Report:
    assignment = expect_whole(load_assignment(name))
    try:
        with Grader(
            assignment,
            limits=Limits.of({**assignment.limits, **limits}),
            confinement=Confinement(isolation=Isolation(isolation)),
            seeds=Seeds(salt),
        ) as grader:
            stem = AskedFor(assignment.reference_path.stem, assignment.submission)
            return _grade_one(grader, folder, stem=stem)
    except Exception as error:  # noqa: BLE001 - nothing is above this; it is the grader's fault
        blank = blank_report(assignment, folder.name, mode=isolation)
        reason = f"{type(error).__name__}: {error}"
        return fail_report(blank, ReportStatus.GRADER_ERROR, reason)


def _grade_one(grader: Grader, folder: Path, *, stem: str) -> Report:
    pieces = pieces_below(tree_of_folder(folder).files, "")
    chosen = choose(pieces, stem=stem, nothing="nothing was handed in")
    try:
        data = chosen.read()
    except UnreadableSubmissionError as error:
        return grader.refuse(chosen.file, str(error))
    report = grader.grade_data(data, name=chosen.file)
    return msgspec.structs.replace(report, notes=(*chosen.notes, *report.notes))


def _print_result(platform: str, result: ExportedFile) -> None:
    """Print the result, or set it as an output of the step in a GitHub workflow."""
    output = os.environ.get("GITHUB_OUTPUT") if platform == "github-classroom" else None
    if output is None:
        sys.stdout.buffer.write(result.content)
        sys.stdout.flush()
        return
    with Path(output).open("ab") as file:
        file.write(b"result=" + result.content.strip() + b"\n")
