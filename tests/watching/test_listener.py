"""The small server of a process that has no address of its own."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import httpx
import pytest

from bot.watching import figures
from bot.watching.gate import Gate
from bot.watching.listener import Listener, listen
from tests.logs import written


@pytest.fixture
def listener() -> Iterator[Listener]:
    one = Listener("127.0.0.1", 0, Gate())
    yield one
    one.stop()


def _get(listener: Listener, path: str = "/metrics", **headers: str) -> httpx.Response:
    return httpx.get(f"http://127.0.0.1:{listener.port}{path}", headers=headers, trust_env=False, timeout=10)


def test_it_says_what_was_counted(listener: Listener) -> None:
    figures.TASK_ERRORS.labels("a_test_of_the_listener").inc(3)
    answer = _get(listener)
    assert 'faro_task_errors_total{task="a_test_of_the_listener"} 3.0' in answer.text
    assert answer.headers["content-type"].startswith("text/plain; version=")
    assert "server" not in answer.headers or answer.headers["server"].strip() == ""


def test_it_speaks_openmetrics_to_whoever_asks_for_it(listener: Listener) -> None:
    answer = _get(listener, Accept="application/openmetrics-text; version=1.0.0")
    assert answer.headers["content-type"].startswith("application/openmetrics-text")
    assert answer.text.endswith("# EOF\n")


def test_there_is_nothing_else(listener: Listener) -> None:
    assert _get(listener, "/").status_code == 404
    assert _get(listener, "/metrics/../etc").status_code == 404
    assert _get(listener, Forwarded="for=1.2.3.4").status_code == 404


def test_nonsense_on_the_port_hurts_nobody(listener: Listener, capfd: pytest.CaptureFixture[str]) -> None:
    for nonsense in (b"\x00\xff\r\n\r\n", b"GET\r\n\r\n", b""):
        with socket.create_connection(("127.0.0.1", listener.port), timeout=10) as connection:
            connection.sendall(nonsense)
    assert _get(listener).status_code == 200
    assert "Traceback" not in capfd.readouterr().err


def test_a_port_that_is_taken_is_said_and_stops_nothing(listener: Listener) -> None:
    with written() as lines:
        listen("127.0.0.1", listener.port, Gate())
    assert f"metrics cannot be read  error=OSError port={listener.port}" in lines.getvalue()
