"""`bot erase CONTACT`: everything kept about a contact, at once and for good."""

from __future__ import annotations

import argparse
import sys
import uuid

from bot.web import setup


def run(arguments: list[str]) -> int:
    """Erase one contact by its id; 1 when there is none.

    Raises:
        DatabaseUnusable: there is no database to be had.
    """
    parser = argparse.ArgumentParser(prog="bot erase")
    parser.add_argument("contact", type=uuid.UUID, help="the contact's id, as in the log and the console")
    options = parser.parse_args(arguments)
    setup()
    from django.db import transaction
    from django.utils import timezone

    from bot.conversations import remains
    from bot.conversations.erase import forget
    from bot.conversations.models import Contact
    from bot.web import database
    from console.audit.trail import Action, write

    with database.usable():
        contact = Contact.objects.filter(pk=options.contact).first()
        if contact is None:
            print("bot erase: there is no such contact", file=sys.stderr)  # noqa: T201
            return 1
        with transaction.atomic():
            write(Action.ERASED, account=None, name="bot erase", contact=contact.pk)
            forget(contact, now=timezone.now())
        remains.rewrite()
    print("erased", file=sys.stderr)  # noqa: T201
    return 0
