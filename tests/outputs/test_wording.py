"""The words that all reports share."""

from grader.observations.locks import LOCK_WORDS, Lock
from grader.outputs.wording import MARKS, describe_missing_locks
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


def test_lock_that_holds_in_part_is_called_partly_locked() -> None:
    """A lock that leaves something open is not called missing, and its reason says what is open."""
    text = describe_missing_locks(
        {"files": "holds in part: files can be emptied", "syscalls": "no libseccomp"}
    )

    assert text == (
        "Not locked on this machine: network and new processes. "
        "Partly locked on this machine: reading and writing files. "
        "Grade only files that you trust. "
        "(files: files can be emptied; syscalls: no libseccomp)"
    )


def test_no_lock_is_called_missing_if_all_hold_in_part() -> None:
    """Only the sentence that is true is written."""
    text = describe_missing_locks({"files": "holds in part: files can be emptied"})

    assert text.startswith("Partly locked on this machine: reading and writing files. Grade only")
