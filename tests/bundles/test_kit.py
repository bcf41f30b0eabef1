"""A student's kit: without the solutions, and as fair as the assignment that it is made of."""

import ast
import dataclasses
import json
import re
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner
from kit_texts import all_texts, digests_of, leaks, secrets_of

from grader.authoring.new import write_assignment
from grader.authoring.release import render_notebook, render_script
from grader.bundles.kit import MadeKit, make_kit
from grader.bundles.kit_proof import prove_kit
from grader.checks.assignment import Assignment, load_assignment
from grader.checks.kit_file import KitManifest, read_kit, write_kit
from grader.cli.grade import command as grade_command
from grader.cli.grader import command as grader_command
from grader.errors import KitError, UsageError
from grader.outputs.notebook_html import report_to_html
from grader.outputs.pages.student_page import render_student_page
from grader.pipeline import Grader
from grader.report.model import FunctionResult, Report, Status, Visibility
from grader.report.schema import report_to_json
from grader.seeds import Seeds

EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "two_layers"
HIDDEN = "loss/can-be-differentiated"  # in a file with a visible check
AFTER_DUE = "step/is-right-again-and-again"

pytestmark = pytest.mark.slow


def hide(folder: Path) -> Assignment:
    """Copy the example, hide a check, and load it."""
    shutil.copytree(EXAMPLE, folder)
    settings = folder / "assignment.toml"
    text = settings.read_text("utf-8")
    settings.write_text(text.replace(f'"{AFTER_DUE}"', f'"{HIDDEN}" = "hidden"\n"{AFTER_DUE}"'))
    return load_assignment(folder)


@pytest.fixture(scope="module")
def assignment(tmp_path_factory: pytest.TempPathFactory) -> Assignment:
    """Return the example, with a hidden check and one for after the due date."""
    return hide(tmp_path_factory.mktemp("author") / "two_layers")


@pytest.fixture(scope="module")
def made(assignment: Assignment) -> MadeKit:
    """Return its kit, with one seed."""
    return make_kit(assignment, seeds=1, jobs=2)


@pytest.fixture(scope="module")
def kit(made: MadeKit, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the file of the kit."""
    path = tmp_path_factory.mktemp("student") / "lab5.zip"
    path.write_bytes(made.data)
    return path


@pytest.fixture(scope="module")
def grader(kit: Path) -> Iterator[Grader]:
    """Return a grader with the kit."""
    with Grader(load_assignment(kit)) as warm:
        yield warm


Grade = Callable[..., Report]


@pytest.fixture
def grade(grader: Grader, assignment: Assignment) -> Grade:
    """Return a function that grades the reference with some texts replaced."""

    def run(*changes: tuple[str, str], only: str | None = None) -> Report:
        source = assignment.reference
        for old, new in changes:
            assert source.count(old) == 1, old
            source = source.replace(old, new)
        return grader.grade_data(source.encode(), name="mine.py", only=only)

    return run


def unit(report: Report, name: str) -> FunctionResult:
    """Return the result of a unit."""
    (found,) = (one for one in report.functions if one.name == name)
    return found


# --- what is in it ------------------------------------------------------------------------


def test_kit_says_what_is_judged_later(made: MadeKit) -> None:
    """The points of hidden checks and of those for after the due date, and nothing else of them."""
    manifest, files = read_kit(made.data)

    assert made.later == manifest.later == {"loss": 2, "step": 3}
    assert made.points == 35
    assert manifest.torch == made.torch != ()
    assert {"check_loss.py", "conftest.py", "exercises/two_layers.py"} <= files.keys()
    assert {"reference.py", "misconceptions.py", "assignment.toml"}.isdisjoint(files)
    assert {"reference", "misconceptions", "visibility"}.isdisjoint(manifest.contract)


def test_no_line_of_a_solution_or_misconception_is_in_it(
    made: MadeKit, assignment: Assignment
) -> None:
    """Nowhere, however it is packed; the exercise and the hints are what students get anyway."""
    shown = (render_script(assignment.reference), render_notebook(assignment.reference))
    secret = secrets_of(assignment, shown)

    assert len(secret) > 50
    assert leaks(made.data, secret) == set()
    assert leaks(assignment.reference.encode(), secret)  # so it can be found


def test_no_name_of_the_authors_is_in_it(made: MadeKit, assignment: Assignment) -> None:
    """Neither the names of programs and of their helpers, nor digests of these."""
    names = {one.name for one in assignment.misconceptions}
    for source in {one.source for one in assignment.misconceptions}:
        tops = ast.parse(source).body
        names |= {one.name for one in tops if isinstance(one, ast.FunctionDef)}
    texts = list(all_texts(made.data))

    assert "_backward" in names
    words = {word for text in texts for word in re.findall(r"\w+", text)}
    assert names & words == set()
    raw = [text.encode("utf-8", "surrogateescape") for text in texts]
    assert [one for one in digests_of(names) if any(one in text for text in raw)] == []


def test_hidden_checks_leave_no_trace(made: MadeKit, assignment: Assignment) -> None:
    """Not their code, titles or questions, nor the misconceptions that only they can tell."""
    manifest, _ = read_kit(made.data)
    texts = "\n".join(all_texts(made.data))
    known = {one.id for one in assignment.misconceptions}
    left = {one.id for one in manifest.misconceptions}

    for word in (
        "check_loss_can_be",
        "Autograd finds its derivative with respect to y_hat",
        "is_right_again_and_again",
        AFTER_DUE,
    ):
        assert word not in texts
    assert HIDDEN not in texts
    assert "loss/plain-number" in known - left
    assert "hidden/sigmoid" in left


def test_seeds_are_used_for_nothing_else(made: MadeKit, assignment: Assignment) -> None:
    """Neither the pool nor a class draws inputs that a kit has shown."""
    seeds = read_kit(made.data)[0].seeds

    assert seeds == Seeds().for_kit(assignment.info, 1)
    many = set(Seeds().for_kit(assignment.info, 16))
    for is_class in (False, True):
        for salt in ("", "kit", "kit/0"):
            assert many.isdisjoint(Seeds(salt, is_class=is_class).all(assignment.info))
    assert len(many) == 16


def test_same_assignment_makes_the_same_bytes(tmp_path: Path) -> None:
    """Equal bytes show an author that nothing has changed."""
    tiny = load_assignment(write_assignment("tiny", tmp_path))

    assert make_kit(tiny, seeds=1).data == make_kit(tiny, seeds=1, jobs=2).data


def test_notebook_of_the_kit_names_it_and_is_else_the_released_one(
    made: MadeKit, assignment: Assignment
) -> None:
    """With the id in it, `grade` finds the kit where it is installed."""
    content = json.loads(read_kit(made.data)[1]["exercises/two_layers.ipynb"])
    released = json.loads(render_notebook(assignment.reference))

    assert content["metadata"].pop("zerograd") == {"assignment": "two_layers"}
    assert content["cells"] != []
    assert content["metadata"] == released["metadata"]


def test_kit_is_proved_in_another_environment(made: MadeKit, assignment: Assignment) -> None:
    """The Python that is named grades the reference too, and says with which torch."""
    seeds = read_kit(made.data)[0].seeds

    proved = prove_kit(made.data, assignment, seeds, pythons=[sys.executable])

    assert proved == made.torch


@pytest.mark.parametrize(
    ("python", "problem"),
    [("/nowhere/python", "can't run /nowhere/python"), ("/bin/false", "could not prove the kit")],
)
def test_environment_that_can_not_prove_a_kit_is_a_problem(
    python: str, problem: str, made: MadeKit, assignment: Assignment
) -> None:
    """No kit is written that claims more than was seen."""
    with pytest.raises(UsageError, match=problem):
        prove_kit(made.data, assignment, read_kit(made.data)[0].seeds, pythons=[python])


def test_reference_that_loses_points_in_its_kit_is_a_problem(
    made: MadeKit, assignment: Assignment
) -> None:
    """A kit whose recordings are not those of its checks is never handed out."""
    other = changed(made.data, "check_loss.py", "want.array()", "want.array() + 1")

    with pytest.raises(UsageError, match="the reference loses points in its own kit: loss/has-the"):
        prove_kit(other, assignment, read_kit(made.data)[0].seeds)


# --- how it judges ------------------------------------------------------------------------


def test_right_solution_gets_all_points_that_can_be_judged(grade: Grade) -> None:
    """What is judged later is listed with its points."""
    report = grade()

    assert (report.score, report.max_score) == (35, 35)
    assert report.self_check is not None
    assert {one.name: one.max_points for one in report.self_check.later} == {"loss": 2, "step": 3}
    assert report.self_check.open_points == 0


def test_wrong_unit_is_diagnosed_without_any_program(grade: Grade) -> None:
    """The recorded answers of a misconception are enough to name it."""
    report = grade(("torch.tanh(x @ w1 + b1)\n", "torch.sigmoid(x @ w1 + b1)\n"))

    checks = unit(report, "hidden").checks
    assert {one.status for one in checks} == {Status.FAILED}
    assert {one.misconception for one in checks} == {"hidden/sigmoid"}


def test_wrong_helper_costs_nobody_else_a_point(grade: Grade) -> None:
    """What fails with it is not judged yet, and says why; what passes all the same has passed."""
    report = grade(("torch.tanh(x @ w1 + b1)\n", "torch.sigmoid(x @ w1 + b1)\n"))

    forward = unit(report, "forward")
    assert forward.status is Status.PARTIAL or forward.status is Status.NOT_JUDGED
    for function in report.functions:
        for check in function.checks:
            if function.name != "hidden":
                assert check.status in (Status.PASSED, Status.NOT_JUDGED)
            if check.status is Status.NOT_JUDGED:
                assert check.message == "it is tried together with hidden, which is not right yet"
    assert report.self_check is not None
    open_points = report.self_check.open_points
    assert open_points > 0
    assert report.score == 35 - 5 - open_points


def test_missing_helper_is_named(grade: Grade) -> None:
    """A unit can't be judged while its helper isn't there."""
    report = grade(("def hidden(x: Tensor", "def hiding(x: Tensor"))

    assert unit(report, "hidden").status is Status.MISSING
    forward = unit(report, "forward")
    assert forward.status is Status.NOT_JUDGED
    assert "hidden, which is not right yet" in forward.checks[0].message


def test_helper_that_is_judged_later_may_be_the_cause(grade: Grade) -> None:
    """Its visible checks have passed; still the kit can't know, so it shows what it has seen."""
    right = "        return x.T @ d1, d1.sum(dim=0), h.T @ d2, d2.sum(dim=0)\n"
    report = grade(
        (
            right,
            f"        loss(y, y)\n{right.replace('h.T', '-h.T')}",
        )
    )

    check = next(one for one in unit(report, "gradients").checks if one.status is not Status.PASSED)
    assert check.status is Status.NOT_JUDGED
    assert "is wrong" in check.message
    assert "(it is tried together with loss, which is judged later)" in check.message
    assert check.example is not None
    assert check.hint == ""  # it may be right


def test_verdicts_are_those_of_the_whole_assignment(grade: Grade, assignment: Assignment) -> None:
    """On visible checks, for right code and wrong, with all that is said of a failure."""
    changes = (
        (),
        (("return 0.5 * ((y_hat", "return ((y_hat"),),
        (("@ w2 + b2\n", "@ w2\n"),),
        (("return before\n", "return None\n"),),
    )
    with Grader(assignment) as whole:
        for change in changes:
            source = assignment.reference
            for old, new in change:
                source = source.replace(old, new)
            short = grade(*change)
            full = whole.grade_data(source.encode(), name="mine.py", seed=short.seed)
            expected = {one.id: one for unit in full.functions for one in unit.checks}
            for function in short.functions:
                for check in function.checks:
                    if check.status is not Status.NOT_JUDGED:
                        assert check == expected[check.id]


def test_only_what_a_kit_can_judge_can_be_asked_for(grade: Grade) -> None:
    """A single unit is graded alone, with its own later points."""
    report = grade(only="step")

    assert [one.name for one in report.functions] == ["step"]
    assert report.self_check is not None
    assert [one.name for one in report.self_check.later] == ["step"]


# --- how it is shown ----------------------------------------------------------------------


def test_everybody_sees_that_it_is_a_self_check(
    kit: Path, assignment: Assignment, tmp_path: Path, grade: Grade
) -> None:
    """Terminal, page, notebook and JSON: what is open, what comes later, and that it may differ."""
    wrong = assignment.reference.replace("tanh(x @ w1 + b1)\n", "sigmoid(x @ w1 + b1)\n")
    (tmp_path / "mine.py").write_text(wrong)

    done = CliRunner().invoke(
        grade_command, [str(tmp_path / "mine.py"), "--assignment", str(kit), "--json", "-"]
    )
    report = grade(("tanh(x @ w1 + b1)\n", "sigmoid(x @ w1 + b1)\n"))

    assert done.exit_code == 1
    shown = re.sub(r"\s+", " ", done.stderr)
    page = re.sub(r"\s+", " ", render_student_page(report))
    cell = re.sub(r"\s+", " ", report_to_html(report))
    for text in (shown, page, cell):
        assert "5 more points are judged later: loss (2) and step (3)" in text
        assert "kit: the final grade may differ" in text
        assert "judged so far" in text
        assert "of the maximum are not judged yet: forward" in text
    assert " - / 5 " in shown
    assert json.loads(done.stdout)["self_check"]["later"][0] == {"name": "loss", "max_points": 2.0}
    assert '"self_check": null' not in report_to_json(report)


def test_full_marks_are_those_of_the_visible_checks(
    kit: Path, assignment: Assignment, tmp_path: Path
) -> None:
    """Exit status 0, although points are judged later; 1 as long as something is open."""
    (tmp_path / "mine.py").write_text(assignment.reference)

    done = CliRunner().invoke(
        grade_command,
        [str(tmp_path / "mine.py")],
        env={"ZEROGRAD_ASSIGNMENT": str(kit)},
    )

    assert done.exit_code == 0, done.output
    assert "35 of 35 points judged so far" in done.output


# --- what doesn't fit ---------------------------------------------------------------------


def changed(data: bytes, name: str, old: str, new: str, **changes: object) -> bytes:
    """Return a kit with a change in one of its files, and in its manifest."""
    manifest, files = read_kit(data)
    text = files[name].decode()
    assert old in text
    files[name] = text.replace(old, new).encode()
    described: KitManifest = msgspec.structs.replace(manifest, **changes)
    return write_kit(described, files)


def grade_with(data: bytes, source: str, tmp_path: Path) -> Report:
    """Grade a source with a kit."""
    (tmp_path / "kit.zip").write_bytes(data)
    with Grader(load_assignment(tmp_path / "kit.zip")) as grader:
        return grader.grade_data(source.encode(), name="mine.py")


def test_kit_of_another_zerograd_is_used_if_its_questions_fit(
    made: MadeKit, assignment: Assignment, tmp_path: Path
) -> None:
    """An update of zerograd does not take a kit away from anybody."""
    other = changed(made.data, "check_loss.py", "", "", engine="another")

    assert grade_with(other, assignment.reference, tmp_path).score == 35


def test_kit_of_another_zerograd_that_asks_otherwise_is_refused(
    made: MadeKit, assignment: Assignment, tmp_path: Path
) -> None:
    """With a line that says what to do, before anything is judged."""
    other = changed(
        made.data, "check_loss.py", "[3, 1]", "[4, 1]", engine="another", made_by="0.0.9"
    )

    with pytest.raises(KitError, match=r"another zerograd, 0\.0\.9, and doesn't fit .* new kit"):
        grade_with(other, assignment.reference, tmp_path)


def test_kit_of_another_zerograd_whose_checks_break_is_refused(
    made: MadeKit, assignment: Assignment, tmp_path: Path
) -> None:
    """Also if its checks can't even be collected any more."""
    other = changed(
        made.data, "check_loss.py", "from grader.checks.probe", "from grader.checks.gone",
        engine="another",
    )  # fmt: skip

    with pytest.raises(KitError, match="doesn't fit"):
        grade_with(other, assignment.reference, tmp_path)


def test_question_without_an_answer_costs_no_point(
    made: MadeKit, assignment: Assignment, tmp_path: Path
) -> None:
    """What is not recorded can't be judged, and the rest is."""
    report = grade_with(
        changed(made.data, "check_loss.py", "[3, 1]", "[4, 1]"), assignment.reference, tmp_path
    )

    (check,) = unit(report, "loss").checks
    assert check.status is Status.NOT_JUDGED
    assert check.message == "the kit has no right answer to what is asked here"
    assert report.score == 35 - 3


@pytest.mark.parametrize("options", [["--seed", "1"], ["--salt", "pepper"], ["--only", "nothing"]])
def test_what_a_kit_has_not_is_wrong_usage(
    options: list[str], kit: Path, assignment: Assignment, tmp_path: Path
) -> None:
    """Another seed, the inputs of a class, an unknown function."""
    (tmp_path / "mine.py").write_text(assignment.reference)

    done = CliRunner().invoke(
        grade_command, [str(tmp_path / "mine.py"), "--assignment", str(kit), *options]
    )

    assert done.exit_code == 2, done.output


def test_damaged_kit_is_wrong_usage(made: MadeKit, tmp_path: Path) -> None:
    """One line, and nothing is graded."""
    (tmp_path / "kit.zip").write_bytes(made.data[:-100])
    (tmp_path / "mine.py").write_text("")

    done = CliRunner().invoke(
        grade_command, [str(tmp_path / "mine.py"), "--assignment", str(tmp_path / "kit.zip")]
    )

    assert done.exit_code == 2
    assert "was damaged, cut or changed: download it again" in done.output


@pytest.mark.parametrize(
    "command", [["verify"], ["record"], ["release"], ["kit"], ["mock-class", "class"]]
)
def test_authors_commands_refuse_a_kit(
    command: list[str], kit: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They need what a kit hasn't."""
    monkeypatch.chdir(tmp_path)

    done = CliRunner().invoke(grader_command, [*command, "--assignment", str(kit)])

    assert done.exit_code == 2
    assert "student's kit" in done.output


def test_bar_on_the_page_is_of_what_was_judged(grade: Grade) -> None:
    """It is as long as the headline says: what is open is neither earned nor lost."""
    report = grade(("torch.tanh(x @ w1 + b1)\n", "torch.sigmoid(x @ w1 + b1)\n"))
    assert report.self_check is not None
    judged = 35 - report.self_check.open_points

    (width,) = re.findall(r'class="earned" width="([0-9.]+)"', render_student_page(report))

    assert float(width) == pytest.approx(100 * (judged - 5) / judged, abs=0.01)


def test_self_check_is_not_exported_as_a_grade(grade: Grade, tmp_path: Path) -> None:
    """No platform gets a score that leaves points open."""
    (tmp_path / "report.json").write_text(report_to_json(grade()))

    done = CliRunner().invoke(
        grader_command,
        ["export", str(tmp_path / "report.json"), "--to", "csv", "--out", str(tmp_path / "out")],
    )

    assert done.exit_code == 2
    assert "a self-check of two_layers" in done.output


def test_class_is_not_graded_with_a_kit(kit: Path, tmp_path: Path) -> None:
    """A self-check is no grade."""
    (tmp_path / "in").mkdir()

    done = CliRunner().invoke(
        grader_command,
        ["batch", str(tmp_path / "in"), "--out", str(tmp_path / "out"), "--assignment", str(kit)],
    )

    assert done.exit_code == 2
    assert "student's kit" in done.output


# --- what can't be made -------------------------------------------------------------------


def test_check_with_visible_and_hidden_cases_is_refused(tmp_path: Path) -> None:
    """Its source would show the hidden ones."""
    folder = write_assignment("tiny", tmp_path)
    path = folder / "check_relu.py"
    path.write_text(
        path.read_text("utf-8")
        + "\n\n@pytest.mark.points(1)\n@pytest.mark.parametrize('n', ['easy', 'hard'])\n"
        "def check_relu_in_cases(probe, n):\n    '''Case'''\n"
    )
    settings = folder / "assignment.toml"
    text = settings.read_text("utf-8")
    settings.write_text(text.replace("[visibility]\n", '[visibility]\n"relu/hard" = "hidden"\n'))

    with pytest.raises(UsageError, match=r"check_relu_in_cases in check_relu\.py makes visible"):
        make_kit(load_assignment(folder))


def test_assignment_of_values_only_is_refused() -> None:
    """Values are the solution themselves, so nothing is left."""
    cells = load_assignment(EXAMPLE.with_name("notebook_of_cells"))
    values = tuple(one for one in cells.units if one.is_value)
    hidden = {unit.name: Visibility.HIDDEN for unit in cells.units if not unit.is_value}

    assert values
    with pytest.raises(UsageError, match="no check of"):
        make_kit(dataclasses.replace(cells, visibility=hidden))
