"""Parses the code blocks of a submission, and compiles them statement by statement."""

import ast
import linecache
import re
import types
import warnings
from dataclasses import dataclass, field

from grader.observations.messages import CodeBlock, Note
from grader.sandbox.guest.event_loop import awaits
from grader.sandbox.guest.magics import (
    cell_magic_of,
    code_left_out,
    module_run_by,
    take_off_magics,
)
from grader.sandbox.guest.needed import bound_names
from grader.sandbox.guest.plain_text import cut_text

# What parsing and compiling may raise, depending on the code.
PARSING_ERRORS = (SyntaxError, ValueError, RecursionError, MemoryError)

# What code that can't be parsed would probably have bound.
_BINDING_LINE = re.compile(
    r"^[ \t]*(?:async[ ]+)?(?:def|class)[ ]+(\w+)|^(\w+)[ ]*(?::[^=\n]*)?=(?!=)"
    r"|^[ \t]*(?:from[ ]+[\w.]+[ ]+)?import[ ]+([^\n#;]+)",
    re.MULTILINE,
)
_IMPORTED = re.compile(r"(\w+)[\w.]*(?:\s+as\s+(\w+))?")
_MAX_TEXT = 200_000
_RUN = "those with %%time, %%timeit, %%capture or %%prun"


@dataclass(slots=True)
class ParsedBlock:
    """A code block that was parsed.

    Attributes:
        label: Its label, such as ``cell 3``; empty for a script.
        filename: The file name that its code is compiled with.
        statements: Its top-level statements, with their code.
        notes: What was noted while it was parsed.
        future_flags: The compiler flags that hold after it.
        unmade: Names that what was left out would have bound.
        inner_labels: The label of each body of a cell magic in it, by its file name.
        errors: Why bodies of cell magics can't be parsed, with the bodies.
    """

    label: str
    filename: str
    statements: list[tuple[ast.stmt, types.CodeType]] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    future_flags: int = 0
    unmade: set[str] = field(default_factory=set)
    inner_labels: dict[str, str] = field(default_factory=dict)
    errors: list[tuple[BaseException, str]] = field(default_factory=list)

    @property
    def awaits(self) -> bool:
        """Whether any of its statements awaits at top level."""
        return any(awaits(code) for _, code in self.statements)


def parse_block(
    block: CodeBlock, filename: str, *, is_notebook: bool, future_flags: int
) -> ParsedBlock:
    """Parse a code block.

    Args:
        block: The block.
        filename: The file name to compile it with.
        is_notebook: Whether it is a cell of a notebook, which may await at top level.
        future_flags: The compiler flags that earlier blocks have set.

    Raises:
        SyntaxError: It isn't valid Python. It may also be a ValueError, a RecursionError or a
            MemoryError.
    """
    parsed = ParsedBlock(block.label, filename, future_flags=future_flags)
    source, left_out = take_off_magics(block.source)
    if left_out:
        parsed.unmade |= names_in_text(block.source)
        text = f"not run because of its cell magic %%{left_out}"
        parsed.notes.append(Note(block=block.label, text=text))
    flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT if is_notebook else 0
    _add_statements(parsed, source, filename, flags)
    return parsed


def _add_statements(
    parsed: ParsedBlock, source: str, filename: str, flags: int, *, line: int = 0
) -> None:
    """Parse code and add its statements to a block.

    Args:
        parsed: The block.
        source: The code: that of the block, or the body of a cell magic in it.
        filename: The file name to compile it with.
        flags: The compiler flags besides those of futures.
        line: The line of the magic in the block; 0 if it is the code of the block itself.
    """
    tree = _parse(source, filename, flags | parsed.future_flags)
    _remember_source(filename, source)
    parsed.future_flags |= _future_flags(tree)
    for one in tree.body:
        magic = cell_magic_of(one)
        if magic is not None:
            _add_body(parsed, magic, flags, line=line or one.lineno)
            continue
        module = module_run_by(one)
        if module:
            brings_all = ast.ImportFrom(module=module, names=[ast.alias(name="*")], level=0)
            one = ast.fix_missing_locations(ast.copy_location(brings_all, one))  # noqa: PLW2901
        code = _compile(one, filename, flags | parsed.future_flags)
        if "run_line_magic" in code.co_names:
            _note_code_left_out(parsed, one, line=line)
        if line:
            one.lineno = line  # where the block has it: it is announced with that
        parsed.statements.append((one, code))


def _add_body(parsed: ParsedBlock, magic: tuple[str, str, str], flags: int, *, line: int) -> None:
    """Add the body of a cell magic, as an exported notebook has it; it costs only itself."""
    name, options, body = magic
    label = f"the %%{name} cell at line {line}"
    source, left_out = take_off_magics(f"%%{name} {options}\n{body}")
    if left_out:
        parsed.unmade |= names_in_text(body)
        text = f"{label} did not run: of cells with a magic, only {_RUN} do"
        parsed.notes.append(Note(block=parsed.label, text=text))
        return
    source = source.removeprefix("\n")  # lines are counted within the body
    inner = f"{parsed.filename}, {label}"
    parsed.inner_labels[inner] = f"{label} of {parsed.label}" if parsed.label else label
    try:
        _add_statements(parsed, source, inner, flags, line=line)
    except PARSING_ERRORS as error:
        parsed.unmade |= names_in_text(source)
        parsed.errors.append((error, source))


def _note_code_left_out(parsed: ParsedBlock, statement: ast.stmt, *, line: int) -> None:
    """Note what a line magic such as ``%time x = f()`` would have bound: it never runs."""
    for own_line, name, code in code_left_out(statement):
        try:
            names = bound_names(compile(code, "<magic>", "exec", dont_inherit=True))
        except PARSING_ERRORS:
            continue
        if names:
            parsed.unmade |= names
            text = (
                f"line {line or own_line}: %{name} is left out with its line, so "
                f"{', '.join(sorted(names))} is not set; write {code} without %{name}"
            )
            parsed.notes.append(Note(block=parsed.label, text=cut_text(text)))


def compile_body(name: str, options: str, body: str) -> list[types.CodeType]:
    """Compile the body of a cell magic that is called inside of another statement.

    Args:
        name: The magic, such as ``time``.
        options: The rest of its line.
        body: The code.

    Returns:
        Its statements; none if the magic is not one that runs its body.
    """
    source, _ = take_off_magics(f"%%{name} {options}\n{body}")
    filename = f"<the body of %%{name}>"
    return [_compile(statement, filename, 0) for statement in _parse(source, filename, 0).body]


def names_in_text(source: str) -> set[str]:
    """Return the names that code which can't be parsed, or doesn't run, would have bound."""
    names: set[str] = set()
    for found in _BINDING_LINE.finditer(source[:_MAX_TEXT]):
        defined, assigned, imported = found.groups()
        if imported is not None:
            names |= {one[2] or one[1] for one in _IMPORTED.finditer(imported)}
        else:
            names.add(defined or assigned)
    return names


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
            transformed = _leave_out_magics(source)
        except Exception:
            raise error from None
        try:
            return parse(transformed)
        except SyntaxError as other:
            # A magic is not an error; but what is shown is a line as the student wrote it.
            raise (other if _is_same_line(other.lineno, source, transformed) else error) from None
        except Exception:
            raise error from None


def _is_same_line(number: int | None, source: str, transformed: str) -> bool:
    """Return whether a line, counted from 1, is the same in two texts of as many lines."""
    one, other = source.rstrip().split("\n"), transformed.rstrip().split("\n")
    if number is None or len(one) != len(other) or not 0 < number <= len(one):
        return False
    return one[number - 1] == other[number - 1]


def is_valid(source: str, *, is_notebook: bool) -> bool:
    """Return whether code can be parsed."""
    try:
        _parse(source, "<rewritten>", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT if is_notebook else 0)
    except PARSING_ERRORS:
        return False
    return True


def _leave_out_magics(source: str) -> str:
    # Magics and shell lines become calls of get_ipython(), which does nothing here.
    from IPython.core.inputtransformer2 import TransformerManager

    return str(TransformerManager().transform_cell(source))


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
