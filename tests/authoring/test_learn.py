"""A misconception is learned from what students share, and named for all of them at once."""

from pathlib import Path

import pytest
from class_of_files import copy_example, grade_files, reports_of

from grader.authoring.learn import _UnusableError, learn, write_program
from grader.authoring.verify import find_unfinished
from grader.checks.assignment import load_assignment
from grader.errors import AssignmentError, UsageError
from grader.oracle.store import RecordingStore, cache_folder
from grader.report.class_model import ClassSummary

THIRDS = {
    "anna.py": "def loss(y_hat, y):\n    d = y_hat - y\n    return (d ** 2).sum() / 3 / len(y)\n",
    "ben.py": (
        "def loss(predicted, wanted):\n    total = 0\n"
        "    for one, other in zip(predicted, wanted):\n"
        "        total = total + ((one - other) * (one - other)).sum()\n"
        "    return total / len(wanted) / 3\n"
    ),
    "carl.py": (
        "THIRD = 1 / 3\n\n\ndef squares(a, b):\n    return torch.pow(a - b, 2)\n\n\n"
        "def loss(y_hat, y):\n    return THIRD * squares(y_hat, y).sum(dim=1).mean()\n"
    ),
}
ALONE = "def loss(y_hat, y):\n    return ((y_hat - y) ** 2).sum() / 7 / len(y)\n"


def sources(folder: Path) -> dict[str, str]:
    """Write a class of which three share a mistake in loss(), and one has another one."""
    reference = load_assignment(folder).reference
    wrong = {**THIRDS, "dora.py": ALONE}
    return {name: f"{reference}\n\n{text}" for name, text in wrong.items()}


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, ClassSummary]:
    """Return an assignment, the results of a class, and its summary."""
    place = tmp_path_factory.mktemp("learn")
    folder = copy_example(place)
    summary, _ = grade_files(folder, sources(folder), place / "results")
    return folder, place / "results", summary


def learn_first(
    folder: Path, results: Path, summary: ClassSummary, *, id_: str = "", out: Path | None = None
) -> Path:
    """Learn the first cluster, and return the file that was written."""
    store = RecordingStore(cache_folder())
    learned = learn(load_assignment(folder), results, summary, 1, id_=id_, out=out, store=store)
    return learned.path


def test_shared_answer_is_listed_with_its_shortest_code(
    graded: tuple[Path, Path, ClassSummary],
) -> None:
    """Three that answer alike are a cluster, whatever their code looks like; one alone is none."""
    _, _, summary = graded

    (cluster,) = summary.clusters

    assert (cluster.function, cluster.students, cluster.unknown) == ("loss", 3, 0)
    assert cluster.rows == ("anna.py", "ben.py", "carl.py")
    assert cluster.code == THIRDS["anna.py"]
    assert cluster.example is not None
    assert (cluster.example.got, cluster.example.expected) == ("2.", "3.")


def test_what_is_learned_is_named_for_all_without_grading(
    graded: tuple[Path, Path, ClassSummary], tmp_path: Path
) -> None:
    """With the file, the batch names it for the cluster, exactly as a new grading does."""
    folder, results, summary = graded
    path = learn_first(folder, results, summary, id_="loss/divides-by-three")
    try:
        with pytest.raises(UsageError, match="answers the same as this cluster"):
            learn_first(folder, results, summary, id_="another", out=tmp_path / "again.py")
        after, again = grade_files(folder, sources(folder), results)
        grade_files(folder, sources(folder), tmp_path)
        (found,) = after.misconceptions
        assert again == []
        named = [one for one in str(reports_of(results)).split("'hint': ") if "divides-by-" in one]
        assert named
        assert all(one.startswith("'A known mistake in loss.'") for one in named[::2])
        assert (found.id, found.rows) == ("loss/divides-by-three", summary.clusters[0].rows)
        assert after.clusters == ()
        assert reports_of(results) == reports_of(tmp_path)
        with pytest.raises(UsageError, match="there is no cluster 1"):
            learn_first(folder, results, after)
    finally:
        path.unlink()
        grade_files(folder, sources(folder), results)


def test_written_file_says_where_it_comes_from(
    graded: tuple[Path, Path, ClassSummary], tmp_path: Path
) -> None:
    """The file has a mark, no name of the student, and loads as a misconception without a hint."""
    folder, results, summary = graded
    out = folder / "learned_by_hand.py"
    learn_first(folder, results, summary, out=out)
    try:
        text = out.read_text(encoding="utf-8")
        (found,) = (one for one in load_assignment(folder).misconceptions if one.is_learned)
        assert "Learned: from a student's code." in text
        assert "anna" not in text
        assert (found.id, found.hint) == ("loss/learned-1", "")
        assert find_unfinished(load_assignment(folder)) == [
            "loss/learned-1 is learned and has no hint yet: write one into learned_by_hand.py"
        ]
        out.write_text(text.replace("\n\n    Learned:", "\n\n    Look.\n\n    Learned:"))
        (found,) = (one for one in load_assignment(folder).misconceptions if one.is_learned)
        assert found.hint == "Look."
        assert find_unfinished(load_assignment(folder)) == []
        with pytest.raises(UsageError, match="is there already"):
            learn_first(folder, results, summary, out=out)
    finally:
        out.unlink()
    assert not list(tmp_path.iterdir())


def test_learned_program_shares_a_file_with_nobody(
    graded: tuple[Path, Path, ClassSummary],
) -> None:
    """A file with a learned program and another one is refused."""
    folder, results, summary = graded
    path = learn_first(folder, results, summary)
    try:
        other = '\n\ndef loss__other(y_hat, y):\n    """It is wrong.\n\n    Look.\n    """\n'
        path.write_text(path.read_text(encoding="utf-8") + other, encoding="utf-8")
        with pytest.raises(AssignmentError, match="needs a file of its own"):
            load_assignment(folder)
    finally:
        path.unlink()


@pytest.mark.parametrize(
    "id_", ["Loss", "a--b", "a b", "loss/forgets-the-half", "../x", "step/x/y"]
)
def test_odd_id_is_refused(graded: tuple[Path, Path, ClassSummary], id_: str) -> None:
    """An id that is taken or that is no id is refused, and nothing is written."""
    folder, results, summary = graded

    with pytest.raises(UsageError):
        learn_first(folder, results, summary, id_=id_)

    assert not list(folder.glob("learned_*"))


def test_names_of_the_submission_replace_nothing() -> None:
    """Globals of the submission get names of their own; parameters and locals keep theirs."""
    assignment = load_assignment(Path(__file__).resolve().parents[2] / "docs/examples/two_layers")
    needed = "import torch\nfrom torch import sum as add\nSCALE = 2\nd = 1\n\n"
    needed += "def hide(x):\n    return x\n"
    code = (
        "def loss(y_hat, y):\n    'Mine.'\n    d = add((y_hat - y) ** 2)\n"
        "    return hide(d) / SCALE / torch.tensor(3)\n"
    )

    text = write_program(assignment, assignment.unit("loss"), "loss__x", code, needed)

    assert "import torch as _learned_torch" in text
    assert "from torch import sum as _learned_add" in text
    assert "d = _learned_add(" in text
    assert "return _learned_hide(d) / _learned_SCALE / _learned_torch.tensor(3)" in text
    assert "_learned_d" not in text
    assert "Mine." not in text


@pytest.mark.parametrize("code", ["loss = 1", "def loss(:\n", "loss = " + "-" * 5000 + "1", ""])
def test_code_of_another_form_is_refused(code: str) -> None:
    """Of what is no function, or no Python, no misconception is made."""
    assignment = load_assignment(Path(__file__).resolve().parents[2] / "docs/examples/two_layers")

    with pytest.raises(_UnusableError):
        write_program(assignment, assignment.unit("loss"), "loss__x", code, "")
