"""A Faro to be harmed, on either database, with a few people who go on writing, and what must hold once the harm is over.

Everything is asked past Faro: the rows of its database, what the provider took, what the page showed.
"""

from __future__ import annotations

import os
import signal
import sqlite3
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import httpx

from tests.channels.telegram.people import Person as Chatter
from tests.channels.telegram.stand_in import TOKEN, StandIn
from tests.processes.provider import Provider
from tests.processes.running import Faro, Person, eventually, running

QUESTION = "¿dónde hay un hospital?"

#: Seconds between two messages of one person of a stream.
EVERY = 0.7

#: Seconds between two looks at /readyz.
LOOK_EVERY = 0.25

#: Seconds after which everything that was said during a fault must be done: an unsure delivery waits 25, a retry up to 30.
DRAINED = 120

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
            yield stream
        finally:
            stream.end()
        self.check()

    def check(self) -> None:
        """What must hold once a fault is over; see the sentences."""
        rows = self.database.rows
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

        received = rows("select count(*) from conversations_message where direction = 'in'")
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


@dataclass(frozen=True, slots=True)
class Look:
    """What /readyz said at a moment."""

    status: int
    parts: dict[str, Any]


class Stream:
    """People who write, and somebody who watches /readyz."""

    def __init__(self, lab: Lab, *, phones: int, pages: int, chats: int = 0) -> None:
        self._lab = lab
        self._over = threading.Event()
        self.looks: list[Look] = []
        self.refusals: list[httpx.Response] = []
        self._threads = [threading.Thread(target=self._watch)]
        self._threads += [threading.Thread(target=self._phone, args=(lab.fresh(),)) for _ in range(phones)]
        self._threads += [threading.Thread(target=self._page, args=(Person(lab.faro.url),)) for _ in range(pages)]
        self._threads += [threading.Thread(target=self._chat) for _ in range(chats)]
        self._broken: list[BaseException] = []

    def start(self) -> None:
        """Begin; returns once something was answered, so that the fault meets a conversation."""
        before = len(self._lab.provider.taken)
        for thread in self._threads:
            thread.start()
        eventually(lambda: len(self._lab.provider.taken) > before or None, seconds=40, what="somebody is answered")

    def end(self) -> None:
        """Let everybody finish the sentence that they are at."""
        self._over.set()
        for thread in self._threads:
            thread.join(DRAINED)
            assert not thread.is_alive(), f"a message was never accepted\n{self._lab.faro.output[-3000:]}"
        if self._broken:
            raise self._broken[0]

    def said(self, condition: Callable[[Look], bool]) -> bool:
        """Whether /readyz ever said so."""
        return any(condition(look) for look in self.looks)

    def wait_for(self, condition: Callable[[Look], bool], what: str, *, seconds: float = 20) -> None:
        """Until /readyz says so."""
        try:
            eventually(lambda: self.said(condition) or None, seconds=seconds, what=what)
        except AssertionError as error:
            raise AssertionError(f"{error}: {self.looks[-1:]}") from None

    def _watch(self) -> None:
        while not self._over.wait(LOOK_EVERY):
            self.looks.append(Look(*self._lab.ready()))

    def _phone(self, person: str) -> None:
        number = 0
        try:
            while not self._over.is_set():
                self._lab.provider.say(person, f"{person}.{number}", QUESTION)
                number += 1
                self._over.wait(EVERY)
        except BaseException as error:
            self._broken.append(error)
        self._lab.said[person] += number

    def _chat(self) -> None:
        """Somebody at Telegram, which keeps what is written until it is fetched."""
        assert self._lab.telegram is not None
        person = Chatter(self._lab.telegram)
        while not self._over.is_set():
            person.say(QUESTION)
            self._lab.said[f"chat {person.id}"] += 1
            self._over.wait(EVERY)

    def _page(self, person: Person) -> None:
        """A browser: it repeats a message under the same id until it is told that it was received."""
        accepted = 0
        try:
            while not self._over.is_set():
                name = str(uuid.uuid4())
                while not self._received(person, name):
                    time.sleep(0.3)
                accepted += 1
                self._over.wait(EVERY)
        except BaseException as error:
            self._broken.append(error)
        self._lab.said[f"page {id(self)}"] += accepted
        person.close()

    def _received(self, person: Person, name: str) -> bool:
        try:
            response = person.post(QUESTION, number=name)
        except httpx.HTTPError:
            return False
        if response.status_code != httpx.codes.ACCEPTED:
            self.refusals.append(response)
        return response.status_code == httpx.codes.ACCEPTED


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
