"""The contract of every channel (tests/contract/channel_cases.py), with what Telegram sends."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import DataError, OperationalError

from bot.answers.library import Library
from bot.channels.contract import Call
from bot.channels.telegram.courtesies import Courtesies
from bot.channels.telegram.line import Line
from bot.channels.telegram.webhook import MAX_BODY, SECRET, TelegramWebhook
from bot.conversations.addresses import AddressBook
from bot.settings import TelegramSettings
from bot.words import Edited, Incoming, Kind, Reachable
from tests.channels.telegram.stand_in import TOKEN, StandIn
from tests.contract.channel_cases import ANSWER, Case, Door, check
from tests.conversations.conftest import KEY, Clock

pytestmark = pytest.mark.django_db

GIVEN = "s" * 40
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
DATE = int(NOW.timestamp()) - 5
CHAT = {"id": 42, "type": "private", "first_name": "Ana"}
ANA = {"id": 42, "is_bot": False, "first_name": "Ana", "language_code": "es"}
BOT = {"id": 123456789, "is_bot": True, "first_name": "Faro", "username": "FaroBot"}
GROUP = {"id": -100, "type": "supergroup", "title": "Vecinos"}

Hook = Callable[[Door], TelegramWebhook]


def call(body: Any, *, method: str = "POST", headers: dict[str, str] | None = None) -> Call:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Call(method, {}, {SECRET: GIVEN} if headers is None else headers, raw)


def message(**content: Any) -> dict[str, Any]:
    return {"message_id": 9, "date": DATE, "chat": CHAT, "from": ANA} | content


def update(**content: Any) -> dict[str, Any]:
    return {"update_id": 7} | content


def came(**fields: Any) -> Incoming:
    sent = {"reference": "42:9", "sent_at": datetime.fromtimestamp(DATE, UTC)} | fields
    return Incoming("telegram", "42", "123456789:7", hint="es", **sent)


def pressed(data: str) -> dict[str, Any]:
    ours = {"message_id": 3, "date": DATE, "chat": CHAT, "from": BOT, "text": "?"}
    query = {"id": "77", "from": ANA, "chat_instance": "1", "data": data, "message": ours}
    return update(callback_query=query)


def changed(status: str, chat: dict[str, Any] = CHAT) -> dict[str, Any]:
    new = {"status": status, "user": BOT} | ({"until_date": 0} if status == "kicked" else {})
    old = {"status": "left", "user": BOT}
    return update(
        my_chat_member={"chat": chat, "from": ANA, "date": DATE, "old_chat_member": old, "new_chat_member": new}
    )


HOLA = update(message=message(text="cuánto cuesta"))

CASES = [
    Case("a text", call(HOLA), events=(came(text="cuánto cuesta"),), replies=(ANSWER,)),
    Case("a GET", call(HOLA, method="GET"), status=405),
    Case("a PUT", call(HOLA, method="PUT"), status=405),
    Case("no secret", call(HOLA, headers={}), status=403),
    Case("an empty secret", call(HOLA, headers={SECRET: ""}), status=403),
    Case("a wrong secret", call(HOLA, headers={SECRET: "t" * 40}), status=403),
    Case("half a secret", call(HOLA, headers={SECRET: GIVEN[:-1]}), status=403),
    Case("a secret of strange letters", call(HOLA, headers={SECRET: "\xff\u0100"}), status=403),
    Case("no body", call(b"")),
    Case("no JSON", call(b"{")),
    Case("JSON without an end", call(b"[" * 100_000)),
    Case("a number with too many digits", call(b'{"update_id": ' + b"9" * 5000 + b"}")),
    Case("bytes of no text", call(b'{"update_id": 7, "message": "\xff"}')),
    Case("a list", call([HOLA])),
    Case("no number", call({"message": message(text="hola")})),
    Case("an unknown kind", call(update(new_kind={"a": 1}))),
    Case("a message of 2016", call(update(message={"message_id": 1, "text": "hola"}))),
    Case(
        "a command",
        call(update(message=message(text="/menu"))),
        events=(came(text="/menu"),),
        replies=(ANSWER,),
    ),
    Case(
        "an intent of Rasa's typed by hand",
        call(update(message=message(text='/inform{"topic": "x"}'))),
        events=(came(text='/inform{"topic": "x"}'),),
        replies=(ANSWER,),
    ),
    Case(
        "a link that chooses French",
        call(update(message=message(text="/start fr"))),
        events=(came(text="/start fr", language="fr"),),
        replies=(ANSWER,),
    ),
    Case(
        "a voice note",
        call(update(message=message(voice={"file_id": "a", "file_unique_id": "b", "duration": 2}))),
        events=(came(kind=Kind.OTHER),),
        replies=("not_supported",),
    ),
    Case(
        "a button that we never gave",
        call(pressed("command:erase_data")),
        events=(came(kind=Kind.CHOICE, choice="command:erase_data", reference="query:77", sent_at=None),),
        replies=("stale_button",),
    ),
    Case(
        "a position made up as a button",
        call(pressed("near:a=1")),
        events=(came(kind=Kind.CHOICE, choice="near:a=1", reference="query:77", sent_at=None),),
        replies=("stale_button",),
    ),
    Case(
        "a message of two hours ago",
        call(update(message=message(text="hola", date=DATE - 7200))),
        events=(came(text="hola", sent_at=datetime.fromtimestamp(DATE - 7200, UTC)),),
        replies=("late",),
    ),
    Case(
        "a message that is two days old, or a clock of ours that is two days ahead",
        call(update(message=message(text="hola", date=DATE - 172_800))),
        events=(came(text="hola", sent_at=datetime.fromtimestamp(DATE - 172_800, UTC)),),
        replies=("late",),
    ),
    Case("a die", call(update(message=message(dice={"emoji": "🎲", "value": 1})))),
    Case(
        "a correction",
        call(update(edited_message=message(text="médico", edit_date=DATE))),
        events=(Edited("telegram", "42", "42:9", "médico"),),
    ),
    Case("blocked", call(changed("kicked")), events=(Reachable("telegram", "42", reachable=False),)),
    Case("unblocked", call(changed("member")), events=(Reachable("telegram", "42", reachable=True),)),
    Case("a group", call(update(message=message(text="hola", chat=GROUP)))),
    Case("added to a group", call(changed("member", GROUP))),
]


@pytest.fixture
def hook(telegram: StandIn, library: Library, line: Line) -> Hook:
    settings = TelegramSettings(TOKEN, webhook=True, secret=GIVEN, api_base=telegram.url)
    courtesies = Courtesies(line, lambda language: f"private_only ({language})")
    return lambda door: TelegramWebhook(
        settings,
        library=library,
        intake=door,  # type: ignore[arg-type]
        courtesies=courtesies,
    )


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_call_is_answered_as_the_contract_says(case: Case, hook: Hook, clock: Clock) -> None:
    clock.now = NOW
    check(case, hook, clock, AddressBook(KEY, ["a" * 40]))


def test_a_body_of_more_than_a_megabyte_is_not_read() -> None:
    assert MAX_BODY == 2**20
    assert TelegramWebhook.max_body == MAX_BODY


def test_a_full_inbox_asks_telegram_to_come_again(hook: Hook) -> None:
    assert asyncio.run(hook(Door(full=True)).answer(call(HOLA))).status == 503


def test_a_database_that_is_away_promises_nothing(hook: Hook) -> None:
    with pytest.raises(OperationalError):
        asyncio.run(hook(Door(error=OperationalError("server closed the connection"))).answer(call(HOLA)))


def test_what_can_never_be_written_does_not_hold_up_the_chat(hook: Hook) -> None:
    assert asyncio.run(hook(Door(error=DataError("no"))).answer(call(HOLA))).status == 200


def test_a_webhook_without_a_secret_lets_nobody_in(hook: Hook, library: Library, line: Line) -> None:
    open_door = TelegramWebhook(
        TelegramSettings(TOKEN, webhook=True),
        library=library,
        intake=Door(),  # type: ignore[arg-type]
        courtesies=Courtesies(line, str),
    )
    assert asyncio.run(open_door.answer(call(HOLA, headers={SECRET: ""}))).status == 403
