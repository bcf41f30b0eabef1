"""What an assignment asks students for: one file, or several of certain names."""

import threading
from functools import lru_cache
from pathlib import Path

from grader.batch.gradable_files import AskedFor
from grader.checks.assignment import SETTINGS_FILE, load_assignment
from grader.errors import GraderError

_loading = threading.Lock()


def asked_for(folder: str) -> AskedFor:
    """Return what an assignment asks for; loading it takes a moment, so that is done once.

    An assignment that can't be loaded at the moment asks for one file: a hand-in is taken in any
    case, and graded once it can be.
    """
    settings = Path(folder) / SETTINGS_FILE
    try:
        changed = settings.stat().st_mtime_ns
    except OSError:
        changed = 0  # the name of one that is built in
    with _loading:
        return _load(folder, changed)


@lru_cache(maxsize=256)
def _load(folder: str, _changed: int) -> AskedFor:
    try:
        assignment = load_assignment(folder)
    except GraderError:
        return AskedFor("submission")
    return AskedFor(assignment.reference_path.stem, assignment.submission)
