"""A hand-in of several files: which files are taken for which, wherever they are."""

import io
import tracemalloc
import zipfile
from pathlib import Path

import pytest

from grader.batch.choose_file import Choice, choose, pieces_below
from grader.batch.collectors.choose import collect
from grader.batch.gradable_files import AskedFor
from grader.batch.tree import tree_of_folder
from grader.errors import UnreadableSubmissionError
from grader.submission.read import Submission, parse_submission

NAMES = ("train.py", "model.py")
STEM = AskedFor("reference", NAMES)
TRAIN, MODEL = "import model\n", "def f(): pass\n"


def zipped(files: dict[str, str | bytes]) -> bytes:
    """Zip some files."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def write(folder: Path, files: dict[str, str | bytes]) -> None:
    """Write files below a folder."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)


def chosen(folder: Path, files: dict[str, str | bytes]) -> Choice:
    """Choose among files that a student handed in."""
    write(folder, files)
    return choose(pieces_below(tree_of_folder(folder).files, ""), stem=STEM)


def parsed(choice: Choice) -> Submission:
    """Read what was chosen."""
    return parse_submission(choice.read(), name=choice.file, files=NAMES)


def sources(choice: Choice) -> dict[str, str]:
    """Return the source of each file that was chosen."""
    submission = parsed(choice)
    return {f"{name}.py": block.source for name, block in
            zip(submission.modules, submission.blocks, strict=True)}  # fmt: skip


def said(choice: Choice) -> list[str]:
    """Return what the student reads about the files."""
    return [f"{note.block}: {note.text}" for note in parsed(choice).notes]


BOTH: dict[str, str | bytes] = {"train.py": TRAIN, "model.py": MODEL}
WAYS: dict[str, dict[str, str | bytes]] = {
    "loose": {**BOTH},
    "in a folder": {f"lab/{name}": text for name, text in BOTH.items()},
    "in two folders": {"src/train.py": TRAIN, "src/nets/model.py": MODEL},
    "zip": {"hand_in.zip": zipped({**BOTH})},
    "zip of a folder": {"h.zip": zipped({f"lab 5/{name}": text for name, text in BOTH.items()})},
    "zip of a Mac": {
        "h.zip": zipped(
            {
                "lab/train.py": TRAIN,
                "__MACOSX/lab/._train.py": b"\0",
                "lab/model.py": MODEL,
                "__MACOSX/lab/._model.py": b"\0",
                "lab/.DS_Store": b"\0",
            }
        )
    },
    "zip of Windows": {"h.zip": zipped({"lab\\train.py": TRAIN, "lab\\model.py": MODEL})},
    "zip beside a report": {"h.zip": zipped({**BOTH}), "report.pdf": b"%PDF"},
    "one loose, both in a zip": {"train.py": "old", "h.zip": zipped({**BOTH})},
    "with compiled files": {**BOTH, "__pycache__/model.cpython-311.pyc": b"\0"},
    "with an older copy": {**BOTH, "old/train.py": "old", "old/notes.txt": "x"},
    "with a single older copy": {**BOTH, "backup/model.py": "old"},
}


@pytest.mark.parametrize("files", WAYS.values(), ids=WAYS)
def test_all_files_are_found(files: dict[str, str | bytes], tmp_path: Path) -> None:
    """The files are found in each way in which students hand them in."""
    choice = chosen(tmp_path, files)

    assert sources(choice) == BOTH
    assert said(choice) == []


RENAMED = {
    "other case": ("Model.py", "Model.py"),
    "downloaded again": ("model (1).py", "model (1).py"),
    "numbered": ("model-2.py", "model-2.py"),
    "copied": ("Copy of model.py", "Copy of model.py"),
    "ending": ("MODEL.PY", "MODEL.PY"),
}


@pytest.mark.parametrize(("given", "shown"), RENAMED.values(), ids=RENAMED)
def test_renamed_file_is_found_and_named(given: str, shown: str, tmp_path: Path) -> None:
    """A file whose name differs as copies do counts, and the student reads its name."""
    choice = chosen(tmp_path, {"train.py": TRAIN, given: MODEL})

    assert sources(choice) == BOTH
    assert said(choice) == [f"model.py: it was handed in as {shown}"]


def test_exact_name_comes_before_a_similar_one(tmp_path: Path) -> None:
    """Of two versions, the one with the very name counts, and the choice is noted."""
    choice = chosen(tmp_path, {**BOTH, "model (1).py": "new"})

    assert sources(choice) == BOTH
    assert "chosen among several" in choice.notes[0]


def test_missing_file_costs_what_is_in_it(tmp_path: Path) -> None:
    """A file that is missing is noted, and the other one is graded."""
    choice = chosen(tmp_path, {"train.py": TRAIN, "report.pdf": b""})

    assert sources(choice) == {"train.py": TRAIN, "model.py": ""}
    assert said(choice) == ["model.py: it was not handed in"]
    assert choice.notes == ("model.py is missing",)


def test_other_files_are_taken_along(tmp_path: Path) -> None:
    """Other Python files in the same folder can be imported; those of other folders can't."""
    files = {**BOTH, "layers.py": "a", "my-notes.py": "b", "old/other.py": "c", "data.csv": "d"}
    submission = parsed(chosen(tmp_path, files))

    assert submission.modules == ("train", "model", "layers")
    assert submission.extra == 1


def test_single_file_of_another_name_is_graded_as_it_is(tmp_path: Path) -> None:
    """Who hands in everything in one file or notebook is graded all the same."""
    choice = chosen(tmp_path, {"solution.py": MODEL})
    submission = parsed(choice)

    assert (submission.modules, submission.blocks[0].source) == ((), MODEL)
    assert choice.notes == ("it is not named train.py or model.py",)


BROKEN: dict[str, tuple[bytes, str]] = {
    "encoding": (b"\n\nx = '\xff'", "is not valid utf-8"),
    "NUL": (b"x = 1\0", "NUL byte"),
    "zip by name": (b"PK\3\4" + bytes(50), "zip"),
    "empty": (b" \n", "nothing is in it"),
    "large": (b"#" * (4 * 2**20 + 1), "4 MiB of source code"),
}


@pytest.mark.parametrize(("data", "why"), BROKEN.values(), ids=BROKEN)
def test_file_that_cannot_be_read_costs_what_is_in_it(
    data: bytes, why: str, tmp_path: Path
) -> None:
    """A file that is damaged is noted under its name, and the other one is graded."""
    choice = chosen(tmp_path, {"train.py": TRAIN, "model.py": data})

    assert sources(choice)["train.py"] == TRAIN
    assert sources(choice)["model.py"].strip() == ""
    (line,) = said(choice)
    assert line.startswith("model.py: ")
    assert why in line


def test_hand_in_of_damaged_files_cannot_be_graded(tmp_path: Path) -> None:
    """If no file can be read, the reasons are given by file."""
    choice = chosen(tmp_path, {"train.py": b"\0", "model.py": b"\0"})

    with pytest.raises(UnreadableSubmissionError, match=r"^train\.py: .*; model\.py: "):
        parsed(choice)


def test_nothing_at_all_cannot_be_graded(tmp_path: Path) -> None:
    """Without any Python file there is the usual reason."""
    choice = chosen(tmp_path, {"report.pdf": b""})

    with pytest.raises(UnreadableSubmissionError, match=r"report\.pdf"):
        choice.read()


def test_damaged_zip_is_named(tmp_path: Path) -> None:
    """A zip that is cut off has the reason of the archive."""
    choice = chosen(tmp_path, {"h.zip": zipped({**BOTH})[:60]})

    with pytest.raises(UnreadableSubmissionError, match=r"h\.zip"):
        choice.read()


def test_links_are_not_followed(tmp_path: Path) -> None:
    """A link in place of a file is no file, on disk and in a zip."""
    secret = tmp_path / "secret.py"
    secret.write_text("secret")
    folder = tmp_path / "kim"
    write(folder, {"train.py": TRAIN})
    (folder / "model.py").symlink_to(secret)
    info = zipfile.ZipInfo("model.py")
    info.external_attr = 0o120777 << 16
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("train.py", TRAIN)
        archive.writestr(info, "../secret.py")
    write(tmp_path / "lee", {"h.zip": buffer.getvalue()})

    for name in ("kim", "lee"):
        pieces = pieces_below(tree_of_folder(tmp_path / name).files, "")
        assert sources(choose(pieces, stem=STEM)) == {"train.py": TRAIN, "model.py": ""}


HOSTILE = (
    "../model.py",
    "/model.py",
    "C:\\model.py",
    "a\n/model.py",
    "model.py/",
    "nul\0.py",
)


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_are_left_out(name: str, tmp_path: Path) -> None:
    """Names that lead out of a zip, or contain control characters, are no files."""
    choice = chosen(tmp_path, {"h.zip": zipped({"train.py": TRAIN, name: "hostile"})})

    assert sources(choice) == {"train.py": TRAIN, "model.py": ""}


def test_many_and_large_files_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Other files are taken along up to a limit, and all together have one."""
    files = {f"m{number}.py": "x" for number in range(500)}
    submission = parsed(chosen(tmp_path / "many", {**BOTH, **files}))
    assert len(submission.blocks) == 52

    monkeypatch.setattr("grader.batch.choose_files.MAX_SUBMISSION_BYTES", 1000)
    choice = chosen(tmp_path / "large", {"train.py": "#" * 600, "model.py": "#" * 600})
    with pytest.raises(UnreadableSubmissionError, match="together"):
        choice.read()


def test_source_of_all_files_together_is_bounded(tmp_path: Path) -> None:
    """All files together may have as much source code as a single one."""
    choice = chosen(tmp_path, {"train.py": "#" * (3 * 2**20), "model.py": "#" * (3 * 2**20)})

    with pytest.raises(UnreadableSubmissionError, match="4 MiB of source code"):
        parsed(choice)


def test_digest_is_that_of_the_files(tmp_path: Path) -> None:
    """How the files were packed doesn't matter to the digest; their content does."""
    loose = parsed(chosen(tmp_path / "a", {**BOTH}))
    packed = parsed(chosen(tmp_path / "b", {"x.zip": zipped({**BOTH})}))
    other = parsed(chosen(tmp_path / "c", {**BOTH, "model.py": MODEL + "#"}))
    moved = parsed(chosen(tmp_path / "d", {"train.py": TRAIN + MODEL, "model.py": ""}))

    assert loose.sha256 == packed.sha256
    assert len({loose.sha256, other.sha256, moved.sha256}) == 3


def test_class_is_collected_with_all_files(tmp_path: Path) -> None:
    """A folder of folders and zips has one entry for each student, with all files."""
    write(tmp_path, {f"kim/{name}": text for name, text in BOTH.items()})
    write(tmp_path, {f"kim/{name}.py": "" for name in ("a", "b", "c")})
    write(tmp_path, {"lee.zip": zipped({**BOTH}), "max.py": MODEL})

    found = collect([tmp_path], stem=STEM, out=tmp_path / "out")

    assert [entry.place for entry in found.entries] == ["kim", "lee.zip", "max.py"]
    several = [
        parse_submission(entry.read(), name=entry.file, files=NAMES) for entry in found.entries
    ]
    assert [len(one.blocks) for one in several] == [5, 2, 1]


def test_canvas_export_has_all_files(tmp_path: Path) -> None:
    """In an export of Canvas, the newest version of each file counts."""
    write(
        tmp_path,
        {
            "kimjo_71234_9001_train.py": TRAIN,
            "kimjo_71234_9002_model.py": "old",
            "kimjo_71234_9003_model-1.py": MODEL,
            "leeab_71235_9004_train.py": TRAIN,
            "leeab_71235_9005_model.py": MODEL,
        },
    )

    found = collect([tmp_path], stem=STEM, out=tmp_path / "out")

    assert len(found.entries) == 2
    for entry in found.entries:
        submission = parse_submission(entry.read(), name=entry.file, files=NAMES)
        assert [block.source for block in submission.blocks] == [TRAIN, MODEL]
        assert submission.notes == ()


def test_moodle_export_has_all_files(tmp_path: Path) -> None:
    """In an export of Moodle, all files of a student are together."""
    write(
        tmp_path,
        {
            f"{owner}_assignsubmission_file/{name}": text
            for owner in ("Kim Jo_123", "Lee Ab_124")
            for name, text in BOTH.items()
        },
    )

    found = collect([tmp_path], stem=STEM, out=tmp_path / "out")

    assert len(found.entries) == 2
    for entry in found.entries:
        assert len(parse_submission(entry.read(), name=entry.file, files=NAMES).blocks) == 2


def test_packed_bytes_that_somebody_made_up_are_no_danger() -> None:
    """Bytes that only look packed are refused or judged by name."""
    from grader.submission.hand_in import HandedIn, pack

    made_up = pack([HandedIn(name="../../x.py", path="", data=b"x"),
                    HandedIn(name="train.py", path="a\n/b", data=b"y")])  # fmt: skip

    submission = parse_submission(made_up, name="a.py", files=NAMES)
    assert submission.modules == ("train", "model")
    with pytest.raises(UnreadableSubmissionError):
        parse_submission(made_up[:20], name="a.py", files=NAMES)
    with pytest.raises(UnreadableSubmissionError):
        parse_submission(made_up, name="a.py")


def test_packed_bytes_of_a_million_files_cost_no_memory() -> None:
    """Their number is looked at before anything is made of them."""
    from grader.submission.hand_in import HandedIn, pack

    one = pack([HandedIn(name="", path="", data=b"")])
    mark, file = one[:-20], one[-20:]
    assert mark.endswith(b"\x91")  # an array of one
    made_up = mark[:-1] + b"\xdd" + (1_000_000).to_bytes(4, "big") + file * 1_000_000

    tracemalloc.start()
    try:
        with pytest.raises(UnreadableSubmissionError, match="can't be read"):
            parse_submission(made_up, name="a.py", files=NAMES)
        assert tracemalloc.get_traced_memory()[1] < 1_000_000
    finally:
        tracemalloc.stop()
