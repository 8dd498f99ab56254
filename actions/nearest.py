"""The nearest services: by a place that was named, or a position that was shared."""

from __future__ import annotations

from collections.abc import Sequence

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.careful import CarefulAction
from actions.dialogue import NO_SUBJECT, Event, said_last

#: The kind of service (a category of content/contacts.yml) that somebody wants who has just read these answers.
KINDS = {
    "shelter": "shelter",
    "domestic_violence": "shelter",
    "lgbtiq_support": "shelter",
    "food_and_items": "shelter",
    "ask_human": "iom",
    "contact_iom": "iom",
    "iom_offices": "iom",
    "return_how_to_apply": "iom",
    "return_overview": "iom",
    "asylum_apply": "asylum",
    "asylum_rights": "asylum",
    "contact_asylum_office": "asylum",
    "return_fear": "asylum",
    "health_where": "health",
    "medical_emergency": "health",
}

#: The topic that says what a list of services of a kind cannot: what they cost, whom they take.
ABOUT = {"health": "health_where", "shelter": "shelter", "iom": "contact_iom", "asylum": "asylum_apply"}

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
        say_nearest(say, tracker.events)


def say_nearest(say: CollectingDispatcher, events: Sequence[Event]) -> None:
    """Name the services near the newest place of the dialogue; the library asks for one when there is none."""
    found, value = said_last(events, ("place", "near"))
    where = {"town": value if found == "place" else "", "near": value if found == "near" else ""}
    say.utter_message(response="utter_nearest", kind=kind_wanted(events), **where)


def kind_wanted(events: Sequence[Event]) -> str:
    """The kind of service that the dialogue is about: the newest that a button or a message named, or an answer implies.

    A place is often named only when Faro asks for it ("a shelter near me", "David"); the kind stays the one of before.
    """
    for event in reversed(events):
        if event["event"] == "user":
            parsed = event.get("parse_data") or {}
            kind = said_last([event], ("kind",))[1] or _sounds_like(parsed)
        else:
            topic = (event.get("metadata") or {}).get("topic") if event["event"] == "bot" else ""
            kind = KINDS.get(topic, USUAL) if topic and topic != NEAREST and topic not in NO_SUBJECT else ""
        if kind:
            return kind
    return USUAL


def _sounds_like(parsed: Event) -> str:
    """The kind that a question for what is near sounds like, or "".

    A message that says nothing but a place has the confidence 1 by rule (bot/nlu/places.py): the other topics of its
    ranking are guesses at the name of a town.
    """
    intent = parsed.get("intent") or {}
    if intent.get("name") == "health_where":
        return USUAL
    if intent.get("name") != NEAREST or intent.get("confidence") == 1.0:
        return ""
    ranking = parsed.get("intent_ranking") or []
    # Whatever asks for something near sounds a little like "where is a doctor?": that is no sign of a doctor. Who means one
    # says so (bot/nlu/data/place_words.yml).
    named = [one for one in ranking if one["name"] in KINDS and one["name"] != "health_where"]
    return next((KINDS[one["name"]] for one in named if one["confidence"] >= SOUNDS_LIKE), "")


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
