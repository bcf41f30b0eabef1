"""Gives names again when other misconceptions are known, from what was kept beside a report.

The report gets exactly what grading anew would give: the diagnosis goes through the same code, with
the same fingerprints, but for the rounding that nothing is compared as finely as.
"""

import contextlib
import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import msgspec

from grader.checks.assignment import Assignment
from grader.checks.misconceptions import Misconception
from grader.diagnosis.evidence import name_checks
from grader.diagnosis.pinned import with_pin
from grader.diagnosis.remarks import Remark
from grader.discovery.kept import Kept, KeptGroup, KeptUnit
from grader.oracle.digests import digest_misconception
from grader.oracle.packing import unpack
from grader.oracle.recording import KnownAnswers, Recording
from grader.oracle.store import RecordingStore
from grader.report.budget import fit_report
from grader.report.model import CheckResult, Report
from grader.report.repeats import fold_hints
from grader.report.tidy import hide_paths
from grader.resources import GradingResources, recording_key
from grader.sandbox.host.limits import Confinement, Limits
from grader.system.closing import Closing

# Of a longer report, parts may have been cut that other names would leave room for.
_MOST_BYTES = 100_000


class _TooLittleError(Exception):
    """What was kept does not suffice."""


@dataclass(frozen=True, slots=True)
class Renamed:
    """A report with other names, and what is kept beside it."""

    report: Report
    kept: Kept


class Renamer(Closing):
    """Gives names again.

    What misconceptions answer comes out of the recording for the seed. What it lacks is recorded:
    each misconception runs alone, as a submission does.

    Args:
        assignment: The assignment, with the misconceptions of today.
        limits: What each misconception may use.
        confinement: How strictly each is confined.
        store: Where recordings are kept.
    """

    def __init__(
        self,
        assignment: Assignment,
        *,
        limits: Limits,
        confinement: Confinement,
        store: RecordingStore | None,
    ) -> None:
        self._assignment = assignment
        self._limits = limits
        self._confinement = confinement
        self._store = store
        self._stack = contextlib.ExitStack()
        self._recordings: dict[int, Recording] = {}
        self._known = functools.cache(self._find_known)
        self._unpacked = functools.cache(self._unpack)

    def close(self) -> None:
        """End all processes."""
        self._stack.close()

    @functools.cached_property
    def _resources(self) -> GradingResources:
        return self._stack.enter_context(
            GradingResources(
                self._assignment,
                limits=self._limits,
                confinement=self._confinement,
                store=self._store,
            )
        )

    def rename(self, report: Report, kept: Kept, units: frozenset[str]) -> Renamed | None:
        """Name the misconceptions of some units again.

        Args:
            report: The report.
            kept: What is kept beside it.
            units: The units of which other misconceptions are known now.

        Returns:
            The report with today's names; None if what was kept does not suffice, so that the
            submission has to be graded anew.
        """
        if len(msgspec.json.encode(report)) > _MOST_BYTES:
            return None
        results: dict[str, CheckResult] = {}
        try:
            renamed = [
                self._rename_unit(unit, kept.seed, results) if unit.name in units else unit
                for unit in kept.units
            ]
        except Exception:  # noqa: BLE001 - whatever fails here, grading it anew tells more
            return None
        functions = tuple(
            msgspec.structs.replace(
                one, checks=tuple(_with_names(check, results.get(check.id)) for check in one.checks)
            )
            for one in report.functions
        )
        changed = fit_report(fold_hints(msgspec.structs.replace(report, functions=functions)))
        return Renamed(changed, msgspec.structs.replace(kept, units=tuple(renamed)))

    def _rename_unit(self, unit: KeptUnit, seed: int, results: dict[str, CheckResult]) -> KeptUnit:
        if not unit.is_whole:
            raise _TooLittleError
        groups = tuple(self._rename_group(unit.name, one, seed, results) for one in unit.groups)
        if not any(one.named for one in groups if not one.is_hidden):
            _pin_again(unit, results)
        return msgspec.structs.replace(unit, groups=groups)

    def _rename_group(
        self, unit: str, group: KeptGroup, seed: int, results: dict[str, CheckResult]
    ) -> KeptGroup:
        evidence = group.evidence(unit)

        def known_answer(one: Misconception, place: int) -> object:
            return self._unpacked(seed, unit, one.name, evidence.asked[place][1])

        def find_remark() -> Remark:
            if evidence.remark is None:
                raise _TooLittleError
            return evidence.remark

        known = self._assignment.misconceptions_of(unit)
        naming = name_checks(evidence, known, known_answer, find_remark=find_remark)
        results.update((one.id, one) for one in naming.checks)
        return msgspec.structs.replace(group, named=naming.found.id if naming.found else "")

    def _unpack(self, seed: int, unit: str, name: str, place: int) -> object:
        """Return the fingerprint of what a misconception answers to a question."""
        answers = self._known(seed, unit)[name].answers
        if place >= len(answers) or not answers[place]:
            raise _TooLittleError
        return unpack(answers[place])

    def known_answers(self, seed: int, unit: str) -> Mapping[str, KnownAnswers]:
        """Return what the misconceptions of a unit answer with a seed, by name.

        Raises:
            GraderError: It can't be recorded.
        """
        return self._known(seed, unit)

    def answers_of(self, misconception: Misconception, seed: int) -> Sequence[bytes]:
        """Return the packed answers of a misconception that the assignment need not have yet.

        Raises:
            GraderError: The reference can't be loaded, or the machine failed.
        """
        self._recording(seed)
        questions = self._resources.oracle(seed).questions(misconception.function)
        return self._resources.ask_alone(misconception, questions)

    def _find_known(self, seed: int, unit: str) -> Mapping[str, KnownAnswers]:
        recording = self._recording(seed)
        known = recording.known_of(unit)
        wanted = {
            one.name: digest_misconception(one) for one in self._assignment.misconceptions_of(unit)
        }
        if any(name not in known or known[name].digest != wanted[name] for name in wanted):
            packed = self._resources.record_known(unit, recording)
            recording = msgspec.structs.replace(recording, known={**recording.known, unit: packed})
            self._recordings[seed] = recording
            if self._store is not None:
                self._store.keep(recording)
            known = recording.known_of(unit)
        return known

    def _recording(self, seed: int) -> Recording:
        if seed not in self._recordings:
            found = None
            if self._store is not None:
                found = self._store.find(recording_key(self._assignment), seed)
            self._recordings[seed] = found or self._resources.record(seed)
        return self._recordings[seed]


def _pin_again(unit: KeptUnit, results: dict[str, CheckResult]) -> None:
    """Say again which line is wrong, in a unit of which no misconception is named."""
    check_id, text = unit.pin
    if text is None or (text and check_id not in results):
        raise _TooLittleError
    if text:
        message = with_pin(results[check_id].message, text)
        results[check_id] = msgspec.structs.replace(results[check_id], message=message)


def _with_names(check: CheckResult, named: CheckResult | None) -> CheckResult:
    """Return the result of a check as the report has it, with what a diagnosis adds to it."""
    if named is None:
        return check
    return msgspec.structs.replace(
        check,
        message=hide_paths(named.message),
        hint=named.hint,
        misconception=named.misconception,
        section=named.section,
        diagnosis=named.diagnosis,
    )
