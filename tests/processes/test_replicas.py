"""Two web, four worker and two Rasa processes on one PostgreSQL, behind the proxy.

One turn at a time for a person, in order, one answer each; everybody does their share, and nobody notices that a worker and
a Rasa are killed in the middle.
"""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import time
import uuid
from collections import Counter, defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import httpx
import psycopg
import pytest

from tests.deploy import test_proxy as proxy
from tests.processes import postgres
from tests.processes.running import Faro, Person, eventually, free_ports

pytestmark = [pytest.mark.processes, pytest.mark.postgres]

WEB, WORKERS, RASAS = 2, 4, 2
PEOPLE, EACH = 20, 5

#: Of each worker: four workers fit into a small server's 60 connections.
THREADS = 2

#: What people ask, in turn; each has an answer of its own.
QUESTIONS = ("¿dónde hay un hospital?", "hola", "quiero trabajar", "¿dónde puedo dormir?", "menú")

#: Writes down who holds whom: every change of a contact's lease, with the connection that made it.
WATCH = """
create table lease_log (
    number bigserial primary key, contact text, before text, after text, backend int default pg_backend_pid(),
    at timestamptz default clock_timestamp()
);
create function note_lease() returns trigger language plpgsql as $$
begin
    insert into lease_log (contact, before, after) values (new.id::text, old.holder, new.holder);
    return new;
end $$;
create trigger note_lease after update of holder on conversations_contact
for each row when (old.holder is distinct from new.holder) execute function note_lease();
"""


@contextmanager
def a_database() -> Iterator[str]:
    """A database of this test's own, on TEST_DATABASE_URL or on a server that is started for it."""
    given = os.environ.get("TEST_DATABASE_URL")
    with ExitStack() as stack:
        if not given:
            if reason := postgres.missing():
                pytest.skip(f"no TEST_DATABASE_URL. {reason}")
            given = stack.enter_context(postgres.server()).direct_url
        name = f"replicas_{uuid.uuid4().hex[:12]}"
        with psycopg.connect(given, autocommit=True) as connection:
            connection.execute(f'create database "{name}"')
            stack.callback(_drop, given, name)
        yield urlunsplit(urlsplit(given)._replace(path=f"/{name}"))


def _drop(url: str, name: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f'drop database if exists "{name}" with (force)')


def neighbours(number: int) -> int:
    """The first of so many free ports beside each other."""
    while True:
        (first,) = free_ports(1)
        try:
            with ExitStack() as stack:
                for port in range(first, first + number):
                    stack.enter_context(_bound(port))
        except OSError:
            continue
        return first


def _bound(port: int) -> socket.socket:
    probe = socket.socket()
    try:
        probe.bind(("127.0.0.1", port))
    except OSError:
        probe.close()
        raise
    return probe


@dataclass
class House:
    """What runs, where people reach it, and its database."""

    faro: Faro
    url: str
    database: str
    killed: list[str] = field(default_factory=list)
    connected: list[int] = field(default_factory=list)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.database, autocommit=True) as connection:
            return connection.execute(query).fetchall()

    def answered(self) -> int:
        """How many messages have an answer."""
        query = "select count(*) from conversations_message where direction = 'in' and state = 'answered'"
        return int(self.rows(query)[0][0])

    def readyz(self) -> dict[str, Any]:
        found: dict[str, Any] = httpx.get(f"{self.faro.url}/readyz", timeout=10, trust_env=False).json()
        return found


@pytest.fixture(scope="module")
def house(model: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Everything, once for all tests here; the stream with its two deaths has run when the first of them begins."""
    folder = tmp_path_factory.mktemp("replicas")
    with ExitStack() as stack:
        database = stack.enter_context(a_database())
        web, rasa = neighbours(WEB), neighbours(RASAS)
        faro = Faro(
            folder,
            "--web", str(WEB), "--worker", str(WORKERS), "--rasa", str(RASAS),
            DATABASE_URL=database,
            TURN_THREADS=str(THREADS),
            SECRET_KEY="a" * 16 + "0123456789abcdef",
            PSEUDONYM_KEY="b" * 16 + "0123456789abcdef",
            PORT=str(web),
            RASA_URL=f"http://127.0.0.1:{rasa}",
            PUBLIC_URL=f"http://127.0.0.1:{web}",
        )  # fmt: skip
        stack.callback(faro.stop)
        faro.url = f"http://127.0.0.1:{web}"
        faro.wait_ready()
        url = faro.url
        if proxy.CADDY is not None:
            url = stack.enter_context(proxy.caddy(folder / "caddy", *range(web, web + WEB)))
        started = House(faro, url, database)
        with psycopg.connect(database, autocommit=True) as connection:
            connection.execute(WATCH)
        stream(started)
        yield started


def stream(house: House) -> None:
    """Twenty people write five messages each; after some of them a worker and a Rasa are killed without a word."""
    everybody = [Person(house.url) for _ in range(PEOPLE)]

    def write(person: Person, number: int) -> None:
        assert person.post(QUESTIONS[number]).status_code == 202

    with ThreadPoolExecutor(8) as many:
        for number in range(EACH):
            for one in [many.submit(write, person, number) for person in everybody]:
                one.result(60)
            if number == 1:
                eventually(lambda: house.answered() >= PEOPLE, seconds=60, what="the first are answered")
                house.connected += [_connections_to(pid) for pid in processes(house.faro)["rasa"]]
                for name in ("worker", "rasa"):
                    os.kill(processes(house.faro)[name][0], signal.SIGKILL)
                    house.killed.append(name)
    for person in everybody:
        person.close()
    waiting = "select count(*) from conversations_message where state = 'waiting'"
    eventually(lambda: house.rows(waiting) == [(0,)] or None, seconds=90, what="every message is answered")


def processes(faro: Faro) -> dict[str, list[int]]:
    """Process ids by kind, in the order in which they were started."""
    found = defaultdict(list)
    listing = subprocess.run(["ps", "-eo", "pid,ppid,args"], capture_output=True, text=True, check=True).stdout
    for pid, parent, kind in re.findall(r"^\s*(\d+)\s+(\d+)\s+.*-m bot serve (\w+)", listing, flags=re.M):
        if int(parent) == faro.pid:
            found[kind].append(int(pid))
    return {kind: sorted(pids) for kind, pids in found.items()}


def test_every_message_has_one_answer_and_nobody_heard_of_trouble(house: House) -> None:
    received = house.rows("select outcome, count(*) from conversations_message where direction = 'in' group by outcome")
    assert sum(number for _, number in received) == PEOPLE * EACH
    assert "trouble" not in dict(received), "the other Rasa answered"
    first = (
        "select answers_id, count(*) from conversations_message where provider_id like 'answer:%:0' group by answers_id"
    )
    assert Counter(number for _, number in house.rows(first)) == {1: PEOPLE * EACH}


def test_everybody_was_answered_in_the_order_of_their_messages(house: House) -> None:
    said = house.rows("select contact_id, id from conversations_message where direction = 'in' order by id")
    heard = house.rows(
        "select contact_id, answers_id from conversations_message where provider_id like 'answer:%:0' order by id"
    )
    by_contact: dict[str, tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
    for contact, number in said:
        by_contact[str(contact)][0].append(number)
    for contact, number in heard:
        by_contact[str(contact)][1].append(number)
    assert len(by_contact) == PEOPLE
    assert all(messages == answers for messages, answers in by_contact.values())


def test_no_two_turns_of_one_person_were_ever_at_once(house: House) -> None:
    """Each lease is given to a free contact and given back by whoever got it; what the dead worker held is taken over."""
    taken_over = 0
    for_each: dict[str, list[tuple[int, str, str, int]]] = defaultdict(list)
    last: dict[int, int] = {}
    for number, contact, before, after, backend in house.rows(
        "select number, contact, before, after, backend from lease_log order by number"
    ):
        for_each[contact].append((number, before, after, backend))
        last[backend] = number
    assert len(for_each) == PEOPLE
    for changes in for_each.values():
        holder, whose = "", 0
        for number, before, after, backend in changes:
            assert before == holder
            if before and after:
                taken_over += 1
            elif before and backend != whose:  # by its successor, which sits in its seat
                assert last[whose] < number, "given back by another connection than took it, which was alive"
                taken_over += 1
            holder, whose = after, backend
        assert holder == ""
    assert taken_over <= THREADS, "what the worker that was killed had in its hands"
    assert "turn taken over" not in house.faro.output, "nobody ended a turn that had been given to another"


def test_people_were_answered_beside_each_other(house: House) -> None:
    """Four workers would be no use if a lock let one turn through at a time."""
    events = house.rows("select (case when after <> '' then 1 else -1 end) from lease_log order by number")
    held = most = 0
    for (step,) in events:
        held += step
        most = max(most, held)
    assert most >= 4


def test_all_replicas_took_part(house: House) -> None:
    turns = Counter(re.findall(r"^(worker-\d) *\| \S+ INFO +faro\.turn +turn ", house.faro.output, flags=re.M))
    assert set(turns) == {f"worker-{number}" for number in range(1, WORKERS + 1)}
    for kind, number in (("web", WEB), ("rasa", RASAS)):
        for name in (f"{kind}-{n}" for n in range(1, number + 1)):
            assert re.search(rf"^{name} *\| ", house.faro.output, flags=re.M)
    assert len(house.connected) == RASAS
    assert min(house.connected) > 0, "workers keep connections to each Rasa that they use"


def _connections_to(pid: int) -> int:
    """Open TCP connections of a process that somebody made to it."""
    inodes = set()
    for link in Path(f"/proc/{pid}/fd").iterdir():
        try:
            target = str(link.readlink())
        except OSError:
            continue
        inodes.add(target)
    return sum(1 for inode in _established() if f"socket:[{inode}]" in inodes)


def _established() -> set[str]:
    lines = Path("/proc/net/tcp").read_text(encoding="ascii").splitlines()[1:]
    return {fields[9] for fields in map(str.split, lines) if fields[3] == "01"}


def test_what_was_killed_is_back_and_readyz_counts_all_of_them(house: House) -> None:
    assert house.killed == ["worker", "rasa"]
    died = set(re.findall(r"^(\w+)-\d died \(signal SIGKILL\)", house.faro.output, flags=re.M))
    assert died == {"worker", "rasa"}
    assert "rasa does not answer" in house.faro.output
    parts = eventually(
        lambda: (found := house.readyz())["rasa_ready"] == RASAS and found, seconds=90, what="both Rasas are ready"
    )
    assert (parts["rasa_replicas"], parts["ready"]) == (RASAS, True)
    # The one that was killed could not say that it ended: for a minute it still counts.
    assert WORKERS <= parts["workers"] <= WORKERS + 1


def test_a_message_to_one_web_process_is_seen_at_the_other(house: House) -> None:
    person = Person(house.faro.url)
    assert person.post("¿dónde hay un hospital?").status_code == 202
    cookies = {cookie.name: cookie.value or "" for cookie in person.client.cookies.jar}
    port = urlsplit(house.faro.url).port or 0
    with httpx.Client(base_url=f"http://127.0.0.1:{port + 1}", trust_env=False, cookies=cookies, timeout=30) as other:
        end = time.monotonic() + 20
        heard: list[str] = []
        while not heard and time.monotonic() < end:
            found = other.get("/chat/messages", params={"after": 0, "wait": 1}).json()
            heard = [message["text"] for message in found["messages"] if message["from"] == "faro"]
    assert heard and "hospital" in heard[0].lower()
    person.close()
