"""Yes and no: their meaning depends on what was asked."""

from __future__ import annotations

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.careful import CarefulAction
from actions.dialogue import last_action, last_offered
from actions.erase import say_erased
from actions.suggest import OFFERED


class ActionAffirm(CarefulAction):
    """A yes: to an erasure it erases, to several guesses it asks which one, otherwise it asks for the question."""

    def name(self) -> str:
        """The action's name in domain.yml."""
        return "action_affirm"

    def act(self, say: CollectingDispatcher, tracker: Tracker) -> None:
        """Answer the yes."""
        offered = last_offered(tracker.events, OFFERED)
        if last_action(tracker.events) == "utter_erase_data":
            say_erased(say)
        elif len(offered) == 1:
            say.utter_message(response=f"utter_{offered[0]}")
        elif offered:
            say.utter_message(response="utter_suggestions", topics=offered, key="choose_one")
        else:
            say.utter_message(response="utter_affirm")


class ActionDeny(CarefulAction):
    """A no: to an erasure it keeps everything, to guesses it asks for other words."""

    def name(self) -> str:
        """The action's name in domain.yml."""
        return "action_deny"

    def act(self, say: CollectingDispatcher, tracker: Tracker) -> None:
        """Answer the no."""
        match last_action(tracker.events):
            case "utter_erase_data":
                say.utter_message(response="utter_sentence_erase_cancelled")
            case "action_suggest":
                say.utter_message(response="utter_sentence_none_of_these")
            case _:
                say.utter_message(response="utter_deny")
