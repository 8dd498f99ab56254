"""Somebody says that an answer did not help."""

from __future__ import annotations

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.careful import CarefulAction, effect


class ActionNoteUnhelpful(CarefulAction):
    """Keeps the verdict beside the answer it is about, for the reviewers."""

    def name(self) -> str:
        """The action's name in domain.yml."""
        return "action_note_unhelpful"

    def act(self, say: CollectingDispatcher, tracker: Tracker) -> None:
        """Note it and offer other ways."""
        effect(say, "feedback", "unhelpful")
        say.utter_message(response="utter_report_not_helpful")
