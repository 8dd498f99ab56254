"""The worker's threads: whatever breaks inside a turn, the message is answered and soon."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import Error, InterfaceError, OperationalError
from django.utils import timezone

from bot.conversations import heartbeat
from bot.conversations import worker as worker_module
from bot.conversations.alive import AliveFile
from bot.conversations.claim import LEASE, Claim, claim_next
from bot.conversations.models import Contact, DailyCount, Message
from bot.conversations.seat import Seat
from bot.conversations.turn import Turn, take_turn
from bot.conversations.worker import Worker
from bot.words import TurnReply, TurnRequest
from tests.conversations.conftest import Clock, NamedPhrases, ScriptedRasa, heard, reply
from tests.processes.running import eventually

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


def test_a_worker_takes_over_before_it_claims_anything(say: Callable[..., Message], clock: Clock) -> None:
    clock.now = timezone.now()
    say(who="ana"), say(who="luis")
    dead = claim_next(now=clock.now, seat=Seat.named("worker"))
    assert dead is not None
    took = work(Always(), all_answered, seat=Seat.named("worker"))
    assert took < LEASE.total_seconds() / 2
    assert Contact.objects.filter(holder="").count() == 2


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


@pytest.mark.parametrize("error", [OperationalError("database is locked"), InterfaceError("connection already closed")])
def test_after_a_database_error_the_turn_is_repeated_at_once_and_not_after_the_lease(
    say: Callable[..., Message], monkeypatch: pytest.MonkeyPatch, error: Error
) -> None:
    message = say("ayuda")
    failures = [error] * 2

    def failing_first(*args: object, **kwargs: object) -> Turn | None:
        if failures:
            raise failures.pop()
        return take_turn(*args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(worker_module, "take_turn", failing_first)
    assert work(Always(), all_answered) < 10
    assert heard(message.contact)[0] == "C'est gratuit."


def test_a_claim_of_whose_commit_nobody_heard_is_freed_and_not_after_the_lease(
    say: Callable[..., Message], monkeypatch: pytest.MonkeyPatch
) -> None:
    message = say("ayuda")
    unheard = [True]

    def cut_off(**given: Any) -> Claim | None:
        claim = claim_next(**given)
        if claim is not None and unheard:
            unheard.pop()
            raise OperationalError("server closed the connection unexpectedly")
        return claim

    monkeypatch.setattr(worker_module, "claim_next", cut_off)
    assert work(Always(), all_answered) < LEASE.total_seconds() / 2
    assert heard(message.contact)[0] == "C'est gratuit."


def test_a_worker_gives_a_sign_of_life_while_it_runs_and_takes_it_back_when_it_stops() -> None:
    work(Always(), lambda: heartbeat.alive(heartbeat.WORKER, now=timezone.now()) == 1)
    assert heartbeat.alive(heartbeat.WORKER, now=timezone.now()) == 0


def test_a_worker_that_is_asked_to_shows_a_file_that_it_is_alive(tmp_path: Path) -> None:
    file = tmp_path / "alive"
    running = Worker(
        rasa=Always(),
        phrases=NamedPhrases(),
        channels={},
        threads=1,
        retention_days=30,
        alive=AliveFile(file),
    )
    running.start()
    try:
        end = time.monotonic() + 10
        while not file.exists():
            assert time.monotonic() < end, "not in time"
            time.sleep(0.02)
    finally:
        running.stop()


def test_a_stop_in_the_moment_in_which_nothing_is_found_to_do_ends_every_thread(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """One thread finds no work just when the stop comes; the others wait for work, or are on their way to."""
    stopper: list[threading.Thread] = []

    def nothing_and_a_stop(**_: object) -> None:
        if not stopper:
            stopper.append(threading.Thread(target=running.stop))
            stopper[0].start()
        assert running._stopping.wait(10)

    monkeypatch.setattr(worker_module, "claim_next", nothing_and_a_stop)
    running = Worker(rasa=Always(), phrases=NamedPhrases(), channels={}, threads=3, retention_days=30)
    running.start()
    running._bell.ring()
    turns = [one for one in running._threads if one.name.startswith("turns")]
    for one in turns:
        one.join(10)
    assert [one.name for one in turns if one.is_alive()] == []
    stopper[0].join(20)


def test_its_sign_of_life_says_within_a_second_or_two_that_rasa_is_gone() -> None:
    passage = ["closed"]
    running = Worker(
        rasa=Always(), phrases=NamedPhrases(), channels={}, threads=1, retention_days=30, passage=lambda: passage[0]
    )
    running.start()
    try:
        eventually(lambda: heartbeat.alive(heartbeat.WORKER, now=timezone.now()) or None, seconds=5, what="a sign")
        assert heartbeat.without_rasa(heartbeat.WORKER, now=timezone.now()) == 0
        passage[0] = "open"
        eventually(lambda: heartbeat.without_rasa(heartbeat.WORKER, now=timezone.now()) or None, seconds=5, what="gone")
    finally:
        running.stop()


def test_one_message_wakes_one_thread(say: Callable[..., Message], monkeypatch: pytest.MonkeyPatch) -> None:
    """Six threads once looked for each message, and five of them found nothing."""
    looks: list[Claim | None] = []

    def counted(*, now: datetime, seat: Seat) -> Claim | None:
        looks.append(claim_next(now=now, seat=seat))
        return looks[-1]

    monkeypatch.setattr(worker_module, "claim_next", counted)
    running = Worker(rasa=Always(), phrases=NamedPhrases(), channels={}, threads=6, retention_days=30)
    running.start()
    try:
        for number in range(10):
            say(who=f"person {number}")
            end = time.monotonic() + 10
            while not all_answered():
                assert time.monotonic() < end, "not in time"
                time.sleep(0.005)
    finally:
        running.stop()
    assert sum(look is not None for look in looks) == 10
    # A thread that was slow to begin may find that another has been woken for the same message.
    assert len(looks) <= 15
