"""Whether a cluster is closed to strangers: by TLS, or because it is on this machine alone.

Who reaches a scheduler or a worker runs code there, and what comes back is unpickled here. The
settings are Dask's own (`distributed.comm`), read alike by the scheduler, the workers and us.
"""

import os
import socket
import ssl
from collections.abc import Sequence
from importlib import import_module
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from analysis.errors import ReportError, list_examples, say_why

Security = Any
"""Dask's, imported where a cluster is asked for."""
REMAKE = "README.md の手順で、鍵と証明書を作り直してください。"
OPEN_TO_OTHERS, WRITABLE_BY_ANYBODY = 0o077, 0o002
# Numbers of OpenSSL's X509_V_ERR_*; the others are told in its words.
NOT_TRUSTED = {
    9: "有効期間がまだ始まっていません",
    10: "有効期限が切れています",
    18: "別の認証局のものです",
    19: "別の認証局のものです",
    20: "別の認証局のものです",
}


def read_security(address: str) -> Security:
    """Return Dask's settings of TLS for connecting to `address`.

    Raises ReportError where they are wrong, or there are none and the address is of TLS; and
    naming the file, where one is missing, can't be read, is no certificate or key, is a key that
    others may read, that has a password or is another certificate's, has expired, or where anybody
    may write it: who writes whom one believes is believed.
    """
    try:
        security = import_module("distributed.security").Security()
        files = security.get_tls_config_for_role("client")
    except Exception as error:
        raise ReportError(f"Dask の設定 distributed.comm に誤りがあります: {error}") from None
    given = [str(files[name]) for name in ("ca_file", "cert", "key") if files[name]]
    if files["ca_file"] and files["cert"]:
        _require_files(*given)
        _require_trust(security, *given[:2])
    elif _is_tls(address):
        raise ReportError(
            f"{address} に接続するための鍵が、Dask の設定（distributed.comm.tls）にありません。\n"
            "README.md の手順で作った ~/.config/dask の4つのファイルを、このコンピューターにも"
            "置いてください。"
        )
    return security


def require_closed(addresses: Sequence[str]) -> None:
    """Raise ReportError if strangers may reach one of a cluster's addresses in plain text.

    They may not where it is this machine's loopback, and all that its name stands for is. Only
    `require-encryption: false` of Dask's settings lets it pass. Raises OSError for a name that
    stands for nothing.
    """
    required = import_module("dask.config").get("distributed.comm.require-encryption")
    if required is False:
        return
    plain = [address for address in addresses if not _is_tls(address)]
    if not required:
        plain = [address for address in plain if not _is_loopback(address)]
    if plain:
        more = f"ほか{len(plain) - 1}件、" if plain[1:] else ""
        raise ReportError(
            f"{plain[0]}（{more}暗号化なし）のクラスターは使えません。"
            "通信できる人はだれでも、そこで任意のプログラムを実行できます。\n"
            "README.md の手順で鍵を作り、スケジューラーとワーカーを TLS で起動して、"
            "tls:// のアドレスを指定してください。\n"
            "暗号化しないことを選ぶときは、環境変数 "
            "DASK_DISTRIBUTED__COMM__REQUIRE_ENCRYPTION=False を付けて実行してください。"
        )


def explain_refusal(error: Exception) -> str:
    """Say in a few words why no connection came about."""
    cause = error.__cause__
    if isinstance(cause, ssl.SSLCertVerificationError):
        return f"スケジューラーの証明書は、{_say_why_not_trusted(cause)}"
    return type(error).__name__


def _is_tls(address: str) -> bool:
    return bool(_addressing().parse_address(address)[0] == "tls")


def _is_loopback(address: str) -> bool:
    host, port = _addressing().parse_host_port(address)
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return all(ip_address(place[0]).is_loopback for *_, place in found)


def _addressing() -> Any:
    return import_module("distributed.comm.addressing")


def _require_files(authority: str, certificate: str, key: str = "") -> None:
    """Raise ReportError unless each file is there and is what it has to be."""
    wrong = []
    for path in filter(None, (authority, certificate, key)):
        try:
            Path(path).read_bytes()
        except OSError as error:
            # Of a key that was written where its path belongs, no more than its title.
            wrong.append(f"{path.splitlines()[0]}（{say_why(error)}）")
    if wrong:
        raise ReportError(
            "TLS のファイルを読めません。Dask の設定のパスと、ファイルの権限を確かめてください。\n"
            + list_examples(wrong)
        )
    secret = key or certificate
    _require_own(secret, authority, certificate)
    for path in (authority, certificate):
        try:
            ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(path)
        except ssl.SSLError:
            raise ReportError(f"{path} は PEM 形式の証明書ではありません。\n{REMAKE}") from None

    def refuse_password() -> str:
        # OpenSSL would ask for it on the terminal.
        raise ReportError(f"秘密鍵 {secret} にパスワードが付いています。\n{REMAKE}")

    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_cert_chain(
            certificate, secret, refuse_password
        )
    except ssl.SSLError as error:
        raise ReportError(
            f"{secret} は、証明書 {certificate} の秘密鍵ではありません（{error.reason}）。\n"
            + REMAKE
        ) from None


def _require_own(secret: str, *believed: str) -> None:
    """Raise ReportError if others may read the key, or write what is believed or Dask's settings.

    Whom the system's groups hold is not known: of what is no secret, a group may be the owner's.
    """
    if os.name != "posix":
        return
    if Path(secret).stat().st_mode & OPEN_TO_OTHERS:
        raise ReportError(
            f"秘密鍵 {secret} を、ほかの利用者も読めます。\n"
            f"`chmod 600` で自分だけが読めるようにするか、{REMAKE}"
        )
    places = [Path(place) for place in import_module("dask.config").paths]
    settings = [path for place in places for path in (place, *place.glob("*"))]
    files = dict.fromkeys(path for path in [*map(Path, believed), *settings] if path.is_file())
    if loose := [f"{path}" for path in files if path.stat().st_mode & WRITABLE_BY_ANYBODY]:
        raise ReportError(
            "TLS のファイルか Dask の設定を、ほかの利用者が書き換えられます。\n"
            f"`chmod o-w` で自分だけが書けるようにするか、{REMAKE}\n{list_examples(loose)}"
        )


def _require_trust(security: Security, authority: str, certificate: str) -> None:
    """Raise ReportError unless one who has these files believes another who has them."""
    try:
        client = security.get_connection_args("client")["ssl_context"]
        server = security.get_listen_args("client")["ssl_context"]
        there, back = ssl.MemoryBIO(), ssl.MemoryBIO()
        sides = (
            client.wrap_bio(back, there),
            server.wrap_bio(there, back, server_side=True),
        )
        # TLS 1.2 takes as many turns, 1.3 one less.
        for side in sides * 3:
            try:
                side.do_handshake()
            except ssl.SSLWantReadError:
                continue
    except ssl.SSLCertVerificationError as error:
        raise ReportError(
            f"証明書 {certificate} は、認証局 {authority} で確かめられません"
            f"（{_say_why_not_trusted(error)}）。\n{REMAKE}"
        ) from None
    except (ssl.SSLError, ValueError) as error:
        raise ReportError(f"Dask の設定 distributed.comm.tls に誤りがあります: {error}") from None


def _say_why_not_trusted(error: ssl.SSLCertVerificationError) -> str:
    return NOT_TRUSTED.get(error.verify_code, error.verify_message)
