"""What a pressed button means to Rasa. A typed text never comes through here."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any

#: Buttons that are not about a topic, and the intent that each one stands for. These intents have no training examples:
#: nothing that a person types can become one of them.
_ACTS = {
    "none_of_these": "none_of_these",
    "erase:yes": "confirm_erasure",
    "erase:no": "keep_data",
}

_LANGUAGE = re.compile(r"language:([a-z]{2,3})")
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
    elif match := _LANGUAGE.fullmatch(choice):
        intent = "set_language"
        entities = [{"entity": "language", "value": match[1], "start": 0, "end": 0, "extractor": "choice"}]
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
