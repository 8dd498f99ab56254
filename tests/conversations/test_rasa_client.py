"""The worker's side of the private channel, against real HTTP that misbehaves."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.conversations.rasa_client import PATH, RasaClient, RasaState, from_wire, is_well, to_wire
from bot.errors import RasaMisbehaved, RasaUnavailable
from bot.words import Button, Effect, EffectKind, Kind, Outgoing, TurnRequest

REQUEST = TurnRequest(contact="c", message="1", kind=Kind.TEXT, text="hola", state=({"event": "user"},))

REPLY = {
    "topic": "greet",
    "language": "es",
    "confidence": 0.9,
    "safety": False,
    "ranking": [["greet", 0.9]],
    "answers": [{"text": "Hola", "buttons": [{"title": "Menú", "id": "topic:show_menu"}]}],
    "effects": [{"kind": "language", "value": "es"}],
    "state": [{"event": "user"}],
}

Serve = Callable[[int, bytes], tuple[RasaClient, list[tuple[str, dict[str, str], bytes]]]]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """A server that answers every request with one status and body."""
    servers: list[ThreadingHTTPServer] = []

    def start(status: int, body: bytes) -> tuple[RasaClient, list[tuple[str, dict[str, str], bytes]]]:
        seen: list[tuple[str, dict[str, str], bytes]] = []

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                sent = self.rfile.read(int(self.headers["Content-Length"]))
                seen.append((self.path, dict(self.headers), sent))
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def do_GET(self) -> None:
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return RasaClient(f"http://127.0.0.1:{server.server_port}", "s" * 40), seen

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def test_a_turn_is_one_request_with_the_secret(serve: Serve) -> None:
    client, seen = serve(200, json.dumps(REPLY).encode())
    reply = client.take(REQUEST)
    client.close()
    assert reply.answers == (Outgoing("Hola", (Button("Menú", "topic:show_menu"),)),)
    assert reply.effects == (Effect(EffectKind.LANGUAGE, "es"),)
    ((path, headers, body),) = seen
    assert path == PATH
    assert headers["Authorization"] == "Bearer " + "s" * 40
    assert json.loads(body) == to_wire(REQUEST)


@pytest.mark.parametrize("status", [301, 400, 401, 404, 500, 503])
def test_any_other_status_is_no_answer(serve: Serve, status: int) -> None:
    client, _ = serve(status, b"{}")
    with pytest.raises(RasaUnavailable, match=str(status)):
        client.take(REQUEST)
    client.close()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not json",
        b"[]",
        b"null",
        b"{}",
        json.dumps({**REPLY, "answers": []}).encode(),
        json.dumps({**REPLY, "answers": [{"text": "  ", "buttons": []}]}).encode(),
        json.dumps({**REPLY, "effects": [{"kind": "launch", "value": ""}]}).encode(),
        json.dumps({**REPLY, "confidence": None}).encode(),
        b"\xff\xfe",
    ],
)
def test_something_that_is_no_answer_is_refused(serve: Serve, body: bytes) -> None:
    client, _ = serve(200, body)
    with pytest.raises(RasaMisbehaved):
        client.take(REQUEST)
    client.close()


def test_nobody_there_is_no_answer() -> None:
    client = RasaClient("http://127.0.0.1:9", "s" * 40)
    with pytest.raises(RasaUnavailable, match="ConnectError"):
        client.take(REQUEST)
    assert not client.ready()
    client.close()


@pytest.mark.parametrize(
    ("status", "body", "state"),
    [
        (200, b'{"ready": true, "model": "faro-0123"}', RasaState(ready=True, model="faro-0123")),
        (200, b'{"ready": true}', RasaState(ready=True)),
        (503, b'{"ready": false}', RasaState(ready=False)),
        (200, b"not json", RasaState(ready=False)),
        (200, b"[]", RasaState(ready=True)),
    ],
)
def test_rasa_says_whether_it_is_ready_and_with_which_model(
    serve: Serve, status: int, body: bytes, state: RasaState
) -> None:
    client, _ = serve(status, body)
    assert client.look() == state and client.ready() is state.ready
    client.close()


def test_a_process_that_is_well_says_so(serve: Serve) -> None:
    client, _ = serve(200, b"")
    assert is_well(client._url)
    assert not is_well("http://127.0.0.1:9/health")
    client.close()


def test_what_goes_wrong_never_carries_the_message(serve: Serve) -> None:
    client, _ = serve(200, b"hola hola")
    with pytest.raises(RasaMisbehaved) as caught:
        client.take(REQUEST)
    client.close()
    assert "hola" not in repr(caught.value)
    assert caught.value.__cause__ is None


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(), lambda x: st.lists(x) | st.dictionaries(st.text(), x)
    )
)
def test_any_json_is_a_reply_or_a_clear_error(data: Any) -> None:
    with pytest.raises((KeyError, TypeError, ValueError)):
        from_wire(data)


def test_a_rasa_that_does_not_say_its_version_yet_is_understood() -> None:
    assert (from_wire(REPLY).also, from_wire(REPLY).content_version) == ((), "")
    said = from_wire(REPLY | {"also": ["shelter"], "content_version": "abc"})
    assert (said.also, said.content_version) == (("shelter",), "abc")
