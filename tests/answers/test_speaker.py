"""The speaker always says something, and what it logs says nothing."""

from __future__ import annotations

from datetime import date

import pytest

from bot.answers import speaker as module
from bot.answers.library import Library
from bot.answers.speaker import LAST_RESORT, Speaker, panama_today
from bot.words import Outgoing

FEVER = "answers/health/fever.yml"


@pytest.fixture
def speaker(shelf, today):
    return Speaker(Library(shelf.root), lambda: today)


def test_it_says_answers_sentences_and_suggestions(speaker):
    assert speaker.default_language == "es"
    assert speaker.answer("attack", "en").text == "In danger? Call 911 or 104."
    assert speaker.sentence("slow_down", "en") == Outgoing("en slow_down")
    assert [button.id for button in speaker.suggestions(["fever"], "en").buttons] == ["topic:fever", "none_of_these"]
    assert [button.id for button in speaker.sentence("choose_one", "es", ["fever"]).buttons] == ["topic:fever"]


def test_without_an_answer_it_says_so_and_names_the_nearest_office(speaker):
    outgoing = speaker.answer("moon", "en")
    assert outgoing.text == "en no_answer_yet\n\nOffice: Questions\n☎ 126"
    assert [button.id for button in outgoing.buttons] == ["topic:show_menu", "topic:ask_human"]


def test_an_expired_answer_is_not_given(shelf):
    shelf.replace(FEVER, "review_every: 90", "review_every: 90\nvalid_to: 2031-06-30")
    speaker = Speaker(Library(shelf.root), lambda: date(2031, 7, 1))
    assert speaker.answer("fever", "es").text.startswith("es no_answer_yet")


def test_trouble_is_said_when_a_sentence_does_not_exist(speaker, caplog):
    assert speaker.sentence("moon", "en").text == "en trouble"
    assert [(record.message, record.action, record.error) for record in caplog.records] == [
        ("nothing to say", "moon", "KeyError")
    ]


def test_the_last_resort_names_911_when_even_trouble_is_missing(shelf, today):
    shelf.replace("interface.yml", "  trouble:", "  truble:")
    speaker = Speaker(Library(shelf.root), lambda: today)
    assert speaker.sentence("moon", "en") == Outgoing(LAST_RESORT)
    assert LAST_RESORT.count("911") == 3


def test_no_failure_reaches_the_caller_or_the_log(speaker, monkeypatch, caplog):
    def fail(*_arguments, **_named):
        raise RuntimeError("secret 555-0101")

    monkeypatch.setattr(module, "render", fail)
    assert speaker.answer("fever", "es").text == "es trouble"
    monkeypatch.setattr(module, "whole_sentence", fail)
    assert speaker.answer("fever", "es").text == LAST_RESORT
    monkeypatch.setattr(speaker.library, "current", fail)
    assert speaker.suggestions(["fever"], "es").text == LAST_RESORT
    assert caplog.records
    assert "555" not in caplog.text


def test_today_is_the_day_in_panama():
    assert module.PANAMA.utcoffset(None).total_seconds() == -5 * 3600
    assert abs((panama_today() - date.today()).days) <= 1


def test_an_empty_answer_is_replaced_by_trouble(speaker, monkeypatch):
    monkeypatch.setattr(module, "render", lambda *_: Outgoing(" \n"))
    assert speaker.answer("fever", "es").text == "es trouble"
