"""The nearest services: by a place that was named, or a position that was shared."""

from __future__ import annotations

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.careful import CarefulAction
from actions.dialogue import said_last, topic_answered

#: The kind of service (a category of content/contacts.yml) that somebody wants who has just read these answers.
KINDS = {
    "shelter": "shelter",
    "domestic_violence": "shelter",
    "lgbtiq_support": "shelter",
    "food_and_items": "shelter",
    "contact_iom": "iom",
    "iom_offices": "iom",
    "return_how_to_apply": "iom",
    "return_overview": "iom",
    "asylum_apply": "asylum",
    "asylum_rights": "asylum",
    "contact_asylum_office": "asylum",
    "return_fear": "asylum",
}

#: The topic whose answers name services.
NEAREST = "nearest_service"

#: From this confidence on another topic says which kind of service is meant.
SOUNDS_LIKE = 0.1

#: Without a sign of anything else: where a doctor is.
USUAL = "health"


class ActionNearest(CarefulAction):
    """Names the nearest services of the kind that was asked for, or asks where the person is."""

    def name(self) -> str:
        """The action's name in domain.yml."""
        return "action_nearest"

    def act(self, say: CollectingDispatcher, tracker: Tracker) -> None:
        """Take the newest place and kind of the dialogue; the library measures."""
        found, value = said_last(tracker.events, ("place", "near"))
        where = {"town": value if found == "place" else "", "near": value if found == "near" else ""}
        say.utter_message(response="utter_nearest", kind=_kind(tracker), **where)


def _kind(tracker: Tracker) -> str:
    """The kind that a button named, that the message sounds like, or that fits what was answered before."""
    events, latest = tracker.events, tracker.latest_message
    before = topic_answered(events)
    asked = said_last([event for event in events if event["event"] == "user"][-1:], ("kind",))[1]
    if asked or before == NEAREST:
        return asked or said_last(events, ("kind",))[1] or USUAL
    ranking = latest.get("intent_ranking") or []
    sounds = (KINDS[one["name"]] for one in ranking if one["name"] in KINDS and one["confidence"] >= SOUNDS_LIKE)
    return next(sounds, KINDS.get(before, USUAL))


class ActionHealthWhere(CarefulAction):
    """Where is a doctor: with a place named in the question, the nearest ones; without, the answer that staff wrote."""

    def name(self) -> str:
        """The action's name in domain.yml."""
        return "action_health_where"

    def act(self, say: CollectingDispatcher, tracker: Tracker) -> None:
        """Answer at once when the message itself names a place."""
        latest = [event for event in tracker.events if event["event"] == "user"][-1:]
        if place := said_last(latest, ("place",))[1]:
            say.utter_message(response="utter_nearest", kind=USUAL, town=place, near="")
        else:
            say.utter_message(response="utter_health_where")
