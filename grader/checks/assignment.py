"""An assignment: one folder with ``assignment.toml``, checks and a reference."""

import ast
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from grader.errors import InternalError
from grader.report.model import AssignmentInfo

_BUILT_IN = Path(__file__).resolve().parent.parent / "assignments"


@dataclass(frozen=True, slots=True, kw_only=True)
class Function:
    """A function of the contract: its parameters in order, and whom it may call.

    ``collaborators`` are functions below it: those that are lent to it right. One
    without parameters (``is_value``) is a global that is only read. The reference's is not
    asked where ``ask_reference`` is false: the checks know by themselves what is right.
    """

    name: str
    parameters: tuple[str, ...]
    collaborators: tuple[str, ...] = ()
    is_value: bool = False
    ask_reference: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """What is graded: the contract's functions, where the checks are, the reference's source."""

    info: AssignmentInfo
    functions: tuple[Function, ...]
    folder: Path
    reference: str

    def function(self, name: str) -> Function:
        """Look a function up by name.

        Raises:
            KeyError: the contract has no such function.
        """
        for function in self.functions:
            if function.name == name:
                return function
        raise KeyError(name)

    @property
    def parameters(self) -> dict[str, tuple[str, ...]]:
        """The parameters of each function, in the contract's order."""
        return {function.name: function.parameters for function in self.functions}


def load_assignment(name: str = "lab4") -> Assignment:
    """Load a built-in assignment.

    Raises:
        InternalError: it is not there, or not as it should be.
    """
    folder = _BUILT_IN / name
    try:
        content = tomllib.loads((folder / "assignment.toml").read_text(encoding="utf-8"))
        functions = tuple(
            Function(
                name=entry["name"],
                parameters=tuple(entry.get("parameters", ())),
                collaborators=tuple(entry.get("collaborators", ())),
                is_value="parameters" not in entry,
                ask_reference=entry.get("ask_reference", True),
            )
            for entry in content["functions"]
        )
        info = AssignmentInfo(id=content["id"], title=content["title"], version=content["version"])
        return Assignment(
            info=info,
            functions=functions,
            folder=folder,
            reference=_find_reference(folder, content["reference"]).read_text(encoding="utf-8"),
        )
    except (OSError, KeyError, tomllib.TOMLDecodeError) as error:
        raise InternalError(f"the assignment {name} can't be loaded: {error!r}") from error


def _find_reference(folder: Path, name: str) -> Path:
    # A wheel carries the reference inside the assignment; a checkout has it at its root.
    packaged = folder / "reference" / name
    return packaged if packaged.exists() else folder.parents[2] / "reference" / name


def definitions(source: str, *, leave_out: Iterable[str] = ()) -> str:
    """Cut a reference down to what it defines: functions, constants, the imports they use.

    Demo code at top level goes. Used to load the reference quickly, and to lend some
    functions of it without the others.

    Args:
        source: The reference's source.
        leave_out: Names whose definitions go as well.

    Returns:
        Python source with the same definitions.
    """
    unwanted = set(leave_out)
    statements = [
        statement
        for statement in ast.parse(source).body
        if _is_definition(statement) and not _bound_names(statement) & unwanted
    ]
    kept = [one for one in statements if not isinstance(one, ast.Import | ast.ImportFrom)]
    used = {node.id for one in kept for node in ast.walk(one) if isinstance(node, ast.Name)}
    imports = [one for one in statements if one not in kept and _bound_names(one) & used]
    return ast.unparse(ast.Module([*imports, *kept], []))


def _is_definition(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.Assign | ast.AnnAssign):
        targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
        if not all(isinstance(target, ast.Name) for target in targets):
            return False
        try:
            ast.literal_eval(statement.value)  # type: ignore[arg-type]
        except (ValueError, TypeError):
            return False
        return True
    return isinstance(statement, ast.FunctionDef | ast.ClassDef | ast.Import | ast.ImportFrom)


def _bound_names(statement: ast.stmt) -> set[str]:
    match statement:
        case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
            return {name}
        case ast.Import(names=aliases) | ast.ImportFrom(names=aliases):
            return {(alias.asname or alias.name).partition(".")[0] for alias in aliases}
        case ast.Assign(targets=targets):
            return {ast.unparse(target) for target in targets}
        case ast.AnnAssign(target=target):
            return {ast.unparse(target)}
        case _:
            return set()
