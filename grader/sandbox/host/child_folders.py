"""Makes the scratch folders of children, and knows what children may read."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.bootstrap import PACKAGE
from grader.sandbox.host.allow_list import allow_list
from grader.sandbox.host.given import Given, GivenCopies
from grader.sandbox.host.home import Home
from grader.sandbox.host.scratch import measure_folder, remove_folder

_MOST_GIVEN = 100_000


@dataclass(frozen=True, slots=True)
class Scratch:
    """A scratch folder, and what is in it from the beginning."""

    path: Path
    given_bytes: int
    given_files: int


class ChildFolders:
    """The folders of the children that have one home.

    Args:
        home: Where they are made.
        hidden: Further files and folders that no child may read, such as those of an assignment.
        given: What lies in the folder of each child, or can be imported there.

    Attributes:
        home: Where they are made.
        readable: What a child may read, once `look_up` has found it out.

    Raises:
        InternalError: What is given can't be copied.
    """

    def __init__(self, home: Home, *, hidden: Sequence[Path], given: Given | None) -> None:
        self.home = home
        self.readable: tuple[str, ...] = ()
        self._hidden = (PACKAGE, *hidden)
        self._given = GivenCopies(given or Given(), home.folder)
        self._given.refresh()  # while torch is imported

    def look_up(self, path: Sequence[str]) -> None:
        """Find out what children may read, whose Python looks for packages in these places."""
        self.readable = (
            *allow_list(path, hidden=self._hidden),
            str(self.home.font_cache),
            *self._given.readable,
        )

    def make(self) -> Scratch:
        """Make the folder of a child.

        Raises:
            InternalError: What is given can't be put into it.
        """
        self._given.refresh()
        scratch = self.home.make_scratch()
        try:
            self._given.link_into(scratch)
            return Scratch(scratch, *measure_folder(scratch, at_most_files=_MOST_GIVEN))
        except BaseException:
            remove_folder(scratch)
            raise
