"""Runs a submission statement by statement in its own module: the only exec of student code.

Each statement is announced before it runs, so that the host knows which one ended the child, and
can load the submission again without it.
"""

import ast
import asyncio
import contextlib
import sys
import time
import types
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any

import msgspec

from grader.observations.bounds import SLOW_S
from grader.observations.messages import Load, Loaded, Note, Raised, StatementStarted
from grader.sandbox.guest.absences import Progress, find_absences
from grader.sandbox.guest.absent_names import star_imports
from grader.sandbox.guest.changes import (
    MODULE_NAME,
    NOTEBOOK_NAME,
    OWN_MODULES,
    ChangeDetector,
)
from grader.sandbox.guest.defaults import Defaults, QuietShell, tame_ipython
from grader.sandbox.guest.drawn_figures import keep_open_figures, keep_what_is_shown
from grader.sandbox.guest.edits import find_edits
from grader.sandbox.guest.event_loop import EventLoop, awaits, needs_loop
from grader.sandbox.guest.exceptions import describe_exception
from grader.sandbox.guest.fixed_names import FixedNames
from grader.sandbox.guest.function_facts import describe_functions
from grader.sandbox.guest.lend import LentUnits
from grader.sandbox.guest.loaded import LoadedSubmission
from grader.sandbox.guest.methods import has_method
from grader.sandbox.guest.modules import AllValues, ModuleNamespaces, OwnModules
from grader.sandbox.guest.needed import Position, bound_names, find_needs
from grader.sandbox.guest.parse import (
    PARSING_ERRORS,
    ParsedBlock,
    compile_body,
    is_valid,
    names_in_text,
    parse_block,
)
from grader.sandbox.guest.plain_text import cut_text, name_of_type
from grader.sandbox.guest.syntax_hints import explain_syntax

_REST_SKIPPED = "the rest of the cell did not run"
_PACKAGE = "hand_in"  # whose modules several files are
_NOTHING_RAN = "nothing in it ran"

_process_time = time.process_time  # kept, since a submission may replace it
_module_of: Any = ImportError.__dict__["name"]


def load(
    message: Load,
    *,
    report: Callable[[StatementStarted], None],
    defaults: Defaults,
    lent: LentUnits | None = None,
) -> tuple[LoadedSubmission, Loaded]:
    """Run all code blocks of a submission; what they raise becomes notes.

    Args:
        message: The code blocks in order, and what to leave out.
        report: Called before each top-level statement runs.
        defaults: Disables pyplot's windows after a statement that has imported it.
        lent: Right units that take the place of the submission's own.

    Returns:
        The submission, and the message about it for the host.
    """
    sys.argv[:] = [message.name]
    submission = LoadedSubmission({}, dict(message.parameters), folder=str(Path.cwd()))
    blocks, syntax_error = _parse_blocks(message, submission)
    if syntax_error is not None:
        return submission, Loaded(syntax_error=syntax_error)
    for name in message.edits_of:
        submission.edits[name] = find_edits(
            blocks,
            name,
            contract=(*message.parameters, *message.classes, *message.methods),
            flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT if message.is_notebook else 0,
        )
    modules = _make_modules(message, blocks, submission)
    run = _Run(message, blocks, modules, submission, report, defaults, lent)
    run.run()
    defined = (
        *(name for name in message.parameters if submission.has(name)),
        *(name for name in message.methods if has_method(submission, name)),
    )
    functions = (
        describe_functions(submission.namespace, submission.parameters, run.uses, blocks)
        if lent is None
        else ()
    )
    return submission, Loaded(
        defined=defined,
        functions=functions,
        absences=()
        if lent is not None
        else find_absences(message, blocks, run.progress, submission.namespace, defined),
        notes=tuple(run.notes),
        cpu_s=_process_time(),
        has_changed=run.has_changed(),
    )


def _parse_blocks(
    message: Load, submission: LoadedSubmission
) -> tuple[list[ParsedBlock], Raised | None]:
    """Parse all code blocks; return them, and what is wrong if none of the files can be parsed."""
    blocks: list[ParsedBlock] = []
    broken: list[Raised] = []
    future_flags = 0
    for block in message.blocks:
        filename = block.label or message.name
        submission.labels[filename] = block.label
        try:
            parsed = parse_block(
                block, filename, is_notebook=message.is_notebook, future_flags=future_flags
            )
        except PARSING_ERRORS as error:
            raised = _describe_syntax_error(error, block.source, submission, message)
            broken.append(raised)
            parsed = ParsedBlock(block.label, filename, future_flags=future_flags)
            text = _NOTHING_RAN if message.modules else ""
            parsed.notes.append(Note(block=block.label, text=text, raised=raised))
            parsed.unmade |= names_in_text(block.source)
        submission.labels.update(parsed.inner_labels)
        for inner_error, body in parsed.errors:
            raised = _describe_syntax_error(inner_error, body, submission, message)
            parsed.notes.append(Note(block=block.label, raised=raised))
        future_flags = 0 if message.modules else parsed.future_flags
        blocks.append(parsed)
        submission.absent.blocks.append(parsed)
    is_hopeless = not message.is_notebook and len(broken) == len(blocks)
    return blocks, broken[0] if broken and is_hopeless else None


def _make_modules(
    message: Load, blocks: list[ParsedBlock], submission: LoadedSubmission
) -> list[types.ModuleType]:
    """Make the module of each code block, in which nothing has run yet; one even without blocks."""
    if not message.modules:
        module = types.ModuleType(NOTEBOOK_NAME if message.is_notebook else MODULE_NAME)
        # dataclasses and pickle look up a class's module there
        sys.modules[module.__name__] = module
        submission.namespace = vars(module)
        for block in () if message.is_notebook else message.blocks:
            module.__file__ = _write_copy(message.name, block.source)
        return [module] * max(1, len(blocks))
    OWN_MODULES.update(message.modules)
    modules = [types.ModuleType(name) for name in message.modules]
    for module, block in zip(modules, message.blocks, strict=True):
        module.__file__ = _write_copy(block.label, block.source)
    submission.namespace = ModuleNamespaces(
        [vars(module) for module in modules], [_own_names(block) for block in blocks]
    )
    return modules


def _own_names(block: ParsedBlock) -> set[str]:
    """Return the names that the statements of a file bind other than by imports."""
    names: set[str] = set()
    for statement, code in block.statements:
        imported = {
            (alias.asname or alias.name).partition(".")[0]
            for node in ast.walk(statement)
            if isinstance(node, ast.Import | ast.ImportFrom)
            for alias in node.names
        }
        names |= bound_names(code) - imported
    return names


class _Run:
    """One run of a submission's statements.

    Args:
        message: What to run, and what to leave out.
        blocks: Its code blocks, parsed.
        modules: The module of each code block.
        submission: The submission, whose globals are filled.
        report: Called before each statement runs.
        defaults: Disables pyplot's windows.
        lent: Right units that take the place of the submission's own.

    Attributes:
        notes: What happened.
        progress: How far the statements came.
        uses: The functions of the contract that each of them may use.
    """

    def __init__(
        self,
        message: Load,
        blocks: list[ParsedBlock],
        modules: list[types.ModuleType],
        submission: LoadedSubmission,
        report: Callable[[StatementStarted], None],
        defaults: Defaults,
        lent: LentUnits | None,
    ) -> None:
        self._lent = lent
        self._modules = modules
        self._fixed = {
            module.__name__: FixedNames(vars(module), message.given) for module in modules
        }
        self._names = frozenset(message.modules)
        self._extra = message.extra
        self._begun: set[int] = set()
        self._is_over = False
        self._has_fixed = bool(message.given)
        self._keeps_figures = message.is_rerun
        self.notes: list[Note] = []
        self.uses: Mapping[str, frozenset[str]] = {}
        self._is_notebook = message.is_notebook
        self._blocks = blocks
        self._module = modules[0]
        self._submission = submission
        self._absent = submission.absent
        self._loop = EventLoop()
        self._report = report
        self._defaults = defaults
        self._left_out = set(message.left_out)
        self.progress = Progress(left_out=self._left_out)
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
        self._late_from, self._late = first, set[Position]()
        if lent is None or is_watched or message.slow or first is not None:
            needs = find_needs(statements, message.parameters, has_modules=bool(message.modules))
            self.uses = needs.functions
            self._left_out |= set(message.slow) - needs.binding
            self._late = statements.keys() - needs.binding - needs.changing
            if is_watched:
                spaces = [vars(module) for module in dict.fromkeys(modules)]
                values = AllValues(spaces) if message.modules else spaces[0]
                self._changes = ChangeDetector(values, needs.names)
        self._own: OwnModules | None = None
        if message.modules:
            by_name = dict(zip(message.modules, modules, strict=True))
            self._own = OwnModules(
                by_name,
                package=_PACKAGE,
                run=lambda name: self._import(message.modules.index(name)),
            )

    def run(self) -> None:
        """Run all statements but those that are left out; what they raise becomes notes."""
        for fixed in self._fixed.values():
            fixed.put_back(())
        for index in range(len(self._blocks) - self._extra):
            if index in self._begun:
                continue
            name = self._modules[index].__name__
            with contextlib.nullcontext() if self._own is None else self._own.loading(name):
                has_ended = self._run_block(index)
            if has_ended:
                break
        if self._lent is not None:
            for module in dict.fromkeys(self._modules):
                self._lent.replace_in(vars(module))
        if self._keeps_figures:
            keep_open_figures(self._submission)
        self._is_over = True

    @property
    def _namespace(self) -> dict[str, Any]:
        return vars(self._module)

    def _import(self, index: int) -> None:
        """Run a module because another one imports it.

        Raises:
            BaseException: What it raises, if that is not while the submission is loaded.
        """
        if not self._is_over:
            self._run_block(index)
        elif index not in self._begun:
            self._begun.add(index)
            for _, code in self._blocks[index].statements:
                exec(code, vars(self._modules[index]))

    def _run_block(self, index: int) -> bool:
        """Run a code block, unless that has begun already; return whether that ended the script."""
        if index in self._begun:
            return False
        self._begun.add(index)
        importer, self._module = self._module, self._modules[index]
        try:
            return self._run_statements(index, self._blocks[index])
        finally:
            if self._lent is not None and self._names:
                # Also what is missing there, since others may import it.
                self._lent.replace_in(self._namespace)
            self._module = importer

    def _run_statements(self, index: int, block: ParsedBlock) -> bool:
        self.notes.extend(block.notes)
        self._absent.add(block.unmade)
        for place, (statement, code) in enumerate(block.statements):
            if (index, place) == self._late_from:
                self._left_out |= self._late - self.progress.ends.keys()
            if (index, place) in self._left_out:
                self._absent.add(bound_names(code))
                continue
            self._announce(index, place, statement)
            self.progress.ends[index, place] = ""
            try:
                self._execute(statement, code, block)
                if isinstance(statement, ast.Import | ast.ImportFrom):
                    self._defaults.tame_if_imported()
                    tame_ipython(self._namespace)
                    if self._keeps_figures:
                        keep_what_is_shown(self._submission)
            except BaseException as error:  # also SystemExit and KeyboardInterrupt
                self.progress.ends[index, place] = name_of_type(type(error))
                # Who raises at the top level of a cell wants it to end there.
                is_end = self._is_notebook and isinstance(statement, ast.Raise)
                skips = is_end and place + 1 < len(block.statements)
                self._note(error, block, statement, code, text=_REST_SKIPPED if skips else "")
                if isinstance(error, SystemExit) and not self._is_notebook:
                    self._skip(block, place + 1)
                    return not self._names  # a script that exits has ended
                if is_end:
                    self._skip(block, place + 1)
                    break
            finally:
                self._put_back(statement, code)
        if self._keeps_figures and self._is_notebook:
            keep_open_figures(self._submission)
        return False

    def _put_back(self, statement: ast.stmt, code: types.CodeType) -> None:
        """Put back what stays fixed, and what is lent, if a statement has bound it anew."""
        if self._has_fixed:
            self._fixed[self._module.__name__].put_back(bound_names(code))
        if self._lent is not None and not _only_binds_others(statement, self._lent.names):
            self._lent.replace_bound(self._namespace)

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

    def _execute(self, statement: ast.stmt, code: types.CodeType, block: ParsedBlock) -> None:
        """Run one statement; the submission runs here, after all locks."""
        stars = tuple(one for one in star_imports(statement) if one not in self._names)
        names = self._submission.parameters if stars else ()
        before = {name: self._namespace[name] for name in names if name in self._namespace}
        try:
            if self._is_notebook and (block.awaits or needs_loop(code)):
                self._loop.complete(self._in_loop(code))
            else:
                exec(code, self._namespace)
        finally:
            if stars:
                self._take_stars(stars, before, block, max(statement.lineno, 0))
            elif self._submission.starred:
                for name in bound_names(code) & self._submission.starred.keys():
                    del self._submission.starred[name]

    async def _in_loop(self, code: types.CodeType) -> None:
        awaitable = eval(code, self._namespace)  # noqa: S307 - as exec; a coroutine if it awaits
        if awaits(code):
            await awaitable
        else:
            await asyncio.sleep(0)  # tasks that it has made begin

    def _take_stars(
        self, modules: tuple[str, ...], before: dict[str, object], block: ParsedBlock, line: int
    ) -> None:
        """Keep apart what star imports have brought, and keep the submission's own functions.

        Args:
            modules: The modules that were imported from.
            before: What the names of the contract were bound to before.
            block: The block of the import.
            line: The line of the import.
        """
        starred = self._submission.starred
        kept = []
        for module in modules:
            brought = vars(sys.modules.get(module, types))
            for name in self._submission.parameters:
                value = self._namespace.get(name)
                if value is None or brought.get(name) is not value:
                    continue
                if name not in before or before[name] is starred.get(name, starred):
                    starred[name] = value
                elif before[name] is not value:
                    self._namespace[name] = before[name]
                    kept.append(name)
        if kept:
            text = (
                f"the star import in line {line} would replace {', '.join(sorted(kept))} of your "
                "own; yours counts"
            )
            self.notes.append(Note(block=block.label, text=text))

    def _skip(self, block: ParsedBlock, place: int) -> None:
        """Note that the statements of a block from a place on, or those after it, don't run."""
        for _, code in block.statements[place:]:
            self._absent.add(bound_names(code))

    def _note(
        self,
        error: BaseException,
        block: ParsedBlock,
        statement: ast.stmt,
        code: types.CodeType,
        *,
        text: str,
    ) -> None:
        raised = self._submission.describe(error)
        follows = self._absent.follows(error, raised) or self._is_of_broken_file(error)
        self._absent.add(bound_names(code), module=raised.missing_module)
        self._absent.add_star(statement, raised.missing_module)
        self.notes.append(Note(block=block.label, text=text, raised=raised, follows=follows))

    def _is_of_broken_file(self, error: BaseException) -> bool:
        """Return whether a name can't be imported from a file of which nothing could run."""
        if not issubclass(type(error), ImportError):
            return False
        name = str(_module_of.__get__(error)).removeprefix(f"{_PACKAGE}.")
        return any(
            module.__name__ == name and not block.statements
            for module, block in zip(self._modules, self._blocks, strict=True)
        )


def _run_body(name: str, options: str, body: str, namespace: dict[str, object]) -> None:
    for code in compile_body(name, options, body):
        exec(code, namespace)


QuietShell.run_body = staticmethod(_run_body)


def _describe_syntax_error(
    error: BaseException, source: str, submission: LoadedSubmission, message: Load
) -> Raised:
    """Describe why code can't be parsed, and say what it is instead, if that is known."""
    raised = describe_exception(error, submission.labels)
    hint = explain_syntax(
        source,
        line=raised.line,
        is_valid=lambda text: is_valid(text, is_notebook=message.is_notebook),
    )
    return msgspec.structs.replace(raised, syntax_hint=cut_text(hint))


def _only_binds_others(statement: ast.stmt, names: Collection[str]) -> bool:
    """Return whether a statement surely binds none of some names, at a glance."""
    match statement:
        case ast.FunctionDef(decorator_list=[], name=name):
            return name not in names
        case ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant()):
            return name not in names
        case ast.Expr(value=ast.Constant()):
            return True
    return False


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
