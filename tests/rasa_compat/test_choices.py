"""What a button means to Rasa, and that nothing else means anything."""

from __future__ import annotations

import yaml
from hypothesis import example, given
from hypothesis import strategies as st
from pytest import mark, param

from bot.answers.choices import BUTTON_IDS
from bot.rasa_compat.choices import understood
from bot.settings import ROOT
from bot.words import COMMANDS

TOPICS = ("return_cost", "greet", "none_of_these", "set_language")


@mark.parametrize(
    ("choice", "intent"),
    [
        ("topic:return_cost", "return_cost"),
        ("command:greet", "greet"),
        ("none_of_these", "none_of_these"),
        ("erase:yes", "confirm_erasure"),
        ("erase:no", "keep_data"),
        ("language:fr", "set_language"),
        ("area:health", "open_area"),
        ("kind:shelter", "choose_kind"),
        ("near:h_chepo=5,h_nino=30", "share_location"),
        ("near:", "share_location"),
        ("location:share", "nearest_service"),
    ],
)
def test_a_button_becomes_its_intent(choice: str, intent: str) -> None:
    found = understood(choice, topics=TOPICS, language="en")
    assert found is not None
    assert found["intent"] == {"name": intent, "confidence": 1.0}
    assert found["text"] == f"/{intent}"
    assert (found["language"], found["safety"]) == ("en", False)


@mark.parametrize(
    ("choice", "entity", "value"),
    [
        ("language:fr", "language", "fr"),
        ("area:health", "area", "health"),
        ("kind:shelter", "kind", "shelter"),
        ("near:h_chepo=5", "near", "near:h_chepo=5"),
    ],
)
def test_a_button_with_a_value_carries_it(choice: str, entity: str, value: str) -> None:
    found = understood(choice, topics=TOPICS, language="es")
    assert found is not None
    assert [(one["entity"], one["value"]) for one in found["entities"]] == [(entity, value)]


@mark.parametrize(
    "choice",
    [
        param("", id="nothing"),
        param("topic:unknown", id="a topic that the domain does not have"),
        param("topic:return_cost\n", id="something behind it"),
        param("topic:RETURN_COST", id="capitals"),
        param('topic:return_cost{"a":"b"}', id="entities"),
        param("/topic:return_cost", id="a slash"),
        param("erase:maybe", id="another act"),
        param("language:", id="no language"),
        param("language:french", id="no code"),
        param("area:", id="no part of the menu"),
        param("kind:Shelter", id="no kind"),
        param("near:9.09,-79.38", id="a position"),
    ],
)
def test_everything_else_means_nothing(choice: str) -> None:
    assert understood(choice, topics=TOPICS, language="es") is None


@given(choice=st.text() | st.from_regex(r"(topic|command|language|erase):.*"))
@example("topic:greet")
def test_only_intents_of_the_domain_come_out(choice: str) -> None:
    found = understood(choice, topics=TOPICS, language="es")
    assert found is None or found["intent"]["name"] in {*TOPICS, "confirm_erasure", "keep_data"}


def test_every_button_and_command_of_ours_means_something_to_the_real_domain() -> None:
    intents = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))["intents"]
    offered = [*BUTTON_IDS.values(), *(f"command:{topic}" for topic in COMMANDS.values()), "language:es"]
    for choice in offered:
        found = understood(choice, topics=intents, language="es")
        assert found is not None, choice
        assert found["intent"]["name"] in intents
