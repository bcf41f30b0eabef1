"""Releasing a lab: the exercises follow from the reference, and give no solution away."""

import ast
import dataclasses
import json
import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from grader.authoring.new import write_assignment
from grader.authoring.release import release_assignment, render_notebook, render_script
from grader.checks.assignment import Assignment, load_assignment
from grader.errors import UsageError
from grader.report.model import AssignmentInfo

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "reference" / "lab4.py"
EXERCISES = ROOT / "exercises"
NAMES = ("lab4.py", "lab4.ipynb")

SMALL = '''\
# %% [markdown]
# # A lab

# %%
import math

# %%
def area(r: float) -> float:
    """Compute the area of a circle.

    Args:
        r: Its radius.
    """
    # secret comment
    square = r * r
    return math.pi * square
    # secret afterthought


# %% tags=["demo"]
print(area(2))

# %%
ANSWERS = {
    "pi": "secret",  # secret reason
    "tau": "b",
}
'''


def assignment_of(reference: str, name: str) -> Assignment:
    """Return an assignment with this reference."""
    return dataclasses.replace(
        load_assignment(),
        info=AssignmentInfo(id=name, title="Lab 9: circles", version="1"),
        reference=reference,
        reference_path=Path(f"{name}.py"),
    )


@pytest.fixture(scope="module")
def text() -> str:
    """The source of lab4's reference."""
    return SOURCE.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder to which lab4 was released."""
    folder = tmp_path_factory.mktemp("released") / "new"
    release_assignment(load_assignment(), folder)
    return folder


def read_released_notebook() -> nbformat.NotebookNode:
    """Return the committed notebook of lab4."""
    text = (EXERCISES / "lab4.ipynb").read_text("utf-8")
    notebook: nbformat.NotebookNode
    notebook = nbformat.reads(text, as_version=4)  # type: ignore[no-untyped-call]  # no types
    return notebook


# --- what is committed --------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_committed_exercise_is_what_release_makes(released: Path, name: str) -> None:
    """The committed exercises equal what release makes, byte for byte."""
    assert (EXERCISES / name).read_bytes() == (released / name).read_bytes()


def test_nothing_else_is_released(released: Path) -> None:
    """Release writes exactly two files, named after the reference."""
    assert sorted(path.name for path in released.iterdir()) == sorted(NAMES)


def test_two_runs_are_equal(text: str) -> None:
    """Two runs make equal files, without random ids, versions or dates."""
    assert render_script(text) == render_script(text)
    assert render_notebook(text) == render_notebook(text)


def test_files_that_were_written_are_named_script_first(tmp_path: Path) -> None:
    """Existing files are overwritten, and the script is listed first."""
    circle = assignment_of(SMALL, "circle")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "circle.py").write_text("old", encoding="utf-8")

    written = release_assignment(circle, tmp_path / "out")

    assert written == [tmp_path / "out" / "circle.py", tmp_path / "out" / "circle.ipynb"]
    assert 'raise NotImplementedError("lab 9: write area()")' in written[0].read_text("utf-8")


def test_second_release_has_nothing_to_do(released: Path) -> None:
    """A second release writes nothing."""
    assert release_assignment(load_assignment(), released) == []


def test_dry_release_writes_nothing(tmp_path: Path) -> None:
    """A dry release lists the files that are out of date, and writes none."""
    circle = assignment_of(SMALL, "circle")

    assert len(release_assignment(circle, tmp_path / "out", is_dry=True)) == 2
    assert not (tmp_path / "out").exists()


# --- files beside the exercise ------------------------------------------------------------


@pytest.fixture
def with_files(tmp_path: Path) -> Path:
    """An assignment with data in a folder, other data for grading, and a module to import."""
    folder = write_assignment("tiny", tmp_path)
    settings = (folder / "assignment.toml").read_text("utf-8")
    more = (
        'files = ["data/train.csv"]\nsupport = ["plots.py"]\n\n'
        '[grading_files]\n"data/train.csv" = "secret.csv"\n\n[limits]'
    )
    (folder / "assignment.toml").write_text(settings.replace("[limits]", more), "utf-8")
    (folder / "data").mkdir()
    (folder / "data" / "train.csv").write_bytes(b"1,2\r\n\xff")
    (folder / "secret.csv").write_text("3,4\n", "utf-8")
    (folder / "plots.py").write_text("def plot(x):\n    return x\n", "utf-8")
    return folder


def test_files_and_modules_are_copied_beside_the_exercise(with_files: Path, tmp_path: Path) -> None:
    """Students get the files as they are, and never those for grading."""
    written = release_assignment(load_assignment(with_files), tmp_path / "out")

    names = [path.relative_to(tmp_path / "out").as_posix() for path in written]
    assert names == ["tiny.py", "tiny.ipynb", "data/train.csv", "plots.py"]
    assert (tmp_path / "out" / "data" / "train.csv").read_bytes() == b"1,2\r\n\xff"
    assert (tmp_path / "out" / "plots.py").read_text("utf-8").startswith("def plot")
    assert release_assignment(load_assignment(with_files), tmp_path / "out") == []


def test_copy_that_is_out_of_date_is_found(with_files: Path, tmp_path: Path) -> None:
    """A changed file is copied again, and with a dry run only listed."""
    release_assignment(load_assignment(with_files), tmp_path / "out")
    (with_files / "plots.py").write_text("", "utf-8")

    changed = release_assignment(load_assignment(with_files), tmp_path / "out", is_dry=True)

    assert changed == [tmp_path / "out" / "plots.py"]
    assert (tmp_path / "out" / "plots.py").read_text("utf-8")


def test_file_with_the_name_of_the_exercise_is_refused(with_files: Path, tmp_path: Path) -> None:
    """A module can't take the place of the exercise, nor the exercise its place."""
    settings = (with_files / "assignment.toml").read_text("utf-8")
    (with_files / "assignment.toml").write_text(settings.replace("plots.py", "tiny.py"), "utf-8")
    (with_files / "tiny.py").write_text("", "utf-8")

    with pytest.raises(UsageError, match=r"tiny\.py can't lie beside the exercise"):
        release_assignment(load_assignment(with_files), tmp_path / "out")


# --- what students get --------------------------------------------------------------------


@pytest.mark.slow
def test_script_can_be_imported_before_any_function_is_written() -> None:
    """The script can be imported, and each function says that it isn't written yet."""
    code = (
        "import warnings; warnings.simplefilter('error')\n"
        "import lab4, json\n"
        "def message_of(name):\n"
        "    try:\n"
        "        getattr(lab4, name)(*[None] * len(lab4_parameters[name]))\n"
        "    except NotImplementedError as error:\n"
        "        return str(error)\n"
        "lab4_parameters = json.loads(input())\n"
        "print(json.dumps({name: message_of(name) for name in lab4_parameters}))\n"
    )
    parameters = {one.name: one.parameters for one in load_assignment().units if one.parameters}

    done = subprocess.run(
        [sys.executable, "-c", code],
        input=json.dumps(parameters) + "\n",
        cwd=EXERCISES,
        env={"PATH": os.environ["PATH"], "MPLBACKEND": "agg", "PYTHONDONTWRITEBYTECODE": "1"},
        check=True,
        capture_output=True,
        text=True,
    )

    assert json.loads(done.stdout) == {name: f"lab 4: write {name}()" for name in parameters}


def test_both_exercises_define_the_contract() -> None:
    """Both exercises define every function with its parameters, and leave answers empty."""
    notebook = read_released_notebook()
    cells = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "code")
    script = (EXERCISES / "lab4.py").read_text("utf-8")

    for source in (cells, script):
        statements = ast.parse(source).body
        functions = {one.name: one for one in statements if isinstance(one, ast.FunctionDef)}
        for function in load_assignment().units:
            if function.is_value:
                continue
            written = functions[function.name]
            assert tuple(one.arg for one in written.args.args) == function.parameters
            assert ast.get_docstring(written)
            assert len(written.body) == 2
            assert isinstance(written.body[1], ast.Raise)
        (answers,) = (one for one in statements if ast.unparse(one).startswith("ANSWERS = "))
        assert isinstance(answers, ast.Assign)
        assert set(ast.literal_eval(answers.value).values()) == {""}


@pytest.mark.parametrize("name", NAMES)
def test_no_line_of_a_solution_is_given_away(text: str, name: str) -> None:
    """No statement or comment of a function's body appears in the exercises."""
    exercise = (EXERCISES / name).read_text("utf-8")
    if name.endswith(".ipynb"):
        cells = _cells(exercise)
        exercise = "\n".join(one["source"] for one in cells if one["cell_type"] == "code")
    lines = {line.strip() for line in exercise.splitlines()}
    source_lines = text.splitlines()
    secret = {
        line.strip()
        for node in ast.parse(text).body
        if isinstance(node, ast.FunctionDef)
        for line in source_lines[node.body[0].end_lineno : node.end_lineno]
        if len(line.strip()) > 12
    }
    shown = {
        line.strip()
        for node in ast.parse(text).body
        if not isinstance(node, ast.FunctionDef)
        for line in source_lines[node.lineno - 1 : node.end_lineno]
    }

    assert lines & (secret - shown) == set()
    assert len(secret) > 30


def _cells(notebook: str) -> list[dict[str, str]]:
    content = json.loads(notebook)
    return [{**cell, "source": "".join(cell["source"])} for cell in content["cells"]]


def test_notebook_is_valid_and_has_no_outputs() -> None:
    """The notebook is valid, has no outputs, and its cells have different ids."""
    notebook = read_released_notebook()

    nbformat.validate(notebook)

    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert all(not cell.outputs and cell.execution_count is None for cell in code)
    assert len({cell.id for cell in notebook.cells}) == len(notebook.cells)


# --- how they are made --------------------------------------------------------------------


def test_body_is_removed_and_signature_and_docstring_stay() -> None:
    """A function loses its body, and keeps its signature, docstring and surroundings."""
    script = render_script(SMALL, label="lab 9")

    assert "secret" not in script
    assert "math.pi" not in script
    assert 'def area(r: float) -> float:\n    """Compute the area of a circle.' in script
    assert 'r: Its radius.\n    """\n    raise NotImplementedError("lab 9: write area()")' in script
    assert "# # A lab" in script
    assert "import math" in script


def test_questions_stay_in_their_order_without_their_letters() -> None:
    """The questions keep their order and lose their letters."""
    script = render_script(SMALL)

    assert 'ANSWERS = {\n    "pi": "",\n    "tau": "",\n}' in script


def test_demos_of_the_script_wait_in_a_main_block() -> None:
    """The script's demos are in a main block, since they would fail at import."""
    script = render_script(SMALL)

    before, _, block = script.partition('if __name__ == "__main__":\n')
    assert "print(area(2))" not in before
    assert block == "    print(area(2))\n"


def test_demos_of_the_notebook_stay_in_their_places() -> None:
    """The notebook's demos stay in their places."""
    cells = [cell["source"] for cell in _cells(render_notebook(SMALL))]

    assert cells[3] == "print(area(2))"
    assert cells[4].endswith("}")
    assert not [cell for cell in cells if "secret" in cell]


def test_string_of_a_demo_keeps_its_lines() -> None:
    """The main block is indented, but not the inside of strings, which would change them."""
    demo = 'text = """\na\n  b\n"""\nprint(text,\n      3)'
    script = render_script(f'# %% tags=["demo"]\n{demo}\n')

    namespace: dict[str, object] = {"__name__": "__main__", "print": lambda *_: None}
    exec(script, namespace)  # noqa: S102 - our own
    assert namespace["text"] == "\na\n  b\n"
    assert "    print(text,\n          3)" in script


def test_demo_without_code_leaves_a_valid_script() -> None:
    """A main block of nothing but comments and text can be run."""
    script = render_script(
        '# %% tags=["demo"]\n# Try it.\n\n# %% [markdown] tags=["demo"]\n# Text.\n'
    )

    assert script.endswith("    # Text.\n    pass\n")
    compile(script, "script", "exec")


def test_magic_of_a_demo_is_a_comment_in_the_script() -> None:
    """A script can't have magics, and a notebook has them as they are."""
    text = '# %% tags=["demo"]\n# %matplotlib inline\nprint(3)\n'

    assert "    # %matplotlib inline\n    print(3)\n" in render_script(text)
    assert '"%matplotlib inline\\n' in render_notebook(text)


def test_comment_above_the_docstring_is_removed() -> None:
    """What is between the signature and the docstring is a part of the body."""
    script = render_script(
        "# %%\ndef f(\n    x,  # (n, 2)\n):\n    # secret\n\n    # secret too\n"
        "    '''Doc.'''\n    return x\n"
    )

    assert "secret" not in script
    assert "x,  # (n, 2)\n):\n    '''Doc.'''\n" in script


def test_lab_without_demos_has_no_main_block() -> None:
    """A lab without demos has no main block."""
    script = render_script("# %%\nX = 1\n")

    assert "__main__" not in script


def test_function_without_a_docstring_is_refused() -> None:
    """A function without a docstring is refused, since students would have no task."""
    with pytest.raises(UsageError, match=r"f\(\) on line 2 has no docstring"):
        render_script("# %%\ndef f(x):\n    return x\n")


@pytest.mark.parametrize(
    "answers",
    [
        "ANSWERS = dict(a='b')",
        "ANSWERS = 5",
        "ANSWERS: dict = make()",
        "ANSWERS: dict",
    ],
)
def test_answers_that_are_not_a_dict_literal_are_refused(answers: str) -> None:
    """ANSWERS has to be a dict literal, because the reference is not run."""
    with pytest.raises(UsageError, match="ANSWERS on line 2 is not a dict literal"):
        render_script(f"# %%\n{answers}\n")


def test_source_that_is_not_python_is_refused(tmp_path: Path) -> None:
    """A reference that is not Python is refused, and nothing is written."""
    with pytest.raises(SyntaxError):
        release_assignment(assignment_of("def f(:\n", "lab"), tmp_path / "out")

    assert not (tmp_path / "out").exists()
