"""The inbox: a message is written down before anybody is told that it was received."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import datetime

import regex
from django.db import IntegrityError, transaction

from bot.channels.limits import Pace
from bot.conversations import flood
from bot.conversations.addresses import AddressBook, one_of, pseudonym
from bot.conversations.merged import Merged, name_of
from bot.conversations.models import Contact, Gone, Message
from bot.conversations.offered import BUTTONS_REMEMBERED
from bot.words import COMMANDS, NAMELESS, NEAR, Incoming, Kind

#: What is kept of one message, in characters. Longer than any question; a page of a book has about 1,800.
MAX_TEXT = 4_000

#: Longest button id that we ever issue, and longest id of a provider that we keep as it is.
MAX_CHOICE = 500
MAX_PROVIDER_ID = 160

#: Control characters, unassigned and private code points, lone surrogates. Line ends, tabs and the joiners of emoji and
#: of Indic and Arabic scripts stay.
_UNPRINTABLE = regex.compile(r"[\p{Cc}\p{Cs}\p{Co}\p{Cn}--[\n\t]]", flags=regex.V1)


@dataclass(frozen=True, slots=True)
class Accepted:
    """The row that holds the message (beyond the allowance with others), and whether it was there before."""

    contact: Contact
    message: Message
    repeated: bool


def clean(text: str) -> str:
    """The text as it is stored: one Unicode form (NFC), nothing unprintable, at most MAX_TEXT characters."""
    printable = _UNPRINTABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    return unicodedata.normalize("NFC", printable).strip()[:MAX_TEXT]


def command(text: str) -> str:
    """The topic of a typed command ("/menu", "/start abc", "/menu@FaroBot"), or "" for anything else."""
    if not text.startswith("/"):
        return ""
    word = text[1:].split(maxsplit=1)[0] if text[1:].strip() else ""
    return COMMANDS.get(word.partition("@")[0].lower(), "")


def accept(
    incoming: Incoming,
    *,
    key: str,
    now: datetime,
    book: AddressBook | None = None,
    limit: Pace | None = None,
    trace: str = "",
) -> Accepted:
    """Write a message into the inbox, once. Returns the row that was there when it is a repetition.

    Args:
        incoming: what the channel received, verified and parsed.
        key: PSEUDONYM_KEY.
        now: the time of receipt.
        book: keeps where the person is written to; None on channels where people fetch their answers.
        limit: how much one person may say (bot/conversations/flood.py); None where everything may be said.
        trace: by which the message is found in the logs.
    """
    provider_id = _known_as(incoming, key)
    message: Message | None = None
    kind, text, choice = incoming.kind, clean(incoming.text), clean(incoming.choice)[:MAX_CHOICE]
    if kind is Kind.TEXT and (topic := command(text)):
        kind, choice = Kind.CHOICE, f"command:{topic}"
    elif kind is Kind.CHOICE and (choice.startswith("command:") or choice.startswith(NEAR) != incoming.located):
        choice = ""  # a command is something typed, a position something shared; no button of ours carries one

    try:
        with transaction.atomic():
            contact = _contact(incoming, key=key, now=now, book=book)
            place = _enter(contact, limit, wrote=_wrote(incoming, now), now=now)
            if kind is Kind.CHOICE and not text:
                text = title_of(contact, choice)
            message = Message(
                contact=contact,
                direction=Message.Direction.IN,
                channel=incoming.channel,
                provider_id=provider_id,
                kind=kind.value,
                text=text,
                choice=choice,
                state=Message.State.WAITING,
                created_at=now,
                due_at=place.due_at,
                not_before=place.held_until,
                sent_at=incoming.sent_at,
                reference=pseudonym(key, incoming.channel, incoming.reference) if incoming.reference else "",
                sealed_reference=book.seal(incoming.reference) if book and incoming.reference else "",
                trace=trace,
            )
            if place.held_until is not None:
                if (there := _there(message)) is not None:
                    return Accepted(contact=there.contact, message=there, repeated=True)
                if (joined := _joined(message)) is not None:
                    return Accepted(contact=contact, message=joined, repeated=False)
                if not message.choice:
                    message.said_in = Merged.of(name_of(message.reference), message.text).said_in
                Contact.objects.filter(pk=contact.pk).update(flood_until=place.used_until)
            message.save()
    except IntegrityError:
        earlier = _there(message) if message is not None else None
        if earlier is None:
            # Not a repetition: the contact was erased or swept in the same moment. Whoever writes now is somebody new.
            return accept(incoming, key=key, now=now, book=book, limit=limit, trace=trace)
        return Accepted(contact=earlier.contact, message=earlier, repeated=True)
    return Accepted(contact=contact, message=message, repeated=False)


def _there(message: Message) -> Message | None:
    """The row of the same message, when it came before."""
    said = Message.objects.select_related("contact").filter(
        channel=message.channel, direction=Message.Direction.IN, provider_id=message.provider_id
    )
    return said.first()


def _enter(contact: Contact, limit: Pace | None, *, wrote: datetime, now: datetime) -> flood.Place:
    """Note that the person was heard, and give the message its place. Holds the contact's row until the transaction ends."""
    while True:
        before = contact.flood_until
        place = flood.place(before, limit, now)
        contact.seen_at = max(contact.seen_at, wrote)
        changes: dict[str, object] = {"seen_at": contact.seen_at, "unreachable_at": None}
        if place.held_until is None:
            changes["flood_until"] = place.used_until
            if place.calm and contact.flood_notice:
                changes["flood_notice"] = contact.flood_notice = flood.Notice.NONE
        elif not contact.flood_notice:
            changes["flood_notice"] = contact.flood_notice = flood.Notice.DUE
        # Two messages of a person may be written at once: the second finds another value than it read, and reads again.
        if Contact.objects.filter(pk=contact.pk, flood_until=before).update(**changes):
            return place
        current = Contact.objects.filter(pk=contact.pk).first()
        if current is None:
            raise IntegrityError  # erased in this moment
        contact.flood_until, contact.flood_notice = current.flood_until, current.flood_notice


def _joined(message: Message) -> Message | None:
    """The message that is held back already and of the same kind, with this one put to it; None when there is none."""
    there = message.contact.messages.filter(
        direction=Message.Direction.IN, state=Message.State.WAITING, kind=message.kind, not_before__isnull=False
    ).first()
    if there is None:
        return None
    if message.choice:
        there.text = message.text
    else:
        merged = Merged.read(there.text, there.said_in).put(name_of(message.reference), message.text)
        there.text, there.said_in = merged.text, merged.said_in
    there.choice, there.provider_id = message.choice, message.provider_id
    there.reference, there.sealed_reference = message.reference, message.sealed_reference
    if message.sent_at is not None:
        there.sent_at = max(there.sent_at or message.sent_at, message.sent_at)
    changed = ["text", "said_in", "choice", "provider_id", "reference", "sealed_reference", "sent_at"]
    there.save(update_fields=changed)
    return there


def was_deleted(incoming: Incoming, *, key: str) -> bool:
    """Whether this is a repetition of a message that was deleted since: nothing of it may be kept again."""
    return Gone.objects.filter(channel=incoming.channel, provider_id=_known_as(incoming, key)).exists()


def title_of(contact: Contact, choice: str) -> str:
    """What stood on a button that was offered, or "" when we offered none with this id."""
    offered = (
        contact.messages.filter(direction=Message.Direction.OUT)
        .order_by("-pk")
        .values_list("buttons", flat=True)[:BUTTONS_REMEMBERED]
    )
    return next((str(title) for buttons in offered for title, known in buttons if known == choice), "")


def kept_id(key: str, channel: str, provider_id: str) -> str:
    """What is kept of a provider's id: a keyed pseudonym."""
    return pseudonym(key, f"message {channel}", provider_id)


def _known_as(incoming: Incoming, key: str) -> str:
    """The id by which a repetition is known; a pseudonym of one that may hold a phone number or what was said."""
    known = incoming.provider_id
    if incoming.reference or known.startswith(NAMELESS) or len(known) > MAX_PROVIDER_ID:
        return kept_id(key, incoming.channel, known)
    return known


def _contact(incoming: Incoming, *, key: str, now: datetime, book: AddressBook | None) -> Contact:
    addresses = (incoming.address, *incoming.aliases)
    wrote = _wrote(incoming, now)
    who = pseudonym(key, incoming.channel, incoming.address)
    owners: list[Contact] = []
    if book is None:
        contact = Contact.objects.filter(channel=incoming.channel, pseudonym=who).first()
    else:
        owners = book.owner(incoming.channel, addresses)
        contact = one_of(owners) if owners else None
    if contact is not None and contact.erased_at is not None:
        # Only the receipt was left. Whoever writes again is somebody new to us.
        contact.delete()
        contact, owners = None, []
    if contact is None:
        language = incoming.language or incoming.hint
        contact, _ = Contact.objects.get_or_create(
            channel=incoming.channel,
            pseudonym=who,
            defaults={
                "created_at": now,
                "seen_at": wrote,
                "language": language,
                "language_chosen": bool(incoming.language),
            },
        )
    elif incoming.language and book is not None:
        # A link that names a language ("/start fr") was followed.
        Contact.objects.filter(pk=contact.pk).update(language=incoming.language, language_chosen=True)
    if book is not None and not (owners and len(addresses) == 1):
        book.note(contact, addresses)
    return contact


def _wrote(incoming: Incoming, now: datetime) -> datetime:
    # When the person wrote, not when we heard of it: from then on a provider counts how long we may answer.
    return min(incoming.sent_at or now, now)
