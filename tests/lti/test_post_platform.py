"""The settings of a platform, the key and the table of users: whatever is wrong is reported."""

from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
)
from lti_class import ADA, BOB
from lti_platform import make_key

from grader.errors import UsageError
from grader.lti.key import read_key
from grader.lti.platform import read_platform
from grader.lti.users import is_user_id, own_ids, read_users
from grader.report.class_model import Origin, Row, RowStatus, Student

GOOD = {
    "client_id": "42",
    "token_url": "https://lms.example/token",
    "line_item": "https://lms.example/items/7?type=3",
    "key_file": "tool.pem",
}


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Write valid settings with some changes; None leaves a setting out."""

    def write_settings(**changes: object) -> Path:
        values = {name: one for name, one in {**GOOD, **changes}.items() if one is not None}
        path = tmp_path / "lti.toml"
        path.write_text("".join(f"{name} = {one!r}\n" for name, one in values.items()))
        return path

    return write_settings


def test_settings_have_defaults(write: Callable[..., Path], tmp_path: Path) -> None:
    """The key file is relative to the settings, and the audience defaults to the token URL."""
    platform = read_platform(write())

    assert platform.key_path == tmp_path / "tool.pem"
    assert platform.audience == GOOD["token_url"]
    assert (platform.key_id, platform.deployment_id, platform.issuer) == ("", "", "")


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:8080", "[::1]:8080"])
def test_loopback_needs_no_encryption(write: Callable[..., Path], host: str) -> None:
    """Plain http is allowed on the loopback, where nobody can listen."""
    read_platform(write(token_url=f"http://{host}/token", line_item=f"http://{host}/7"))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"client_id": None}, "missing required field `client_id`"),
        ({"client_id": 42}, "Expected `str`, got `int`"),
        ({"client_id": " "}, "client_id is empty"),
        ({"colour": "red"}, "unknown field `colour`; known settings: client_id, token_url"),
        ({"token_url": "http://lms.example/token"}, "token_url has to begin with https"),
        ({"token_url": "http://localhost.example/"}, "token_url has to begin with https"),
        ({"line_item": "lms.example/7"}, "line_item has to begin with https"),
        ({"line_item": "https://"}, "line_item has to begin with https"),
        ({"line_item": "https://[::1/7"}, "line_item is not a URL"),
        ({"line_item": "https://lms.example:x/7"}, "line_item is not a URL"),
        ({"line_item": "https://lms.example/7#a"}, "line_item is not a valid URL"),
        ({"line_item": "https://lms.example/7?a?b"}, "line_item is not a valid URL"),
        ({"line_item": "https://lms.example/a b"}, "line_item is not a valid URL"),
        (
            {"line_item": "https://me:secret@lms.example/7"},
            "line_item contains a user name or password",
        ),
        ({"line_item": "https://lms.example/7/scores?a=1"}, "without /scores"),
    ],
)
def test_wrong_setting_is_named(
    write: Callable[..., Path], changes: dict[str, object], message: str
) -> None:
    """A wrong setting is named, with what it should be."""
    with pytest.raises(UsageError) as caught:
        read_platform(write(**changes))

    assert message in str(caught.value)


def test_unusable_settings_are_refused(tmp_path: Path) -> None:
    """Settings that are missing, not TOML or too large are refused."""
    path = tmp_path / "lti.toml"
    with pytest.raises(UsageError, match="can't read"):
        read_platform(path)
    path.write_text("client_id: 42")
    with pytest.raises(UsageError, match="is not TOML"):
        read_platform(path)
    path.write_text("#" * 70_000)
    with pytest.raises(UsageError, match="too large"):
        read_platform(path)


def test_key_in_the_place_of_settings_is_not_quoted(tmp_path: Path) -> None:
    """A key that is given in place of the settings is not quoted in the message."""
    path = tmp_path / "tool.pem"
    path.write_text(make_key("tool")[0])

    with pytest.raises(UsageError, match="contains a key") as caught:
        read_platform(path)

    assert make_key("tool")[0].splitlines()[1] not in str(caught.value)


def test_key_that_others_can_open_is_exposed(tmp_path: Path) -> None:
    """A key file that its group can read counts as exposed."""
    path = tmp_path / "tool.pem"
    path.write_text(make_key("tool")[0])
    path.chmod(0o600)
    assert not read_key(path).is_exposed

    path.chmod(0o640)
    assert read_key(path).is_exposed


def pem(
    key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey,
    encryption: KeySerializationEncryption | None = None,
) -> str:
    """Return a private key in PEM."""
    kind = encryption or NoEncryption()
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, kind).decode()


def test_unusable_key_is_refused(tmp_path: Path) -> None:
    """A key that can't be used is refused, and the message quotes none of it."""
    path = tmp_path / "tool.pem"
    with pytest.raises(UsageError, match="can't read the key"):
        read_key(path)
    small = rsa.generate_private_key(public_exponent=65537, key_size=1024)  # noqa: S505 - to be refused
    curve = ec.generate_private_key(ec.SECP256R1())
    cases = {
        "secret words": "not a private key in PEM",
        make_key("tool")[1]: "not a private key in PEM",
        pem(small): "has 1024 bits",
        pem(curve): "not an RSA key",
        pem(small, BestAvailableEncryption(b"pass")): "has a password",
    }
    for text, message in cases.items():
        path.write_text(text)
        with pytest.raises(UsageError, match=message) as caught:
            read_key(path)
        assert text.splitlines()[-1] not in str(caught.value)


def row_of(person: Student, *others: Student, key: str = "") -> Row:
    """Return a row for one person, or for a group."""
    return Row(
        id="r",
        student=person,
        file="lab4.py",
        status=RowStatus.GRADED,
        score=1.0,
        max_score=1.0,
        members=(person, *others) if others else (),
        origin=Origin(system="moodle", key=key),
    )


def test_own_id_is_the_default() -> None:
    """Without a table of users, a student's own id is the user id."""
    assert own_ids(row_of(ADA), ADA) == "u-ada"


@pytest.mark.parametrize(
    ("table", "person"),
    [
        ("lti_user_id,id\n77,U-ADA\n78,u-bob\n", ADA),
        ("Email;User_ID\nADA@example.edu;77\n", Student(email="ada@example.edu")),
        ("sub\tname\n77\tLovelace, Ada\n78\tBob\n", Student(name="Ada Lovelace")),
        ("sub,username\n77,ada@example.edu\n", Student(email="ada@example.edu")),
        ("sub,id,name\n77,,Ada\n78,u-bob,Bob\nshort\n", Student(id="u-other", name="Ada")),
    ],
)
def test_user_is_found_by_id_email_or_name(tmp_path: Path, table: str, person: Student) -> None:
    """A user is found by id, email address or name."""
    path = tmp_path / "users.csv"
    path.write_text(table)

    assert read_users(path)(row_of(person, key="participant 4"), person) == "77"


@pytest.mark.parametrize(
    ("table", "person"),
    [
        ("sub,name\n77,Ada\n78,Ada\n", Student(name="Ada")),
        ("sub,name\n77,\n", Student()),
        ("sub,id\n,u-ada\n", ADA),
        ("sub,id\n77,u-bob\n", ADA),
        # A number of another kind: of a participant in Moodle, of a submission in Gradescope.
        ("sub,id\n77,participant 4\n", Student(name="Anonymous")),
    ],
)
def test_ambiguous_user_has_no_id(tmp_path: Path, table: str, person: Student) -> None:
    """A person who can't be identified for certain has no user id."""
    path = tmp_path / "users.csv"
    path.write_text(table)

    assert read_users(path)(row_of(person), person) == ""


def test_key_of_a_group_identifies_nobody(tmp_path: Path) -> None:
    """The key of a group's row identifies none of its members."""
    path = tmp_path / "users.csv"
    path.write_text("sub,id\n77,4\n")

    assert read_users(path)(row_of(ADA, BOB, key="4"), BOB) == ""


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ("id,name\n1,Ada\n", "needs a column lti_user_id; its first line has none"),
        (
            "lti_user_id,colour\n1,red\n",
            "needs a column id, email or name; its first line has none of these",
        ),
    ],
)
def test_table_without_its_columns_is_refused(tmp_path: Path, table: str, message: str) -> None:
    """A table without a needed column is refused, and the message names the column."""
    path = tmp_path / "users.csv"
    path.write_text(table)

    with pytest.raises(UsageError, match=message):
        read_users(path)


@pytest.mark.parametrize("text", ["", "ä", "a\nb", "x" * 256])
def test_user_id_is_short_printable_ascii(text: str) -> None:
    """A user id is printable ASCII of 1 to 255 characters."""
    assert not is_user_id(text)
    assert is_user_id("4f1d-77:x")
