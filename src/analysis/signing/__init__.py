"""Signing: who made a set, beside it and in copies of its PDFs."""

from importlib import import_module
from types import ModuleType

from analysis.errors import ReportError
from analysis.proof.signature import LIBRARY, is_extra_there


def load_signing() -> ModuleType:
    """Return what signs; raise ReportError that says how to install it where it is not."""
    lacking = [name for name in (LIBRARY, "pkcs11") if not is_extra_there(name)]
    if lacking:
        raise ReportError(
            f"署名には Python のライブラリー {'、'.join(lacking)} が必要です。\n"
            "requirements.lock のライブラリーを入れ直してください。"
        )
    return import_module("analysis.signing.sign")
