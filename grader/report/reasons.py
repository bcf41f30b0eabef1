"""Why an exception is raised, told by its type and its text."""

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reason:
    """Why exceptions are raised, and what to try.

    Attributes:
        type_name: The name of the exception's type; a regular expression.
        pattern: What its text has; a regular expression.
        explanation: The reason and what to try, for students.
        code: What the line has that raised it; a regular expression, empty for any line.
        is_of_place: Whether it lies in the place where submissions are graded.
    """

    type_name: str
    pattern: str
    explanation: str
    code: str = ""
    is_of_place: bool = False

    def fits(self, type_name: str, text: str) -> bool:
        """Return whether an exception of a type, with a text, can be raised for this reason."""
        return bool(re.fullmatch(self.type_name, type_name) and re.search(self.pattern, text))
