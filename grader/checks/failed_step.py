"""Says which step of a script raised an exception, where no line of the submission did."""

import re
from dataclasses import dataclass

from grader.checks.script_examples import ScriptRun, show_operation
from grader.observations.messages import Observation, Raised
from grader.observations.scripts import Unpack
from grader.report.shorten import MAX_MESSAGE, MAX_NAME, shorten

_TOO_FEW = re.compile(r"not enough values to unpack \(expected \d{1,4}, got (\d{1,4})\)")
_TOO_MANY = re.compile(r"too many values to unpack \(expected \d{1,4}")


@dataclass(frozen=True, slots=True)
class FailedStep:
    """A step that raised.

    Attributes:
        code: Its code.
        unpacks: Into how many values it takes apart what a call returns; 0 if it doesn't.
    """

    code: str
    unpacks: int = 0

    def describe(self, raised: Raised) -> str:
        """Return what happened, as the student reads it."""
        text = shorten(raised.text.strip().partition("\n")[0], MAX_MESSAGE)
        if self.unpacks:
            wanted = f"{self.unpacks} value{'' if self.unpacks == 1 else 's'}"
            few = _TOO_FEW.match(text)
            if "non-iterable NoneType" in text:
                return f"`{self.code}` needs {wanted}, but gets None: is the return missing?"
            if few is not None:
                return f"`{self.code}` needs {wanted}, but gets {few[1]}"
            if _TOO_MANY.match(text):
                return f"`{self.code}` needs {wanted}, but gets more"
        name = shorten(raised.type_name, MAX_NAME)
        return f"`{self.code}` raised {name}" + (f": {text}" if text else "")


def find_failed_step(run: ScriptRun, observation: Observation) -> FailedStep | None:
    """Return the step that raised; None if a line of the submission did, or if it is not known."""
    raised, place = observation.raised, observation.place
    if raised is None or raised.line or not 0 <= place < len(run.trace.operations):
        return None
    code = show_operation(run, place)
    operation = run.trace.operations[place]
    return (
        FailedStep(code, operation.count if isinstance(operation, Unpack) else 0) if code else None
    )
