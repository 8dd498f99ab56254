"""What one claim costs when much waits: a process of its own, on the database of DATABASE_URL. Prints JSON.

    python -m tests.bench.claims OLD WAITING

OLD answered messages of a thousand people, WAITING messages of one person that wait, and one message of somebody else.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Callable
from datetime import timedelta

#: Times that each is measured; the middle counts.
TIMES = 15


def main() -> None:
    """Fill the database and measure."""
    from bot.web import setup

    setup()
    from django.core.management import call_command
    from django.db import connection, transaction
    from django.utils import timezone

    from bot.conversations.claim import LEASE, claim_next, waiting
    from bot.conversations.models import Contact, Message

    old, many = int(sys.argv[1]), int(sys.argv[2])
    call_command("migrate", interactive=False, verbosity=0)
    now = timezone.now()
    people = Contact.objects.bulk_create(
        Contact(channel="web", pseudonym=str(number), created_at=now, seen_at=now) for number in range(1_002)
    )
    flooder, person, *others = people

    def rows(contacts: list[Contact], number: int, state: str) -> None:
        Message.objects.bulk_create(
            (
                Message(
                    contact=contacts[one % len(contacts)],
                    direction="in",
                    channel="web",
                    provider_id=f"{state} {contacts[0].pk} {one}",
                    text="x",
                    state=state,
                    created_at=now,
                    due_at=now + timedelta(seconds=3 * one),
                )
                for one in range(number)
            ),
            batch_size=5_000,
        )

    rows([*others, flooder], old, "answered")
    rows([flooder], many, "waiting")
    rows([person], 1, "waiting")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")

    def middle(step: Callable[[], object]) -> float:
        times = []
        for _ in range(TIMES):
            with transaction.atomic():
                begun = time.perf_counter()
                step()
                times.append(time.perf_counter() - begun)
                transaction.set_rollback(True)
        return round(1000 * statistics.median(times), 2)

    found = {"free": middle(lambda: claim_next(now=now))}
    Contact.objects.filter(pk=flooder.pk).update(holder="x", held_until=now + LEASE)
    claim = None

    def behind() -> None:
        nonlocal claim
        claim = claim_next(now=now)

    found["held"] = middle(behind)
    assert claim is not None
    assert claim.contact.pk == person.pk
    found["look"] = middle(lambda: waiting(now).exists())
    sys.stdout.write(json.dumps(found) + "\n")


if __name__ == "__main__":
    main()
