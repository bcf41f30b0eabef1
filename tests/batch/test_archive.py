"""No archive can harm its reader, and every refused member is listed with the reason."""

import inspect
import io
import stat
import struct
import sys
import unicodedata
import zipfile
from collections.abc import Callable
from pathlib import Path

import lms_samples as samples
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.batch import archive
from grader.batch.archive import tree_of_archive
from grader.batch.collectors import nested
from grader.batch.collectors.choose import collect
from grader.batch.tree import Tree, TreeFile, tree_of_files, tree_of_folder
from grader.errors import UnreadableSubmissionError, UsageError
from grader.report.class_model import Skipped

SOURCE = b"def mse(y_hat, y): return 1\n"


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Return a function that writes an archive of members: (name or ZipInfo, content)."""

    def run(*members: tuple[str | zipfile.ZipInfo, bytes], method: int = 8) -> Path:
        path = tmp_path / "class.zip"
        with zipfile.ZipFile(path, "w", method) as made:
            for name, content in members:
                made.writestr(name, content)
        return path

    return run


def info(name: str, **options: int) -> zipfile.ZipInfo:
    """Describe a member."""
    made = zipfile.ZipInfo(name)
    for key, value in options.items():
        setattr(made, key, value)
    return made


def skipped(tree: Tree) -> dict[str, str]:
    """Map the path of each skipped file to the reason."""
    return {one.path: one.reason for one in tree.skipped}


def paths(tree: Tree) -> list[str]:
    """List the paths of the files that can be read."""
    return [file.path for file in tree.files if not file.problem]


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("../lab4.py", "leads out"),
        ("anna/../../lab4.py", "leads out"),
        ("..", "leads out"),
        ("/etc/passwd.py", "absolute"),
        ("//host/lab4.py", "absolute"),
        ("C:/lab4.py", "absolute"),
        ("c:lab4.py", "absolute"),
        ("C:\\lab4.py", "absolute"),
        ("\\lab4.py", "absolute"),
        ("\\\\host\\share\\lab4.py", "absolute"),
        ("..\\lab4.py", "leads out"),
        ("anna\\../..\\lab4.py", "leads out"),
        ("\\", "absolute"),
        ("anna/lab4\n.py", "control characters"),
        ("anna/\x1b[2Jlab4.py", "control characters"),
        ("a" * 5000 + ".py", "characters"),
        (".", "no name"),
    ],
)
def test_name_that_is_not_a_path_below_the_top_is_refused(
    write: Callable[..., Path], name: str, reason: str
) -> None:
    """A member with an unsafe name is listed with the reason, and the others are collected."""
    tree = tree_of_archive(write((name, SOURCE), ("ben.py", SOURCE)))

    assert paths(tree) == ["ben.py"]
    (found,) = skipped(tree).values()
    assert reason in found
    (shown,) = skipped(tree)
    assert shown.isprintable()


def test_name_with_a_nul_is_not_cut_short(write: Callable[..., Path]) -> None:
    """A name with a NUL is refused, although zipfile reads this one as anna.py."""
    path = write(("anna.py_.exe", SOURCE))
    path.write_bytes(path.read_bytes().replace(b"anna.py_", b"anna.py\0"))

    tree = tree_of_archive(path)

    assert tree.files == ()
    assert skipped(tree) == {r"anna.py\x00.exe": "its name contains control characters"}


@pytest.mark.parametrize(
    ("member", "reason"),
    [
        (info("x.py", external_attr=(stat.S_IFLNK | 0o777) << 16), "symbolic link"),
        (info("x.py", external_attr=(stat.S_IFIFO | 0o777) << 16), "not a regular file"),
        (info("x.py", external_attr=(stat.S_IFCHR | 0o777) << 16), "not a regular file"),
        (info("x.py", external_attr=(stat.S_IFDIR | 0o777) << 16), "not a regular file"),
        (info("x.py", compress_type=zipfile.ZIP_BZIP2), "method other than Deflate"),
        (info("x.py", compress_type=zipfile.ZIP_LZMA), "method other than Deflate"),
    ],
)
def test_member_that_is_not_a_plain_file_gets_a_report_and_is_not_read(
    write: Callable[..., Path], member: zipfile.ZipInfo, reason: str
) -> None:
    """Links, devices and odd compression are skipped, and reading such a file gives the reason."""
    tree = tree_of_archive(write((member, SOURCE)))

    assert reason in skipped(tree)["x.py"]
    with pytest.raises(UnreadableSubmissionError, match=reason):
        tree.files[0].read()


def test_encrypted_file_gets_a_report(write: Callable[..., Path]) -> None:
    """An encrypted file can't be read, and nobody is asked for a password."""
    path = write(("anna.py", SOURCE))
    data = bytearray(path.read_bytes())
    data[data.rindex(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(data)

    collection = collect([path], stem="lab4", out=path.parent / "out")

    assert collection.skipped == (
        Skipped(path="anna.py", reason="it is encrypted; hand it in without a password"),
    )
    with pytest.raises(UnreadableSubmissionError, match="it is encrypted"):
        collection.entries[0].read()


@pytest.mark.parametrize(
    ("first", "second", "reason"),
    [
        ("anna/lab4.py", "anna/LAB4.py", "differs only in case"),
        ("Zoë.py", unicodedata.normalize("NFD", "Zoë.py"), "differs only in case"),
        ("straße.py", "STRASSE.py", "differs only in case"),
        ("anna/lab4.py", "anna//./lab4.py", "has the same name"),
    ],
)
def test_second_of_two_names_that_can_be_confused_is_skipped(
    write: Callable[..., Path], first: str, second: str, reason: str
) -> None:
    """The first of two names that can be confused is kept, and the second is skipped."""
    tree = tree_of_archive(write((first, b"first"), (second, b"second")))

    assert paths(tree) == [first]
    assert tree.files[0].read() == b"first"
    assert reason in next(iter(skipped(tree).values()))


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_second_member_with_the_same_name_is_skipped(write: Callable[..., Path]) -> None:
    """Of two members with the same name the first counts, as tools differ on which one does."""
    tree = tree_of_archive(write(("anna.py", b"first"), ("anna.py", b"second")))

    assert [file.read() for file in tree.files] == [b"first"]
    assert "an earlier file in the archive has the same name" in skipped(tree)["anna.py"]


def test_names_without_the_utf_8_flag_are_read(tmp_path: Path) -> None:
    """Names without the UTF-8 flag are read as UTF-8 where that is valid, else as cp437."""
    names = ["Müller Zoë.py", "王伟.py"]
    members = [(name.encode(), SOURCE) for name in names]
    members.append(("Jos\N{LATIN SMALL LETTER E WITH ACUTE}.py".encode("cp437"), SOURCE))
    path = tmp_path / "class.zip"
    path.write_bytes(_unmarked(members))

    assert paths(tree_of_archive(path)) == sorted([*names, "José.py"])


def _unmarked(members: list[tuple[bytes, bytes]]) -> bytes:
    """Make an archive with names of raw bytes, each replacing a stand-in of equal length."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as made:
        for number, (name, content) in enumerate(members):
            made.writestr(f"{number}".rjust(len(name), "_"), content)
    data = stream.getvalue()
    for number, (name, _) in enumerate(members):
        data = data.replace(f"{number}".rjust(len(name), "_").encode(), name)
    return data


def test_bomb_is_not_unpacked(write: Callable[..., Path]) -> None:
    """A member that claims an impossible size is refused without being unpacked."""
    tree = tree_of_archive(write(("bomb.py", bytes(2**25)), ("anna.py", SOURCE)))

    assert paths(tree) == ["anna.py"]
    with pytest.raises(UnreadableSubmissionError, match="far larger than its compressed data"):
        tree.files[1].read()


def test_file_that_is_larger_than_it_claims_is_refused(write: Callable[..., Path]) -> None:
    """A file with more bytes than it declares counts as damaged and is not read to its end."""
    path = write(("bomb.py", b"x" * 2**20))
    data = bytearray(path.read_bytes())
    for signature, place in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        struct.pack_into("<L", data, data.index(signature) + place, 10)
    path.write_bytes(data)

    with pytest.raises(UnreadableSubmissionError, match="can't be read"):
        tree_of_archive(path).files[0].read()


def test_file_above_the_limit_is_refused(
    write: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file above the size limit is refused, and one exactly at the limit is read."""
    monkeypatch.setattr("grader.batch.tree.MAX_SUBMISSION_BYTES", 1000)
    tree = tree_of_archive(write(("anna.py", b"x" * 1001), ("ben.py", b"x" * 1000)))

    with pytest.raises(UnreadableSubmissionError, match="limit"):
        tree.files[0].read()
    assert len(tree.files[1].read()) == 1000


def test_files_that_overlap_are_refused(tmp_path: Path) -> None:
    """Members that overlap are refused, as a few kilobytes of them can expand to petabytes."""
    path = tmp_path / "class.zip"
    with zipfile.ZipFile(path, "w") as made:
        made.writestr("anna.py", SOURCE)
        made.writestr("zoë.py", SOURCE)
        made.filelist[1].header_offset = made.filelist[0].header_offset

    tree = tree_of_archive(path)

    assert "overlaps another file" in skipped(tree)["zoë.py"]


def test_too_many_files_are_refused(
    write: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Too many members are refused by their number, or already by the size of the directory."""
    path = write(*((f"{number}.py", b"") for number in range(50)))
    for limits in (
        archive.ArchiveLimits(files=49, directory_bytes=10**6, total_bytes=10**6),
        archive.ArchiveLimits(files=50, directory_bytes=50 * 46, total_bytes=10**6),
    ):
        monkeypatch.setattr(archive, "CLASS_LIMITS", limits)
        with pytest.raises(UsageError, match=r"it contains more than \d+ files"):
            tree_of_archive(path)


def test_archive_that_claims_to_be_too_large_is_refused(write: Callable[..., Path]) -> None:
    """An archive whose members claim too many bytes in total is refused as a whole."""
    path = write(*((f"{number}.py", SOURCE) for number in range(40)))
    data = path.read_bytes()
    place = 0
    while (place := data.find(b"PK\x01\x02", place)) >= 0:
        data = data[: place + 24] + struct.pack("<L", 0xFFFFFFFE) + data[place + 28 :]
        place += 4
    path.write_bytes(data)

    with pytest.raises(UsageError, match="GiB"):
        tree_of_archive(path)


def test_damaged_file_affects_no_other_student(tmp_path: Path) -> None:
    """If one file of an export is damaged, all the others can still be read."""
    truth = samples.make_canvas(tmp_path / "export.zip")
    data = bytearray((tmp_path / "export.zip").read_bytes())
    with zipfile.ZipFile(tmp_path / "export.zip") as made:
        victim = next(one for one in made.infolist() if "müller" in one.filename)
    start = victim.header_offset + 30 + len(victim.filename.encode())
    data[start : start + 8] = b"\xff" * 8
    (tmp_path / "export.zip").write_bytes(data)

    entries = collect([tmp_path / "export.zip"], stem="lab4", out=tmp_path / "out").entries

    assert len(entries) == len(truth)
    readable = 0
    for entry in entries:
        try:
            entry.read()
        except UnreadableSubmissionError as error:
            assert error.reason  # noqa: PT017 - some in the class handed in nothing readable
        else:
            readable += 1
    assert readable == sum(one.content is not None for one in truth) - 1


@pytest.mark.parametrize("content", [b"", b"PK", b"x" * 1000, b"PK\x05\x06" + bytes(17)])
def test_file_that_is_not_an_archive_is_refused(tmp_path: Path, content: bytes) -> None:
    """The message about a file that is not an archive names the file."""
    path = tmp_path / "class.zip"
    path.write_bytes(content)

    with pytest.raises(UsageError, match=r"class\.zip"):
        collect([path], stem="lab4", out=tmp_path / "out")


def test_folder_with_the_name_of_an_archive_is_refused(tmp_path: Path) -> None:
    """Only a regular file is opened as an archive."""
    (tmp_path / "folder.zip").mkdir()
    with pytest.raises(UsageError, match="not a regular file"):
        tree_of_archive(tmp_path / "folder.zip")


def test_archive_cut_anywhere_is_refused(tmp_path: Path) -> None:
    """An interrupted download is refused with a usage error, wherever it ends."""
    samples.make_moodle(tmp_path / "whole.zip")
    data = (tmp_path / "whole.zip").read_bytes()
    path = tmp_path / "class.zip"
    for end in range(0, len(data), 97):
        path.write_bytes(data[:end])
        with pytest.raises(UsageError):
            tree_of_archive(path)


@settings(max_examples=150, deadline=None)
@given(damage=st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 255)), min_size=1))
def test_damage_anywhere_never_crashes(
    damage: list[tuple[int, int]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """A damaged archive is refused as a whole or file by file, and never raises anything else."""
    path = tmp_path_factory.mktemp("damage") / "class.zip"
    data = bytearray(samples.zipped({f"s{number}/lab4.py": SOURCE for number in range(5)}))
    for place, value in damage:
        data[place % len(data)] = value
    path.write_bytes(data)

    try:
        entries = collect([path], stem="lab4", out=path.parent / "out").entries
    except UsageError:
        return
    for entry in entries:
        try:
            entry.read()
        except UnreadableSubmissionError:
            continue


@settings(max_examples=150, deadline=None)
@given(names=st.lists(st.text(max_size=40), max_size=8, unique=True))
def test_every_name_is_listed_or_skipped(
    names: list[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """No listed path can lead out of the archive, whatever names the members have."""
    path = tmp_path_factory.mktemp("names") / "class.zip"
    names = [name for name in names if name.split("\0")[0] and _is_text(name)]
    with zipfile.ZipFile(path, "w") as made:
        for name in {name.split("\0")[0]: None for name in names}:
            made.writestr(name, SOURCE)

    tree = tree_of_archive(path)

    known = {name.split("\0")[0] for name in names}
    files = [name for name in known if not name.endswith("/")]
    assert len(tree.files) + len(tree.skipped) + len(tree.junk) <= len(known)
    for file in tree.files:
        parts = file.path.split("/")
        assert not {"", ".", ".."} & set(parts)
        assert "\\" not in file.path
        assert file.read() == SOURCE
    if files and not tree.junk:
        assert tree.files or tree.skipped


def _is_text(name: str) -> bool:
    return name.encode("utf-8", "replace").decode() == name


def test_archive_in_an_archive_is_opened_but_none_deeper(write: Callable[..., Path]) -> None:
    """A student's zip is read by the same rules, but a zip inside that zip is not opened."""
    inner = samples.zipped({"../lab4.py": b"out", "deep/lab4.py": SOURCE, "helper.py": b""})
    deeper = samples.zipped({"more.zip": inner})
    path = write(("anna/work.zip", inner), ("ben/work.zip", deeper), ("cy/x.zip", b"PK no"))

    entries = collect([path], stem="lab4", out=path.parent / "out").entries

    anna, ben, cy = entries
    assert (anna.file, anna.read()) == ("lab4.py", SOURCE)
    assert anna.notes == (
        "deep/lab4.py was graded, taken from work.zip and chosen from 2 files that can be graded",
        '../lab4.py in work.zip was not read: its path leads out of the archive through ".."',
    )
    with pytest.raises(
        UnreadableSubmissionError, match=r"a zip in turn, more\.zip, which is not opened"
    ):
        ben.read()
    with pytest.raises(UnreadableSubmissionError, match=r"x\.zip"):
        cy.read()


def test_bomb_in_an_archive_in_an_archive_gets_a_report(write: Callable[..., Path]) -> None:
    """A zip bomb is refused inside a student's zip too, and does not affect the file next to it."""
    inner = samples.zipped({"lab4.py": bytes(2**24)})
    path = write(("anna/work.zip", inner), ("ben/work.zip", inner), ("ben/lab4.py", SOURCE))

    anna, ben = collect([path], stem="lab4", out=path.parent / "out").entries

    with pytest.raises(UnreadableSubmissionError, match="far larger than its compressed data"):
        anna.read()
    assert ben.read() == SOURCE


def test_file_that_became_a_link_is_not_followed(tmp_path: Path) -> None:
    """A file that is replaced by a link after the listing is not read."""
    (tmp_path / "secret").write_bytes(b"secret")
    (tmp_path / "class").mkdir()
    (tmp_path / "class" / "lab4.py").write_bytes(SOURCE)
    (file,) = tree_of_folder(tmp_path / "class").files
    (tmp_path / "class" / "lab4.py").unlink()
    (tmp_path / "class" / "lab4.py").symlink_to(tmp_path / "secret")

    with pytest.raises(UnreadableSubmissionError, match="can't be read"):
        file.read()
    with pytest.raises(UnreadableSubmissionError, match="symbolic link"):
        tree_of_files([tmp_path / "class" / "lab4.py"]).files[0].read()


def test_deeply_nested_folders_are_walked(tmp_path: Path) -> None:
    """Folders may be nested deeper than Python's recursion limit."""
    descend = tmp_path
    for _ in range(300):
        descend /= "d"
        descend.mkdir()
    (descend / "lab4.py").write_bytes(SOURCE)
    limit = sys.getrecursionlimit()

    sys.setrecursionlimit(len(inspect.stack(0)) + 100)
    try:
        tree = tree_of_folder(tmp_path)
    finally:
        sys.setrecursionlimit(limit)

    assert len(tree.files) == 1


def test_entries_are_counted_before_anything_is_made_of_them(
    write: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A directory of too many entries is refused by their number, before they are parsed."""
    path = write(*((f"{number}.py", b"") for number in range(50)))

    def fail(*_arguments: object) -> None:
        pytest.fail("the directory was parsed")

    monkeypatch.setattr(zipfile, "ZipFile", fail)
    limits = archive.ArchiveLimits(files=49, directory_bytes=10**6, total_bytes=10**6)
    monkeypatch.setattr(archive, "CLASS_LIMITS", limits)

    with pytest.raises(UsageError, match="more than 49 files and folders, which is the limit"):
        tree_of_archive(path)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("a" * 256 + "/lab4.py", "its name is longer than 255 characters, which is the limit"),
        ("a/" * 100 + "lab4.py", "it is in more than 100 folders, which is the limit"),
        ("a/" * 2100, "its path is longer than 4096 characters, which is the limit"),
        ("a" + "\u0301\u0316" * 2000, "its name is longer than 255 characters"),
    ],
)
def test_name_that_costs_too_much_is_refused(
    write: Callable[..., Path], name: str, reason: str
) -> None:
    """Names are limited to what file systems allow, with few folders for each file."""
    tree = tree_of_archive(write((name, b""), ("anna.py", SOURCE)))

    assert paths(tree) == ["anna.py"]
    assert [one.reason for one in tree.skipped if reason in one.reason]
    assert len(tree.folders) <= 1


def test_folders_count_like_files(
    write: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A few members in many folders are refused: each of their folders is listed."""
    path = write(*((f"{number}/" + "a/" * 20 + "lab4.py", b"") for number in range(10)))
    limits = archive.ArchiveLimits(files=100, directory_bytes=10**6, total_bytes=10**6)
    monkeypatch.setattr(archive, "CLASS_LIMITS", limits)

    with pytest.raises(UsageError, match="more than 100 files and folders"):
        tree_of_archive(path)


def test_archives_next_to_one_another_share_one_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Many zips that students handed in can't fill the memory together."""
    monkeypatch.setattr(nested, "MAX_FILES", 25)
    content = samples.zipped({f"{number}.txt": b"" for number in range(10)})
    for number in range(5):
        (tmp_path / f"{number}.zip").write_bytes(content)
    opened: list[int] = []
    real = archive.tree_of_export

    def listed(file: TreeFile, *, limit: int) -> Tree:
        tree = real(file, limit=limit)
        opened.append(len(tree.files))
        return tree

    monkeypatch.setattr(nested, "tree_of_export", listed)

    collection = collect([tmp_path], stem="lab4", out=tmp_path / "out")

    assert opened == [10, 10]
    assert len(collection.entries) == 5
