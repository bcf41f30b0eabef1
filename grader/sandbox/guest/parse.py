"""Parses the code blocks of a submission, and compiles them statement by statement."""

import ast
import linecache
import types
import warnings
from dataclasses import dataclass, field

from grader.observations.messages import CodeBlock, Note

# Cell magics that only time or capture: their body runs. A cell with any other one is left out.
_MAGICS_WITH_BODY = {"time", "timeit", "capture", "prun"}


@dataclass(slots=True)
class ParsedBlock:
    """A code block that was parsed.

    Attributes:
        label: Its label, such as ``cell 3``; empty for a script.
        filename: The file name that its code is compiled with.
        statements: Its top-level statements, with their code.
        notes: What was noted while it was parsed.
        future_flags: The compiler flags that hold after it.
    """

    label: str
    filename: str
    statements: list[tuple[ast.stmt, types.CodeType]] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    future_flags: int = 0


def parse_block(
    block: CodeBlock, filename: str, *, is_notebook: bool, future_flags: int
) -> ParsedBlock:
    """Parse a code block.

    Args:
        block: The block.
        filename: The file name to compile it with.
        is_notebook: Whether it is a cell of a notebook.
        future_flags: The compiler flags that earlier blocks have set.

    Raises:
        SyntaxError: It isn't valid Python. It may also be a ValueError, a RecursionError or a
            MemoryError.
    """
    parsed = ParsedBlock(block.label, filename)
    source = _without_cell_magic(block, parsed.notes) if is_notebook else block.source
    tree = _parse(source, filename, future_flags)
    _remember_source(filename, source)
    flags = parsed.future_flags = future_flags | _future_flags(tree)
    parsed.statements = [(one, _compile(one, filename, flags)) for one in tree.body]
    return parsed


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
