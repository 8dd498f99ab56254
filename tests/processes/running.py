"""Faro as `make run` starts it: the real processes on free ports, with a copy of the content in a folder of their own."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import httpx

from bot.settings import ROOT

T = TypeVar("T")

#: Seconds for a start with a trained model, and for one answer.
START = 180
ANSWER = 15


def free_ports(number: int) -> list[int]:
    probes = [socket.socket() for _ in range(number)]
    for probe in probes:
        probe.bind(("127.0.0.1", 0))
    ports = [int(probe.getsockname()[1]) for probe in probes]
    for probe in probes:
        probe.close()
    return ports


def eventually(ask: Callable[[], T | None], *, seconds: float, what: str) -> T:
    """Ask until there is an answer; fail with `what` when there is none in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        answer = ask()
        if answer:
            return answer
        time.sleep(0.05)
    raise AssertionError(f"not within {seconds} s: {what}")


class Faro:
    """A running `bot up`.

    Args:
        folder: for its data and its copy of the content.
        arguments: of `bot up`.
        environ: further settings.
    """

    def __init__(self, folder: Path, *arguments: str, **environ: str) -> None:
        self.web_port, self.rasa_port, self.actions_port = free_ports(3)
        self.folder, self.environ = folder, environ
        self.content = folder / "content"
        if not self.content.exists():
            shutil.copytree(ROOT / "content", self.content)
        self.url = f"http://127.0.0.1:{self.web_port}"
        self._lines: list[str] = []
        kept = {
            name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "DJANGO_SETTINGS_MODULE")
        }
        self._process = subprocess.Popen(
            [sys.executable, "-m", "bot", "up", *arguments],
            cwd=ROOT,
            env={
                **kept,
                "DATA_DIR": str(folder / "var"),
                "CONTENT_DIR": str(self.content),
                "PORT": str(self.web_port),
                "RASA_URL": f"http://127.0.0.1:{self.rasa_port}",
                "ACTIONS_URL": f"http://127.0.0.1:{self.actions_port}",
                **environ,
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._lines.append(line)

    @property
    def output(self) -> str:
        """Everything that was printed so far: our own log included."""
        return "".join(self._lines)

    @property
    def pid(self) -> int:
        return self._process.pid

    def wait_ready(self) -> None:
        eventually(lambda: "Faro is ready" in self.output or None, seconds=START, what=f"ready\n{self.output[-3000:]}")

    def children(self) -> dict[str, int]:
        """Process ids by name."""
        found = {}
        listing = subprocess.run(["ps", "-eo", "pid,ppid,args"], capture_output=True, text=True, check=True).stdout
        for pid, parent, arguments in re.findall(r"^\s*(\d+)\s+(\d+)\s+(.*)$", listing, flags=re.M):
            match = re.search(r"-m bot serve (\w+)", arguments)
            if int(parent) == self.pid and match:
                found[match[1]] = int(pid)
        return found

    def kill(self, name: str) -> int:
        """As a crash or the kernel would: without a word. Returns the process that was killed."""
        killed = self.children()[name]
        os.kill(killed, signal.SIGKILL)
        return killed

    def wait_restarted(self, name: str, killed: int, *, seconds: float = 15) -> None:
        """Until another process has taken the place of the one that was killed."""
        eventually(
            lambda: self.children().get(name, killed) != killed or None,
            seconds=seconds,
            what=f"{name} is started again",
        )

    def signal(self, number: int) -> None:
        self._process.send_signal(number)

    def wait(self, seconds: float = 40) -> int:
        code = self._process.wait(seconds)
        self._reader.join(5)
        return code

    def stop(self) -> None:
        if self._process.poll() is None:
            self.signal(signal.SIGTERM)
            try:
                self.wait()
            except subprocess.TimeoutExpired:
                os.killpg(self.pid, signal.SIGKILL)
                raise
        if self._process.stdout is not None:
            self._process.stdout.close()


@contextmanager
def running(folder: Path, **environ: str) -> Iterator[Faro]:
    faro = Faro(folder, **environ)
    try:
        faro.wait_ready()
        yield faro
    finally:
        faro.stop()


class Person:
    """Somebody at the web page, as a browser talks to it."""

    def __init__(self, url: str, language: str = "es") -> None:
        self.client = httpx.Client(
            base_url=url, timeout=30, trust_env=False, follow_redirects=True, headers={"Accept-Language": language}
        )
        page = self.client.get("/").text
        match = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
        assert match, page[:500]
        self.client.headers["X-CSRFToken"] = match[1]
        self.cursor = 0
        self.heard: list[dict[str, Any]] = []
        self.said: list[dict[str, Any]] = []

    def post(self, text: str = "", *, choice: str = "", number: str = "") -> httpx.Response:
        body = {"id": number or str(uuid.uuid4())} | ({"choice": choice} if choice else {"text": text})
        return self.client.post("/chat/messages", json=body)

    def poll(self, wait: int = 1) -> dict[str, Any]:
        found: dict[str, Any] = self.client.get("/chat/messages", params={"after": self.cursor, "wait": wait}).json()
        for message in found["messages"]:
            self.cursor = max(self.cursor, message["n"])
            (self.heard if message["from"] == "faro" else self.said).append(message)
        return found

    def ask(self, text: str = "", *, choice: str = "", seconds: float = ANSWER) -> dict[str, Any]:
        """Say something and wait for the first thing that Faro says to it."""
        before = len(self.heard)
        response = self.post(text, choice=choice)
        assert response.status_code == 202, (response.status_code, response.text)
        eventually(
            lambda: (self.poll(), len(self.heard) > before and not self.poll(0)["waiting"])[1] or None,
            seconds=seconds,
            what=f"an answer to a message of {len(text)} characters",
        )
        return self.heard[before]

    def close(self) -> None:
        self.client.close()
