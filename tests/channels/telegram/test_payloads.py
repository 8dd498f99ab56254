"""Payloads that others recorded: none is more than we can take, and each has its behaviour."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from bot.answers.library import Library
from bot.channels.contract import Call
from bot.channels.telegram.courtesies import Courtesies
from bot.channels.telegram.line import Line
from bot.channels.telegram.parse import AnswerQuery, LeaveGroup, Malformed, Parsed, RemoveKeyboard, parse
from bot.channels.telegram.webhook import SECRET, TelegramWebhook
from bot.settings import ROOT, TelegramSettings
from bot.words import Edited, Incoming, Kind, Reachable
from tests.channels.telegram.stand_in import TOKEN
from tests.contract.channel_cases import Door

EVENTS = (Edited, Incoming, Reachable)

FOLDER = ROOT.parent / "shared" / "payloads" / "telegram"

pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason="the recorded payloads are kept beside the project")

#: File -> the kinds of what comes of it, and what is in it.
EXPECTED: dict[str, tuple[list[type], dict[str, Any]]] = {
    "api_error_retry_after_parameters": ([Malformed], {}),
    "callback_query_inaccessible_message": ([AnswerQuery], {}),  # pressed in another person's chat
    "chatwoot_photo": ([Incoming], {"kind": Kind.OTHER}),
    "chatwoot_voice": ([Incoming], {"kind": Kind.OTHER}),
    "dice": ([LeaveGroup], {}),
    "edited_message": ([Edited], {}),
    "empty_message": ([], {}),
    "forum_topic_message": ([LeaveGroup], {}),
    "jugalbandi_callback_query": ([Incoming, AnswerQuery], {"kind": Kind.CHOICE}),
    "jugalbandi_text": ([Incoming], {"kind": Kind.TEXT}),
    "jugalbandi_voice": ([Incoming], {"kind": Kind.OTHER}),
    "location": ([Incoming, RemoveKeyboard], {"kind": Kind.CHOICE, "located": True}),
    "my_chat_member": ([Reachable], {"reachable": False}),
    "negative_legacy_callback_query": ([Malformed], {}),
    "negative_legacy_document": ([Malformed], {}),
    "negative_legacy_voice": ([Malformed], {}),
    "photo_caption_entities": ([Incoming], {"kind": Kind.TEXT}),
    "private_text_teloxide": ([Incoming], {"kind": Kind.TEXT}),
    "sticker_teloxide": ([Incoming], {"kind": Kind.OTHER}),
    "supergroup_issue_1107": ([LeaveGroup], {}),
    "unknown_update_kind": ([], {}),
}


def payload(name: str) -> Any:
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))


def test_every_recorded_payload_has_an_expectation() -> None:
    assert {path.stem for path in FOLDER.glob("*.json")} == set(EXPECTED)


@pytest.mark.parametrize("name", EXPECTED)
def test_a_recorded_payload_comes_to_what_it_should(name: str, library: Library) -> None:
    kinds, fields = EXPECTED[name]
    raw = payload(name)
    try:
        parsed = parse(raw, bot="1", content=library.current())
    except Malformed:
        assert kinds == [Malformed]
        return
    assert isinstance(parsed, Parsed)
    assert [type(one) for one in (*parsed.events, *parsed.courtesies)] == kinds
    for field, value in fields.items():
        assert getattr(parsed.events[0], field) == value


@pytest.mark.parametrize("name", EXPECTED)
def test_a_recorded_payload_is_acknowledged_with_an_empty_200(name: str, library: Library, line: Line) -> None:
    door, raw = Door(), payload(name)
    webhook = TelegramWebhook(
        TelegramSettings(TOKEN, webhook=True, secret="s" * 40),
        library=library,
        intake=door,  # type: ignore[arg-type]
        courtesies=Courtesies(line, str),
    )
    answer = asyncio.run(webhook.answer(Call("POST", {}, {SECRET: "s" * 40}, json.dumps(raw).encode())))
    assert (answer.status, answer.text) == (200, "")
    assert [type(one) for one in door.brought] == [one for one in EXPECTED[name][0] if one in EVENTS]
