"""Certificates for tests: an authority, and certificates that it has signed."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from grader.pool.cluster_address import Certificates


@dataclass(frozen=True, slots=True)
class Authority:
    """An authority with its files in a folder.

    Attributes:
        folder: The folder.
        certificate: Its own certificate.
        key: Its own key.
    """

    folder: Path
    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    def sign(self, name: str) -> Certificates:
        """Make a key and a certificate for it, and return their files."""
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = _build(name, key, self.certificate.subject, self.key, is_authority=False)
        return Certificates(
            authority=self.folder / "authority.pem",
            certificate=_write(self.folder / f"{name}.pem", certificate),
            key=_write_key(self.folder / f"{name}.key", key),
        )


def make_authority(folder: Path) -> Authority:
    """Make an authority, with its certificate in the folder."""
    folder.mkdir(exist_ok=True)
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "authority")])
    certificate = _build("authority", key, name, key, is_authority=True)
    _write(folder / "authority.pem", certificate)
    return Authority(folder, certificate, key)


def _build(
    name: str,
    key: ec.EllipticCurvePrivateKey,
    issuer: x509.Name,
    signer: ec.EllipticCurvePrivateKey,
    *,
    is_authority: bool,
) -> x509.Certificate:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
        .sign(signer, hashes.SHA256())
    )


def _write(path: Path, certificate: x509.Certificate) -> Path:
    path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    return path


def _write_key(path: Path, key: ec.EllipticCurvePrivateKey) -> Path:
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return path
