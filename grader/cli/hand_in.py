"""What ``grade`` is given, where the assignment asks for several files."""

from collections.abc import Sequence
from pathlib import Path

from grader.batch.choose_file import Choice, choose, pieces_below
from grader.batch.gradable_files import AskedFor, is_zip
from grader.batch.tree import tree_of_files, tree_of_folder
from grader.checks.assignment import Assignment
from grader.checks.check_run import OnCheckStart
from grader.errors import UnreadableSubmissionError, UsageError
from grader.pipeline import Grader
from grader.report.model import Report

_MAX_FILES = 5000


def grade_files(
    grader: Grader,
    paths: Sequence[Path],
    assignment: Assignment,
    *,
    seed: int | None,
    only: str | None,
    on_progress: OnCheckStart,
) -> Report:
    """Grade what was given: a single file, or several together.

    Args:
        grader: The grader.
        paths: A folder, a zip, or files.
        assignment: The assignment.
        seed: Draws the inputs; by default it depends on what is graded.
        only: The only function to grade.
        on_progress: Called before each check.

    Raises:
        UsageError: The assignment asks for a single file, and this is something else.
    """
    hand_in = read_hand_in(paths, assignment)
    if hand_in is None:
        return grader.grade(paths[0], seed=seed, only=only, on_progress=on_progress)
    try:
        data = hand_in.read()
    except UnreadableSubmissionError as error:
        return grader.refuse(hand_in.file, str(error))
    return grader.grade_data(data, name=hand_in.file, seed=seed, only=only, on_progress=on_progress)


def read_hand_in(paths: Sequence[Path], assignment: Assignment) -> Choice | None:
    """Choose the files that are graded together.

    A folder or a zip has all of them. Of a single file with one of the names, those beside it are
    taken along, as Python imports them.

    Args:
        paths: A folder, a zip, or files.
        assignment: The assignment.

    Returns:
        The files; None if a single file is to be graded as it is.

    Raises:
        UsageError: The assignment asks for a single file, and this is something else.
    """
    first, *others = paths
    stem = AskedFor(assignment.reference_path.stem, assignment.submission)
    is_single = not others and not first.is_dir()
    if not stem.files:
        if is_single:
            return None
        if others:
            raise UsageError(f"these are {len(paths)} files; name the one to grade")
        raise UsageError(f"{first} is a folder; name the file in it to grade")
    if not others and first.is_dir():
        tree = tree_of_folder(first, limit=_MAX_FILES)
    elif is_single and first.name in stem.files:
        beside = (path for path in first.resolve().parent.iterdir() if path.suffix == ".py")
        tree = tree_of_files([path for path in beside if path.is_file()])
    elif is_single and not is_zip(first.name):
        return None
    else:
        tree = tree_of_files(list(paths))
    return choose(pieces_below(tree.files, ""), stem=stem)
