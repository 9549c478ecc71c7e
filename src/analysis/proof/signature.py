"""The signature beside a set, over the crate, which holds every file's hash: what is told of it."""

from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from analysis.proof.entities import CRATE_NAME, SIGNATURE_NAME

LIBRARY = "pyhanko"
LARGEST = 1024**2
"""How many bytes a signature may have: a long chain of certificates is a hundredth of it."""


def describe_signature(folder: Path) -> tuple[list[str], list[str]]:
    """Return lines that tell whose signature stands beside a set, and lines for what is wrong.

    Both are empty where there is none. Nothing is asked of anybody: who the certificate's owner is
    must be known from elsewhere.
    """
    path = folder / SIGNATURE_NAME
    if not path.exists():
        return [], []
    if not is_extra_there():
        return [
            f"署名: {SIGNATURE_NAME} は、ライブラリー {LIBRARY} がないため確かめていません。"
        ], []
    cms = import_module("analysis.proof.cms")
    signed, crate = None, folder / CRATE_NAME
    if path.is_file() and path.stat().st_size <= LARGEST:
        content = crate.read_bytes() if crate.is_file() else b""
        signed = cms.read_signature(path.read_bytes(), content)
    if signed is None:
        return [], [f"{SIGNATURE_NAME} は、署名として読めません。"]
    whose = f"{signed.subject}（発行者 {signed.issuer}、証明書の SHA-256 {signed.sha256}）"
    if signed.fits and not signed.outside:
        return [f"署名: {whose}" + (f"、署名時刻 {signed.at}" if signed.at else "")], []
    wrong = f"は、いまの {CRATE_NAME} への署名ではありません。"
    if signed.fits:
        wrong = f"の署名時刻（{signed.at}）は、証明書の有効期間（{signed.outside}）の外です。"
    return [], [f"{SIGNATURE_NAME} {wrong}署名の名義: {whose}"]


def is_extra_there(name: str = LIBRARY) -> bool:
    """Say whether what signs, or a part of it, is installed."""
    return find_spec(name) is not None
