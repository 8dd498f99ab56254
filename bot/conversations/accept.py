"""The inbox: a message is written down before anybody is told that it was received."""

from __future__ import annotations

import hashlib
import hmac
import unicodedata
from dataclasses import dataclass
from datetime import datetime

import regex
from django.db import IntegrityError, transaction

from bot.conversations.models import Contact, Message
from bot.words import COMMANDS, Incoming, Kind

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
    """The row that holds the message, and whether it was there before."""

    contact: Contact
    message: Message
    repeated: bool


def pseudonym(key: str, channel: str, address: str) -> str:
    """A keyed pseudonym of an address: 64 hexadecimal digits, the same for the same person, useless without the key."""
    return hmac.new(key.encode(), f"{channel}\x00{address}".encode(), hashlib.sha256).hexdigest()


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


def accept(incoming: Incoming, *, key: str, now: datetime) -> Accepted:
    """Write a message into the inbox, once. Returns the row that was there when it is a repetition.

    Args:
        incoming: what the channel received, verified and parsed.
        key: PSEUDONYM_KEY.
        now: the time of receipt.
    """
    provider_id = incoming.provider_id
    if len(provider_id) > MAX_PROVIDER_ID:
        provider_id = hashlib.sha256(provider_id.encode()).hexdigest()
    kind, text, choice = incoming.kind, clean(incoming.text), clean(incoming.choice)[:MAX_CHOICE]
    if kind is Kind.TEXT and (topic := command(text)):
        kind, choice = Kind.CHOICE, f"command:{topic}"
    elif kind is Kind.CHOICE and choice.startswith("command:"):
        choice = ""  # a command is something typed; no button of ours carries one

    try:
        with transaction.atomic():
            contact = _contact(incoming, key=key, now=now)
            message = Message.objects.create(
                contact=contact,
                direction=Message.Direction.IN,
                channel=incoming.channel,
                provider_id=provider_id,
                kind=kind.value,
                text=text,
                choice=choice,
                state=Message.State.WAITING,
                created_at=now,
            )
    except IntegrityError:
        there = Message.objects.select_related("contact").filter(
            channel=incoming.channel, direction=Message.Direction.IN, provider_id=provider_id
        )
        earlier = there.first()
        if earlier is None:
            # Not a repetition: the contact was erased or swept in the same moment. Whoever writes now is somebody new.
            return accept(incoming, key=key, now=now)
        return Accepted(contact=earlier.contact, message=earlier, repeated=True)
    return Accepted(contact=contact, message=message, repeated=False)


def _contact(incoming: Incoming, *, key: str, now: datetime) -> Contact:
    who = pseudonym(key, incoming.channel, incoming.address)
    contact = Contact.objects.filter(channel=incoming.channel, pseudonym=who).first()
    if contact is not None and contact.erased_at is not None:
        # Only the receipt was left. Whoever writes again is somebody new to us.
        contact.delete()
        contact = None
    if contact is None:
        contact, _ = Contact.objects.get_or_create(
            channel=incoming.channel,
            pseudonym=who,
            defaults={
                "created_at": now,
                "seen_at": now,
                "language": incoming.language,
                "language_chosen": bool(incoming.language),
            },
        )
    Contact.objects.filter(pk=contact.pk).update(seen_at=now)
    contact.seen_at = now
    return contact
