"""Gives the reports of a batch today's names, without grading what has been graded."""

from pathlib import Path

from grader.batch.keys import Keys
from grader.batch.store import ReportStore
from grader.checks.assignment import Assignment
from grader.diagnosis.evidence import DIAGNOSED
from grader.discovery.kept import Kept, KeptFile, read_kept
from grader.discovery.rename import Renamer
from grader.errors import UsageError
from grader.oracle.digests import digest_names
from grader.oracle.store import RecordingStore
from grader.outputs.pages.student_page import render_student_page
from grader.pool.messages import GradeRequest, GradeResult, PoolSettings
from grader.report.model import ReportStatus
from grader.report.outline import Outline
from grader.report.schema import report_to_json
from grader.sandbox.host.limits import Confinement, Isolation, Limits
from grader.system.closing import Closing


class Names(Closing):
    """Which names the reports of a batch have, and which they should have.

    Args:
        assignment: The assignment.
        settings: How submissions are graded.
        keys: The keys of the batch.
        store: Where reports are kept, and what is kept beside them.
    """

    def __init__(
        self,
        assignment: Assignment,
        settings: PoolSettings,
        keys: Keys,
        store: ReportStore,
    ) -> None:
        folder = settings.recordings
        self._asked = keys.asked
        self._store = store
        self._names = digest_names(assignment)
        self._renamer = Renamer(
            assignment,
            limits=Limits.of({**assignment.limits, **settings.limits}),
            confinement=Confinement(isolation=Isolation(settings.isolation)),
            store=RecordingStore(Path(folder)) if folder else None,
        )

    def close(self) -> None:
        """End all processes."""
        self._renamer.close()

    def keep(self, id_: str, request: GradeRequest, result: GradeResult) -> None:
        """Keep what a submission answered, before its report is kept.

        Raises:
            UsageError: It can't be written.
        """
        kept = read_kept(result.kept) if result.kept else Kept(seed=0)
        self._write(id_, request.key, kept, names=self._names)

    def find(self, id_: str, request: GradeRequest) -> Outline | None:
        """Return the outline of an earlier report, once it has today's names.

        Args:
            id_: The id of the report.
            request: The submission.

        Returns:
            The outline; None if there is no such report, or if the submission has to be graded
            anew.
        """
        outline = self._store.find(id_, request.key)
        if outline is None or outline.status is ReportStatus.GRADER_ERROR:
            return None
        failed = {
            check.function
            for function in outline.functions
            for check in function.checks
            if check.status in DIAGNOSED
        }
        if not failed:
            return outline  # nothing in it could be named
        file = self._store.kept.find(id_)
        if file is None or (file.key, file.asked) != (request.key, self._asked):
            return None
        if not any(file.names.get(name) != self._names[name] for name in failed):
            return outline
        return self._rename(id_, request, file)

    def _rename(self, id_: str, request: GradeRequest, file: KeptFile) -> Outline | None:
        changed = {name for name in self._names if file.names.get(name) != self._names[name]}
        try:
            report = self._store.read(id_)
            renamed = self._renamer.rename(report, file.kept, frozenset(changed))
        except UsageError:
            return None
        if renamed is None:
            return None
        page = render_student_page(
            renamed.report, notebook=request.data if report.is_notebook else None
        )
        written = report_to_json(renamed.report).encode()
        # If the batch is killed in between, nobody knows which names the report has: it gets them
        # once more, whichever these are then.
        self._write(id_, request.key, renamed.kept, names={})
        outline = self._store.keep(id_, written, page.encode())
        self._write(id_, request.key, renamed.kept, names=self._names)
        return outline

    def _write(self, id_: str, key: str, kept: Kept, *, names: dict[str, str]) -> None:
        file = KeptFile(key=key, asked=self._asked, names=names, kept=kept)
        self._store.kept.keep(id_, file)
