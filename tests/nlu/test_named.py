"""Countries and organisations in messages: what is found, what is not, and whose words stay the classifier's."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from rasa.shared.nlu.training_data.message import Message

from bot.answers.library import Library
from bot.nlu.named import Names, Read
from bot.nlu.names import NATIONALITY, ORGANISATION, SAYS_NATIONALITY, NameFinder
from bot.nlu.room import ROOT
from tests.architecture.sentences import examples

LISTED = yaml.safe_load((ROOT / "tests" / "nlu" / "nationalities.yml").read_text(encoding="utf-8"))


@cache
def names() -> Names:
    content = Library(ROOT / "content").current()
    return Names(content.countries.values(), content.organisations.values())


def codes(read: Read) -> set[str]:
    return {one.id for one in read.countries}


@pytest.mark.parametrize(
    ("text", "wanted"), [(text, wanted) for listed in LISTED.values() for text, wanted in listed.items()]
)
def test_where_somebody_is_from_is_read(text: str, wanted: str) -> None:
    assert codes(names().read(text)) == set(wanted.split())


def test_there_are_enough_messages_in_every_language() -> None:
    assert set(LISTED) == set(Library(ROOT / "content").current().languages)
    assert min(map(len, LISTED.values())) >= 60


@pytest.mark.parametrize(
    ("text", "only"),
    [
        ("venezolano", True),
        ("hola, soy de Cuba", True),
        ("I'm from Nepal", True),
        ("je suis haïtien", True),
        ("Haïti", True),
        ("english please", False),
        ("español", False),
        ("soy cubano y mi consulado?", False),
        ("no soy cubano", False),
        ("en Colombia", False),
        ("hola", False),
        ("", False),
    ],
)
def test_a_message_that_says_nothing_but_where_somebody_is_from_is_known(text: str, only: bool) -> None:
    assert names().read(text).only_countries is only


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("SENNIAF", "child_at_risk"),
        ("Línea 182", "domestic_violence"),
        ("telefono de la ONPAR por favor", "contact_asylum_office"),
        ("AVRR", "return_overview"),
        ("Croix-Rouge", "contact_red_cross"),
        ("embajada de Estados Unidos", "consular_help"),
        ("la Cruz Roja me ayudó en Colombia", ""),
        ("ACNUR y OIM", ""),
        ("are you from iom", ""),
        ("HIAS", ""),
    ],
)
def test_nothing_but_the_name_of_an_organisation_asks_for_it(text: str, topic: str) -> None:
    assert names().read(text).topic == topic


def test_a_name_that_is_the_same_in_every_language_says_nothing_of_the_language() -> None:
    for text, silent in (
        ("Venezuela", True),
        ("ACNUR", True),
        ("cruz roja", False),
        ("cubano", False),
        ("hola", False),
    ):
        assert names().read(text).says_no_language is silent, text


def test_a_name_stands_where_it_is_said_to_stand() -> None:
    text = "Bonjour ! Je viens d'Hai\u0308ti 🇭🇹"
    (found,) = names().read(text).countries
    assert text[found.start : found.end] == "Hai\u0308ti"


def test_no_example_or_question_of_another_topic_is_taken_over() -> None:
    asked = [(one.text, one.topic) for one in examples(ROOT)]
    for file in sorted((ROOT / "tests" / "questions").rglob("*.yml")):
        asked += [(one["text"], one["topic"]) for one in yaml.safe_load(file.read_text(encoding="utf-8"))["questions"]]
    read = [(text, topic, names().read(text)) for text, topic in asked]
    assert [(text, topic) for text, topic, found in read if found.topic and found.topic != topic] == []
    # "hi from nepal": who greets and says where they are from.
    assert {topic for _, topic, found in read if found.only_countries} <= {"greet"}


def test_no_town_of_the_gazetteer_is_taken_for_a_country() -> None:
    towns = Library(ROOT / "content").current().towns.values()
    called = [name for town in towns for name in (town.name, *town.called)]
    assert [name for name in called if names().read(name).countries] == []


@given(st.text(max_size=300))
def test_whatever_is_written_is_read(text: str) -> None:
    for found in (*names().read(text).countries, *names().read(text).organisations):
        assert 0 <= found.start < found.end <= len(text)


WORDS = [
    "soy",
    "de",
    "la",
    "Cuba",
    "cubano",
    "no",
    "i",
    "am",
    "from",
    "Haïti",
    "d'",
    "je",
    "suis",
    "OIM",
    "volver",
    "a",
]


@given(st.lists(st.sampled_from(WORDS), max_size=12))
def test_names_in_any_order_are_read(words: list[str]) -> None:
    read = names().read(" ".join(words))
    assert not (read.only_countries and read.topic)


def test_of_what_people_write_nothing_stays() -> None:
    own = names()
    before = len(own._vocab.strings)
    own.read("Soy Wilfrida Tananbaum de Cuba, zxqvw 6612-3344")
    assert len(own._vocab.strings) == before


@dataclass(frozen=True)
class Land:
    code: str
    names: tuple[str, ...]
    people: tuple[str, ...] = ()
    ambiguous: tuple[str, ...] = ()


def test_a_name_that_two_countries_have_is_that_of_the_first_and_the_longest_name_counts() -> None:
    lands = [Land("AA", ("Congo",), ("congolés",)), Land("BB", ("Congo", "Congo del Norte"), ("congolés",))]
    read = Names(lands, ()).read
    assert codes(read("soy congolés")) == codes(read("soy del Congo")) == {"AA"}
    assert codes(read("soy de Congo del Norte")) == {"BB"}


# The component


@pytest.fixture
def finder() -> NameFinder:
    return NameFinder({}, ROOT / "content")


def understood(finder: NameFinder, text: str, topic: str = "greet", **more: object) -> Message:
    ranking = [{"name": topic, "confidence": 0.4}]
    told = {"text": text, "intent": dict(ranking[0]), "intent_ranking": ranking, "safety": False, **more}
    return finder.process([Message(data=told)])[0]


def test_it_adds_what_is_named_and_keeps_what_others_found(finder: NameFinder) -> None:
    place = {"entity": "place", "value": "david", "start": 0, "end": 0}
    message = understood(finder, "soy cubano, estoy en David, busco a ACNUR", "contact_unhcr", entities=[place])
    found = [(one["entity"], one["value"]) for one in message.get("entities")]
    assert found == [("place", "david"), (NATIONALITY, "CU"), (ORGANISATION, "unhcr")]
    assert message.get("intent")["name"] == "contact_unhcr"


def test_nothing_but_a_nationality_is_an_intent_of_its_own_and_the_guesses_stay(finder: NameFinder) -> None:
    message = understood(finder, "soy venezolano", "statelessness")
    assert message.get("intent") == {"name": SAYS_NATIONALITY, "confidence": 1.0}
    assert [one["name"] for one in message.get("intent_ranking")] == [SAYS_NATIONALITY, "statelessness"]


def test_what_sounded_like_danger_stays_danger(finder: NameFinder) -> None:
    for text in ("soy venezolano", "Tu Pista"):
        assert understood(finder, text, "trafficking", safety=True).get("intent")["name"] == "trafficking"


def test_a_country_alone_leaves_the_conversation_in_its_language(finder: NameFinder) -> None:
    told = {"language": "es", "metadata": {"language": "fr"}}
    assert understood(finder, "Venezuela", **told).get("language") == "fr"
    assert understood(finder, "venezolano", **told).get("language") == "es"
    assert understood(finder, "Venezuela", language="es", metadata={}).get("language") == "es"
