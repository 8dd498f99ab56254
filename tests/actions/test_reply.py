"""Replies that only mean something after what was said before: for somebody else, a number, once more."""

from __future__ import annotations

from typing import Any

import pytest
from rasa_sdk.executor import ActionExecutor

from bot.answers.nlg import NEAREST, SUGGESTIONS
from tests.actions.executing import BEGUN, LISTEN, Event, call, did, responses, user

GUESSED = [user("nlu_fallback", "shelter", "return_cost", "health_where"), did("action_suggest"), LISTEN]


def answered(topic: str) -> Event:
    return {"event": "bot", "timestamp": 1.0, "text": "", "data": {}, "metadata": {"topic": topic}}


def after(topic: str) -> list[Event]:
    return [*BEGUN, user(topic), answered(topic), LISTEN]


def number(chosen: str) -> Event:
    return user("choose_number", "greet", entities=[{"entity": "number", "value": chosen}])


def said(executor: ActionExecutor, action: str, events: list[Event]) -> tuple[str, dict[str, Any]]:
    result = call(executor, action, events)
    (name,) = responses(result)
    return name, result["responses"][0]


@pytest.mark.parametrize(
    ("topic", "answer"),
    [
        ("vaccination", "utter_vaccination"),
        ("return_cost", "utter_return_family"),
        ("return_fear", "utter_return_fear"),
        ("domestic_violence", "utter_domestic_violence"),
    ],
)
def test_for_somebody_else_the_same_is_said_and_of_going_home_that_of_families(
    executor: ActionExecutor, topic: str, answer: str
) -> None:
    assert said(executor, "action_for_another", [*after(topic), user("ask_for_another")])[0] == answer


def test_what_is_near_is_near_for_somebody_else_too(executor: ActionExecutor) -> None:
    place = user("nearest_service", entities=[{"entity": "place", "value": "david"}])
    events = [*BEGUN, place, answered("nearest_service"), LISTEN]
    for action, intent in (("action_for_another", "ask_for_another"), ("action_say_again", "say_again")):
        name, response = said(executor, action, [*events, user(intent)])
        assert (name, response["town"]) == (NEAREST, "david")


def test_for_somebody_else_out_of_nowhere_is_a_guess(executor: ActionExecutor) -> None:
    events = [*BEGUN, user("ask_for_another", "pregnancy_care", "greet")]
    name, response = said(executor, "action_for_another", events)
    assert (name, response["topics"]) == (SUGGESTIONS, ["pregnancy_care"])


@pytest.mark.parametrize(("chosen", "topic"), [("1", "shelter"), ("2", "return_cost"), ("3", "health_where")])
def test_a_number_chooses_one_of_the_guesses(executor: ActionExecutor, chosen: str, topic: str) -> None:
    assert said(executor, "action_choose_number", [*BEGUN, *GUESSED, number(chosen)])[0] == f"utter_{topic}"
    # "Yes." "Which one?" "The second."
    which = [user("affirm"), did("action_affirm"), LISTEN]
    assert said(executor, "action_choose_number", [*BEGUN, *GUESSED, *which, number(chosen)])[0] == f"utter_{topic}"


def test_a_number_that_was_not_offered_asks_which_one(executor: ActionExecutor) -> None:
    one = [user("nlu_fallback", "shelter"), did("action_suggest"), LISTEN]
    name, response = said(executor, "action_choose_number", [*BEGUN, *one, number("3")])
    assert (name, response["topics"], response["key"]) == (SUGGESTIONS, ["shelter"], "choose_one")


def test_a_number_out_of_nowhere_brings_the_menu(executor: ActionExecutor) -> None:
    assert said(executor, "action_choose_number", [*BEGUN, number("2")])[0] == "utter_show_menu"
    assert said(executor, "action_choose_number", [*after("shelter"), number("2")])[0] == "utter_show_menu"


def test_the_last_answer_is_said_again(executor: ActionExecutor) -> None:
    assert said(executor, "action_say_again", [*after("snakebite"), user("say_again")])[0] == "utter_snakebite"
    assert said(executor, "action_say_again", [*BEGUN, user("say_again")])[0] == "utter_show_menu"
