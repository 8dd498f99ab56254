"""Somebody says nothing but where they are from."""

from __future__ import annotations

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.careful import CarefulAction
from actions.dialogue import topic_answered


class ActionNationality(CarefulAction):
    """The answer given last once more, when it has a line for that country; otherwise what the person wants is asked."""

    def name(self) -> str:
        """The action's name in domain.yml."""
        return "action_nationality"

    def act(self, say: CollectingDispatcher, tracker: Tracker) -> None:
        """Name the answer before it; the library knows which countries it has a line for."""
        say.utter_message(response="utter_nationality", after=topic_answered(tracker.events))
