"""Erasure and retention: what was promised to be gone is gone from every table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection

from bot.conversations.accept import accept, was_deleted
from bot.conversations.addresses import AddressBook
from bot.conversations.claim import claim_next
from bot.conversations.erase import RECEIPT_LIFE, erase, forget, sweep_erased
from bot.conversations.models import Contact, DailyCount, Erasure, Feedback, Handover, Message
from bot.conversations.retention import enforce
from bot.conversations.turn import take_turn
from bot.words import Effect, EffectKind, Incoming
from tests.conversations.conftest import KEY, Clock, NamedPhrases, ScriptedRasa, reply

pytestmark = pytest.mark.django_db

SECRET = "soy Fulana de la calle Cuarta"


def converse(say: Callable[..., Message], clock: Clock) -> Contact:
    """A conversation that leaves something in every table."""
    rasa = ScriptedRasa(
        reply(text=f"answer to {SECRET}", state=({"event": "user", "text": SECRET},)),
        reply(effects=(Effect(EffectKind.FEEDBACK, "unhelpful"), Effect(EffectKind.HANDOVER, "asked"))),
    )
    for _ in range(2):
        message = say(SECRET)
        claim = claim_next(now=clock.now)
        assert claim is not None
        take_turn(claim, rasa=rasa, phrases=NamedPhrases(), clock=clock)
    assert Handover.objects.exists()
    assert Feedback.objects.exists()
    return message.contact


def everything() -> str:
    """Every cell of every table."""
    with connection.cursor() as cursor:
        found = []
        for table in connection.introspection.table_names():
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608 - names from the database itself
            found.append(str(cursor.fetchall()))
    return "".join(found)


def test_an_erased_contact_is_in_no_table(clock: Clock, say: Callable[..., Message]) -> None:
    contact = converse(say, clock)
    assert SECRET in everything()
    erase(contact, now=clock.now)
    assert SECRET not in everything()
    assert not Handover.objects.exists()
    assert not Feedback.objects.exists()


def test_what_is_left_of_an_erasure_is_swept(clock: Clock, say: Callable[..., Message]) -> None:
    contact = converse(say, clock)
    erase(contact, now=clock.now)
    assert sweep_erased(now=clock.now) == 0
    clock.forward(seconds=RECEIPT_LIFE.total_seconds() + 1)
    assert sweep_erased(now=clock.now) == 1
    assert not Contact.objects.exists()


def test_forgetting_leaves_nothing_at_once(clock: Clock, say: Callable[..., Message]) -> None:
    forget(converse(say, clock), now=clock.now)
    assert not Contact.objects.exists()
    assert not Message.objects.exists()


def test_retention_deletes_texts_and_keeps_counts(clock: Clock, say: Callable[..., Message]) -> None:
    converse(say, clock)
    assert enforce(days=30, now=clock.now) == 0
    clock.forward(days=31)
    assert enforce(days=30, now=clock.now) > 0
    assert SECRET not in everything()
    assert not Contact.objects.exists()
    counted = DailyCount.objects.get(topic="return_cost", measure="in:answered")
    assert (counted.language, counted.number) == ("fr", 2)


def test_retention_adds_to_the_counts_of_the_same_day(clock: Clock, say: Callable[..., Message]) -> None:
    converse(say, clock)
    clock.forward(days=31)
    enforce(days=30, now=clock.now)
    clock.now -= timedelta(days=31)
    converse(say, clock)
    clock.forward(days=31)
    enforce(days=30, now=clock.now)
    assert DailyCount.objects.get(topic="return_cost", measure="in:answered").number == 4


def test_retention_leaves_a_contact_that_is_held_or_still_waits(clock: Clock, say: Callable[..., Message]) -> None:
    converse(say, clock)
    waiting = say("todavía espero")
    clock.forward(days=31)
    claim_next(now=clock.now)
    enforce(days=30, now=clock.now)
    assert Message.objects.filter(pk=waiting.pk, state="waiting").exists()
    assert Contact.objects.count() == 1


def test_retention_keeps_the_young(clock: Clock, say: Callable[..., Message]) -> None:
    converse(say, clock)
    clock.forward(days=29)
    young = say("reciente")
    clock.forward(days=2)
    enforce(days=30, now=clock.now)
    assert list(Message.objects.values_list("pk", flat=True)) == [young.pk]


def test_what_is_written_while_everything_is_being_deleted_is_answered_as_the_word_of_somebody_new(
    say: Callable[..., Message], clock: Clock
) -> None:
    before = converse(say, clock)
    asked = say("sí, borrar todo")
    claim = claim_next(now=clock.now)
    assert claim is not None and claim.message == asked
    written = say("¿dónde hay un hospital?")  # the turn is on its way
    erasing = ScriptedRasa(reply(text="Effacé.", buttons=(), effects=(Effect(EffectKind.ERASE),)))
    take_turn(claim, rasa=erasing, phrases=NamedPhrases(), clock=clock)

    assert list(Erasure.objects.values_list("contact", flat=True)) == [before.pk], "no backup brings it back"
    Erasure.objects.all().delete()
    assert SECRET not in everything() and before.pk.hex not in everything() and str(before.pk) not in everything()
    anew = Contact.objects.get()
    assert (anew.pseudonym, anew.language, anew.dialogue, anew.erased_at) == (before.pseudonym, "", [], None)
    assert not Handover.objects.exists()
    claim = claim_next(now=clock.now)
    assert claim is not None and claim.message == written and claim.contact == anew
    take_turn(claim, rasa=ScriptedRasa(reply(text="Là.")), phrases=NamedPhrases(), clock=clock)
    said = anew.messages.filter(direction="out").order_by("pk").values_list("text", flat=True)
    assert list(said) == ["Effacé.", "Là.", "first_contact (fr)"], "the receipt first, and then the answer"
    assert sweep_erased(now=clock.now + 2 * RECEIPT_LIFE) == 0


def test_who_is_new_after_an_erasure_can_be_written_to(clock: Clock) -> None:
    book = AddressBook(KEY, ["a" * 40])
    incoming = Incoming(channel="whatsapp", address="phone:50760000001", provider_id="1", text="sí", reference="1")
    asked = accept(incoming, key=KEY, now=clock.now, book=book).message
    claim = claim_next(now=clock.now)
    assert claim is not None
    accept(replace(incoming, provider_id="2", reference="2"), key=KEY, now=clock.now, book=book)
    erasing = ScriptedRasa(reply(text="Effacé.", buttons=(), effects=(Effect(EffectKind.ERASE),)))
    take_turn(claim, rasa=erasing, phrases=NamedPhrases(), clock=clock)
    anew = Contact.objects.get()
    assert anew != asked.contact and book.addresses(anew.pk) == ("phone:50760000001",)
    assert was_deleted(incoming, key=KEY), "Meta may bring it again for a week"
