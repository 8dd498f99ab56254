"""A clock that leaps: back, and nobody freezes; forward, and nothing is deleted before its time."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from bot.channels.contract import Parcel, Sent
from bot.conversations import worker as worker_module
from bot.conversations.arrival import Arrival, arrived
from bot.conversations.claim import claim_next
from bot.conversations.deliver import PAUSES, deliver_next, hold
from bot.conversations.models import Contact, Line, Message
from bot.conversations.turn import take_turn
from bot.conversations.wall_clock import BELIEVED, HARMLESS, WallClock, thaw
from bot.conversations.worker import Worker
from bot.errors import DeliveryError, RasaUnavailable, Remedy
from tests.conversations.conftest import Clock, NamedPhrases, ScriptedRasa
from tests.processes.running import eventually

NOON = datetime(2026, 11, 30, 12, tzinfo=UTC)
YEARS = timedelta(days=3650)


class Post:
    """A channel that fails once in a way that the test chooses."""

    name = "post"
    patience = timedelta(seconds=25)
    window: timedelta | None = None

    def __init__(self, remedy: Remedy) -> None:
        self.remedy: Remedy | None = remedy
        self.sent: list[str] = []

    def send(self, parcel: Parcel) -> Sent:
        if self.remedy is not None:
            raise DeliveryError("503", self.remedy)
        self.sent.append(parcel.message)
        return Sent()

    def show_typing(self, addresses: tuple[str, ...], reference: str) -> None:
        """Nothing to show."""


def test_a_leap_is_seen_and_the_time_that_passes_is_none() -> None:
    clock = WallClock(now=NOON, passed=10.0)
    assert clock.look(now=NOON + timedelta(hours=3), passed=10.0 + 3 * 3600) == timedelta()
    leap = clock.look(now=NOON, passed=11.0 + 3 * 3600)
    assert leap == timedelta(hours=-3, seconds=-1)
    assert clock.look(now=NOON + timedelta(seconds=4), passed=12.0 + 3 * 3600) == timedelta(), "a chore took a moment"


def test_after_a_leap_forward_nothing_is_deleted_for_a_day_or_until_the_clock_is_right_again() -> None:
    clock = WallClock(now=NOON, passed=0.0)
    assert clock.believed(takes_all=False)
    clock.look(now=NOON + YEARS, passed=1.0)
    assert not clock.believed(takes_all=False)
    clock.look(now=NOON + YEARS + timedelta(seconds=BELIEVED), passed=BELIEVED + 0.9)
    assert not clock.believed(takes_all=False)
    clock.look(now=NOON + YEARS + timedelta(seconds=BELIEVED + 1), passed=BELIEVED + 2)
    assert clock.believed(takes_all=True), "it was not wrong: Faro was off for long"
    clock = WallClock(now=NOON, passed=0.0)
    clock.look(now=NOON + YEARS, passed=1.0)
    clock.look(now=NOON + timedelta(seconds=3), passed=2.0)
    assert clock.believed(takes_all=False), "it was put right"
    clock.look(now=NOON + HARMLESS, passed=4.0)
    assert clock.believed(takes_all=False)


def test_a_clock_that_is_wrong_from_the_start_deletes_nothing_of_what_was_just_said() -> None:
    clock = WallClock(now=NOON + YEARS, passed=0.0)
    assert not clock.believed(takes_all=True) and clock.believed(takes_all=False)
    clock.look(now=NOON + YEARS + timedelta(seconds=BELIEVED), passed=BELIEVED)
    assert clock.believed(takes_all=True)


@pytest.mark.django_db
@pytest.mark.parametrize("remedy", [Remedy.RETRY, Remedy.UNSURE])
def test_an_answer_that_waits_goes_out_after_the_clock_was_put_back(clock: Clock, remedy: Remedy) -> None:
    contact = Contact.objects.create(channel="post", pseudonym="p", created_at=clock.now, seen_at=clock.now)
    Message.objects.create(
        contact=contact,
        direction="out",
        channel="post",
        provider_id="1",
        state="pending",
        created_at=clock.now,
        text="x",
    )
    post = Post(remedy)
    deliver_next({"post": post}, clock=clock)
    hold("post", until=clock.now + PAUSES[-1])
    post.remedy = None
    clock.forward(days=-2)
    assert not deliver_next({"post": post}, clock=clock), "this is what would freeze"
    thaw({"post": post}, now=clock.now)
    if remedy is Remedy.UNSURE:
        assert not deliver_next({"post": post}, clock=clock), "it may be on its way: its patience counts"
        clock.forward(seconds=25)
    assert deliver_next({"post": post}, clock=clock)
    assert post.sent == ["1"]
    assert not Line.objects.filter(paused_until__gt=clock.now).exists()


@pytest.mark.django_db
def test_a_turn_that_was_put_off_is_taken_after_the_clock_was_put_back(
    clock: Clock, say: Callable[..., Message]
) -> None:
    message = say()
    claim = claim_next(now=clock.now)
    assert claim is not None
    take_turn(claim, rasa=ScriptedRasa(RasaUnavailable("down")), phrases=NamedPhrases(), clock=clock)
    clock.forward(seconds=-30)
    assert claim_next(now=clock.now) is None
    thaw({}, now=clock.now)
    again = claim_next(now=clock.now)
    assert again is not None and again.message == message


@pytest.mark.django_db(transaction=True)
def test_a_worker_whose_clock_leaps_ten_years_keeps_every_conversation(
    say: Callable[..., Message], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    message = say()
    Message.objects.update(state="answered", created_at=timezone.now())
    monkeypatch.setattr(worker_module, "RETENTION_EVERY", 0.1)
    off = [timedelta()]
    running = Worker(
        rasa=ScriptedRasa(),
        phrases=NamedPhrases(),
        channels={},
        threads=1,
        retention_days=30,
        clock=lambda: timezone.now() + off[0],
    )
    running.start()
    try:
        time.sleep(1.5)
        off[0] = YEARS
        eventually(lambda: "retention waits" in caplog.messages or None, seconds=10, what="it is said")
        assert Message.objects.filter(pk=message.pk).exists()
        off[0] = timedelta()
        Message.objects.update(created_at=timezone.now() - timedelta(days=31))
        Message.objects.create(
            contact=message.contact, direction="in", channel="web", provider_id="new", created_at=timezone.now()
        )
        eventually(
            lambda: not Message.objects.filter(pk=message.pk).exists() or None, seconds=10, what="what is old goes"
        )
    finally:
        running.stop()
    assert caplog.messages.count("clock leapt") == 2


@pytest.mark.django_db
def test_by_a_clock_that_leapt_nothing_that_a_provider_brings_is_late(
    clock: Clock, say: Callable[..., Message]
) -> None:
    wall = WallClock(now=clock.now, passed=0.0)
    wrote = clock.now
    clock.forward(hours=3)
    message = say()
    message.sent_at = wrote
    assert arrived(message) is Arrival.LATE
    assert arrived(message, ahead=wall.ahead(now=clock.now, passed=1.0)) is Arrival.IN_TIME, "before anybody looked"
    wall.look(now=clock.now, passed=1.0)
    assert arrived(message, ahead=wall.ahead(now=clock.now, passed=1.5)) is Arrival.IN_TIME
    clock.forward(hours=-3)
    wall.look(now=clock.now, passed=2.0)
    assert wall.ahead(now=clock.now, passed=2.0) == timedelta()


def test_a_clock_that_is_behind_makes_nothing_late() -> None:
    wall = WallClock(now=NOON, passed=0.0)
    assert wall.ahead(now=NOON - timedelta(hours=3), passed=1.0) == timedelta()
