"""The words that all reports share."""

from grader.observations.locks import Lock
from grader.outputs.wording import LOCK_WORDS, MARKS, describe_missing_locks
from grader.report.model import Status


def test_every_lock_and_every_status_has_words() -> None:
    """A new lock or status is not shown by its bare name."""
    assert LOCK_WORDS.keys() == set(Lock)
    assert MARKS.keys() == set(Status)


def test_missing_locks_are_described_with_their_reasons() -> None:
    """The note says what a submission could do, and why nothing prevents it here."""
    note = describe_missing_locks({"syscalls": "no libseccomp"})

    assert "network and new processes" in note
    assert "syscalls: no libseccomp" in note
