"""Haitian Creole is known from its words, read in French and answered in a language that its speakers read."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.creole import FILE, Creole, _folded
from bot.nlu.creole_reader import CreoleReader
from bot.nlu.room import ROOT

CREOLE = Creole.read()
QUESTIONS = ROOT / "tests" / "questions"


def _texts(name: str, *styles: str) -> list[str]:
    questions = yaml.safe_load((QUESTIONS / name).read_text(encoding="utf-8"))["questions"]
    return [one["text"] for one in questions if not styles or one["style"] in styles]


def _read(text: str, **metadata: object) -> Message:
    message = Message(data={"text": text, "metadata": metadata, "language": "en"})
    component = CreoleReader(CreoleReader.get_default_config())
    return component.process([message])[0]


@pytest.mark.parametrize(
    "text",
    [
        "mwen grangou",
        "kote lopital la",
        "m bezwen ed",
        "M BEZWEN ÈD!!",
        "kijan ou ye",
        "pitit mwen malad anpil",
        "m pa gen papye",
        "sak pase",
        "yo vole lajan m",
        "konbyen sa koute",
    ],
)
def test_creole_is_known_however_short(text: str) -> None:
    assert CREOLE.recognises(text)


def test_nearly_all_creole_questions_are_known() -> None:
    texts = _texts("untaught/ht.yml")
    assert len(texts) >= 60
    assert [text for text in texts if not CREOLE.recognises(text)] == []


@pytest.mark.parametrize("name", ["es.yml", "en.yml", "untaught/pt.yml"])
def test_no_other_language_is_taken_for_creole(name: str) -> None:
    assert [text for text in _texts(name) if CREOLE.recognises(text)] == []


def test_no_french_is_taken_for_creole() -> None:
    """Among the questions in dialect are Creole ones, which are known by their words."""
    assert [text for text in _texts("fr.yml", "plain", "keyword", "story", "sms") if CREOLE.recognises(text)] == [
        # SMS of a Haitian
        "yon watsap ou mail?",
    ]


@pytest.mark.parametrize("path", sorted((ROOT / "data" / "nlu" / "en").glob("*.yml")), ids=lambda path: path.stem)
def test_no_english_example_is_taken_for_creole(path) -> None:
    blocks = yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]
    lines = [line.removeprefix("- ") for block in blocks for line in block["examples"].splitlines()]
    assert [line for line in lines if CREOLE.recognises(line)] in ([], ["kreyol"])


@pytest.mark.parametrize(
    "text",
    [
        "je veux mourir",
        "le dimanche c'est fermé ?",
        "où est la Croix-Rouge",
        "ferme ta bouche",
        "consulat d'Haïti",
        "c pa sa ke je di",
        "jvé rentré dan mon pays",
        "la policía me pegó, qué hago",
        "Lajas Blancas",
        "no me van a dar nada",
        "na so",
        "eu não sei se pode",
        "ok",
        "wi-fi",
        "",
        "911",
        "😀",
        "كيف أعود",
    ],
)
def test_what_is_near_creole_is_not_creole(text: str) -> None:
    assert not CREOLE.recognises(text)


@pytest.mark.parametrize(
    ("creole", "french"),
    [
        ("mwen grangou", "j'ai faim"),
        ("Kote lopital la?", "où est l'hôpital?"),
        ("M'ap chache travay", "je cherche du travail"),
        ("sèpan mòde m, vin vit", "serpent m'a mordu, venez vite"),
        ("depòtasyon", "expulsion"),
        ("yon estasyon", "un estation"),
        ("mwen se Wilner", "moi c'est Wilner"),
    ],
)
def test_creole_reads_in_french(creole: str, french: str) -> None:
    assert CREOLE.in_french(creole) == french


def test_the_longest_phrase_counts_and_not_across_a_full_stop() -> None:
    assert CREOLE.in_french("mwen. grangou") == "moi. faim"


@given(st.text(max_size=300))
def test_no_text_breaks_it(text: str) -> None:
    CREOLE.recognises(text)
    CREOLE.in_french(text)


def test_every_entry_of_the_table_says_something() -> None:
    table = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    assert all(isinstance(one, str) for one in (*table["glossary"], *table["glossary"].values(), *table["shared"]))
    keys = [" ".join(_folded(phrase)) for phrase in table["glossary"]]
    assert len(keys) == len(set(keys)), "two spellings are one entry"
    spoken = {word for key in keys for word in key.split()}
    assert [word for word in table["shared"] if word not in spoken] == [], (
        "a word that is in no entry need not be shared"
    )


def test_the_answer_is_french_or_the_spanish_of_the_conversation() -> None:
    assert _read("mwen grangou").get("language") == "fr"
    assert _read("mwen grangou", language="es").get("language") == "es"
    assert _read("mwen grangou", language="en").get("language") == "fr"


def test_a_language_that_was_chosen_stays() -> None:
    assert _read("mwen grangou", language="en", language_chosen=True).get("language") == "en"


def test_a_message_in_another_language_is_left_alone() -> None:
    message = _read("I am hungry")
    assert (message.get("text"), message.get("language"), message.get("written_in")) == ("I am hungry", "en", None)


def test_what_reads_as_nothing_keeps_its_text() -> None:
    assert _read("yap").get("text")
