"""What a pressed button means to Rasa. A typed text never comes through here."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any

from bot.words import MENU_AREA, NEAR, SHARE_LOCATION

#: Buttons that are not about a topic, and the intent that each one stands for. These intents have no training examples:
#: nothing that a person types can become one of them.
_ACTS = {
    "none_of_these": "none_of_these",
    "erase:yes": "confirm_erasure",
    "erase:no": "keep_data",
    # Where a channel cannot ask for a position, the button asks for the name of a place.
    SHARE_LOCATION: "nearest_service",
}

#: Buttons that carry a value: the intent and the entity that each one stands for.
_VALUES = (
    (re.compile(r"language:([a-z]{2,3})"), "set_language", "language"),
    (re.compile(rf"{MENU_AREA}([a-z_]{{1,40}})"), "open_area", "area"),
    (re.compile(r"kind:([a-z0-9_]{1,40})"), "choose_kind", "kind"),
    (re.compile(rf"({NEAR}[a-z0-9_=,]{{0,490}})"), "share_location", "near"),
)
_TOPIC = re.compile(r"(?:topic|command):([a-z0-9_]+)")


def understood(choice: str, *, topics: Collection[str], language: str) -> dict[str, Any] | None:
    """The parse data of a choice, or None when it means nothing.

    Args:
        choice: the id of the button, already checked to have been offered to this contact.
        topics: the intents of the domain.
        language: the language of the conversation.
    """
    entities: list[dict[str, Any]] = []
    if choice in _ACTS:
        intent = _ACTS[choice]
    elif found := _with_value(choice):
        intent, entity, value = found
        entities = [{"entity": entity, "value": value, "start": 0, "end": 0, "extractor": "choice"}]
    elif (match := _TOPIC.fullmatch(choice)) and match[1] in topics:
        intent = match[1]
    else:
        return None
    return {
        "text": f"/{intent}",
        "intent": {"name": intent, "confidence": 1.0},
        "intent_ranking": [{"name": intent, "confidence": 1.0}],
        "entities": entities,
        "language": language,
        "safety": False,
    }


def _with_value(choice: str) -> tuple[str, str, str] | None:
    for pattern, intent, entity in _VALUES:
        if match := pattern.fullmatch(choice):
            return intent, entity, match[1]
    return None
