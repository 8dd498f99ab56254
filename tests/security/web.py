"""The web process as it stands behind a proxy with TLS: every channel on, a database of its own, and its log."""

from __future__ import annotations

import os
import re
import secrets
import signal
import sqlite3
import subprocess
import sys
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from bot.settings import ROOT
from tests.processes.running import eventually, free_ports

HOST = "faro.test"

#: Of this run alone: what must never be seen in an answer or in the log.
SECRETS = {
    "SECRET_KEY": secrets.token_hex(32),
    "PSEUDONYM_KEY": secrets.token_hex(32),
    "ADDRESS_KEY": secrets.token_hex(32),
    "TELEGRAM_TOKEN": f"123456789:{secrets.token_hex(18)}",
    "TELEGRAM_SECRET": secrets.token_hex(20),
    "WHATSAPP_TOKEN": f"EAAG{secrets.token_hex(20)}",
    "WHATSAPP_APP_SECRET": secrets.token_hex(16),
    "WHATSAPP_VERIFY_TOKEN": secrets.token_hex(20),
    "METRICS_TOKEN": secrets.token_hex(20),
}
#: What lets somebody read the figures who comes through the proxy.
METRICS = {"Authorization": f"Bearer {SECRETS['METRICS_TOKEN']}"}
NUMBER = "106540352242922"

#: Seconds from the start of the process to its first answer.
START = 60


class Web:
    """A running `bot serve web`, asked as the proxy asks it."""

    def __init__(self, folder: Path) -> None:
        self.port, dead = free_ports(2)
        self.url = f"http://127.0.0.1:{self.port}"
        self.database = folder / "faro.sqlite3"
        kept = {name: os.environ[name] for name in ("PATH", "PYTHONPATH", "HOME", "LANG") if name in os.environ}
        self._environ = {
            **kept,
            **SECRETS,
            "DATA_DIR": str(folder),
            "PORT": str(self.port),
            "PUBLIC_URL": f"https://{HOST}",
            # Nothing listens there: what a courtesy would do outside is none of these tests' business.
            "TELEGRAM_API_BASE": f"http://127.0.0.1:{dead}",
            "WHATSAPP_API_BASE": f"http://127.0.0.1:{dead}",
            "RASA_URL": f"http://127.0.0.1:{dead}",
            "TELEGRAM_MODE": "webhook",
            "WHATSAPP_PHONE_NUMBER_ID": NUMBER,
        }
        self.run("migrate")
        self._lines: list[str] = []
        self._process = subprocess.Popen(
            [sys.executable, "-m", "bot", "serve", "web"],
            cwd=ROOT,
            env=self._environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self.client = httpx.Client(base_url=self.url, timeout=30, trust_env=False)
        eventually(self._answers, seconds=START, what=f"an answer\n{self.output}")

    def run(self, *arguments: str, given: str = "") -> None:
        """A command of the same installation."""
        subprocess.run(
            [sys.executable, "-m", "bot", *arguments],
            cwd=ROOT,
            env=self._environ,
            input=given,
            text=True,
            check=True,
            capture_output=True,
            timeout=START,
        )

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._lines.append(line)

    def _answers(self) -> bool:
        try:
            return self.client.get("/healthz").status_code == httpx.codes.OK
        except httpx.TransportError:
            return False

    @property
    def output(self) -> str:
        """Everything that the process wrote so far."""
        return "".join(self._lines)

    def ask(
        self,
        method: str,
        path: str,
        *,
        headers: dict[str, str] | None = None,
        cookies: dict[str, str] | None = None,
        **more: Any,
    ) -> httpx.Response:
        """One request as it comes through the proxy. Cookies are those of `cookies` alone."""
        sent = {"Host": HOST, "X-Forwarded-Proto": "https", **(headers or {})}
        if cookies:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in cookies.items())
        self.client.cookies.clear()
        return self.client.request(method, path, headers=sent, **more)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """What stands in its database."""
        database = sqlite3.connect(self.database)
        try:
            return database.execute(query).fetchall()
        finally:
            database.close()

    def stop(self) -> int:
        """End it as a supervisor does; returns its exit code."""
        self.client.close()
        self._process.send_signal(signal.SIGTERM)
        try:
            code = self._process.wait(30)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            raise
        self._reader.join(5)
        assert self._process.stdout is not None
        self._process.stdout.close()
        return code


@contextmanager
def running(folder: Path) -> Iterator[Web]:
    web = Web(folder)
    try:
        yield web
    finally:
        web.stop()


class Browser:
    """A browser at the page: its session and the token of its forms."""

    def __init__(self, web: Web, language: str = "es") -> None:
        self._web, self._language = web, language
        page = web.ask("GET", "/", headers={"Accept-Language": language})
        self.cookies = dict(page.cookies)
        found = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.text)
        assert found
        self.token = found[1]

    @property
    def headers(self) -> dict[str, str]:
        """What lets a change through, and the figures be read."""
        own = {"X-CSRFToken": self.token, "Origin": f"https://{HOST}", "Accept-Language": self._language}
        return own | METRICS

    def ask(self, method: str, path: str, *, headers: dict[str, str] | None = None, **more: Any) -> httpx.Response:
        return self._web.ask(method, path, headers={**self.headers, **(headers or {})}, cookies=self.cookies, **more)

    def say(self, text: str) -> httpx.Response:
        return self.ask("POST", "/chat/messages", json={"id": str(uuid.uuid4()), "text": text})
