"""Sign a set of reports: a signature beside it, and if asked copies of its PDFs that bear one."""

from collections.abc import Callable
from pathlib import Path

from pyhanko.sign.signers import SimpleSigner

from analysis.build.publish import one_build
from analysis.cycle import Cycle
from analysis.display import Display
from analysis.errors import ReportError
from analysis.proof.cms import name_subject, read_signature, write_signature
from analysis.proof.entities import CRATE_NAME, SIGNATURE_NAME
from analysis.proof.verify import verify_reports
from analysis.signing.copies import Stamper, require_place, sign_copies
from analysis.signing.key import open_key, read_password


def sign_reports(
    cycle: Cycle,
    key: Path,
    passfile: Path | None,
    into: Path | None,
    timestamp: str | None,
    *,
    build: Callable[[Cycle], object],
    display: Display,
) -> str:
    """Sign a cycle's reports, if `verify` finds them sound, and return what was done.

    `build` makes them anew, as `verify_reports` asks for it. A signature by the same certificate is
    left as it stands. `into` takes signed copies of the PDFs, with time stamps of the server at
    `timestamp` if one is given.

    Raises ReportError for a key that can't sign, a set that is none or not sound, another
    signature, and a place for the copies where something stands in the way.
    """
    if timestamp is not None and into is None:
        raise ReportError("--timestamp は、PDF の写しを作る --pdf-into と一緒に使います。")
    if into is not None:
        require_place(cycle, into)
    signer = open_key(key, read_password(passfile))
    crate_path = cycle.reports_folder / CRATE_NAME
    crate = crate_path.read_bytes() if crate_path.is_file() else b""
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


def _require_own(cycle: Cycle, signer: SimpleSigner, crate: bytes) -> bool:
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


def _sign_crate(cycle: Cycle, signer: SimpleSigner, verified: bytes) -> str:
    """Put the signature in place, and say so; it is over the crate that was verified."""
    path = cycle.reports_folder / SIGNATURE_NAME
    where = f"reports/{cycle.name}/{SIGNATURE_NAME}"
    if (cycle.reports_folder / CRATE_NAME).read_bytes() != verified:
        raise ReportError(
            "検証のあいだに報告書が作り直されました。もう一度 `analysis sign` を実行してください。"
        )
    if _require_own(cycle, signer, verified):
        return f"{where} に、同じ証明書の署名がすでにあります。そのままにしました。"
    passing = path.with_name(f".{path.name}")
    passing.write_bytes(write_signature(signer, verified))
    passing.replace(path)
    return f"{where} を作成しました。署名の名義: {name_subject(signer.signing_cert)}"
