"""Makes recordings: has the author's code answer everything that is asked with a seed."""

import dataclasses
from collections.abc import Callable, Iterable, Mapping, Sequence

import msgspec

from grader.checks.assignment import Assignment
from grader.checks.check import Check
from grader.checks.misconceptions import Misconception
from grader.checks.pictures import draw_right
from grader.checks.programs import wrong_program
from grader.checks.questions import Question
from grader.diagnosis.fingerprint import fingerprint
from grader.errors import GraderError
from grader.observations.asking import Ask
from grader.observations.messages import CodeBlock, Observation, Request
from grader.oracle.digests import digest_misconception
from grader.oracle.live import AuthorSessions, ListQuestions
from grader.oracle.packing import pack
from grader.oracle.recording import KnownAnswers, RecordedQuestion, Recording, pack_known, raw
from grader.sandbox.host.account import Account
from grader.sandbox.host.limits import Limits
from grader.sandbox.host.session import Session, Source

# Opens a session on a misconception, as on a submission.
OpenSession = Callable[[Source, Account], Session]

# A misconception answers all questions, a submission seldom more than those before its first
# failure.
_MORE_TIME = 4.0


class Recorder:
    """Makes the parts of one recording.

    Args:
        assignment: The assignment.
        checks: Its collected checks.
        sessions: The sessions on the author's code, with answers for this seed only.
        list_questions: Lists what the checks of a unit ask with this seed.
        key: The digest of everything that the answers depend on.
        seed: The seed.
    """

    def __init__(
        self,
        assignment: Assignment,
        checks: Sequence[Check],
        sessions: AuthorSessions,
        list_questions: ListQuestions,
        *,
        key: str,
        seed: int,
    ) -> None:
        self._assignment = assignment
        self._checks = checks
        self._sessions = sessions
        self._list_questions = list_questions
        self._key = key
        self._seed = seed
        self._asked: dict[bytes, msgspec.Raw] = {}

    def record(self) -> Recording:
        """Record what the reference answers.

        Raises:
            InternalError: The reference can't be loaded, or fails a check.
        """
        questions = {}
        for unit in self._assignment.units:
            listed = self._list_questions(unit.name, self._keeping(unit.name))
            questions[unit.name] = tuple(map(RecordedQuestion.of, listed))
        draw_right(
            self._checks,
            assignment=self._assignment,
            seed=self._seed,
            expect=self._keeping,
        )
        for recorded in questions.values():
            for one in recorded:
                self._asked.pop(bytes(one.request), None)
        others = tuple((msgspec.Raw(request), one) for request, one in self._asked.items())
        return Recording(key=self._key, seed=self._seed, questions=questions, others=others)

    def _keeping(self, name: str) -> Ask:
        """Return how to ask the reference about a unit, so that what it answers is recorded."""
        ask = self._sessions.ask_reference(name)

        def ask_and_keep(request: Request) -> Callable[[], Observation]:
            answer = ask(request)()
            self._asked[msgspec.msgpack.encode(request)] = raw(answer)
            return lambda: answer

        return ask_and_keep


def record_known(
    known: Iterable[Misconception],
    questions: Sequence[Question],
    *,
    earlier: Mapping[str, KnownAnswers],
    assignment: Assignment,
    limits: Limits,
    open_session: OpenSession,
) -> bytes:
    """Record what the misconceptions of a unit answer.

    Each runs alone, with the limits of a submission, and never where the reference answers: some
    come from students' code.

    Args:
        known: The misconceptions.
        questions: The questions about the unit.
        earlier: What was recorded before of the same questions, by name.
        assignment: The assignment.
        limits: What each may use.
        open_session: Opens a session on the program of a misconception.
    """
    found: dict[str, KnownAnswers] = {}
    for one in known:
        digest = digest_misconception(one)
        before = earlier.get(one.name)
        if before is not None and before.digest == digest:
            found[one.name] = before
            continue
        answers = ask_alone(
            one, questions, assignment=assignment, limits=limits, open_session=open_session
        )
        found[one.name] = KnownAnswers(digest, answers)
    return pack_known(found)


def ask_alone(
    misconception: Misconception,
    questions: Sequence[Question],
    *,
    assignment: Assignment,
    limits: Limits,
    open_session: OpenSession,
) -> tuple[bytes, ...]:
    """Ask a misconception where nothing else answers, with the limits of a submission.

    Args:
        misconception: The misconception.
        questions: The questions about its unit.
        assignment: The assignment.
        limits: What a submission may use.
        open_session: Opens a session on the program of the misconception.

    Returns:
        Its packed answers; empty where one can't be packed.
    """
    more = dataclasses.replace(limits, function_cpu_s=limits.function_cpu_s * _MORE_TIME)
    source = Source(
        name="submission.py",
        blocks=(CodeBlock(label="", source=wrong_program(assignment, misconception)),),
        is_notebook=False,
        parameters=assignment.top_level,
    )
    session = open_session(source, Account(more, functions=len(assignment.units)))
    try:
        return tuple(_packed(question, session) for question in questions)
    finally:
        session.close()


def _packed(question: Question, session: Session) -> bytes:
    try:
        return pack(fingerprint(question, session.observe(question.request)))
    except GraderError:
        raise
    except Exception:  # noqa: BLE001 - its facts can't be found out, or packed: nobody is named for it
        return b""
