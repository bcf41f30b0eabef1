"""No line of a solution is in what students get: the lab, the examples, and made-up references.

What is a solution is worked out here from the reference alone, not with the code under test.
"""

import ast
import json
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import nbformat
import pytest
from hypothesis import strategies as st

from grader.authoring.release import find_exercises, render_notebook, render_script
from grader.checks.assignment import load_assignment
from grader.errors import UsageError

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = sorted(path.parent for path in ROOT.glob("docs/examples/*/assignment.toml"))
TEMPLATES = sorted((ROOT / "grader" / "authoring" / "template").iterdir())
_TRIVIAL = 8  # characters: ")", "else:", "return x"

# --- assignments that are there ----------------------------------------------------------------


def split_lines(source: str) -> tuple[set[str], set[str]]:
    """Return the lines of a reference that are solutions, and those that students may see."""
    lines = source.split("\n")
    secret = {
        number
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and not lines[node.lineno - 1].endswith("# given")
        for number in range((node.body[0].end_lineno or 0), node.end_lineno or 0)
    }
    regions: list[set[int]] = []
    begin = None
    for number, line in enumerate(lines):
        if "BEGIN SOLUTION" in line:
            begin = number
        elif "END SOLUTION" in line and begin is not None:
            regions.append(set(range(begin, number + 1)))
            begin = None
    marked = set().union(*regions) if regions else set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            inside = set(range(node.lineno, node.end_lineno or 0))
            if inside & marked and not inside <= marked:
                secret -= inside  # only what is marked goes
    secret |= marked
    is_public = False
    for number, line in enumerate(lines):
        if line.startswith("# %%"):
            is_public = "demo" in line or "given" in line
        if is_public:
            secret.discard(number)
    return (
        {lines[number].strip() for number in secret},
        {line.strip() for number, line in enumerate(lines) if number not in secret},
    )


def code_lines(exercise: str) -> set[str]:
    """Return the lines of code of a script or a notebook."""
    if exercise.startswith("{"):
        cells = json.loads(exercise)["cells"]
        code = (one["source"] for one in cells if one["cell_type"] == "code")
        exercise = "\n".join(map("".join, code))
    return {line.strip() for line in exercise.split("\n")}


@pytest.mark.parametrize("where", ["lab4", *EXAMPLES, *TEMPLATES], ids=lambda one: Path(one).name)
def test_no_line_of_a_solution_is_in_the_exercise(where: str | Path) -> None:
    """Neither script nor notebook has a line that is only in solutions."""
    assignment = load_assignment(where)
    secret, shown = split_lines(assignment.reference)
    texts = [render_script(assignment.reference), render_notebook(assignment.reference)]
    if find_exercises(assignment).exists():
        texts += [one.read_text("utf-8") for one in find_exercises(assignment).glob("*.[pi]*y*")]

    hidden = {line for line in secret - shown if len(line) > _TRIVIAL}
    assert hidden
    for text in texts:
        assert code_lines(text) & hidden == set()


def test_lines_that_leak_would_be_found() -> None:
    """The reference itself, handed out as the exercise, would not pass."""
    reference = load_assignment().reference
    secret, shown = split_lines(reference)

    assert len(code_lines(reference) & (secret - shown)) > 30


# --- made-up references ------------------------------------------------------------------------

# In these, whatever is a part of a solution has the word "secret" in every line.

_SIMPLE = (
    "secret = 1",
    "secret = 1; other = secret",
    "# secret",
    "secret = [  # secret\n    1,  # secret\n]  # secret",
    'secret = """secret\n  secret\nsecret"""  # secret',
    "secret = lambda secret: secret",
    'raise ValueError(f"secret {secret}")',
    "secret = 'ünïcode'; secret",
    "return secret",
    "pass  # secret",
    "global secret",
    "import secret",
    "@secret\ndef secret(): return secret",
    "\n# secret\n",
    "secret = (\n# secret at the left\n    1)  # secret",
    "secret = 1 \\\n    + secret",
)
_OPENERS = (
    "if secret:",
    "for secret in secret:",
    "with secret as secret:",
    "while secret:",
    "def secret(secret):",
    "class secret:",
    "async def secret():",
)
_DOCSTRINGS = (
    '"""What to do."""',
    "'''What to do.\n\nIn several lines.\n'''",
    '"""Übung."""; secret',
    '"""What to do."""  # secret',
    '"What " "to do."',
    '# secret\n\n"""What to do."""',
)
_SIGNATURES = (
    "def {name}(x, y=2):",
    "def {name}(\n    x,  # (n, 2)\n    y: int = -1,\n) -> None:",
    "async def {name}(x):",
    "def {name}(x, *rest, key=None, **others):",
    "def {name}(x):  # noqa: N802",
)


@st.composite
def blocks(draw: st.DrawFn, depth: int = 2) -> str:
    """Return statements of a body, every line of which is secret."""
    parts = []
    for _ in range(draw(st.integers(1, 3))):
        if depth and draw(st.booleans()):
            opener = draw(st.sampled_from(_OPENERS))
            parts.append(f"{opener}\n{_indent(draw(blocks(depth - 1)))}")
        else:
            parts.append(draw(st.sampled_from(_SIMPLE)))
    return "\n".join([*parts, "secret"])


@st.composite
def functions(draw: st.DrawFn, name: str) -> str:
    """Return a function with a docstring, perhaps with marked regions in its body."""
    signature = draw(st.sampled_from(_SIGNATURES)).format(name=name)
    docstring = draw(st.sampled_from(_DOCSTRINGS))
    body = draw(blocks())
    match draw(st.integers(0, 3)):
        case 0:
            body = f"# BEGIN SOLUTION\n{body}\n# END SOLUTION"
        case 1:
            body = (
                f"y = 1\nif y:\n    ### BEGIN SOLUTION\n{_indent(body)}\n    ### END SOLUTION\n"
                f"else:\n    y = 2\nreturn y"
            )
        case _:
            pass
    has_region = "SOLUTION" in body
    if has_region:
        docstring = '"""What to do."""'
    after = ["    # secret afterwards", "\n\n        # secret\n"] if "y = 2" not in body else []
    trailing = draw(st.sampled_from(["", *after]))
    decorator = draw(st.sampled_from(["", "@public\n", "@public.method(1)\n"]))
    return f"{decorator}{signature}\n{_indent(f'{docstring}{chr(10)}{body}')}\n{trailing}"


@st.composite
def classes(draw: st.DrawFn, name: str) -> str:
    """Return a class with fields, methods, a nested class and a marked line."""
    parts = ['"""What it is."""', "size: int = 3", '__slots__ = ("a", "b")']
    parts += [draw(functions(f"method_{number}")) for number in range(draw(st.integers(1, 3)))]
    if draw(st.booleans()):
        parts.append("# BEGIN SOLUTION\n__rmul__ = secret\n# END SOLUTION")
    if draw(st.booleans()):
        parts.append("class Inner:\n" + _indent(draw(functions("inner"))))
    return f"class {name}(Base):\n" + _indent("\n".join(parts))


@st.composite
def references(draw: st.DrawFn) -> str:
    """Return a reference in percent format that can be released."""
    cells = ["from typing import Any\n\nSIZE = 3"]
    for number in range(draw(st.integers(1, 4))):
        kind = draw(st.sampled_from(["function", "class", "region", "dict", "if", "try", "given"]))
        name = f"{kind}_{number}"
        match kind:
            case "function":
                cells.append(f"{draw(functions(name))}\n\n# Prose.\n{draw(functions(f'{name}_b'))}")
            case "class":
                cells.append(f"{draw(classes(name))}\n\nSIZE_2 = 4")
            case "region":
                body = draw(blocks().filter(lambda text: "return" not in text))
                cells.append(f"SIZE_3 = 3\n# BEGIN SOLUTION\n{body}\n# END SOLUTION\nSIZE_4 = 4")
            case "dict":
                cells.append('ANSWERS = {\n    "a": "secret",  # secret\n    # secret\n}')
            case "if":
                cells.append(f"if SIZE:\n{_indent(draw(functions(name)))}")
            case "try":
                cells.append(
                    f"try:\n    import os\nexcept ImportError:\n{_indent(draw(functions(name)))}"
                )
            case _:
                cells.append("GIVEN")
    text = "\n\n".join(
        '# %% tags=["given"]\nhelper = len("public")' if one == "GIVEN" else f"# %%\n{one}"
        for one in cells
    )
    return f"{text}\n\n# %% tags=[\"demo\"]\nprint('''\nkept\n''')\n"


def _indent(text: str) -> str:
    """Indent code, but not the inside of its strings."""
    strings = {
        number
        for node in _strings(text)
        for number in range(node.lineno, node.end_lineno or node.lineno)
    }
    return "\n".join(
        line if number in strings or not line.strip() else f"    {line}"
        for number, line in enumerate(text.split("\n"))
    )


def _strings(text: str) -> Iterator[ast.expr]:
    try:
        tree = ast.parse(text)
    except SyntaxError:
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant | ast.JoinedStr) and node.end_lineno != node.lineno:
            yield node


def release(reference: str) -> tuple[str, str]:
    """Return script and notebook, and require that each is valid and follows from the reference."""
    script, notebook = render_script(reference), render_notebook(reference)
    assert script == render_script(reference)
    assert notebook == render_notebook(reference)
    compile(script, "script", "exec")
    nbformat.validate(nbformat.reads(notebook, as_version=4))  # type: ignore[no-untyped-call]
    for cell in json.loads(notebook)["cells"]:
        ast.parse("".join(cell["source"]))
    return script, notebook


@hypothesis.settings(
    max_examples=60, deadline=None, suppress_health_check=list(hypothesis.HealthCheck)
)
@hypothesis.given(references())
def test_made_up_reference_is_released_without_a_secret(reference: str) -> None:
    """A reference in any layout is released, and no line of a solution with it."""
    hypothesis.assume(_is_python(reference))

    script, notebook = release(reference)

    assert "secret" not in script, script
    assert "secret" not in notebook, notebook
    assert "kept" in script
    assert "helper = len" in script or "GIVEN" not in reference


@st.composite
def wild_cells(draw: st.DrawFn) -> str:
    """Return a cell of any statements, with secrets anywhere and markers in odd places."""
    lines = draw(
        st.lists(
            st.sampled_from(
                [
                    *_SIMPLE,
                    "# BEGIN SOLUTION",
                    "# END SOLUTION",
                    "x = 1  # BEGIN SOLUTION",
                    "    # END SOLUTION",
                    '"""\n# BEGIN SOLUTION\nsecret\n# END SOLUTION\n"""',
                    "secret = {'a': secret}",
                    "CONFIG = {'secret': 1}",
                    "ANSWERS = {'a': 'secret'}; secret = 1",
                    "secret = ANSWERS = {'a': 'secret'}",
                    "ANSWERS['a'] = 'secret'",
                    "secret: int = 3",
                    "from torch import secret",
                    "class A:\n    x = secret",
                    "class A:\n    f = lambda secret: secret",
                    "class A:\n    SECRET = secret()",
                    "def f(x=secret + 1):\n    '''Doc.'''",
                    "def f(x): 'Doc.'; return secret",
                    "def f(x): return secret",
                    "def f(x):\n    '''Doc.'''\n    return secret\n    # secret",
                    "if 1:\n    def f(x):\n        '''Doc.'''\n        return secret",
                    "if 1: secret = 3",
                    "for i in range(3):\n    secret",
                    "assert secret == 3",
                    "secret, other = 1, 2",
                    "(secret := 3)",
                    "type_secret = list[secret]",
                    "# return secret + 1",
                    "# secret = x @ w",
                    "# for i in secret:\n#     secret(i)",
                    "del secret",
                    "'secret = x @ w'",
                    "match secret:\n    case 1:\n        secret",
                    "# %timeit secret(3)",
                ]
            ),
            min_size=1,
            max_size=6,
        )
    )
    return "\n".join(lines)


# Names and prose are not solutions: only these lines may be published.
_HARMLESS = {"# secret", "import secret", "pass  # secret", "from torch import secret"}


@hypothesis.settings(
    max_examples=200, deadline=None, suppress_health_check=list(hypothesis.HealthCheck)
)
@hypothesis.given(st.lists(wild_cells(), min_size=1, max_size=3))
def test_whatever_is_written_no_secret_gets_out(cells: list[str]) -> None:
    """What is neither taken out nor harmless is refused."""
    reference = "\n\n".join(f"# %%\n{cell}" for cell in cells) + "\n"
    hypothesis.assume(_is_python(reference))

    try:
        script, _ = release(reference)
    except UsageError:
        return

    left = {line.strip() for line in script.split("\n") if "secret" in line.lower()}
    assert left <= _HARMLESS, script


def _is_python(text: str) -> bool:
    try:
        ast.parse(text)
    except SyntaxError:
        return False
    return True
