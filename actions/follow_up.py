"""Short questions: "and how much is it?", "where is that?". The answer given last decides what they are about."""

from __future__ import annotations

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.careful import CarefulAction
from actions.dialogue import intents, topic_answered


class ActionFollowUp(CarefulAction):
    """Answers with what staff wrote for that question after that answer (`follow_ups` in content/answers)."""

    def name(self) -> str:
        """The action's name in domain.yml."""
        return "action_follow_up"

    def act(self, say: CollectingDispatcher, tracker: Tracker) -> None:
        """Name the question and the answer before it; the library knows the rest."""
        question = next(reversed(intents(tracker.events)), "")
        say.utter_message(response="utter_follow_up", question=question, after=topic_answered(tracker.events))
