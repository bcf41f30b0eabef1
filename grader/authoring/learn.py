"""Writes a misconception from a cluster: from the shortest code of students who answer alike.

The code is a student's. Here it is parsed, and it runs only where it can do nothing: alone, in a
sandbox, with the limits of a submission.
"""

import ast
import keyword
import re
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.checks.assignment import Assignment
from grader.checks.definitions import bound_names, names_used
from grader.checks.misconceptions import LEARNED, Misconception, read_misconceptions
from grader.checks.programs import is_computed
from grader.checks.units import Unit, UnitKind
from grader.diagnosis.evidence import Evidence
from grader.diagnosis.fingerprint import is_same
from grader.discovery.cluster import Member, members_of
from grader.discovery.kept import KeptUnit
from grader.discovery.rename import Renamer
from grader.discovery.store import KeptStore
from grader.errors import UsageError
from grader.oracle.packing import unpack
from grader.oracle.store import RecordingStore
from grader.outputs.files import write_text_atomically
from grader.report.class_model import ClassSummary, ClusterFigures
from grader.sandbox.host.limits import Confinement, Limits

_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_PREFIX = "_learned_"
_RULE = (
    "# Made of a student's code: it stays alone in this file, and its line that begins with\n"
    f"# {LEARNED} stays too. Say in the first line what is wrong, and below it what to try next.\n"
)


_MOST_TRIED = 10  # submissions of a cluster; the code of some may not work apart from the rest


class _UnusableError(Exception):
    """No misconception can be made of the code of one submission."""


@dataclass(frozen=True, slots=True)
class Learned:
    """A misconception that was written.

    Attributes:
        id: Its id.
        path: Its file.
        students: How many students it will be named for.
        function: Its unit.
    """

    id: str
    path: Path
    students: int
    function: str


def learn(
    assignment: Assignment,
    results: Path,
    summary: ClassSummary,
    number: int,
    *,
    id_: str = "",
    out: Path | None = None,
    store: RecordingStore | None = None,
) -> Learned:
    """Write a misconception from a cluster.

    Args:
        assignment: The assignment.
        results: The folder of the results.
        summary: The summary of the class.
        number: The number of the cluster, from 1, as the class page lists them.
        id_: The id that it gets, with or without its unit; by default a free one.
        out: The file to write; by default one beside the other misconceptions.
        store: Where recordings are kept.

    Raises:
        UsageError: There is no such cluster, no misconception can be made of its code, what was
            made does not answer as the cluster does, or it can't be told apart from another one.
    """
    cluster = _choose(summary, assignment, number)
    members = _find_members(results, cluster)
    unit = assignment.unit(cluster.function)
    slug = _make_slug(assignment, unit, id_)
    name = f"{unit.name.replace('.', '__')}__{slug.replace('-', '_')}"
    path = out or _default_folder(assignment) / f"learned_{name}.py"
    if path.exists():
        raise UsageError(f"{path} is there already")
    with Renamer(
        assignment,
        limits=Limits.of(assignment.limits),
        confinement=Confinement(),
        store=store,
    ) as renamer:
        problem = ""
        for member, seed in members[:_MOST_TRIED]:
            try:
                candidate = _make(assignment, unit, name, member.unit)
                _expect_alike(candidate, member, seed, renamer)
            except _UnusableError as error:
                problem = problem or str(error)
                continue
            _expect_only(candidate, member, seed, assignment, renamer)
            write_text_atomically(candidate.source, path)
            return Learned(candidate.id, path, cluster.students, unit.name)
    raise UsageError(f"no misconception can be made of the code of {unit.name}: {problem}")


def _choose(summary: ClassSummary, assignment: Assignment, number: int) -> ClusterFigures:
    graded, given = summary.assignment, assignment.info
    if (graded.id, graded.version) != (given.id, given.version):
        raise UsageError(
            f"these results are of {graded.id} {graded.version}, not of {given.id} {given.version};"
            " say which assignment with --assignment"
        )
    count = len(summary.clusters)
    if not 1 <= number <= count:
        known = f"the clusters are 1 to {count}" if count else "there are none"
        raise UsageError(f"there is no cluster {number}: {known}")
    return summary.clusters[number - 1]


def _find_members(results: Path, cluster: ClusterFigures) -> list[tuple[Member, int]]:
    """Return what the submissions of a cluster answered, the shortest first, and their seeds."""
    store = KeptStore(results)
    files = ((id_, store.find(id_)) for id_ in cluster.rows)
    found = [
        (member, file.kept.seed)
        for id_, file in files
        if file is not None
        for member in members_of(id_, file)
        if member.unit.name == cluster.function and member.unit.code
    ]
    if not found:
        raise UsageError(
            f"the code of {cluster.function} is not known in this cluster, or was named since: run"
            " grader batch again"
        )
    return sorted(found, key=lambda pair: pair[0].unit.length)


def _make_slug(assignment: Assignment, unit: Unit, id_: str) -> str:
    """Return the second part of the id."""
    taken = {one.id for one in assignment.misconceptions}
    if not id_:
        numbers = (f"learned-{number}" for number in range(1, len(taken) + 2))
        return next(slug for slug in numbers if f"{unit.name}/{slug}" not in taken)
    slug = id_.removeprefix(f"{unit.name}/")
    if not _SLUG.fullmatch(slug):
        raise UsageError(
            f"{id_} can't be the id: it has to be small letters, digits and single hyphens, such as"
            f" {unit.name}/forgets-the-mean"
        )
    if f"{unit.name}/{slug}" in taken:
        raise UsageError(f"there is a misconception {unit.name}/{slug} already")
    return slug


def _default_folder(assignment: Assignment) -> Path:
    if assignment.misconceptions:
        return assignment.misconceptions[0].path.parent
    place = assignment.beside("misconceptions")
    return place if place.is_dir() else place.parent


def write_program(assignment: Assignment, unit: Unit, name: str, code: str, needed: str) -> str:
    """Write the file of a misconception.

    Args:
        assignment: The assignment.
        unit: The unit.
        name: The name of the program.
        code: The source of the unit in a submission; of a method, its class.
        needed: What it needs of the submission.

    Raises:
        _UnusableError: The source is not Python, or has a form that no misconception can have.
    """
    try:
        own, others = ast.parse(code).body, ast.parse(needed).body
        contract = {one.name.partition(".")[0] for one in assignment.units}
        program = _program(assignment, unit, name, own)
        others = _reachable(program, others)
        bound = {one for part in others for one in bound_names(part)} - contract
        statements = [
            _Rename({one: f"{_PREFIX}{one}" for one in bound & _globals(part)}).visit(part)
            for part in (*others, *program)
        ]
        text = ast.unparse(ast.fix_missing_locations(ast.Module(statements, [])))
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        why = str(error) if type(error) is ValueError else f"it can't be parsed ({error})"
        raise _UnusableError(why) from error
    return f"{_RULE}{text}\n"


def _reachable(program: Sequence[ast.stmt], others: Sequence[ast.stmt]) -> list[ast.stmt]:
    """Return the statements whose names a program uses, directly or through others."""
    waiting = {name for one in program for name in _globals(one)}
    known: set[str] = set()
    while waiting:
        known |= waiting
        waiting = {
            name for one in others if bound_names(one) & waiting for name in _globals(one)
        } - known
    return [one for one in others if bound_names(one) & known]


def _globals(statement: ast.stmt) -> set[str]:
    """Return the globals that a statement uses or binds: its parameters and locals are none."""
    if isinstance(statement, ast.FunctionDef | ast.ClassDef):
        (used,) = names_used(ast.unparse(ast.fix_missing_locations(statement))).values()
        return used | {statement.name}
    names = {node.id for node in ast.walk(statement) if isinstance(node, ast.Name)}
    return names | bound_names(statement)


def _program(
    assignment: Assignment, unit: Unit, name: str, own: Sequence[ast.stmt]
) -> list[ast.stmt]:
    """Return the statements that define the misconception."""
    text = f"A known mistake in {unit.name}.\n\n    {LEARNED} from a student's code.\n    "
    docstring = ast.Expr(ast.Constant(text))
    last = own[-1] if own else None
    member = unit.name.partition(".")[2]
    if unit.kind is UnitKind.METHOD and isinstance(last, ast.ClassDef):
        last = next(
            (one for one in last.body if isinstance(one, ast.FunctionDef) and one.name == member),
            None,
        )
    is_function = unit.kind in (UnitKind.FUNCTION, UnitKind.METHOD)
    if is_function and isinstance(last, ast.FunctionDef):
        last.name = name
        last.body = [docstring, *_without_docstring(last.body)]
        return [last]
    if unit.kind is UnitKind.CLASS and isinstance(last, ast.ClassDef):
        last.name = name
        last.body = [docstring, *_without_docstring(last.body)]
        return [last]
    if unit.kind is UnitKind.VALUE and own:
        if is_computed(assignment, unit):
            nothing = ast.arguments([], [], None, [], [], None, [])
            return [ast.FunctionDef(name, nothing, [docstring, *own], [], None, None)]
        if isinstance(last, ast.Assign) and len(last.targets) == 1:
            last.targets = [ast.Name(name, ast.Store())]
            return [last, docstring]
    message = f"it is no {unit.kind.value}"
    raise ValueError(message)


def _without_docstring(body: list[ast.stmt]) -> list[ast.stmt]:
    match body:
        case [ast.Expr(value=ast.Constant(value=str())), *rest]:
            return rest or [ast.Pass()]
    return body


class _Rename(ast.NodeTransformer):
    """Renames what else the submission defines, so that it replaces nothing of the reference."""

    def __init__(self, renamed: dict[str, str]) -> None:
        self._renamed = renamed

    def visit_Name(self, node: ast.Name) -> ast.AST:
        node.id = self._renamed.get(node.id, node.id)
        return node

    def visit_Global(self, node: ast.Global) -> ast.AST:
        node.names = [self._renamed.get(name, name) for name in node.names]
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        self.generic_visit(node)
        if node.col_offset == 0:
            node.name = self._renamed.get(node.name, node.name)
        return node

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        self.generic_visit(node)
        if node.col_offset == 0:
            node.name = self._renamed.get(node.name, node.name)
        return node

    def visit_Import(self, node: ast.Import) -> ast.AST:
        for one in node.names:
            bound = one.asname or one.name
            if bound in self._renamed and not keyword.iskeyword(bound):
                one.asname = self._renamed[bound]
            elif "." in one.name and one.asname is None:
                # It binds its first part, under a name that everybody knows.
                self._renamed.pop(one.name.partition(".")[0], None)
        return node

    def visit_ImportFrom(self, node: ast.ImportFrom) -> ast.AST:
        for one in node.names:
            one.asname = self._renamed.get(one.asname or one.name, one.asname)
        return node


def _make(assignment: Assignment, unit: Unit, name: str, kept: KeptUnit) -> Misconception:
    """Make a misconception of a submission's code.

    Raises:
        _UnusableError: It can't be made.
    """
    source = write_program(assignment, unit, name, kept.code, kept.needed)
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "learned.py").write_text(source, encoding="utf-8", newline="\n")
        try:
            found = read_misconceptions(Path(folder), [one.name for one in assignment.units])
        except (SyntaxError, ValueError) as error:
            raise _UnusableError(str(error)) from error
    for one in found:
        if one.name == name and one.is_learned:
            return one
    raise _UnusableError(f"it does not define {name}")


def _expect_alike(candidate: Misconception, member: Member, seed: int, renamer: Renamer) -> None:
    """Require that a misconception answers as the submission does that it was made of.

    Raises:
        _UnusableError: It answers otherwise.
        UsageError: It is asked something else.
    """
    packed = renamer.answers_of(candidate, seed)
    for evidence in _evidence(member):
        for (check, place), given in zip(evidence.asked, evidence.given, strict=True):
            if place >= len(packed):
                raise UsageError(
                    "other questions are asked now than when the class was graded: run grader batch"
                    " again"
                )
            if not packed[place] or not is_same(given, unpack(packed[place])):
                raise _UnusableError(
                    f"apart from the rest of its submission it answers otherwise, in {check}"
                )


def _expect_only(
    candidate: Misconception, member: Member, seed: int, assignment: Assignment, renamer: Renamer
) -> None:
    """Require that no known misconception answers as a submission does.

    Raises:
        UsageError: One does.
    """
    known = renamer.known_answers(seed, candidate.function)
    for one in assignment.misconceptions_of(candidate.function):
        packed = known[one.name].answers
        if any(_is_like(packed, evidence) for evidence in _evidence(member)):
            raise UsageError(
                f"{one.label} answers the same as this cluster: there is nothing to learn. If it is"
                " not named, several misconceptions can't be told apart; see grader verify"
            )


def _evidence(member: Member) -> list[Evidence]:
    return [group.evidence(member.unit.name) for group in member.groups]


def _is_like(packed: Sequence[bytes], evidence: Evidence) -> bool:
    return all(
        place < len(packed) and packed[place] and is_same(given, unpack(packed[place]))
        for (_, place), given in zip(evidence.asked, evidence.given, strict=True)
    )
