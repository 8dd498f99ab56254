"""Invented conversations as rows, written as fast as the database takes them."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import chain, islice
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.color import no_style
from django.db import connection
from django.db.models import JSONField, Max, Model

from bot.commands.demo_people import Asked, Invention
from bot.conversations.models import Contact, Feedback, Handover, Message
from bot.words import SAFEGUARDING_TOPIC

#: Begins the pseudonym of an invented contact. A real one has hexadecimal digits only, so that no real contact can be
#: taken for an invented one and removed.
DEMO = "demo:"

#: Contacts deleted at once.
BATCH = 500

#: Rows written at once on SQLite.
ROWS = 5_000

#: The share of the messages that people write; Faro now and then needs two for an answer.
ASKED = 0.492

#: Of a hundred people, how many asked for a person of the team; and of those, how many still wait.
HANDOVERS, STILL_OPEN = 2, 0.03

Row = Mapping[str, Any]


def remove() -> int:
    """Delete the invented contacts with all that is kept of them. Returns how many."""
    removed = 0
    while True:
        batch = list(Contact.objects.filter(pseudonym__startswith=DEMO).values_list("pk", flat=True)[:BATCH])
        if not batch:
            return removed
        Contact.objects.filter(pk__in=batch).delete()
        removed += len(batch)


@dataclass(slots=True)
class _Person:
    key: uuid.UUID
    asked: Asked
    last: datetime
    safeguarding: bool = False


@dataclass(slots=True)
class Rows:
    """Writes an invention. Must run inside a transaction: it is all there, or nothing is."""

    invention: Invention
    _people: dict[int, _Person] = field(default_factory=dict)
    _verdicts: list[Row] = field(default_factory=list)

    def write(self, *, messages: int, contacts: int) -> int:
        """Write about `messages` messages, never more, of `contacts` people. Returns how many messages."""
        first = (Message.objects.aggregate(last=Max("pk"))["last"] or 0) + 1
        written = _copy(Message, self._messages(first, messages, contacts))
        _copy(Contact, (self._contact(number, one) for number, one in self._people.items()))
        _copy(Feedback, self._verdicts)
        _copy(Handover, self._handovers())
        for sql in connection.ops.sequence_reset_sql(no_style(), [Message]):
            with connection.cursor() as cursor:
                cursor.execute(sql)
        return written

    @property
    def people(self) -> int:
        """How many people the messages are of."""
        return len(self._people)

    def _messages(self, key: int, most: int, contacts: int) -> Iterator[Row]:
        end = key + most
        for asked in self.invention.messages(max(1, int(most * ASKED)), contacts):
            if key + 1 + len(asked.replies) > end:
                return
            person = self._people.get(asked.contact)
            if person is None:
                person = self._people[asked.contact] = _Person(uuid.uuid4(), asked, asked.at)
            person.last = asked.at
            person.safeguarding |= asked.topic == SAFEGUARDING_TOPIC
            if asked.verdict:
                self._verdicts.append(
                    {"message_id": key, "verdict": asked.verdict, "given_at": asked.at + timedelta(seconds=40)}
                )
            yield self._incoming(asked, key, person)
            for place, (text, buttons, form) in enumerate(asked.replies):
                yield {
                    "id": key + 1 + place,
                    "contact_id": person.key,
                    "direction": "out",
                    "channel": asked.channel,
                    "provider_id": f"answer:{key}:{place}",
                    "text": text,
                    "buttons": buttons,
                    "form": form,
                    "state": "sent",
                    "attempts": 1,
                    "created_at": asked.at + timedelta(milliseconds=300),
                    "done_at": asked.at + timedelta(milliseconds=900),
                    "language": asked.language,
                    "answers_id": key,
                }
            key += 1 + len(asked.replies)

    def _incoming(self, asked: Asked, key: int, person: _Person) -> Row:
        return {
            "id": key,
            "contact_id": person.key,
            "direction": "in",
            "channel": asked.channel,
            "provider_id": f"{DEMO}{key}",
            "kind": "other" if asked.outcome == "unreadable" else "text",
            "text": asked.text,
            "state": "answered",
            "attempts": 1,
            "created_at": asked.at,
            "done_at": asked.at + timedelta(milliseconds=300),
            "language": asked.language,
            "topic": asked.topic,
            "confidence": asked.confidence,
            "outcome": asked.outcome,
            "safety": asked.safety,
            "ranking": asked.ranking,
            "content_version": self.invention.script.version[:16],
        }

    def _contact(self, number: int, person: _Person) -> Row:
        return {
            "id": person.key,
            "channel": person.asked.channel,
            "pseudonym": f"{DEMO}{number}",
            "language": person.asked.language,
            "informed_at": person.asked.at,
            "created_at": person.asked.at,
            "seen_at": person.last,
            "safeguarding": person.safeguarding,
        }

    def _handovers(self) -> Iterator[Row]:
        operator = get_user_model().objects.order_by("pk").values_list("pk", flat=True).first()
        reasons = ("asked", "not_understood", "safety", "asked")
        newest = sorted(self._people.values(), key=lambda one: one.last, reverse=True)
        chosen = newest[:: 100 // HANDOVERS]
        for place, person in enumerate(chosen):
            row = {"contact_id": person.key, "reason": reasons[place % len(reasons)], "requested_at": person.last}
            if place < len(chosen) * STILL_OPEN:
                yield row  # waits
            else:
                taken = person.last + timedelta(minutes=1 + place % 40)
                ended = taken + timedelta(minutes=20)
                yield row | {
                    "operator_id": operator,
                    "taken_at": taken,
                    "active_at": ended,
                    "closed_at": ended,
                    "end": "returned",
                }


def _copy(model: type[Model], rows: Iterable[Row]) -> int:
    """Write rows of a model; a column that a row does not name gets the model's default. Returns how many."""
    rows = iter(rows)
    first = next(rows, None)
    if first is None:
        return 0
    fields = [one for one in model._meta.concrete_fields if not one.primary_key or one.column in first]
    plain = _shape()
    shapes = [
        (str(one.column), None if one.null else one.get_default(), _as_json if isinstance(one, JSONField) else plain)
        for one in fields
    ]
    values = (
        tuple(shape(row.get(column, default)) for column, default, shape in shapes) for row in chain([first], rows)
    )
    with _writer(model, [column for column, _, _ in shapes]) as write:
        return write(values)


def _shape() -> Callable[[Any], Any]:
    """How a value is handed to the database; psycopg takes them as they are."""
    if connection.vendor == "postgresql":
        return lambda value: value

    def shape(value: Any) -> Any:
        if isinstance(value, datetime):
            return connection.ops.adapt_datetimefield_value(value)
        return value.hex if isinstance(value, uuid.UUID) else value

    return shape


@contextmanager
def _writer(model: type[Model], columns: list[str]) -> Iterator[Callable[[Iterator[tuple[Any, ...]]], int]]:
    table = connection.ops.quote_name(model._meta.db_table)
    names = ", ".join(connection.ops.quote_name(one) for one in columns)
    with connection.cursor() as cursor:

        def copy(values: Iterator[tuple[Any, ...]]) -> int:
            number = 0
            with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as stream:
                for one in values:
                    stream.write_row(one)
                    number += 1
            return number

        def insert(values: Iterator[tuple[Any, ...]]) -> int:
            number = 0
            sql = f"INSERT INTO {table} ({names}) VALUES ({', '.join(['%s'] * len(columns))})"  # noqa: S608 - our names
            while batch := list(islice(values, ROWS)):
                cursor.executemany(sql, batch)
                number += len(batch)
            return number

        yield copy if connection.vendor == "postgresql" else insert


def _as_json(value: Any) -> str:
    return json.dumps(value)
