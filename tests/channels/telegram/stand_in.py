"""A strict stand-in for Telegram: the Bot API over real HTTP on this machine, as github.com/tdlib/telegram-bot-api behaves.

What no peer has is here: the offset of getUpdates, 409 for a second poller or beside a webhook, 429 with retry_after,
people who block the bot, and faults by script. Deliveries to a webhook are in deliveries.py.
"""

from __future__ import annotations

import itertools
import json
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl

from tests.channels.telegram import bot_api_spec

TOKEN = "123456789:AAE-abcdefghijklmnopqrstuvwxyz01234"
BOT = {"id": 123456789, "is_bot": True, "first_name": "Faro", "username": "FaroPruebaBot"}

WEBHOOK_ACTIVE = (
    "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
)
SECOND_POLLER = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"

#: Seconds that a person of a test waits at most.
PATIENCE = 15.0


@dataclass(frozen=True, slots=True)
class Called:
    """One call of the bot, with its objects read."""

    method: str
    parameters: Mapping[str, Any]

    @property
    def chat(self) -> int:
        return int(self.parameters["chat_id"])

    @property
    def text(self) -> str:
        return str(self.parameters["text"])

    @property
    def buttons(self) -> list[tuple[str, str]]:
        """Title and data of what stands under a message."""
        rows = self.parameters.get("reply_markup", {}).get("inline_keyboard", [])
        return [(one["text"], one["callback_data"]) for row in rows for one in row]


@dataclass(slots=True)
class Fault:
    """What happens to a call instead of its result."""

    status: int = 200
    description: str = ""
    parameters: dict[str, Any] = field(default_factory=dict)
    body: bytes | None = None
    hang: float = 0.0
    cut: bool = False  # the connection ends after the call was carried out
    gone: bool = False  # the connection ends before it was
    times: int = 1
    only: Callable[[Called], bool] = lambda called: True


class StandIn:
    """Telegram, for one bot."""

    def __init__(self, *, validated: bool = True) -> None:
        self.calls: list[Called] = []
        self.wrong: list[str] = []
        self.updates: list[dict[str, Any]] = []
        self.blocked: set[int] = set()
        self.token = TOKEN
        self.webhook: dict[str, Any] = {}
        self.profile: dict[str, Any] = {}
        self.polls: list[int] = []
        self._faults: dict[str, list[Fault]] = {}
        self._changed = threading.Condition()
        self._polling = 0
        self._closing = threading.Event()
        self._numbers = itertools.count(1)
        self._ids = itertools.count(500_000_001)
        self.spec = bot_api_spec.BotApiSpec() if validated and bot_api_spec.PATH.exists() else None
        stand_in = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                length = int(self.headers.get("Content-Length", "0"))
                body = self.rfile.read(length)
                if len(body) < length:  # whoever called was killed before it had said everything
                    self.close_connection = True
                    return
                fault = stand_in._answer(self, self.path, body.decode())
                if fault is not None:
                    self.close_connection = True

            do_GET = do_POST  # noqa: N815 - the name that the library looks for

            def log_message(self, *_: object) -> None:
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 128

            def handle_error(self, *_: object) -> None:
                pass  # the caller hung up: a test stopped, or cut a long poll

        self._server = Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End. Long polls that are open are answered."""
        self._closing.set()
        with self._changed:
            self._changed.notify_all()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    # What tests do

    def fail(self, method: str, fault: Fault) -> None:
        """The next calls of a method end so."""
        self._faults.setdefault(method.lower(), []).append(fault)

    def mend(self) -> None:
        """No call ends so any more."""
        with self._changed:
            self._faults.clear()
            self._changed.notify_all()

    def bring(self, update: Mapping[str, Any]) -> dict[str, Any]:
        """Something happened: it waits for whoever fetches it."""
        with self._changed:
            whole = {"update_id": next(self._ids), **update}
            self.updates.append(whole)
            self._changed.notify_all()
        return whole

    def number(self) -> int:
        """The number of the next message in any chat."""
        return next(self._numbers)

    def to(self, chat: int, method: str = "sendMessage") -> list[Called]:
        """What was done in a chat."""
        return [one for one in self.calls if one.method == method and one.parameters.get("chat_id") == chat]

    def of(self, method: str) -> list[Called]:
        return [one for one in self.calls if one.method == method]

    def wait(self, there: Callable[[], Any], what: str, seconds: float = PATIENCE) -> Any:
        """Until something was called that `there` finds."""
        end = time.monotonic() + seconds
        with self._changed:
            while not (found := there()):
                if not self._changed.wait(min(0.2, max(0.0, end - time.monotonic()))) and time.monotonic() >= end:
                    raise AssertionError(f"not within {seconds} s: {what}")
        return found

    # What the bot does

    def _answer(self, handler: BaseHTTPRequestHandler, path: str, body: str) -> Fault | None:
        token, _, method = path.removeprefix("/bot").partition("/")
        if token != self.token or not method:
            self._send(handler, 401, {"ok": False, "error_code": 401, "description": "Unauthorized"})
            return None
        form = dict(parse_qsl(body, keep_blank_values=True))
        if self.spec is not None:
            self.wrong += self.spec.call(method, form)
        called = Called(method, {name: _read(value) for name, value in form.items()})
        fault = self._fault(called)
        if fault is not None and fault.hang:
            self._closing.wait(fault.hang)
        if fault is not None and (fault.status != 200 or fault.body is not None):
            with self._changed:
                self._changed.notify_all()
            self._send(handler, fault.status, fault.body or _refusal(fault.status, fault.description, fault.parameters))
            return None
        if fault is not None and fault.gone:
            return fault
        status, result = self._do(called)
        if fault is not None and fault.cut:
            return fault
        self._send(handler, status, result)
        return None

    def _fault(self, called: Called) -> Fault | None:
        with self._changed:
            for fault in self._faults.get(called.method.lower(), []):
                if fault.times > 0 and fault.only(called):
                    fault.times -= 1
                    return fault
        return None

    def _do(self, called: Called) -> tuple[int, dict[str, Any]]:
        if called.method == "getUpdates":
            return self._get_updates(called.parameters)
        with self._changed:
            status, result = self._done(called)
            if status == 200:
                self.calls.append(called)
            self._changed.notify_all()
        return status, result

    def _done(self, called: Called) -> tuple[int, dict[str, Any]]:
        parameters = called.parameters
        match called.method:
            case "getMe":
                return _good(BOT)
            case "sendMessage" | "sendChatAction":
                if parameters["chat_id"] in self.blocked:
                    return 403, _refusal(403, "Forbidden: bot was blocked by the user")
                if called.method == "sendChatAction":
                    return _good(True)
                if parameters.get("parse_mode") == "HTML" and "<" in parameters["text"]:
                    return 400, _refusal(
                        400, "Bad Request: can't parse entities: Unsupported start tag at byte offset 0"
                    )
                return _good(self.message(parameters["chat_id"]) | {"text": parameters["text"]})
            case "setWebhook":
                if not str(parameters["url"]).startswith("https://"):
                    return 400, _refusal(400, "Bad Request: bad webhook: An HTTPS URL must be provided for webhook")
                self.webhook = dict(parameters)
                return _good(True)
            case "deleteWebhook":
                self.webhook = {}
                return _good(True)
            case "getWebhookInfo":
                info = {"url": self.webhook.get("url", ""), "has_custom_certificate": False}
                return _good(info | {"pending_update_count": len(self.updates)})
            case "setMyCommands" | "setMyDescription" | "setMyShortDescription":
                self.profile[f"{called.method}:{parameters.get('language_code', '')}"] = dict(parameters)
        return _good(True)

    def message(self, chat: int) -> dict[str, Any]:
        """A message of the bot."""
        return {
            "message_id": self.number(),
            "date": int(time.time()),
            "from": BOT,
            "chat": {"id": chat, "type": "private" if chat > 0 else "supergroup", "first_name": "Ana"},
        }

    def _get_updates(self, parameters: Mapping[str, Any]) -> tuple[int, dict[str, Any]]:
        with self._changed:
            if self.webhook:
                return 409, _refusal(409, WEBHOOK_ACTIVE)
            self._polling += 1
            mine = self._polling
            self._changed.notify_all()
            offset = int(parameters.get("offset", 0))
            self.polls.append(offset)
            self.updates = [one for one in self.updates if one["update_id"] >= offset]
            end = time.monotonic() + min(float(parameters.get("timeout", 0)), 50.0)
            while not self.updates and not self._closing.is_set() and time.monotonic() < end:
                self._changed.wait(end - time.monotonic())
                if mine != self._polling:
                    return 409, _refusal(409, SECOND_POLLER)
            return _good(self.updates[:100])

    def _send(self, handler: BaseHTTPRequestHandler, status: int, result: Mapping[str, Any] | bytes) -> None:
        body = result if isinstance(result, bytes) else json.dumps(result).encode()
        handler.send_response(status)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)


def _good(result: Any) -> tuple[int, dict[str, Any]]:
    return 200, {"ok": True, "result": result}


def _refusal(status: int, description: str, parameters: Mapping[str, Any] | None = None) -> dict[str, Any]:
    refusal = {"ok": False, "error_code": status, "description": description}
    return refusal | ({"parameters": dict(parameters)} if parameters else {})


def _read(value: str) -> Any:
    """A parameter of a form: an object or a number in JSON, or the text itself."""
    try:
        read = json.loads(value)
    except ValueError:
        return value
    return read if isinstance(read, dict | list | int) else value
