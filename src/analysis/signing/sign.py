"""Sign a set of reports: a signature beside it, and if asked copies of its PDFs that bear one."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from pyhanko.sign.signers import Signer
from pyhanko.sign.signers.pdf_cms import PdfCMSSignedAttributes

from analysis.build.publish import one_build
from analysis.cycle import Cycle
from analysis.display import Display
from analysis.errors import ReportError
from analysis.proof.cms import read_signature, say_name
from analysis.proof.entities import CRATE_NAME, SIGNATURE_NAME
from analysis.proof.verify import verify_reports
from analysis.signing.card import open_card
from analysis.signing.copies import Stamper, require_place, sign_copies
from analysis.signing.key import DIGEST, open_key, read_password


@contextmanager
def open_signer(
    key: Path | None, card: Path | None, label: str | None, passfile: Path | None
) -> Iterator[Signer]:
    """Give what signs: the key of a PKCS#12 file, or the one on a card, held open meanwhile.

    Raises ReportError for both or none, and whatever `open_key` and `open_card` do.
    """
    if (key is None) == (card is None) or (label and card is None):
        raise ReportError(
            "--key（鍵のファイル）か --card（カードのライブラリー）の、どちらか一方だけを指定して"
            "ください。--label は --card と一緒に使います。"
        )
    if key is not None:
        yield open_key(key, read_password(passfile))
    elif card is not None:
        with open_card(card, label, passfile) as signer:
            yield signer


def sign_reports(
    cycle: Cycle,
    opening: AbstractContextManager[Signer],
    into: Path | None,
    timestamp: str | None,
    *,
    build: Callable[[Cycle], object],
    display: Display,
) -> str:
    """Sign a cycle's reports, if `verify` finds them sound, and return what was done.

    `opening` gives what signs, once nothing else stands in the way. `build` makes the reports anew,
    as `verify_reports` asks for it. A signature by the same certificate is
    left as it stands. `into` takes signed copies of the PDFs, with time stamps of the server at
    `timestamp` if one is given.

    Raises ReportError for a key that can't sign, a set that is none or not sound, another
    signature, and a place for the copies where something stands in the way.
    """
    if timestamp is not None and into is None:
        raise ReportError("--timestamp は、PDF の写しを作る --pdf-into と一緒に使います。")
    if into is not None:
        require_place(cycle, into)
    crate_path = cycle.reports_folder / CRATE_NAME
    crate = crate_path.read_bytes() if crate_path.is_file() else b""
    with opening as signer:
        _require_own(cycle, signer, crate)
        verdict = verify_reports(cycle, build)
        if not verdict.agrees:
            raise ReportError(f"検証で違うものが見つかったため、署名しません。\n\n{verdict.text}")
        with one_build(cycle, display.wait):
            done = [_sign_crate(cycle, signer, crate)]
        if into is not None:
            stamper = None if timestamp is None else Stamper(timestamp)
            count = sign_copies(cycle, signer, into, stamper, display)
            done.append(f"署名した PDF の写し{count}件を {into} に作成しました。")
    return "\n".join(done)


def write_signature(signer: Signer, content: bytes) -> bytes:
    """Return a detached CMS signature over a content, with today's time in it, as DER."""
    attributes = PdfCMSSignedAttributes(signing_time=datetime.now(UTC).replace(microsecond=0))
    signing = signer.async_sign_general_data(content, DIGEST, signed_attr_settings=attributes)
    return bytes(asyncio.run(signing).dump())


def _require_own(cycle: Cycle, signer: Signer, crate: bytes) -> bool:
    """Say whether this signer's signature stands there; raise ReportError if it is another."""
    path = cycle.reports_folder / SIGNATURE_NAME
    if not path.exists():
        return False
    standing = read_signature(path.read_bytes(), crate) if path.is_file() else None
    own = signer.signing_cert.sha256.hex()
    if standing is not None and standing.fits and standing.sha256 == own:
        return True
    kind = "ほかの署名" if standing is None or standing.fits else "いまの報告書へのものではない署名"
    whose = "" if standing is None else f"（{standing.subject}）"
    raise ReportError(
        f"reports/{cycle.name}/{SIGNATURE_NAME} に、{kind}{whose}があります。上書きしません。"
        "署名し直すときは、先にほかの場所へ移してください。"
    )


def _sign_crate(cycle: Cycle, signer: Signer, verified: bytes) -> str:
    """Put the signature in place, and say so; it is over the crate that was verified."""
    path = cycle.reports_folder / SIGNATURE_NAME
    where = f"reports/{cycle.name}/{SIGNATURE_NAME}"
    if (cycle.reports_folder / CRATE_NAME).read_bytes() != verified:
        raise ReportError(
            "検証のあいだに報告書が作り直されました。もう一度 `analysis sign` を実行してください。"
        )
    if _require_own(cycle, signer, verified):
        return f"{where} に、同じ証明書の署名がすでにあります。そのままにしました。"
    made = write_signature(signer, verified)
    said = read_signature(made, verified)
    if said is None or not said.fits:
        raise ReportError(
            f"鍵が、証明書（{say_name(signer.signing_cert.subject)}）のものではありません。署名は"
            "作成していません。証明書とその鍵がそろったものを指定してください。"
        )
    passing = path.with_name(f".{path.name}")
    passing.write_bytes(made)
    passing.replace(path)
    return f"{where} を作成しました。署名の名義: {say_name(signer.signing_cert.subject)}"
