"""A part of the menu."""

from __future__ import annotations

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.careful import CarefulAction
from actions.dialogue import said_last


class ActionOpenArea(CarefulAction):
    """The button with the name of a part of the menu."""

    def name(self) -> str:
        """The action's name in domain.yml."""
        return "action_open_area"

    def act(self, say: CollectingDispatcher, tracker: Tracker) -> None:
        """Offer the topics of that part."""
        say.utter_message(response="utter_area", area=said_last(tracker.events, ("area",))[1])
