"""A set signed with the key on a card, and each thing that a card can have wrong."""

import io
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pkcs11
import pytest
from asn1crypto import cms
from click.testing import CliRunner
from pkcs11 import _pkcs11
from pyhanko.keys.internal import translate_pyca_cryptography_cert_to_asn1
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.pkcs11 import PKCS11Signer
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from analysis.cli import main
from analysis.proof.entities import SIGNATURE_NAME
from analysis.signing import card

from cards import PIN, find_library, insert_reader, make_card, put_on_card
from deliveries import copy_delivery, reports_of, run
from offices import Office, make_office

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("remembered")]


@pytest.fixture
def copy(delivery: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    find_library()
    monkeypatch.setenv("SOFTHSM2_CONF", str(insert_reader(tmp_path)))
    monkeypatch.setenv("ANALYSIS_CARD_PIN", PIN)
    # A password for a file is never sent to a card.
    monkeypatch.setenv("ANALYSIS_KEY_PASSWORD", "999999")
    return copy_delivery(delivery, tmp_path / "project")


def sign(folder: Path, *more: str) -> tuple[int, str]:
    return run(folder, "sign", "--card", str(find_library()), *more)


@pytest.mark.parametrize("asks_always", [False, True])
@pytest.mark.parametrize("name", ["郡山市 DX戦略課", "郡山市 EC"])
def test_a_card_signs_the_set_and_copies_of_its_pdfs(
    copy: Path, tmp_path: Path, name: str, asks_always: bool
) -> None:
    (office,) = put(name, asks_always=asks_always)
    code, output = sign(copy, "--pdf-into", str(tmp_path / "out"))
    assert code == 0, output
    assert f"署名の名義: Common Name: {name}" in output
    code, output = run(copy, "verify", "--quick")
    assert code == 0, output
    assert f"署名: Common Name: {name}（発行者 Common Name: 市の認証局、" in output
    copies = list((tmp_path / "out").iterdir())
    assert {path.name for path in copies} == {path.name for path in reports_of(copy).glob("*.pdf")}
    for path in copies:
        (embedded,) = PdfFileReader(io.BytesIO(path.read_bytes())).embedded_signatures
        status = validate_pdf_signature(embedded, trust(office))
        assert status.bottom_line


def trust(office: Office) -> ValidationContext:
    root = translate_pyca_cryptography_cert_to_asn1(office.authority)
    return ValidationContext(trust_roots=[root])


def test_a_card_s_signature_has_the_certificates_that_lie_on_the_card(copy: Path) -> None:
    put("郡山市 DX戦略課")
    assert sign(copy)[0] == 0
    signed = cms.ContentInfo.load((reports_of(copy) / SIGNATURE_NAME).read_bytes())["content"]
    names = {own.chosen.subject.native["common_name"] for own in signed["certificates"]}
    assert names == {"郡山市 DX戦略課", "市の認証局"}


def put(*names: str, days: tuple[int, int] = (-1, 30), **how: object) -> list[Office]:
    """Make a card with the certificates and keys of offices, from 01 on, and return these."""
    make_card("職員カード")
    offices = [make_office(name, days) for name in names]
    for number, office in enumerate(offices, start=1):
        put_on_card("職員カード", office, f"{number:02}", **how)
    return offices


@pytest.mark.parametrize(
    ("prepare", "told"),
    [
        (lambda: None, ["カードが見つかりません", "リーダーに"]),
        (put, ["署名の鍵とその証明書がそろっていません", "カードにある証明書: 0件"]),
        (
            lambda: put("郡山市 DX戦略課", keyless=True),
            ["そろっていません", "証明書: 2件", "署名用（ID 01、Common Name: 郡山市 DX戦略課、20"],
        ),
        (lambda: put("古い課", days=(-9, -2)), ["カード「職員カード」の証明書", "が切れています"]),
        (lambda: put("次の課", days=(2, 9)), ["まで）がまだ始まっていません"]),
        (
            lambda: put("郡山市 DX戦略課", "別の課"),
            ["署名できる証明書が2件", "--label", "（ID 01、", "（ID 02、Common Name: 別の課、"],
        ),
    ],
    ids=["no card", "empty", "no key", "expired", "not yet", "several"],
)
def test_a_card_that_cannot_sign_is_told(
    copy: Path, prepare: Callable[[], None], told: list[str]
) -> None:
    prepare()
    code, output = sign(copy)
    assert code == 1
    assert output.startswith("Error: ")
    for words in told:
        assert words in output
    assert not (reports_of(copy) / SIGNATURE_NAME).exists()


def test_a_key_of_another_certificate_is_told_and_signs_nothing(copy: Path) -> None:
    put("郡山市 DX戦略課", key=make_office("別の課"))
    code, output = sign(copy)
    assert code == 1
    assert "鍵が、証明書（Common Name: 郡山市 DX戦略課）のものではありません" in output
    assert not (reports_of(copy) / SIGNATURE_NAME).exists()


@pytest.mark.parametrize("label", ["02", "印"])
def test_one_of_several_certificates_is_named_by_its_label_or_id(copy: Path, label: str) -> None:
    put("郡山市 DX戦略課")
    put_on_card("職員カード", make_office("別の課"), "02", label="印")
    code, output = sign(copy, "--label", label)
    assert code == 0, output
    assert "署名の名義: Common Name: 別の課" in output


def test_one_of_several_cards_is_named_by_its_own_label_or_its_certificate_s(copy: Path) -> None:
    put("郡山市 DX戦略課")
    make_card("予備")
    put_on_card("予備", make_office("別の課"), label="印")
    for words in ([], ["--label", "ない"]):
        code, output = sign(copy, *words)
        assert code == 1
        for told in ("カードが2枚あります", "--label", "・職員カード", "・予備"):
            assert told in output
    for label in ("予備", "印"):
        code, output = sign(copy, "--label", label)
        assert code == 0, output
        assert "Common Name: 別の課" in output + run(copy, "verify", "--quick")[1]


def test_a_wrong_pin_is_told_and_sent_once(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put("郡山市 DX戦略課")
    sent = count_logins(monkeypatch)
    monkeypatch.setenv("ANALYSIS_CARD_PIN", "135791")
    code, output = sign(copy)
    assert code == 1
    assert "カードの暗証番号が違います" in output
    assert "ロックされます" in output
    assert "135791" not in output
    assert sent == ["135791"]


def count_logins(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return a list that each PIN will be put in that is sent to a card."""
    sent: list[str] = []

    def choose(slots: object, label: str | None) -> object:
        token = choose_token(slots, label)
        return SimpleNamespace(
            label=token.label,
            slot=token.slot,
            open=lambda user_pin: sent.append(user_pin) or token.open(user_pin=user_pin),
        )

    choose_token = card._choose_token
    monkeypatch.setattr(card, "_choose_token", choose)
    return sent


def test_the_pin_is_asked_for_and_a_blank_one_is_not_sent(
    copy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put("郡山市 DX戦略課")
    monkeypatch.delenv("ANALYSIS_CARD_PIN")
    sent = count_logins(monkeypatch)
    monkeypatch.chdir(copy)
    words = ["sign", "--card", str(find_library())]
    code, output = run(copy, *words)
    assert code == 1
    assert "カード「職員カード」の暗証番号が入力されませんでした" in output
    assert "ANALYSIS_CARD_PIN" in output
    result = CliRunner().invoke(main, words, input="\n")
    assert "カードの暗証番号が空です" in result.output
    assert sent == []
    result = CliRunner().invoke(main, words, input=f"{PIN}\n")
    assert result.exit_code == 0, result.output
    assert "カード「職員カード」の暗証番号" in result.output
    assert PIN not in result.output
    (tmp_path / "pin").write_text(f"{PIN}\n")
    assert run(copy, *words, "--passfile", str(tmp_path / "pin"))[0] == 0


def test_a_library_that_is_none_is_told(
    copy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "text.so").write_text("text")
    for path, told in [
        (tmp_path / "none.so", "カードのライブラリーがありません"),
        (tmp_path, "カードのライブラリーがありません"),
        (tmp_path / "text.so", "PKCS#11 のライブラリーとして読み込めません"),
        (_pkcs11.__file__, "PKCS#11 のライブラリーとして読み込めません"),
    ]:
        code, output = run(copy, "sign", "--card", str(path))
        assert code == 1
        assert f"{path}" in output
        assert told in output
    monkeypatch.setenv("SOFTHSM2_CONF", str(tmp_path / "none.conf"))
    code, output = sign(copy)
    assert code == 1
    assert "を始められません" in output


def test_a_key_in_a_file_and_one_on_a_card_are_not_both_named(copy: Path, tmp_path: Path) -> None:
    key = ["--key", str(make_office().write_key(tmp_path / "office.p12"))]
    for words in ([], [*key, "--card", str(find_library())], [*key, "--label", "職員カード"]):
        code, output = run(copy, "sign", *words)
        assert code == 1
        assert "--key（鍵のファイル）か --card（カードのライブラリー）の、どちらか一方" in output


def test_a_card_that_is_taken_out_meanwhile_is_told(
    copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put("郡山市 DX戦略課")

    def take_out(*_: object) -> None:
        raise pkcs11.TokenNotPresent

    monkeypatch.setattr(PKCS11Signer, "async_sign_raw", take_out)
    code, output = sign(copy)
    assert code == 1
    assert "カードで署名できません（TokenNotPresent）。カードを入れ直して" in output
    assert not (reports_of(copy) / SIGNATURE_NAME).exists()
