"""Not understood: say so and offer the likeliest topics; the second time in a row, the menu and a person."""

from __future__ import annotations

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.careful import CarefulAction
from actions.dialogue import failures_in_a_row, likeliest, said_last, topic_answered
from actions.nearest import NEAREST, say_nearest

#: As many as a WhatsApp message can carry beside "none of these" without becoming a list (three reply buttons and a row).
OFFERED = 3


class ActionSuggest(CarefulAction):
    """Did you mean ...?"""

    def name(self) -> str:
        """The action's name in domain.yml."""
        return "action_suggest"

    def act(self, say: CollectingDispatcher, tracker: Tracker) -> None:
        """Offer guesses once; after that, stop guessing."""
        topics = likeliest(tracker.latest_message.get("intent_ranking") or [], OFFERED)
        latest = [event for event in tracker.events if event["event"] == "user"][-1:]
        if tracker.latest_message.get("safety"):
            # Not sure what, but it sounds like danger: the numbers come first, whatever was misunderstood before.
            say.utter_message(response="utter_suggestions", topics=topics, key="not_understood_danger")
        elif topic_answered(tracker.events) == NEAREST and said_last(latest, ("place",))[1]:
            say_nearest(say, tracker.events)  # "and in David?": the place says it
        elif failures_in_a_row(tracker.events) > 1 or not topics:
            say.utter_message(response="utter_sentence_not_understood_again")
        else:
            say.utter_message(response="utter_suggestions", topics=topics)
