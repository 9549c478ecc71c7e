"""Offices that sign: a key, its certificate and the authority above it, made in the test."""

import datetime
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID

PASSWORD = "合言葉 1"  # noqa: S105 - of a key that lives as long as a test
DAY = datetime.timedelta(days=1)


@dataclass(frozen=True)
class Office:
    """A key with what vouches for it."""

    key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
    certificate: x509.Certificate
    authority: x509.Certificate

    def write_key(self, path: Path, password: str = PASSWORD, *, keyless: bool = False) -> Path:
        """Write the office's PKCS#12 file."""
        content = pkcs12.serialize_key_and_certificates(
            b"office",
            None if keyless else self.key,
            None if keyless else self.certificate,
            [self.authority],
            serialization.BestAvailableEncryption(password.encode()),
        )
        path.write_bytes(content)
        return path

    def write_authority(self, path: Path) -> Path:
        """Write the certificate of who vouches for the office."""
        path.write_bytes(self.authority.public_bytes(serialization.Encoding.PEM))
        return path


@cache
def make_office(name: str = "郡山市 DX戦略課", days: tuple[int, int] = (-1, 30)) -> Office:
    """Return an office with a certificate that is good between two days, counted from today."""
    above = rsa.generate_private_key(65537, 2048)
    root = _certify(
        "市の認証局", above.public_key(), "市の認証局", above, (-9, 99), is_authority=True
    )
    key = ec.generate_private_key(ec.SECP256R1()) if "EC" in name else _make_key()
    return Office(key, _certify(name, key.public_key(), "市の認証局", above, days), root)


def _make_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


def _certify(subject, public, issuer, key, days, *, is_authority=False) -> x509.Certificate:
    today = datetime.datetime.now(datetime.UTC)
    names = [x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, n)]) for n in (subject, issuer)]
    return (
        x509.CertificateBuilder()
        .subject_name(names[0])
        .issuer_name(names[1])
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(today + days[0] * DAY)
        .not_valid_after(today + days[1] * DAY)
        .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
        .add_extension(_allow(is_authority), critical=True)
        .sign(key, hashes.SHA256())
    )


def _allow(is_authority: bool) -> x509.KeyUsage:
    """Return what an authority's key is for, or an office's: signatures that bind it."""
    return x509.KeyUsage(
        digital_signature=not is_authority,
        content_commitment=not is_authority,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=is_authority,
        crl_sign=is_authority,
        encipher_only=False,
        decipher_only=False,
    )
