"""One list of topics: in the register, the domain, the examples of every language, the rules and the answers."""

from __future__ import annotations

from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.answers.choices import BUTTON_IDS
from bot.answers.library import Library
from bot.answers.schema import FOLLOW_UP
from bot.nlu import names, reply_reader
from bot.rasa_compat.choices import understood
from bot.settings import ROOT
from tests.architecture.sentences import Example, examples, normalised

#: Fewer examples than this in a language teach too little of a topic.
LEAST_EXAMPLES = 25

#: What buttons say is answered by sentences of the interface.
OTHER_WORDS = {"none_of_these": "utter_sentence_none_of_these", "keep_data": "utter_sentence_erase_cancelled"}

TAXONOMY = ROOT.parent / "shared" / "design" / "taxonomy.yml"


def _read(name: str) -> Any:
    return yaml.safe_load((ROOT / name).read_text(encoding="utf-8"))


@cache
def register() -> dict[str, dict[str, Any]]:
    return {topic: flags for area in _read("data/topics.yml")["areas"].values() for topic, flags in area.items()}


@cache
def only_buttons() -> frozenset[str]:
    """Intents that only a button can say."""
    choices = [*BUTTON_IDS.values(), "language:es", "area:health", "kind:health", "near:"]
    said = [understood(choice, topics=register(), language="es") for choice in choices]
    return frozenset(one["intent"]["name"] for one in said if one) - set(register())


#: Intents that rules know by the words of a message (bot/nlu/reply_reader.py, names.py).
REPLIES = frozenset({reply_reader.FOR_ANOTHER, reply_reader.NUMBER, reply_reader.AGAIN, names.SAYS_NATIONALITY})


def languages() -> list[str]:
    """The languages that are ready; a draft has neither texts nor examples yet."""
    return [code for code, about in _read("content/languages.yml")["languages"].items() if not about.get("draft")]


def _rules() -> list[dict[str, Any]]:
    return list(_read("data/rules.yml")["rules"])


def test_the_domain_has_the_topics_of_the_register_and_what_buttons_say() -> None:
    intents = _read("domain.yml")["intents"]
    assert len(intents) == len(set(intents))
    assert set(intents) == set(register()) | only_buttons() | REPLIES


def test_every_language_has_examples() -> None:
    there = {path.name for path in (ROOT / "data" / "nlu").iterdir()}
    assert set(languages()) <= there <= set(_read("content/languages.yml")["languages"])


@pytest.mark.parametrize("language", languages())
def test_every_topic_has_enough_examples_and_nothing_else_has_any(language: str) -> None:
    distinct = Counter(topic for topic, _text in {(one.topic, normalised(one.text)) for one in _examples(language)})
    assert set(distinct) == set(register())
    assert {topic: number for topic, number in distinct.items() if number < LEAST_EXAMPLES} == {}


@cache
def _examples(language: str) -> list[Example]:
    return [one for one in examples(ROOT) if one.language == language]


@pytest.mark.parametrize("language", languages())
def test_examples_stand_in_the_file_of_their_area_and_language(language: str) -> None:
    areas = _read("data/topics.yml")["areas"]
    for path in sorted((ROOT / "data" / "nlu" / language).glob("*.yml")):
        blocks = yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]
        assert {block["intent"] for block in blocks} == set(areas[path.stem])
        assert {block["metadata"]["language"] for block in blocks} == {language}


def test_every_topic_has_one_rule() -> None:
    begun_by = Counter(rule["steps"][0]["intent"] for rule in _rules())
    assert set(begun_by) == set(register()) | only_buttons() | REPLIES | {"nlu_fallback"}
    assert set(begun_by.values()) == {1}


def test_a_rule_says_its_own_topic_or_leaves_it_to_an_action() -> None:
    actions = set(_read("domain.yml")["actions"])
    for rule in _rules():
        intent, action = rule["steps"][0]["intent"], rule["steps"][1]["action"]
        assert action in {*actions, f"utter_{intent}", OTHER_WORDS.get(intent)}, rule["rule"]


def test_every_topic_has_an_answer_but_the_questions_that_the_answer_before_decides() -> None:
    follow_ups = {topic for topic, flags in register().items() if flags.get("ellipsis")}
    assert set(Library(ROOT / "content").current().answers) == set(register()) - follow_ups
    assert follow_ups == set(_read("data/topics.yml")["areas"][FOLLOW_UP])


def test_safety_is_flagged_as_in_the_taxonomy() -> None:
    if not TAXONOMY.is_file():
        pytest.skip("the taxonomy is kept beside the project, and is not here")
    taxonomy = yaml.safe_load(TAXONOMY.read_text(encoding="utf-8"))
    expected = {
        topic: bool(about.get("safety"))
        for area in taxonomy.values()
        if isinstance(area, dict)
        for topic, about in area.items()
        if topic in register()
    }
    assert expected == {topic: bool(flags.get("safety")) for topic, flags in register().items()}


def test_areas_are_those_of_the_folders() -> None:
    def folders(path: Path) -> set[str]:
        return {one.name for one in path.iterdir() if one.is_dir()}

    areas = _read("data/topics.yml")["areas"]
    for area in folders(ROOT / "content" / "answers"):
        named = {path.stem for path in (ROOT / "content" / "answers" / area).glob("*.yml")}
        assert named <= set(areas[area])
