"""What is deleted or masked is gone from the bytes of SQLite's files too, not only from what a query shows."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection, connections, transaction

from bot.conversations import remains
from bot.conversations.erase import erase, forget
from bot.conversations.models import Message
from bot.conversations.retention import enforce
from bot.conversations.window import Window, mask_all
from tests.conversations.conftest import Clock

pytestmark = pytest.mark.django_db(transaction=True)

WINDOW = Window(timedelta(hours=1), timedelta(days=14))

Say = Callable[..., Message]


@pytest.fixture(autouse=True)
def only_sqlite() -> None:
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL keeps its files itself: PRIVACY.md says what becomes of deleted rows there")


def found(secret: str) -> int:
    """How often a secret stands in the bytes of the database's files."""
    name = str(connection.settings_dict["NAME"])
    files = [Path(name + end) for end in ("", "-wal", "-journal")]
    return sum(file.read_bytes().count(secret.encode()) for file in files if file.exists())


@pytest.fixture
def told(say: Say, clock: Clock) -> Iterator[Message]:
    message = say("llame al +507 6123-4567, se lo ruego")
    Message.objects.filter(pk=message.pk).update(state="answered", done_at=clock.now)
    assert found("6123-4567")
    yield message
    remains.empty_log()


def test_masked(told: Message, clock: Clock) -> None:
    clock.forward(minutes=61)
    assert mask_all(WINDOW, now=clock.now) == 1
    assert remains.empty_log()
    assert not found("6123-4567")
    assert found("se lo ruego")  # it is the right file


@pytest.mark.parametrize("way", [erase, forget])
def test_erased(told: Message, clock: Clock, way: Callable[..., None]) -> None:
    way(told.contact, now=clock.now)
    assert not found("6123-4567")
    assert not found("se lo ruego")


def test_deleted_after_its_time(told: Message, clock: Clock) -> None:
    clock.forward(days=31)
    assert enforce(days=30, now=clock.now) == 1
    assert remains.empty_log()
    assert not found("se lo ruego")


def test_a_reader_puts_the_emptying_off_and_is_not_waited_for_long(told: Message, clock: Clock) -> None:
    reading, done = threading.Event(), threading.Event()

    def read() -> None:
        with connection.cursor() as cursor:
            cursor.execute("BEGIN DEFERRED")  # Django's own transactions take the lock of writers at once
            cursor.execute("SELECT count(*) FROM conversations_message")
            cursor.fetchone()
            reading.set()
            done.wait(20)
            cursor.execute("COMMIT")
        connections.close_all()

    Message.objects.filter(pk=told.pk).update(text="x")
    thread = threading.Thread(target=read)
    thread.start()
    assert reading.wait(20)
    try:
        assert not remains.empty_log()
    finally:
        done.set()
        thread.join()
    assert remains.empty_log()
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout")
        assert cursor.fetchone() == (20_000,), "writers wait as long as before"


def test_inside_a_transaction_nothing_is_emptied(told: Message) -> None:
    with transaction.atomic():
        assert not remains.empty_log()
        assert not remains.rewrite()


def test_what_moving_rows_leaves_behind_goes_with_a_rewriting(say: Say, clock: Clock) -> None:
    """`secure_delete` alone leaves about one text in a thousand where SQLite moved a row to another page."""
    chance = random.Random(7)  # noqa: S311 - lengths of texts
    contact, number = say("hola").contact, 0
    for _ in range(40):
        rows = [
            Message(
                contact=contact,
                direction="in",
                channel="web",
                provider_id=f"p{(number := number + 1)}",
                text=f"SECRETO {number} {'x' * chance.choice([5, 30, 120, 900, 3900])}",
                state="answered",
                created_at=clock.now,
            )
            for _ in range(100)
        ]
        Message.objects.bulk_create(rows)
        some = chance.sample(list(Message.objects.filter(text__startswith="SECRETO").order_by("id")), 50)
        for message in some:
            message.text = "y" * chance.choice([30, 100, 430])
        Message.objects.bulk_update(some, ["text"])
        Message.objects.filter(pk__in=[one.pk for one in chance.sample(rows, 30)]).delete()
    Message.objects.update(text="[phone]")
    assert remains.empty_log()
    if not found("SECRETO"):
        pytest.skip("this SQLite leaves nothing behind")
    assert remains.rewrite()
    assert not found("SECRETO")
