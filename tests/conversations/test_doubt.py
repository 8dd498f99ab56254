"""A provider that answers nothing for minutes: nobody's answer is given up, and nobody gets a third copy."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest

from bot.channels.contract import Parcel, Sent
from bot.conversations.deliver import deliver_next
from bot.conversations.doubt import REST, SEVERAL
from bot.conversations.models import Contact, Line, Message
from bot.errors import DeliveryError, Remedy
from tests.conversations.conftest import Clock

pytestmark = pytest.mark.django_db


class Silent:
    """A channel that, while it is silent, never says what became of a message; `takes`: it is taken all the same."""

    name = "post"
    patience = timedelta(seconds=25)
    window: timedelta | None = None

    def __init__(self) -> None:
        self.silent, self.takes = False, False
        self.calls = 0
        self.taken: Counter[str] = Counter()

    def send(self, parcel: Parcel) -> Sent:
        self.calls += 1
        if not self.silent or self.takes:
            self.taken[parcel.message] += 1
        if self.silent:
            raise DeliveryError("ReadTimeout", Remedy.UNSURE)
        return Sent()

    def show_typing(self, addresses: tuple[str, ...], reference: str) -> None:
        """Nothing to show."""


def write(number: int, clock: Clock) -> None:
    """Another person has an answer to get."""
    contact = Contact.objects.create(channel="post", pseudonym=str(number), created_at=clock.now, seen_at=clock.now)
    for place in range(2):
        Message.objects.create(
            contact=contact,
            direction="out",
            channel="post",
            provider_id=f"answer:{number}:{place}",
            text="x",
            state="pending",
            created_at=clock.now,
        )


def run(channel: Silent, clock: Clock, *, seconds: int, writing: bool, first: int = 0) -> None:
    for second in range(seconds):
        if writing and second % 10 == 0:
            write(first + second, clock)
        while deliver_next({"post": channel}, clock=clock, chance=lambda: 0.0):
            pass
        clock.forward(seconds=1)


class Asked(Silent):
    """One whose provider can be asked whether it is there."""

    def answers(self) -> bool:
        return not self.silent


@pytest.mark.parametrize("people", [1, 3])
@pytest.mark.parametrize("takes", [False, True])
def test_a_few_people_of_a_provider_that_is_away_for_an_hour_get_their_answers(
    clock: Clock, takes: bool, people: int
) -> None:
    channel = Asked()
    channel.silent, channel.takes = True, takes
    for number in range(people):
        write(number, clock)
    run(channel, clock, seconds=3600, writing=False)
    assert channel.calls == people, "nobody's second chance was spent"
    channel.silent = False
    run(channel, clock, seconds=120, writing=False)
    assert not Message.objects.exclude(state="sent").exists()
    assert max(channel.taken.values()) <= 2 and len(channel.taken) == Message.objects.count()


@pytest.mark.parametrize("takes", [False, True])
def test_after_minutes_of_silence_everybody_gets_the_answer_and_nobody_a_third_copy(clock: Clock, takes: bool) -> None:
    channel = Silent()
    channel.silent, channel.takes = True, takes
    run(channel, clock, seconds=300, writing=True)
    in_vain = channel.calls
    channel.silent = False
    run(channel, clock, seconds=120, writing=True, first=1000)
    assert not Message.objects.exclude(state="sent").exists()
    assert max(channel.taken.values()) <= 2 and len(channel.taken) == Message.objects.count()
    assert in_vain <= SEVERAL * 2 + 300 / REST.total_seconds(), "only one at a time tried"
    assert Line.objects.get().doubted_at is None


def test_a_silence_in_which_nobody_else_writes_ends_too(clock: Clock) -> None:
    channel = Silent()
    for number in range(SEVERAL + 2):
        write(number, clock)
    channel.silent = True
    run(channel, clock, seconds=40, writing=False)
    channel.silent = False
    run(channel, clock, seconds=120, writing=False)
    assert not Message.objects.exclude(state="sent").exists()


def test_a_moment_of_silence_costs_a_few_people_seconds_and_not_minutes(clock: Clock) -> None:
    channel = Silent()
    for number in range(SEVERAL):
        write(number, clock)
    channel.silent = True
    run(channel, clock, seconds=5, writing=False)
    channel.silent = False
    run(channel, clock, seconds=60, writing=False)
    assert not Message.objects.exclude(state="sent").exists()


def test_one_message_whose_fate_is_unknown_is_sent_again_after_its_patience_as_ever(clock: Clock) -> None:
    channel = Silent()
    write(0, clock)
    channel.silent = True
    assert deliver_next({"post": channel}, clock=clock)
    channel.silent = False
    clock.forward(seconds=24)
    assert not deliver_next({"post": channel}, clock=clock)
    clock.forward(seconds=1)
    assert deliver_next({"post": channel}, clock=clock)
    assert Message.objects.filter(state="sent").count() == 1
