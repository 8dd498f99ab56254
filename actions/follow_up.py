"""Short questions: "and how much is it?", "where is that?". The answer given last decides what they are about."""

from __future__ import annotations

from collections.abc import Sequence

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.careful import CarefulAction
from actions.dialogue import Event, intents, topic_answered
from actions.nearest import ABOUT, NEAREST, kind_wanted

#: Questions about a list of services that are about the kind of service, not about the list.
_OF_THE_KIND = frozenset({"ask_cost", "ask_documents", "ask_duration"})


class ActionFollowUp(CarefulAction):
    """Answers with what staff wrote for that question after that answer (`follow_ups` in content/answers)."""

    def name(self) -> str:
        """The action's name in domain.yml."""
        return "action_follow_up"

    def act(self, say: CollectingDispatcher, tracker: Tracker) -> None:
        """Name the question and the answer before it; the library knows the rest."""
        question = next(reversed(intents(tracker.events)), "")
        say.utter_message(response="utter_follow_up", question=question, after=_subject(question, tracker.events))


def _subject(question: str, events: Sequence[Event]) -> str:
    """The topic that a short question is about, or ""."""
    topic = topic_answered(events)
    if topic == NEAREST and question in _OF_THE_KIND:
        return ABOUT.get(kind_wanted(events), topic)
    return topic
