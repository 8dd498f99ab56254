"""Our address: what is not Meta's is refused before it is read, what is Meta's is kept before it is acknowledged."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.db import OperationalError
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.contract import Call
from bot.channels.whatsapp.parse import read
from bot.channels.whatsapp.signature import is_signed, signature
from bot.channels.whatsapp.webhook import MAX_BODY, WhatsAppWebhook
from bot.conversations.addresses import pseudonym
from bot.conversations.intake import Full, Intake
from bot.conversations.models import Contact, Message
from bot.words import NAMELESS, Event, Incoming, Kind
from tests.channels.whatsapp.conftest import KEY, SETTINGS, near, serving
from tests.channels.whatsapp.standin import APP_SECRET, NUMBER, TOKEN, VERIFY, Person, deliver, envelope, signed
from tests.channels.whatsapp.test_parse import RECORDED, WHAT, number_in
from tests.logs import written

PERSON = Person("50761234567", "PA.13491208655302741918")


@dataclass(frozen=True)
class Case:
    """What comes, what the provider is told, and what is written down."""

    name: str
    call: Call
    status: int
    events: tuple[tuple[str, str], ...] = ()
    text: str = ""


def post(payload: object, *, body: bytes = b"", **headers: str) -> Call:
    written_, proof = signed(payload)
    return Call("POST", {}, {name.lower(): value for name, value in proof.items()} | headers, body or written_)


def verifying(**changed: str) -> Call:
    query = {"hub.mode": "subscribe", "hub.verify_token": VERIFY, "hub.challenge": "1158201444"}
    return Call("GET", query | {name.replace("_", ".", 1): value for name, value in changed.items()})


HOLA = envelope(PERSON.says("¿Dónde hay un albergue? 🏠"))
UNSIGNED = "x-hub-signature-256"

CASES = [
    Case("verification", verifying(), 200, text="1158201444"),
    Case("verification, wrong token", verifying(hub_verify_token=VERIFY[:-1]), 403),
    Case("verification, no token", verifying(hub_verify_token=""), 403),
    Case("verification, token of strange letters", verifying(hub_verify_token="ñ" * 32), 403),
    Case("verification, another mode", verifying(hub_mode="unsubscribe"), 403),
    Case("verification, no challenge", verifying(hub_challenge=""), 403),
    Case("verification, a page as challenge", verifying(hub_challenge="<script>alert(1)</script>"), 403),
    Case("verification, an endless challenge", verifying(hub_challenge="1" * 257), 403),
    Case("nothing asked", Call("GET"), 403),
    Case("a message", post(HOLA), 200, (("text", "¿Dónde hay un albergue? 🏠"),)),
    Case("two in one", post(envelope(PERSON.says("a"), PERSON.says("b"))), 200, (("text", "a"), ("text", "b"))),
    Case("a button", post(envelope(PERSON.taps("topic:shelter"))), 200, (("choice", "topic:shelter"),)),
    Case("a row", post(envelope(PERSON.taps("topic:shelter", row=True))), 200, (("choice", "topic:shelter"),)),
    Case("a voice note", post(envelope(PERSON.value(PERSON.message("audio", {"id": "1"})))), 200, (("other", ""),)),
    Case("a reaction", post(envelope(PERSON.value(PERSON.message("reaction", {"emoji": "👍"})))), 200),
    Case("a report of nothing of ours", post(envelope({"statuses": [{"id": "w", "status": "read"}]})), 200),
    Case("another field", post(envelope(PERSON.says("a"), field="account_update")), 200),
    Case("another number", post(envelope(PERSON.says("a"), number="999")), 200),
    Case("nothing", post({}), 200),
    Case("no object, but signed", post([1]), 200),
    Case("no JSON, but signed", Call("POST", {}, {UNSIGNED: signature(APP_SECRET, b"{")}, b"{"), 200),
    Case("unsigned", replace(post(HOLA), headers={}), 401),
    Case("signed with another secret", post(HOLA, **{UNSIGNED: signature("b" * 32, signed(HOLA)[0])}), 403),
    Case("signed in the old way", post(HOLA, **{UNSIGNED: "sha1=" + "a" * 40}), 403),
    Case("an empty signature", post(HOLA, **{UNSIGNED: "sha256="}), 403),
    Case("a signature of strange letters", post(HOLA, **{UNSIGNED: "sha256=ñ\udcff"}), 403),
    Case("the signature of another body", post(HOLA, body=signed({})[0]), 403),
    Case("PUT", replace(post(HOLA), method="PUT"), 405),
    Case("HEAD", replace(verifying(), method="HEAD"), 405),
    Case("DELETE", replace(post(HOLA), method="DELETE"), 405),
]


class Kept:
    """What was written down; raises what it is told to."""

    def __init__(self, failure: Exception | None = None) -> None:
        self.events: list[Event] = []
        self.failure = failure

    async def put(self, events: Sequence[Event], *, trace: str = "") -> None:
        if self.failure:
            raise self.failure
        self.events += events


def ask(call: Call, kept: Kept) -> tuple[int, str]:
    answer = asyncio.run(WhatsAppWebhook(SETTINGS, kept, near).answer(call))  # type: ignore[arg-type]
    return answer.status, answer.text


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_the_contract(case: Case) -> None:
    kept = Kept()
    assert ask(case.call, kept) == (case.status, case.text)
    got = [one for one in kept.events if isinstance(one, Incoming)]
    assert tuple((one.kind.value, one.choice if one.kind is Kind.CHOICE else one.text) for one in got) == case.events
    assert len(got) == len(kept.events)


@pytest.mark.skipif(not RECORDED, reason="the recorded payloads are not here")
@pytest.mark.parametrize("path", RECORDED, ids=[path.stem for path in RECORDED])
def test_every_recorded_delivery_is_taken_and_kept(path: Path, intake: Intake) -> None:
    payload = json.loads(path.read_text(encoding="utf-8"))
    settings = replace(SETTINGS, phone_number_id=number_in(payload))
    with serving(WhatsAppWebhook(settings, intake, near)) as url:
        assert deliver(url, payload) == 1
        assert deliver(url, payload) == 1
    said = {what for what in WHAT[path.stem] if what[0] in ("text", "choice", "other")}
    # One of them names two messages with one id: the second is a repetition.
    assert Message.objects.count() == min(len(said), len(set(wamids(payload))))


def wamids(payload: Any) -> list[str]:
    changes = [change["value"] for entry in payload["entry"] for change in entry["changes"]]
    return [message["id"] for value in changes for message in value.get("messages", ())]


@pytest.mark.parametrize("failure", [Full(), OperationalError("locked")])
def test_what_cannot_be_kept_now_is_asked_for_again(failure: Exception) -> None:
    assert ask(post(HOLA), Kept(failure)) == (503, "")


TEXTS = st.text(max_size=40)


@given(text=TEXTS, secret=st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=64))
def test_a_signature_holds_for_the_bytes_and_not_for_what_they_say(text: str, secret: str) -> None:
    payload = envelope(PERSON.says(text))
    escaped = json.dumps(payload).replace("/", "\\/").encode()
    given_ = "sha256=" + hmac.new(secret.encode(), escaped, hashlib.sha256).hexdigest()
    assert is_signed(secret, escaped, given_)
    plain = json.dumps(json.loads(escaped), ensure_ascii=False).encode("utf-8", "surrogatepass")
    assert is_signed(secret, plain, given_) == (plain == escaped)


@given(body=st.binary(max_size=200), place=st.integers(0, 70))
def test_one_wrong_letter_is_a_wrong_signature(body: bytes, place: int) -> None:
    right = signature(APP_SECRET, body)
    wrong = right[:place] + ("0" if right[place] != "0" else "1") + right[place + 1 :]
    assert is_signed(APP_SECRET, body, right)
    assert not is_signed(APP_SECRET, body, wrong)


@given(text=TEXTS.filter(bool))
def test_what_meta_escapes_comes_out_as_it_was_written(text: str) -> None:
    (event,) = read(signed(envelope(PERSON.says(text)))[0], number=NUMBER, near=near).events
    assert isinstance(event, Incoming)
    assert event.text == text


# Over real HTTP, into the database

pytestmark = pytest.mark.django_db(transaction=True)


def texts() -> list[str]:
    return list(Message.objects.order_by("id").values_list("text", flat=True))


def test_a_batch_in_disorder_and_twice_is_kept_once(hook: str) -> None:
    said = [PERSON.says(f"mensaje {number}") for number in range(4)]
    deliver(hook, envelope(*reversed(said)))
    deliver(hook, envelope(said[2], said[0]))
    deliver(hook, envelope(*said))
    assert sorted(texts()) == [f"mensaje {number}" for number in range(4)]
    assert Contact.objects.count() == 1


def test_somebody_known_by_a_number_and_by_an_id_is_one_person(hook: str) -> None:
    number, ident = Person("50761234567"), Person("", "PA.1")
    deliver(hook, envelope(number.says("por número")))
    deliver(hook, envelope(ident.says("por id")))
    assert Contact.objects.count() == 2
    deliver(hook, envelope(Person("50761234567", "PA.1").says("por los dos")))
    contact = Contact.objects.get()
    assert contact.messages.count() == 3
    assert contact.addresses.count() == 2
    deliver(hook, envelope(ident.says("otra vez por id")))
    assert Contact.objects.get().messages.count() == 4


def test_a_new_number_leads_to_the_same_person(hook: str) -> None:
    deliver(hook, envelope(Person("50761234567").says("antes")))
    system = {"type": "user_changed_number", "wa_id": "50769999999"}
    deliver(
        hook, envelope({"messages": [{"id": "wamid.S", "from": "50761234567", "type": "system", "system": system}]})
    )
    deliver(hook, envelope(Person("50769999999").says("después")))
    assert Contact.objects.get().messages.count() == 2
    deliver(hook, envelope(Person("50761234567").says("otra persona con el número viejo")))
    assert Contact.objects.count() == 2


def test_what_was_withdrawn_is_not_kept_and_what_was_edited_is_what_counts(hook: str) -> None:
    first = PERSON.message("text", {"body": "secreto"}, wamid="wamid.1")
    second = PERSON.message("text", {"body": "donde ospital"}, wamid="wamid.2")
    deliver(hook, envelope(PERSON.value(first, second)))
    changed = {
        "original_message_id": "wamid.2",
        "message": {"type": "text", "text": {"body": "¿Dónde hay un hospital?"}},
    }
    revoked = PERSON.message("revoke", {"original_message_id": "wamid.1"})
    deliver(hook, envelope(PERSON.value(revoked, PERSON.message("edit", changed))))
    assert texts() == ["", "¿Dónde hay un hospital?"]


@pytest.mark.parametrize(
    "choice", ["near:hospital=1", "command:erase_data", "/restart", "erase:yes", "/inform{}", "a" * 256]
)
def test_a_forged_id_chooses_nothing(hook: str, choice: str) -> None:
    deliver(hook, envelope(PERSON.taps(choice)))
    message = Message.objects.get()
    assert message.kind == "choice"
    # What is kept is no command and no position; that it was never offered is found by the turn.
    assert not message.choice.startswith(("near:", "command:"))


def test_a_refused_call_leaves_nothing_and_its_log_says_nothing(hook: str) -> None:
    body, headers = signed(envelope(Person("50769876543").says("palabra secreta", wamid="wamid.SECRET")))
    with written(everything=True) as log, httpx.Client(trust_env=False) as client:
        assert client.post(hook, content=body).status_code == 401
        assert client.post(hook, content=body + b" ", headers=headers).status_code == 403
        assert client.put(hook, content=body, headers=headers).status_code == 405
        assert client.post(hook, content=b" " * (MAX_BODY + 1), headers=headers).status_code == 413
        wrong = {"hub.mode": "subscribe", "hub.verify_token": "x", "hub.challenge": "1"}
        assert client.get(hook, params=wrong).status_code == 403
        assert client.get(hook, params=wrong | {"hub.verify_token": VERIFY}).text == "1"
        assert client.post(hook, content=body, headers=headers).status_code == 200
        foreign, headers = signed(envelope(Person("50769876543").says("ajeno"), number="1"))
        assert client.post(hook, content=foreign, headers=headers).status_code == 200
    said = log.getvalue()
    assert "webhook refused" in said
    assert "another number" in said
    secrets = ("secreta", "ajeno", "50769876543", "wamid", VERIFY, APP_SECRET, TOKEN, headers["X-Hub-Signature-256"])
    assert [one for one in secrets if one in said] == []
    assert texts() == ["palabra secreta"]


def test_a_body_just_within_the_bound_is_taken(hook: str) -> None:
    body, _ = signed(envelope(PERSON.says("hola")))
    body += b" " * (MAX_BODY - len(body))
    headers = {"X-Hub-Signature-256": signature(APP_SECRET, body)}
    assert httpx.post(hook, content=body, headers=headers, trust_env=False, timeout=20).status_code == 200
    assert texts() == ["hola"]


def test_nothing_is_fetched_whatever_a_message_links_to(hook: str, meta: Any) -> None:
    link = f"{meta.url}/v23.0/{NUMBER}/whatsapp_business_profile"
    media = {"id": NUMBER, "url": link, "link": link, "mime_type": "image/jpeg"}
    kinds = ["image", "audio", "video", "document", "sticker"]
    deliver(hook, envelope(PERSON.value(*(PERSON.message(kind, media) for kind in kinds))))
    deliver(hook, envelope(PERSON.says(f"mire {link}")))
    assert Message.objects.count() == 6
    assert meta.calls == []


def test_what_is_kept_of_a_message_without_an_id_tells_nobody_what_it_said(hook: str) -> None:
    value = PERSON.says("mi esposo me pega")
    (message,) = value["messages"]
    del message["id"]
    deliver(hook, envelope(value))
    deliver(hook, envelope(value))
    row = Message.objects.get()
    (found,) = read(signed(envelope(value))[0], number=NUMBER, near=near).events
    assert isinstance(found, Incoming)
    # Whoever reads the table and guesses what was said can make that digest; for the pseudonym the key is needed.
    assert found.provider_id.removeprefix(NAMELESS) not in row.provider_id
    assert row.provider_id == pseudonym(KEY, "message whatsapp", found.provider_id)
