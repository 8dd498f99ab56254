"""A short question is answered with what staff wrote for it, with facts of the contacts, or honestly not at all."""

from __future__ import annotations

import pytest

from bot.answers.follow_up import follow_up


@pytest.fixture
def ask(shelf, today):
    def ask(question, after="fever", language="en"):
        return follow_up(shelf.content(), question, after, language, today)

    return ask


def test_the_answer_that_staff_named_serves_and_is_what_the_next_question_is_about(ask):
    outgoing = ask("ask_cost")
    assert (outgoing.text, outgoing.topic) == ("In danger? Call 911 or 104.", "attack")


def test_an_answer_that_serves_itself_is_given_again(ask):
    outgoing = ask("ask_more")
    assert outgoing.text.startswith("Drink water and rest.")
    assert outgoing.topic == "fever"


@pytest.mark.parametrize(
    ("question", "line", "other"),
    [
        ("ask_phone", "☎ 555-0101, +507 5555-0102 (April 2029)", "🕒"),
        ("ask_hours", "🕒 24 hours", "☎"),
    ],
)
def test_facts_of_the_contacts_need_nobody_to_name_them(ask, question, line, other):
    outgoing = ask(question)
    assert outgoing.text.startswith("en follow_up_here\n\nLighthouse House: A roof for a night\n")
    assert line in outgoing.text
    assert other not in outgoing.text
    assert outgoing.topic == "fever"


def test_a_fact_that_is_doubtful_is_not_told(ask):
    # The only address of the lighthouse is of low confidence.
    assert "Calle del Mar" not in ask("ask_where").text


def test_what_nobody_wrote_is_admitted_with_somebody_to_ask(ask):
    outgoing = ask("ask_duration")
    assert outgoing.text.startswith("en follow_up_unknown\n\nLighthouse House")
    assert [one.id for one in outgoing.buttons] == ["topic:attack", "topic:show_menu", "topic:ask_human"]
    # An answer without contacts names IOM.
    assert "Office: Questions\n☎ 126" in ask("ask_cost", "attack").text


@pytest.mark.parametrize("after", ["", "moon", "nlu_fallback"])
def test_without_an_answer_before_it_asks_what_it_is_about(ask, after):
    outgoing = ask("ask_cost", after)
    assert outgoing.text == "en follow_up_about_w"
    assert [one.id for one in outgoing.buttons] == ["area:health", "area:danger"]


def test_an_answer_that_has_expired_serves_nobody(shelf, ask):
    shelf.replace("answers/danger/attack.yml", "review_every: 30", "review_every: 30\nvalid_to: 2031-05-19")
    assert ask("ask_cost").text.startswith("en follow_up_unknow")
    assert ask("ask_more", "attack").text == "en follow_up_about_w"
