"""A loaded submission: its globals, and what is known about them."""

import contextlib
from collections.abc import Iterator, MutableMapping
from dataclasses import dataclass, field

import msgspec

from grader.observations.messages import Raised
from grader.sandbox.guest.absent_names import AbsentNames
from grader.sandbox.guest.edits import Edits
from grader.sandbox.guest.exceptions import describe_exception
from grader.sandbox.guest.plain_text import name_of_type


@dataclass
class LoadedSubmission:
    """A loaded submission.

    Attributes:
        namespace: Its globals.
        parameters: The parameters of each function of the contract, in order.
        labels: The label of each code block by file name.
        absent: Why names are not there.
        starred: What star imports have bound to names of the contract.
        figures: What was drawn while it was loaded, if that is asked for.
        folder: The folder in which it runs.
        edits: The edits of some units, if they were asked for.
        describes_little: Whether only the type of an exception is described.
    """

    namespace: MutableMapping[str, object]
    parameters: dict[str, tuple[str, ...]]
    labels: dict[str, str] = field(default_factory=dict)
    absent: AbsentNames = field(default_factory=AbsentNames)
    starred: dict[str, object] = field(default_factory=dict)
    figures: list[object] = field(default_factory=list)
    folder: str = ""
    edits: dict[str, Edits] = field(default_factory=dict)
    describes_little: bool = False

    def has(self, name: str) -> bool:
        """Return whether it defines a name itself: what a star import brings is nobody's work."""
        if name not in self.namespace:
            return False
        return name not in self.starred or self.namespace[name] is not self.starred[name]

    @contextlib.contextmanager
    def describing_little(self) -> Iterator[None]:
        """Describe only the types of exceptions, which takes a tenth of the time."""
        self.describes_little = True
        try:
            yield
        finally:
            self.describes_little = False

    def describe(self, error: BaseException) -> Raised:
        """Describe an exception by the submission's own lines, and say what it lacks."""
        if self.describes_little:
            return Raised(type_name=name_of_type(type(error)), text="")
        raised = self.absent.explain(error, describe_exception(error, self.labels))
        if self.folder and self.folder in raised.text:  # it differs from run to run
            text = raised.text.replace(f"{self.folder}/", "")
            raised = msgspec.structs.replace(raised, text=text)
        return raised
