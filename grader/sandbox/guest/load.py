"""Runs a submission statement by statement in its own module: the only exec of student code.

Each statement is announced before it runs, so that the host knows which one ended the child, and
can load the submission again without it.
"""

import ast
import contextlib
import linecache
import sys
import time
import types
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from grader.observations.messages import CodeBlock, Load, Loaded, Note, StatementStarted
from grader.sandbox.guest.defaults import Defaults, tame_ipython
from grader.sandbox.guest.exceptions import describe_exception
from grader.sandbox.guest.needed import needed_statements

MODULE_NAME = "submission"

_process_time = time.process_time  # kept, since a submission may replace it

# Cell magics that only time or capture: their body runs. A cell with any other one is left out.
_MAGICS_WITH_BODY = {"time", "timeit", "capture", "prun"}


@dataclass
class LoadedSubmission:
    """A loaded submission.

    Attributes:
        namespace: Its globals.
        parameters: The parameters of each function of the contract, in order.
        labels: The label of each code block by file name.
    """

    namespace: dict[str, object]
    parameters: dict[str, tuple[str, ...]]
    labels: dict[str, str] = field(default_factory=dict)


def load(
    message: Load, *, report: Callable[[StatementStarted], None], defaults: Defaults
) -> tuple[LoadedSubmission, Loaded]:
    """Run all code blocks of a submission; what they raise becomes notes.

    Args:
        message: The code blocks in order, and what to leave out.
        report: Called before each top-level statement runs.
        defaults: Disables pyplot's windows after a statement that has imported it.

    Returns:
        The submission, and the message about it for the host.
    """
    sys.argv[:] = [message.name]
    module = types.ModuleType(MODULE_NAME)
    sys.modules[MODULE_NAME] = module  # dataclasses and pickle look up a class's module there
    submission = LoadedSubmission(vars(module), dict(message.parameters))
    parsed = _Parsed()
    for block in message.blocks:
        filename = block.label or message.name
        submission.labels[filename] = block.label
        if not message.is_notebook:
            submission.namespace["__file__"] = _write_copy(message.name, block.source)
        try:
            parsed.add(block, filename, is_notebook=message.is_notebook)
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            raised = describe_exception(error, submission.labels)
            if not message.is_notebook:
                return submission, Loaded(syntax_error=raised)
            parsed.add_error(Note(block=block.label, raised=raised))
    left_out = set(message.left_out)
    if message.slow or message.is_needed_only:
        needed = needed_statements(parsed.trees, message.parameters)
        left_out |= (parsed.positions() if message.is_needed_only else set(message.slow)) - needed
    notes = _run(parsed, left_out, submission, report, defaults)
    defined = tuple(name for name in message.parameters if name in submission.namespace)
    return submission, Loaded(defined=defined, notes=tuple(notes), cpu_s=_process_time())


@dataclass
class _Parsed:
    """The code blocks of a submission, parsed.

    Attributes:
        trees: A tree for each block; an empty one for a cell that isn't valid Python.
        filenames: The file name of each block.
        notes: What was noted about each block while it was parsed.
        future_flags: The compiler flags that hold in each block.
    """

    trees: list[ast.Module] = field(default_factory=list)
    filenames: list[str] = field(default_factory=list)
    notes: list[list[Note]] = field(default_factory=list)
    future_flags: list[int] = field(default_factory=list)

    def add(self, block: CodeBlock, filename: str, *, is_notebook: bool) -> None:
        """Parse a block.

        Raises:
            SyntaxError: It isn't valid Python. It may also be a ValueError, a RecursionError or a
                MemoryError.
        """
        notes: list[Note] = []
        flags = self.future_flags[-1] if self.future_flags else 0
        self.filenames.append(filename)
        self.notes.append(notes)
        self.future_flags.append(flags)
        self.trees.append(ast.Module([], []))
        source = _without_cell_magic(block, notes) if is_notebook else block.source
        tree = _parse(source, filename, flags)
        _remember_source(filename, source)
        self.trees[-1] = tree
        self.future_flags[-1] |= _future_flags(tree)

    def add_error(self, note: Note) -> None:
        """Note why the last block has no tree."""
        self.notes[-1].append(note)

    def positions(self) -> set[tuple[int, int]]:
        """Return the positions of all statements."""
        return {
            (block, place)
            for block, tree in enumerate(self.trees)
            for place in range(len(tree.body))
        }


def _run(
    parsed: _Parsed,
    left_out: set[tuple[int, int]],
    submission: LoadedSubmission,
    report: Callable[[StatementStarted], None],
    defaults: Defaults,
) -> list[Note]:
    """Run the statements of all blocks but those left out, and return the notes about them."""
    notes: list[Note] = []
    unmade: set[str] = set()  # names that blocks which raised would have bound
    for index, tree in enumerate(parsed.trees):
        filename, flags = parsed.filenames[index], parsed.future_flags[index]
        notes.extend(parsed.notes[index])
        try:
            for place, statement in enumerate(tree.body):
                if (index, place) in left_out:
                    unmade |= _names_made_by(ast.Module([statement], []))
                    continue
                report(
                    StatementStarted(
                        block=index,
                        statement=place,
                        line=max(statement.lineno, 0),
                        cpu_s=_process_time(),
                    )
                )
                # The submission runs here, after all locks.
                exec(_compile(statement, filename, flags), submission.namespace)
                if isinstance(statement, ast.Import | ast.ImportFrom):
                    defaults.tame_if_imported()
                    tame_ipython(submission.namespace)
        except BaseException as error:  # also SystemExit and KeyboardInterrupt
            follows = isinstance(error, NameError) and error.name in unmade
            unmade |= _names_made_by(tree)
            raised = describe_exception(error, submission.labels)
            label = submission.labels[filename]
            notes.append(Note(block=label, raised=raised, follows=follows))
    return notes


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
        # Keep the number of lines: notes give line numbers.
        source = "\n" * (source.count("\n") - rest.count("\n")) + rest
    notes.append(Note(block=block.label, text=f"not run because of its cell magic %%{name}"))
    return ""


def _parse(source: str, filename: str, flags: int) -> ast.Module:
    """Parse as Python, or else as IPython code whose magics and shell lines do nothing."""

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
    # Magics and shell lines become calls of get_ipython(), which does nothing here.
    from IPython.core.inputtransformer2 import TransformerManager

    return str(TransformerManager().transform_cell(source))


def _write_copy(name: str, source: str) -> str:
    """Write the script into the current folder, and return its path for ``__file__``."""
    path = Path.cwd() / Path(name).name
    with contextlib.suppress(OSError, ValueError):  # the name may not be valid here
        path.write_text(source, encoding="utf-8")
    return str(path)


def _names_made_by(tree: ast.Module) -> set[str]:
    """Return the names that a code block would bind at top level if it ran to its end."""
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
    # Python compiles a script before the script's own filters apply, so a submission that turns
    # warnings into errors must not get a compiler warning as one.
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
    # For tracebacks and inspect.getsource. The None keeps linecache from looking for the file.
    lines = source.splitlines(keepends=True)
    linecache.cache[filename] = (len(source), None, lines, filename)
