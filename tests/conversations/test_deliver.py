"""Delivery: in order, again when it may help, and visibly given up when it cannot."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.channels.contract import Parcel, Sent
from bot.channels.layout import Laid
from bot.conversations.addresses import AddressBook
from bot.conversations.deliver import PAUSES, deliver_next
from bot.conversations.models import Contact, Line, Message
from bot.conversations.record import record
from bot.errors import DeliveryError, Remedy
from bot.words import Button, Progress, Status
from tests.conversations.conftest import KEY, Clock

pytestmark = pytest.mark.django_db


class Recorder:
    """A channel that keeps what it is given and fails as told."""

    name = "post"
    patience = timedelta(seconds=30)
    window: timedelta | None = None

    def __init__(self, *failures: DeliveryError) -> None:
        self.failures = list(failures)
        self.sent: list[Laid] = []

    def send(self, parcel: Parcel) -> Sent:
        if self.failures:
            raise self.failures.pop(0)
        self.sent.append(parcel.laid)
        return Sent()

    def show_typing(self, addresses: tuple[str, ...], reference: str) -> None:
        raise AssertionError("nobody waits for this channel")


@pytest.fixture
def contact(clock: Clock) -> Contact:
    return Contact.objects.create(channel="post", pseudonym="p", created_at=clock.now, seen_at=clock.now)


def write(contact: Contact, clock: Clock, *texts: str, channel: str = "post") -> list[Message]:
    return [
        Message.objects.create(
            contact=contact,
            direction="out",
            channel=channel,
            provider_id=f"answer:{text}",
            text=text,
            buttons=[["Menú", "topic:show_menu"]],
            state="pending",
            created_at=clock.now,
        )
        for text in texts
    ]


def drain(channel: Recorder, clock: Clock) -> None:
    while deliver_next({"post": channel}, clock=clock, chance=lambda: 0.0):
        pass


def test_messages_are_sent_in_the_order_they_were_written(contact: Contact, clock: Clock) -> None:
    write(contact, clock, "uno", "dos", "tres")
    channel = Recorder()
    drain(channel, clock)
    assert [sent.text for sent in channel.sent] == ["uno", "dos", "tres"]
    assert channel.sent[0].buttons == (Button("Menú", "topic:show_menu"),)
    assert set(Message.objects.values_list("state", flat=True)) == {"sent"}


def test_a_failure_that_may_pass_is_tried_again_and_holds_back_what_follows(contact: Contact, clock: Clock) -> None:
    first, second = write(contact, clock, "uno", "dos")
    channel = Recorder(DeliveryError("timeout", Remedy.RETRY))
    drain(channel, clock)
    assert channel.sent == []
    first.refresh_from_db()
    assert (first.state, first.attempts, first.error) == ("pending", 1, "timeout")
    clock.forward(seconds=PAUSES[0].total_seconds())
    drain(channel, clock)
    assert [sent.text for sent in channel.sent] == ["uno", "dos"]
    second.refresh_from_db()
    assert second.state == "sent"


def test_a_failure_of_one_contact_does_not_hold_back_another(contact: Contact, clock: Clock) -> None:
    other = Contact.objects.create(channel="post", pseudonym="q", created_at=clock.now, seen_at=clock.now)
    write(contact, clock, "uno")
    write(other, clock, "otro")
    channel = Recorder(DeliveryError("timeout", Remedy.RETRY))
    drain(channel, clock)
    assert [sent.text for sent in channel.sent] == ["otro"]


def test_a_failure_for_good_is_given_up_at_once_and_what_follows_goes_on(contact: Contact, clock: Clock) -> None:
    first, _ = write(contact, clock, "uno", "dos")
    channel = Recorder(DeliveryError("refused", Remedy.REFUSE))
    drain(channel, clock)
    first.refresh_from_db()
    assert (first.state, first.error) == ("failed", "refused")
    assert [sent.text for sent in channel.sent] == ["dos"]


def test_after_the_last_pause_it_is_given_up(contact: Contact, clock: Clock) -> None:
    (message,) = write(contact, clock, "uno")
    channel = Recorder(*[DeliveryError("timeout", Remedy.RETRY)] * 20)
    for _ in range(20):
        drain(channel, clock)
        clock.forward(seconds=3600)
    message.refresh_from_db()
    assert (message.state, message.attempts) == ("failed", len(PAUSES) + 1)


def test_a_sender_that_died_is_followed_by_another_after_its_time(contact: Contact, clock: Clock) -> None:
    (message,) = write(contact, clock, "uno")

    class Dying(Recorder):
        def send(self, parcel: Parcel) -> Sent:
            raise SystemExit

    with pytest.raises(SystemExit):
        deliver_next({"post": Dying()}, clock=clock)
    channel = Recorder()
    drain(channel, clock)
    assert channel.sent == []
    clock.forward(seconds=Recorder.patience.total_seconds())
    drain(channel, clock)
    assert len(channel.sent) == 1
    message.refresh_from_db()
    assert message.attempts == 2


def test_channels_that_fetch_for_themselves_are_left_alone(contact: Contact, clock: Clock) -> None:
    write(contact, clock, "para la página", channel="web")
    assert not deliver_next({"post": Recorder()}, clock=clock)


def test_a_fault_of_the_channel_itself_is_counted_and_given_up(contact: Contact, clock: Clock) -> None:
    (message,) = write(contact, clock, "uno")

    class Faulty(Recorder):
        def send(self, parcel: Parcel) -> Sent:
            raise KeyError("uno")

    for _ in range(20):
        while deliver_next({"post": Faulty()}, clock=clock):
            pass
        clock.forward(seconds=3600)
    message.refresh_from_db()
    assert (message.state, message.error) == ("failed", "unexpected")


# ---- what providers ask for --------------------------------------------------------------------------------------------


def test_a_message_of_which_nobody_knows_is_sent_once_more_and_no_third_time(contact: Contact, clock: Clock) -> None:
    (message,) = write(contact, clock, "uno")
    channel = Recorder(*[DeliveryError("timeout", Remedy.UNSURE)] * 9)
    for _ in range(9):
        drain(channel, clock)
        clock.forward(seconds=Recorder.patience.total_seconds())
    message.refresh_from_db()
    assert (message.state, message.error, message.attempts) == ("failed", "unsure", 2)


def test_a_report_of_the_provider_settles_what_nobody_knew(contact: Contact, clock: Clock) -> None:
    (message,) = write(contact, clock, "uno")
    channel = Recorder(DeliveryError("timeout", Remedy.UNSURE))
    drain(channel, clock)
    message.refresh_from_db()
    assert message.state == "sending"
    record(
        Status("post", message.provider_id, Progress.DELIVERED),
        key=KEY,
        now=clock.now,
        book=AddressBook(KEY, ["k" * 40]),
    )
    clock.forward(hours=1)
    drain(channel, clock)
    assert channel.sent == []
    message.refresh_from_db()
    assert (message.state, message.progress) == ("sent", "delivered")


def test_a_report_that_comes_late_takes_back_that_it_was_given_up(contact: Contact, clock: Clock) -> None:
    (message,) = write(contact, clock, "uno")
    channel = Recorder(*[DeliveryError("timeout", Remedy.UNSURE)] * 2)
    for _ in range(3):
        drain(channel, clock)
        clock.forward(seconds=Recorder.patience.total_seconds())
    message.refresh_from_db()
    assert (message.state, message.error) == ("failed", "unsure")
    book = AddressBook(KEY, ["k" * 40])
    record(Status("post", message.provider_id, Progress.READ), key=KEY, now=clock.now, book=book)
    message.refresh_from_db()
    assert (message.state, message.error) == ("sent", "")


def test_somebody_who_blocked_us_is_not_written_to_until_they_write(contact: Contact, clock: Clock) -> None:
    first, second = write(contact, clock, "uno", "dos")
    channel = Recorder(DeliveryError("blocked", Remedy.UNREACHABLE))
    drain(channel, clock)
    for message, error in ((first, "blocked"), (second, "unreachable")):
        message.refresh_from_db()
        assert (message.state, message.error) == ("failed", error)
    contact.refresh_from_db()
    assert contact.unreachable_at == clock.now


def test_the_wait_that_a_provider_asks_for_is_kept_and_the_channel_brakes(contact: Contact, clock: Clock) -> None:
    other = Contact.objects.create(channel="post", pseudonym="q", created_at=clock.now, seen_at=clock.now)
    write(contact, clock, "uno")
    write(other, clock, "otro")
    channel = Recorder(DeliveryError("429", Remedy.WAIT, after=40))
    drain(channel, clock)
    assert channel.sent == []
    clock.forward(seconds=1)
    drain(channel, clock)
    assert [sent.text for sent in channel.sent] == ["otro"]
    clock.forward(seconds=38)
    drain(channel, clock)
    assert len(channel.sent) == 1
    clock.forward(seconds=1)
    drain(channel, clock)
    assert [sent.text for sent in channel.sent] == ["otro", "uno"]


def test_a_channel_that_stands_still_keeps_its_messages_and_says_so_until_one_goes(
    contact: Contact, clock: Clock
) -> None:
    (message,) = write(contact, clock, "uno")
    channel = Recorder(*[DeliveryError("190", Remedy.STOP)] * 30)
    for _ in range(30):
        drain(channel, clock)
        clock.forward(seconds=60)
    message.refresh_from_db()
    assert message.state == "pending"
    assert Line.objects.get().trouble == "190"
    drain(channel, clock)
    assert len(channel.sent) == 1
    assert Line.objects.get().trouble == ""


class Windowed(Recorder):
    window = timedelta(hours=23, minutes=50)


def test_a_window_that_is_closed_is_known_before_sending(contact: Contact, clock: Clock) -> None:
    (message,) = write(contact, clock, "uno")
    channel = Windowed()
    clock.forward(hours=24)
    drain(channel, clock)
    message.refresh_from_db()
    assert (message.state, message.error, channel.sent) == ("failed", "window_closed", [])


def test_by_a_clock_that_was_wrong_from_the_start_no_window_is_closed(contact: Contact, clock: Clock) -> None:
    """The provider said when it was written, our clock when it came."""
    Contact.objects.filter(pk=contact.pk).update(seen_at=clock.now - timedelta(days=2))
    asked = Message(contact=contact, direction="in", channel="post", provider_id="q", text="hola", state="answered")
    asked.created_at = clock.now
    asked.save()
    write(contact, clock, "uno")
    drain(channel := Windowed(), clock)
    assert len(channel.sent) == 1


def test_a_clock_that_leaps_closes_no_window(contact: Contact, clock: Clock) -> None:
    write(contact, clock, "uno")
    clock.forward(days=2)
    channel = Windowed()
    assert deliver_next({"post": channel}, clock=clock, ahead=timedelta(days=2))
    assert len(channel.sent) == 1


def test_one_person_gets_no_more_than_the_provider_allows_and_others_go_on(clock: Clock) -> None:
    one, other = (
        Contact.objects.create(channel="telegram", pseudonym=who, created_at=clock.now, seen_at=clock.now)
        for who in "ab"
    )
    write(one, clock, *map(str, range(10)), channel="telegram")
    write(other, clock, "otro", channel="telegram")

    class Telegram(Recorder):
        name = "telegram"

    channel = Telegram()

    def everything() -> None:
        while deliver_next({"telegram": channel}, clock=clock, chance=lambda: 0.0):
            pass

    everything()
    assert [sent.text for sent in channel.sent] == ["0", "1", "2", "3", "otro"]
    for expected in ("4", "5", "6"):
        clock.forward(seconds=1)
        everything()
        assert channel.sent[-1].text == expected


def test_the_addresses_of_a_person_go_with_the_message_and_new_ones_are_kept(clock: Clock) -> None:
    book = AddressBook(KEY, ["k" * 40])
    contact = Contact.objects.create(channel="post", pseudonym="p", created_at=clock.now, seen_at=clock.now)
    book.note(contact, ["phone:507"])
    write(contact, clock, "uno", "dos")

    class Answering(Recorder):
        def send(self, parcel: Parcel) -> Sent:
            super().send(parcel)
            seen.append(parcel.addresses)
            return Sent(("phone:507", "bsuid:PA.1"))

    seen: list[tuple[str, ...]] = []
    channel = Answering()
    while deliver_next({"post": channel}, clock=clock, book=book):
        pass
    assert seen == [("phone:507",), ("phone:507", "bsuid:PA.1")]
    assert "507" not in repr(Parcel("c", "m", Laid("x"), ("phone:507",)))
