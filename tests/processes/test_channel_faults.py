"""Kill -9 under a stream of webhooks: every message is answered exactly once, in order, and none is lost."""

from __future__ import annotations

import random
import sqlite3
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.processes.provider import Provider
from tests.processes.running import Faro, eventually, running

pytestmark = pytest.mark.processes

PEOPLE = [f"5076000{number:04d}" for number in range(8)]
ROUNDS = 6

#: Two deaths of each: the supervisor gives up a process that dies five times in two minutes.
VICTIMS = ("worker", "web", "rasa", "worker", "web", "rasa")


@pytest.fixture
def provider() -> Iterator[Provider]:
    started = Provider()
    yield started
    started.close()


def rows(faro: Faro, query: str) -> list[tuple[object, ...]]:
    database = sqlite3.connect(faro.folder / "var" / "faro.sqlite3", timeout=20)
    try:
        return database.execute(query).fetchall()
    finally:
        database.close()


def test_whatever_is_killed_every_message_is_answered_once_and_in_order(
    model: None, provider: Provider, tmp_path: Path
) -> None:
    with running(tmp_path, **provider.environ) as faro:
        provider.hook = f"{faro.url}/webhooks/whatsapp"

        def stream(person: str) -> None:
            for number in range(ROUNDS):
                provider.say(person, f"{person}.{number}", "¿dónde hay un hospital?")
                time.sleep(0.5)

        people = [threading.Thread(target=stream, args=(person,)) for person in PEOPLE]
        for one in people:
            one.start()
        chance = random.Random(20261130)  # noqa: S311 - when, not a secret
        for victim in VICTIMS:
            time.sleep(chance.uniform(0.1, 0.8))
            faro.wait_restarted(victim, faro.kill(victim))
        for one in people:
            one.join(90)
            assert not one.is_alive(), "a webhook was never acknowledged"

        open_ = "select count(*) from conversations_message where state in ('waiting', 'pending', 'sending')"
        eventually(lambda: rows(faro, open_) == [(0,)] or None, seconds=120, what="nothing waits any more")
        provider.wait()

        sent = len(PEOPLE) * ROUNDS
        received = "select count(*) from conversations_message where direction = 'in' and state = 'answered'"
        assert rows(faro, received) == [(sent,)], "each webhook is one message, however often it was brought"
        failed = rows(faro, "select error from conversations_message where state = 'failed'")
        assert failed == []
        written = [
            str(name) for (name,) in rows(faro, "select provider_id from conversations_message where direction = 'out'")
        ]
        assert set(provider.taken) == set(written), "what was written was sent, and nothing else"
        first = [name for name in written if name.endswith(":0")]
        assert len(first) == sent, "every message has its answer"
        twice = [name for name, number in provider.taken.items() if number > 1]
        assert len(twice) <= VICTIMS.count("worker"), twice
        assert max(provider.taken.values()) <= 2
        for person, names in provider.order.items():
            numbers = [int(name.split(":")[1]) for name in dict.fromkeys(names)]
            assert numbers == sorted(numbers), f"order of {PEOPLE.index(person)}"
        for name in first:
            assert "hospital" in provider.texts[name].lower() or "911" in provider.texts[name]
        for secret in (*PEOPLE, *provider.environ.values()):
            if secret != provider.url:
                assert secret not in faro.output
