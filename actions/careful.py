"""The base of our actions: whatever goes wrong, the person hears something and the log learns nothing private."""

from __future__ import annotations

import logging
from abc import ABC, abstractmethod
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

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
        said = len(dispatcher.messages)
        try:
            self.act(dispatcher, tracker)
        except Exception as error:
            log.error("action failed", extra={"action": self.name(), "error": type(error).__name__})
            del dispatcher.messages[said:]
        if not any(message.get("response") for message in dispatcher.messages[said:]):
            dispatcher.utter_message(response=LAST_RESORT)
        return []


def effect(say: CollectingDispatcher, kind: str, value: str = "") -> None:
    """Ask the turn to change something (bot.words.EffectKind) in the same transaction as the answer."""
    say.utter_message(json_message={"effect": {"kind": kind, "value": value}})
