"""Copies of a set's PDFs to hand round, each with a signature in it (PAdES B-B, or B-T).

The set's own PDFs are the same bytes from every build and stay so: a signature has a time in it.
"""

import io
from pathlib import Path

from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import InvisSigSettings, SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.signers import PdfSignatureMetadata, Signer, sign_pdf
from pyhanko.sign.timestamps.common_utils import TimestampRequestError
from pyhanko.sign.timestamps.requests_client import RequestsHTTPTimeStamper as Stamper

from analysis.cycle import Cycle
from analysis.display import Display, NamedTask
from analysis.errors import ReportError, list_examples
from analysis.signing.key import DIGEST

__all__ = ["Stamper", "require_place", "sign_copies"]

FIELD = "Signature"


def require_place(cycle: Cycle, into: Path) -> None:
    """Return if signed copies may be put there; else raise ReportError that says why not."""
    reports, place = cycle.reports_folder.parent.resolve(), into.resolve()
    if place == reports or reports in place.parents:
        raise ReportError(
            f"署名した写しは reports/ の外に作ります。{into} のほかのフォルダーを指定してください。"
        )
    if into.exists() and not into.is_dir():
        raise ReportError(f"{into} はフォルダーではありません。")
    standing = [name for name in _list_pdfs(cycle) if (into / name).exists()]
    if standing:
        raise ReportError(
            f"{into} に同じ名前のファイルが{len(standing)}件あります。上書きしません。"
            f"空のフォルダーを指定してください。\n{list_examples(standing)}"
        )


def sign_copies(
    cycle: Cycle, signer: Signer, into: Path, stamper: Stamper | None, display: Display
) -> int:
    """Write a signed copy of every PDF of a cycle into a folder, and return how many.

    Raises ReportError if the time-stamp server doesn't answer as one.
    """
    into.mkdir(parents=True, exist_ok=True)
    steps = [NamedTask(name, f"{name}　署名") for name in _list_pdfs(cycle)]
    display.begin(steps)
    for step in steps:
        content = (cycle.reports_folder / step.stem).read_bytes()
        try:
            signed = sign_copy(content, signer, stamper)
        except TimestampRequestError:
            raise ReportError(
                f"タイムスタンプの局 {getattr(stamper, 'url', '')} から、タイムスタンプを"
                f"受け取れませんでした。アドレスとネットワークを確かめてください。{step.stem} から"
                "あとの写しは作成していません。"
            ) from None
        with (into / step.stem).open("xb") as file:
            file.write(signed)
        display.finished(step)
    return len(steps)


def sign_copy(content: bytes, signer: Signer, stamper: Stamper | None = None) -> bytes:
    """Return a PDF with a signature added behind it: nobody sees it on the page.

    PDF/A-3a and PDF/UA-1 hold only together if its place is printed, and outside the page.
    """
    about = PdfSignatureMetadata(FIELD, md_algorithm=DIGEST, subfilter=SigSeedSubFilter.PADES)
    unseen = InvisSigSettings(set_print_flag=True, set_hidden_flag=False, box_out_of_bounds=True)
    field = SigFieldSpec(FIELD, invis_sig_settings=unseen)
    writer = IncrementalPdfFileWriter(io.BytesIO(content))
    signed: io.BytesIO = sign_pdf(writer, about, signer, stamper, new_field_spec=field)
    return signed.getvalue()


def _list_pdfs(cycle: Cycle) -> list[str]:
    return sorted(path.name for path in cycle.reports_folder.glob("*.pdf"))
