"""A cluster that strangers can't reach: the README's own commands, and what is refused."""

import asyncio
import os
import re
import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import dask
import psutil
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from distributed import Client
from distributed.comm import connect
from distributed.core import send_recv
from distributed.protocol.pickle import dumps

import analysis
from analysis.build.cluster import open_cluster
from analysis.build.encryption import require_closed
from analysis.errors import ReportError

from clusters import PATIENCE_SECONDS, run_cluster, speak
from conftest import ROOT, require_tool
from deliveries import copy_delivery, files_of, reports_of
from offices import make_office

pytestmark = pytest.mark.slow

HUNDRED = (ROOT / "README.md").read_text("utf-8").partition("## A hundred cities\n")[2]
MAKE_KEYS, START = re.findall(r"^```sh\n(.*?)^```", HUNDRED.partition("\n## ")[0], re.M | re.S)
ENCRYPTION = "distributed.comm.require-encryption"


class Home:
    """The home of somebody who made keys by the README's commands."""

    def __init__(self, place: Path) -> None:
        require_tool("openssl")
        place.mkdir()
        self.environment = os.environ | {
            "HOME": str(place),
            # Where matplotlib has its list of fonts.
            "XDG_CACHE_HOME": os.environ.get("XDG_CACHE_HOME", str(Path.home() / ".cache")),
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": str(Path(analysis.__file__).parent.parent),
            "DASK_TEMPORARY_DIRECTORY": str(place),
        }
        done = self.run(MAKE_KEYS, place)
        assert done.returncode == 0, done.stderr
        self.folder = place / ".config" / "dask"
        self.files = [self.folder / name for name in ("ca.pem", "cert.pem", "key.pem")]

    def run(self, commands: str, folder: Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["sh", "-c", commands], env=self.environment, cwd=folder,
            capture_output=True, check=False, text=True,
        )  # fmt: skip

    @contextmanager
    def start(self, *commands: str) -> Iterator[list[int]]:
        """Run commands until they are no longer needed, and give their processes' numbers."""
        started = [
            subprocess.Popen(
                ["sh", "-c", f"exec {command}"], env=self.environment, cwd=self.folder,
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            )
            for command in commands
        ]  # fmt: skip
        try:
            yield [process.pid for process in started]
        finally:
            for process in reversed(started):
                process.terminate()
                process.wait(PATIENCE_SECONDS)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    return Home(tmp_path_factory.mktemp("ours") / "home")


@pytest.fixture(scope="module")
def stranger(tmp_path_factory: pytest.TempPathFactory) -> Home:
    return Home(tmp_path_factory.mktemp("theirs") / "home")


def use_files(authority: Path, certificate: Path, key: Path) -> AbstractContextManager[object]:
    """Set in this process what `tls.yaml` sets."""
    client = {"cert": str(certificate), "key": str(key)}
    tls = {"distributed.comm.tls.ca-file": str(authority), "distributed.comm.tls.client": client}
    return dask.config.set({ENCRYPTION: True} | tls)


class Closed:
    """A cluster by the README's commands: an address of the loopback for each of its machines.

    So the port that the commands name is free, whatever else this machine does.
    """

    def __init__(self) -> None:
        host = ip_address("127.1.0.0") + os.getpid()
        self.words = {"HOST": str(host), "OWN": str(host + 2**22)}
        self.scheduler = f"tls://{host}:8786"
        self.worker = ""
        self.processes: list[int] = []

    def fill_in(self, folder: Path | None = None) -> list[str]:
        """Return the commands, each name in capitals replaced by what it stands for."""
        words = self.words | {"DIR": f"'{folder}'"}
        return [
            re.sub(r"\b(HOST|OWN|DIR)\b", lambda found: words[found[0]], line)
            for line in START.splitlines()
        ]


@pytest.fixture(scope="module")
def closed(home: Home) -> Iterator[Closed]:
    cluster = Closed()
    with home.start(*cluster.fill_in()[:2]) as cluster.processes:
        with (
            use_files(*home.files),
            Client(cluster.scheduler, timeout=PATIENCE_SECONDS, set_as_default=False) as client,
        ):
            client.wait_for_workers(1, PATIENCE_SECONDS)
            (cluster.worker,) = client.scheduler_info()["workers"]
        yield cluster


def test_the_keys_are_for_their_owner_alone_and_no_other_can_be_made(home: Home) -> None:
    made = {path.name: oct(path.stat().st_mode & 0o777) for path in home.folder.iterdir()}
    made.pop("distributed.yaml", None)
    assert made == dict.fromkeys(["ca.pem", "cert.pem", "key.pem", "tls.yaml"], "0o600")


def test_the_readme_s_commands_listen_at_the_addresses_that_they_name(closed: Closed) -> None:
    """And for a browser on the loopback alone."""
    ports = [psutil.Process(number).net_connections("tcp") for number in closed.processes]
    open_at = [{port.laddr.ip for port in own if port.status == "LISTEN"} for own in ports]
    assert open_at == [{closed.words[name], "127.0.0.1"} for name in ("HOST", "OWN")]


def test_a_city_is_built_by_the_readme_s_commands(
    home: Home, closed: Closed, delivery: Path, tmp_path: Path
) -> None:
    city = copy_delivery(delivery, tmp_path / "DIR 1" / "市")
    (reports_of(city) / "department-gikai.html").unlink()
    done = home.run(closed.fill_in(tmp_path / "DIR 1")[2], tmp_path)
    assert done.returncode == 0, done.stderr + done.stdout
    assert "作成  市" in done.stdout
    assert files_of(city) == files_of(delivery)


async def break_in(address: str, op: str, place: Path, context: ssl.SSLContext | None) -> None:
    """Have a scheduler or a worker make a folder, as anybody who reaches it can."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        comm = await connect(address, timeout=2, ssl_context=context)
        try:
            work: dict[str, Any] = {"function": dumps(os.makedirs), "args": dumps((str(place),))}
            await send_recv(comm, op=op, **work)
        finally:
            comm.abort()


def believe_anybody(home: Home | None) -> ssl.SSLContext:
    """Return a client that has somebody's key, or none, and asks for nobody's."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    if home is not None:
        context.load_cert_chain(*home.files[1:])
    return context


@pytest.mark.parametrize("op", ["run_function", "run"])
def test_strangers_are_turned_away_by_the_scheduler_and_by_the_worker(
    op: str, closed: Closed, home: Home, stranger: Home, tmp_path: Path
) -> None:
    """One in plain text, one without a key, one with a key of his own; ours makes the folder."""
    door = closed.scheduler if op == "run_function" else closed.worker
    asyncio.run(break_in(door, op, tmp_path / "ours", believe_anybody(home)))
    strangers = [
        (door.replace("tls://", "tcp://"), None),
        (door, believe_anybody(None)),
        (door, believe_anybody(stranger)),
    ]
    for number, (address, context) in enumerate(strangers):
        with pytest.raises(OSError, match=r"reset|closed|ALERT|EOF"):
            asyncio.run(break_in(address, op, tmp_path / f"{number}", context))
    assert [path.name for path in tmp_path.iterdir()] == ["ours"]


def refuse(address: str) -> str:
    """Return what is said of a cluster that is not taken."""
    with pytest.raises(ReportError) as caught, open_cluster(address):
        pass
    return str(caught.value)


def test_a_scheduler_of_another_authority_is_told(closed: Closed, stranger: Home) -> None:
    with use_files(*stranger.files):
        told = refuse(closed.scheduler)
    assert "に接続できません（スケジューラーの証明書は、別の認証局のものです）" in told


def test_one_with_tls_and_one_without_do_not_meet(closed: Closed, home: Home) -> None:
    told = [refuse(closed.scheduler.replace("tls://", "tcp://"))]
    with use_files(*home.files), socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=speak, args=(server, bytes(16)), daemon=True).start()
        told.append(refuse(f"tls://127.0.0.1:{server.getsockname()[1]}"))
    for text in told:
        assert "に接続できません" in text
        assert "TLS で動いていれば tls://192.0.2.1:8786 の形、そうでなければ tcp://" in text


@pytest.mark.parametrize(
    "address",
    ["tcp://192.0.2.1:8786", "192.0.2.1:8786", "tcp://[2001:db8::1]:8786", "tcp://0.0.0.0:8786",
     "ws://192.0.2.1:8786", "tcp://both.example:8786"],
)  # fmt: skip
def test_plain_text_elsewhere_is_refused(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also by a name that stands for the loopback and for another address."""
    resolve_names(monkeypatch)
    told = refuse(address).splitlines()
    assert told[0].startswith(f"{address}（暗号化なし）のクラスターは使えません。")
    assert "tls:// のアドレスを指定" in told[1]
    assert "DASK_DISTRIBUTED__COMM__REQUIRE_ENCRYPTION=False" in told[2]


HERE = ["tcp://127.0.0.1:1", "tcp://127.8.9.1:1", "tcp://[::1]:1", "tcp://here.example:1"]


def resolve_names(monkeypatch: pytest.MonkeyPatch) -> None:
    resolve = socket.getaddrinfo
    names = {"here.example": ["127.0.0.1", "::1"], "both.example": ["127.0.0.1", "192.0.2.1"]}

    def look_up(host: str, *more: Any, **options: Any) -> list[Any]:
        return [
            found for name in names.get(host, [host]) for found in resolve(name, *more, **options)
        ]

    monkeypatch.setattr("socket.getaddrinfo", look_up)


def test_plain_text_on_the_loopback_is_taken_unless_dask_s_setting_forbids_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    resolve_names(monkeypatch)
    require_closed(HERE)
    with dask.config.set({ENCRYPTION: True}), pytest.raises(ReportError, match="ほか3件、"):
        require_closed(HERE)


def test_plain_text_is_taken_where_dask_s_setting_says_so() -> None:
    with dask.config.set({ENCRYPTION: False}):
        require_closed(["tcp://192.0.2.1:8786"])


def test_a_worker_that_is_reached_from_elsewhere_in_plain_text_is_refused(tmp_path: Path) -> None:
    """The scheduler is on the loopback; so it is also where one listens to all the world."""
    with run_cluster(tmp_path / "cluster") as cluster:
        cluster.start(
            "worker", cluster.address, "--no-nanny", "--listen-address=tcp://127.0.0.1:0",
            "--contact-address=tcp://192.0.2.1:9",
        )  # fmt: skip
        cluster.wait_for_workers(1)
        assert refuse(cluster.address).startswith("tcp://192.0.2.1:9（暗号化なし）")


def test_keys_that_are_not_set_are_told() -> None:
    told = refuse("tls://127.0.0.1:1")
    assert "に接続するための鍵が、Dask の設定（distributed.comm.tls）にありません" in told


@pytest.mark.parametrize("wrong", [0, 1, 2])
def test_a_file_that_is_missing_or_is_something_else_is_named(
    wrong: int, home: Home, tmp_path: Path
) -> None:
    files = list(home.files)
    files[wrong] = tmp_path / "other.pem"
    with use_files(*files):
        assert f"{files[wrong]}（No such file or directory）" in refuse("tls://127.0.0.1:1")
        files[wrong].write_text("-----BEGIN", encoding="utf-8")
        files[wrong].chmod(0o600)
        assert f"{files[wrong]} は" in refuse("tls://127.0.0.1:1")


def test_a_key_that_stands_where_its_path_belongs_is_not_shown(home: Home) -> None:
    key = home.files[2].read_text(encoding="utf-8")
    with use_files(home.files[0], home.files[1], Path(key)):
        told = refuse("tls://127.0.0.1:1")
    assert not set(key.splitlines()[1:-1]) & set(re.split(r"[\s（]", told))


def test_a_key_of_another_certificate_is_named(home: Home, stranger: Home) -> None:
    with use_files(*home.files[:2], stranger.files[2]):
        told = refuse("tls://127.0.0.1:1")
    assert f"{stranger.files[2]} は、証明書 {home.files[1]} の秘密鍵ではありません" in told
    assert "KEY_VALUES_MISMATCH" in told


def test_a_certificate_of_another_authority_is_named(home: Home, stranger: Home) -> None:
    with use_files(stranger.files[0], *home.files[1:]):
        told = refuse("tls://127.0.0.1:1")
    named = f"証明書 {home.files[1]} は、認証局 {stranger.files[0]} で確かめられません"
    assert f"{named}（別の認証局のものです）" in told


@pytest.mark.parametrize(
    ("days", "why"),
    [((-9, -1), "有効期限が切れています"), ((1, 9), "有効期間がまだ始まっていません")],
)
def test_a_certificate_out_of_its_time_is_named(
    days: tuple[int, int], why: str, tmp_path: Path
) -> None:
    office = make_office(days=days)
    certificate, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    certificate.write_bytes(office.certificate.public_bytes(Encoding.PEM))
    key.write_bytes(office.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    key.chmod(0o600)
    with use_files(office.write_authority(tmp_path / "ca.pem"), certificate, key):
        told = refuse("tls://127.0.0.1:1")
    assert f"証明書 {certificate} は" in told
    assert f"（{why}）" in told


@pytest.mark.parametrize("mode", [0o604, 0o640, 0o660])
def test_a_key_that_others_may_read_is_refused(mode: int, home: Home, tmp_path: Path) -> None:
    key = tmp_path / "key.pem"
    key.write_bytes(home.files[2].read_bytes())
    key.chmod(mode)
    with use_files(*home.files[:2], key):
        assert f"秘密鍵 {key} を、ほかの利用者も読めます" in refuse("tls://127.0.0.1:1")


@pytest.mark.parametrize("name", ["ca.pem", "cert.pem", "tls.yaml"])
def test_what_anybody_may_write_is_believed_by_nobody(
    name: str, home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = copy_delivery(home.folder, tmp_path / "dask")
    monkeypatch.setattr("dask.config.paths", [str(folder)])
    (folder / name).chmod(0o602)
    with use_files(*(folder / path.name for path in home.files)):
        told = refuse("tls://127.0.0.1:1")
    assert "ほかの利用者が書き換えられます" in told
    assert told.endswith(f"・{folder / name}")


def test_a_key_with_a_password_is_refused_and_none_is_asked_for(home: Home, tmp_path: Path) -> None:
    locked = f"umask 077; openssl pkey -in {home.files[2]} -aes256 -passout pass:x -out key.pem"
    assert home.run(locked, tmp_path).returncode == 0
    with use_files(*home.files[:2], tmp_path / "key.pem"):
        told = refuse("tls://127.0.0.1:1")
    assert f"秘密鍵 {tmp_path / 'key.pem'} にパスワードが付いています" in told


@pytest.mark.parametrize(
    "wrong", [{"distributed.comm.tls": "x"}, {"distributed.comm.tls.min-version": 1.0}]
)
def test_a_setting_of_dask_s_that_is_none_is_told(wrong: dict[str, object]) -> None:
    with dask.config.set(wrong):
        assert "Dask の設定 distributed.comm に誤り" in refuse("tls://127.0.0.1:1")


def test_a_cipher_that_is_none_is_told(home: Home) -> None:
    with use_files(*home.files), dask.config.set({"distributed.comm.tls.ciphers": "?"}):
        assert "Dask の設定 distributed.comm.tls に誤り" in refuse("tls://127.0.0.1:1")


def test_a_file_of_settings_that_cannot_be_read_is_named(home: Home, tmp_path: Path) -> None:
    (tmp_path / "tls.yaml").write_text("distributed: {", encoding="utf-8")
    done = home.run(
        f"DASK_CONFIG={tmp_path} python -c '"
        "from analysis.build.cluster import open_cluster\n"
        'with open_cluster("tls://127.0.0.1:1"): pass\'',
        tmp_path,
    )
    assert "ReportError: Dask の設定を読めません。" in done.stderr
    assert f"{tmp_path / 'tls.yaml'}" in done.stderr
