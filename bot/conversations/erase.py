"""Erasure: everything kept about a contact, at once. What remains is the receipt, until it is delivered."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Model, QuerySet
from django.db.models.fields.reverse_related import ManyToOneRel, OneToOneRel

from bot.conversations import remains
from bot.conversations.counting import count_before_deletion, lock
from bot.conversations.merged import Merged, name_of
from bot.conversations.models import Address, Contact, Erasure, Feedback, Gone, Message

#: How long the receipt of an erasure may wait to be fetched by a page that was closed.
RECEIPT_LIFE = timedelta(minutes=10)

#: How long providers may repeat a delivery: WhatsApp tries for 7 days (Meta, webhooks, 2026-11), Telegram for one.
REPEATED_FOR = timedelta(days=8)

#: A backup that is older brings back nobody: what is in it is older than any retention (LONGEST_RETENTION in
#: bot/settings.py), and a day.
KNOWN_AS_ERASED_FOR = timedelta(days=31)


def erase(contact: Contact, *, now: datetime, asked: Message | None = None) -> Contact:
    """Delete all that is kept about a contact: messages, requests, feedback, dialogue state, language.

    What remains are numbers that lead to nobody: how many messages there were on a day. The row itself stays for the
    receipt alone; ten minutes later `sweep_erased` removes it. The next message of the same person begins a new contact
    with a new random id.

    Args:
        contact: whose.
        now: the time.
        asked: the message that asked for it. What was written after it and still waits was not meant: it is the first
            message of the new contact, which then gets the receipt too.

    Returns: the contact that the receipt is for.
    """
    with transaction.atomic():
        transaction.on_commit(remains.empty_log)
        count_before_deletion(lock(Contact.objects.filter(pk=contact.pk)))
        if asked is not None and (after := _written_after(contact, asked)):
            return _begin_anew(contact, after, now=now)
        remember_gone(contact.messages.all(), now=now)
        _note(contact, now=now)
        for model, key in belonging_to(Contact):
            if model is not Address:  # the receipt still has to be sent somewhere
                model._base_manager.filter(**{key: contact}).delete()
        contact.dialogue, contact.dialogue_at = [], None
        contact.language, contact.language_chosen = "", False
        contact.informed_at = contact.counted_at = None
        contact.safeguarding = False
        contact.erased_at = now
        contact.save()
    return contact


def _written_after(contact: Contact, asked: Message) -> list[int]:
    waiting = contact.messages.filter(direction=Message.Direction.IN, state=Message.State.WAITING, pk__gt=asked.pk)
    return list(waiting.values_list("pk", flat=True))


def _begin_anew(contact: Contact, waiting: list[int], *, now: datetime) -> Contact:
    """Delete a contact entirely; who has written since is somebody new, at the same address."""
    anew = Contact(channel=contact.channel, pseudonym=contact.pseudonym, created_at=now, seen_at=contact.seen_at)
    # Two contacts may not have one address, not even for a moment.
    Contact.objects.filter(pk=contact.pk).update(pseudonym=secrets.token_hex(32))
    anew.save(force_insert=True)
    Message.objects.filter(pk__in=waiting).update(contact=anew)
    contact.addresses.update(contact=anew)
    remember_gone(contact.messages.all(), now=now)
    _note(contact, now=now)
    contact.delete()
    return anew


def forget(contact: Contact, *, now: datetime) -> None:
    """Delete a contact entirely, without a receipt."""
    with transaction.atomic():
        count_before_deletion(lock(Contact.objects.filter(pk=contact.pk)))
        remember_gone(contact.messages.all(), now=now)
        _note(contact, now=now)
        contact.delete()
        transaction.on_commit(remains.empty_log)


def withdraw(messages: QuerySet[Message], reference: str, *, now: datetime) -> None:
    """Take out of rows a message that its author took back, with what the team has of them: nothing of it may be kept.

    One that still waits is answered no more. The row stays, so that a repetition of it is not taken for a new message. Of
    several that were put together the others stay, and are answered.

    Args:
        messages: the rows that hold it, whose contact is locked.
        reference: the keyed pseudonym of its id.
        now: the time.
    """
    with transaction.atomic():
        rows = list(messages)
        for model, key in belonging_to(Message):
            if model is not Feedback:  # what was thought of an answer says nothing of what was asked
                model._base_manager.filter(**{f"{key}__in": rows}).delete()
        for row in rows:
            there = Message.objects.filter(pk=row.pk)
            left = Merged.read(row.text, row.said_in).without(name_of(reference)) if row.said_in else None
            if row.reference == reference:
                there.update(reference="", sealed_reference="")
            if left is not None:
                there.update(text=left.text, said_in=left.said_in)
                continue
            there.filter(state=Message.State.WAITING).update(state=Message.State.ANSWERED, done_at=now)
            there.update(text="", said_in="", choice="", reference="", sealed_reference="", as_written=False)
        transaction.on_commit(remains.empty_log)


def belonging_to(model: type[Model]) -> Iterator[tuple[type[Model], str]]:
    """Every table whose rows belong to those of another, with the name of the key: also those that are added later."""
    for relation in model._meta.related_objects:
        if isinstance(relation, ManyToOneRel | OneToOneRel) and relation.related_model is not model:
            yield relation.related_model, relation.field.name


def _note(contact: Contact, *, now: datetime) -> None:
    """Keep the random id for as long as a backup may bring the contact back: bot/backup/restore.py erases it again."""
    Erasure.objects.update_or_create(contact=contact.pk, defaults={"at": now})


def remember_gone(messages: QuerySet[Message], *, now: datetime) -> None:
    """Keep the keyed ids of messages that are about to be deleted for as long as their provider may bring them again."""
    # What has a reference came from a provider; the web page repeats nothing once it has been told.
    received = messages.filter(direction=Message.Direction.IN, created_at__gt=now - REPEATED_FOR).exclude(reference="")
    Gone.objects.bulk_create(
        [
            Gone(channel=channel, provider_id=name, until=now + REPEATED_FOR)
            for channel, name in received.values_list("channel", "provider_id")
        ],
        ignore_conflicts=True,
    )


def remember_taken_back(channel: str, provider_id: str, *, now: datetime) -> None:
    """Keep the keyed id of a message that was taken back: when it comes again, or only now, nothing of it is kept."""
    Gone.objects.bulk_create(
        [Gone(channel=channel, provider_id=provider_id, until=now + REPEATED_FOR)], ignore_conflicts=True
    )


def sweep_erased(*, now: datetime) -> int:
    """Remove erased contacts whose receipt has waited long enough. Returns how many."""
    Gone.objects.filter(until__lt=now).delete()
    Erasure.objects.filter(at__lt=now - KNOWN_AS_ERASED_FOR).delete()
    _, by_model = Contact.objects.filter(erased_at__lt=now - RECEIPT_LIFE).delete()
    return by_model.get(Contact._meta.label, 0)
