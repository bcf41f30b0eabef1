"""Takes IPython's cell magics apart: what is code in a cell, and what is left out.

A magic that only times or captures runs its body. Any other one is left out with its cell, and so
are line magics and shell lines.
"""

import ast
import os
import re
import shlex

# They run their body as it is, more or less often.
MAGICS_WITH_BODY = frozenset({"time", "timeit", "capture", "prun"})
# Their line is code, and would be run too.
_MAGICS_WITH_CODE = frozenset({"time", "timeit", "prun", "memit", "mprun", "lprun"})

# Empty lines and comments may come before the magic of a cell.
_BEFORE_MAGIC = re.compile(r"(?:[ \t]*(?:#[^\n]*)?\n)*+[ \t]*(?=%%\w)")
_FIRST_LINE = re.compile(r"%%(\w+)([^\n]*)\n?")
# The options of %%timeit; what comes after them is run once before the body.
_OPTIONS_OF_TIMEIT = re.compile(r"\s*(?:-[nrp]\s*\d+\s*|-[tcqov]+\s+|-[tcqov]+$)*")
_SHELL = "get_ipython()"


def take_off_magics(source: str) -> tuple[str, str]:
    """Take the magics off a cell, if they run its body.

    Returns:
        The body, in as many lines, so that lines are counted as in the cell; and an empty text. If
        the cell has another magic, an empty text and that magic's name.
    """
    head, rest = "", source
    while True:
        before = _BEFORE_MAGIC.match(rest)
        found = before and _FIRST_LINE.match(rest, before.end())
        if not before or not found:
            return head + rest, ""
        name, line = found.groups()
        if name not in MAGICS_WITH_BODY:
            return "", name
        head += "\n" * before[0].count("\n") + code_of_line(name, line) + "\n"
        rest = rest[found.end() :]


def code_of_line(name: str, line: str) -> str:
    """Return what the line of a cell magic runs or binds before its body, as one line of code."""
    if name == "timeit":
        return line[_match_options(line) :].strip()
    if name == "capture":
        try:
            words = [word for word in shlex.split(line) if not word.startswith("-")]
        except ValueError:
            return ""
        if words and words[0].isidentifier():
            return f"{words[0]} = {_SHELL}"  # it has all attributes, and does nothing
    return ""


def _match_options(line: str) -> int:
    found = _OPTIONS_OF_TIMEIT.match(line)
    return found.end() if found else 0


def cell_magic_of(statement: ast.stmt) -> tuple[str, str, str] | None:
    """Return the name, line and body of a cell magic as an exported notebook writes it, or None."""
    if isinstance(statement, ast.Expr):
        return _magic_call(statement.value, "run_cell_magic")
    return None


def module_run_by(statement: ast.stmt) -> str:
    """Return the name of the module in the current folder that ``%run utils.py`` runs, or nothing.

    Only a link there is one: it was given, and can be imported.
    """
    call = (
        _magic_call(statement.value, "run_line_magic") if isinstance(statement, ast.Expr) else None
    )
    if call is None or call[0] != "run":
        return ""
    words = [word for word in call[1].split() if not word.startswith("-")]
    name = words[0].removeprefix("./").removesuffix(".py") if len(words) == 1 else ""
    return name if name.isidentifier() and os.path.islink(f"{name}.py") else ""  # noqa: PTH114


def code_left_out(tree: ast.AST) -> list[tuple[int, str, str]]:
    """Return the code in line magics that time it: for each, its line, magic and code."""
    found = []
    for node in ast.walk(tree):
        call = _magic_call(node, "run_line_magic")
        if call is not None and call[0] in _MAGICS_WITH_CODE and isinstance(node, ast.Call):
            name, line, _ = call
            code = line[_match_options(line) :] if name == "timeit" else line
            found.append((node.lineno, name, code.strip()))
    return found


def _magic_call(node: ast.AST, method: str) -> tuple[str, str, str] | None:
    """Return the arguments of ``get_ipython().method('name', 'line', 'body')``."""
    match node:
        case ast.Call(
            func=ast.Attribute(value=ast.Call(func=function), attr=attribute), args=arguments
        ) if attribute == method and _last_name(function) == "get_ipython":
            texts = [one.value for one in arguments if isinstance(one, ast.Constant)]
            if len(texts) == len(arguments) and all(isinstance(one, str) for one in texts):
                name, line, body, *_ = [*map(str, texts), "", "", ""]
                return name, line, body
    return None


def _last_name(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""
