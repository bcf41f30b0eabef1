"""Every exception that zerograd raises on purpose.

    GraderError                    base class of all                               exit
        UsageError                 the command can't be carried out as given          2
            AssignmentError        the folder of an assignment has a mistake          2
            DamagedRecordingError  a recording was changed, cut, or is another format 2
            KitError               a kit is damaged, or of another version            2
        UnreadableSubmissionError  the file can't be graded                           4
        NotExpressibleError        a format can't express the result                  3
        PlatformUnreachableError   the platform for the scores doesn't answer         3
        InternalError              our machine or our code failed                     3
            LocksMissingError      isolation is required, but locks are missing       3
            StarterLostError       the forkserver died, not the student's child       3
            ClusterLostError       the scheduler of a cluster is gone                 3
            CheckCrashedError      a check raised something other than a finding      3
            NotRecordedError       a kit has no answer to what a check asks           3

What a student's code does wrong is never an exception here, but a value: an ``Outcome`` inside an
observation. ``FrameError`` is defined in ``observations``, which imports nothing else of ours.
"""

from pathlib import Path


class GraderError(Exception):
    """The base class: something was refused or failed, and the class says whose fault it is.

    Never raised because a student's function is wrong: that is a result.
    """


class UsageError(GraderError):
    """The caller asked for something that can't be carried out.

    Not for the content of a submission: that is `UnreadableSubmissionError`.
    """


class AssignmentError(UsageError):
    """The folder of an assignment has a mistake, which its author can fix.

    Not for a check that crashes while it grades: that is `CheckCrashedError`.

    Attributes:
        folder: The folder of the assignment.
        reason: What is wrong with it.
    """

    def __init__(self, folder: Path, reason: str) -> None:
        super().__init__(folder, reason)
        self.folder = folder
        self.reason = reason

    def __str__(self) -> str:
        return f"the assignment in {self.folder} can't be used: {self.reason}"


class DamagedRecordingError(UsageError):
    """A recording can't be believed: it was changed or cut, or has another format.

    Not raised for one in the cache, which is made anew.
    """


class KitError(UsageError):
    """A student's kit can't be used: it is damaged or changed, or is for another zerograd.

    Not for the folder of an assignment, which its author can mend: that is `AssignmentError`.
    """


class UnreadableSubmissionError(GraderError):
    """The file of a submission can't be graded, so the student has to hand in another one.

    Not for functions that are wrong or missing: those are graded.

    Attributes:
        reason: Why the file can't be graded.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason

    def __str__(self) -> str:
        return self.reason


class NotExpressibleError(GraderError):
    """A platform's format can't express the result of a submission, so none is written.

    Not for a failure to write: whatever the format could say would be wrong, such as a zero if the
    grader failed.
    """


class PlatformUnreachableError(GraderError):
    """A platform doesn't answer, or is temporarily unable to; all we can do is try again later.

    Not for the refusal of one score, nor of the key.

    Attributes:
        reason: What happened.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason

    def __str__(self) -> str:
        return f"the platform can't be reached: {self.reason}"


class InternalError(GraderError):
    """Our machine or our code failed, so there is no score, and never a zero.

    Not the student's fault, whatever the submission did.
    """


class LocksMissingError(InternalError):
    """This machine lacks locks that confine a submission, so none was run.

    Only with ``--isolation required``; with ``auto`` the report lists the missing locks.

    Attributes:
        missing: What the missing locks would prevent, in the words of `LOCK_WORDS`.
        remedy: What the caller can do.
    """

    def __init__(self, missing: tuple[str, ...], remedy: str) -> None:
        super().__init__(missing, remedy)
        self.missing = missing
        self.remedy = remedy

    def __str__(self) -> str:
        return (
            f"this machine has no lock on {', '.join(self.missing)}, so no submission was run: "
            f"{self.remedy}"
        )


class StarterLostError(InternalError):
    """What starts children died or never started: the forkserver, or a fresh child of the spawner.

    Not the death of a child that runs a submission: that is an outcome of its call.

    Attributes:
        what_happened: The message without its subject, such as "died".
        subject: What it happened to.
    """

    def __init__(self, what_happened: str, *, subject: str = "the forkserver") -> None:
        super().__init__(what_happened)
        self.what_happened = what_happened
        self.subject = subject

    def __str__(self) -> str:
        return f"{self.subject} {self.what_happened}"


class ClusterLostError(InternalError):
    """The scheduler of a cluster no longer answers; what it had is graded by the next run.

    Not the end of one of its workers: others then do what it did.

    Attributes:
        address: The address of the scheduler.
    """

    def __init__(self, address: str) -> None:
        super().__init__(address)
        self.address = address

    def __str__(self) -> str:
        return f"the scheduler {self.address} no longer answers"


class CheckCrashedError(InternalError):
    """A check raised something other than a finding, so the check itself is broken.

    Not a check that fails: that is a finding about the submission.

    Attributes:
        check_id: The id of the check.
        problem: What it raised.
    """

    def __init__(self, check_id: str, problem: str) -> None:
        super().__init__(check_id, problem)
        self.check_id = check_id
        self.problem = problem

    def __str__(self) -> str:
        return f"the check {self.check_id} is broken: {self.problem}"


class NotRecordedError(InternalError):
    """A kit has no answer to what a check asks, and no reference that could be asked.

    Not raised where there is a reference.
    """

    def __str__(self) -> str:
        return "the kit has no answer to this question"
