"""Erasure, after the person has confirmed it."""

from __future__ import annotations

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.careful import CarefulAction, effect


def say_erased(say: CollectingDispatcher) -> None:
    """Ask the turn to erase the contact, and give the receipt. Both happen in one transaction or not at all."""
    effect(say, "erase")
    say.utter_message(response="utter_sentence_erase_done")


class ActionErase(CarefulAction):
    """The button "yes, erase"."""

    def name(self) -> str:
        """The action's name in domain.yml."""
        return "action_erase"

    def act(self, say: CollectingDispatcher, tracker: Tracker) -> None:
        """Erase and say so."""
        say_erased(say)
