"""A stand-in for Meta's Cloud API, as strict as the real one: real HTTP on this machine, limits, faults, signed webhooks."""

from __future__ import annotations

import json
import re
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx

from bot.channels.whatsapp.signature import signature
from bot.settings import WhatsAppSettings

TOKEN = "EAAGm0PX4ZCpsBAKZCtoken0123456789abcdef"
APP_SECRET = "5f1c8d7a9be04c3fa2d6e8b71c3d9f02"
VERIFY = "verify0123456789abcdef0123456789"
NUMBER = "106540352242922"
ACCOUNT = "102290129340398"
APP = "634974688087057"

#: Meta's published pattern of the header (OpenAPI v23.0, components/parameters/UserAgent).
_USER_AGENT = re.compile(r"[a-zA-Z0-9\-_]+/[0-9]+\.[0-9]+\.[0-9]+.*")
_BSUID = re.compile(r"[A-Z]{2}\.[A-Za-z0-9.]{1,140}")


@dataclass(frozen=True, slots=True)
class Fault:
    """What the next call gets instead of an answer. `taken`: the message goes out all the same."""

    status: int = 400
    code: int | None = None
    subcode: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = ""
    taken: bool = False
    silent: bool = False  # takes the request, and hangs up without an answer
    waits: threading.Event | None = None  # answers only then


class Refused(Exception):
    """The request is none that Meta takes."""

    def __init__(self, status: int, code: int, why: str) -> None:
        super().__init__(why)
        self.status, self.code = status, code


@dataclass(frozen=True, slots=True)
class Taken:
    """A message that went out."""

    wamid: str
    body: dict[str, Any]

    @property
    def text(self) -> str:
        body = self.body
        return str(body["text"]["body"] if body["type"] == "text" else body["interactive"]["body"]["text"])

    @property
    def options(self) -> list[tuple[str, str]]:
        """(title, id) of its buttons or rows."""
        action = self.body.get("interactive", {}).get("action", {})
        replies = [one["reply"] for one in action.get("buttons", [])]
        rows = [row for section in action.get("sections", []) for row in section["rows"]]
        return [(one["title"], one["id"]) for one in replies + rows]


class Meta:
    """The Graph API for one number, and the sender of its webhooks."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, str, dict[str, Any]]] = []
        self.heads: list[dict[str, str]] = []
        self.queries: list[str] = []
        self.taken: list[Taken] = []
        self.read: list[str] = []
        self.faults: list[Fault] = []
        self.profile: dict[str, Any] = {"about": "", "description": "", "websites": []}
        self.automation: dict[str, Any] = {}
        self.subscribed = [APP]
        self.number: dict[str, Any] = {
            "id": NUMBER,
            "display_phone_number": "+507 6000-0000",
            "verified_name": "Faro",
            "quality_rating": "GREEN",
            "code_verification_status": "VERIFIED",
            "status": "CONNECTED",
            "webhook_configuration": {"application": "https://faro.example.org/webhooks/whatsapp"},
            "health_status": {
                "can_send_message": "AVAILABLE",
                "entities": [
                    {"entity_type": "PHONE_NUMBER", "id": NUMBER, "can_send_message": "AVAILABLE"},
                    {"entity_type": "WABA", "id": ACCOUNT, "can_send_message": "AVAILABLE"},
                    {"entity_type": "BUSINESS", "id": "1", "can_send_message": "AVAILABLE"},
                    {"entity_type": "APP", "id": APP, "can_send_message": "AVAILABLE"},
                ],
            },
        }
        self.answers_as = ""  # the number under which the person is really known
        self._lock = threading.Lock()
        self.url = ""

    def settings(self, base: str = "") -> WhatsAppSettings:
        return WhatsAppSettings(TOKEN, NUMBER, APP_SECRET, VERIFY, base or self.url, "v23.0")

    # Calls

    def answer(self, method: str, target: str, head: dict[str, str], raw: bytes) -> tuple[int, dict[str, str], str]:
        parts = urlsplit(target)
        version, _, path = parts.path.lstrip("/").partition("/")
        body = json.loads(raw) if raw else {}
        with self._lock:
            self.calls.append((method, path, body))
            self.heads.append(head)
            self.queries.append(parts.query)
            fault = self.faults.pop(0) if self.faults else None
        if fault and fault.waits:
            fault.waits.wait(20)
        try:
            if fault and not fault.taken:
                return fault.status, dict(fault.headers), _fault(fault)
            _check_head(head, version)
            answer = self._do(method, path, body, parse_qs(parts.query))
        except Refused as refused:
            return refused.status, {}, _error(refused.code, str(refused))
        if fault:
            return fault.status, dict(fault.headers), _fault(fault)
        return 200, {}, json.dumps(answer)

    def _do(self, method: str, path: str, body: dict[str, Any], query: Mapping[str, list[str]]) -> dict[str, Any]:
        owner, _, edge = path.partition("/")
        known = {NUMBER: "number", ACCOUNT: "account"}.get(owner)
        match method, known, edge:
            case "POST", "number", "messages":
                return self._message(body)
            case "GET", "number", "":
                return {name: self.number[name] for name in query["fields"][0].split(",") if name in self.number}
            case "GET", "number", "whatsapp_business_profile":
                return {"data": [{**self.profile, "messaging_product": "whatsapp"}]}
            case "POST", "number", "whatsapp_business_profile":
                _check_profile(body)
                self.profile |= {name: value for name, value in body.items() if name != "messaging_product"}
                return {"success": True}
            case "POST", "number", "conversational_automation":
                _check_automation(body)
                self.automation = body
                return {"success": True}
            case "POST", "account", "subscribed_apps":
                self.subscribed = [APP]
                return {"success": True}
            case "GET", "account", "subscribed_apps":
                return {
                    "data": [{"whatsapp_business_api_data": {"id": one, "name": "Faro"}} for one in self.subscribed]
                }
            case _:
                raise Refused(400, 100, "Unsupported request")

    def _message(self, body: dict[str, Any]) -> dict[str, Any]:
        if body.get("status") == "read":
            _expect(set(body) <= {"messaging_product", "status", "message_id", "typing_indicator"}, "unknown key")
            _expect(body.get("typing_indicator") in (None, {"type": "text"}), "typing_indicator")
            _expect(str(body.get("message_id", "")).startswith("wamid."), "message_id")
            self.read.append(body["message_id"])
            return {"success": True}
        check_message(body)
        taken = Taken(f"wamid.{uuid.uuid4().hex}", body)
        with self._lock:
            self.taken.append(taken)
        if "to" in body:
            contact = {"input": body["to"], "wa_id": self.answers_as or body["to"].lstrip("+")}
        else:
            contact = {"input": body["recipient"], "user_id": body["recipient"]}
        return {"messaging_product": "whatsapp", "contacts": [contact], "messages": [{"id": taken.wamid}]}


def _check_head(head: dict[str, str], version: str) -> None:
    if head.get("authorization") != f"Bearer {TOKEN}":
        raise Refused(401, 190, "Invalid OAuth access token")
    if not re.fullmatch(r"v\d+\.\d+", version):
        raise Refused(400, 2635, "Unknown version")
    if not _USER_AGENT.fullmatch(head.get("user-agent", "")):
        raise Refused(400, 100, "User-Agent")


def _expect(true: object, what: str) -> None:
    if not true:
        raise Refused(400, 100, f"(#100) Invalid parameter: {what}")


def check_message(body: dict[str, Any]) -> None:
    """Every limit of the reference; unknown keys are refused too."""
    keys = {"messaging_product", "recipient_type", "to", "recipient", "type", "biz_opaque_callback_data", "context"}
    _expect(body.get("messaging_product") == "whatsapp", "messaging_product")
    _expect(body.get("recipient_type", "individual") == "individual", "recipient_type")
    _expect(("to" in body) != ("recipient" in body), "to or recipient")
    _expect(re.fullmatch(r"\+?\d{5,20}", body.get("to", "50760000000")), "to")
    _expect(_BSUID.fullmatch(body.get("recipient", "US.1")), "recipient")
    _expect(len(body.get("biz_opaque_callback_data", "")) <= 512, "biz_opaque_callback_data")
    kind = body.get("type")
    _expect(kind in ("text", "interactive"), "type")
    _expect(set(body) <= keys | {kind}, "unknown key")
    content = body.get(str(kind))
    _expect(isinstance(content, dict), str(kind))
    assert isinstance(content, dict)
    if kind == "text":
        _expect(set(content) <= {"body", "preview_url"}, "text")
        _expect(1 <= len(content.get("body", "")) <= 4096, "text.body")
        return
    action, text = content.get("action", {}), content.get("body", {}).get("text", "")
    _expect(set(content) <= {"type", "body", "action", "header", "footer"}, "interactive")
    _expect(1 <= len(text) <= 1024, "body.text")
    match content.get("type"):
        case "button":
            replies = [one.get("reply", {}) for one in action.get("buttons", []) if one.get("type") == "reply"]
            _expect(set(action) == {"buttons"} and 1 <= len(action["buttons"]) <= 3, "buttons")
            _expect(len(replies) == len(action["buttons"]), "buttons")
            _unique([one.get("id", "") for one in replies], 256)
            _unique([one.get("title", "") for one in replies], 20)
        case "list":
            _expect(set(action) == {"button", "sections"}, "action")
            _expect(1 <= len(action["button"]) <= 20, "button")
            sections = action["sections"]
            rows = [row for section in sections for row in section["rows"]]
            _expect(1 <= len(sections) <= 10 and 1 <= len(rows) <= 10, "rows")
            _expect(
                len(sections) == 1 or all(1 <= len(one.get("title", "")) <= 24 for one in sections), "section title"
            )
            _expect(all(set(row) <= {"id", "title", "description"} for row in rows), "row")
            _unique([row.get("id", "") for row in rows], 200)
            _expect(all(1 <= len(row.get("title", "")) <= 24 for row in rows), "row title")
        case "location_request_message":
            _expect(action == {"name": "send_location"}, "action")
        case _:
            _expect(False, "interactive.type")


def _unique(values: Sequence[str], most: int) -> None:
    _expect(all(1 <= len(one) <= most for one in values) and len(set(values)) == len(values), "ids and titles")


def _check_profile(body: dict[str, Any]) -> None:
    _expect(body.get("messaging_product") == "whatsapp", "messaging_product")
    _expect(1 <= len(body.get("about", "x")) <= 139, "about")
    _expect(len(body.get("description", "")) <= 256, "description")
    _expect(len(body.get("websites", [])) <= 2 and all(len(one) <= 256 for one in body.get("websites", [])), "websites")


def _check_automation(body: dict[str, Any]) -> None:
    _expect(len(body.get("prompts", [])) <= 3 and all(len(one) <= 80 for one in body.get("prompts", [])), "prompts")
    commands = body.get("commands", [])
    _expect(len(commands) <= 30, "commands")
    _expect(all(re.fullmatch(r"\w{1,30}", one["command_name"], re.ASCII) for one in commands), "command_name")
    _expect(all(1 <= len(one["command_description"]) <= 256 for one in commands), "command_description")


def _fault(fault: Fault) -> str:
    return _error(fault.code, "Something", fault.subcode) if fault.code is not None else fault.body


def _error(code: int, why: str, subcode: int | None = None) -> str:
    error: dict[str, Any] = {"message": why, "type": "OAuthException", "code": code, "fbtrace_id": "Az8or2yhqkZfEZ"}
    return json.dumps({"error": error | ({"error_subcode": subcode} if subcode else {})})


# The server


@contextmanager
def running() -> Iterator[Meta]:
    """The stand-in on a free port."""
    meta = Meta()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _any(self) -> None:
            raw = self.rfile.read(int(self.headers.get("content-length") or 0))
            head = {name.lower(): value for name, value in self.headers.items()}
            silent = bool(meta.faults) and meta.faults[0].silent
            status, more, text = meta.answer(self.command, self.path, head, raw)
            if silent:
                self.close_connection = True
                return
            written = text.encode()
            try:
                self.send_response(status)
                for name, value in {"Content-Type": "application/json", **more}.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(written)))
                self.end_headers()
                self.wfile.write(written)
            except OSError:
                self.close_connection = True  # whoever asked has gone

        do_GET = do_POST = _any  # noqa: N815 - what the library calls

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    meta.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield meta
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)


# Webhooks


def envelope(*values: dict[str, Any], number: str = NUMBER, field: str = "messages") -> dict[str, Any]:
    """One delivery with one change for each value."""
    metadata = {"display_phone_number": "50760000000", "phone_number_id": number}
    changes = [
        {"field": field, "value": {"messaging_product": "whatsapp", "metadata": metadata} | one} for one in values
    ]
    return {"object": "whatsapp_business_account", "entry": [{"id": ACCOUNT, "changes": changes}]}


@dataclass
class Person:
    """Somebody with WhatsApp. Without a number Meta names them by their BSUID alone."""

    phone: str = "50761234567"
    bsuid: str = ""

    def contact(self) -> dict[str, Any]:
        found: dict[str, Any] = {"profile": {"name": "Persona Privada"}}
        return found | ({"wa_id": self.phone} if self.phone else {}) | ({"user_id": self.bsuid} if self.bsuid else {})

    def message(self, kind: str = "text", content: object = None, *, wamid: str = "", at: float = 0) -> dict[str, Any]:
        found: dict[str, Any] = {"id": wamid or f"wamid.{uuid.uuid4().hex}", "type": kind}
        found["timestamp"] = str(int(at or time.time()))
        found |= {"from": self.phone} if self.phone else {}
        found |= {"from_user_id": self.bsuid} if self.bsuid else {}
        return found | ({} if content is None else {kind: content})

    def says(self, text: str, **more: Any) -> dict[str, Any]:
        return self.value(self.message("text", {"body": text}, **more))

    def taps(self, option: str, *, title: str = "x", row: bool = False) -> dict[str, Any]:
        kind = "list_reply" if row else "button_reply"
        return self.value(self.message("interactive", {"type": kind, kind: {"id": option, "title": title}}))

    def shares(self, lat: float, lon: float) -> dict[str, Any]:
        return self.value(self.message("location", {"latitude": lat, "longitude": lon}))

    def value(self, *messages: dict[str, Any]) -> dict[str, Any]:
        return {"contacts": [self.contact()], "messages": list(messages)}


def status(taken: Taken, progress: str, code: int | None = None) -> dict[str, Any]:
    """A report about a message that was taken."""
    found: dict[str, Any] = {
        "id": taken.wamid,
        "status": progress,
        "timestamp": str(int(time.time())),
        "recipient_id": taken.body.get("to", ""),
        "biz_opaque_callback_data": taken.body["biz_opaque_callback_data"],
    }
    if code is not None:
        found["errors"] = [{"code": code, "title": "t", "message": "m", "error_data": {"details": "d"}}]
    return {"statuses": [found]}


def signed(payload: object, secret: str = APP_SECRET) -> tuple[bytes, dict[str, str]]:
    """A body as Meta writes it (what is not ASCII is escaped, and so is every slash), and its headers."""
    body = json.dumps(payload, separators=(",", ":")).replace("/", "\\/").encode()
    return body, {"X-Hub-Signature-256": signature(secret, body), "Content-Type": "application/json"}


def deliver(url: str, payload: object, *, tries: int = 40, pause: Callable[[], None] = lambda: time.sleep(0.25)) -> int:
    """Bring a delivery until it is taken, as Meta does (there: for seven days). Returns how many tries it took."""
    body, headers = signed(payload)
    for number in range(1, tries + 1):
        try:
            answer = httpx.post(url, content=body, headers=headers, timeout=10, trust_env=False)
        except httpx.HTTPError:
            pause()
            continue
        if answer.status_code == httpx.codes.OK:
            assert answer.text == ""
            return number
        pause()
    raise AssertionError(f"not taken in {tries} tries")
