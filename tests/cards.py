"""Cards that hold an office's key: SoftHSM's tokens, in a folder of the test's own."""

import os
import subprocess
from pathlib import Path

from cryptography.hazmat.primitives import serialization

from conftest import require_package, require_tool
from offices import Office

PIN = "246802"
_PLACES = (
    "/usr/lib/softhsm",
    "/usr/lib64/softhsm",
    "/usr/lib64/pkcs11",
    "/usr/local/lib/softhsm",
    "/opt/homebrew/lib/softhsm",
)


def find_library() -> Path:
    """Return what a card's vendor gives with it; skip without SoftHSM."""
    require_package("pkcs11")
    require_tool("softhsm2-util")
    require_tool("pkcs11-tool")
    (found, *_) = [path for place in _PLACES if (path := Path(place, "libsofthsm2.so")).exists()]
    return found


def insert_reader(folder: Path) -> Path:
    """Return the settings of a reader that is empty, to be named in SOFTHSM2_CONF."""
    (folder / "tokens").mkdir()
    settings = folder / "softhsm2.conf"
    settings.write_text(f"directories.tokendir = {folder / 'tokens'}\nlog.level = ERROR\n")
    return settings


def make_card(name: str) -> None:
    """Put an empty card of that name into the reader."""
    words = ["--init-token", "--free", "--label", name, "--pin", PIN, "--so-pin", "12345678"]
    _run("softhsm2-util", *words)


def put_on_card(
    card: str,
    office: Office,
    number: str = "01",
    *,
    label: str = "署名用",
    key: Office | None = None,
    keyless: bool = False,
    asks_always: bool = False,
) -> None:
    """Put an office's certificate with its key, or another's, and its authority's on a card."""
    what = ["--token-label", card, "--login", "--pin", PIN, "--label", label]
    folder = Path(os.environ["SOFTHSM2_CONF"]).parent
    for certificate, own in ((office.certificate, number), (office.authority, f"ca{number}")):
        path = folder / "certificate.der"
        path.write_bytes(certificate.public_bytes(serialization.Encoding.DER))
        _write(*what, "--write-object", path, "--type", "cert", "--id", own)
    if not keyless:
        path = folder / "key.pem"
        path.write_bytes(
            (key or office).key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.TraditionalOpenSSL,
                serialization.NoEncryption(),
            )
        )
        always = ["--always-auth"] if asks_always else []
        _write(*what, "--write-object", path, "--type", "privkey", "--id", number, *always)


def _write(*words: str | Path) -> None:
    _run("pkcs11-tool", "--module", find_library(), *words)


def _run(*words: str | Path) -> None:
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
