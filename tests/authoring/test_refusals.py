"""What may be a part of a solution, and is not taken out, is refused with one clear line."""

import pytest

from grader.authoring.release import render_notebook, render_script
from grader.checks.units import Unit, UnitKind
from grader.errors import UsageError

ADVICE = "tag the cell `given`, or mark the lines with # BEGIN SOLUTION / # END SOLUTION"
W_HAT = Unit(name="w_hat", kind=UnitKind.VALUE)
SIGMOID = Unit(name="sigmoid", parameters=("z",))


def refuse(text: str, *units: Unit) -> list[str]:
    """Return the lines with which a reference is refused; neither form of it may be made."""
    with pytest.raises(UsageError) as script:
        render_script(text, units=units)
    with pytest.raises(UsageError) as notebook:
        render_notebook(text, units=units)
    assert str(script.value) == str(notebook.value)
    return str(script.value).split("\n")


@pytest.mark.parametrize(
    ("code", "line", "what"),
    [
        ("f = lambda x: x @ w", 2, "the lambda `f = lambda x: x @ w`"),
        ("w = torch.zeros(2)", 2, "the assignment `w = torch.zeros(2)`"),
        ("lr = 0.1", 2, "the assignment `lr = 0.1`"),
        ("N = 3; w = N + x", 2, "the assignment `w = N + x`"),
        ("N = x @ w", 2, "the assignment"),
        ("N, w = 1, 2", 2, "the assignment"),
        ("w += 1", 2, "the assignment"),
        ("ANSWER_1 = 42", 2, "the assignment"),
        ("sigmoid = torch.sigmoid", 2, "the assignment"),
        ("Vector = list[float]", 2, "the assignment"),
        ("RATES = {'slow': 0.1}", 2, "the dict"),
        ("RATES = [{'slow': 0.1}]", 2, "the assignment"),
        ("ANSWERS['pi'] = 'b'", 2, "the assignment"),
        ("ANSWERS.update(pi='b')", 2, "the statement"),
        ("(w := 3)", 2, "the statement"),
        ("print(3)", 2, "the statement"),
        ("assert f(2) == 4", 2, "the statement"),
        ("for i in range(3):\n    w = i", 2, "the statement `for i in range(3):`"),
        ("with torch.no_grad():\n    w = 3", 2, "the statement"),
        ("if x > y + 1:\n    import torch", 2, "the statement"),
        ("if FAST:\n    w = 3", 3, "the assignment `w = 3`"),
        ("try:\n    import a\nexcept ImportError:\n    w = 3", 5, "the assignment"),
        ('if __name__ == "__main__":\n    f()', 2, "the statement"),
        ("class A:\n    x = 3", 3, "the line of A `x = 3`"),
        ("class A:\n    __rmul__ = __mul__", 3, "the line of A"),
        ("class A:\n    f = lambda self: 3", 3, "the lambda"),
        ("class A:\n    class B:\n        x = f()", 4, "the line of A.B"),
        ("class A:\n    x: int = f(3)", 3, "the line of A"),
        ("class A(make(lambda x: x)):\n    pass", 2, "the expression `make(lambda x: x)`"),
        ("def f(x=lambda y: y):\n    '''Doc.'''", 2, "in the signature of f()"),
        ("def f(x=w @ x):\n    '''Doc.'''", 2, "in the signature of f()"),
        ("@make(lambda x: x)\ndef f(x):\n    '''Doc.'''", 2, "in the signature of f()"),
        ("N = 3\n'w = x @ w'", 3, "the string"),
        ("# return x @ w", 2, "the comment `# return x @ w` looks like code, which"),
        ("N = 3  # w = x @ w", 2, "the comment"),
        ("def f(x):  # x @ w\n    '''Doc.'''", 2, "the comment"),
        ("class A:\n    # return self.x + 1\n    x: int", 3, "the comment"),
        ("# for i in range(3):\n#     w = i", 2, "the comment"),
        ("# Solution: use the formula", 2, "the comment"),
        ("# %timeit f(3)", 2, "the magic `%timeit f(3)`"),
    ],
)
def test_what_may_be_a_solution_is_refused(code: str, line: int, what: str) -> None:
    """The line names the statement and its place, and says what to do."""
    (problem,) = refuse(f"# %%\n{code}\n")

    assert problem.startswith(f"line {line}: {what}"), problem
    assert problem.endswith(f"may be a part of the solution: {ADVICE}")


@pytest.mark.parametrize(
    "code",
    [
        '"""What the lab is about."""',
        "import torch",
        "from torch import Tensor as T, nn",
        "N_SAMPLES = 100",
        "RATES = (0.1, -1e-3, 2**-4)",
        "NAMES: list[str] = ['a', 'b']",
        "NOTHING = {}",
        "__all__ = ['f']",
        "w_hat = None",
        "w_hat = ...",
        "w_hat: Tensor",
        "Vector: TypeAlias = list[float]",
        'T = TypeVar("T", bound=int)',
        "pass",
        "...",
        "if TYPE_CHECKING:\n    from torch import Tensor",
        "if sys.version_info >= (3, 12):\n    import tomllib\nelse:\n    import tomli as tomllib",
        "try:\n    import a\nexcept ImportError:\n    a = None",
        "# Part 2: (n, 2) and so on",
        "N = 3  # noqa: N816",
        "N = 3  # type: ignore[arg-type]",
        "# ---------",
        "# %matplotlib inline",
        "# !pip install torch",
        "class A(nn.Module, metaclass=M):\n    '''Doc.'''\n\n    N = 3\n    x: int = 3\n    y: T",
        "@dataclass(frozen=True)\nclass A:\n    x: list[int] = field(default_factory=list)",
        "class Color(Enum):\n    RED = 1\n    BLUE = 'b'",
        "@overload\ndef f(x: int) -> int: ...",
    ],
)
def test_what_is_surely_not_a_solution_stays(code: str) -> None:
    """Imports, constants in capitals, declarations and prose are published as they are."""
    assert code.replace("# %m", "%m").replace("# !", "!") in "\n".join(
        cell for cell in _sources(render_notebook(f"# %%\n{code}\n"))
    )
    assert code in render_script(f"# %%\n{code}\n")


def _sources(notebook: str) -> list[str]:
    import json

    return ["".join(cell["source"]) for cell in json.loads(notebook)["cells"]]


def test_every_problem_has_a_line_in_the_order_of_the_file() -> None:
    """All problems are listed at once."""
    found = refuse("# %%\nw = f()\n\n# %% [markdown]\n# Text.\n\n# %%\n\nv = f()\n")

    assert [one.partition(":")[0] for one in found] == ["line 2", "line 9"]


def test_long_statement_is_shown_in_part() -> None:
    """A line stays a line, however long the statement is."""
    (problem,) = refuse(f"# %%\nw = [\n    {', '.join(['1'] * 200)}\n]\n")

    assert "..." in problem
    assert len(problem) < 250


# --- given and demo ----------------------------------------------------------------------------


def test_given_cell_stays_whole() -> None:
    """Of a given cell nothing is removed, and nothing is refused."""
    code = "def helper(x):\n    # note\n    return x + 1\n\n\nw = helper(3)\nf = lambda x: x"

    for text in (render_script, render_notebook):
        assert "return x + 1" in text(f'# %% tags=["given"]\n{code}\n')
    assert code in render_script(f'# %% tags=["given"]\n{code}\n')


def test_cell_whose_tag_is_misspelt_is_not_given() -> None:
    """A misspelt tag publishes nothing."""
    assert refuse('# %% tags=["givn"]\nw = f()\n')


@pytest.mark.parametrize("tag", ["given", "demo"])
@pytest.mark.parametrize(
    "code",
    ["def sigmoid(z):\n    return z", "from torch import sigmoid", "sigmoid = torch.sigmoid"],
)
def test_unit_in_a_published_cell_is_refused(tag: str, code: str) -> None:
    """What has points can't be in a cell that students get as it is."""
    (problem,) = refuse(f'# %% tags=["{tag}"]\n{code}\n', SIGMOID)

    assert problem == (
        f"line 2: sigmoid has points, and would be published: the cell is tagged `{tag}`"
    )


def test_import_of_a_unit_is_refused() -> None:
    """An import can be a whole solution."""
    (problem,) = refuse("# %%\nfrom torch import sigmoid\n", SIGMOID)

    assert "the import of what is graded `from torch import sigmoid`" in problem


# --- values ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "code",
    ["W = 3", "# BEGIN SOLUTION\nother = f()\n# END SOLUTION", "w_hat = None", "w_hat: int"],
)
def test_value_that_nothing_computes_is_refused(code: str) -> None:
    """A value with points has to be in a solution region, or be a dict that is blanked."""
    (problem,) = refuse(f"# %%\n{code}\n", W_HAT)

    assert problem.startswith("the value w_hat is computed in no solution")


def test_value_outside_of_its_region_is_refused() -> None:
    """A constant that is asked for is not published, whatever it looks like."""
    found = refuse("# %%\nSLOPE = 3\n", Unit(name="SLOPE", kind=UnitKind.VALUE))

    assert found[0].startswith("line 2: the assignment `SLOPE = 3`")


def test_value_in_a_region_is_taken_out() -> None:
    """The place where it was computed names it, and a None before it stays."""
    text = "# %%\nw_hat = None\n# BEGIN SOLUTION w_hat\nw_hat = secret()\n# END SOLUTION\n"

    assert render_script(text, units=[W_HAT]) == "# %%\nw_hat = None\n# your code here: w_hat\n"


def test_dict_with_points_keeps_its_keys() -> None:
    """A dict that is listed as a value is blanked like ANSWERS; what is no text becomes None."""
    text = '# %%\nsizes = {\n    "a b": 3,  # secret\n    2: "x",\n    # secret\n}\n\nN = 3\n'
    unit = Unit(name="sizes", kind=UnitKind.VALUE)

    assert render_script(text, units=[unit]) == (
        '# %%\n# Your answers go here.\nsizes = {\n    "a b": None,\n    2: "",\n}\n\nN = 3\n'
    )


@pytest.mark.parametrize("code", ["ANSWERS = {'a': 'b'}; w = 3", "A = ANSWERS = {'a': 'b'}"])
def test_answers_among_other_things_are_refused(code: str) -> None:
    """ANSWERS has to be a statement on lines of its own, since these are replaced."""
    assert "ANSWERS on line 2 does not stand alone" in refuse(f"# %%\n{code}\n")


# --- what can't be imported --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("START = f(3)", "f"),
        ("STARTS = [f(3) for _ in range(2)]", "f"),
        ("value = Value(3)", "Value"),
        ("print(later)", "later"),
        ("def g(x=later):\n    return f(x)", "later"),
        ("class B(later):\n    pass", "later"),
    ],
)
def test_exercise_that_needs_on_import_what_is_not_written_is_refused(
    given: str, name: str
) -> None:
    """A given cell can't use what students have yet to write: it would be a demo."""
    text = (
        "# %%\ndef f(x):\n    '''Doc.'''\n    return x\n\n\nclass Value:\n"
        "    def __init__(self, x):\n        '''Doc.'''\n        self.x = x\n\n\n"
        "# BEGIN SOLUTION\nlater = object\n# END SOLUTION\n\n"
        f'# %% tags=["given"]\n{given}\n'
    )

    assert refuse(text) == [
        (
            f"line 18: the exercise can't be imported, since it needs {name} before it is written: "
            "tag the cell `demo`"
        )
    ]


@pytest.mark.parametrize(
    "given", ["def g(x):\n    return f(later)", "g = f", "h = lambda: f(later)", "later = 3"]
)
def test_given_code_may_use_later_what_is_not_written(given: str) -> None:
    """The inside of a function is not run on import."""
    text = (
        "# %%\ndef f(x):\n    '''Doc.'''\n    return x\n\n\n# BEGIN SOLUTION\nlater = object\n"
        f'# END SOLUTION\n\n# %% tags=["given"]\n{given}\n'
    )

    assert given in render_script(text)


# --- what can't be read ------------------------------------------------------------------------


def test_function_that_goes_on_in_another_cell_is_refused() -> None:
    """A cell has to be Python by itself: a marker of cells in a body ends the function."""
    found = refuse("# %%\ndef f(x):\n    '''Doc.'''\n    # %% more\n    return x @ w\n")

    assert found == [
        "line 5: the cell that begins on line 5 is not valid Python by itself: unexpected indent"
    ]


@pytest.mark.parametrize(
    "header", ["# %% [raw]", "# %% [markdown]", "# %% [md]", '# %% active="py"']
)
def test_code_in_a_cell_that_is_not_for_code_is_refused(header: str) -> None:
    """Python runs it, but the notebook has it as text, from which nothing is removed."""
    text = f"# %%\nN = 3\n\n{header}\ndef f(x):\n    '''Doc.'''\n    return secret\n"

    assert refuse(text) == ["line 5: this code is in a cell that is not for code"]


def test_code_that_only_a_notebook_runs_is_blanked() -> None:
    """A comment that becomes code in the notebook is treated as code."""
    text = "# %% active=\"ipynb\"\n# def f(x):\n#     '''Doc.'''\n#     return secret\n"

    assert "secret" not in render_script(text) + render_notebook(text)


def test_text_in_quotes_is_text() -> None:
    """A text cell may be written as a string."""
    text = '# %% [markdown]\n"""\nA text.\n"""\n\n# %%\nN = 3\n'

    assert "A text." in render_notebook(text)


@pytest.mark.parametrize("character", "\x0c\x0b\x85\u2028")
def test_odd_end_of_a_line_is_refused(character: str) -> None:
    """Tools disagree about where these lines end, so a wrong line might be removed."""
    (problem,) = refuse(f"# %%\nN = 3  # a{character}b\n")

    assert problem.startswith(f"line 2: the character U+{ord(character):04X} ends a line")


def test_demo_that_is_not_python_in_a_script_is_refused() -> None:
    """The script is valid Python, or is not written."""
    with pytest.raises(UsageError, match="the script for students would not be valid Python"):
        render_script('# %% tags=["demo"]\nawait f()\n')


# --- methods that are given --------------------------------------------------------------------

GIVEN_METHOD = '''\
class Value:
    """A number."""

    def __init__(self, data):  # given
        # x = 3
        self.data = list(map(float, data))

    def double(self):
        """Double it."""
        return self.data * 2
'''


def test_method_that_is_marked_as_given_stays_whole() -> None:
    """It needs no docstring, and its comments are not taken for a solution."""
    script = render_script(f"# %%\n{GIVEN_METHOD}")

    assert GIVEN_METHOD.partition("        return self.data * 2")[0] in script
    assert "self.data * 2" not in script
    assert "write Value.double()" in script


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("# given", "# as given"),
        ("# given", "# not given here"),
        ("  # given", ""),
        ("  # given\n", "\n        # given\n"),
    ],
)
def test_other_comments_give_no_method(old: str, new: str) -> None:
    """Only this word alone at the end of the line of the def does."""
    (problem,) = refuse("# %%\n" + GIVEN_METHOD.replace(old, new))

    assert problem.startswith("Value.__init__() on line 5 has no docstring")


def test_function_at_top_level_is_given_by_its_cell() -> None:
    """The comment means nothing there."""
    (problem,) = refuse("# %%\ndef f(x):  # given\n    return x @ x\n")

    assert problem.startswith("f() on line 2 has no docstring")
