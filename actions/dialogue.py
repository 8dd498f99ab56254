"""Reading the dialogue so far: pure functions over Rasa's events."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

Event = dict[str, Any]

#: Intents that mean: we have not found out what the person wants.
FAILURES = frozenset({"nlu_fallback", "none_of_these"})

#: Topics that are never offered as a guess: they are no questions.
NOT_OFFERED = frozenset(
    {
        "nlu_fallback",
        "out_of_scope",
        "greet",
        "goodbye",
        "thank",
        "affirm",
        "deny",
        "insult",
        "report_not_helpful",
        "ask_if_bot",
        "show_menu",
        "ask_cost",
        "ask_where",
        "ask_phone",
        "ask_documents",
        "ask_duration",
        "ask_hours",
        "ask_more",
        "ask_for_another",
        "choose_number",
        "say_again",
        "say_nationality",
    }
)

#: Topics of which nobody asks "and how much is it?": the words of Faro itself. Not ask_human: whoever is told to call
#: asks for the number.
NO_SUBJECT = NOT_OFFERED | {"ask_privacy", "erase_data", "choose_language"}


def intents(events: Sequence[Event]) -> list[str]:
    """The intents of the person's messages, oldest first."""
    return [
        (event.get("parse_data") or {}).get("intent", {}).get("name") or ""
        for event in events
        if event["event"] == "user"
    ]


def last_action(events: Sequence[Event]) -> str:
    """What the assistant did before the latest message of the person: the name of the action, or ""."""
    before = events[: max((n for n, event in enumerate(events) if event["event"] == "user"), default=0)]
    names = [event["name"] for event in before if event["event"] == "action"]
    return next((name for name in reversed(names) if name not in ("action_listen", "action_session_start")), "")


def topic_answered(events: Sequence[Event]) -> str:
    """The topic that was answered last before the latest message, or "". Greetings and thanks in between do not count."""
    before = events[: max((n for n, event in enumerate(events) if event["event"] == "user"), default=0)]
    answered = ((event.get("metadata") or {}).get("topic") for event in before if event["event"] == "bot")
    return next((topic for topic in reversed(list(answered)) if topic and topic not in NO_SUBJECT), "")


def said_last(events: Sequence[Event], entities: Collection[str]) -> tuple[str, str]:
    """Entity and value of the newest message that has one of `entities`, or two times ""."""
    for event in reversed(events):
        if event["event"] == "user":
            for one in (event.get("parse_data") or {}).get("entities") or []:
                if one.get("entity") in entities and isinstance(one.get("value"), str):
                    return one["entity"], one["value"]
    return "", ""


def failures_in_a_row(events: Sequence[Event]) -> int:
    """How many of the latest messages we failed to understand, the newest included. A refused guess does not count."""
    count = 0
    for intent in reversed(intents(events)):
        if intent not in FAILURES:
            break
        count += intent == "nlu_fallback"
    return count


def likeliest(ranking: Sequence[dict[str, Any]], number: int) -> list[str]:
    """The likeliest topics that can be offered, best first."""
    return [one["name"] for one in ranking if one["name"] not in NOT_OFFERED][:number]


def last_offered(events: Sequence[Event], number: int) -> list[str]:
    """The topics that were offered when we last did not understand, or [] when that was not the last thing said.

    The second time in a row none are offered, unless it sounded like danger (actions/suggest.py).
    """
    *earlier, latest = [place for place, event in enumerate(events) if event["event"] == "user"] or [0]
    if last_action(events) == "action_affirm" and earlier:
        return last_offered(events[:latest], number)  # a yes to several guesses was asked which one
    if last_action(events) != "action_suggest" or not earlier:
        return []
    before, answer = events[:latest], events[earlier[-1] : latest]
    parsed = answer[0].get("parse_data") or {}
    answered = any((event.get("metadata") or {}).get("topic") for event in answer if event["event"] == "bot")
    if answered or (failures_in_a_row(before) > 1 and not parsed.get("safety")):
        return []
    return likeliest(parsed.get("intent_ranking") or [], number)
