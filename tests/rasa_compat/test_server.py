"""Rasa's process when it cannot serve: it ends, says why in our own words, and leaves the text of no exception."""

from __future__ import annotations

import gzip
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.rasa_compat import training
from bot.settings import ROOT
from tests.processes.running import eventually
from tests.rasa_compat.conftest import Run


@pytest.fixture
def port() -> Iterator[int]:
    """A port that is in use."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        yield int(taken.getsockname()[1])


@pytest.fixture
def archive(project: Path) -> Path:
    """In the model's place a whole archive that is no model."""
    model = training.model_path(project)
    model.parent.mkdir()
    model.write_bytes(gzip.compress(b"no model"))
    return model


def test_without_a_loaded_model_the_process_ends_and_says_so(project: Path, archive: Path, python: Run) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        free = probe.getsockname()[1]
    ended = python("-m", "bot", "serve", "rasa", root=project, RASA_URL=f"http://127.0.0.1:{free}")
    assert ended.returncode == 1
    assert "rasa: no model is loaded" in ended.stderr
    assert "Traceback" not in ended.stdout + ended.stderr


def test_a_port_in_use_ends_the_process_and_quotes_no_exception(
    project: Path, archive: Path, python: Run, port: int
) -> None:
    ended = python("-m", "bot", "serve", "rasa", root=project, RASA_URL=f"http://127.0.0.1:{port}")
    assert ended.returncode == 1
    assert "Traceback" not in ended.stdout + ended.stderr
    assert "address already in use" not in ended.stdout + ended.stderr
    assert "OSError" in ended.stderr


@pytest.fixture
def starting(tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Rasa's process in the moment in which its port is open and nothing is warm yet."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        free = int(probe.getsockname()[1])
    environ = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "DATA_DIR": str(tmp_path), "PYTHONPATH": str(ROOT)}
    environ["RASA_URL"] = f"http://127.0.0.1:{free}"
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "bot", "serve", "rasa"], cwd=ROOT, env=environ, stdout=log, stderr=log
        )
        try:
            eventually(lambda: _open(free), seconds=120, what="Rasa's port")
            yield process
        finally:
            process.kill()
            process.wait()


def _open(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.mark.skipif(not training.model_path(ROOT).exists(), reason="there is no trained model: make train")
def test_a_signal_while_it_starts_ends_it(starting: subprocess.Popen[bytes]) -> None:
    starting.send_signal(signal.SIGTERM)
    starting.wait(timeout=20)


_STOPPED_EARLY = """
import os, signal, threading, time
from sanic import Sanic

app = Sanic("early")

@app.get("/")  # without one it refuses to start
async def nothing(request):
    return None

@app.after_server_start
async def begin(app, loop):
    threading.Timer(5, lambda: os._exit(7)).start()
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(0.5)

app.run("127.0.0.1", 8000 + os.getpid() % 50_000)
"""


def test_sanic_that_is_stopped_before_it_runs_runs_on(python: Run) -> None:
    """When this fails, bot/rasa_compat/server.py need not take Sanic's signals away until it runs."""
    assert python("-c", _STOPPED_EARLY).returncode == 7
