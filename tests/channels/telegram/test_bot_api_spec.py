"""The validator of our calls finds what the Bot API would not take."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.channels.telegram.bot_api_spec import PATH, BotApiSpec

pytestmark = pytest.mark.skipif(not PATH.exists(), reason="the published specification is kept beside the project")


@pytest.fixture(scope="module")
def spec() -> BotApiSpec:
    return BotApiSpec()


def button(data: str) -> str:
    return json.dumps({"inline_keyboard": [[{"text": "x", "callback_data": data}]]})


@pytest.mark.parametrize(
    ("method", "parameters"),
    [
        ("sendMessage", {"chat_id": "7", "text": "7", "reply_markup": button("я" * 32)}),
        ("sendMessage", {"chat_id": "7", "text": "x" * 4096, "link_preview_options": '{"is_disabled": true}'}),
        ("sendMessage", {"chat_id": "7", "text": "x", "reply_markup": '{"remove_keyboard": true}'}),
        ("setChatMenuButton", {"menu_button": '{"type": "commands"}'}),
        ("getUpdates", {"timeout": "25", "allowed_updates": '["message"]'}),
        ("getMe", {}),
    ],
)
def test_a_call_that_is_well_formed_passes(spec: BotApiSpec, method: str, parameters: dict[str, str]) -> None:
    assert spec.call(method, parameters) == []


@pytest.mark.parametrize(
    ("method", "parameters"),
    [
        ("sendMesage", {}),
        ("sendMessage", {"chat_id": "7"}),
        ("sendMessage", {"chat_id": "7", "text": ""}),
        ("sendMessage", {"chat_id": "7", "text": "🙂" * 2049}),
        ("sendMessage", {"chat_id": "7", "text": "x", "bogus": "1"}),
        ("sendMessage", {"chat_id": "7", "text": "x", "reply_markup": button("я" * 33)}),
        ("sendMessage", {"chat_id": "7", "text": "x", "reply_markup": button("")}),
        ("sendMessage", {"chat_id": "7", "text": "x", "reply_markup": '{"inline_keyboard": [{"text": "x"}]}'}),
        ("sendMessage", {"chat_id": "7", "text": "x", "reply_markup": '{"keyboard": [[{"title": "x"}]]}'}),
        ("sendMessage", {"chat_id": "7", "text": "x", "disable_notification": "3"}),
        ("setMyCommands", {"commands": '[{"command": "x"}]'}),
        ("setMyShortDescription", {"short_description": "x" * 121}),
        ("setChatMenuButton", {"menu_button": '{"type": "comands"}'}),
    ],
)
def test_a_call_that_is_not_is_found(spec: BotApiSpec, method: str, parameters: dict[str, str]) -> None:
    assert spec.call(method, parameters)


@pytest.mark.parametrize(
    "update",
    [{"update_id": 1, "message": {"message_id": 1, "date": 0}}, {"update_id": "1"}, {"update_id": 1, "what": 2}, []],
)
def test_an_object_that_is_none_of_the_bot_api_is_found(spec: BotApiSpec, update: Any) -> None:
    assert spec.object("Update", update)
