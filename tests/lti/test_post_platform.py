"""The settings of a platform, its key, and who is who on it: what is wrong is said."""

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
    """Write settings that are good but for what is given; None leaves one out."""

    def write_settings(**changes: object) -> Path:
        values = {name: one for name, one in {**GOOD, **changes}.items() if one is not None}
        path = tmp_path / "lti.toml"
        path.write_text("".join(f"{name} = {one!r}\n" for name, one in values.items()))
        return path

    return write_settings


def test_settings_have_defaults(write: Callable[..., Path], tmp_path: Path) -> None:
    """The key lies beside them, and the audience is the token URL."""
    platform = read_platform(write())

    assert platform.key_path == tmp_path / "tool.pem"
    assert platform.audience == GOOD["token_url"]
    assert (platform.key_id, platform.deployment_id, platform.issuer) == ("", "", "")


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:8080", "[::1]:8080"])
def test_loopback_needs_no_encryption(write: Callable[..., Path], host: str) -> None:
    """Nobody listens in between."""
    read_platform(write(token_url=f"http://{host}/token", line_item=f"http://{host}/7"))


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"client_id": None}, "missing required field `client_id`"),
        ({"client_id": 42}, "Expected `str`, got `int`"),
        ({"client_id": " "}, "client_id is empty"),
        ({"colour": "red"}, "unknown field `colour`; it can have client_id, token_url"),
        ({"token_url": "http://lms.example/token"}, "token_url has to begin with https"),
        ({"token_url": "http://localhost.example/"}, "token_url has to begin with https"),
        ({"line_item": "lms.example/7"}, "line_item has to begin with https"),
        ({"line_item": "https://"}, "line_item has to begin with https"),
        ({"line_item": "https://[::1/7"}, "line_item is no URL"),
        ({"line_item": "https://lms.example:x/7"}, "line_item is no URL"),
        ({"line_item": "https://lms.example/7#a"}, "line_item is no URL"),
        ({"line_item": "https://lms.example/7?a?b"}, "line_item is no URL"),
        ({"line_item": "https://lms.example/a b"}, "line_item is no URL"),
        ({"line_item": "https://me:secret@lms.example/7"}, "line_item has a user name in it"),
        ({"line_item": "https://lms.example/7/scores?a=1"}, "without /scores"),
    ],
)
def test_wrong_setting_is_named(
    write: Callable[..., Path], changes: dict[str, object], told: str
) -> None:
    """With what it should be."""
    with pytest.raises(UsageError) as caught:
        read_platform(write(**changes))

    assert told in str(caught.value)


def test_settings_that_are_none_are_told(tmp_path: Path) -> None:
    """A file that is not there, not TOML, or something else altogether."""
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
    """Whoever mixes the two up must not find it on the screen."""
    path = tmp_path / "tool.pem"
    path.write_text(make_key("tool")[0])

    with pytest.raises(UsageError, match="has a key in it") as caught:
        read_platform(path)

    assert make_key("tool")[0].splitlines()[1] not in str(caught.value)


def test_key_that_others_can_open_is_known(tmp_path: Path) -> None:
    """For a warning."""
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
    """Write a key in PEM."""
    kind = encryption or NoEncryption()
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, kind).decode()


def test_key_that_cannot_be_used_is_told(tmp_path: Path) -> None:
    """And nothing of it is quoted."""
    path = tmp_path / "tool.pem"
    with pytest.raises(UsageError, match="can't read the key"):
        read_key(path)
    small = rsa.generate_private_key(public_exponent=65537, key_size=1024)  # noqa: S505 - to be refused
    curve = ec.generate_private_key(ec.SECP256R1())
    cases = {
        "secret words": "no private key in PEM",
        make_key("tool")[1]: "no private key in PEM",
        pem(small): "has 1024 bits",
        pem(curve): "not of the kind RSA",
        pem(small, BestAvailableEncryption(b"pass")): "has a password",
    }
    for text, told in cases.items():
        path.write_text(text)
        with pytest.raises(UsageError, match=told) as caught:
            read_key(path)
        assert text.splitlines()[-1] not in str(caught.value)


def row_of(person: Student, *others: Student, key: str = "") -> Row:
    """Make a row of somebody."""
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
    """Where the roster came from the platform."""
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
def test_user_is_found_by_what_is_surest(tmp_path: Path, table: str, person: Student) -> None:
    """By id, e-mail address, or name."""
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
def test_user_who_is_not_sure_has_no_id(tmp_path: Path, table: str, person: Student) -> None:
    """Nobody gets a score by guessing."""
    path = tmp_path / "users.csv"
    path.write_text(table)

    assert read_users(path)(row_of(person), person) == ""


def test_key_of_a_group_is_nobody(tmp_path: Path) -> None:
    """Its number is that of all of them."""
    path = tmp_path / "users.csv"
    path.write_text("sub,id\n77,4\n")

    assert read_users(path)(row_of(ADA, BOB, key="4"), BOB) == ""


@pytest.mark.parametrize(
    ("table", "told"),
    [
        ("id,name\n1,Ada\n", "no column lti_user_id"),
        ("lti_user_id,colour\n1,red\n", "no column id, email or name"),
    ],
)
def test_table_without_its_columns_is_told(tmp_path: Path, table: str, told: str) -> None:
    """With what it has to have."""
    path = tmp_path / "users.csv"
    path.write_text(table)

    with pytest.raises(UsageError, match=told):
        read_users(path)


@pytest.mark.parametrize("text", ["", "ä", "a\nb", "x" * 256])
def test_what_is_no_user_id_is_known(text: str) -> None:
    """The specification has ASCII, and at most 255 characters."""
    assert not is_user_id(text)
    assert is_user_id("4f1d-77:x")
