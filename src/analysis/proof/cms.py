"""Read a detached CMS signature, as `openssl cms` does."""

import hashlib
import logging
from dataclasses import dataclass

from asn1crypto import cms, x509
from pyhanko.sign.general import (
    extract_certificate_info,
    extract_signer_info,
    find_cms_attribute_iter,
)
from pyhanko.sign.validation.generic_cms import validate_sig_integrity

from analysis.document.text import printable

_DIGESTS = frozenset({"sha256", "sha384", "sha512"})


@dataclass(frozen=True)
class Signed:
    """What a signature says: whose it is, when that one says it was made, whether it fits.

    `outside` has the certificate's first and last day where it was made on none of them.
    """

    subject: str
    issuer: str
    sha256: str
    at: str
    fits: bool
    outside: str


def read_signature(signature: bytes, content: bytes) -> Signed | None:
    """Return what a detached signature says, by its own certificate; None for what is none.

    Whether the certificate is its owner's is for its reader to know: nobody else is asked.
    """
    # It warns on the terminal of what PDF viewers may not support.
    logging.getLogger("pyhanko").setLevel(logging.CRITICAL)
    try:
        signed = cms.ContentInfo.load(signature, strict=True)["content"]
        information = extract_signer_info(signed)
        certificate = extract_certificate_info(signed).signer_cert
        algorithm = information["digest_algorithm"]["algorithm"].native
        if algorithm not in _DIGESTS:
            return None
        digest = hashlib.new(algorithm, content).digest()
        fits = all(validate_sig_integrity(information, certificate, "data", digest))
        told = find_cms_attribute_iter(information["signed_attrs"], "signing_time")
        at = next((time.native for time in told), None)
        since, until = certificate.not_valid_before, certificate.not_valid_after
        return Signed(
            say_name(certificate.subject),
            say_name(certificate.issuer),
            certificate.sha256.hex(),
            f"{at:%Y-%m-%d %H:%M:%S} UTC" if at else "",
            fits,
            "" if at is None or since <= at <= until else f"{since:%Y-%m-%d}～{until:%Y-%m-%d}",
        )
    # Whoever can write a file decides what stands in it, and it is parsed by three libraries.
    except Exception:
        return None


def say_name(name: x509.Name) -> str:
    """Return whose name it is, on one line: who wrote the certificate chose every sign of it."""
    return " ".join(printable(name.human_friendly).split())
