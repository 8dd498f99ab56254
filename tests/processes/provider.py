"""Meta's side of WhatsApp as a crash meets it: webhooks that come again until they are taken, and reports of what was sent.

It is not strict about what it is sent (tests/channels/whatsapp is); it never forgets. `weather` says how its API is.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import socket
import struct
import threading
import time
from collections import Counter
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx

NUMBER, SECRET, VERIFY, TOKEN = "106540352242922", "5" * 32, "6" * 32, "7" * 32

#: Seconds between two tries of a webhook, and until it is given up; Meta's pauses grow to minutes, its patience is a week.
AGAIN = 0.2
GIVEN_UP = 240.0

#: Seconds that a slow API takes: longer than Faro waits for it.
SLOW = 30.0


class Weather(StrEnum):
    """How the API answers. What it takes, it takes once; of the bad kinds only SLOW, TRUNCATED and CUT take anything."""

    FAIR = "fair"
    DOWN = "down"  # nobody listens: the connection is reset before a word
    ERRORS = "500"
    NONSENSE = "nonsense"  # 200 with a page of somebody else's
    SLOW = "slow"
    TRUNCATED = "truncated"  # half an answer
    CUT = "cut"  # taken, and the connection is reset instead of an answer
    TOO_MANY = "too many requests"


class Provider:
    """A Graph API on loopback, and the webhooks that belong to it."""

    def __init__(self) -> None:
        self.taken: Counter[str] = Counter()
        self.order: dict[str, list[str]] = {}
        self.texts: dict[str, str] = {}
        #: Moments (time.monotonic) at which a webhook was taken, for each person; and at which a message came first.
        self.acknowledged: dict[str, list[float]] = {}
        self.came: dict[str, float] = {}
        self.hook = ""
        self.weather = Weather.FAIR
        self.closing = threading.Event()
        self._client = httpx.Client(timeout=10, trust_env=False)
        self._reports: list[threading.Thread] = []
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                weather = provider.weather
                if weather is Weather.DOWN:
                    return self.reset()
                if weather is Weather.ERRORS:
                    return self.answer(500, b'{"error": {"code": 2, "message": "Service temporarily unavailable"}}')
                if weather is Weather.TOO_MANY:
                    return self.answer(429, b'{"error": {"code": 130429, "message": "Rate limit hit"}}')
                if weather is Weather.NONSENSE:
                    return self.answer(200, b"<html>log in to this network</html>")
                if weather is Weather.SLOW:
                    provider.closing.wait(SLOW)
                answer = provider.take(body)
                if weather is Weather.CUT:
                    return self.reset()
                return self.answer(200, answer, half=weather is Weather.TRUNCATED)

            def do_GET(self) -> None:
                """Somebody asks whether we are there."""
                weather = provider.weather
                if weather in (Weather.DOWN, Weather.CUT):
                    return self.reset()
                if weather is Weather.SLOW:
                    provider.closing.wait(SLOW)
                status = {Weather.ERRORS: 500, Weather.TOO_MANY: 429}.get(weather, 200)
                body = {Weather.NONSENSE: b"<html>log in to this network</html>"}.get(weather, b'{"id": "1"}')
                return self.answer(status, body, half=weather is Weather.TRUNCATED)

            def answer(self, status: int, body: bytes, *, half: bool = False) -> None:
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body[: len(body) // 2] if half else body)

            def reset(self) -> None:
                # Zero seconds to linger: the other side gets a reset and no end (socket(7), SO_LINGER).
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                self.connection.close()

            def log_message(self, *_: Any) -> None:
                """No line a request."""

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 128

            def handle_error(self, *_: Any) -> None:
                """The connection is gone: it was reset, or the caller hung up."""

        self._server = Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def environ(self) -> dict[str, str]:
        """The settings of a Faro whose WhatsApp this is."""
        return {
            "WHATSAPP_TOKEN": TOKEN,
            "WHATSAPP_PHONE_NUMBER_ID": NUMBER,
            "WHATSAPP_APP_SECRET": SECRET,
            "WHATSAPP_VERIFY_TOKEN": VERIFY,
            "WHATSAPP_API_BASE": self.url,
        }

    def take(self, body: dict[str, Any]) -> bytes:
        """Take a message, and report that it was sent."""
        if body.get("status") == "read":
            return b'{"success": true}'
        name, to = str(body["biz_opaque_callback_data"]), str(body["to"])
        self.taken[name] += 1
        self.came.setdefault(name, time.monotonic())
        self.order.setdefault(to, []).append(name)
        said = body.get("text") or (body.get("interactive") or {}).get("body") or {}
        self.texts[name] = str(said.get("body") or said.get("text"))
        status = {"id": f"wamid.{name}", "status": "sent", "timestamp": _now(), "recipient_id": to}
        self._later({"statuses": [{**status, "biz_opaque_callback_data": name}]})
        return json.dumps({"messages": [{"id": f"wamid.{name}"}]}).encode()

    def say(self, person: str, number: str, text: str) -> None:
        """Bring a person's message until it is taken."""
        message = {"from": person, "id": f"wamid.{number}", "timestamp": _now(), "type": "text", "text": {"body": text}}
        self._bring({"contacts": [{"wa_id": person}], "messages": [message]})
        self.acknowledged.setdefault(person, []).append(time.monotonic())

    def wait(self) -> None:
        """Until every report was taken."""
        for thread in list(self._reports):
            thread.join(GIVEN_UP)

    def close(self) -> None:
        """Stop listening."""
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._client.close()

    def _later(self, value: dict[str, Any]) -> None:
        thread = threading.Thread(target=self._bring, args=(value,), daemon=True)
        self._reports.append(thread)
        thread.start()

    def _bring(self, value: dict[str, Any]) -> None:
        value = {"messaging_product": "whatsapp", "metadata": {"phone_number_id": NUMBER}, **value}
        entry = {"id": "1", "changes": [{"field": "messages", "value": value}]}
        body = json.dumps({"object": "whatsapp_business_account", "entry": [entry]}).encode()
        signature = "sha256=" + hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
        end = time.monotonic() + GIVEN_UP
        while time.monotonic() < end and not self.closing.is_set():
            try:
                answer = self._client.post(self.hook, content=body, headers={"X-Hub-Signature-256": signature})
            except (httpx.HTTPError, RuntimeError):  # the second: a client that was closed
                answer = None
            if answer is not None and answer.status_code == httpx.codes.OK:
                return
            time.sleep(AGAIN)
        if not self.closing.is_set():
            raise AssertionError("a webhook was never taken")


def _now() -> str:
    return str(int(time.time()))
