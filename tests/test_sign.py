import hashlib
import io
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pypdf
import pytest
from asn1crypto import tsp
from click.testing import CliRunner
from pyhanko.keys.internal import (
    translate_pyca_cryptography_cert_to_asn1,
    translate_pyca_cryptography_key_to_asn1,
)
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.signers import SimpleSigner
from pyhanko.sign.timestamps.dummy_client import DummyTimeStamper
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from analysis.cli import main
from analysis.proof import signature
from analysis.proof.entities import CRATE_NAME, SIGNATURE_NAME
from analysis.signing.sign import write_signature

from deliveries import CYCLE, answer, copy_delivery, reports_of, run
from offices import PASSWORD, Office, make_office


@pytest.fixture
def copy(delivery: Path, tmp_path: Path) -> Path:
    return copy_delivery(delivery, tmp_path / "project")


pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("remembered")]


@pytest.fixture(autouse=True)
def password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANALYSIS_KEY_PASSWORD", PASSWORD)


def sign(folder: Path, *more: str, office: Office | None = None) -> tuple[int, str]:
    key = (office or make_office()).write_key(folder.parent / "office.p12")
    return run(folder, "sign", "--key", str(key), *more)


def signature_of(folder: Path) -> Path:
    return reports_of(folder) / SIGNATURE_NAME


def listing(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


@pytest.mark.parametrize("name", ["郡山市 DX戦略課", "郡山市 EC"])
def test_a_signature_is_no_fault_and_verify_tells_whose_it_is(copy: Path, name: str) -> None:
    before = listing(reports_of(copy))
    office = make_office(name)
    code, output = sign(copy, office=office)
    assert code == 0, output
    assert f"署名の名義: Common Name: {name}" in output
    now = listing(reports_of(copy))
    assert now.pop(SIGNATURE_NAME)
    assert now == before
    code, output = run(copy, "verify")
    assert code == 0, output
    assert f"署名: Common Name: {name}（発行者 Common Name: 市の認証局、証明書の SHA-256 " in output
    digest = translate_pyca_cryptography_cert_to_asn1(office.certificate).sha256.hex()
    assert f"{digest}）、署名時刻 20" in output


def test_a_signer_s_name_is_one_line_and_moves_no_terminal(copy: Path) -> None:
    code, output = sign(copy, office=make_office("課\x1b[2J\nファイル: 9/9 一致"))
    assert code == 0, output
    output += run(copy, "verify", "--quick")[1]
    assert "\x1b" not in output
    assert "\nファイル: 9/9 一致" not in output
    assert "署名: Common Name: 課\ufffd[2J ファイル: 9/9 一致（" in output


def test_builds_that_change_nothing_leave_the_signature(copy: Path) -> None:
    sign(copy)
    made = signature_of(copy).read_bytes()
    for words in (["report"], ["report", "--force"], ["report", "--department", "議会事務局"]):
        code, output = run(copy, *words)
        assert code == 0
        assert "控え" not in output
        assert signature_of(copy).read_bytes() == made
    assert run(copy, "verify")[0] == 0


def test_a_build_of_another_set_puts_the_signature_aside_and_names_it(copy: Path) -> None:
    sign(copy)
    made = signature_of(copy).read_bytes()
    answer(copy, "G18", "オンライン化済")
    _, output = run(copy, "report")
    kept = f"data/processed/{CYCLE}/reports/ro-crate-metadata.json（控え）.p7s"
    assert kept in output
    assert (copy / kept).read_bytes() == made
    assert not signature_of(copy).exists()
    code, output = run(copy, "verify")
    assert code == 0, output
    assert sign(copy)[0] == 0


def test_signing_again_with_the_same_key_leaves_the_signature(copy: Path) -> None:
    sign(copy)
    made = signature_of(copy).read_bytes()
    code, output = sign(copy)
    assert code == 0
    assert "そのままにしました" in output
    assert signature_of(copy).read_bytes() == made


def test_somebody_elses_signature_is_told_and_not_replaced(copy: Path) -> None:
    sign(copy, office=make_office("別の課"))
    made = signature_of(copy).read_bytes()
    assert "署名: Common Name: 別の課（" in run(copy, "verify")[1]
    code, output = sign(copy)
    assert code == 1
    assert "ほかの署名（Common Name: 別の課）があります。上書きしません" in output
    assert signature_of(copy).read_bytes() == made


def test_a_signature_of_other_content_is_told_with_whose_it_is(copy: Path) -> None:
    sign(copy)
    made = signature_of(copy).read_bytes()
    answer(copy, "G18", "オンライン化済")
    run(copy, "report")
    signature_of(copy).write_bytes(made)
    code, output = run(copy, "verify")
    assert code == 1
    assert "合わない署名: 1件" in output
    told = f"{SIGNATURE_NAME} は、いまの {CRATE_NAME} への署名ではありません"
    assert f"{told}。署名の名義: Common Name: 郡山市 DX戦略課（" in output
    code, output = sign(copy)
    assert code == 1
    assert "いまの報告書へのものではない署名（Common Name: 郡山市 DX戦略課）があります" in output


def test_a_signature_whose_record_is_gone_is_told_and_no_sum_of_none(copy: Path) -> None:
    sign(copy)
    (reports_of(copy) / CRATE_NAME).unlink()
    code, output = run(copy, "verify")
    assert code == 1
    assert f"{CRATE_NAME}: ありません" in output
    assert f"{SIGNATURE_NAME} は、いまの {CRATE_NAME} への署名ではありません" in output
    assert f"{CRATE_NAME} の SHA-256" not in output


def test_what_is_no_signature_is_told_whatever_is_in_it(copy: Path) -> None:
    sign(copy)
    made, folder = signature_of(copy).read_bytes(), reports_of(copy)
    whole = signature.describe_signature(folder)
    assert whole[0]
    assert not whole[1]
    step = len(made) // 150
    for place in range(0, len(made), step):
        spoilt = made[:place] + bytes([made[place] ^ 0x41]) + made[place + 1 :]
        signature_of(copy).write_bytes(spoilt)
        told, wrong = signature.describe_signature(folder)
        # What lies outside of what is signed, as the authority's certificate does, may be other.
        assert len(told) + len(wrong) == 1
    for content in (b"", b"0", made[:-1], made + b"0", b"\0" * 2 * 1024**2):
        signature_of(copy).write_bytes(content)
        assert signature.describe_signature(folder) == (
            [],
            [f"{SIGNATURE_NAME} は、署名として読めません。"],
        )
    signature_of(copy).unlink()
    signature_of(copy).mkdir()
    assert signature.describe_signature(folder)[1]


def test_a_signature_made_after_its_certificate_is_told(copy: Path) -> None:
    folder = reports_of(copy)
    signer = SimpleSigner.load_pkcs12(
        str(make_office("古い課", (-9, -2)).write_key(copy.parent / "old.p12")),
        passphrase=PASSWORD.encode(),
    )
    signature_of(copy).write_bytes(write_signature(signer, (folder / CRATE_NAME).read_bytes()))
    told, wrong = signature.describe_signature(folder)
    assert told == []
    assert "の外です。署名の名義: Common Name: 古い課（" in wrong[0]


def test_a_set_that_is_not_sound_is_not_signed(copy: Path) -> None:
    page, crate = (reports_of(copy) / name for name in ("overview.html", CRATE_NAME))
    before = page.read_bytes()
    page.write_bytes(before.replace(b"</h1>", "（確定）</h1>".encode(), 1))
    hashes = [hashlib.sha256(content).hexdigest() for content in (before, page.read_bytes())]
    # The record is made to fit, too: only who builds it again sees that.
    crate.write_text(crate.read_text("utf-8").replace(*hashes), "utf-8")
    assert run(copy, "verify", "--quick")[0] == 0
    code, output = sign(copy)
    assert code == 1
    assert "署名しません" in output
    assert "overview.html" in output
    assert "（確定）" in output
    assert not signature_of(copy).exists()


def test_no_set_is_not_signed(copy: Path) -> None:
    reports_of(copy).rename(copy / "elsewhere")
    code, output = sign(copy)
    assert code == 1
    assert f"`analysis report {CYCLE}` で作成してください" in output


@pytest.mark.parametrize(
    ("write", "told"),
    [
        (lambda path: make_office().write_key(path, "別の合言葉"), "パスワードが違います"),
        (lambda path: make_office().write_key(path, keyless=True), "そろっていません"),
        (lambda path: make_office("古い課", (-9, -2)).write_key(path), "まで）が切れています"),
        (
            lambda path: make_office("次の課", (2, 9)).write_key(path),
            "まで）がまだ始まっていません",
        ),
        (lambda path: path.write_bytes(b"-----BEGIN"), "ではありません"),
        (lambda path: path.mkdir(), "鍵のファイルを読めません"),
        (lambda path: None, "鍵のファイルを読めません"),
    ],
    ids=["password", "no key", "expired", "not yet", "no PKCS#12", "a folder", "nothing"],
)
def test_a_key_that_cannot_sign_is_told(
    copy: Path, tmp_path: Path, write: Callable[[Path], object], told: str
) -> None:
    write(tmp_path / "key.p12")
    code, output = run(copy, "sign", "--key", str(tmp_path / "key.p12"))
    assert code == 1
    assert output.startswith("Error: ")
    assert told in output
    assert not signature_of(copy).exists()


def test_the_password_comes_from_a_file_or_is_asked_for(
    copy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ANALYSIS_KEY_PASSWORD")
    code, output = sign(copy)
    assert code == 1
    assert "パスワードが入力されませんでした" in output
    assert "--passfile" in output
    monkeypatch.chdir(copy)
    words = ["sign", "--key", str(tmp_path / "office.p12")]
    result = CliRunner().invoke(main, words, input=f"{PASSWORD}x\n")
    assert "パスワードが違います" in result.output
    assert PASSWORD not in result.output
    passfile = tmp_path / "pass"
    passfile.write_text(f"{PASSWORD}\r\nmore\n", "utf-8")
    assert run(copy, *words, "--passfile", str(passfile))[0] == 0
    assert "パスワードのファイルを読めません" in run(copy, *words, "--passfile", "none")[1]


def test_without_the_library_the_way_to_it_is_told(
    copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign(copy)
    monkeypatch.setattr(signature, "find_spec", lambda name: None)
    code, output = sign(copy)
    assert code == 1
    assert "requirements.lock のライブラリーを入れ直してください" in output
    code, output = run(copy, "verify")
    assert code == 0
    assert "確かめていません" in output


def test_copies_of_the_pdfs_bear_a_signature_and_the_set_s_own_none(
    copy: Path, tmp_path: Path
) -> None:
    before = listing(reports_of(copy))
    into = tmp_path / "配布" / "2024"
    code, output = sign(copy, "--pdf-into", str(into))
    assert code == 0, output
    pdfs = {name for name in before if name.endswith(".pdf")}
    assert {path.name for path in into.iterdir()} == pdfs
    assert {
        name: text for name, text in listing(reports_of(copy)).items() if name in before
    } == before
    for name in pdfs:
        signed = (into / name).read_bytes()
        assert signed.startswith(before[name])
        status, kind, stamped = check(signed)
        assert status.bottom_line
        assert kind == "/ETSI.CAdES.detached"
        assert not stamped
        here, there = (pypdf.PdfReader(io.BytesIO(text)) for text in (signed, before[name]))
        assert [p.extract_text() for p in here.pages] == [p.extract_text() for p in there.pages]
        assert here.attachments.keys() == there.attachments.keys()
        xmp = here.trailer["/Root"]["/Metadata"].get_data().decode()
        for stated in ('pdfaid:part="3"', 'pdfaid:conformance="A"', 'pdfuaid:part="1"'):
            assert stated in xmp
        # PDF/A wants it printed, PDF/UA outside the page.
        field = here.trailer["/Root"]["/AcroForm"]["/Fields"][0].get_object()
        assert field["/F"] == 132
        assert max(field["/Rect"]) < 0


def check(signed: bytes) -> tuple[object, str, bool]:
    """Return what pyHanko says of a PDF's one signature, its kind, and if it has a time stamp."""
    (embedded,) = PdfFileReader(io.BytesIO(signed)).embedded_signatures
    root = translate_pyca_cryptography_cert_to_asn1(make_office().authority)
    status = validate_pdf_signature(embedded, ValidationContext(trust_roots=[root]))
    return status, embedded.sig_object["/SubFilter"], status.timestamp_validity is not None


def test_copies_bear_the_time_stamp_of_a_server(copy: Path, tmp_path: Path) -> None:
    with serve_time() as address:
        code, output = sign(copy, "--pdf-into", str(tmp_path / "out"), "--timestamp", address)
    assert code == 0, output
    status, _, stamped = check((tmp_path / "out" / "overview.pdf").read_bytes())
    assert stamped
    assert status.intact
    assert status.timestamp_validity.intact


@contextmanager
def serve_time() -> Iterator[str]:
    office = make_office("時刻局")
    stamper = DummyTimeStamper(
        translate_pyca_cryptography_cert_to_asn1(office.certificate),
        translate_pyca_cryptography_key_to_asn1(office.key),
    )

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = tsp.TimeStampReq.load(self.rfile.read(int(self.headers["Content-Length"])))
            answered = stamper.request_tsa_response(asked).dump()
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.end_headers()
            self.wfile.write(answered)

        def log_message(self, *arguments: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/tsa"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.mark.parametrize("address", ["http://127.0.0.1:9/", "nowhere", "http://"])
def test_a_time_stamp_server_that_is_none_is_told(copy: Path, tmp_path: Path, address: str) -> None:
    code, output = sign(copy, "--pdf-into", str(tmp_path / "out"), "--timestamp", address)
    assert code == 1
    assert f"タイムスタンプの局 {address} から" in output
    assert list((tmp_path / "out").iterdir()) == []


def test_copies_go_nowhere_near_the_reports_and_over_nothing(copy: Path, tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "reasons.pdf").write_bytes(b"mine")
    (tmp_path / "file").write_bytes(b"mine")
    for place, told in [
        (reports_of(copy) / "signed", "reports/ の外に"),
        (reports_of(copy).parent, "reports/ の外に"),
        (tmp_path / "full", "同じ名前のファイルが1件あります"),
        (tmp_path / "file", "フォルダーではありません"),
        (tmp_path / "file" / "in", "読み書きできません"),
    ]:
        code, output = sign(copy, "--pdf-into", str(place))
        assert code == 1
        assert told in output
    assert (tmp_path / "full" / "reasons.pdf").read_bytes() == b"mine"
    code, output = sign(copy, "--timestamp", "http://127.0.0.1:9/")
    assert code == 1
    assert "--pdf-into" in output
