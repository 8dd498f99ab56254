"""Claiming: one holder a contact, the oldest first, and a dead holder is no holder."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable

import pytest
from django.db import connection

from bot.conversations.claim import LEASE, claim_next, release, still_held
from bot.conversations.models import Contact, Message
from tests.conversations.conftest import Clock

pytestmark = pytest.mark.django_db


def test_nothing_waits_nothing_is_claimed(clock: Clock) -> None:
    assert claim_next(now=clock.now) is None


def test_the_oldest_message_is_claimed_first(clock: Clock, say: Callable[..., Message]) -> None:
    first, _ = say(who="ana"), say(who="luis")
    claim = claim_next(now=clock.now)
    assert claim is not None
    assert claim.message == first


def test_a_contact_is_held_by_one_and_others_go_on(clock: Clock, say: Callable[..., Message]) -> None:
    say(who="ana"), say(who="ana")
    other = say(who="luis")
    claim_next(now=clock.now)
    second = claim_next(now=clock.now)
    assert second is not None
    assert second.message == other
    assert claim_next(now=clock.now) is None


def test_a_holder_that_died_loses_its_claim(clock: Clock, say: Callable[..., Message]) -> None:
    say()
    dead = claim_next(now=clock.now)
    clock.forward(seconds=LEASE.total_seconds() + 1)
    alive = claim_next(now=clock.now)
    assert dead is not None
    assert alive is not None
    assert alive.message == dead.message
    assert still_held(dead) is None
    assert still_held(alive) is not None


def test_a_clock_that_is_put_back_keeps_nobody_waiting(clock: Clock, say: Callable[..., Message]) -> None:
    message = say()
    dead = claim_next(now=clock.now)
    clock.forward(hours=-3)
    alive = claim_next(now=clock.now)
    assert dead is not None and alive is not None
    assert alive.message == message
    assert still_held(dead) is None


def test_who_writes_on_while_the_clock_is_put_back_is_answered_in_order(
    clock: Clock, say: Callable[..., Message]
) -> None:
    first = say()
    clock.forward(hours=-3)
    say()
    claim = claim_next(now=clock.now)
    assert claim is not None
    assert claim.message == first


def test_a_clock_that_goes_a_little_wrong_takes_nothing_from_its_holder(
    clock: Clock, say: Callable[..., Message]
) -> None:
    say()
    claim_next(now=clock.now)
    clock.forward(seconds=-LEASE.total_seconds())
    assert claim_next(now=clock.now) is None


def test_after_a_release_the_next_message_of_the_contact_is_free(clock: Clock, say: Callable[..., Message]) -> None:
    first, second = say(), say()
    claim = claim_next(now=clock.now)
    assert claim is not None
    first.refresh_from_db()
    Message.objects.filter(pk=first.pk).update(state=Message.State.ANSWERED)
    contact = still_held(claim)
    assert contact is not None
    release(contact)
    contact.save()
    following = claim_next(now=clock.now)
    assert following is not None
    assert following.message == second


def test_a_contact_that_waits_for_its_next_attempt_keeps_its_order(clock: Clock, say: Callable[..., Message]) -> None:
    first, _ = say(), say()
    pause_ends = clock.now.replace(second=clock.now.second + 2)
    Contact.objects.update(holder="", held_until=pause_ends)
    assert claim_next(now=clock.now) is None
    clock.forward(seconds=2)
    claim = claim_next(now=clock.now)
    assert claim is not None
    assert claim.message == first


@pytest.mark.django_db(transaction=True)
def test_many_workers_never_hold_the_same_contact(clock: Clock, say: Callable[..., Message]) -> None:
    for number in range(60):
        say(who=f"person {number % 12}")
    claimed: list[int] = []
    held: Counter[str] = Counter()
    overlaps: list[str] = []
    lock = threading.Lock()

    def work() -> None:
        misses = 0
        while misses < 20:
            claim = claim_next(now=clock.now)
            if claim is None:
                misses += 1
                continue
            who = str(claim.contact.pk)
            with lock:
                held[who] += 1
                if held[who] > 1:
                    overlaps.append(who)
                claimed.append(claim.message.pk)
                held[who] -= 1
            Message.objects.filter(pk=claim.message.pk).update(state=Message.State.ANSWERED)
            contact = still_held_now(claim)
            release(contact)
            contact.save(update_fields=["holder", "held_until"])
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert overlaps == []
    assert len(claimed) == 60
    assert len(set(claimed)) == 60
    for contact in Contact.objects.all():
        mine = list(contact.messages.order_by("id").values_list("pk", flat=True))
        assert [pk for pk in claimed if pk in mine] == mine, "order within a contact"


def still_held_now(claim: object) -> Contact:
    from django.db import transaction

    with transaction.atomic():
        contact = still_held(claim)  # type: ignore[arg-type]
    assert contact is not None
    return contact
