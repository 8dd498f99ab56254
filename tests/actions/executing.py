"""Calls an action as Rasa calls it: through rasa_sdk's executor, with the tracker that Rasa sends."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from rasa_sdk.executor import ActionExecutor

from bot.answers.nlg import SUGGESTIONS
from bot.words import EffectKind

Event = dict[str, Any]


def user(intent: str, *ranking: str, text: str = "", entities: Sequence[Event] = ()) -> Event:
    names = [intent, *ranking]
    parse_data = {
        "text": text or f"/{intent}",
        "intent": {"name": intent, "confidence": 0.9},
        "intent_ranking": [{"name": name, "confidence": 0.9 / (n + 1)} for n, name in enumerate(names)],
        "entities": list(entities),
        "language": "es",
        "safety": False,
    }
    return {"event": "user", "timestamp": 1.0, "text": parse_data["text"], "parse_data": parse_data}


def did(name: str) -> Event:
    return {"event": "action", "timestamp": 1.0, "name": name, "policy": None, "confidence": 1.0}


LISTEN = did("action_listen")
BEGUN = (did("action_session_start"), {"event": "session_started", "timestamp": 1.0}, LISTEN)


def call(executor: ActionExecutor, name: str, events: Sequence[Event]) -> dict[str, Any]:
    """What the action server would answer."""
    said = next((event for event in reversed(events) if event["event"] == "user"), None)
    tracker = {
        "sender_id": "c-1",
        "slots": {"session_started_metadata": None},
        "latest_message": said["parse_data"] if said else {},
        "events": list(events),
        "paused": False,
        "followup_action": None,
        "active_loop": {},
        "latest_action_name": "action_listen",
    }
    result = asyncio.run(executor.run({"next_action": name, "sender_id": "c-1", "tracker": tracker, "domain": {}}))
    assert result is not None
    assert result["events"] == []
    return result


def responses(result: dict[str, Any]) -> list[str]:
    return [one["response"] for one in result["responses"] if one["response"]]


def effects(result: dict[str, Any]) -> list[tuple[str, str]]:
    made = [one["custom"]["effect"] for one in result["responses"] if one["custom"]]
    assert all(one["kind"] in set(EffectKind) for one in made)
    return [(one["kind"], one["value"]) for one in made]


def topics(result: dict[str, Any]) -> list[str]:
    return next(one["topics"] for one in result["responses"] if one["response"] == SUGGESTIONS)
