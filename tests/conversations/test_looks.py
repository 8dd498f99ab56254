"""What the worker looks for again and again is found among the few that wait, on both databases, however many messages
there are: it looks up to a hundred times a second."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from django.db.models import QuerySet
from django.utils import timezone

from bot.channels.contract import Parcel, Sent
from bot.conversations import heartbeat, readings
from bot.conversations import worker as worker_module
from bot.conversations.counting import FINAL
from bot.conversations.models import Contact, Handover, Message
from bot.conversations.notice import Notices
from bot.conversations.worker import Worker
from bot.settings import read
from tests.conversations.conftest import NamedPhrases
from tests.conversations.test_worker import Always

pytestmark = pytest.mark.django_db(transaction=True)

Statement = tuple[str, Sequence[Any]]

#: Indexes of the table of messages that hold few of them: what waits, what is not counted, what failed, what is not masked.
FEW = {"message_waiting", "message_pending", "message_sending", "message_queue", "message_uncounted", "message_failed"}
FEW |= {"message_turn", "message_as_written"}

#: Beginnings of indexes in which something is looked up that few messages have in common: a contact, an answered message,
#: an operator, an age beyond the retention.
LOOKED_UP = ("message_of_contact", "message_age", "conversations_message_")

#: Messages that nothing is to be done with, so many that PostgreSQL prefers an index to reading them.
DONE = 4_000

NOW = timezone.now()


class Post:
    """A channel that takes everything."""

    name = "telegram"
    patience = timedelta(seconds=30)
    window: timedelta | None = None

    def send(self, parcel: Parcel) -> Sent:
        return Sent()

    def show_typing(self, addresses: tuple[str, ...], reference: str) -> None:
        raise AssertionError("no turn takes so long")


@pytest.fixture
def said() -> Iterator[dict[str, Sequence[Any]]]:
    """What the threads of the test say to the database, each statement with its last parameters."""
    heard: dict[str, Sequence[Any]] = {}

    def hear(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        if threading.current_thread() is not threading.main_thread() and not many and not sql.startswith("INSERT"):
            heard[sql] = params or ()
        return execute(sql, params, many, context)

    def listen(connection: BaseDatabaseWrapper, **_: object) -> None:
        if hear not in connection.execute_wrappers:
            connection.execute_wrappers.append(hear)

    connection_created.connect(listen)
    yield heard
    connection_created.disconnect(listen)


def write(contact: Contact, number: int, direction: str, state: str, **fields: Any) -> Message:
    return Message(
        contact=contact,
        direction=direction,
        channel=contact.channel,
        provider_id=f"{direction} {number}",
        state=state,
        **{"created_at": NOW, **fields},
    )


def people(number: int) -> list[Contact]:
    rows = [
        Contact(channel="telegram", pseudonym=str(one), created_at=NOW - timedelta(days=99), seen_at=NOW)
        for one in range(number)
    ]
    return Contact.objects.bulk_create(rows)


def a_bit_of_everything(contacts: list[Contact], operator: User) -> None:
    """Something for every task of the worker, among many messages that nothing is to be done with."""
    ways = (("in", "answered"), ("out", "sent"))
    past = [write(contacts[one // 2 % len(contacts)], one, *ways[one % 2], counted=True) for one in range(DONE)]
    Message.objects.bulk_create(past)
    ana, luis, eva, *_ = contacts
    write(ana, DONE, "in", "waiting", text="hola").save()
    write(luis, DONE, "out", "pending", text="hola").save()
    write(eva, DONE + 1, "out", "sending", text="hola", not_before=NOW).save()
    write(luis, DONE + 1, "in", "answered", created_at=NOW - timedelta(days=40)).save()
    hours = NOW - timedelta(hours=5)
    Handover.objects.create(
        contact=eva, reason="asked", requested_at=hours, operator=operator, taken_at=hours, active_at=hours
    )
    Handover.objects.create(contact=luis, reason="asked", requested_at=NOW)


def everything_is_done() -> bool:
    messages = Message.objects.filter(state__in=["waiting", "pending", "sending"]) | Message.objects.filter(
        counted=False, state__in=FINAL
    )
    old = Message.objects.filter(created_at__lt=NOW - timedelta(days=30))
    held = Handover.objects.filter(closed_at__isnull=True, taken_at__isnull=False)
    told = Handover.objects.filter(notice_tries=1)
    alive = heartbeat.alive(heartbeat.WORKER, now=timezone.now())
    return bool(alive and told.exists()) and not (messages.exists() or old.exists() or held.exists())


def reads_many(sql: str, params: Sequence[Any]) -> list[str]:
    """What of the table of messages a statement reads for no good reason."""
    return _on_postgresql(sql, params) if connection.vendor == "postgresql" else _on_sqlite(sql, params)


def _rows(sql: str, params: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall()


def _is_of_few(index: str) -> bool:
    return index in FEW or index.startswith(LOOKED_UP)


def _on_postgresql(sql: str, params: Sequence[Any]) -> list[str]:
    mine = {name for (name,) in _rows("SELECT indexname FROM pg_indexes WHERE tablename = 'conversations_message'")}
    ((explained,),) = _rows(f"EXPLAIN (FORMAT JSON) {sql}", params)
    nodes = [one["Plan"] for one in explained]
    found = []
    while nodes:
        node = nodes.pop()
        nodes += node.get("Plans", [])
        index = node.get("Index Name")
        if node["Node Type"] == "Seq Scan" and node["Relation Name"] == "conversations_message":
            found.append("all")
        elif index in mine - FEW and not (index.startswith((*LOOKED_UP, "said_once")) and "Index Cond" in node):
            found.append(index)
    return found


def _on_sqlite(sql: str, params: Sequence[Any]) -> list[str]:
    trees = dict(_rows("SELECT rootpage, name FROM sqlite_master WHERE tbl_name = 'conversations_message'"))
    key = "sqlite_autoindex_conversations_message_1"  # said_once
    plan = [step for *_, step in _rows(f"EXPLAIN QUERY PLAN {sql}", params)]
    searches = [search for step in plan if (search := re.search(r"USING (?:COVERING )?INDEX (\S+) \((.*)\)", step))]
    found = [
        search[0]
        for search in searches
        if search[1] in trees.values()
        and ("provider_id=?" not in search[2] if search[1] == key else not _is_of_few(search[1]))
    ]
    bounded = {search[1] for search in searches}
    # The plan names tables by their aliases, of which several are alike; the program (sqlite.org/opcode.html) says which
    # trees are read from their beginning or their end.
    opened: dict[int, str] = {}
    for _, opcode, cursor, root, *_ in _rows(f"EXPLAIN {sql}", params):
        if opcode in ("OpenRead", "OpenWrite"):
            opened[cursor] = trees.get(root, "")
        elif opcode in ("Rewind", "Last") and (tree := opened.get(cursor, "")) and tree not in FEW | bounded:
            found.append(f"all of {tree}")
    return found


def _statement(rows: QuerySet[Any, Any]) -> Statement:
    sql, params = rows.query.sql_with_params()
    return sql, params


def test_the_worker_reads_what_waits_and_not_all_messages(
    said: dict[str, Sequence[Any]], eva: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_bit_of_everything(people(200), eva)
    if connection.vendor == "postgresql":
        _analyze()
    monkeypatch.setattr(worker_module, "COUNT_EVERY", 0.2)
    running = Worker(
        rasa=Always(),
        phrases=NamedPhrases(),
        channels={"telegram": Post()},
        threads=2,
        delivery_threads=2,
        retention_days=30,
        beside=[Notices(read({}), clock=timezone.now).run],
    )
    begun = time.monotonic()
    running.start()
    try:
        while not everything_is_done():
            assert time.monotonic() - begun < 30, "not in time"
            time.sleep(0.05)
    finally:
        running.stop()
    about_messages = {sql: params for sql, params in said.items() if "conversations_message" in sql}
    assert len(about_messages) > 15
    many = {sql: found for sql, params in about_messages.items() if (found := reads_many(sql, params))}
    assert many == {}


def test_a_statement_that_reads_all_messages_is_noticed(eva: User) -> None:
    a_bit_of_everything(people(200), eva)
    if connection.vendor == "postgresql":
        _analyze()
    for rows in (
        Message.objects.filter(text="hola"),
        Message.objects.filter(channel="telegram", attempts=3),
        Contact.objects.filter(messages__attempts=3),
        Message.objects.filter(direction="in", topic="greet"),
    ):
        assert reads_many(*_statement(rows)), str(rows.query)


def _analyze() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def test_what_prometheus_is_told_is_read_from_what_waits_and_not_from_all_messages(eva: User) -> None:
    a_bit_of_everything(people(200), eva)
    if connection.vendor == "postgresql":
        _analyze()
    heard: list[Statement] = []

    def hear(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        heard.append((sql, params or ()))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(hear):
        readings.read(NOW)
    looks = [(sql, params) for sql, params in heard if 'FROM "conversations_message"' in sql]
    assert len(looks) == 5
    for sql, params in looks:
        # The oldest of all is the first entry of its index.
        first = {"message_age", "all of message_age"} if sql.endswith("LIMIT 1") else set()
        assert set(reads_many(sql, params)) <= first, sql
