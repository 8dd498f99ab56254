"""`bot demo --messages N`: invented conversations, to look around in the console and to measure it. `--remove` ends it."""

from __future__ import annotations

import argparse
import random
import sys
from datetime import timedelta

from bot.settings import ROOT, read
from bot.web import setup

#: Most that is written at once: what the console is measured with is a million.
MOST = 5_000_000

#: Messages a contact, on the average, when nobody says how many contacts there are.
A_CONTACT = 8

DAYS = 30


def run(arguments: list[str]) -> int:
    """Write or remove invented conversations; 1 when it was refused.

    Raises:
        DatabaseUnusable: there is no database to be had.
    """
    parser = argparse.ArgumentParser(prog="bot demo", description=__doc__)
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--messages", type=_number, metavar="N", help="how many messages, both sides together")
    what.add_argument("--remove", action="store_true", help="delete what this command wrote, and nothing else")
    parser.add_argument("--contacts", type=_number, metavar="M", help=f"of how many people (default: N/{A_CONTACT})")
    parser.add_argument("--seed", type=int, default=1, help="another number, other conversations (default: 1)")
    options = parser.parse_args(arguments)
    setup()
    from django.db import transaction
    from django.utils import timezone

    from bot.answers.library import Library
    from bot.answers.speaker import Speaker
    from bot.commands.demo_people import Invention, Script
    from bot.commands.demo_rows import DEMO, Rows, remove
    from bot.conversations.models import Contact
    from bot.web import database

    with database.usable():
        if options.remove:
            print(f"{remove()} invented contacts removed", file=sys.stderr)  # noqa: T201
            return 0
        if Contact.objects.exclude(pseudonym__startswith=DEMO).exists():
            return _refuse("this database holds conversations of people; invented ones never stand among them")
        if Contact.objects.exists():
            return _refuse("there are invented conversations already; `bot demo --remove` deletes them")
        library = Library(read().content_dir)
        script = Script.read(ROOT, library.current(), Speaker(library))
        now = timezone.now()
        people = min(options.contacts or max(1, options.messages // A_CONTACT), options.messages)
        invention = Invention(script, random.Random(options.seed), start=now - timedelta(days=DAYS), end=now)  # noqa: S311
        with transaction.atomic():
            rows = Rows(invention)
            written = rows.write(messages=options.messages, contacts=people)
    print(f"{written} messages of {rows.people} invented contacts", file=sys.stderr)  # noqa: T201
    return 0


def _number(text: str) -> int:
    number = int(text)
    if not 0 < number <= MOST:
        raise ValueError
    return number


def _refuse(reason: str) -> int:
    print(f"bot demo: {reason}; nothing was changed", file=sys.stderr)  # noqa: T201
    return 1
