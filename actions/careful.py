"""The base of our actions: whatever goes wrong, the person hears something and the log learns nothing private."""

from __future__ import annotations

import logging
import time
from abc import ABC, abstractmethod
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from bot import trace
from bot.watching import figures

log = logging.getLogger("faro.actions")

#: What is said when an action fails: a sentence of interface.yml, rendered by Rasa's NLG.
LAST_RESORT = "utter_sentence_trouble"


class CarefulAction(Action, ABC):
    """An action that answers even when its own code fails. Abstract, or rasa_sdk would register it as an action."""

    @abstractmethod
    def name(self) -> str:
        """The action's name in domain.yml: the class's own words in snake case."""

    @abstractmethod
    def act(self, say: CollectingDispatcher, tracker: Tracker) -> None:
        """Decide what to say. May raise."""

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> list[dict[str, Any]]:
        """Called by rasa_sdk; never raises and never leaves silence."""
        said, begun, result = len(dispatcher.messages), time.perf_counter(), "said"
        found_by = _trace_of(tracker)
        try:
            self.act(dispatcher, tracker)
        except Exception as error:
            result = "failed"
            extra = {"trace": found_by, "action": self.name(), "error": type(error).__name__}
            log.error("action failed", extra=extra)
            del dispatcher.messages[said:]
        if not any(message.get("response") for message in dispatcher.messages[said:]):
            dispatcher.utter_message(response=LAST_RESORT)
        seconds = time.perf_counter() - begun
        figures.ACTION.labels(result).observe(seconds)
        log.info("action", extra={"trace": found_by, "action": self.name(), "total_ms": int(seconds * 1000)})
        return []


def _trace_of(tracker: Tracker) -> str:
    """By which the turn is found in the logs; bot/rasa_compat/turn_channel.py gives it to the message."""
    metadata = (tracker.latest_message or {}).get("metadata")
    return trace.read(metadata.get("trace")) if isinstance(metadata, dict) else ""


def effect(say: CollectingDispatcher, kind: str, value: str = "") -> None:
    """Ask the turn to change something (bot.words.EffectKind) in the same transaction as the answer."""
    say.utter_message(json_message={"effect": {"kind": kind, "value": value}})
