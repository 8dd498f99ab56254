"""Masking and retention run beside live turns: nobody's message is lost, answered twice or deleted before its answer."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connections

from bot.conversations.claim import claim_next
from bot.conversations.models import Contact, Message
from bot.conversations.retention import enforce
from bot.conversations.turn import take_turn
from bot.conversations.window import Window, mask_all
from tests.conversations.conftest import Clock, NamedPhrases
from tests.conversations.test_worker import Always

pytestmark = pytest.mark.django_db(transaction=True)

PEOPLE, WINDOW = 12, Window(timedelta(hours=1), timedelta(days=14))

Say = Callable[..., Message]


def test_nobody_is_lost_while_texts_are_masked_and_deleted(say: Say, clock: Clock) -> None:
    """Everybody has a message that is too old, one to be masked, and three that wait for their answer."""
    everybody = [f"persona{number}" for number in range(PEOPLE)]
    for age in (timedelta(days=31), timedelta(days=2)):
        for who in everybody:
            clock.forward(seconds=-age.total_seconds())
            say(f"llame al 6123-4567, hace {age.days}", who=who)
            clock.forward(seconds=age.total_seconds())
    Message.objects.update(state="answered", done_at=clock.now - timedelta(days=2))
    waiting = [say(f"espero, 6999-0{number}00", who=who).pk for number in range(3) for who in everybody]

    faults: list[BaseException] = []
    turns_done = threading.Event()

    def turns() -> None:
        while (claim := claim_next(now=clock.now)) is not None or Message.objects.filter(state="waiting").exists():
            if claim is not None:
                take_turn(claim, rasa=Always(), phrases=NamedPhrases(), clock=clock)

    def chores(chore: Callable[[], object]) -> Callable[[], None]:
        def again_and_again() -> None:
            chore()
            while not turns_done.wait(0.01):
                chore()
            chore()

        return again_and_again

    def kept(work: Callable[[], None]) -> Callable[[], None]:
        def run() -> None:
            try:
                work()
            except BaseException as error:
                faults.append(error)
            finally:
                connections.close_all()

        return run

    working = [threading.Thread(target=kept(turns)) for _ in range(3)]
    others = [
        threading.Thread(target=kept(chores(lambda: mask_all(WINDOW, now=clock.now)))),
        threading.Thread(target=kept(chores(lambda: mask_all(WINDOW, now=clock.now)))),
        threading.Thread(target=kept(chores(lambda: enforce(days=30, now=clock.now)))),
    ]
    for thread in (*others, *working):
        thread.start()
    for thread in working:
        thread.join(120)
    turns_done.set()
    for thread in others:
        thread.join(60)

    assert faults == []
    answered = Message.objects.filter(pk__in=waiting, state="answered")
    assert answered.count() == len(waiting), "each is answered"
    assert set(answered.values_list("attempts", flat=True)) == {1}, "once"
    texts = list(Message.objects.filter(direction="in").values_list("text", flat=True))
    assert not [text for text in texts if text.endswith("hace 31")], "what is too old is gone"
    assert texts.count("llame al [phone], hace 2") == PEOPLE, "what is older than a day is masked"
    assert sum("6999-0" in text for text in texts) == len(waiting), "what was written just now is not"
    clock.forward(minutes=61)
    mask_all(WINDOW, now=clock.now)
    texts = list(Message.objects.filter(direction="in").values_list("text", flat=True))
    assert len(texts) == 4 * PEOPLE
    assert {text for text in texts if "6" in text} == set()
    assert Contact.objects.count() == PEOPLE
