"""An update of a full database beside people who write, in a process of its own: run by test_migrate.py on each database.

    python -m tests.commands.upgrading MESSAGES

Fills the tables of an earlier version, migrates them as `bot migrate` does while that version goes on writing, and prints
what was found, as JSON.
"""

from __future__ import annotations

import itertools
import json
import sys
import threading
import time
from typing import Any

from bot.commands import migrate
from bot.web import setup

#: Full from the first version with all channels on; the version that still runs while the new one migrates.
FILLED, RUNNING = "0003_channels_that_send", "0009_queue_on_sqlite"


def main(messages: int) -> dict[str, Any]:
    """Fill, migrate, and write meanwhile."""
    setup()
    from django.core.management import call_command
    from django.db import close_old_connections, connection, connections
    from django.db.migrations.executor import MigrationExecutor
    from django.utils import timezone

    from bot.conversations.claim import claim_next
    from bot.conversations.models import Message

    def tables(name: str) -> tuple[Any, Any]:
        """The models of an earlier version: they write what it wrote, and know nothing of what came later."""
        apps = MigrationExecutor(connection).loader.project_state(("conversations", name)).apps
        return apps.get_model("conversations", "Contact"), apps.get_model("conversations", "Message")

    call_command("migrate", "auth", interactive=False, verbosity=0)
    call_command("migrate", "conversations", FILLED, interactive=False, verbosity=0)
    contact, message = tables(FILLED)
    now = timezone.now()
    people = contact.objects.bulk_create(
        contact(channel="web", pseudonym=str(number), created_at=now, seen_at=now) for number in range(500)
    )

    def rows(model: Any, number: int, state: str, name: str) -> list[Any]:
        return [
            model(
                contact_id=people[one % len(people)].pk,
                direction="in",
                channel="web",
                provider_id=f"{name}-{one}",
                text="¿dónde duermo?",
                state=state,
                created_at=timezone.now(),
            )
            for one in range(number)
        ]

    message.objects.bulk_create(rows(message, messages, "answered", "old"), batch_size=2_000)
    message.objects.bulk_create(rows(message, 50, "waiting", "waits"))
    call_command("migrate", "conversations", RUNNING, interactive=False, verbosity=0)
    _, running = tables(RUNNING)

    over, times, failures = threading.Event(), [], []

    def write() -> None:
        for number in itertools.count():
            if over.is_set():
                break
            begun = time.monotonic()
            try:
                (row,) = rows(running, 1, "waiting", f"meanwhile-{number}")
                row.save()
            except Exception as error:
                failures.append(f"{type(error).__name__}: {error}")
            times.append(time.monotonic() - begun)
            close_old_connections()
            time.sleep(0.05)
        connections.close_all()

    writer = threading.Thread(target=write)
    writer.start()
    time.sleep(0.5)
    begun = time.monotonic()
    migrate.run([])
    seconds = time.monotonic() - begun
    time.sleep(0.5)
    over.set()
    writer.join()

    claimed = 0
    while (claim := claim_next(now=timezone.now())) is not None:
        Message.objects.filter(pk=claim.message.pk).update(state="answered")
        type(claim.contact).objects.filter(pk=claim.contact.pk).update(holder="", held_until=None)
        claimed += 1
    return {
        "seconds": round(seconds, 2),
        "longest_wait": round(max(times), 2),
        "written": len(times),
        "failures": failures[:3],
        "claimed": claimed,
        "kept": Message.objects.filter(provider_id__startswith="old-").count(),
    }


if __name__ == "__main__":
    print(json.dumps(main(int(sys.argv[1]))))  # noqa: T201
