"""`bot export CONTACT`: everything kept about a contact, as one JSON object on stdout."""

from __future__ import annotations

import argparse
import json
import sys
import uuid

from bot.web import setup


def run(arguments: list[str]) -> int:
    """Write what is kept; 1 when there is no such contact.

    Raises:
        DatabaseUnusable: there is no database to be had.
    """
    parser = argparse.ArgumentParser(prog="bot export")
    parser.add_argument("contact", type=uuid.UUID, help="the contact's id, as in the log and the console")
    options = parser.parse_args(arguments)
    setup()
    from bot.conversations.export import kept
    from bot.conversations.models import Contact
    from bot.web import database
    from console.audit.models import AuditEntry
    from console.audit.trail import Action, about_person, write

    with database.usable():
        contact = Contact.objects.filter(pk=options.contact).first()
        if contact is None:
            print("bot export: there is no such contact", file=sys.stderr)  # noqa: T201
            return 1
        write(Action.EXPORTED_PERSON, account=None, name="bot export", contact=contact.pk)
        everything = kept(contact) | {AuditEntry._meta.label: about_person(contact.pk)}
    json.dump(everything, sys.stdout, ensure_ascii=False, indent=2)
    sys.stdout.write("\n")
    return 0
