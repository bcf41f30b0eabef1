"""Runs submissions in its own process, without a sandbox.

This is what graders without a sandbox do, with the same checks: the floor that zerograd's cost is
compared with. As with a recording, all submissions are asked the same, and what is right and what
misconceptions answer is known beforehand. Use it for harmless files only.

    python tests/benchmarks/in_process.py RESULT FILE...

writes the CPU seconds per submission to the file RESULT.
"""

import functools
import gc
import os
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from grader.checks.assignment import Assignment, load_assignment
from grader.checks.check_run import CheckRun, Student
from grader.checks.definitions import definitions, names_used, reachable
from grader.checks.misconceptions import Misconception
from grader.checks.passed import PassedAnswers
from grader.checks.questions import Question
from grader.checks.runner import CheckRunner
from grader.diagnosis.diagnose import Case, diagnose
from grader.diagnosis.fingerprint import fingerprint
from grader.observations.asking import Observe
from grader.observations.messages import (
    CallRequest,
    CodeBlock,
    Lent,
    Load,
    Observation,
    ReadRequest,
    Request,
)
from grader.sandbox.guest import warm
from grader.sandbox.guest.call import answer_call, answer_read
from grader.sandbox.guest.defaults import Defaults
from grader.sandbox.guest.lend import LentUnits
from grader.sandbox.guest.load import load
from grader.sandbox.guest.loaded import LoadedSubmission
from grader.sandbox.host.answer_cache import AnswerCache
from grader.submission.read import read_submission

_SEED = 0

Answer = Callable[[Request], Observation]


class InProcess:
    """A grader that loads, calls and grades submissions in this process.

    Args:
        assignment: The assignment to grade with.
    """

    def __init__(self, assignment: Assignment) -> None:
        warm.warm_torch()
        warm.warm_modules(("matplotlib.pyplot",))
        self.assignment = assignment
        self._home = Path.cwd()
        self._defaults = Defaults(tempfile.mkdtemp())
        self._reference = self._load_source(definitions(assignment.reference))
        self._known = functools.cache(self._load_known)
        self._right: dict[bytes, Observation] = {}
        self._questions: dict[str, list[Question]] = {}
        self._known_answers: dict[tuple[str, int], object] = {}
        self.passed = PassedAnswers()

    def submission(self, path: Path, *, lent: frozenset[str] = frozenset()) -> AnswerCache:
        """Load a file and return the cache that answers for it.

        Args:
            path: The file.
            lent: The functions to replace by right ones.
        """
        found = read_submission(path)
        answer = self._load(
            found.blocks,
            is_notebook=found.is_notebook,
            lent=self._make_lent(lent) if lent else None,
        )
        return AnswerCache(lambda request: functools.partial(answer, request))

    def expect(self, request: Request) -> Callable[[], Observation]:
        """Return what the reference answers, which is asked once."""
        key = msgspec.msgpack.encode(request)
        if key not in self._right:
            self._right[key] = self._reference(request)
        return lambda: self._right[key]

    def grade(self, path: Path, checks: CheckRunner) -> None:
        """Run the checks and the diagnosis, as the pipeline does."""
        own = self.submission(path)
        lent = functools.cache(lambda names: self.submission(path, lent=names))
        student = Student(observe=own.observe, observe_with_lent=lambda names: lent(names).observe)
        run = CheckRun(
            assignment=self.assignment,
            seed=_SEED,
            visible=student,
            hidden=student,
            expect=self.expect,
            ask_reference=lambda _name: self.expect,
            foreseen=lambda name: self._questions.get(name, ()),
            passed=self.passed,
        )
        run.choose(checks.checks)

        def observe(name: str) -> Observe:
            names = run.unproved(name, is_hidden=False)
            cache = lent(names) if names else own
            return lambda request: cache.replay(request)()

        def questions(name: str) -> list[Question]:
            if name not in self._questions:
                is_asked = self.assignment.unit(name).ask_reference
                known = self._known(name)
                expect = self.expect if is_asked else (lambda one: functools.partial(known, one))
                self._questions[name] = checks.questions(
                    name, assignment=self.assignment, seed=_SEED, expect=expect
                )
            return self._questions[name]

        case = Case(
            assignment=self.assignment,
            observe=observe,
            questions=questions,
            known_answer=self._known_answer,
        )
        for phase in run.phases:
            diagnose(checks.run(run, phase), case)

    def _known_answer(self, one: Misconception, question: Question) -> object:
        key = (one.name, question.place)
        if key not in self._known_answers:
            request = msgspec.structs.replace(question.request, function=one.name)
            self._known_answers[key] = fingerprint(question, self._known(one.function)(request))
        return self._known_answers[key]

    def _load_known(self, name: str) -> Answer:
        files = dict.fromkeys(one.source for one in self.assignment.misconceptions_of(name))
        sources = (self.assignment.reference, *files)
        return self._load_source("\n".join(map(definitions, sources)))

    def _make_lent(self, names: frozenset[str]) -> Lent:
        reference, parameters = self.assignment.reference, self.assignment.parameters
        needed = reachable(names, names_used(reference))
        return Lent(
            source=definitions(reference, leave_out=parameters.keys() - needed),
            parameters={one: parameters[one] for one in sorted(names)},
        )

    def _load_source(self, source: str) -> Answer:
        return self._load((CodeBlock(label="", source=source),), is_notebook=False, lent=None)

    def _load(self, blocks: Sequence[CodeBlock], *, is_notebook: bool, lent: Lent | None) -> Answer:
        message = Load(
            name="submission.py",
            blocks=tuple(blocks),
            is_notebook=is_notebook,
            parameters=self.assignment.parameters,
            lent=lent,
        )
        self._defaults.restore(seed=0)
        units = None if lent is None else LentUnits.make(lent, ())
        loaded, _ = load(message, report=lambda _: None, defaults=self._defaults, lent=units)
        return functools.partial(self._answer, loaded)

    def _answer(self, submission: LoadedSubmission, request: Request) -> Observation:
        if isinstance(request, CallRequest):
            answer = answer_call(request, submission, self._defaults)
        else:
            assert isinstance(request, ReadRequest)
            answer = answer_read(request, submission)
        os.chdir(self._home)
        return Observation(outcome=answer.outcome, steps=answer.steps, raised=answer.raised)


def main(result: Path, files: Sequence[Path]) -> None:
    """Grade files one after another, and write the CPU seconds per submission to a file."""
    runner = InProcess(load_assignment())
    with CheckRunner(runner.assignment.folder) as checks:
        for path in files:  # so that all is asked of the reference that will be needed
            runner.grade(path, checks)
        runner.passed = PassedAnswers()
        gc.collect()
        gc.freeze()  # as in the forkserver's children, or the collector walks through all of torch
        started = time.process_time()
        for path in files:
            runner.grade(path, checks)
        seconds = (time.process_time() - started) / len(files)
    result.write_text(str(seconds), encoding="ascii")


if __name__ == "__main__":
    main(Path(sys.argv[1]), [Path(one) for one in sys.argv[2:]])
