"""The worker's threads: whatever breaks inside a turn, the message is answered and soon."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError
from django.utils import timezone

from bot.conversations import heartbeat
from bot.conversations import worker as worker_module
from bot.conversations.models import Contact, DailyCount, Message
from bot.conversations.turn import Turn, take_turn
from bot.conversations.worker import Worker
from bot.words import TurnReply, TurnRequest
from tests.conversations.conftest import Clock, NamedPhrases, ScriptedRasa, heard, reply

pytestmark = pytest.mark.django_db(transaction=True)


class Always(ScriptedRasa):
    """Answers every turn alike."""

    def take(self, request: TurnRequest) -> TurnReply:
        return reply()


class Broken(ScriptedRasa):
    """Fails in a way that nobody thought of."""

    def take(self, request: TurnRequest) -> TurnReply:
        raise RuntimeError("nobody thought of this")


def work(rasa: ScriptedRasa, until: Callable[[], bool], *, seconds: float = 20, **more: Any) -> float:
    """Run a worker until something is so; returns how long it took."""
    running = Worker(rasa=rasa, phrases=NamedPhrases(), channels={}, threads=3, retention_days=30, **more)
    begun = time.monotonic()
    running.start()
    try:
        while not until():
            assert time.monotonic() - begun < seconds, "not in time"
            time.sleep(0.02)
    finally:
        running.stop()
    return time.monotonic() - begun


def all_answered() -> bool:
    return not Message.objects.filter(state=Message.State.WAITING).exists()


@pytest.fixture
def clock() -> Clock:
    """The worker looks at the real time; what is said must not lie in its future."""
    clock = Clock()
    clock.now = timezone.now()
    return clock


def test_the_worker_masks_what_its_settings_say_and_leaves_the_rest(say: Callable[..., Message], clock: Clock) -> None:
    now = clock.now
    texts = {}
    for minutes, who in ((11, "ana"), (9, "eva")):
        clock.now = now - timedelta(minutes=minutes)
        texts[who] = say("soy el 6123-4567, me dieron el 507-3700", who=who)
    Message.objects.update(state="answered", done_at=now)
    Contact.objects.update(dialogue=[{"event": "user"}], dialogue_at=now - timedelta(minutes=11))

    def masked() -> bool:
        return not Message.objects.get(pk=texts["ana"].pk).as_written

    work(Always(), masked, dialogue_minutes=10, published=lambda: {"507-3700"})
    assert Message.objects.get(pk=texts["ana"].pk).text == "soy el [phone], me dieron el 507-3700"
    assert Message.objects.get(pk=texts["eva"].pk).text == "soy el 6123-4567, me dieron el 507-3700"
    assert set(Contact.objects.values_list("dialogue_at", flat=True)) == {None}


def test_everybody_is_answered_once(say: Callable[..., Message]) -> None:
    for number in range(40):
        say(who=f"person {number % 8}")
    work(Always(), all_answered)
    first = Message.objects.filter(direction="out", provider_id__endswith=":0")
    assert first.count() == 40


def test_what_happened_is_counted_beside_the_turns(
    say: Callable[..., Message], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker_module, "COUNT_EVERY", 0.2)
    for number in range(6):
        say(who=f"person {number % 3}")
    work(Always(), lambda: not Message.objects.filter(counted=False, direction="in").exists())
    assert DailyCount.objects.get(measure="in:answered", topic="").number == 6
    assert DailyCount.objects.get(measure="person").number == 3


def test_a_fault_that_nobody_thought_of_still_ends_with_the_honest_sentence(say: Callable[..., Message]) -> None:
    message = say("ayuda")
    assert work(Broken(), all_answered) < 10
    assert heard(message.contact) == ["trouble (es)"]


def test_after_a_database_error_the_turn_is_repeated_at_once_and_not_after_the_lease(
    say: Callable[..., Message], monkeypatch: pytest.MonkeyPatch
) -> None:
    message = say("ayuda")
    failures = [OperationalError("database is locked")] * 2

    def failing_first(*args: object, **kwargs: object) -> Turn | None:
        if failures:
            raise failures.pop()
        return take_turn(*args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(worker_module, "take_turn", failing_first)
    assert work(Always(), all_answered) < 10
    assert heard(message.contact)[0] == "C'est gratuit."


def test_a_worker_gives_a_sign_of_life_while_it_runs_and_takes_it_back_when_it_stops() -> None:
    work(Always(), lambda: heartbeat.alive(heartbeat.WORKER, now=timezone.now()) == 1)
    assert heartbeat.alive(heartbeat.WORKER, now=timezone.now()) == 0
