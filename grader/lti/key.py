"""Reads the private key that a tool signs with; nothing of it is ever in a message."""

import os
import stat
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
)

from grader.errors import UsageError

_MAX_BYTES = 64 * 1024
_LEAST_BITS = 2048
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """A key pair in PEM.

    Attributes:
        private: The private key, which is not shown.
        public: The public key.
        is_exposed: Whether others on this machine may open the file.
    """

    private: str = field(repr=False)
    public: str
    is_exposed: bool


def read_key(path: Path) -> Key:
    """Read an RSA key from its file.

    Raises:
        UsageError: there is none, or it can't be used; the message says nothing of the key.
    """
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            pem = file.read(_MAX_BYTES)
    except OSError as error:
        raise UsageError(f"can't read the key {path}: {error.strerror}") from error
    try:
        key = load_pem_private_key(pem, password=None)
    except TypeError:
        raise UsageError(
            f"the key {path} has a password; this needs one without, in a file that only you can "
            "read"
        ) from None
    except (ValueError, UnsupportedAlgorithm):
        # From None: what the library says may quote the file.
        raise UsageError(f"{path} is no private key in PEM") from None
    if not isinstance(key, RSAPrivateKey):
        raise UsageError(f"the key {path} is not of the kind RSA, which LTI 1.3 signs with")
    if key.key_size < _LEAST_BITS:
        raise UsageError(f"the key {path} has {key.key_size} bits; it takes {_LEAST_BITS}")
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return Key(private=pem.decode(), public=public.decode(), is_exposed=bool(mode & _OTHERS))
