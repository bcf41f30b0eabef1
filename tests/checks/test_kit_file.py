"""The file of a kit: whole and as it was made, or refused."""

import hashlib
import io
import stat
import zipfile
from collections.abc import Callable

import msgspec
import pytest

from grader.checks.kit_file import MANIFEST, KitManifest, read_kit, write_kit
from grader.errors import KitError

MADE = KitManifest(
    made_by="1.0", engine="e", contract={"id": "lab5", "points": 3.5}, stem="lab5", seeds=(7,)
)
FILES = {"check_mse.py": b"x = 1\n", "recordings/7": bytes(range(256)), "exercises/lab5.py": b"\n"}
Members = dict[str | zipfile.ZipInfo, bytes]


def sealed(members: Members, /, *, has_manifest: bool = True, **changes: object) -> bytes:
    """Return a kit with any members, whose digests are right: as an attacker would make it."""
    listed = {
        one if isinstance(one, str) else one.filename: hashlib.sha256(content).hexdigest()
        for one, content in members.items()
    }
    manifest = {**msgspec.to_builtins(MADE), "members": listed, **changes}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        if has_manifest:
            archive.writestr(MANIFEST, msgspec.json.encode(manifest))
        for one, content in members.items():
            archive.writestr(one, content)
        archive.comment = b"0" * 64
    content = buffer.getvalue()[:-64]
    return content + hashlib.sha256(content).hexdigest().encode()


def test_kit_is_read_as_it_was_written() -> None:
    """Manifest and members come back, and the same parts make the same bytes in any order."""
    data = write_kit(MADE, FILES)
    manifest, files = read_kit(data)

    assert files == FILES
    assert msgspec.structs.replace(manifest, members={}) == MADE
    assert write_kit(MADE, dict(reversed(FILES.items()))) == data


def test_sealed_kit_of_the_tests_is_accepted() -> None:
    """What the tests below refuse is refused for its own reason, and not for the sealing."""
    assert read_kit(sealed({"a.py": b"1"}))[1] == {"a.py": b"1"}


def test_every_changed_bit_is_found() -> None:
    """Wherever a bit is flipped, also where a zip would not notice it, the kit is refused."""
    data = write_kit(MADE, FILES)

    for place in range(len(data)):
        changed = bytearray(data)
        changed[place] ^= 1 << place % 8
        with pytest.raises(KitError):
            read_kit(bytes(changed))


@pytest.mark.parametrize("keep", [0.0, 0.1, 0.5, 0.9, 0.999])
def test_kit_that_was_cut_is_refused(keep: float) -> None:
    """Half a download is not a kit."""
    data = write_kit(MADE, FILES)

    with pytest.raises(KitError, match=r"cut|not a kit"):
        read_kit(data[: int(keep * len(data))])


@pytest.mark.parametrize("data", [b"", b"PK\x05\x06" + bytes(18), b"x" * 1000, b"%PDF-1.7"])
def test_other_files_are_not_kits(data: bytes) -> None:
    """An empty zip, a text or a PDF is not called damaged."""
    with pytest.raises(KitError, match="not a kit of zerograd"):
        read_kit(data)


def test_newer_format_says_what_to_do() -> None:
    """Whoever has an old zerograd is asked to update it, whatever else is in the manifest."""
    with pytest.raises(KitError, match=r"zerograd 9\.1, which is newer .* update zerograd"):
        read_kit(sealed({}, format=2, made_by="9.1", seeds="of another kind"))


def test_older_format_says_what_to_do() -> None:
    """Whoever has an old kit is asked for a new one."""
    with pytest.raises(KitError, match="get a new kit"):
        read_kit(sealed({}, format=0))


def test_manifest_that_is_something_else_is_refused() -> None:
    """A wrong type in the manifest is no crash."""
    with pytest.raises(KitError, match="manifest can't be read"):
        read_kit(sealed({}, seeds="seven"))


@pytest.mark.parametrize(
    "name",
    [
        "../check_evil.py",
        "a/../../check_evil.py",
        "/etc/passwd",
        "C:/evil.py",
        "a\\..\\evil.py",
        "a//b.py",
        "./a.py",
        "a\nb.py",
        "x" * 400,
    ],
)
def test_member_never_leads_out_of_the_kit(name: str) -> None:
    """A path with "..", an absolute one and one for another system are refused."""
    with pytest.raises(KitError, match="a member that no kit has"):
        read_kit(sealed({name: b"evil"}))


def _entry(name: str, mode: int) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name)
    entry.external_attr = mode << 16
    return entry


@pytest.mark.parametrize("mode", [stat.S_IFLNK | 0o777, stat.S_IFIFO | 0o600, stat.S_IFDIR | 0o700])
def test_links_pipes_and_folders_are_no_members(mode: int) -> None:
    """Only plain files are in a kit."""
    with pytest.raises(KitError, match="a member that no kit has"):
        read_kit(sealed({_entry("check_mse.py", mode): b"/etc/passwd"}))


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_members_of_a_name_are_refused() -> None:
    """Neither twice the same name, nor one that differs only in case, hides another."""
    for other in ("a.py", "A.py"):
        with pytest.raises(KitError, match="a member that no kit has"):
            read_kit(sealed({_entry("a.py", 0): b"1", _entry(other, 0): b"2"}))


def test_file_that_is_a_folder_too_is_refused() -> None:
    """One member can't be below another."""
    with pytest.raises(KitError, match="a in it is a file and a folder"):
        read_kit(sealed({"a": b"1", "a/b": b"2"}))


def test_zip_bomb_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    """What unpacks to more than the limit is refused, in one member or in many."""
    monkeypatch.setattr("grader.checks.kit_file._MAX_MEMBER_BYTES", 1000)

    many: Members = {f"{n}": bytes(200) for n in range(6)}
    one: Members = {"a": bytes(1001)}
    for members in (one, many):
        with pytest.raises(KitError, match="more than"):
            read_kit(sealed(members))
    assert read_kit(sealed({f"{n}": bytes(200) for n in range(5)}))


def test_size_that_lies_is_found() -> None:
    """A member that says that it is small, and isn't, is refused without being unpacked."""
    data = sealed({"a.py": bytes(100_000)})
    lying = data.replace((100_000).to_bytes(4, "little"), (10).to_bytes(4, "little"))[:-64]

    with pytest.raises(KitError):
        read_kit(lying + hashlib.sha256(lying).hexdigest().encode())


def test_number_of_members_is_bounded() -> None:
    """Thousands of members are refused."""
    with pytest.raises(KitError, match="a member that no kit has"):
        read_kit(sealed({f"{number}": b"" for number in range(2001)}))


@pytest.mark.parametrize(
    "listed",
    [
        pytest.param(lambda one: {**one, "b.py": "0" * 64}, id="one too many"),
        pytest.param(lambda _: {}, id="one too few"),
    ],
)
def test_members_are_those_of_the_manifest(
    listed: Callable[[dict[str, str]], dict[str, str]],
) -> None:
    """Nothing is in a kit that its manifest doesn't list, and nothing is missing."""
    right = {"a.py": hashlib.sha256(b"1").hexdigest()}

    with pytest.raises(KitError, match="not those of its manifest"):
        read_kit(sealed({"a.py": b"1"}, members=listed(right)))


def test_member_that_was_changed_is_named() -> None:
    """The digest of each member is compared, even if the whole file is sealed anew."""
    other = {"a.py": hashlib.sha256(b"2").hexdigest()}

    with pytest.raises(KitError, match=r"a\.py in it was changed"):
        read_kit(sealed({"a.py": b"1"}, members=other))


def test_zip_without_a_manifest_is_not_a_kit() -> None:
    """Any other zip is refused before it is unpacked."""
    with pytest.raises(KitError, match="not a kit"):
        read_kit(sealed({"a.py": b"1"}, has_manifest=False))
