"""A provider that takes nothing from anybody, or too much is sent to: nothing is given up, and nobody waits long after."""

from __future__ import annotations

import pytest

from bot.channels.contract import Parcel, Sent
from bot.conversations.deliver import PATIENT, PAUSES, deliver_next
from bot.conversations.models import Contact, Message
from bot.errors import DeliveryError, Remedy
from tests.conversations.conftest import Clock
from tests.conversations.test_deliver import Recorder, write

pytestmark = pytest.mark.django_db


@pytest.fixture
def contact(clock: Clock) -> Contact:
    return Contact.objects.create(channel="post", pseudonym="p", created_at=clock.now, seen_at=clock.now)


class Asked(Recorder):
    """One whose provider can be asked whether it is there, and is not until it is mended."""

    away = True

    def send(self, parcel: Parcel) -> Sent:
        if self.away:
            raise DeliveryError("503", Remedy.RETRY)
        return super().send(parcel)

    def answers(self) -> bool:
        return not self.away


def test_a_provider_that_is_away_for_hours_costs_no_message_and_nobody_waits_long_after_it(
    contact: Contact, clock: Clock
) -> None:
    channel = Asked()
    write(contact, clock, "one", "two")
    for _second in range(3 * 3600):
        while deliver_next({"post": channel}, clock=clock, chance=lambda: 0.0):
            pass
        clock.forward(seconds=1)
    channel.away = False
    clock.forward(seconds=PAUSES[PATIENT - 1].total_seconds())
    while deliver_next({"post": channel}, clock=clock, chance=lambda: 0.0):
        pass
    assert [laid.text for laid in channel.sent] == ["one", "two"]
    assert not Message.objects.exclude(state="sent").exists()


def test_while_a_provider_is_asked_nobody_else_takes_the_message(contact: Contact, clock: Clock) -> None:
    """To send took as long as it may, and so does asking."""

    class Slow(Asked):
        def send(self, parcel: Parcel) -> Sent:
            clock.forward(seconds=self.patience.total_seconds() - 1)
            return super().send(parcel)

        def answers(self) -> bool:
            clock.forward(seconds=self.patience.total_seconds() - 1)
            taken.append(deliver_next({"post": Recorder()}, clock=clock))
            return False

    taken: list[bool] = []
    (message,) = write(contact, clock, "uno")
    Message.objects.filter(pk=message.pk).update(attempts=PATIENT)
    assert deliver_next({"post": Slow()}, clock=clock)
    assert taken == [False]


@pytest.mark.parametrize("remedy", [Remedy.WAIT, Remedy.SLOW])
def test_too_many_requests_for_an_hour_cost_no_message_and_nobody_waits_long_after_it(
    contact: Contact, clock: Clock, remedy: Remedy
) -> None:
    write(contact, clock, "one", "two")
    channel = Recorder(*[DeliveryError("130429", remedy)] * 100)
    for _second in range(4000):
        while channel.failures and deliver_next({"post": channel}, clock=clock, chance=lambda: 0.0):
            pass
        clock.forward(seconds=1)
    assert not channel.failures
    clock.forward(seconds=PAUSES[PATIENT - 1].total_seconds())
    while deliver_next({"post": channel}, clock=clock, chance=lambda: 0.0):
        pass
    assert [laid.text for laid in channel.sent] == ["one", "two"]


def test_a_message_that_a_provider_never_takes_is_given_up_while_it_takes_others(
    contact: Contact, clock: Clock
) -> None:
    """It answers when it is asked: then the failure is the message's."""
    channel = Asked()
    write(contact, clock, "poison")
    channel.answers = lambda: True  # type: ignore[method-assign]
    for _second in range(3600):
        while deliver_next({"post": channel}, clock=clock, chance=lambda: 0.0):
            pass
        clock.forward(seconds=1)
    assert Message.objects.get().state == "failed"
