"""Grades one submission: the whole flow on one screen, in `Grader.grade`."""

import contextlib
import functools
import logging
import platform
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

import grader
from grader.checks.assignment import Assignment, load_assignment
from grader.checks.check_run import CheckRun, OnCheckStart, Phase, ignore_progress
from grader.checks.code_facts import uses_other_names
from grader.checks.manual_answers import manual_items
from grader.checks.misconceptions import Misconception
from grader.checks.pictures import draw_pictures
from grader.checks.questions import Question
from grader.diagnosis.diagnose import Case, diagnose
from grader.diagnosis.pinned import with_pin
from grader.discovery.keeper import Keeper
from grader.errors import GraderError, UnreadableSubmissionError, UsageError
from grader.observations.asking import Observe
from grader.oracle.oracle import Oracle
from grader.oracle.store import RecordingStore
from grader.pinning.pin import pin_lines
from grader.report.budget import fit_report
from grader.report.describe_loading import describe_loading, describe_syntax_error
from grader.report.manual import with_items
from grader.report.model import (
    CheckResult,
    IsolationInfo,
    Picture,
    Report,
    ReportStatus,
    SubmissionInfo,
    function_of,
)
from grader.report.repeats import fold_hints
from grader.report.score import exact_sum, score_functions
from grader.report.self_check import as_self_check
from grader.report.tidy import tidy_report
from grader.resources import Children, GradingResources
from grader.sandbox.host.account import Account
from grader.sandbox.host.launch import Launched
from grader.sandbox.host.limits import Confinement, Isolation, Limits
from grader.sandbox.host.load_plan import LoadPlan
from grader.sandbox.host.session import Session
from grader.seeds import Seeds
from grader.submission.read import Submission, parse_submission, read_submission
from grader.system.closing import Closing

_log = logging.getLogger(__name__)

Pictures = dict[str, tuple[Picture, ...]]


def grade(
    path: str | Path,
    *,
    seed: int | None = None,
    only: str | Collection[str] | None = None,
    limits: Limits | None = None,
    isolation: Isolation = Isolation.AUTO,
    assignment: str | Path = "lab4",
) -> Report:
    """Grade one submission.

    Args:
        path: A ``.py`` file or a ``.ipynb`` notebook.
        seed: The seed of the inputs; by default it is derived from assignment and submission.
        only: The name of the only function to grade, or several names.
        limits: What the submission may use.
        isolation: How strictly the submission is confined.
        assignment: The assignment: the name of a built-in lab, a folder, or a student's kit by its
            file or by its id if it is installed.

    Returns:
        The report, even if the submission can't be read. If the grader itself failed, in whatever
        way, the report says so; it then has no score, and says nothing about the submission.

    Raises:
        UsageError: The file, the function or the assignment doesn't exist.
    """
    chosen = load_assignment(assignment)
    report: Report | None = None
    try:
        with Grader(
            chosen, limits=limits, confinement=Confinement(isolation=isolation)
        ) as warm_grader:
            report = warm_grader.grade(Path(path), seed=seed, only=only)
    except UsageError:
        raise
    except Exception as error:  # noqa: BLE001 - whatever fails here is our fault
        if report is None:  # otherwise only the cleanup failed, and the report is valid
            blank = blank_report(chosen, Path(path).name, mode=isolation.value)
            return fail_report(blank, ReportStatus.GRADER_ERROR, _describe_fault(error))
    return report


@dataclass(frozen=True, slots=True, kw_only=True)
class _Options:
    """How a submission is graded; the arguments of `Grader.grade` and `Grader.grade_data`."""

    seed: int | None = None
    only: Collection[str] | None = None
    on_progress: OnCheckStart = ignore_progress
    more_time: float = 1.0
    has_diagnosis: bool = True
    proved: Collection[str] = ()


class Grader(Closing):
    """Grades one submission after another, keeping torch imported and the checks collected.

    A grader that has failed or was interrupted refuses further work, since its sessions may be
    half-way through a request. Its owner then starts a new one.

    Args:
        assignment: The assignment; the built-in lab by default.
        limits: What each submission may use; by default the assignment's limits.
        confinement: How strictly each submission is confined.
        seeds: Which seed a submission gets, if none is given.
        store: Where recordings are kept; None if there are none.
        launched: The first process of what starts children, if it was started already.
    """

    def __init__(
        self,
        assignment: Assignment | None = None,
        *,
        limits: Limits | None = None,
        confinement: Confinement | None = None,
        seeds: Seeds | None = None,
        launched: Launched | None = None,
        store: RecordingStore | None = None,
    ) -> None:
        chosen = assignment or load_assignment()
        self._resources = GradingResources(
            chosen,
            limits=limits or Limits.of(chosen.limits),
            confinement=confinement or Confinement(),
            launched=launched,
            store=store,
        )
        self._store = store
        self._seeds = seeds or Seeds()
        if chosen.kit is not None:
            if seeds is not None:
                raise UsageError("a kit has none of the inputs of a class")
            self._seeds = Seeds(only=chosen.kit.manifest.seeds)
        self._last_seed: int | None = None
        self._refusal = ""
        self.strays: tuple[str, ...] = ()
        self.kept = Keeper()

    def close(self) -> None:
        """End all processes."""
        self._resources.close()

    def grade(
        self,
        path: Path,
        *,
        seed: int | None = None,
        only: str | Collection[str] | None = None,
        on_progress: OnCheckStart = ignore_progress,
    ) -> Report:
        """Grade one submission; the arguments and errors are those of the function `grade`."""
        options = _Options(seed=seed, only=_names(only), on_progress=on_progress)
        return self._grade(path.name, lambda: read_submission(path), options)

    def grade_data(
        self,
        data: bytes,
        *,
        name: str,
        seed: int | None = None,
        only: str | Collection[str] | None = None,
        on_progress: OnCheckStart = ignore_progress,
        more_time: float = 1.0,
        has_diagnosis: bool = True,
        proved: Collection[str] = (),
    ) -> Report:
        """Grade a submission given as bytes; ``name`` is the name of the file as handed in.

        The CPU time of each function is multiplied by ``more_time``. Without ``has_diagnosis`` only
        the points are found out: no misconception is named, and no picture drawn. The units
        ``proved`` are right, although ``only`` leaves them out.
        """
        files = self._resources.assignment.submission
        options = _Options(
            seed=seed,
            only=_names(only),
            on_progress=on_progress,
            more_time=more_time,
            has_diagnosis=has_diagnosis,
            proved=proved,
        )
        return self._grade(name, lambda: parse_submission(data, name=name, files=files), options)

    def get_ready(self) -> None:
        """Prepare for another submission while nobody waits; return at once."""
        if not self._refusal:
            self._resources.get_ready()

    def record_last(self) -> None:
        """Keep what is right with the last submission's seed, unless that is kept already.

        Only seeds that other submissions get too are worth that, and a grader that failed keeps
        nothing. What can't be recorded costs time, and no report.
        """
        seed, self._last_seed = self._last_seed, None
        is_kit = self._resources.assignment.kit is not None  # which is a recording
        if self._store is None or self._refusal or seed is None or is_kit:
            return
        is_shared = seed in self._seeds.all(self._resources.assignment.info)
        try:
            if is_shared and not self._resources.is_recorded(seed):
                recording = self._resources.record(seed)
                # Another process may have kept a fuller one meanwhile.
                if self._resources.find_recording(seed) is None:
                    self._store.keep(recording)
        except Exception as error:  # noqa: BLE001 - whatever it is, the reports don't need it
            _log.warning("what is right can't be recorded: %s", _describe_fault(error))

    def refuse(self, name: str, reason: str) -> Report:
        """Return the report of a submission that can't even be opened, with the reason."""
        return fail_report(self._blank_report(name), ReportStatus.UNREADABLE, reason)

    def _grade(self, name: str, read: Callable[[], Submission], options: "_Options") -> Report:
        started = time.monotonic()
        seconds: dict[str, float] = {}
        blank = self._blank_report(name)
        self.strays = ()
        if self._refusal:
            return fail_report(blank, ReportStatus.GRADER_ERROR, self._refusal)
        try:
            self._expect_functions(options.only or ())
            submission = read()
            blank = self._with_submission(blank, submission, options.seed)
            report = self._judge(blank, submission, options, seconds)
        except UnreadableSubmissionError as error:
            report = fail_report(blank, ReportStatus.UNREADABLE, str(error))
        except UsageError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever fails here is our fault
            self._refuse_more(_describe_fault(error))
            report = fail_report(blank, ReportStatus.GRADER_ERROR, _describe_fault(error))
        except BaseException as error:
            self._refuse_more(f"interrupted ({type(error).__name__})")
            raise
        timing = {"total_s": round(time.monotonic() - started, 3), **seconds}
        return fit_report(fold_hints(tidy_report(msgspec.structs.replace(report, timing=timing))))

    def _judge(
        self,
        blank: Report,
        submission: Submission,
        options: "_Options",
        seconds: dict[str, float],
    ) -> Report:
        """Grade a submission that can be read.

        Args:
            blank: Its report so far.
            submission: The submission.
            options: How to grade it.
            seconds: Gets how long each check took, by its id.

        Raises:
            UnreadableSubmissionError: The file is not Python.
            GraderError: zerograd or the machine failed.
        """
        resources = self._resources
        oracle = resources.oracle(blank.seed)
        self._last_seed = blank.seed
        blocks = [one.source for one in submission.blocks]
        self.kept.begin(blank.seed, blocks, resources.assignment.parameters)
        account = resources.open_account(submission, blank.seed, more_time=options.more_time)
        options.on_progress(0, 0, submission.name)
        plan = LoadPlan()
        with contextlib.ExitStack() as sessions:
            student = sessions.enter_context(resources.open(submission, account, plan))
            if student.loaded.syntax_error is not None:
                raise UnreadableSubmissionError(describe_syntax_error(student.loaded.syntax_error))
            start = functools.partial(
                resources.children, submission, account, plan, sessions, expect=oracle.expect
            )
            visible, hidden = start(own=student), start()

            def foreseen(name: str) -> Sequence[Question]:
                with account.excluded():
                    return oracle.foreseen(name)

            run = CheckRun(
                assignment=resources.assignment,
                seed=blank.seed,
                visible=visible.as_student(),
                hidden=hidden.as_student(),
                expect=oracle.expect,
                ask_reference=oracle.ask_reference,
                reserve=account.reserve,
                only=options.only,
                on_progress=options.on_progress,
                seconds=seconds,
                functions={one.name: one for one in student.loaded.functions},
                absences={one.function: one for one in student.loaded.absences},
                defined=student.loaded.defined,
                foreseen=foreseen,
                passed=resources.passed(blank.seed),
                proved=options.proved,
            )
            run.choose(resources.checks.checks)
            pictures: Pictures = {}
            why_over = ""
            printed = "", False
            for phase in run.phases:
                settled = resources.checks.run(run, phase)
                if phase is Phase.OWN:
                    # Before the diagnosis: it asks more, and less where it knows a name.
                    printed = student.output()
                # Time that is used up after this costs a diagnosis, and ends nothing early.
                why_over = student.why_over or account.why_over
                if options.has_diagnosis:
                    seen, unseen = self._cases(run, phase, oracle, visible, hidden, account)
                    self._diagnose(settled, run, seen, is_hidden=False)
                    self._diagnose(settled, run, unseen, is_hidden=True)
                    if phase is Phase.OWN and not why_over:
                        pictures = self._draw(settled, run, seen)
                if resources.assignment.kit is None:  # there, nothing secret comes after it
                    (hidden if phase is Phase.OWN_HIDDEN else visible).close_own()
            self.strays = tuple(run.strays())
            sessions.close()  # what comes now runs in children of its own
            self._pin(submission, plan, run, is_wanted=options.has_diagnosis and not why_over)
            report = self._fill(blank, submission, student, run, pictures, why_over, printed)
        if resources.assignment.kit is not None:
            later = resources.assignment.later
            chosen = {one: later[one] for one in later if not options.only or one in options.only}
            report = as_self_check(report, chosen)
        if options.only:
            return report
        items = manual_items(resources.assignment.manual, submission.blocks, submission.notebook)
        return with_items(report, items)

    def _refuse_more(self, reason: str) -> None:
        self._refusal = f"this grader takes no more submissions, as it has failed before: {reason}"

    def _expect_functions(self, chosen: Collection[str]) -> None:
        names = self._resources.assignment.parameters
        for name in chosen:
            if name not in names:
                raise UsageError(f'unknown function "{name}"; known functions: {", ".join(names)}')
            self._resources.expect_judged(name)

    def _blank_report(self, name: str) -> Report:
        resources = self._resources
        return blank_report(resources.assignment, name, mode=resources.confinement.isolation.value)

    def _with_submission(self, blank: Report, submission: Submission, seed: int | None) -> Report:
        info = SubmissionInfo(
            name=submission.name, sha256=submission.sha256, format=submission.format
        )
        if seed is None:
            seed = self._seeds.of(blank.assignment, submission.sha256)
        return msgspec.structs.replace(blank, submission=info, seed=seed)

    def _cases(
        self,
        run: CheckRun,
        phase: Phase,
        oracle: Oracle,
        visible: Children,
        hidden: Children,
        account: Account,
    ) -> tuple[Case, Case]:
        """Return how the diagnosis of visible checks asks, and that of hidden ones."""
        is_lent = phase is Phase.LENT and self._resources.assignment.kit is None
        return (
            self._case(run, oracle, visible, account, is_hidden=False, is_lent=is_lent),
            self._case(run, oracle, hidden, account, is_hidden=True, is_lent=is_lent),
        )

    def _case(
        self,
        run: CheckRun,
        oracle: Oracle,
        children: Children,
        account: Account,
        *,
        is_hidden: bool,
        is_lent: bool,
    ) -> Case:
        def observe(name: str) -> Observe:
            unproved = run.unproved(name, is_hidden=is_hidden) if is_lent else ()
            names = run.lendable(name, unproved)
            # The checks have already had most of the answers; only the others are asked for.
            return children.replay(names)

        # What our own programs cost is not the submission's: the first one to need them opens them.
        def questions(name: str) -> Sequence[Question]:
            with account.excluded():
                return oracle.questions(name)

        def known_answer(misconception: Misconception, question: Question) -> object:
            with account.excluded():
                return oracle.known_answer(misconception, question)

        def assigned(name: str) -> Sequence[str]:
            facts = run.functions.get(name)
            return () if facts is None else facts.assigned

        return Case(
            assignment=self._resources.assignment,
            observe=observe,
            questions=questions,
            known_answer=known_answer,
            is_lent=is_lent,
            assigned=assigned,
            has_time=account.has_time,
            keep=self.kept.note(is_hidden=is_hidden),
        )

    def _diagnose(
        self, settled: Sequence[CheckResult], run: CheckRun, case: Case, *, is_hidden: bool
    ) -> None:
        """Diagnose the functions that a phase has settled, and put that into the results.

        Args:
            settled: The results that the phase has settled.
            run: The submission.
            case: What may be asked.
            is_hidden: Whether hidden checks are diagnosed, or visible ones. What hidden checks ask
                can't be evidence for visible ones.
        """

        def is_asked(check_id: str) -> bool:
            return is_hidden or not run.is_hidden(check_id)

        waiting = {function_of(check_id) for check_id in run.open if is_asked(check_id)}
        names = {one.function for one in settled if run.is_hidden(one.id) == is_hidden} - waiting
        names = {one for one in names if not uses_other_names(run.functions.get(one))}
        known = [one for one in run.results.values() if one.function in names and is_asked(one.id)]
        only = {one.id for one in known if run.is_hidden(one.id) == is_hidden}
        run.results.update((one.id, one) for one in diagnose(known, case, only=only))

    def _pin(
        self, submission: Submission, plan: LoadPlan, run: CheckRun, *, is_wanted: bool
    ) -> None:
        """Say in the first visible failure of a unit which line is wrong, where that is proved."""
        pins = pin_lines(self._resources, submission, plan, run) if is_wanted else {}
        for name, pin in pins.items():
            self.kept.pin(name, pin.check_id, pin.text)
            if pin.text:
                result = run.results[pin.check_id]
                message = with_pin(result.message, pin.text)
                run.results[pin.check_id] = msgspec.structs.replace(result, message=message)

    def _draw(self, settled: Sequence[CheckResult], run: CheckRun, case: Case) -> Pictures:
        """Draw pictures of the functions that failed among helpers that are known to be right.

        With wrong helpers a picture would show nothing about the function itself.
        """
        proved = {
            name
            for name in {result.function for result in settled}
            if not run.unproved(name, is_hidden=False)
        }
        return draw_pictures(
            (result for result in settled if result.function in proved),
            self._resources.checks.checks,
            assignment=self._resources.assignment,
            seed=run.seed,
            observe=case.observe,
            expect=run.expect,
        )

    def _fill(
        self,
        blank: Report,
        submission: Submission,
        student: Session,
        run: CheckRun,
        pictures: Pictures,
        why_over: str,
        printed: tuple[str, bool],
    ) -> Report:
        assignment = self._resources.assignment
        seen = [
            msgspec.structs.replace(result, visibility=assignment.visibility_of(result.id))
            for result in (run.results[check.id] for check in run.checks)
        ]
        functions = tuple(
            msgspec.structs.replace(function, pictures=pictures.get(function.name, ()))
            for function in score_functions(seen, tuple(assignment.parameters))
        )
        output, is_output_cut = printed
        loading = describe_loading(
            (*submission.notes, *student.loaded.notes),
            is_notebook=submission.is_notebook,
            files=assignment.material.given,
        )
        notes = tuple(note.text for note in loading)
        if why_over:
            notes = (f"grading ended early: {why_over}", *notes)
        return msgspec.structs.replace(
            blank,
            status=ReportStatus.STOPPED if why_over else ReportStatus.GRADED,
            score=exact_sum(function.score for function in functions),
            max_score=exact_sum(function.max_score for function in functions),
            functions=functions,
            notes=notes,
            loading=loading,
            output=output,
            is_output_cut=is_output_cut,
            isolation=IsolationInfo(
                mode=blank.isolation.mode,
                locks=tuple(map(str, student.locks.locks)),
                missing={str(lock): why for lock, why in student.locks.missing.items()},
            ),
            environment={**blank.environment, **self._resources.versions},
        )


def _names(only: str | Collection[str] | None) -> Collection[str] | None:
    return (only,) if isinstance(only, str) else only


def blank_report(assignment: Assignment, name: str, *, mode: str) -> Report:
    """Make the report of a submission that was not graded yet.

    Args:
        assignment: The assignment.
        name: The name of the file as it was handed in.
        mode: The value of the `Isolation` that was asked for.
    """
    return Report(
        assignment=assignment.info,
        submission=SubmissionInfo(name=name, sha256="", format=""),
        status=ReportStatus.GRADED,
        score=0.0,
        max_score=assignment.points,
        isolation=IsolationInfo(mode=mode),
        seed=0,
        environment={
            "zerograd": grader.__version__,
            "python": platform.python_version(),
            "platform": f"{platform.system()} {platform.machine()}",
        },
        timing={},
    )


def _describe_fault(error: Exception) -> str:
    """Say what failed, with the type of the exception if it isn't one of ours."""
    return str(error) if isinstance(error, GraderError) else f"{type(error).__name__}: {error}"


def fail_report(blank: Report, status: ReportStatus, reason: str) -> Report:
    """Return the report with the reason why nothing was graded; for a fault it has no score."""
    is_ours = status is ReportStatus.GRADER_ERROR
    return msgspec.structs.replace(
        blank,
        status=status,
        score=None if is_ours else 0.0,
        max_score=None if is_ours else blank.max_score,
        error=reason,
    )
