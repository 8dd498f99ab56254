"""Conversations for the tests of the console."""

from __future__ import annotations

import itertools
import re
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.models import User
from django.utils import timezone

from bot.conversations.models import Contact, Message
from console import contacts
from console.conversations.listing import page
from tests.console.page import CheckingClient

_NUMBERS = itertools.count(1)


def contact(**given: Any) -> Contact:
    """Somebody who wrote on the web page in Spanish, unless it is said otherwise."""
    now = timezone.now()
    number = next(_NUMBERS)
    kept = {"channel": "web", "language": "es", "created_at": now, "seen_at": now, "pseudonym": f"{number:064x}"}
    return Contact.objects.create(**(kept | given))


def asked(who: Contact, text: str = "¿dónde hay un albergue?", *, at: datetime | None = None, **given: Any) -> Message:
    """A message of a person, read by a turn."""
    kept: dict[str, Any] = {
        "direction": "in",
        "channel": who.channel,
        "provider_id": f"asked-{next(_NUMBERS)}",
        "text": text,
        "state": "answered",
        "created_at": at or timezone.now(),
        "language": who.language,
        "topic": "shelter",
        "confidence": 0.9,
        "outcome": "answered",
        "ranking": [["shelter", 0.9], ["food_and_items", 0.05]],
        "content_version": "0123456789ab",
    }
    return Message.objects.create(contact=who, **(kept | given))


def answered(who: Contact, text: str = "Hay un albergue en Metetí.", **given: Any) -> Message:
    """A message to a person, by Faro unless an operator is given."""
    kept: dict[str, Any] = {
        "direction": "out",
        "channel": who.channel,
        "provider_id": f"answer-{next(_NUMBERS)}",
        "text": text,
        "state": "sent",
        "created_at": timezone.now() + timedelta(milliseconds=1),
        "language": who.language,
    }
    return Message.objects.create(contact=who, **(kept | given))


#: The address of the list of conversations.
LIST = "/console/conversations/"


def listed(client: CheckingClient, query: str = "") -> list[str]:
    """The names of the conversations of a page, in order."""
    html = client.get(LIST + query).content.decode()
    return re.findall(r'<li[^>]*><a href="/console/conversations/[0-9a-f-]+/">([^<]+)</a>', html)


def names(*who: Contact) -> list[str]:
    return [contacts.name(one.pk) for one in who]


def walk(allowed: Any, matching: Any, account: User, size: int) -> list[Any]:
    """Every contact, by following "older" to the end."""
    seen, cursor = [], ""
    for _ in range(100):
        found = page(allowed, matching, account, cursor, size=size)
        seen += [line.contact for line in found.lines]
        if not found.older:
            return seen
        cursor = found.older
    raise AssertionError("no end")


def search(client: CheckingClient, words: str, **more: str) -> Any:
    response = client.post(f"{LIST}search", {"words": words, **more})
    assert response.status_code == 302
    return response
