"""A prepared question says what the query set says that it was made of, whatever is given, on both databases."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext

from bot.conversations.claim import LEASE, waiting
from bot.conversations.models import Contact, Message
from bot.conversations.prepared import Prepared, PreparedChange

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)


def newest(contact: UUID) -> QuerySet[Message, Message]:
    return Message.objects.filter(contact=contact).order_by("-id")


def test_it_finds_whom_the_query_set_finds_at_every_time() -> None:
    chance, look = random.Random(3), Prepared(waiting)  # noqa: S311 - not a secret
    ids = Prepared(lambda now: waiting(now).order_by("id").values_list("contact_id", flat=True))
    for _ in range(60):
        Message.objects.all().delete()
        held = NOW + timedelta(seconds=chance.randint(-90, 90)) if chance.random() < 0.8 else None
        contact = Contact.objects.create(
            channel="web", pseudonym=str(uuid4()), created_at=NOW, seen_at=NOW, held_until=held
        )
        Message.objects.create(
            contact=contact,
            direction="in",
            channel="web",
            provider_id=str(uuid4()),
            state=chance.choice(["waiting", "waiting", "answered"]),
            created_at=NOW,
        )
        for now in (NOW, NOW - 3 * LEASE, NOW + 3 * LEASE):
            assert look.exists(now=now) == waiting(now).exists()
            assert ids.column(now=now) == list(waiting(now).values_list("contact_id", flat=True))


def test_it_gives_the_same_object_with_the_same_values(say: Callable[..., Message]) -> None:
    said = [say(who="ana"), say(who="ana"), say(who="eva")]
    Message.objects.filter(pk=said[1].pk).update(ranking=[["greet", 0.5]], buttons=[["Sí", "yes"]], done_at=NOW)
    found = Prepared(newest)
    for one in (said[1], said[2]):
        row, same = found.first(contact=one.contact_id), newest(one.contact_id).first()
        assert row is not None
        assert same is not None
        assert {name: getattr(row, name) for name in values_of(row)} == {
            name: getattr(same, name) for name in values_of(same)
        }
        assert row.contact.pk == one.contact_id
        row.text = "changed"
        row.save()
        assert Message.objects.get(pk=row.pk).text == "changed"
    assert found.first(contact=uuid4()) is None


def values_of(row: Message) -> list[str]:
    return [field.attname for field in row._meta.concrete_fields]


def test_it_asks_once_and_says_the_same_to_the_database_as_the_query_set(say: Callable[..., Message]) -> None:
    contact = say().contact_id
    found = Prepared(newest)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        found.first(contact=contact)
        newest(contact).first()
        found.first(contact=contact)
    prepared, plain, again = (query["sql"] for query in asked.captured_queries)
    assert prepared == again
    assert prepared.replace("(", "").replace(")", "") == plain.replace("(", "").replace(")", "")


def test_a_change_writes_what_the_query_set_would_write(say: Callable[..., Message]) -> None:
    values = {
        "state": Message.State.ANSWERED,
        "done_at": NOW,
        "confidence": 0.5,
        "safety": True,
        "ranking": [["greet", 0.5], ["ask_visa", 0.25]],
        "error": "",
        "not_before": None,
    }
    prepared, plain, other = say(who="ana"), say(who="eva"), say(who="ines")
    before = Message.objects.get(pk=other.pk)
    change = PreparedChange(by_key)
    assert change.make(values, key=prepared.pk) == 1
    assert change.make({**values, "confidence": None, "not_before": NOW}, key=prepared.pk) == 1
    assert change.make(values, key=prepared.pk) == 1
    Message.objects.filter(pk=plain.pk).update(**values)
    rows = [Message.objects.get(pk=one.pk) for one in (prepared, plain)]
    for name in values:
        assert getattr(rows[0], name) == getattr(rows[1], name)
    assert values_of(Message.objects.get(pk=other.pk)) == values_of(before)
    assert change.make(values, key=0) == 0


def test_an_object_is_saved_as_it_saves_itself(say: Callable[..., Message]) -> None:
    contact = Contact.objects.get(pk=say().contact_id)
    contact.dialogue, contact.dialogue_at, contact.holder = [{"event": "user", "text": "é"}], NOW, ""
    with CaptureQueriesContext(connection) as asked:
        PreparedChange(people).save(contact, key=contact.pk)
        contact.save()
    prepared, plain = (query["sql"] for query in asked.captured_queries)
    assert prepared.replace("(", "").replace(")", "") == plain.replace("(", "").replace(")", "")
    assert Contact.objects.get(pk=contact.pk).dialogue == contact.dialogue


def by_key(key: int) -> QuerySet[Message, Message]:
    return Message.objects.filter(pk=key)


def people(key: UUID) -> QuerySet[Contact, Contact]:
    return Contact.objects.filter(pk=key)
