"""Read the private key that the tool signs with; no message ever quotes any of it."""

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
_MIN_BITS = 2048
_GROUP_OR_OTHERS = stat.S_IRWXG | stat.S_IRWXO


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """A key pair in PEM.

    Attributes:
        private: The private key; ``repr`` leaves it out.
        public: The public key.
        is_exposed: Whether other users of this machine may open the file.
    """

    private: str = field(repr=False)
    public: str
    is_exposed: bool


def read_key(path: Path) -> Key:
    """Read an RSA key from a file in PEM.

    Raises:
        UsageError: The file can't be read, or the key can't be used. The message quotes nothing
            from the file.
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
            f"the key {path} has a password; use a key without one, in a file that only you can "
            "read"
        ) from None
    except (ValueError, UnsupportedAlgorithm):
        # `from None`, because the library's message may quote the file.
        raise UsageError(f"{path} is not a private key in PEM") from None
    if not isinstance(key, RSAPrivateKey):
        raise UsageError(f"the key {path} is not an RSA key, which LTI 1.3 needs")
    if key.key_size < _MIN_BITS:
        raise UsageError(f"the key {path} has {key.key_size} bits; at least {_MIN_BITS} are needed")
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return Key(
        private=pem.decode(), public=public.decode(), is_exposed=bool(mode & _GROUP_OR_OTHERS)
    )
