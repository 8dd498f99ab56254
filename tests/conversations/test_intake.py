"""The door for providers: acknowledged when durable, in groups, and nobody's fault spoils another's message."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator

import pytest
from django.db import DatabaseError, OperationalError

from bot.conversations import intake as room
from bot.conversations.addresses import AddressBook
from bot.conversations.inbox import INBOX
from bot.conversations.intake import Full, Intake
from bot.conversations.models import Message
from bot.words import Event, Incoming
from tests.conversations.conftest import KEY, Clock

pytestmark = pytest.mark.django_db(transaction=True)


def incoming(number: int, text: str = "hola") -> Incoming:
    return Incoming("telegram", str(number % 7), f"u{number}", text=text, reference=str(number))


@pytest.fixture
def door(clock: Clock) -> Iterator[Intake]:
    door = Intake(key=KEY, book=AddressBook(KEY, ["k" * 40]), clock=clock)
    yield door
    door.stop()


def test_a_burst_from_many_sides_is_written_once_each(door: Intake) -> None:
    async def burst() -> None:
        await asyncio.gather(*(door.put([incoming(number)]) for number in (*range(100), *range(100))))

    asyncio.run(burst())
    assert Message.objects.count() == 100


def test_what_is_acknowledged_is_there(door: Intake) -> None:
    for number in range(5):
        door.put_now([incoming(number)])
        assert Message.objects.count() == number + 1


def test_one_that_cannot_be_written_spoils_no_other(door: Intake, monkeypatch: pytest.MonkeyPatch) -> None:
    real = room.record

    def record(event: Event, **more: object) -> bool:
        if isinstance(event, Incoming) and event.text == "poison":
            raise ValueError("poison")
        return real(event, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(room, "record", record)

    async def together() -> list[object]:
        deliveries = [door.put([incoming(n, "poison" if n == 3 else "hola")]) for n in range(8)]
        return list(await asyncio.gather(*deliveries, return_exceptions=True))

    found = asyncio.run(together())
    assert [n for n, one in enumerate(found) if one is not None] == [3]
    assert Message.objects.count() == 7


def test_a_delivery_is_written_whole_or_not_at_all(door: Intake, monkeypatch: pytest.MonkeyPatch) -> None:
    real = room.record

    def record(event: Event, **more: object) -> None:
        if isinstance(event, Incoming) and event.text == "poison":
            raise OperationalError("database is away")
        real(event, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(room, "record", record)
    with pytest.raises(DatabaseError):
        door.put_now([incoming(1), incoming(2, "poison")])
    assert Message.objects.count() == 0
    assert not INBOX.open
    monkeypatch.setattr(room, "record", real)
    door.put_now([incoming(1), incoming(2)])
    assert Message.objects.count() == 2
    assert INBOX.open


def test_a_provider_is_told_to_come_again_when_too_many_wait(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "WAITING", 3)
    go_on, begun = threading.Event(), threading.Event()

    def record(event: Event, **more: object) -> None:
        begun.set()
        go_on.wait(10)

    monkeypatch.setattr(room, "record", record)
    door = Intake(key=KEY, book=AddressBook(KEY, ["k" * 40]), clock=clock)

    async def flood() -> list[object]:
        first = asyncio.ensure_future(door.put([incoming(0)]))
        await asyncio.to_thread(begun.wait, 10)
        others = [asyncio.ensure_future(door.put([incoming(number)])) for number in range(1, 9)]
        await asyncio.sleep(0)
        go_on.set()
        return list(await asyncio.gather(first, *others, return_exceptions=True))

    found = asyncio.run(flood())
    door.stop()
    assert [type(one) for one in found] == [type(None)] * 4 + [Full] * 5


def test_a_door_that_was_stopped_opens_again(door: Intake) -> None:
    door.put_now([incoming(1)])
    door.stop()
    door.stop()
    door.put_now([incoming(2)])
    assert Message.objects.count() == 2


def test_a_delivery_without_events_is_done_at_once(door: Intake) -> None:
    door.put_now([])
    assert Message.objects.count() == 0
