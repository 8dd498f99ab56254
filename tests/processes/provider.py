"""Meta's side of WhatsApp as a crash meets it: webhooks that come again until they are taken, and reports of what was sent.

It is not strict about what it is sent (tests/channels/whatsapp is); it never forgets.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
import time
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx

NUMBER, SECRET, VERIFY, TOKEN = "106540352242922", "5" * 32, "6" * 32, "7" * 32

#: Seconds between two tries of a webhook; Meta's grow to minutes.
AGAIN = 0.2


class Provider:
    """A Graph API on loopback, and the webhooks that belong to it."""

    def __init__(self) -> None:
        self.taken: Counter[str] = Counter()
        self.order: dict[str, list[str]] = {}
        self.texts: dict[str, str] = {}
        self.hook = ""
        self._client = httpx.Client(timeout=10, trust_env=False)
        self._reports: list[threading.Thread] = []
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                answer = provider.take(body)
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_: Any) -> None:
                """No line a request."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
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

    def wait(self) -> None:
        """Until every report was taken."""
        for thread in list(self._reports):
            thread.join(60)

    def close(self) -> None:
        """Stop listening."""
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
        end = time.monotonic() + 60
        while time.monotonic() < end:
            try:
                answer = self._client.post(self.hook, content=body, headers={"X-Hub-Signature-256": signature})
            except httpx.HTTPError:
                answer = None
            if answer is not None and answer.status_code == httpx.codes.OK:
                return
            time.sleep(AGAIN)
        raise AssertionError("a webhook was never taken")


def _now() -> str:
    return str(int(time.time()))
