"""A process that plays Faro's channels: it accepts messages into the inbox and watches until they are answered.

A process of its own, because Django reads its settings once and the bench measures two databases. One JSON a line in,
{"contacts": 8, "conversations": [[contact, [text, ...]], ...]}, or with "rate", messages a second, in the place of
"contacts"; one JSON a line out, the latencies in seconds.
"""

from __future__ import annotations

import json
import secrets
import sys
import threading
import time
from datetime import UTC, datetime

from tests.bench.databases import WATCHER
from tests.bench.load import Conversation, drive, offer

CHANNEL = "bench"

#: Seconds between two looks for answers. It adds half of itself to every latency; looking more often would take
#: processor time from what is measured.
LOOK_EVERY = 0.004

#: Seconds after which a message counts as never answered.
PATIENCE = 60.0


class Watcher:
    """Looks for answers, for all contacts at once."""

    def __init__(self) -> None:
        self._waiting: dict[int, threading.Event] = {}
        self._lock = threading.Lock()
        self._failure: BaseException | None = None
        threading.Thread(target=self._run, name="watcher", daemon=True).start()

    def wait(self, number: int) -> None:
        """Wait until a message is no longer waiting.

        Raises:
            TimeoutError: it still is.
            RuntimeError: nobody looks any more.
        """
        answered = threading.Event()
        with self._lock:
            self._waiting[number] = answered
        if not answered.wait(PATIENCE):
            raise TimeoutError("a message was not answered")
        if self._failure is not None:
            raise RuntimeError("the watcher ended") from self._failure

    def _run(self) -> None:
        try:
            self._watch()
        except BaseException as error:
            self._failure = error
            with self._lock:
                for answered in self._waiting.values():
                    answered.set()

    def _watch(self) -> None:
        from django.db import connection

        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SELECT set_config('application_name', %s, false)", [WATCHER])
        while True:
            with self._lock:
                asked = list(self._waiting)
            if asked:
                marks = ", ".join(["%s"] * len(asked))
                with connection.cursor() as cursor:  # plain SQL: a tenth of the processor time of the ORM
                    cursor.execute(
                        f"SELECT id FROM conversations_message WHERE state = 'waiting' AND id IN ({marks})",  # noqa: S608
                        asked,
                    )
                    still = {row[0] for row in cursor.fetchall()}
                # A message that is gone was answered too: its person asked to be erased.
                for number in set(asked) - still:
                    with self._lock:
                        self._waiting.pop(number).set()
            time.sleep(LOOK_EVERY)


def main() -> None:
    """Serve loads until the input ends."""
    from bot.web import setup

    setup()
    from django.core.management import call_command
    from django.db import connections

    call_command("migrate", interactive=False, verbosity=0)
    from bot.conversations.accept import accept
    from bot.conversations.models import Message
    from bot.web.django_settings import SETTINGS
    from bot.words import Incoming

    watcher = Watcher()

    def say(contact: str, text: str) -> bool:
        incoming = Incoming(channel=CHANNEL, address=contact, provider_id=secrets.token_hex(16), text=text)
        number = accept(incoming, key=SETTINGS.pseudonym_key, now=datetime.now(UTC)).message.pk
        watcher.wait(number)
        return True

    _answer({"ready": True})
    for line in sys.stdin:
        asked = json.loads(line)
        before = Message.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        held = [Conversation(contact, tuple(texts)) for contact, texts in asked["conversations"]]
        rate = asked.get("rate")
        # What a thread leaves open stays until somebody collects it: after some loads PostgreSQL lets nobody in any more.
        if rate:
            turns = offer(say, held, rate=rate, leave=connections.close_all)
        else:
            turns = drive(say, held, contacts=asked["contacts"], leave=connections.close_all)
        # Ours: beside them somebody may write on another channel.
        received = Message.objects.filter(pk__gt=before, direction=Message.Direction.IN, channel=CHANNEL)
        silent = received.filter(replies__isnull=True).count()
        trouble = received.filter(outcome=Message.Outcome.TROUBLE).count()
        _answer({"latencies": turns.latencies, "seconds": turns.seconds, "unanswered": silent + trouble})


def _answer(data: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(data) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
