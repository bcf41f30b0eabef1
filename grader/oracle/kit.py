"""Opens the recordings of a student's kit, and finds out whether this zerograd can ask them."""

import functools
from typing import TYPE_CHECKING

import msgspec

from grader.checks.assignment import Assignment
from grader.errors import GraderError, KitError, UsageError
from grader.oracle.digests import digest_engine
from grader.oracle.nothing import NothingElse
from grader.oracle.recorded import RecordedOracle
from grader.oracle.recording import read_recording

if TYPE_CHECKING:
    from grader.checks.runner import CheckRunner


def open_kit(assignment: Assignment, checks: "CheckRunner", seed: int) -> RecordedOracle:
    """Return the oracle that answers from a kit.

    Args:
        assignment: The assignment, which is a kit.
        checks: Its checks.
        seed: The seed of the submission.

    Raises:
        KitError: It was made by another version of zerograd, whose questions are others.
        UsageError: The kit has no recording for this seed.
    """
    kit = assignment.kit
    assert kit is not None  # noqa: S101 - only kits are opened
    if seed not in kit.recordings:
        known = ", ".join(map(str, kit.manifest.seeds))
        raise UsageError(f"this kit has no inputs for the seed {seed}, only for {known}")
    is_same = kit.manifest.engine == digest_engine().hex()
    try:
        recording = read_recording(kit.recordings[seed])
        oracle = RecordedOracle(recording, checks.checks, other=NothingElse)
        if not is_same:
            _ask_all(assignment, checks, oracle, seed)
    except (GraderError, msgspec.MsgspecError, ValueError) as error:
        if is_same:
            raise
        raise KitError(
            f"this kit was made by another zerograd, {kit.manifest.made_by}, and doesn't fit this "
            "one: get a new kit, or update zerograd"
        ) from error
    return oracle


def _ask_all(
    assignment: Assignment, checks: "CheckRunner", oracle: RecordedOracle, seed: int
) -> None:
    """Have each check ask, with the right answers, all that it asks.

    Raises:
        GraderError: The kit lacks an answer, or a check can't be used any more.
    """
    for unit in assignment.units:
        ask = functools.partial(checks.questions, assignment=assignment, seed=seed)
        found = ask(unit.name, expect=oracle.ask_reference(unit.name))
        if [one.request for one in found] != [one.request for one in oracle.questions(unit.name)]:
            raise KitError(f"{unit.name} is asked something else")
