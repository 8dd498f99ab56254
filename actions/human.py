"""Somebody wants a person."""

from __future__ import annotations

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.careful import CarefulAction, effect


class ActionRequestHuman(CarefulAction):
    """Notes the request for the team and says honestly what happens next."""

    def name(self) -> str:
        """The action's name in domain.yml."""
        return "action_request_human"

    def act(self, say: CollectingDispatcher, tracker: Tracker) -> None:
        """Put the conversation on the waiting list."""
        effect(say, "handover", "asked")
        say.utter_message(response="utter_ask_human")
