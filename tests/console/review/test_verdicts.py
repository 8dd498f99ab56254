"""Deciding, the second pair of eyes, two at once, and the way back."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError

from bot.conversations.models import Message
from console.review import verdicts
from console.review.models import Verdict, WantedTopic
from console.review.queue import entries
from console.review.verdicts import Choice, Kind, Refused, decide, hidden, undo
from tests.console.review.conftest import NOW, ask

pytestmark = pytest.mark.django_db

COST = Choice(Kind.TOPIC, "es", "return_cost")


@pytest.fixture
def ana() -> User:
    return User.objects.create_user("ana")


@pytest.fixture
def eva() -> User:
    return User.objects.create_user("eva")


def say(account: User, message: Message, choice: Choice = COST, *, two_people: bool = False) -> list[Verdict]:
    return decide(account, [message.pk], choice, two_people=two_people, now=NOW)


def test_a_decision_counts_at_once_and_takes_the_question_out_of_the_queue(ana: User) -> None:
    message = ask("cuánto vale")
    (made,) = say(ana, message)
    assert (made.state, made.topic, made.text) == ("accepted", "return_cost", "cuánto vale")
    assert entries(ana) == []


def test_with_two_people_another_one_must_confirm(ana: User, eva: User) -> None:
    message = ask("cuánto vale")
    (made,) = say(ana, message, two_people=True)
    assert made.state == "open"
    assert entries(ana) == []
    (entry,) = entries(eva)
    assert entry.first == made
    with pytest.raises(Refused, match="ana has already decided"):
        say(ana, message, two_people=True)
    (made,) = say(eva, message, two_people=True)
    assert (made.state, made.by, made.second_by) == ("accepted", ana, eva)
    assert entries(eva) == []


def test_a_second_person_who_disagrees_needs_the_first_one_again(ana: User, eva: User) -> None:
    message = ask("cuánto vale")
    say(ana, message, two_people=True)
    (made,) = say(eva, message, Choice(Kind.OUT_OF_SCOPE, "es"), two_people=True)
    assert (made.state, made.kind, made.by) == ("open", "out_of_scope", eva)
    (made,) = say(ana, message, Choice(Kind.OUT_OF_SCOPE, "es"), two_people=True)
    assert (made.state, made.by, made.second_by) == ("accepted", eva, ana)


def test_who_is_unsure_always_asks_a_second_person(ana: User, eva: User) -> None:
    message = ask("cuánto vale")
    (made,) = say(ana, message, Choice(Kind.UNSURE, "es"))
    assert made.state == "open"
    assert entries(ana) == []
    (made,) = say(eva, message, Choice(Kind.UNSURE, "es"))
    assert (made.state, made.by) == ("open", eva)
    (made,) = say(ana, message)
    assert (made.state, made.by, made.second_by) == ("accepted", ana, None)


def test_two_who_decide_at_once_make_one_decision(ana: User, eva: User, monkeypatch: pytest.MonkeyPatch) -> None:
    message = ask("cuánto vale")
    say(ana, message)
    with pytest.raises(Refused, match="ana has already decided about this: belongs to"):
        say(eva, message, Choice(Kind.IGNORE, "es"))
    # The other's row appears between our look and our writing.
    monkeypatch.setattr(verdicts.Verdict.objects, "select_for_update", Verdict.objects.none)
    with pytest.raises(Refused, match="already decided"):
        say(eva, message, Choice(Kind.NEW_TOPIC, "es", name="x"))
    assert Verdict.objects.get().kind == "topic"
    assert WantedTopic.objects.count() == 0, "what was begun is rolled back"


def test_the_database_keeps_a_message_to_one_verdict(ana: User) -> None:
    message = ask("cuánto vale")
    say(ana, message)
    with pytest.raises(IntegrityError):
        Verdict.objects.create(message=message, kind="ignore", state="open", language="es", text="x", at=NOW)


def test_messages_that_came_later_are_decided_about_although_the_first_was(ana: User, eva: User) -> None:
    first, second = ask("cuánto vale"), ask("cuanto vale")
    say(ana, first)
    made = decide(eva, [first.pk, second.pk], COST, two_people=False, now=NOW)
    assert [one.message_id for one in made] == [second.pk]


def test_what_is_gone_cannot_be_decided_about(ana: User) -> None:
    message = ask("cuánto vale")
    Message.objects.all().delete()
    with pytest.raises(Refused, match="no longer there"):
        say(ana, message)


def test_taking_back_puts_it_into_the_queue_again(ana: User, eva: User) -> None:
    message = ask("cuánto vale")
    (made,) = say(ana, message)
    undo(made.decision)
    assert [one.lead.text for one in entries(eva)] == ["cuánto vale"]
    with pytest.raises(Refused):
        undo(made.decision)


def test_what_stands_in_the_training_data_is_not_taken_back_here(ana: User) -> None:
    (made,) = say(ana, ask("cuánto vale"))
    Verdict.objects.update(state="written")
    with pytest.raises(Refused, match="stands in the training data"):
        undo(made.decision)
    assert Verdict.objects.count() == 1


def test_missing_topics_are_collected_by_name_and_counted(ana: User) -> None:
    one, other, third = ask("perros"), ask("gatos"), ask("loros")
    pets = Choice(Kind.NEW_TOPIC, "es", name="Mascotas", note="viajar con animales")
    decide(ana, [one.pk, other.pk], pets, two_people=False, now=NOW)
    (made,) = say(ana, third, Choice(Kind.NEW_TOPIC, "es", name=" mascotas ", note="y loros"))
    row = WantedTopic.objects.get()
    assert (row.name, row.messages, row.note) == ("Mascotas", 3, "viajar con animales\ny loros")
    undo(made.decision)
    assert WantedTopic.objects.get().messages == 2
    undo(Verdict.objects.first().decision)
    assert WantedTopic.objects.count() == 0


def test_the_list_of_missing_topics_outlives_the_messages(ana: User) -> None:
    say(ana, ask("perros"), Choice(Kind.NEW_TOPIC, "es", name="Mascotas"))
    Message.objects.all().delete()
    assert WantedTopic.objects.get().messages == 1


@pytest.mark.parametrize(
    ("text", "words", "left"),
    [
        ("soy Ana de Lima", ["ana"], "soy [hidden] de Lima"),
        ("ANA, ana: Ánà!", ["ana"], "[hidden]"),
        ("Ana María fue", ["ana", "maria"], "[hidden] fue"),
        ("nada", ["otra"], "nada"),
    ],
)
def test_hiding_words(text: str, words: list[str], left: str) -> None:
    assert hidden(text, words) == left
