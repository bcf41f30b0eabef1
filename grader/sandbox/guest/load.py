"""Runs a submission statement by statement in its own module: the only exec of student code.

Each statement is announced before it runs, so that the host knows which one ended the child, and
can load the submission again without it.
"""

import ast
import contextlib
import sys
import time
import types
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from grader.observations.bounds import SLOW_S
from grader.observations.messages import Load, Loaded, Note, StatementStarted
from grader.sandbox.guest.absences import Progress, find_absences
from grader.sandbox.guest.changes import MODULE_NAME, ChangeDetector
from grader.sandbox.guest.defaults import Defaults, tame_ipython
from grader.sandbox.guest.exceptions import describe_exception
from grader.sandbox.guest.function_facts import describe_functions
from grader.sandbox.guest.needed import bound_names, find_needs
from grader.sandbox.guest.parse import ParsedBlock, parse_block
from grader.sandbox.guest.plain_text import name_of_type

_process_time = time.process_time  # kept, since a submission may replace it


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
    blocks: list[ParsedBlock] = []
    future_flags = 0
    for block in message.blocks:
        filename = block.label or message.name
        submission.labels[filename] = block.label
        if not message.is_notebook:
            submission.namespace["__file__"] = _write_copy(message.name, block.source)
        try:
            parsed = parse_block(
                block, filename, is_notebook=message.is_notebook, future_flags=future_flags
            )
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            raised = describe_exception(error, submission.labels)
            if not message.is_notebook:
                return submission, Loaded(syntax_error=raised)
            parsed = ParsedBlock(block.label, filename, future_flags=future_flags)
            parsed.notes.append(Note(block=block.label, raised=raised))
        future_flags = parsed.future_flags
        blocks.append(parsed)
    run = _Run(message, blocks, submission, report, defaults)
    run.run()
    defined = tuple(name for name in message.parameters if name in submission.namespace)
    functions = (
        describe_functions(submission.namespace, submission.parameters, run.uses)
        if message.lent is None
        else ()
    )
    return submission, Loaded(
        defined=defined,
        functions=functions,
        absences=find_absences(message, blocks, run.progress, submission.namespace, defined),
        notes=tuple(run.notes),
        cpu_s=_process_time(),
        has_changed=run.has_changed(),
    )


class _Run:
    """One run of a submission's statements.

    Args:
        message: What to run, and what to leave out.
        blocks: Its code blocks, parsed.
        submission: The submission, whose globals are filled.
        report: Called before each statement runs.
        defaults: Disables pyplot's windows.

    Attributes:
        notes: What happened.
        progress: How far the statements came.
        uses: The functions of the contract that each of them may use.
    """

    def __init__(
        self,
        message: Load,
        blocks: list[ParsedBlock],
        submission: LoadedSubmission,
        report: Callable[[StatementStarted], None],
        defaults: Defaults,
    ) -> None:
        self.notes: list[Note] = []
        self.uses: Mapping[str, frozenset[str]] = {}
        self._is_notebook = message.is_notebook
        self._blocks = blocks
        self._namespace = submission.namespace
        self._labels = submission.labels
        self._report = report
        self._defaults = defaults
        self._left_out = set(message.left_out)
        self.progress = Progress(left_out=self._left_out)
        # Names that statements which were left out, or raised, would have bound.
        self._unmade: set[str] = set()
        self._changes: ChangeDetector | None = None
        self._is_watched = False
        self._started_s = 0.0
        statements = {
            (index, place): statement
            for index, block in enumerate(blocks)
            for place, statement in enumerate(block.statements)
        }
        first = message.needed_only_from
        is_watched = message.is_watched and not all(
            _only_defines(statement) for statement, _ in statements.values()
        )
        if message.lent is None or is_watched or message.slow or first is not None:
            needs = find_needs(statements, message.parameters)
            self.uses = needs.functions
            self._left_out |= set(message.slow) - needs.binding
            if first is not None:
                late = {position for position in statements if position >= first}
                self._left_out |= late - needs.binding - needs.changing
            if is_watched:
                self._changes = ChangeDetector(self._namespace, needs.names)

    def run(self) -> None:
        """Run all statements but those that are left out; what they raise becomes notes."""
        for index, block in enumerate(self._blocks):
            self.notes.extend(block.notes)
            for place, (statement, code) in enumerate(block.statements):
                if (index, place) in self._left_out:
                    self._unmade |= bound_names(code)
                    continue
                self._announce(index, place, statement)
                self.progress.ends[index, place] = ""
                try:
                    # The submission runs here, after all locks.
                    exec(code, self._namespace)
                    if isinstance(statement, ast.Import | ast.ImportFrom):
                        self._defaults.tame_if_imported()
                        tame_ipython(self._namespace)
                except BaseException as error:  # also SystemExit and KeyboardInterrupt
                    self.progress.ends[index, place] = name_of_type(type(error))
                    self._note(error, block, code)
                    if isinstance(error, SystemExit) and not self._is_notebook:
                        return  # a script that exits has ended
                    if isinstance(statement, ast.Raise) and self._is_notebook:
                        break  # who writes that wants the cell to end here

    def has_changed(self) -> bool:
        """Return whether the statement that ran last took long, and changed what functions need."""
        if not self._is_watched or self._changes is None:
            return False
        return _process_time() - self._started_s >= SLOW_S and self._changes.has_changed()

    def _announce(self, index: int, place: int, statement: ast.stmt) -> None:
        self._report(
            StatementStarted(
                block=index,
                statement=place,
                line=max(statement.lineno, 0),
                cpu_s=_process_time(),
                has_changed=self.has_changed(),
            )
        )
        # What only defines can't change anything else.
        self._is_watched = self._changes is not None and not _only_defines(statement)
        if self._is_watched and self._changes is not None:
            self._changes.start()
        self._started_s = _process_time()

    def _note(self, error: BaseException, block: ParsedBlock, code: types.CodeType) -> None:
        follows = isinstance(error, NameError) and error.name in self._unmade
        self._unmade |= bound_names(code)
        raised = describe_exception(error, self._labels)
        self.notes.append(Note(block=block.label, raised=raised, follows=follows))


def _only_defines(statement: ast.stmt) -> bool:
    match statement:
        case ast.FunctionDef(decorator_list=[]) | ast.Import() | ast.ImportFrom():
            return True
        case ast.Assign(value=ast.Constant()) | ast.Expr(value=ast.Constant()):
            return True
    return False


def _write_copy(name: str, source: str) -> str:
    """Write the script into the current folder, and return its path for ``__file__``."""
    path = Path.cwd() / Path(name).name
    with contextlib.suppress(OSError, ValueError):  # the name may not be valid here
        path.write_text(source, encoding="utf-8")
    return str(path)
