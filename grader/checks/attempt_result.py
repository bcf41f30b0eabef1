"""How an attempt at a check ended."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from grader.report.model import CheckResult


def _add_nothing(result: CheckResult) -> CheckResult:
    return result


@dataclass(frozen=True, slots=True)
class Attempt:
    """How one attempt at a check ended.

    Attributes:
        result: The result, without the details of a wrong answer.
        may_be_others_fault: Whether a wrong helper may be the cause.
        exception: The name of the exception that ended it, empty if none did.
        helper: The helper of the student's that raised it; empty if none did.
        stopped_in: The other method of its class that raised it; empty if none did.
        is_in_unit: Whether the unit itself raised it.
        add_example: Adds the example to a result.
        add_torch_calls: Adds what torch did. It is called only for the attempt that counts, and
            before anything is lent, since it asks the submission once more.
    """

    result: CheckResult
    may_be_others_fault: bool = True
    exception: str = ""
    helper: str = ""
    stopped_in: str = ""
    is_in_unit: bool = False
    add_example: Callable[[CheckResult], CheckResult] = _add_nothing
    add_torch_calls: Callable[[CheckResult], CheckResult] = _add_nothing

    @property
    def shown(self) -> CheckResult:
        """The result with its example."""
        return self.add_example(self.result)

    @property
    def full_result(self) -> CheckResult:
        """The result with all its details."""
        return self.add_torch_calls(self.shown)

    def completed(self) -> "Attempt":
        """Return the attempt with all details in its result, so that none is added again."""
        return replace(
            self, result=self.full_result, add_example=_add_nothing, add_torch_calls=_add_nothing
        )
