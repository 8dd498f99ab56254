"""What a webhook says becomes events: every entry, change and message, whatever is missing or strange in the others."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels.whatsapp.parse import Read, Unreadable, read
from bot.channels.whatsapp.senders import addresses_of
from bot.settings import ROOT
from bot.words import Edited, Event, Incoming, Kind, Moved, Progress, Status, Withdrawn
from tests.channels.whatsapp.conftest import PANAMA_CITY, near
from tests.channels.whatsapp.standin import NUMBER, Person, envelope

PAYLOADS = ROOT.parent / "shared" / "payloads" / "whatsapp"
RECORDED = sorted(PAYLOADS.glob("*.json"))

#: What each recorded delivery is: kind and choice or text of its messages, or the name of another event.
WHAT: dict[str, list[tuple[str, ...]]] = {
    "bindambc_locationMessage": [("choice", "near:")],
    "bindambc_mediaUploadError": [],
    "bindambc_messageDeleted": [("other", "")],
    "bindambc_reEngagementMessageError": [],
    "chatwoot_system_user_changed_user_id": [("Moved", "bsuid:IN.PREVIOUSBSUID", "bsuid:IN.CURRENTBSUID")],
    "meta_button_message": [("text", "Unsubscribe")],
    "meta_interactive_button_reply_message": [("choice", "cancel-button")],
    "meta_interactive_list_reply_message": [("choice", "priority_express")],
    "meta_location_message": [("choice", "near:")],
    "meta_system_message": [("Moved", "phone:16505551234", "phone:12195555358")],
    "meta_text_message": [("text", "Does it come in another color?")],
    "meta_unsupported_message": [("other", "")],
    "netflie_batch_two_messages": [("text", "MESSAGE_BODY"), ("text", "MESSAGE_BODY2")],
    "netflie_bsuid_only_no_from": [("text", "MESSAGE_BODY")],
    "netflie_no_contact_profile": [("text", "MESSAGE_BODY")],
    "pywa_callback_button_button": [("choice", "callback_data")],
    "pywa_callback_selection_description": [("choice", "callback_data")],
    "pywa_deleted_message_revoke": [("Withdrawn", "<ORIGINAL_WHATSAPP_MESSAGE_ID>")],
    "pywa_message_media_with_url": [("other", "")],
    "pywa_message_status_failed": [],  # of a message that carried nothing of ours
    "pywa_message_status_read": [],
    "pywa_message_unreaction_empty": [],
    "pywa_message_unsupported_with_type": [("other", "")],
    "pywa_message_voice": [("other", "")],
    "pywa_system_identity_change": [],
    "pywa_system_phone_number_change": [("Moved", "phone:972987654321", "phone:972912345678")],
}


def number_in(payload: Any) -> str:
    return str(payload["entry"][0]["changes"][0]["value"]["metadata"]["phone_number_id"])


def short(event: Event) -> tuple[str, ...]:
    match event:
        case Incoming():
            return event.kind.value, event.choice if event.kind is Kind.CHOICE else event.text
        case Moved():
            return "Moved", event.old, event.new
        case Withdrawn():
            return "Withdrawn", event.reference
        case _:
            return (type(event).__name__,)


def taken(payload: object, number: str = NUMBER) -> Read:
    return read(json.dumps(payload).encode(), number=number, near=near)


def events(*values: dict[str, Any]) -> tuple[Event, ...]:
    return taken(envelope(*values)).events


def only(value: dict[str, Any]) -> Any:
    (event,) = events(value)
    return event


@pytest.mark.skipif(not RECORDED, reason="the recorded payloads are not here")
@pytest.mark.parametrize("path", RECORDED, ids=[path.stem for path in RECORDED])
def test_every_recorded_delivery_is_what_it_is(path: Path) -> None:
    payload = json.loads(path.read_text(encoding="utf-8"))
    found = taken(payload, number_in(payload))
    assert [short(event) for event in found.events] == WHAT[path.stem]
    assert found.foreign == 0
    assert taken(payload, "1").events == ()


def test_every_entry_change_and_message_is_read() -> None:
    person = Person()
    values = [
        person.value(person.message("text", {"body": f"{n}a"}), person.message("text", {"body": f"{n}b"}))
        for n in "123"
    ]
    payload = envelope(*values[:2])
    payload["entry"] += envelope(values[2])["entry"]
    assert [event.text for event in taken(payload).events if isinstance(event, Incoming)] == [
        "1a", "1b", "2a", "2b", "3a", "3b"
    ]  # fmt: skip


def test_a_message_has_its_id_its_time_and_every_address_of_whoever_wrote_it() -> None:
    person = Person("50761234567", "PA.13491208655302741918")
    value = person.value(person.message("text", {"body": "hola"}, wamid="wamid.A", at=1_795_000_000))
    value["contacts"][0]["parent_user_id"] = "PA.ENT.1"
    event = only(value)
    assert (event.address, event.aliases) == (
        "phone:50761234567",
        ("bsuid:PA.13491208655302741918", "parent:PA.ENT.1"),
    )
    assert (event.reference, event.provider_id) == ("wamid.A", "wamid.A")
    assert event.sent_at == datetime.fromtimestamp(1_795_000_000, UTC)


@pytest.mark.parametrize(
    ("message", "contacts", "addresses"),
    [
        ({"from": "507"}, [], ("phone:507",)),
        ({"from": "+507"}, [], ("phone:507",)),
        ({"from_user_id": "PA.1"}, [], ("bsuid:PA.1",)),
        ({"from": "PA.1"}, [{"wa_id": "PA.1"}], ("bsuid:PA.1",)),  # a BSUID where a number used to stand
        ({}, [{"user_id": "PA.1"}], ("bsuid:PA.1",)),
        ({}, [{"user_id": "PA.1"}, {"user_id": "PA.2"}], ()),  # two people: nobody can be told
        ({"from": "507"}, [{"wa_id": "507", "user_id": "PA.1"}], ("phone:507", "bsuid:PA.1")),
        ({"from": "507"}, [{"wa_id": "508", "user_id": "PA.1"}], ("phone:507",)),  # somebody else's contact
        ({"from": "507"}, [{"wa_id": "508"}, {"wa_id": "507", "user_id": "PA.1"}], ("phone:507", "bsuid:PA.1")),
        ({"from": "507"}, [{"user_id": "PA.1"}], ("phone:507", "bsuid:PA.1")),
        ({"from_user_id": "PA.1"}, [{"user_id": "PA.1", "wa_id": "507"}], ("phone:507", "bsuid:PA.1")),
        ({"from_user_id": "PA.1"}, [{"user_id": "PA.2", "wa_id": "507"}], ("bsuid:PA.1",)),
        ({"from": "507\x00"}, [], ()),
        ({"from": 507}, [], ()),
        ({"from": "\ud800"}, [], ()),
        ({"from": "5" * 300}, [], ()),
        ({"from": ""}, [{"wa_id": None}], ()),
    ],
)
def test_who_wrote(message: dict[str, Any], contacts: list[dict[str, Any]], addresses: tuple[str, ...]) -> None:
    assert addresses_of(message, contacts) == addresses


PERSON = Person()


@pytest.mark.parametrize(
    ("kind", "content", "is_"),
    [
        ("text", {"body": "¿Dónde?"}, ("text", "¿Dónde?")),
        ("text", {}, ("text", "")),
        ("text", None, ("text", "")),
        (
            "interactive",
            {"type": "button_reply", "button_reply": {"id": "topic:a", "title": "A"}},
            ("choice", "topic:a"),
        ),
        ("interactive", {"type": "list_reply", "list_reply": {"id": "topic:b", "title": "B"}}, ("choice", "topic:b")),
        ("interactive", {"type": "list_reply"}, ("choice", "")),  # with an error of Meta's beside it
        ("interactive", {"type": "button_reply", "button_reply": {"id": "a\x00"}}, ("choice", "")),
        ("interactive", {"type": "nfm_reply", "nfm_reply": {"response_json": "{}"}}, ("other", "")),
        ("button", {"payload": "P", "text": "T"}, ("text", "T")),
        ("button", {"payload": "P"}, ("text", "P")),
        ("audio", {"id": "1", "voice": True}, ("other", "")),
        ("image", {"id": "1", "caption": "¿Qué es esto?"}, ("text", "¿Qué es esto?")),
        ("image", {"id": "1", "caption": "  "}, ("other", "  ")),
        ("video", {"id": "1", "url": "https://lookaside.fbsbx.com/x"}, ("other", "")),
        ("document", {"id": "1", "filename": "a.pdf"}, ("other", "")),
        ("sticker", {"id": "1"}, ("other", "")),
        ("contacts", [{"name": {}}], ("other", "")),
        ("order", {"product_items": []}, ("other", "")),
        ("unsupported", {"type": "poll"}, ("other", "")),
        ("hologram", {"x": 1}, ("other", "")),
        ("request_welcome", None, ("text", "/start")),
    ],
)
def test_every_kind_of_message_has_its_event(kind: str, content: object, is_: tuple[str, str]) -> None:
    assert short(only(PERSON.value(PERSON.message(kind, content)))) == is_


@pytest.mark.parametrize(
    "message",
    [
        PERSON.message("reaction", {"message_id": "wamid.x", "emoji": "👍"}),
        PERSON.message("reaction", {"message_id": "wamid.x"}),
        PERSON.message("text", {"body": "hola"}) | {"group_id": "120363"},
        PERSON.message("system", {"type": "customer_identity_changed", "body": "x"}),
        PERSON.message("system", {"type": "user_changed_number"}),
        PERSON.message("system"),
        PERSON.message("revoke", {}),
        PERSON.message("edit", {"original_message_id": "wamid.x", "message": {"type": "image", "image": {}}}),
    ],
)
def test_what_needs_no_answer_is_left_out_and_counted(message: dict[str, Any]) -> None:
    found = taken(envelope(PERSON.value(message)))
    assert (found.events, found.left_out) == ((), 1)


def test_a_position_is_a_choice_and_never_the_position() -> None:
    event = only(PERSON.shares(*PANAMA_CITY))
    assert event.located
    assert event.choice.startswith("near:")
    assert "8.98" not in event.choice
    assert len(event.choice) > 20


@pytest.mark.parametrize("lat", [None, True, "x", "nan", [], float("nan"), 10**400])
def test_a_position_that_is_none_is_nowhere(lat: object) -> None:
    value = PERSON.value(PERSON.message("location", {"latitude": lat, "longitude": -79.5}))
    assert only(value).choice == "near:"


def test_a_position_may_be_written_as_text() -> None:
    value = PERSON.value(
        PERSON.message("location", {"latitude": str(PANAMA_CITY[0]), "longitude": str(PANAMA_CITY[1])})
    )
    assert only(value).choice == near(*PANAMA_CITY)


@pytest.mark.parametrize(
    "change", [{"message": {"type": "text", "text": {"body": "nuevo"}}}, {"text": {"body": "nuevo"}}]
)
def test_an_edit_and_a_withdrawal_name_the_message(change: dict[str, Any]) -> None:
    edit = {"original_message_id": "wamid.A"} | change
    assert only(PERSON.value(PERSON.message("edit", edit))) == Edited(
        "whatsapp", "phone:50761234567", "wamid.A", "nuevo"
    )
    revoke = PERSON.value(PERSON.message("revoke", {"original_message_id": "wamid.A"}))
    assert only(revoke) == Withdrawn("whatsapp", "phone:50761234567", "wamid.A")


def test_a_new_number_may_bring_a_new_id() -> None:
    system = {"type": "user_changed_number", "wa_id": "508", "previous_user_id": "PA.1", "user_id": "PA.2"}
    moved = events({"messages": [{"id": "wamid.S", "from": "507", "type": "system", "system": system}]})
    assert moved == (Moved("whatsapp", "phone:507", "phone:508"), Moved("whatsapp", "bsuid:PA.1", "bsuid:PA.2"))


def report(**more: Any) -> dict[str, Any]:
    return {"statuses": [{"id": "wamid.A", "status": "sent", "biz_opaque_callback_data": "answer:1:0", **more}]}


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({}, Status("whatsapp", "answer:1:0", Progress.SENT, reference="wamid.A")),
        ({"status": "delivered"}, Status("whatsapp", "answer:1:0", Progress.DELIVERED, reference="wamid.A")),
        ({"status": "read"}, Status("whatsapp", "answer:1:0", Progress.READ, reference="wamid.A")),
        ({"status": "played"}, Status("whatsapp", "answer:1:0", Progress.READ, reference="wamid.A")),
        (
            {"status": "failed", "errors": [{"code": 131047}]},
            Status("whatsapp", "answer:1:0", Progress.FAILED, "131047", "closed", "wamid.A"),
        ),
        (
            {"status": "failed", "errors": [{"code": 131026}, {"code": 1}]},
            Status("whatsapp", "answer:1:0", Progress.FAILED, "131026", "unreachable", "wamid.A"),
        ),
        (
            {"status": "failed", "errors": [{"code": 999999}]},
            Status("whatsapp", "answer:1:0", Progress.FAILED, "999999", "refuse", "wamid.A"),
        ),
        ({"status": "failed"}, Status("whatsapp", "answer:1:0", Progress.FAILED, "unknown", "refuse", "wamid.A")),
        (
            {"status": "failed", "errors": [{"code": "x"}]},
            Status("whatsapp", "answer:1:0", Progress.FAILED, "unknown", "refuse", "wamid.A"),
        ),
        ({"status": "warning"}, None),
        ({"biz_opaque_callback_data": None}, None),
        ({"biz_opaque_callback_data": "a\x00"}, None),
        ({"biz_opaque_callback_data": "é" * 10}, None),
    ],
)
def test_reports_name_our_message(more: dict[str, Any], expected: Status | None) -> None:
    assert events(report(**more)) == ((expected,) if expected else ())


def test_another_field_or_another_object_is_not_for_us() -> None:
    assert taken(envelope(PERSON.says("hola"), field="message_template_status_update")) == Read()
    assert taken({"object": "page"} | {"entry": envelope(PERSON.says("hola"))["entry"]}) == Read()


def test_another_number_of_the_same_app_is_counted_and_left_alone() -> None:
    payload = envelope(PERSON.says("ajeno"), number="999999999")
    payload["entry"] += envelope(PERSON.says("nuestro"))["entry"]
    found = taken(payload)
    assert [event.text for event in found.events if isinstance(event, Incoming)] == ["nuestro"]
    assert found.foreign == 1


def test_a_message_without_an_id_is_known_by_what_it_says() -> None:
    message = PERSON.message("text", {"body": "hola"})
    del message["id"]
    first, second = only(PERSON.value(message)), only(PERSON.value(dict(message)))
    assert first.provider_id == second.provider_id
    assert first.reference == ""
    assert first.provider_id != only(PERSON.value(message | {"text": {"body": "adiós"}})).provider_id


@pytest.mark.parametrize("stamp", ["", "x", "17950000000000", "0000000001", -1, True, None, 1.5, "9" * 5000, "٣" * 10])
def test_a_time_that_is_none_is_no_time(stamp: object) -> None:
    assert only(PERSON.value(PERSON.message("text", {"body": "a"}) | {"timestamp": stamp})).sent_at is None


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"null", b"1", b"{", b"\xff", b"[" * 100_000, b'{"a":' * 100_000, b'{"a":' + b"9" * 5000 + b"}"],
)
def test_what_is_no_object_is_unreadable(body: bytes) -> None:
    with pytest.raises(Unreadable):
        read(body, number=NUMBER, near=near)


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
KINDS = ["text", "interactive", "button", "location", "image", "system", "revoke", "edit", "reaction", "order", "x"]
KEYS = st.sampled_from(["from", "from_user_id", "id", "timestamp", "type", "group_id", *KINDS])
MESSAGES = st.dictionaries(KEYS, JSON | st.sampled_from(KINDS), max_size=8)
STATUSES = st.dictionaries(
    st.sampled_from(["id", "status", "biz_opaque_callback_data", "errors"]), JSON | st.sampled_from(["failed", "a:1"])
)


@settings(max_examples=300, deadline=None)
@given(
    messages=st.lists(MESSAGES | JSON, max_size=3) | JSON,
    statuses=st.lists(STATUSES | JSON, max_size=3) | JSON,
    contacts=st.lists(st.dictionaries(st.sampled_from(["wa_id", "user_id", "profile"]), JSON), max_size=2) | JSON,
)
def test_whatever_stands_in_it_nothing_is_raised_and_what_comes_out_can_be_kept(
    messages: object, statuses: object, contacts: object
) -> None:
    payload = envelope({"messages": messages, "statuses": statuses, "contacts": contacts})
    for event in taken(payload).events:
        if isinstance(event, Incoming):
            for name in (event.address, *event.aliases, event.provider_id, event.reference):
                assert name.isprintable()
                name.encode()  # a keyed pseudonym is made of it
        if isinstance(event, Status):
            assert event.message.isascii()


@settings(max_examples=200, deadline=None)
@given(payload=JSON)
def test_any_json_is_taken_or_called_unreadable(payload: object) -> None:
    try:
        found = taken(payload)
    except Unreadable:
        assert not isinstance(payload, dict)
    else:
        assert found.events == ()


def test_what_a_person_wrote_is_in_no_representation() -> None:
    shown = repr(only(Person("50769876543", "PA.777").says("secreto", wamid="wamid.SECRET")))
    assert not any(one in shown for one in ("50769876543", "PA.777", "secreto", "SECRET"))
