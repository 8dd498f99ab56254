"""Erasure: everything kept about a contact, at once. What remains is the receipt, until it is delivered."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.conversations.models import Contact

#: How long the receipt of an erasure may wait to be fetched by a page that was closed.
RECEIPT_LIFE = timedelta(minutes=10)


def erase(contact: Contact, *, now: datetime) -> None:
    """Delete all that is kept about a contact: messages, requests, feedback, dialogue state, language.

    The row itself stays for the receipt alone; ten minutes later `sweep_erased` removes it. The next message of the same
    person begins a new contact with a new random id.
    """
    contact.messages.all().delete()
    contact.handovers.all().delete()
    contact.dialogue, contact.dialogue_at = [], None
    contact.language, contact.language_chosen = "", False
    contact.informed_at = None
    contact.erased_at = now
    contact.save()


def forget(contact: Contact) -> None:
    """Delete a contact entirely, without a receipt."""
    contact.delete()


def sweep_erased(*, now: datetime) -> int:
    """Remove erased contacts whose receipt has waited long enough. Returns how many."""
    _, by_model = Contact.objects.filter(erased_at__lt=now - RECEIPT_LIFE).delete()
    return by_model.get(Contact._meta.label, 0)
