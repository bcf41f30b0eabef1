"""Runs a submission, statement by statement, in a module of its own: the only exec.

A statement at a time, so that the trusted side knows which one ended the child, and
can have everything before it (or every other cell) run again without that one.
"""

import ast
import contextlib
import linecache
import sys
import types
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from grader.observations.messages import CodeBlock, Load, Loaded, Note, StatementStarted
from grader.sandbox.guest.defaults import Defaults, tame_ipython
from grader.sandbox.guest.exceptions import describe_exception
from grader.sandbox.guest.lend import lend

MODULE_NAME = "submission"

# Cell magics that only time or capture: their body runs, the others go with their cell.
_MAGICS_WITH_BODY = {"time", "timeit", "capture", "prun"}


@dataclass
class LoadedSubmission:
    """A loaded submission: its namespace, and how its functions may be called.

    ``parameters`` maps each function of the contract to its parameters in order.
    """

    namespace: dict[str, object]
    parameters: dict[str, tuple[str, ...]]
    labels: dict[str, str] = field(default_factory=dict)


def load(
    message: Load, *, report: Callable[[StatementStarted], None], defaults: Defaults
) -> tuple[LoadedSubmission, Loaded]:
    """Run all blocks of a submission; what goes wrong in them becomes notes.

    Args:
        message: The blocks in order, and what to lend.
        report: Called before each top-level statement runs.
        defaults: Sets back the state between statements that have imported pyplot.

    Returns:
        The submission and what to tell the trusted side about it.
    """
    sys.argv[:] = [message.name]
    module = types.ModuleType(MODULE_NAME)
    sys.modules[MODULE_NAME] = module  # dataclasses and pickling look a class's module up there
    submission = LoadedSubmission(vars(module), dict(message.parameters))
    notes: list[Note] = []
    future_flags = 0
    unmade: set[str] = set()  # what blocks that stopped half-way would have made
    for index, block in enumerate(message.blocks):
        filename = block.label or message.name
        submission.labels[filename] = block.label
        if not message.is_notebook:
            submission.namespace["__file__"] = _write_copy(message.name, block.source)
        try:
            source = _without_cell_magic(block, notes) if message.is_notebook else block.source
            tree = _parse(source, filename, future_flags)
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            raised = describe_exception(error, submission.labels)
            if not message.is_notebook:
                return submission, Loaded(syntax_error=raised)
            notes.append(Note(block=block.label, raised=raised))
            continue
        _remember_source(filename, source)
        future_flags |= _future_flags(tree)
        try:
            for position, statement in enumerate(tree.body):
                if position == block.stop_before:
                    break
                report(StatementStarted(block=index, statement=position))
                # The submission runs here, behind all locks.
                exec(_compile(statement, filename, future_flags), submission.namespace)
                if isinstance(statement, ast.Import | ast.ImportFrom):
                    defaults.tame_if_imported()
                    tame_ipython(submission.namespace)
        except BaseException as error:  # also SystemExit and KeyboardInterrupt
            follows = isinstance(error, NameError) and error.name in unmade
            unmade |= _names_made_by(tree)
            raised = describe_exception(error, submission.labels)
            notes.append(Note(block=block.label, raised=raised, follows=follows))
    if message.lent is not None:
        lend(message.lent, submission.namespace)
    defined = tuple(name for name in message.parameters if name in submission.namespace)
    return submission, Loaded(defined=defined, notes=tuple(notes))


def _without_cell_magic(block: CodeBlock, notes: list[Note]) -> str:
    source = block.source
    while True:
        body = source.lstrip()
        if not body.startswith("%%"):
            return source
        first, _, rest = body.partition("\n")
        name = (first[2:].split() or [""])[0]
        if name not in _MAGICS_WITH_BODY:
            break
        # As many lines as before: notes name lines.
        source = "\n" * (source.count("\n") - rest.count("\n")) + rest
    notes.append(Note(block=block.label, text=f"left out, with its cell magic %%{name}"))
    return ""


def _parse(source: str, filename: str, flags: int) -> ast.Module:
    """Parse as Python, else as IPython with magics and shell lines turned into nothing."""

    def parse(text: str) -> ast.Module:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SyntaxWarning)
            tree: ast.Module = compile(
                text, filename, "exec", flags=flags | ast.PyCF_ONLY_AST, dont_inherit=True
            )
            compile(tree, filename, "exec", flags=flags, dont_inherit=True)
        return tree

    try:
        return parse(source)
    except SyntaxError as error:
        try:
            return parse(_leave_out_magics(source))
        except Exception:
            raise error from None


def _leave_out_magics(source: str) -> str:
    # Turns them into calls of get_ipython(), which does nothing here.
    from IPython.core.inputtransformer2 import TransformerManager

    return str(TransformerManager().transform_cell(source))


def _write_copy(name: str, source: str) -> str:
    """Put the file where ``__file__`` says that it is."""
    path = Path.cwd() / Path(name).name
    with contextlib.suppress(OSError, ValueError):  # a name that can't be written here
        path.write_text(source, encoding="utf-8")
    return str(path)


def _names_made_by(tree: ast.Module) -> set[str]:
    """List what running a unit to its end would bind at top level."""
    found: set[str] = set()
    waiting: list[ast.AST] = list(tree.body)
    while waiting:
        node = waiting.pop()
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                found.add(name)
            case ast.ClassDef(name=name):
                found.add(name)
            case (
                ast.Lambda() | ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp()
            ):
                pass
            case ast.alias(name=name, asname=asname):
                found.add((asname or name).partition(".")[0])
            case _:
                if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                    found.add(node.id)
                waiting.extend(ast.iter_child_nodes(node))
    return found


def _compile(statement: ast.stmt, filename: str, flags: int) -> types.CodeType:
    # Warned about already while parsing; a submission that makes warnings errors means its own.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        module = ast.Module([statement], [])
        code: types.CodeType = compile(module, filename, "exec", flags=flags, dont_inherit=True)
    return code


def _future_flags(tree: ast.Module) -> int:
    import __future__

    flags = 0
    for statement in tree.body:
        if isinstance(statement, ast.ImportFrom) and statement.module == "__future__":
            for alias in statement.names:
                flags |= getattr(__future__, alias.name).compiler_flag
    return flags


def _remember_source(filename: str, source: str) -> None:
    # For tracebacks and inspect.getsource; lazily checked files would be looked for on disk.
    lines = source.splitlines(keepends=True)
    linecache.cache[filename] = (len(source), None, lines, filename)
