"""A Faro to be harmed, on either database, with a few people who go on writing, and what must hold once the harm is over.

Everything is asked past Faro: the rows of its database, what the provider took, what the page showed.
"""

from __future__ import annotations

import os
import signal
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import httpx

from tests.channels.telegram.stand_in import TOKEN, StandIn
from tests.processes.clock import Clock
from tests.processes.people import DRAINED, EVERY, Stream
from tests.processes.provider import Provider
from tests.processes.running import Faro, eventually, running

#: Keys of an installation that exists for a test alone; on PostgreSQL they must be given.
KEYS = {name: f"{number}" * 40 for number, name in enumerate(("SECRET_KEY", "PSEUDONYM_KEY", "ADDRESS_KEY"), start=1)}


class Database(Protocol):
    """A database that a test may look into."""

    url: str

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """What a query finds."""
        ...


class File:
    """SQLite's, in a folder."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "faro.sqlite3"
        self.url = f"sqlite:///{self._file}"

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """What a query finds."""
        database = sqlite3.connect(self._file, timeout=20)
        try:
            return database.execute(query).fetchall()
        finally:
            database.close()


@dataclass
class Lab:
    """A running Faro, its database and its provider."""

    faro: Faro
    database: Database
    provider: Provider
    #: Telegram, polled; None for a Faro without it.
    telegram: StandIn | None = None
    #: What every person of every stream wrote, as they count: WhatsApp's by number, the page's by session.
    said: Counter[str] = field(default_factory=Counter)
    #: How many copies there may be: what may have arrived is sent once more.
    unsure: int = 0
    #: Where the database is, when that is a disk that may be filled.
    disk: Path | None = None
    #: What its processes take for the time of day, when that may be put forward and back.
    clock: Clock | None = None
    #: Seconds between two messages of one person.
    every: float = EVERY
    _numbers: int = 0

    def fresh(self) -> str:
        """A telephone number that nobody has used."""
        self._numbers += 1
        return f"5076{self._numbers:07d}"

    def ready(self) -> tuple[int, dict[str, Any]]:
        """What /readyz says; status 0 when nobody answers."""
        try:
            response = httpx.get(f"{self.faro.url}/readyz", timeout=10, trust_env=False)
            return response.status_code, response.json()
        except (httpx.HTTPError, ValueError):
            return 0, {}

    def wait_ready(self, seconds: float = 60) -> None:
        """Until all is well again."""
        found: tuple[int, dict[str, Any]] = (0, {})

        def well() -> bool:
            nonlocal found
            found = self.ready()
            return found[0] == httpx.codes.OK

        try:
            eventually(lambda: well() or None, seconds=seconds, what="ready again")
        except AssertionError as error:
            raise AssertionError(f"{error}: {found}\n{self.faro.output[-2500:]}") from None

    @contextmanager
    def people(self, *, phones: int = 3, pages: int = 1, chats: int = 1) -> Iterator[Stream]:
        """A few people write as long as the context lasts. What they said is answered, or it fails."""
        stream = Stream(self, phones=phones, pages=pages, chats=chats if self.telegram is not None else 0)
        stream.start()
        try:
            try:
                yield stream
            finally:
                stream.end()
            self.check()
            stream.longest = stream.longest_wait()
        finally:
            stream.leave()

    def check(self) -> None:
        """What must hold once a fault is over; see the sentences."""
        rows = self.database.rows
        all_in = "select count(*) from conversations_message where direction = 'in'"
        # Telegram keeps what was written until it is fetched; WhatsApp and the page were told that it was received.
        fetched = [(self.said.total(),)]
        eventually(lambda: self.telegram is None or rows(all_in) == fetched, seconds=DRAINED, what="all is fetched")
        open_ = (
            "select direction, state, error, count(*) from conversations_message where state = 'waiting' "
            "or (channel <> 'web' and state in ('pending', 'sending')) group by 1, 2, 3"
        )
        try:
            eventually(lambda: rows(open_) == [] or None, seconds=DRAINED, what="nothing waits any more")
        except AssertionError as error:
            held = rows("select holder, held_until from conversations_contact where holder <> ''")
            raise AssertionError(f"{error}: {rows(open_)} {held} {self.ready()}\n{self.faro.output[-3000:]}") from None
        self.provider.wait()

        received = rows(all_in)
        assert received == [(self.said.total(),)], "each message that was accepted is there once, however often it came"
        answered = rows(
            "select count(*) from conversations_message m where direction = 'in' and state = 'answered' and 1 = "
            "(select count(*) from conversations_message a where a.answers_id = m.id and a.provider_id like 'answer:%:0')"
        )
        assert answered == received, "every message has exactly one answer"
        stuck = rows("select count(*) from conversations_contact where holder <> ''")
        assert stuck == [(0,)], "nobody is held by a turn that is over"
        failed = rows("select error, count(*) from conversations_message where state = 'failed' group by 1")
        assert failed == [], "no answer was given up"
        written = {
            str(name)
            for (name,) in rows(
                "select provider_id from conversations_message where direction = 'out' and channel = 'whatsapp'"
            )
        }
        assert set(self.provider.taken) == written, "what was written was sent, and nothing else"
        assert max(self.provider.taken.values(), default=0) <= 2, "never a third copy"
        twice = [name for name, number in self.provider.taken.items() if number > 1]
        assert len(twice) <= self.unsure, f"copies: {twice}"
        for names in self.provider.order.values():
            numbers = [int(name.split(":")[1]) for name in dict.fromkeys(names)]
            assert numbers == sorted(numbers), "what somebody gets is in the order in which they asked"
        order: dict[object, list[int]] = {}
        first = (
            "select contact_id, answers_id from conversations_message where provider_id like 'answer:%:0' order by id"
        )
        for contact, number in rows(first):
            order.setdefault(contact, []).append(number)
        for numbers in order.values():
            assert numbers == sorted(numbers), "what is written for somebody is in the order in which they asked"


@contextmanager
def lab(folder: Path, database: Database, *, telegram: StandIn | None = None, **environ: str) -> Iterator[Lab]:
    """A Faro on a database, with WhatsApp, and Telegram when there is one, until the context ends."""
    provider = Provider()
    settings = {**KEYS, **provider.environ, "DATABASE_URL": database.url, **environ}
    if telegram is not None:
        settings |= {"TELEGRAM_TOKEN": TOKEN, "TELEGRAM_MODE": "polling", "TELEGRAM_API_BASE": telegram.url}
    try:
        with running(folder, **settings) as faro:
            provider.hook = f"{faro.url}/webhooks/whatsapp"
            yield Lab(faro, database, provider, telegram)
    finally:
        provider.close()


@contextmanager
def frozen(process: int) -> Iterator[None]:
    """A process that hangs: it is there, takes connections and says nothing."""
    os.kill(process, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(process, signal.SIGCONT)
