"""What an answer before it decides: short questions, the menu, and what is near."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from rasa_sdk.executor import ActionExecutor

from actions import nearest
from bot.answers.folder import Folder
from bot.answers.nlg import AREA, FOLLOW_UP, NEAREST, SUGGESTIONS
from bot.settings import ROOT
from tests.actions.executing import BEGUN, LISTEN, Event, call, did, responses, user

DOMAIN = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))


# What was asked after an answer


def answered(topic: str) -> Event:
    """What Rasa keeps of an answer (bot/rasa_compat/session_store.py)."""
    return {"event": "bot", "timestamp": 1.0, "text": "", "data": {}, "metadata": {"topic": topic}}


def spoken(result: dict[str, Any], *names: str) -> list[Any]:
    return [result["responses"][0][name] for name in names]


def test_a_short_question_is_about_the_answer_before_it(executor: ActionExecutor) -> None:
    events = [*BEGUN, user("hiv_sti"), answered("hiv_sti"), LISTEN, user("ask_cost")]
    result = call(executor, "action_follow_up", events)
    assert responses(result) == [FOLLOW_UP]
    assert spoken(result, "question", "after") == ["ask_cost", "hiv_sti"]


def test_thanks_in_between_change_nothing(executor: ActionExecutor) -> None:
    events = [*BEGUN, user("hiv_sti"), answered("hiv_sti"), LISTEN, user("thank"), answered("thank"), LISTEN]
    result = call(executor, "action_follow_up", [*events, user("ask_where")])
    assert spoken(result, "question", "after") == ["ask_where", "hiv_sti"]


def test_the_answer_to_a_short_question_is_what_the_next_one_is_about(executor: ActionExecutor) -> None:
    events = [*BEGUN, user("hiv_sti"), answered("hiv_sti"), LISTEN, user("ask_cost"), answered("health_cost"), LISTEN]
    assert spoken(call(executor, "action_follow_up", [*events, user("ask_more")]), "after") == ["health_cost"]


def test_a_short_question_out_of_nowhere_is_about_nothing(executor: ActionExecutor) -> None:
    assert spoken(call(executor, "action_follow_up", [*BEGUN, user("ask_cost")]), "after") == [""]


def test_a_part_of_the_menu_is_opened_by_its_button(executor: ActionExecutor) -> None:
    pressed = user("open_area", entities=[{"entity": "area", "value": "health"}])
    result = call(executor, "action_open_area", [*BEGUN, user("greet"), LISTEN, pressed])
    assert (responses(result), spoken(result, "area")) == ([AREA], ["health"])


# What is near


def at(place: str, *ranking: str, intent: str = "nearest_service") -> Event:
    return user(intent, *ranking, entities=[{"entity": "place", "value": place}])


def near(result: dict[str, Any]) -> list[Any]:
    assert responses(result) == [NEAREST]
    return spoken(result, "kind", "town", "near")


def test_the_place_of_the_message_and_the_usual_kind(executor: ActionExecutor) -> None:
    assert near(call(executor, "action_nearest", [*BEGUN, at("tocumen")])) == ["health", "tocumen", ""]


@pytest.mark.parametrize(("before", "kind"), [("shelter", "shelter"), ("asylum_apply", "asylum"), ("thank", "health")])
def test_the_kind_fits_what_was_answered_before(executor: ActionExecutor, before: str, kind: str) -> None:
    events = [*BEGUN, user(before), answered(before), LISTEN, at("david")]
    assert near(call(executor, "action_nearest", events)) == [kind, "david", ""]


def test_the_kind_is_the_one_that_the_message_sounds_like(executor: ActionExecutor) -> None:
    assert near(call(executor, "action_nearest", [*BEGUN, at("david", "shelter")]))[0] == "shelter"


def test_sounding_a_little_like_a_doctor_does_not_outweigh_the_answer_before(executor: ActionExecutor) -> None:
    events = [*BEGUN, user("contact_asylum_office"), answered("contact_asylum_office"), LISTEN]
    assert near(call(executor, "action_nearest", [*events, at("david", "health_where")]))[0] == "asylum"
    assert near(call(executor, "action_nearest", [*events, at("david", "medical_emergency")]))[0] == "health"


def test_another_kind_is_sought_at_the_same_place(executor: ActionExecutor) -> None:
    shared = user("share_location", entities=[{"entity": "near", "value": "near:h_chepo=5"}])
    pressed = user("choose_kind", entities=[{"entity": "kind", "value": "shelter"}])
    events = [*BEGUN, shared, answered("nearest_service"), LISTEN, pressed]
    assert near(call(executor, "action_nearest", events)) == ["shelter", "", "near:h_chepo=5"]
    # A place that is named later counts more than the position of before, and the kind stays.
    events += [answered("nearest_service"), LISTEN, at("chepo")]
    assert near(call(executor, "action_nearest", events)) == ["shelter", "chepo", ""]


def test_without_a_place_the_library_asks_for_one(executor: ActionExecutor) -> None:
    assert near(call(executor, "action_nearest", [*BEGUN, user("nearest_service")])) == ["health", "", ""]


def test_a_doctor_in_a_named_place_is_the_nearest_one(executor: ActionExecutor) -> None:
    result = call(executor, "action_health_where", [*BEGUN, at("colon", intent="health_where")])
    assert near(result) == ["health", "colon", ""]
    # A place of long ago is not where the person is ill now.
    events = [*BEGUN, at("colon"), answered("nearest_service"), LISTEN, user("health_where")]
    assert responses(call(executor, "action_health_where", events)) == ["utter_health_where"]


#: A question for what is near that does not say where.
ASKED = [user("nearest_service"), did("action_nearest"), answered("nearest_service"), LISTEN]


@pytest.mark.parametrize(
    ("before", "kind"),
    [("shelter", "shelter"), ("asylum_apply", "asylum"), ("snakebite", "health"), ("ask_human", "iom")],
)
def test_the_kind_stays_when_the_place_is_named_afterwards(executor: ActionExecutor, before: str, kind: str) -> None:
    events = [*BEGUN, user(before), answered(before), LISTEN, *ASKED, at("david")]
    assert near(call(executor, "action_nearest", events)) == [kind, "david", ""]


def test_the_kind_that_the_question_sounded_like_stays_too(executor: ActionExecutor) -> None:
    asked = [user("nearest_service", "shelter"), *ASKED[1:]]
    thanked = [user("thank"), answered("thank"), LISTEN]
    assert near(call(executor, "action_nearest", [*BEGUN, *asked, *thanked, at("david")]))[0] == "shelter"


def test_a_message_that_is_only_a_place_sounds_like_nothing(executor: ActionExecutor) -> None:
    alone = at("meteti", "iom_offices")
    alone["parse_data"]["intent"]["confidence"] = 1.0
    events = [*BEGUN, user("snakebite"), answered("snakebite"), LISTEN, alone]
    assert near(call(executor, "action_nearest", events)) == ["health", "meteti", ""]


@pytest.mark.parametrize(("before", "about"), [("shelter", "shelter"), ("thank", "health_where")])
def test_what_a_list_of_services_costs_is_a_question_about_their_kind(
    executor: ActionExecutor, before: str, about: str
) -> None:
    events = [*BEGUN, user(before), answered(before), LISTEN, at("david"), answered("nearest_service"), LISTEN]
    result = call(executor, "action_follow_up", [*events, user("ask_cost")])
    assert spoken(result, "question", "after") == ["ask_cost", about]
    assert spoken(call(executor, "action_follow_up", [*events, user("ask_phone")]), "after") == ["nearest_service"]


def test_whoever_is_told_to_call_asks_for_the_number(executor: ActionExecutor) -> None:
    events = [*BEGUN, user("ask_human"), answered("ask_human"), LISTEN, user("ask_phone")]
    assert spoken(call(executor, "action_follow_up", events), "after") == ["ask_human"]


def test_a_place_after_a_list_needs_no_other_word_that_is_understood(executor: ActionExecutor) -> None:
    events = [*BEGUN, user("shelter"), answered("shelter"), LISTEN, at("chepo"), answered("nearest_service"), LISTEN]
    and_david = at("david", "return_cost", intent="nlu_fallback")
    assert near(call(executor, "action_suggest", [*events, and_david])) == ["shelter", "david", ""]
    assert responses(call(executor, "action_suggest", [*BEGUN, and_david])) == [SUGGESTIONS]
    frightened = {**and_david, "parse_data": {**and_david["parse_data"], "safety": True}}
    assert responses(call(executor, "action_suggest", [*events, frightened])) == [SUGGESTIONS]
    # What was answered was no list of guesses: a yes after it is about nothing.
    done = [*events, and_david, did("action_suggest"), answered("nearest_service"), LISTEN]
    assert responses(call(executor, "action_affirm", [*done, user("affirm")])) == ["utter_affirm"]


def test_the_kinds_are_categories_and_the_topics_are_topics() -> None:
    folder = Folder(ROOT / "content")
    content = folder.read(folder.stamps()).content
    assert set(nearest.KINDS.values()) | {nearest.USUAL} <= set(content.categories)
    assert set(nearest.KINDS) | set(nearest.ABOUT.values()) <= set(DOMAIN["intents"])
    assert set(nearest.ABOUT) == set(nearest.KINDS.values())
