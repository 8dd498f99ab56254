"""Counting what happened, a moment later and exactly once.

One transaction takes contacts of whom something is not counted yet, adds what it finds to the counts and marks it: after a
crash nothing of it has happened, after the commit everything. A contact is locked meanwhile, so that two workers never count
the same person; rows that somebody else holds are skipped and not waited for, so that a turn never waits long.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime
from itertools import islice
from typing import Any, TypeVar
from uuid import UUID

from django.db import OperationalError, connection, transaction
from django.db.models import Min, Model, Q, QuerySet

from bot.conversations import tally
from bot.conversations.measures import SILENCE
from bot.conversations.models import Contact, Count, DailyCount, Feedback, Handover, Message, MonthlyCount
from bot.conversations.tally import Key, Tally, Writer

#: How many contacts, and how many messages of them, one transaction counts: a few hundredths of a second.
CONTACTS = 50
MESSAGES = 300

#: Messages that nothing more becomes of, as a rule; a failure that a provider reports later is counted anew (take_back).
FINAL = (Message.State.ANSWERED, Message.State.SENT, Message.State.FAILED)

#: How many messages back the beginning of a conversation is looked for.
LOOKED_BACK = 200

#: Rows of one INSERT: SQLite takes 999 parameters in its oldest form.
ROWS = 100

#: How long counting waits for rows of the counts that another transaction holds, before it gives way.
PATIENCE_MS = 500
_LOCK_NOT_AVAILABLE = "55P03"  # PostgreSQL's SQLSTATE for that

_OPEN_STEPS = (Q(counted=0) | Q(taken_at__isnull=False, counted__lt=tally.Step.TAKEN) | Q(closed_at__isnull=False)) & Q(
    counted__lt=tally.Step.CLOSED
)


def count_next() -> int:
    """Count some of what is not counted yet, in one transaction. Returns how many things: 0 when there is nothing to do."""
    contacts = _with_something_to_count()  # without a transaction: an idle worker never takes SQLite's write lock
    if not contacts:
        return 0
    try:
        with transaction.atomic():
            if connection.vendor == "postgresql":
                with connection.cursor() as cursor:
                    cursor.execute(f"SET LOCAL lock_timeout = '{PATIENCE_MS}ms'")
            rows = Contact.objects.filter(pk__in=contacts).order_by("pk")
            return _count(list(lock(rows, skip_locked=True, no_key=True)), skip_locked=True)
    except OperationalError as error:
        if getattr(error.__cause__, "sqlstate", "") == _LOCK_NOT_AVAILABLE:
            return 0  # whoever holds them goes first; the next round counts
        raise


def count_before_deletion(contacts: Iterable[Contact]) -> None:
    """Count everything of contacts that is about to be deleted. Inside the transaction that deletes, contacts locked."""
    there = list(contacts)
    while _count(there):
        pass


def take_back(message: Message) -> None:
    """Take a message of ours out of the counts, because its state is about to change. Inside a transaction.

    Args:
        message: any copy of it; the row is locked and read anew.
    """
    row = lock(Message.objects.filter(pk=message.pk, counted=True)).select_related("contact").first()
    if row is None:
        return
    Message.objects.filter(pk=row.pk).update(counted=False)
    if not row.contact.safeguarding:
        counted = tally.of_delivery(row, _first_answers([row]).get(row.pk))
        add(Counter({key: -number for key, number in counted.items()}))


def add(numbers: Tally) -> None:
    """Add numbers to the counts of days and of months. Inside a transaction.

    In the order of the keys, so that two transactions never wait for each other.
    """
    months: Tally = Counter()
    for key, number in numbers.items():
        months[key._replace(day=key.day.replace(day=1))] += number
    _upsert(DailyCount, numbers)
    _upsert(MonthlyCount, months)


def _upsert(model: type[Count], numbers: Tally) -> None:
    table = connection.ops.quote_name(model._meta.db_table)
    # Names of our own tables and columns; the values are parameters. Django's upsert cannot add to what is there.
    for chunk in _chunks(sorted((key, number) for key, number in numbers.items() if number), ROWS):
        marks = ", ".join(["(%s, %s, %s, %s, %s, %s)"] * len(chunk))
        statement = (
            f"INSERT INTO {table} AS kept (day, topic, channel, language, measure, number) VALUES {marks} "  # noqa: S608
            "ON CONFLICT (day, topic, channel, language, measure) DO UPDATE SET number = kept.number + excluded.number"
        )
        with connection.cursor() as cursor:
            cursor.execute(statement, [value for key, number in chunk for value in (_day(key.day), *key[1:], number)])


def _day(day: date) -> Any:
    return connection.ops.adapt_datefield_value(day)


def _chunks(rows: list[tuple[Key, int]], size: int) -> Iterable[list[tuple[Key, int]]]:
    left = iter(rows)
    while chunk := list(islice(left, size)):
        yield chunk


def _with_something_to_count() -> list[UUID]:
    """Contacts of whom something is not counted: those of the oldest things, as many as one transaction takes."""
    found: dict[UUID, None] = {}
    sources: list[QuerySet[Message, UUID] | QuerySet[Feedback, UUID] | QuerySet[Handover, UUID]] = [
        # One state at a time: then each is read in the order of the index, however many wait.
        *(
            Message.objects.filter(counted=False, state=state).order_by("id").values_list("contact_id", flat=True)
            for state in FINAL
        ),
        Feedback.objects.filter(counted=False).order_by("id").values_list("message__contact_id", flat=True),
        Handover.objects.filter(_OPEN_STEPS).order_by("id").values_list("contact_id", flat=True),
    ]
    for rows in sources:
        found |= dict.fromkeys(rows[:MESSAGES])
    return list(found)[:CONTACTS]


Row = TypeVar("Row", bound=Model)


def lock(rows: QuerySet[Row], *, skip_locked: bool = False, no_key: bool = False) -> QuerySet[Row]:
    """The rows, held until the transaction ends.

    Args:
        rows: which.
        skip_locked: leave out what somebody else holds, instead of waiting.
        no_key: let others refer to them meanwhile (of a contact: let its messages be written).
    """
    has = connection.features
    if not has.has_select_for_update:
        return rows
    return rows.select_for_update(
        skip_locked=skip_locked and has.has_select_for_update_skip_locked,
        no_key=no_key and has.has_select_for_no_key_update,
        of=("self",) if has.has_select_for_update_of else (),
    )


def _count(contacts: list[Contact], *, skip_locked: bool = False) -> int:
    """Count what is not counted of locked contacts. Returns how many things it was."""
    by_id = {contact.pk: contact for contact in contacts}
    rows = (
        Message.objects.filter(contact__in=by_id, counted=False, state__in=FINAL)
        .order_by("id")
        .defer("text", "form", "buttons")
    )
    messages = list(lock(rows, skip_locked=skip_locked)[:MESSAGES])
    given = Feedback.objects.filter(message__contact__in=by_id, counted=False).select_related("message")
    votes = list(lock(given, skip_locked=skip_locked))
    requested = Handover.objects.filter(_OPEN_STEPS, contact__in=by_id).order_by("id")
    handovers = list(lock(requested, skip_locked=skip_locked))
    seen = [contact for contact in contacts if not contact.safeguarding]
    open_to_all = {contact.pk for contact in seen}

    numbers = _of_messages([one for one in messages if one.contact_id in open_to_all], by_id)
    for vote in votes:
        if vote.message.contact_id in open_to_all:
            numbers += tally.of_vote(vote)
    for handover in handovers:
        handover.contact = by_id[handover.contact_id]
        steps = tally.steps_of(handover)
        if handover.contact_id in open_to_all:
            numbers += _of_handover(handover, steps)
        Handover.objects.filter(pk=handover.pk).update(counted=handover.counted | int(steps))
    Message.objects.filter(pk__in=[one.pk for one in messages]).update(counted=True)
    Feedback.objects.filter(pk__in=[one.pk for one in votes]).update(counted=True)
    add(numbers)
    return len(messages) + len(votes) + len(handovers)


def _of_messages(messages: list[Message], contacts: dict[UUID, Contact]) -> Tally:
    """What messages add, in their order; notes on their contacts when the last one was written."""
    numbers: Tally = Counter()
    writers: dict[UUID, Writer] = {}
    asked = _first_answers([one for one in messages if one.direction == Message.Direction.OUT])
    for message in messages:
        if message.direction == Message.Direction.OUT:
            numbers += tally.of_delivery(message, asked.get(message.pk))
            continue
        contact = contacts[message.contact_id]
        writer = writers.get(contact.pk) or Writer(contact.channel, contact.counted_at)
        added, writers[contact.pk] = tally.of_message(message, writer)
        numbers += added
    changed = []
    for pk, writer in writers.items():
        if contacts[pk].counted_at != writer.last:
            contacts[pk].counted_at = writer.last
            changed.append(contacts[pk])
    Contact.objects.bulk_update(changed, ["counted_at"])
    return numbers


def _first_answers(sent: list[Message]) -> dict[int, datetime]:
    """Those of our messages that were the first answer to one of a person -> when that one was written."""
    asked = {one.answers_id for one in sent if one.answers_id is not None}
    if not asked:
        return {}
    answers = Message.objects.filter(answers__in=asked).values("answers", "answers__created_at")
    return {one["first"]: one["answers__created_at"] for one in answers.annotate(first=Min("pk")).order_by()}


def _of_handover(handover: Handover, steps: tally.Step) -> Tally:
    contact = handover.contact
    first = True
    if tally.Step.REQUESTED in steps:
        since = _beginning(contact, handover.requested_at)
        before = Handover.objects.filter(contact=contact, requested_at__gte=since, pk__lt=handover.pk)
        first = not before.exists()
    return tally.of_handover(handover, steps, language=contact.language, first_of_conversation=first)


def _beginning(contact: Contact, moment: datetime) -> datetime:
    """When the conversation began that a contact was in at a moment."""
    written = (
        Message.objects.filter(contact=contact, direction=Message.Direction.IN, created_at__lte=moment)
        .order_by("-id")
        .values_list("created_at", flat=True)[:LOOKED_BACK]
    )
    beginning = moment
    for one in written:
        if beginning - one > SILENCE:
            break
        beginning = one
    return beginning
