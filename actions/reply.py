"""Replies that only mean something after what was said before: for somebody else, a number of a list, once more."""

from __future__ import annotations

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.careful import CarefulAction
from actions.dialogue import last_offered, likeliest, said_last, topic_answered
from actions.nearest import NEAREST, say_nearest
from actions.suggest import OFFERED

#: What is said of going home together, whatever was asked about going home.
_HOME, _HOME_TOGETHER = "return_", "return_family"
#: Answers on going home that are about a danger or a state of health, not about who travels.
_STAY = frozenset({"return_fear", "return_deportation", "return_medical", "return_southbound_route"})


class ActionForAnother(CarefulAction):
    """ "And for my son?": the same answer for somebody else; of going home, that of families."""

    def name(self) -> str:
        """The action's name in domain.yml."""
        return "action_for_another"

    def act(self, say: CollectingDispatcher, tracker: Tracker) -> None:
        """Answer the last question again; when there was none, guess what it is about."""
        topic = topic_answered(tracker.events)
        if topic == NEAREST:
            say_nearest(say, tracker.events)
        elif topic:
            together = topic.startswith(_HOME) and topic not in _STAY
            say.utter_message(response=f"utter_{_HOME_TOGETHER if together else topic}")
        else:
            ranking = tracker.latest_message.get("intent_ranking") or []
            say.utter_message(response="utter_suggestions", topics=likeliest(ranking, OFFERED))


class ActionChooseNumber(CarefulAction):
    """ "The second one": of the topics that were offered last."""

    def name(self) -> str:
        """The action's name in domain.yml."""
        return "action_choose_number"

    def act(self, say: CollectingDispatcher, tracker: Tracker) -> None:
        """Answer the topic with that number, or show the menu when nothing was offered."""
        offered = last_offered(tracker.events, OFFERED)
        latest = [event for event in tracker.events if event["event"] == "user"][-1:]
        number = int(said_last(latest, ("number",))[1] or 0)
        if 0 < number <= len(offered):
            say.utter_message(response=f"utter_{offered[number - 1]}")
        elif offered:
            say.utter_message(response="utter_suggestions", topics=offered, key="choose_one")
        else:
            say.utter_message(response="utter_show_menu")


class ActionSayAgain(CarefulAction):
    """ "Say that again": the last answer once more."""

    def name(self) -> str:
        """The action's name in domain.yml."""
        return "action_say_again"

    def act(self, say: CollectingDispatcher, tracker: Tracker) -> None:
        """Repeat it, or show the menu when there was none."""
        topic = topic_answered(tracker.events)
        if topic == NEAREST:
            say_nearest(say, tracker.events)
        else:
            say.utter_message(response=f"utter_{topic or 'show_menu'}")
