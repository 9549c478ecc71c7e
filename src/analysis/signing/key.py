"""Open an office's key: a PKCS#12 file with the key, its certificate and those above it.

What asks for its password and looks at the certificate's dates serves the key on a card, too.
"""

import os
from datetime import UTC, datetime
from pathlib import Path

import click
from asn1crypto import x509
from asn1crypto.pkcs12 import Pfx
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import pkcs12
from pyhanko.keys.internal import (
    translate_pyca_cryptography_cert_to_asn1 as translate_certificate,
)
from pyhanko.keys.internal import translate_pyca_cryptography_key_to_asn1 as translate_key
from pyhanko.sign.signers import SimpleSigner
from pyhanko_certvalidator.registry import SimpleCertificateStore

from analysis.errors import ReportError, say_why

DIGEST = "sha256"
"""What is signed is hashed so, whatever the key."""

PASSWORD_VARIABLE = "ANALYSIS_KEY_PASSWORD"  # noqa: S105 - its name, not its value


def read_password(
    passfile: Path | None, variable: str = PASSWORD_VARIABLE, title: str = "鍵のパスワード"
) -> str:
    """Return a key's password: a file's first line, else the environment's, else what is typed.

    Raises ReportError for a file that can't be read, and where nobody answers.
    """
    if passfile is not None:
        try:
            return passfile.read_text(encoding="utf-8-sig").partition("\n")[0].rstrip("\r")
        except (OSError, ValueError) as error:
            why = say_why(error) if isinstance(error, OSError) else "UTF-8 ではありません"
            raise ReportError(f"パスワードのファイルを読めません: {passfile}（{why}）。") from None
    known = os.environ.get(variable)
    if known is not None:
        return known
    try:
        return str(click.prompt(title, hide_input=True, default="", show_default=False))
    except click.Abort:
        raise ReportError(
            f"{title}が入力されませんでした。--passfile にそれを書いたファイルを"
            f"指定するか、環境変数 {variable} に入れてください。"
        ) from None


def open_key(path: Path, password: str) -> SimpleSigner:
    """Return what signs with the key in a PKCS#12 file.

    Raises ReportError that says what is wrong: the file, the password, no key, its dates.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ReportError(f"鍵のファイルを読めません: {path}（{say_why(error)}）。") from None
    try:
        Pfx.load(content, strict=True).native  # noqa: B018 - parsed by being asked for
    except (ValueError, TypeError):
        raise ReportError(
            f"{path} は、鍵のファイル（PKCS#12、.p12 または .pfx）ではありません。"
        ) from None
    try:
        key, certificate, others = pkcs12.load_key_and_certificates(content, password.encode())
    except UnsupportedAlgorithm as error:
        raise ReportError(f"{path} の暗号の方式は扱えません（{error}）。") from None
    except ValueError:
        raise ReportError(f"{path} を開けません。パスワードが違います。") from None
    if key is None or certificate is None:
        raise ReportError(
            f"{path} に、署名の鍵とその証明書がそろっていません。"
            "鍵を含めて書き出した PKCS#12 のファイルを指定してください。"
        )
    own = translate_certificate(certificate)
    require_valid(own, f"{path} ")
    store = SimpleCertificateStore()
    store.register_multiple([translate_certificate(other) for other in others])
    try:
        return SimpleSigner(own, translate_key(key), store)
    except (ValueError, NotImplementedError) as error:
        raise ReportError(f"{path} の鍵の種類では署名できません（{error}）。") from None


def require_valid(certificate: x509.Certificate, where: str) -> None:
    """Return if today is one of a certificate's days; else raise ReportError that tells them."""
    now, since, until = datetime.now(UTC), certificate.not_valid_before, certificate.not_valid_after
    if not since <= now <= until:
        state = "切れています" if until < now else "まだ始まっていません"
        raise ReportError(
            f"{where}の証明書の有効期間（{since:%Y-%m-%d} から {until:%Y-%m-%d} まで）が{state}。"
            "有効な証明書の鍵を指定してください。"
        )
