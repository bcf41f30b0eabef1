"""Secrets that a link, a cookie or a header carries. Only their digests are kept."""

import hashlib
import secrets

_SECRET_BYTES = 32


def new_secret() -> str:
    """Return 256 random bits, as text that can stand in a URL."""
    return secrets.token_urlsafe(_SECRET_BYTES)


def digest_of(secret: str) -> str:
    """Return the digest under which a secret is kept. It is random, so nobody can guess it back."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
