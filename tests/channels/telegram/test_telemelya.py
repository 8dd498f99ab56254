"""The channel against telemelya, a Telegram that none of us wrote (PyPI, MIT), in an environment of its own.

It knows neither the secret header nor commands, positions and getUpdates: the header is put on before our door, and only
messages, buttons and typing are tried.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.answers.library import Library
from bot.channels.telegram.webhook import SECRET as HEADER
from bot.conversations.models import Message
from bot.settings import ROOT, TelegramSettings
from bot.web.bodies import App
from tests.channels.telegram.faro import SECRET, Faro, working
from tests.channels.telegram.stand_in import TOKEN
from tests.processes.running import eventually, free_ports

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.processes]

#: What is installed; its licences: MIT, BSD-3, Apache-2.0. The second and third stand for Redis and S3.
PACKAGES = ("telemelya==0.2.2", "fakeredis>=2.26", "moto[server]")

FOLDER = ROOT / ".tools" / "telemelya-0.2.2"

#: Seconds for the installation and for the start.
INSTALL, START = 240, 60

_SERVER = """
import sys, threading
from fakeredis import TcpFakeServer
from moto.server import ThreadedMotoServer
import uvicorn

redis, s3, port = map(int, sys.argv[1:])
threading.Thread(target=TcpFakeServer(("127.0.0.1", redis)).serve_forever, daemon=True).start()
ThreadedMotoServer("127.0.0.1", port=s3, verbose=False).start()
from telemelya.server.app import app
uvicorn.run(app, host="127.0.0.1", port=port, log_level="warning")
"""

CHAT = 700_100_001


def installed() -> Path:
    """The environment's Python; the test is skipped when it cannot be made."""
    python, ready = FOLDER / "bin" / "python", FOLDER / "ready"
    if not ready.exists():
        made = ([Path("/usr/bin/env"), "python3", "-m", "venv", "--clear", FOLDER],
                [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *PACKAGES])  # fmt: skip
        try:
            for command in made:
                subprocess.run(command, check=True, capture_output=True, timeout=INSTALL)
        except (OSError, subprocess.SubprocessError) as error:
            pytest.skip(f"telemelya cannot be installed here ({type(error).__name__})")
        ready.touch()
    return python


class Telemelya:
    """The running server, and people in it."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.client = httpx.Client(
            base_url=f"{url}/api/v1/test", headers={"Authorization": "Bearer k"}, timeout=20, trust_env=False
        )

    def send(self, **update: Any) -> dict[str, Any]:
        answer = self.client.post("/send_update", params={"bot_token": TOKEN}, json={"chat_id": CHAT, **update})
        assert answer.status_code == 200, answer.text
        delivered: dict[str, Any] = answer.json()
        assert delivered["delivery"]["status_code"] == 200
        assert delivered["delivery"]["response_body"] == ""
        return delivered

    def responses(self, method: str) -> list[dict[str, Any]]:
        found = self.client.get("/responses", params={"session_id": "default"}).json()["responses"]
        return [one for one in found if one["method"] == method]

    def wait(self, method: str, number: int) -> list[dict[str, Any]]:
        return eventually(
            lambda: (len(self.responses(method)) >= number and self.responses(method)) or None,
            seconds=15,
            what=f"{number} x {method}",
        )


@pytest.fixture(scope="module")
def telemelya(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Telemelya]:
    python = installed()
    redis, s3, port = free_ports(3)
    environ = {
        "AUTH_KEYS": "k",
        "REDIS_URL": f"redis://127.0.0.1:{redis}/0",
        "MINIO_ENDPOINT": f"127.0.0.1:{s3}",
        "PATH": "/usr/bin:/bin",
    }
    folder = tmp_path_factory.mktemp("telemelya")
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [python, "-c", _SERVER, str(redis), str(s3), str(port)], cwd=folder, env=environ, stdout=log, stderr=log
        )
        server = Telemelya(f"http://127.0.0.1:{port}")
        try:
            eventually(lambda: _is_up(server, process), seconds=START, what=f"telemelya: {_tail(folder)}")
            yield server
        finally:
            server.client.close()
            process.terminate()
            process.wait(20)


def _is_up(server: Telemelya, process: subprocess.Popen[bytes]) -> bool:
    assert process.poll() is None, "telemelya ended"
    try:
        return bool(server.client.get("/health").is_success)
    except httpx.HTTPError:
        return False


def _tail(folder: Path) -> str:
    return (folder / "log").read_text(encoding="utf-8", errors="replace")[-500:]


def with_the_secret(app: App) -> App:
    """Puts Telegram's header on, which telemelya leaves out."""

    async def application(scope: Any, receive: Any, send: Any) -> None:
        headers = [*scope.get("headers", []), (HEADER.encode(), SECRET.encode())]
        await app({**scope, "headers": headers}, receive, send)

    return application


@pytest.fixture
def faro(telemelya: Telemelya, library: Library) -> Iterator[Faro]:
    settings = TelegramSettings(TOKEN, webhook=True, secret=SECRET, api_base=telemelya.url)
    telemelya.client.post("/reset", params={"session_id": "default"})
    with working(Faro(settings, library), with_the_secret) as running:
        running.telegram.line.call(lambda bot: bot.set_webhook(running.url, secret_token=SECRET))
        yield running


def test_a_conversation_with_somebody_elses_telegram(faro: Faro, telemelya: Telemelya) -> None:
    telemelya.send(text="olá, quanto custa?")
    (first,) = telemelya.wait("sendMessage", 1)
    assert first["text"].startswith("&lt;olá, quanto custa?&gt;")
    telemelya.send(command="/start fr")
    assert telemelya.wait("sendMessage", 2)[1]["text"].startswith("&lt;command:greet&gt;")
    telemelya.send(callback_data="topic:return_cost", callback_message_id=first["message_id"])
    telemelya.wait("answerCallbackQuery", 1)
    telemelya.send(photo_file_id="AgACAgIAAxkBAAI", photo_caption="¿Sirve este papel?")
    assert telemelya.wait("sendMessage", 4)[3]["text"].startswith("&lt;¿Sirve este papel?&gt;")
    assert Message.objects.filter(direction="in").count() == 4
    assert not Message.objects.filter(direction="out").exclude(state="sent").exists()
