"""A worker that was killed is followed by another in its seat, and nobody waits for the end of what it held."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from datetime import timedelta

import pytest

from bot.channels.contract import Parcel, Sent
from bot.conversations import heartbeat
from bot.conversations.breaker import Passage
from bot.conversations.claim import claim_next, still_held
from bot.conversations.deliver import deliver_next
from bot.conversations.heartbeat import WORKER, Pulse
from bot.conversations.models import Contact, Message
from bot.conversations.seat import REPORTED, Seat, take_over
from bot.errors import DeliveryError, Remedy
from tests.conversations.conftest import Clock

pytestmark = pytest.mark.django_db

SEAT, OTHER = Seat.named("pod-7"), Seat.named("pod-8")


class Dying:
    """A channel whose worker is killed while it sends, or that gives an error."""

    name = "post"
    patience = timedelta(seconds=25)
    window = None

    def __init__(self, error: BaseException) -> None:
        self._error = error

    def send(self, parcel: Parcel) -> Sent:
        raise self._error

    def show_typing(self, addresses: tuple[str, ...], reference: str) -> None:
        pass


def _being_sent(clock: Clock, error: BaseException, seat: Seat | None) -> Message:
    contact = Contact.objects.create(channel="post", pseudonym="p", created_at=clock.now, seen_at=clock.now)
    message = Message.objects.create(
        contact=contact,
        direction="out",
        channel="post",
        provider_id="answer:1:0",
        state="pending",
        text="uno",
        created_at=clock.now,
    )
    with contextlib.suppress(KeyboardInterrupt):  # as SIGKILL: nothing was noted any more
        deliver_next({"post": Dying(error)}, clock=clock, seat=seat)
    message.refresh_from_db()
    assert message.state == "sending"
    return message


def test_who_was_held_is_free_for_the_successor_and_for_everybody(clock: Clock, say: Callable[..., Message]) -> None:
    say(who="ana"), say(who="luis")
    dead, other = claim_next(now=clock.now, seat=SEAT), claim_next(now=clock.now, seat=OTHER)
    assert dead is not None and other is not None
    clock.forward(seconds=2)
    assert take_over(SEAT, now=clock.now) == 1
    assert still_held(dead) is None, "whoever was not dead after all cannot end its turn"
    assert still_held(other) is not None, "another seat keeps what it holds"
    again = claim_next(now=clock.now, seat=SEAT)
    assert again is not None
    assert again.message == dead.message
    assert claim_next(now=clock.now) is None


def test_a_seat_without_a_name_is_nobody_elses(clock: Clock, say: Callable[..., Message]) -> None:
    say()
    claim = claim_next(now=clock.now, seat=Seat.named(""))
    assert claim is not None
    assert take_over(Seat.named(""), now=clock.now) == 0
    assert still_held(claim) is not None


def test_what_it_was_sending_waits_for_a_report_and_no_longer(clock: Clock) -> None:
    message = _being_sent(clock, KeyboardInterrupt(), SEAT)
    assert take_over(OTHER, now=clock.now) == 0
    assert take_over(SEAT, now=clock.now) == 1
    message.refresh_from_db()
    assert message.not_before == clock.now + REPORTED
    assert message.unsure == 0, "that it may come a second time is counted when it goes"


def test_what_was_in_doubt_when_it_died_stays_so(clock: Clock) -> None:
    message = _being_sent(clock, DeliveryError("cut", Remedy.UNSURE), SEAT)
    assert take_over(SEAT, now=clock.now) == 0
    before = message.not_before
    message.refresh_from_db()
    assert message.not_before == before


def test_its_sign_of_life_ends_with_that_of_its_successor(clock: Clock) -> None:
    Pulse(WORKER, now=clock.now, seat=SEAT).beat(now=clock.now, passage=Passage.OPEN.value)
    Pulse(WORKER, now=clock.now, seat=OTHER).beat(now=clock.now)
    successor = Pulse(WORKER, now=clock.now, seat=SEAT)
    successor.beat(now=clock.now)
    successor.beat(now=clock.now)
    assert heartbeat.alive(WORKER, now=clock.now) == 2
    assert heartbeat.without_rasa(WORKER, now=clock.now) == 0


def test_a_holder_fills_its_column() -> None:
    length = Contact._meta.get_field("holder").max_length
    assert len(SEAT.holder()) == len(Seat().holder()) == length
    assert len(SEAT.mark) == Message._meta.get_field("sender").max_length
