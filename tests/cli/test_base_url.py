"""The address by which browsers know the service: as they send it, or one clear sentence."""

import click
import pytest

from grader.cli.base_url import is_loopback, read_base_url
from grader.cli.serve import serve

OPTION = next(one for one in serve.params if one.name == "base_url")


def read(value: str) -> str:
    """Read the value of the option."""
    return read_base_url(click.Context(serve), OPTION, value)


@pytest.mark.parametrize(
    ("value", "origin"),
    [
        ("", ""),
        ("https://grader.example.org", "https://grader.example.org"),
        ("https://grader.example.org/", "https://grader.example.org"),
        ("HTTPS://Grader.Example.ORG", "https://grader.example.org"),
        ("https://grader.example.org:443", "https://grader.example.org"),
        ("https://grader.example.org:8443/", "https://grader.example.org:8443"),
        ("http://127.0.0.1:80", "http://127.0.0.1"),
        ("http://[0:0::1]:8000", "http://[::1]:8000"),
        ("https://bücher.example", "https://xn--bcher-kva.example"),
    ],
)
def test_address_is_kept_as_browsers_send_it(value: str, origin: str) -> None:
    """Otherwise every form would be refused, as from another site."""
    assert read(value) == origin


@pytest.mark.parametrize(
    "value",
    [
        "grader.example.org", "//grader.example.org", "ftp://grader.example.org", "https://",
        "https:///grader", "https://grader.example.org/lab", "https://grader.example.org/?a=b",
        "https://grader.example.org?", "https://grader.example.org#", "https://a@example.org",
        "https://example.org:0", "https://example.org:99999", "https://example.org:x",
        "https://exam ple.org", "https://example.org\n", "https://example.org\\lab",
        "https://-example.org", "https://example..org", "https://[::1", "https://[x:y]",
        f"https://{'a' * 300}.org", "https://*.example.org",
    ],
)  # fmt: skip
def test_what_is_no_address_is_explained(value: str) -> None:
    """The sentence says how one looks, and that it has no path."""
    with pytest.raises(click.BadParameter, match="is not an address such as https://"):
        read(value)


def test_loopback_is_known() -> None:
    """Only there an address may do without encryption."""
    assert all(map(is_loopback, ("127.0.0.1", "127.9.9.9", "::1", "localhost")))
    assert not any(map(is_loopback, ("10.0.0.1", "localhost.example.org", "", "::")))
