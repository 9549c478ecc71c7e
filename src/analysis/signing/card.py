"""Open an office's key on a card or a token, which its vendor's library (PKCS#11) reaches.

The key never leaves the card. A card locks after some wrong PINs, so each is sent but once.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple

import pkcs11
from asn1crypto import x509
from pkcs11 import Attribute, Mechanism, ObjectClass, PKCS11Error, TokenFlag
from pyhanko.sign.pkcs11 import PKCS11Signer

from analysis.document.text import printable
from analysis.errors import ReportError, list_examples
from analysis.proof.cms import say_name
from analysis.signing.key import read_password, require_valid

PIN_VARIABLE = "ANALYSIS_CARD_PIN"
"""Another than a file's password: that one, sent to a card, would cost one of its few tries."""

_AGAIN = (
    "カードは、続けて数回間違えるとロックされます。自動ではやり直しません。"
    "暗証番号を確かめてから、もう一度実行してください。"
)
_FAULTS = {
    pkcs11.PinIncorrect: f"カードの暗証番号が違います。{_AGAIN}",
    pkcs11.PinInvalid: f"カードの暗証番号に使えない文字があります。{_AGAIN}",
    pkcs11.PinLenRange: f"カードの暗証番号の長さが違います。{_AGAIN}",
    pkcs11.PinLocked: "カードの暗証番号がロックされています。発行者に解除を頼んでください。",
    pkcs11.PinExpired: "カードの暗証番号の期限が切れています。発行者の手引きで変えてください。",
}
# What a card hashes and signs in one go; one that can't is handed the hash.
_IN_ONE = {"rsa": Mechanism.SHA256_RSA_PKCS, "ec": Mechanism.ECDSA_SHA256}


class _Held(NamedTuple):
    """A certificate on a card, with the name and the id that the card has for it."""

    label: str
    id: bytes
    certificate: x509.Certificate

    def __str__(self) -> str:
        until, whose = self.certificate.not_valid_after, say_name(self.certificate.subject)
        return f"{self.label}（ID {self.id.hex()}、{whose}、{until:%Y-%m-%d} まで）"


@contextmanager
def open_card(library: Path, label: str | None, passfile: Path | None) -> Iterator[PKCS11Signer]:
    """Give what signs with the key on the card that a library reaches, held open meanwhile.

    `label` is a card's name, or a certificate's name or id, where there are several.
    Raises ReportError that says what is wrong: the library, the card, its PIN, no key or several,
    the certificate's dates, and whatever the card refuses while it is held.
    """
    reached = _load(library)
    try:
        token = _choose_token(reached.get_slots(token_present=True), label)
        pin = read_password(passfile, PIN_VARIABLE, f"カード「{printable(token.label)}」の暗証番号")
        if not pin:
            raise ReportError("カードの暗証番号が空です。カードには送っていません。")
        yield _take_key(token, pin, label)
    except PKCS11Error as error:
        told = f"カードで署名できません（{type(error).__name__}）。カードを入れ直してください。"
        raise ReportError(_FAULTS.get(type(error), told)) from None
    except NotImplementedError as error:
        raise ReportError(f"カードの鍵の種類では署名できません（{error}）。") from None
    finally:
        # It closes what is open; of a card that was taken out it can't.
        with suppress(PKCS11Error):
            reached.finalize()


def _load(library: Path) -> Any:
    if not library.is_file():
        raise ReportError(
            f"カードのライブラリーがありません: {library}。"
            "製造元の手引きにある PKCS#11 のライブラリー（.so、.dll）を指定してください。"
        )
    try:
        return pkcs11.lib(str(library.absolute()))
    except PKCS11Error as error:
        # Of what was loaded and then refuses to begin, the error has a kind.
        if type(error) is not PKCS11Error:
            raise ReportError(
                f"カードのライブラリー {library} を始められません（{type(error).__name__}）。"
                "カードリーダーと製造元のソフトウェアの設定を確かめてください。"
            ) from None
        raise ReportError(
            f"{library} は、PKCS#11 のライブラリーとして読み込めません。"
            "製造元の手引きにあるファイルか、Python と同じ64ビットのものかを確かめてください。"
        ) from None


def _choose_token(slots: Sequence[pkcs11.Slot], label: str | None) -> pkcs11.Token:
    """Return the one card that there is, or of several the one that `label` names."""
    tokens = []
    for slot in slots:
        with suppress(pkcs11.TokenNotPresent, pkcs11.TokenNotRecognised):
            tokens.append(slot.get_token())
    tokens = [token for token in tokens if token.flags & TokenFlag.TOKEN_INITIALIZED]
    if not tokens:
        raise ReportError(
            "カードが見つかりません。リーダーにカードを入れるか、トークンを挿してください。"
        )
    named = tokens
    if len(tokens) > 1:
        named = [token for token in tokens if label is not None and _has(token, label)]
    if len(named) != 1:
        names = [printable(token.label) for token in tokens]
        raise ReportError(
            f"カードが{len(tokens)}枚あります。使うカード、または証明書の名前を --label で"
            f"指定してください。\n{list_examples(names)}"
        )
    return named[0]


def _has(token: pkcs11.Token, label: str) -> bool:
    """Say whether a card is called so, or shows a certificate that is before it has its PIN."""
    return token.label == label or bool(_name(_list_certificates(token.open()), label))


def _take_key(token: pkcs11.Token, pin: str, label: str | None) -> PKCS11Signer:
    """Return what signs with the one key that goes with a certificate; the PIN is sent here."""
    session = token.open(user_pin=pin)
    held = _list_certificates(session)
    found = session.get_objects({Attribute.CLASS: ObjectClass.PRIVATE_KEY, Attribute.SIGN: True})
    keys = {_ask(key, Attribute.ID, b""): key for key in found}
    able = [own for own in held if own.id in keys]
    if not able:
        raise ReportError(
            f"カード「{printable(token.label)}」に、署名の鍵とその証明書がそろっていません。"
            f"カードにある証明書: {len(held)}件\n{list_examples([str(own) for own in held])}"
        )
    named = able if label in (None, token.label) else _name(able, str(label))
    if len(named) != 1:
        raise ReportError(
            f"カード「{printable(token.label)}」に、署名できる証明書が{len(able)}件あります。"
            "使うものの名前か ID を --label で指定してください。\n"
            + list_examples([str(own) for own in able])
        )
    own = named[0]
    require_valid(own.certificate, f"カード「{printable(token.label)}」")
    whole = _IN_ONE.get(own.certificate.public_key.algorithm)
    return PKCS11Signer(
        session,
        signing_cert=own.certificate,
        key_id=own.id,
        ca_chain=[other.certificate for other in held if other.id not in keys],
        use_raw_mechanism=whole is not None and whole not in token.slot.get_mechanisms(),
        # A key that wants its PIN before every signature.
        base_sign_kwargs={"pin": pin}
        if _ask(keys[own.id], Attribute.ALWAYS_AUTHENTICATE, False)
        else {},
    )


def _list_certificates(session: pkcs11.Session) -> list[_Held]:
    found = session.get_objects({Attribute.CLASS: ObjectClass.CERTIFICATE})
    held = {}
    for own in found:
        content = _ask(own, Attribute.VALUE, b"")
        with suppress(ValueError):  # of what is no certificate
            certificate = x509.Certificate.load(content, strict=True)
            label = printable(_ask(own, Attribute.LABEL, ""))
            held[certificate.sha256] = _Held(label, _ask(own, Attribute.ID, b""), certificate)
    return list(held.values())


def _name(held: Sequence[_Held], label: str) -> list[_Held]:
    """Return the certificates that a name or an id stands for."""
    return [own for own in held if label in (own.label, own.id.hex())]


def _ask(item: pkcs11.Object, attribute: Attribute, default: Any) -> Any:
    """Return what a card says of an object; the default where it can't say, or not as a text."""
    try:
        return item[attribute]
    except (pkcs11.AttributeTypeInvalid, ValueError):
        return default
