"""docs/openapi.yml is true: it names every address and method, and a running web process keeps to it."""

from __future__ import annotations

import json
import re
import time
import unicodedata
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import requests
import schemathesis
import yaml
from django.urls import URLPattern, URLResolver
from hypothesis import given
from schemathesis.checks import CHECKS
from schemathesis.generation import GenerationMode

from bot.channels.telegram.webhook import PATH as TELEGRAM
from bot.channels.whatsapp.signature import signature
from bot.channels.whatsapp.webhook import PATH as WHATSAPP
from bot.conversations.accept import MAX_TEXT
from bot.settings import ROOT
from bot.web.urls import urlpatterns
from tests.security.fuzzing import looking
from tests.security.web import HOST, METRICS, NUMBER, SECRETS, Browser, Web

pytestmark = pytest.mark.processes

FILE = ROOT / "docs" / "openapi.yml"
PATHS: dict[str, dict[str, Any]] = yaml.safe_load(FILE.read_text(encoding="utf-8"))["paths"]
SCHEMA = schemathesis.openapi.from_path(str(FILE))
OPERATIONS = [found.ok() for found in SCHEMA.get_all_operations()]
METHODS = ("get", "head", "post", "put", "patch", "delete", "options", "trace")

#: What every response is held against. /readyz may say 503, which is its job.
_CONFORMS = ("status_code", "content_type", "response_headers", "response_schema")
CONFORMS = CHECKS.get_by_names([f"{name}_conformance" for name in _CONFORMS])
NO_FAULT = CHECKS.get_by_names(["not_a_server_error"])

#: Stands in every text that these tests send, and may stand in no line of the log.
MARK = "zqxmark"


# What there is


def _addresses(patterns: list[Any], before: str = "/") -> Iterator[str]:
    for one in patterns:
        here = f"{before}{one.pattern}"
        if isinstance(one, URLResolver):
            yield from _addresses(one.url_patterns, here)
        else:
            assert isinstance(one, URLPattern)
            yield re.sub(r"<\w+:(\w+)>", r"{\1}", here)


def test_every_address_is_described_and_nothing_else() -> None:
    there = {address for address in _addresses(urlpatterns) if not address.startswith("/console")}
    assert {*there, TELEGRAM, WHATSAPP} == set(PATHS)


@pytest.mark.parametrize("path", PATHS)
def test_every_method_is_described_and_no_other_is_answered(web: Web, path: str) -> None:
    browser = Browser(web)
    address = path.replace("{code}", "es")
    refused = set()
    for method in METHODS:
        response = browser.ask(method.upper(), address)
        assert response.status_code != httpx.codes.NOT_FOUND
        if response.status_code == httpx.codes.METHOD_NOT_ALLOWED:
            refused.add(method)
    assert set(METHODS) - refused == set(PATHS[path]) & set(METHODS)


def test_every_operation_has_a_name_of_its_own_and_says_what_it_is_for() -> None:
    names = [operation.definition.raw["operationId"] for operation in OPERATIONS]
    assert len(names) == len(set(names))
    for path, described in PATHS.items():
        first = next(one for method, one in described.items() if method in METHODS)
        assert first.get("summary") or path == "/guide/", path


# What it does


def plausible(body: Any) -> Any:
    """A body that gets past what only looks at who and when: our number, this moment, the person's own chat."""
    if not isinstance(body, dict | list):
        return body
    if isinstance(body, list):
        return [plausible(one) for one in body]
    found = {name: plausible(value) for name, value in body.items()}
    for name, value in found.items():
        if name in ("text", "caption", "body") and isinstance(value, str):
            found[name] = f"{MARK} {value}"
    if "phone_number_id" in found:
        found["phone_number_id"] = NUMBER
    if "chat" in found and "date" in found:
        found |= {"date": int(time.time()), "message_id": abs(hash(json.dumps(body, default=str))) % 2**31}
        found["chat"] = {"id": 7_000_001, "type": "private"}
        if "from" in found:
            found["from"] = {"id": 7_000_001, "is_bot": False, "first_name": MARK}
    return found


def send(web: Web, browser: Browser | None, case: Any) -> httpx.Response:
    """Ask what a case asks; with a browser, or as the provider that is meant, when one is given."""
    if browser is not None:
        case.body = plausible(case.body)
    asked = case.as_transport_kwargs(base_url=web.url)
    asked["headers"].pop("X-Schemathesis-TestCaseId", None)
    if asked["params"].get("wait", 0) not in (0, "0"):
        asked["params"]["wait"] = "0"  # how long it waits is tried elsewhere
    cookies = asked.pop("cookies", {})
    prepared = requests.Request(**asked).prepare()
    body = prepared.body.encode() if isinstance(prepared.body, str) else prepared.body or b""
    headers = {name: value for name, value in prepared.headers.items() if name != "Content-Length"}
    headers |= {"Host": HOST, "X-Forwarded-Proto": "https"}
    if browser is not None:
        cookies = browser.cookies
        headers |= browser.headers if "Accept-Language" not in headers else {"X-CSRFToken": browser.token} | METRICS
        headers |= {"Origin": f"https://{HOST}", "X-Telegram-Bot-Api-Secret-Token": SECRETS["TELEGRAM_SECRET"]}
        headers["X-Hub-Signature-256"] = signature(SECRETS["WHATSAPP_APP_SECRET"], body)
    if cookies:
        headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in cookies.items())
    # No blanks at the end: no client can send them ("Bearer " without a token).
    raw = [(_bytes(name), _bytes(value).rstrip()) for name, value in headers.items()]
    web.client.cookies.clear()
    return web.client.request(prepared.method, f"{web.url}{prepared.path_url}", headers=raw, content=body)


def _bytes(value: str | bytes) -> bytes:
    return value if isinstance(value, bytes) else value.encode("latin-1", "replace")


def _cases() -> Iterator[Any]:
    """Each operation with what fits and, where something can be wrong, with what does not; with proof and without."""
    for operation in OPERATIONS:
        proofs = (True, False) if operation.definition.raw.get("security") else (True,)
        modes = [GenerationMode.POSITIVE, *([GenerationMode.NEGATIVE] if operation.body or operation.query else [])]
        for mode in modes:
            for proof in proofs:
                name = f"{operation.method} {operation.path} {mode.value}{'' if proof else ' at the door'}"
                yield pytest.param(operation, mode, proof, id=name)


@pytest.mark.parametrize(("operation", "mode", "with_proof"), _cases())
def test_it_answers_as_described(web: Web, operation: Any, mode: GenerationMode, with_proof: bool) -> None:
    browser = Browser(web) if with_proof else None
    # A message that is taken waits three seconds for an answer, which nobody gives here.
    examples = 1 if operation.path == "/chat/say" and with_proof else 5

    @looking(examples)
    @given(operation.as_strategy(generation_mode=mode))
    def ask(case: Any) -> None:
        response = send(web, browser, case)
        case.validate_response(response, checks=[*CONFORMS, *([] if operation.path == "/readyz" else NO_FAULT)])

    ask()


def test_what_fits_is_taken_what_was_kept_is_clean_and_the_log_tells_nothing(web: Web) -> None:
    """After all of the above (pytest keeps the order of a file), which would also pass if nothing ever came in."""
    browser = Browser(web)
    assert browser.say(f"{MARK} hola").status_code == httpx.codes.ACCEPTED
    update = {"update_id": 1, "message": {"message_id": 1, "date": 0, "chat": {}, "from": {}, "text": "hola"}}
    delivery = {
        "object": "whatsapp_business_account",
        "entry": [
            {
                "changes": [
                    {
                        "field": "messages",
                        "value": {
                            "metadata": {"phone_number_id": ""},
                            "messages": [
                                {"id": "wamid.1", "from": "50760000000", "type": "text", "text": {"body": "hola"}}
                            ],
                        },
                    }
                ]
            }
        ],
    }
    for path, body in ((TELEGRAM, update), (WHATSAPP, delivery)):
        content = json.dumps(plausible(body)).encode()
        headers = {
            "X-Telegram-Bot-Api-Secret-Token": SECRETS["TELEGRAM_SECRET"],
            "X-Hub-Signature-256": signature(SECRETS["WHATSAPP_APP_SECRET"], content),
        }
        assert web.ask("POST", path, headers=headers, content=content).status_code == httpx.codes.OK
    channels = web.rows("select channel, count(*) from conversations_message where state = 'waiting' group by channel")
    assert {channel for channel, number in channels if number} == {"web", "telegram", "whatsapp"}

    rows = web.rows("select text, choice, provider_id, language from conversations_message")
    for text, choice, provider_id, language in rows:
        assert len(text) <= MAX_TEXT and text == unicodedata.normalize("NFC", text)
        assert not [sign for sign in text if unicodedata.category(sign) in ("Cc", "Cs", "Co") and sign not in "\n\t"]
        assert len(choice) <= MAX_TEXT and provider_id.isprintable() and language in ("", "es", "en", "fr")
    assert {len(one) for (one,) in web.rows("select pseudonym from conversations_contact")} == {64}
    log = web.output
    assert "Traceback" not in log and " ERROR   faro" not in log
    assert MARK not in log and "50760000000" not in log and "7000001" not in log
    assert not [name for name, secret in SECRETS.items() if secret in log]
