"""Replies that only mean something after what was said before are known by their words, and nothing else is."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.replies import Replies
from bot.nlu.reply_reader import AGAIN, FOR_ANOTHER, NUMBER, CorrectionReader, ReplyReader
from bot.nlu.room import ROOT

REPLIES = Replies.read()


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("no, I meant the hospital", "the hospital"),
        ("No no, not that, the Red Cross", "the Red Cross"),
        ("no, no, yo pregunto por el hospital", "el hospital"),
        ("I asked about the phone!", "the phone!"),
        ("no, quise decir el consulado", "el consulado"),
        ("Me refiero al albergue", "albergue"),
        ("non je parle de l'école", "l'école"),
        ("Non, non, pas ça : un avocat", "un avocat"),
    ],
)
def test_of_a_correction_what_was_meant_is_left(text: str, meant: str) -> None:
    assert REPLIES.what_was_meant(text) == meant


@pytest.mark.parametrize(
    "text",
    [
        "no",
        "no no",
        "not that",
        "no tengo papeles",
        "no, gracias",
        "no I can't breathe",
        "non merci",
        "quise decir",
        "",
        "?",
    ],
)
def test_a_no_is_no_correction(text: str) -> None:
    assert REPLIES.what_was_meant(text) == ""


@pytest.mark.parametrize(
    "text",
    [
        "and for my son?",
        "What about my wife",
        "and my husband?",
        "and what about my son, he is 15?",
        "y para mi esposa?",
        "¿Y los niños?",
        "y mi hijo de 5 años",
        "et pour mon fils ?",
        "et ma femme aussi ?",
        "also for the baby please",
    ],
)
def test_a_question_for_somebody_else_is_known(text: str) -> None:
    assert REPLIES.is_about_another(text)


@pytest.mark.parametrize(
    "text",
    [
        "my husband",
        "my son",
        "and my son is bleeding",
        "y mi hijo no respira",
        "et mon mari me frappe",
        "y cuánto cuesta",
        "and for me?",
        "and my wife and my son and my baby and my mother too",
        "what about my husband, he hits me",
        "",
    ],
)
def test_what_says_more_than_a_person_is_not_taken_for_it(text: str) -> None:
    assert not REPLIES.is_about_another(text)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("2", 2),
        ("2.", 2),
        ("the second one", 2),
        ("number 3 please", 3),
        ("first", 1),
        ("one", 1),
        ("la primera", 1),
        ("el 3", 3),
        ("la opción dos", 2),
        ("le deuxième", 2),
        ("numéro 1", 1),
        ("911", 0),
        ("4", 0),
        ("1 or 2", 0),
        ("2 children", 0),
        ("the", 0),
        ("", 0),
    ],
)
def test_a_number_is_a_choice_when_it_stands_alone(text: str, number: int) -> None:
    assert REPLIES.number(text) == number


def test_what_sounds_like_danger_but_is_only_a_person_is_no_danger() -> None:
    told = {"text": "and my husband?", "intent": {"name": "domestic_violence", "confidence": 0.6}, "safety": True}
    told["intent_ranking"] = [{"name": "domestic_violence", "confidence": 0.6}]
    message = ReplyReader({}).process([Message(data=told)])[0]
    assert (message.get("intent")["name"], message.get("safety")) == (FOR_ANOTHER, False)
    assert [one["name"] for one in message.get("intent_ranking")] == [FOR_ANOTHER, "domestic_violence"]


@pytest.mark.parametrize(
    ("text", "intent"),
    [("the second one", NUMBER), ("repeat please", AGAIN), ("¿Puede repetir?", AGAIN), ("help", None)],
)
def test_replies_become_intents_of_their_own(text: str, intent: str | None) -> None:
    message = ReplyReader({}).process([Message(data={"text": text})])[0]
    assert (message.get("intent") or {}).get("name") == intent


def test_the_rest_of_a_correction_is_read() -> None:
    assert (
        CorrectionReader({}).process([Message(data={"text": "no, I meant the hospital"})])[0].get("text")
        == "the hospital"
    )


@pytest.mark.parametrize("language", ["es", "en", "fr"])
def test_no_question_of_our_own_is_taken_for_a_reply(language: str) -> None:
    """Of all questions only those that are replies out of nowhere."""
    questions = yaml.safe_load((ROOT / "tests" / "questions" / f"{language}.yml").read_text(encoding="utf-8"))[
        "questions"
    ]
    taken = [one for one in questions if REPLIES.is_about_another(one["text"]) or REPLIES.number(one["text"])]
    assert [one["text"] for one in taken] == []
    again = [one["topic"] for one in questions if REPLIES.asks_again(one["text"])]
    assert set(again) <= {"ask_more", "report_not_helpful"}


@given(st.text(max_size=200))
def test_no_text_breaks_them(text: str) -> None:
    REPLIES.what_was_meant(text)
    REPLIES.is_about_another(text)
    assert 0 <= REPLIES.number(text) <= 3
    REPLIES.asks_again(text)
