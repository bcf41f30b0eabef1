"""Collects what is kept of a submission while it is graded."""

from collections.abc import Callable, Collection, Sequence

from grader.diagnosis.evidence import Evidence
from grader.discovery.kept import KeptGroup, KeptUnit, keep_group, write_kept
from grader.discovery.unit_source import find_unit_source


class Keeper:
    """Collects what the diagnosis of a submission goes by."""

    def __init__(self) -> None:
        self._noted: dict[str, list[tuple[Evidence | None, str, bool]]] = {}
        self._pins: dict[str, tuple[str, str | None]] = {}
        self._seed = 0
        self._blocks: Sequence[str] = ()
        self._contract: Collection[str] = ()

    def begin(self, seed: int, blocks: Sequence[str], contract: Collection[str]) -> None:
        """Begin a submission.

        Args:
            seed: The seed of what it is asked.
            blocks: The sources of its code blocks.
            contract: The names of all units.
        """
        self._noted, self._pins = {}, {}
        self._seed, self._blocks, self._contract = seed, blocks, contract

    def note(self, *, is_hidden: bool) -> Callable[[str, Evidence | None, str], None]:
        """Return what a diagnosis calls with what it has gone by, and what it has named."""

        def note(name: str, evidence: Evidence | None, named: str) -> None:
            self._noted.setdefault(name, []).append((evidence, named, is_hidden))

        return note

    def pin(self, name: str, check_id: str, text: str | None) -> None:
        """Keep what is said about the line of a unit that is wrong, and the id of the check."""
        self._pins[name] = (check_id, text)

    def write(self) -> bytes:
        """Return what is kept of the submission, packed."""
        return write_kept(self._seed, [self._unit(name) for name in self._noted])

    def _unit(self, name: str) -> KeptUnit:
        groups: list[KeptGroup] = []
        is_whole = True
        for evidence, named, is_hidden in self._noted[name]:
            if evidence is None:
                is_whole = False
                continue
            try:
                groups.append(keep_group(evidence, named, is_hidden=is_hidden))
            except (TypeError, OverflowError, RecursionError):  # it can't be packed
                is_whole = False
        found = find_unit_source(self._blocks, name, contract=self._contract)
        return KeptUnit(
            name=name,
            groups=tuple(groups),
            is_whole=is_whole,
            code=found.code,
            needed=found.needed,
            pin=self._pins.get(name, ("", "")),
        )
