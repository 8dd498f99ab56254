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
from bot.conversations.prepared import Prepared

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
        assert {name: getattr(row, name) for name in values(row)} == {
            name: getattr(same, name) for name in values(same)
        }
        assert row.contact.pk == one.contact_id
        row.text = "changed"
        row.save()
        assert Message.objects.get(pk=row.pk).text == "changed"
    assert found.first(contact=uuid4()) is None


def values(row: Message) -> list[str]:
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
