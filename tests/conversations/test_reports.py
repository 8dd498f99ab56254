"""A message that a provider took and then reports as failed: sent again if that may help, else seen by operators."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.channels.contract import Parcel, Sent
from bot.conversations import retry
from bot.conversations.addresses import AddressBook
from bot.conversations.deliver import PAUSES, REPORTED, STOPPED, deliver_next
from bot.conversations.models import Contact, Line, Message
from bot.conversations.record import record
from bot.errors import DeliveryError, Remedy
from bot.words import Incoming, Progress, Status
from tests.conversations.conftest import KEY, Clock

pytestmark = pytest.mark.django_db

NAME = "post"


class Taking:
    """A channel that takes everything."""

    name = NAME
    patience = timedelta(seconds=30)
    window: timedelta | None = None

    def __init__(self) -> None:
        self.sent: list[str] = []

    def send(self, parcel: Parcel) -> Sent:
        self.sent.append(parcel.message)
        return Sent()

    def show_typing(self, addresses: tuple[str, ...], reference: str) -> None:
        raise AssertionError("nobody waits for this channel")


@pytest.fixture
def message(clock: Clock) -> Message:
    contact = Contact.objects.create(channel=NAME, pseudonym="p", created_at=clock.now, seen_at=clock.now)
    clock.forward(seconds=1)
    return Message.objects.create(
        contact=contact,
        direction="out",
        channel=NAME,
        provider_id="answer:1:0",
        text="Es gratis.",
        state="pending",
        created_at=clock.now,
    )


def send(channel: Taking, clock: Clock) -> None:
    while deliver_next({NAME: channel}, clock=clock, chance=lambda: 0.0):
        pass


def report(clock: Clock, progress: Progress, code: str = "", remedy: str = "", *, copy: str = "copy 1") -> None:
    event = Status(NAME, "answer:1:0", progress, code, remedy, copy)
    record(event, key=KEY, now=clock.now, book=AddressBook(KEY, [KEY]))


def failed(clock: Clock, remedy: Remedy, *, copy: str = "copy 1") -> None:
    report(clock, Progress.FAILED, "131000", remedy.value, copy=copy)


@pytest.mark.parametrize("remedy", [Remedy.RETRY, Remedy.WAIT, Remedy.SLOW, Remedy.STOP])
def test_a_failure_that_may_pass_is_sent_again(message: Message, clock: Clock, remedy: Remedy) -> None:
    channel = Taking()
    send(channel, clock)
    failed(clock, remedy)
    message.refresh_from_db()
    assert (message.state, message.error) == ("pending", "131000")
    send(channel, clock)
    assert len(channel.sent) == 1, "not before the pause"
    clock.forward(seconds=STOPPED.total_seconds() if remedy is Remedy.STOP else PAUSES[0].total_seconds())
    send(channel, clock)
    report(clock, Progress.DELIVERED, copy="copy 2")
    message.refresh_from_db()
    assert len(channel.sent) == 2
    assert (message.state, message.progress, message.error) == ("sent", "delivered", "")


def test_a_failure_that_is_reported_twice_is_sent_again_once(message: Message, clock: Clock) -> None:
    channel = Taking()
    send(channel, clock)
    failed(clock, Remedy.RETRY)
    failed(clock, Remedy.RETRY)
    clock.forward(seconds=10)
    send(channel, clock)
    failed(clock, Remedy.RETRY)
    clock.forward(seconds=3000)
    send(channel, clock)
    assert len(channel.sent) == 2


def test_a_late_report_of_the_copy_that_failed_does_not_stop_the_next_one(message: Message, clock: Clock) -> None:
    channel = Taking()
    send(channel, clock)
    failed(clock, Remedy.RETRY)
    report(clock, Progress.SENT)
    clock.forward(seconds=10)
    send(channel, clock)
    assert len(channel.sent) == 2


def test_it_is_sent_again_as_often_as_a_failed_send_and_then_given_up(message: Message, clock: Clock) -> None:
    channel = Taking()
    for number, pause in enumerate((*PAUSES, timedelta(), timedelta())):
        send(channel, clock)
        failed(clock, Remedy.RETRY, copy=f"copy {number}")
        clock.forward(seconds=pause.total_seconds())
    message.refresh_from_db()
    assert (message.state, message.error) == ("failed", "131000")
    assert len(channel.sent) == len(PAUSES) + 1


def test_a_repeated_report_does_not_stop_what_an_operator_sends_again(message: Message, clock: Clock) -> None:
    channel = Taking()
    send(channel, clock)
    failed(clock, Remedy.REFUSE)
    assert retry.put_back(Message.objects.get()) and not retry.put_back(message)
    failed(clock, Remedy.REFUSE)
    send(channel, clock)
    failed(clock, Remedy.REFUSE)
    report(clock, Progress.DELIVERED, copy="copy 2")
    message.refresh_from_db()
    assert (message.state, message.progress, len(channel.sent)) == ("sent", "delivered", 2)


def test_an_answer_that_would_come_too_late_is_not_sent_again(message: Message, clock: Clock) -> None:
    send(Taking(), clock)
    clock.forward(hours=2)
    failed(clock, Remedy.RETRY)
    message.refresh_from_db()
    assert message.state == "failed"


def test_without_the_id_of_the_copy_nothing_is_sent_again(message: Message, clock: Clock) -> None:
    send(Taking(), clock)
    failed(clock, Remedy.RETRY, copy="")
    message.refresh_from_db()
    assert message.state == "failed"


@pytest.mark.parametrize("remedy", ["", Remedy.REFUSE, Remedy.CLOSED, Remedy.UNREACHABLE])
def test_a_failure_for_good_is_seen_by_operators_with_its_code(message: Message, clock: Clock, remedy: str) -> None:
    send(Taking(), clock)
    report(clock, Progress.FAILED, "131047", str(remedy))
    message.refresh_from_db()
    assert (message.state, message.progress, message.error) == ("failed", "failed", "131047")
    assert message.done_at == clock.now


def test_who_cannot_be_reached_is_marked_until_they_write(message: Message, clock: Clock) -> None:
    send(Taking(), clock)
    failed(clock, Remedy.UNREACHABLE)
    assert Contact.objects.get().unreachable_at == clock.now


def test_who_has_written_since_is_reachable(message: Message, clock: Clock) -> None:
    send(Taking(), clock)
    Contact.objects.update(seen_at=clock.now + timedelta(seconds=1))
    failed(clock, Remedy.UNREACHABLE)
    assert Contact.objects.get().unreachable_at is None


def test_too_much_altogether_slows_the_whole_channel(message: Message, clock: Clock) -> None:
    send(Taking(), clock)
    failed(clock, Remedy.SLOW)
    assert Line.objects.get().paused_until == clock.now + PAUSES[0]
    assert Line.objects.get().trouble == ""


def test_a_trouble_of_the_account_is_shown_until_something_arrives(message: Message, clock: Clock) -> None:
    channel = Taking()
    send(channel, clock)
    failed(clock, Remedy.STOP)
    line = Line.objects.get()
    assert (line.trouble, line.paused_until) == (f"{REPORTED}131000", clock.now + STOPPED)
    clock.forward(seconds=90)
    send(channel, clock)
    assert Line.objects.get().trouble, "that it was taken proves nothing"
    report(clock, Progress.SENT, copy="copy 2")
    assert Line.objects.get().trouble
    report(clock, Progress.DELIVERED, copy="copy 2")
    assert Line.objects.get().trouble == ""


def test_a_trouble_that_the_provider_says_at_once_ends_with_the_next_message_that_it_takes(
    message: Message, clock: Clock
) -> None:
    class Refusing(Taking):
        def send(self, parcel: Parcel) -> Sent:
            raise DeliveryError("190", Remedy.STOP)

    send(Refusing(), clock)
    assert Line.objects.get().trouble == "190"
    clock.forward(seconds=90)
    send(Taking(), clock)
    assert Line.objects.get().trouble == ""


def test_the_window_begins_when_the_person_wrote_and_not_when_we_heard_of_it(clock: Clock) -> None:
    wrote = clock.now - timedelta(days=2)
    book = AddressBook(KEY, [KEY])
    for number, sent_at in enumerate((wrote, wrote - timedelta(hours=1))):
        incoming = Incoming(NAME, "77", f"u{number}", text="hola", reference=f"77:{number}", sent_at=sent_at)
        record(incoming, key=KEY, now=clock.now, book=book)
    assert Contact.objects.get().seen_at == wrote
    ahead = Incoming(NAME, "77", "u9", text="hola", reference="77:9", sent_at=clock.now + timedelta(hours=5))
    record(ahead, key=KEY, now=clock.now, book=book)
    assert Contact.objects.get().seen_at == clock.now, "a clock that is ahead keeps no window open"
