"""The chores of four workers at the same moment: what must happen once happens once, and nobody stands in another's way."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db import connection

from bot.conversations import handover, retention
from bot.conversations.claim import claim_next
from bot.conversations.erase import erase, sweep_erased
from bot.conversations.models import Contact, Handover, Message
from bot.conversations.turn import forget_dialogues, take_turn
from tests.conversations.conftest import Clock, ScriptedRasa, heard, reply
from tests.conversations.handovers import ASKED, PHRASES, Say, take, turn

pytestmark = pytest.mark.django_db(transaction=True)

WORKERS = 4
PEOPLE = 12


def at_once(chore: Callable[[], int]) -> list[int]:
    """What each worker says that it did, all having begun together."""
    ready, done, failed = threading.Barrier(WORKERS), [], []

    def work() -> None:
        try:
            ready.wait(10)
            done.append(chore())
        except BaseException as error:
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(WORKERS)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert failed == []
    return done


def test_a_conversation_that_the_team_left_is_given_back_once_and_the_person_told_once(
    clock: Clock, say: Say, eva: User
) -> None:
    contacts = []
    for number in range(PEOPLE):
        contacts.append(say("una persona por favor", who=f"p{number}").contact)
        turn(ScriptedRasa(ASKED), clock)
        take(contacts[-1], eva, clock)
    clock.forward(hours=3)
    done = at_once(lambda: handover.expire(after=timedelta(hours=2), phrases=PHRASES, now=clock.now))
    assert sum(done) == PEOPLE
    assert Handover.objects.filter(end="expired").count() == PEOPLE
    for contact in contacts:
        assert sum("handover_expired" in text for text in heard(contact)) == 1


def test_old_messages_are_deleted_once_and_those_of_a_turn_at_work_are_left(clock: Clock, say: Say) -> None:
    for number in range(PEOPLE):
        say("hola", who=f"p{number}")
        turn(ScriptedRasa(reply()), clock)
    number = Message.objects.count()
    clock.forward(days=31)
    at_work = say("y ahora?", who="p0")
    claim = claim_next(now=clock.now)
    assert claim is not None and claim.message.pk == at_work.pk
    old_of_it = claim.contact.messages.exclude(pk=at_work.pk).count()
    done = at_once(lambda: retention.enforce(days=30, now=clock.now))
    assert sum(done) == number - old_of_it
    assert set(Message.objects.values_list("contact", flat=True)) == {claim.contact.pk}
    assert take_turn(claim, rasa=ScriptedRasa(reply()), phrases=PHRASES, clock=clock) is not None
    assert sum(at_once(lambda: retention.enforce(days=30, now=clock.now))) == old_of_it


def test_receipts_and_dialogues_are_forgotten_beside_each_other(clock: Clock, say: Say) -> None:
    for number in range(PEOPLE):
        contact = say("hola", who=f"p{number}").contact
        turn(ScriptedRasa(reply()), clock)
        if number % 2:
            contact.refresh_from_db()
            erase(contact, now=clock.now)
    clock.forward(hours=2)
    at_once(lambda: forget_dialogues(now=clock.now))
    assert not Contact.objects.exclude(dialogue=[]).exists()
    at_once(lambda: sweep_erased(now=clock.now))
    assert Contact.objects.count() == PEOPLE // 2
    assert Message.objects.values("contact").distinct().count() == PEOPLE // 2
