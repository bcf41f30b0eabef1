"""Every exception that zerograd raises on purpose.

    GraderError                    everything raised on purpose
        UsageError                 the command can't be carried out as given       exit 2
            AssignmentError        an assignment's folder is not as it should be    exit 2
        UnreadableSubmissionError  this file can't be graded, and why              exit 4
        NotExpressibleError        a format has no words for what came of it       exit 3
        PlatformUnreachableError   where scores go doesn't answer                  exit 3
        InternalError              our machine or our code failed                  exit 3
            LocksMissingError      confinement was required and isn't to be had
            ForkserverLostError        the forkserver died, not the student's child
            CheckCrashedError      a check raised something other than its verdict

What a student's code does wrong is never an exception here: it is a value, an
``Outcome`` inside an observation. ``FrameError`` lives in ``observations``,
which imports nothing of ours.
"""

from pathlib import Path


class GraderError(Exception):
    """Something was refused or failed, and the message says whose fault it is.

    Never raised because a student's function is wrong: that is a result.
    """


class UsageError(GraderError):
    """The person who called asked for something that can't be carried out.

    Not about the content of a submission: that is `UnreadableSubmissionError`.
    """


class AssignmentError(UsageError):
    """An assignment's folder is not as it should be, and its author can mend it.

    Not a check that crashes while it grades: that is `CheckCrashedError`.
    """

    def __init__(self, folder: Path, reason: str) -> None:
        super().__init__(folder, reason)
        self.folder = folder
        self.reason = reason

    def __str__(self) -> str:
        return f"the assignment in {self.folder} can't be used: {self.reason}"


class UnreadableSubmissionError(GraderError):
    """The submission can't be graded as a file; its author has to hand in another.

    Not about functions that are wrong or missing: those are graded.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason

    def __str__(self) -> str:
        return self.reason


class NotExpressibleError(GraderError):
    """A platform's format can't say what came of a submission, so nothing is written in it.

    Not a failure of writing: it would have to be a lie, such as a zero where the grader failed.
    """


class PlatformUnreachableError(GraderError):
    """A platform doesn't answer, or only that it can't; nothing can be done here but wait.

    Not its refusal of one score, nor of the key.
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
    """This machine cannot confine a submission, so none was run.

    Only under ``--isolation required``; with ``auto`` the report lists what is missing.
    """

    def __init__(self, missing: tuple[str, ...], remedy: str) -> None:
        super().__init__(missing, remedy)
        self.missing = missing
        self.remedy = remedy

    def __str__(self) -> str:
        return f"cannot confine a submission without {', '.join(self.missing)}: {self.remedy}"


class ForkserverLostError(InternalError):
    """The forkserver, which no submission can reach, is gone or never came up.

    Not the death of a student's child: that is an outcome of its call.
    """

    def __init__(self, what_happened: str) -> None:
        super().__init__(what_happened)
        self.what_happened = what_happened

    def __str__(self) -> str:
        return f"the forkserver {self.what_happened}"


class CheckCrashedError(InternalError):
    """A check raised something other than its verdict: the check is at fault.

    Not a check that fails: that is a verdict about the student.
    """

    def __init__(self, check_id: str, problem: str) -> None:
        super().__init__(check_id, problem)
        self.check_id = check_id
        self.problem = problem

    def __str__(self) -> str:
        return f"the check {self.check_id} is broken: {self.problem}"
