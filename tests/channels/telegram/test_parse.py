"""What every kind of update comes to."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.answers.library import Library
from bot.channels.telegram.parse import (
    NOTHING,
    AnswerQuery,
    LeaveGroup,
    Malformed,
    Parsed,
    RemoveKeyboard,
    parse,
)
from bot.words import Edited, Incoming, Kind, Reachable
from tests.channels.telegram import people
from tests.channels.telegram.people import Person
from tests.channels.telegram.stand_in import BOT, StandIn

Read = Callable[[Any], Parsed]

FILE = {"file_id": "AgAD", "file_unique_id": "AQAD"}
PHOTO = [{**FILE, "width": 90, "height": 90}]


@pytest.fixture
def read(library: Library, telegram: StandIn) -> Read:
    """Read an update; the stand-in's updates must be as the Bot API describes them."""

    def one(update: dict[str, Any]) -> Parsed:
        whole = {"update_id": 70, **update}
        if telegram.spec is not None:
            assert telegram.spec.object("Update", whole) == []
        return parse(whole, bot="123", content=library.current())

    return one


def test_a_text_is_a_message_of_the_person_with_all_that_is_known_of_it(read: Read, ana: Person) -> None:
    update = ana.message(text="¿Dónde hay un médico?")
    (event,) = read(update).events
    message = update["message"]
    assert event == Incoming(
        channel="telegram",
        address=str(ana.id),
        provider_id="123:70",
        text="¿Dónde hay un médico?",
        hint="es",
        reference=f"{ana.id}:{message['message_id']}",
        sent_at=datetime.fromtimestamp(message["date"], UTC),
    )


@pytest.mark.parametrize(
    ("tag", "hint"), [("fr", "fr"), ("es-419", "es"), ("EN_us", "en"), ("pt-br", ""), ("zh-hans", ""), ("", "")]
)
def test_the_language_of_the_app_is_a_hint_when_faro_speaks_it(
    read: Read, telegram: StandIn, tag: str, hint: str
) -> None:
    (event,) = read(Person(telegram, tag).message(text="?")).events
    assert isinstance(event, Incoming)
    assert (event.hint, event.language) == (hint, "")


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("/start fr", "fr"),
        ("/start EN", "en"),
        ("/start@FaroPruebaBot es", "es"),
        ("/start", ""),
        ("/start poster_7", ""),
        ("/menu fr", ""),
        ("start fr", ""),
    ],
)
def test_a_link_to_the_bot_may_choose_the_language(read: Read, ana: Person, text: str, language: str) -> None:
    (event,) = read(ana.message(text=text)).events
    assert isinstance(event, Incoming)
    assert (event.text, event.language) == (text, language)


def test_a_position_is_read_as_what_is_near_and_the_point_is_gone(read: Read, ana: Person) -> None:
    point = {"latitude": 8.983333, "longitude": -79.516667}
    venue = {"location": point, "title": "Casa", "address": "Calle 1"}
    for update in (ana.message(location=point), ana.message(venue=venue, location=point)):
        parsed = read(update)
        (event,) = parsed.events
        assert isinstance(event, Incoming)
        assert (event.kind, event.located, event.text) == (Kind.CHOICE, True, "")
        assert event.choice.startswith("near:") and len(event.choice) > len("near:")
        assert "8.98" not in repr(parsed) + event.choice
        assert parsed.courtesies == (RemoveKeyboard(ana.id),)


def test_a_position_elsewhere_is_near_nothing(read: Read, ana: Person) -> None:
    (event,) = read(ana.message(location={"latitude": 48.85, "longitude": 2.35})).events
    assert isinstance(event, Incoming)
    assert event.choice == "near:"


def test_the_words_under_a_photo_are_a_text(read: Read, ana: Person) -> None:
    (event,) = read(ana.message(photo=PHOTO, caption="¿Este papel sirve?")).events
    assert isinstance(event, Incoming)
    assert (event.kind, event.text) == (Kind.TEXT, "¿Este papel sirve?")


@pytest.mark.parametrize(
    "content",
    [
        {"voice": {**FILE, "duration": 3}},
        {"audio": {**FILE, "duration": 3}},
        {"video_note": {**FILE, "length": 240, "duration": 3}},
        {"video": {**FILE, "width": 9, "height": 9, "duration": 3}},
        {"photo": PHOTO},
        {"document": FILE},
        {"animation": {**FILE, "width": 9, "height": 9, "duration": 3}, "document": FILE},
        {"contact": {"phone_number": "+5076000000", "first_name": "Luz"}},
        {
            "sticker": {
                **FILE,
                "type": "regular",
                "width": 512,
                "height": 512,
                "is_animated": False,
                "is_video": False,
            }
        },
    ],
    ids=lambda content: next(iter(content)),
)
def test_what_cannot_be_read_is_answered_all_the_same(read: Read, ana: Person, content: dict[str, Any]) -> None:
    (event,) = read(ana.message(**content)).events
    assert isinstance(event, Incoming)
    assert (event.kind, event.text, event.choice) == (Kind.OTHER, "", "")


@pytest.mark.parametrize(
    "content",
    [
        {},
        {"text": "  "},
        {"dice": {"emoji": "🎲", "value": 3}},
        {"delete_chat_photo": True},
        {"pinned_message": {"message_id": 3, "date": 0, "chat": {"id": 5, "type": "private"}}},
    ],
    ids=lambda content: next(iter(content), "empty"),
)
def test_what_is_no_message_to_faro_is_ignored(read: Read, ana: Person, content: dict[str, Any]) -> None:
    assert read(ana.message(**content)) == NOTHING


def test_what_was_corrected_is_told_with_the_message_it_belongs_to(read: Read, ana: Person) -> None:
    first = ana.message(text="medco")
    (said,) = read(first).events
    corrected = first["message"] | {"text": "médico", "edit_date": int(time.time())}
    assert isinstance(said, Incoming)
    assert read({"edited_message": corrected}).events == (Edited("telegram", str(ana.id), said.reference, "médico"),)


def test_a_position_that_moves_is_not_told_again(read: Read, ana: Person) -> None:
    moving = ana.message(location={"latitude": 8.98, "longitude": -79.51, "live_period": 900})["message"]
    assert read({"edited_message": moving | {"edit_date": int(time.time())}}) == NOTHING


def test_a_pressed_button_is_answered_and_told(read: Read, ana: Person) -> None:
    update = ana.query("topic:return_cost")
    parsed = read(update)
    (event,) = parsed.events
    query = update["callback_query"]["id"]
    assert event == Incoming(
        channel="telegram",
        address=str(ana.id),
        provider_id="123:70",
        kind=Kind.CHOICE,
        choice="topic:return_cost",
        hint="es",
        reference=f"query:{query}",
    )
    assert parsed.courtesies == (AnswerQuery(query),)


def test_a_button_under_a_message_too_old_to_come_along_is_a_button_all_the_same(read: Read, ana: Person) -> None:
    gone = {"chat": ana.chat, "message_id": 7, "date": 0}
    for update in (ana.query("topic:return_cost", message=gone), ana.query("topic:return_cost", message=None)):
        parsed = read(update)
        assert [type(one) for one in (*parsed.events, *parsed.courtesies)] == [Incoming, AnswerQuery]


def test_a_button_pressed_elsewhere_stops_spinning_and_does_nothing(read: Read, telegram: StandIn, ana: Person) -> None:
    other = Person(telegram)
    in_group = telegram.message(-100123) | {"chat": {"id": -100123, "type": "supergroup", "title": "x"}}
    for update in (
        ana.query("a", message=telegram.message(other.id)),
        ana.query("a", message=in_group),
        ana.query("a", message=None, inline_message_id="x"),
        ana.query(None, game_short_name="game"),
    ):
        parsed = read(update)
        assert parsed.events == ()
        assert [type(one) for one in parsed.courtesies] == [AnswerQuery]


@pytest.mark.parametrize(("status", "reachable"), [("kicked", False), ("member", True)])
def test_whoever_blocks_the_bot_is_out_of_reach_until_they_change_their_mind(
    read: Read, ana: Person, status: str, reachable: bool
) -> None:
    assert read(ana.member(status)).events == (Reachable("telegram", str(ana.id), reachable),)


def test_a_group_is_left_with_a_word(read: Read, telegram: StandIn) -> None:
    for update in (people.group(telegram), people.added(telegram), people.group(telegram, kind="group")):
        parsed = read(update)
        assert parsed.events == ()
        assert parsed.courtesies == (LeaveGroup(-1001234567890, "fr"),)


def test_a_channel_is_left_without_one_and_what_was_left_is_left_alone(read: Read, telegram: StandIn) -> None:
    (courtesy,) = read(people.added(telegram, kind="channel")).courtesies
    assert courtesy == LeaveGroup(-1001234567890, "fr", say=False)
    gone = people.added(telegram)
    gone["my_chat_member"]["new_chat_member"] = {"status": "left", "user": BOT}
    assert read(gone) == NOTHING


def test_what_people_write_is_read_however_old_our_clock_makes_it(read: Read, ana: Person) -> None:
    old = ana.message(text="hola")["message"] | {"date": int(time.time()) - 2 * 24 * 3600}
    assert len(read({"message": old}).events) == len(read({"edited_message": old}).events) == 1


def test_another_bot_is_nobody(read: Read, ana: Person) -> None:
    message = ana.message(text="hola")["message"]
    assert read({"message": message | {"from": message["from"] | {"is_bot": True}}}) == NOTHING
    assert read({"message": message | {"from": message["from"] | {"id": 99}}}) == NOTHING


def test_a_message_without_a_sender_is_of_whoever_has_the_chat(read: Read, ana: Person) -> None:
    message = ana.message(text="hola")["message"]
    del message["from"]
    (event,) = read({"message": message}).events
    assert isinstance(event, Incoming)
    assert (event.address, event.hint) == (str(ana.id), "")


def test_two_bots_never_share_the_number_of_an_update(library: Library, ana: Person) -> None:
    update = {"update_id": 70, **ana.message(text="hola")}
    first, second = (parse(update, bot=bot, content=library.current()).events[0] for bot in ("1", "2"))
    assert isinstance(first, Incoming) and isinstance(second, Incoming)
    assert first != second
    assert replace(first, provider_id="") == replace(second, provider_id="")


# Whatever may come

_JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@given(raw=_JSON)
def test_no_json_is_more_than_malformed(library: Library, raw: Any) -> None:
    _read_or_refuse(library, raw)


def _places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    found = [path]
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        found += _places(inner, (*path, key))
    return found


def _replaced(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    if not path:
        return new
    inner = _replaced(value[path[0]], path[1:], new)
    if isinstance(value, dict):
        return {**value, path[0]: inner}
    return [inner if number == path[0] else one for number, one in enumerate(value)]


def _whole_updates() -> list[dict[str, Any]]:
    stand_in = StandIn(validated=False)
    ana = Person(stand_in)
    updates = [
        ana.message(text="hola"),
        ana.message(venue={"location": {"latitude": 8.9, "longitude": -79.5}, "title": "x", "address": "y"}),
        ana.message(photo=PHOTO, caption="x"),
        {"edited_message": ana.message(text="x")["message"]},
        ana.query("menu"),
        ana.member("kicked"),
        people.added(stand_in),
    ]
    stand_in.close()
    return [{"update_id": 1, **one} for one in updates]


@settings(max_examples=300)
@given(data=st.data())
def test_no_field_of_an_update_can_hold_what_breaks_us(library: Library, data: st.DataObject) -> None:
    update = data.draw(st.sampled_from(_UPDATES))
    path = data.draw(st.sampled_from(_places(update)))
    strange = st.sampled_from([2**70, -1, 0, 1e308, float("nan"), "\ud800", "\x00", "x" * 5000, "", [], {}, [[]]])
    _read_or_refuse(library, _replaced(update, path, data.draw(_JSON | strange)))


_UPDATES = _whole_updates()


def _read_or_refuse(library: Library, raw: Any) -> None:
    try:
        parsed = parse(raw, bot="1", content=library.current())
    except Malformed as malformed:
        assert malformed.args == () and (malformed.__context__ is None or malformed.__suppress_context__)
        return
    for event in parsed.events:
        assert isinstance(event, Incoming | Edited | Reachable)
        assert event.address.isascii() and event.address.isdigit()
        if isinstance(event, Incoming):
            event.reference.encode("ascii")
            assert len(event.provider_id) < 40
