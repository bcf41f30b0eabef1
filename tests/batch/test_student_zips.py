"""What students hand in instead of a plain file, and what is said about it."""

import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import lms_samples as samples
import pytest

from grader.batch import choose_file
from grader.batch.collection import Collection, Entry
from grader.batch.collectors.choose import collect
from grader.errors import UnreadableSubmissionError, UsageError
from grader.report.class_model import Skipped

SOURCE = b"def mse(y_hat, y):\n    return (y_hat - y).pow(2).mean()\n"


@pytest.fixture
def hand_in(tmp_path: Path) -> Callable[..., Collection]:
    """Return a function that collects from a class of two: kim's files, and one file of lee."""

    def run(files: Mapping[str, bytes]) -> Collection:
        for name, content in {"lee/lab4.py": SOURCE, **files}.items():
            path = tmp_path / "class" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        return collect([tmp_path / "class"], stem="lab4", out=tmp_path / "out")

    return run


def kim(collection: Collection) -> Entry:
    """Return the entry of kim."""
    (found,) = [entry for entry in collection.entries if entry.place.startswith("kim")]
    return found


def reason(collection: Collection) -> str:
    """Return why kim's submission can't be graded."""
    with pytest.raises(UnreadableSubmissionError) as caught:
        kim(collection).read()
    return caught.value.reason


def encrypted(data: bytes) -> bytes:
    """Mark the only member of a zip as encrypted."""
    changed = bytearray(data)
    changed[changed.rindex(b"PK\x01\x02") + 8] |= 1
    return bytes(changed)


@pytest.mark.parametrize(
    "name",
    ["abgabe\\lab4.py", "a\\b\\lab4.py", "a/b\\lab4.py", ".\\lab4.py", "abgabe\\\\lab4.py"],
)
def test_backslashes_of_windows_are_separators(
    hand_in: Callable[..., Collection], name: str
) -> None:
    """A zip whose paths have backslashes is read, wherever it was made."""
    found = kim(hand_in({"kim/abgabe.zip": samples.zipped({name: SOURCE})}))

    assert (found.file, found.read()) == ("lab4.py", SOURCE)


def test_folders_of_a_zip_with_backslashes_are_folders(tmp_path: Path) -> None:
    """A class that Windows packed has a folder for each student, also an empty one."""
    path = tmp_path / "class.zip"
    members = {"class\\kim\\lab4.py": SOURCE, "class\\lee\\lab4.py": SOURCE, "class\\ann\\": b""}
    path.write_bytes(samples.zipped(members))

    entries = collect([path], stem="lab4", out=tmp_path / "out").entries

    assert [entry.place for entry in entries] == ["ann", "kim", "lee"]
    with pytest.raises(UnreadableSubmissionError, match=r"no \.py file"):
        entries[0].read()


@pytest.mark.parametrize(
    ("members", "said"),
    [
        ({"../lab4.py": SOURCE}, "../lab4.py in w.zip can't be read: its path leads out"),
        ({"..\\lab4.py": SOURCE}, "in w.zip can't be read: its path leads out"),
        ({"C:\\Users\\kim\\lab4.py": SOURCE}, "in w.zip can't be read: its path is absolute"),
        ({"/home/kim/lab4.py": SOURCE}, "in w.zip can't be read: its path is absolute"),
        ({"lab4.zip": b"PK"}, "w.zip contains a zip in turn, lab4.zip, which is not opened; hand"),
        ({"a/lab4.rar": b"Rar!"}, "w.zip contains a RAR archive in turn, lab4.rar, which is not"),
        ({"lab4.tar.gz": b""}, "w.zip contains a tar archive in turn, lab4.tar.gz, which is not"),
        ({"lab4.pdf": b"%PDF", "x.png": b""}, r"no .py file and no .ipynb notebook, only lab4.pdf"),
        ({}, "w.zip is empty"),
        ({"lab4/": b""}, "w.zip contains only empty folders"),
        ({"__MACOSX/._lab4.py": b"", ".DS_Store": b""}, "only what tools leave behind: .DS_Store"),
        ({".ipynb_checkpoints/lab4-checkpoint.ipynb": b"{}"}, "tools leave behind: .ipynb_check"),
    ],
)
def test_reason_says_what_the_zip_contains(
    hand_in: Callable[..., Collection], members: dict[str, bytes], said: str
) -> None:
    """The reason is about what is in the zip, and is true of it."""
    assert said in reason(hand_in({"kim/w.zip": samples.zipped(members)}))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (
            b"Rar!\x1a\x07\x01\x00" + bytes(90),
            "w.zip can't be used: it is a RAR archive, not a zip;",
        ),
        (b"7z\xbc\xaf\x27\x1c" + bytes(90), "it is a 7z archive, not a zip; hand in the .py file"),
        (b"\x1f\x8b\x08" + bytes(90), "it is a gzip archive, not a zip; hand in the .py file"),
        (b"<!doctype html>" + bytes(90), "w.zip can't be used: it is not a zip; hand in the .py"),
        (b"", "w.zip can't be used: it is empty"),
        (samples.zipped({"lab4.py": SOURCE})[:60], "its end is missing, as after an interrupted"),
        (
            encrypted(samples.zipped({"lab4.py": SOURCE})),
            "lab4.py in w.zip can't be read: it is encrypted",
        ),
    ],
    # The bytes of a zip contain the time, and the ids of a test must not.
    ids=["rar", "7z", "gzip", "page", "empty", "cut", "encrypted"],
)
def test_file_that_only_is_called_a_zip_is_named(
    hand_in: Callable[..., Collection], content: bytes, said: str
) -> None:
    """What is not a zip is called what it is, not an interrupted download."""
    collection = hand_in({"kim/w.zip": content})

    assert said in reason(collection)
    assert bool(collection.skipped) is ("archive, not" in said or "encrypted" in said)


@pytest.mark.parametrize(
    ("name", "kind"),
    [("lab4.rar", "a RAR"), ("LAB4.7Z", "a 7z"), ("lab4.tar.gz", "a tar"), ("lab4.tgz", "a tar")],
)
@pytest.mark.parametrize("place", ["kim/", "kim_"])
def test_other_archives_are_named(
    hand_in: Callable[..., Collection], name: str, kind: str, place: str
) -> None:
    """An archive that can't be opened is named, and the student hears what to hand in."""
    collection = hand_in({f"{place}{name}": b"Rar!"})

    said = reason(collection)
    assert f"{kind} archive" in said
    assert "not opened here; hand in the .py file or the notebook itself" in said
    (one,) = collection.skipped
    assert one.path == f"{place}{name}"
    assert one.reason == f"it is {kind} archive, which is not opened here"


def test_refused_members_are_listed_although_another_one_is_graded(
    hand_in: Callable[..., Collection],
) -> None:
    """What was refused may have been the better file: note and list say so."""
    collection = hand_in(
        {"kim/w.zip": samples.zipped({"/lab4.py": SOURCE, "old.py": SOURCE, "../x.png": b""})}
    )

    found = kim(collection)
    assert found.notes == (
        "old.py was graded, taken from w.zip",
        "/lab4.py in w.zip was not read: its path is absolute",
    )
    assert {one.path for one in collection.skipped} == {"kim/w.zip//lab4.py", "kim/w.zip/../x.png"}


def test_archives_inside_a_zip_are_listed(hand_in: Callable[..., Collection]) -> None:
    """What is not opened is among the skipped files, also if something else is graded."""
    zipped = samples.zipped({"lab4.py": SOURCE, "old.zip": b"PK", "a/data.rar": b"Rar!"})

    skipped = hand_in({"kim/w.zip": zipped}).skipped

    assert {one.path: one.reason for one in skipped} == {
        "kim/w.zip/old.zip": "it is a zip inside a zip, which is not opened",
        "kim/w.zip/a/data.rar": "it is a RAR archive inside a zip, which is not opened",
    }


def test_refused_members_are_listed_for_a_zip_that_has_nothing_else(
    hand_in: Callable[..., Collection],
) -> None:
    """A refused member is among the skipped files, and no archive fills that list."""
    members = {f"../{place}.py": SOURCE for place in range(choose_file._MAX_SKIPPED + 5)}

    skipped = hand_in({"kim.zip": samples.zipped(members)}).skipped

    assert len(skipped) == choose_file._MAX_SKIPPED + 1
    assert Skipped(path="kim.zip", reason="5 more files in it can't be read") in skipped


def test_only_some_of_many_zips_are_opened(hand_in: Callable[..., Collection]) -> None:
    """If there are too many zips, the reason says how many were opened."""
    files = {f"kim/{place}.zip": samples.zipped({}) for place in range(5)}

    assert reason(hand_in(files)) == "4.zip is empty; of 5 zips, 3 were opened"


@pytest.mark.parametrize("content", [b"Rar!\x1a\x07\x01\x00", b"<html>no</html>"])
def test_class_that_is_not_a_zip_is_refused_with_what_to_do(tmp_path: Path, content: bytes) -> None:
    """An instructor hears what the file is, and to unpack it."""
    path = tmp_path / "class.zip"
    path.write_bytes(content)

    with pytest.raises(UsageError, match="not a zip; unpack it yourself, and give the folder"):
        collect([path], stem="lab4", out=tmp_path / "out")


def test_zip_with_names_that_differ_in_case_or_form_keeps_the_first(
    hand_in: Callable[..., Collection],
) -> None:
    """Of two names that can be confused the second one is refused, and that is said."""
    collection = hand_in(
        {"kim/w.zip": samples.zipped({"A/lab4.py": SOURCE, "a\\LAB4.py": b"", "é.py": b"",
                                      "e\N{COMBINING ACUTE ACCENT}.py": b""})}
    )  # fmt: skip

    assert kim(collection).read() == SOURCE
    assert len(collection.skipped) == 2
    assert all("differs only in case" in one.reason for one in collection.skipped)


def test_zip_made_by_the_zipfile_module_of_a_windows_machine(tmp_path: Path) -> None:
    """The shape of the zip that .NET's older ZipFile class makes: system 0 and backslashes."""
    path = tmp_path / "class" / "kim.zip"
    path.parent.mkdir()
    (path.parent / "lee.py").write_bytes(SOURCE)
    with zipfile.ZipFile(path, "w") as made:
        for name, content in (("abgabe\\", b""), ("abgabe\\lab4.py", SOURCE)):
            member = zipfile.ZipInfo(name)
            member.create_system = 0
            made.writestr(member, content)

    collection = collect([path.parent], stem="lab4", out=tmp_path / "out")

    assert kim(collection).read() == SOURCE
    assert collection.skipped == ()


def test_archives_in_the_only_folder_of_a_zip_are_those_of_a_class(tmp_path: Path) -> None:
    """A class's zips in a folder, packed by the name of the folder, are not one student's work."""
    path = tmp_path / "class.zip"
    zipped = samples.zipped({"lab4.py": SOURCE})
    members = {"all/kim.zip": zipped, "all/lee.zip": zipped, "all/zoe.rar": b"Rar!"}
    path.write_bytes(samples.zipped(members))

    entries = collect([path], stem="lab4", out=tmp_path / "out").entries

    assert [entry.place for entry in entries] == ["kim.zip", "lee.zip", "zoe.rar"]


def test_skipped_members_have_the_path_of_their_class(tmp_path: Path) -> None:
    """If several classes are given, the list says in which one a file was skipped."""
    for name in ("mon", "tue"):
        samples.write(
            tmp_path / name,
            {"kim/w.zip": samples.zipped({"../lab4.py": SOURCE}), "lee/lab4.py": SOURCE},
        )

    skipped = collect(
        [tmp_path / "mon", tmp_path / "tue"], stem="lab4", out=tmp_path / "out"
    ).skipped

    assert [one.path for one in skipped] == [
        "mon/kim/w.zip/../lab4.py",
        "tue/kim/w.zip/../lab4.py",
    ]
