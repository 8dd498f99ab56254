"""Several Rasas behind one door: who gets a turn, who is passed over, and who is asked again."""

from __future__ import annotations

import json
import logging
import socket
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from bot.conversations.rasa_addresses import RasaAddresses
from bot.conversations.rasa_client import RasaState
from bot.conversations.rasa_pool import FAIL_OVER, RESTS, RasaPool
from bot.errors import RasaMisbehaved, RasaUnavailable
from bot.words import Kind, Outgoing, TurnReply, TurnRequest
from tests.conversations.test_rasa_client import REPLY

REQUEST = TurnRequest(contact="c", message="1", kind=Kind.TEXT, text="hola")
ANSWER = TurnReply("greet", "es", 0.9, safety=False, answers=(Outgoing("Hola"),))


class Clock:
    """Seconds that a test lets pass."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


class Rasa:
    """A replica that answers, or raises what it is told to."""

    def __init__(self, clock: Clock, *, error: Exception | None = None, takes: float = 0.0) -> None:
        self.clock, self.error, self.takes = clock, error, takes
        self.turns = 0
        self.state = RasaState(ready=True, model="faro-1")

    def take(self, request: TurnRequest) -> TurnReply:
        assert request == REQUEST
        self.turns += 1
        self.clock.now += self.takes
        if self.error is not None:
            raise self.error
        return ANSWER

    def look(self) -> RasaState:
        return self.state

    def close(self) -> None:
        self.turns = -1


@pytest.fixture
def clock() -> Clock:
    return Clock()


def _pool(clock: Clock, *rasas: Rasa) -> RasaPool:
    return RasaPool({f"rasa-{number}": one for number, one in enumerate(rasas, start=1)}, clock=clock)


def test_turns_are_shared_equally(clock: Clock) -> None:
    rasas = [Rasa(clock) for _ in range(3)]
    pool = _pool(clock, *rasas)
    for _ in range(9):
        assert pool.take(REQUEST) == ANSWER
    assert [one.turns for one in rasas] == [3, 3, 3]


def test_whoever_has_fewer_turns_at_the_moment_gets_the_next(clock: Clock) -> None:
    inside, go_on = threading.Semaphore(0), threading.Event()

    class Busy(Rasa):
        def take(self, request: TurnRequest) -> TurnReply:
            inside.release()
            assert go_on.wait(10)
            return super().take(request)

    busy, free = Busy(clock), Rasa(clock)
    pool = _pool(clock, busy, free)
    with ThreadPoolExecutor(1) as beside:
        held = beside.submit(pool.take, REQUEST)
        assert inside.acquire(timeout=10)
        for _ in range(5):
            pool.take(REQUEST)
        assert (busy.turns, free.turns) == (0, 5)
        go_on.set()
        assert held.result(10) == ANSWER


@pytest.mark.parametrize("error", ["ConnectError", "ReadError", "HTTP 503"])
def test_one_that_does_not_answer_costs_the_turn_nothing_and_is_left_alone(
    clock: Clock, error: str, caplog: pytest.LogCaptureFixture
) -> None:
    gone, well = Rasa(clock, error=RasaUnavailable(error)), Rasa(clock)
    pool = _pool(clock, gone, well)
    with caplog.at_level(logging.INFO, "faro.rasa_pool"):
        for _ in range(10):
            assert pool.take(REQUEST) == ANSWER
    assert (gone.turns, well.turns) == (1, 10)
    (line,) = [record for record in caplog.records if record.message == "rasa does not answer"]
    assert (line.__dict__["replica"], line.__dict__["error"]) == ("rasa-1", error)


def test_it_is_asked_again_after_a_rest_that_grows_and_shares_the_turns_once_it_answers(
    clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    gone, well = Rasa(clock, error=RasaUnavailable("ConnectError")), Rasa(clock)
    pool = _pool(clock, gone, well)
    for number, rest in enumerate((*RESTS, RESTS[-1]), start=1):
        pool.take(REQUEST)
        assert gone.turns == number
        clock.now += rest - 0.01
        pool.take(REQUEST)
        assert gone.turns == number
        clock.now += 0.02
    gone.error, gone.turns, well.turns = None, 0, 0
    with caplog.at_level(logging.INFO, "faro.rasa_pool"):
        for _ in range(10):
            pool.take(REQUEST)
    assert {gone.turns, well.turns} == {5}
    assert [record.message for record in caplog.records] == ["rasa does not answer", "rasa answers again"]


def test_one_that_may_be_back_gets_a_single_turn_at_a_time(clock: Clock) -> None:
    """Where it hangs, one person waits for it and not everybody."""
    inside, go_on = threading.Semaphore(0), threading.Event()

    class Hangs(Rasa):
        hanging = False

        def take(self, request: TurnRequest) -> TurnReply:
            if self.hanging:
                inside.release()
                assert go_on.wait(10)
            return super().take(request)

    gone, well = Hangs(clock, error=RasaUnavailable("ReadTimeout")), Rasa(clock)
    pool = _pool(clock, gone, well)
    pool.take(REQUEST)
    clock.now += RESTS[0]
    gone.hanging = True
    with ThreadPoolExecutor(1) as beside:
        probe = beside.submit(pool.take, REQUEST)
        assert inside.acquire(timeout=10)
        for _ in range(5):
            pool.take(REQUEST)
        assert gone.turns == 1
        go_on.set()
        assert probe.result(10) == ANSWER


def test_after_a_time_out_the_turn_is_not_made_longer_and_the_next_one_goes_elsewhere(clock: Clock) -> None:
    slow, well = Rasa(clock, error=RasaUnavailable("ReadTimeout"), takes=FAIL_OVER + 0.1), Rasa(clock)
    pool = _pool(clock, slow, well)
    with pytest.raises(RasaUnavailable, match="ReadTimeout"):
        pool.take(REQUEST)
    assert well.turns == 0
    assert pool.take(REQUEST) == ANSWER
    assert (slow.turns, well.turns) == (1, 1)


def test_a_message_that_rasa_fails_at_is_not_carried_through_all_of_them(clock: Clock) -> None:
    rasas = [Rasa(clock, error=RasaUnavailable("HTTP 500", answered=True)) for _ in range(3)]
    pool = _pool(clock, *rasas)
    with pytest.raises(RasaUnavailable, match="HTTP 500"):
        pool.take(REQUEST)
    assert [one.turns for one in rasas] == [1, 0, 0]
    for one in rasas:
        one.error = None
    for _ in range(3):
        pool.take(REQUEST)
    assert [one.turns for one in rasas] == [2, 1, 1], "nobody rests for it"


def test_nonsense_is_told_and_leaves_nobody_busy(clock: Clock) -> None:
    odd, well = Rasa(clock, error=RasaMisbehaved("KeyError")), Rasa(clock)
    pool = _pool(clock, odd, well)
    with pytest.raises(RasaMisbehaved):
        pool.take(REQUEST)
    odd.error = None
    for _ in range(4):
        pool.take(REQUEST)
    assert (odd.turns, well.turns) == (3, 2)


def test_when_nobody_answers_all_are_asked_and_the_turn_fails(clock: Clock) -> None:
    rasas = [Rasa(clock, error=RasaUnavailable("ConnectError")) for _ in range(3)]
    pool = _pool(clock, *rasas)
    for number in (1, 2):  # also while all of them rest: one may be back
        with pytest.raises(RasaUnavailable):
            pool.take(REQUEST)
        assert [one.turns for one in rasas] == [number] * 3
    rasas[1].error = None
    assert pool.take(REQUEST) == ANSWER


def test_how_they_are_together(clock: Clock) -> None:
    rasas = [Rasa(clock) for _ in range(3)]
    pool = _pool(clock, *rasas)
    assert pool.look() == RasaState(ready=True, model="faro-1", replicas=3)
    assert pool.look().answering == 3
    rasas[0].state = RasaState(ready=False)
    assert pool.look() == RasaState(ready=True, model="faro-1", replicas=3, away=1)
    assert (pool.look().answering, pool.ready()) == (2, True)
    for one in rasas:
        one.state = RasaState(ready=False)
    assert (pool.look().ready, pool.look().answering, pool.look().replicas) == (False, 0, 3)
    assert not pool.ready()


def test_one_alone_is_asked_every_time(clock: Clock) -> None:
    alone = Rasa(clock, error=RasaUnavailable("ConnectError"))
    pool = _pool(clock, alone)
    for number in (1, 2, 3):
        with pytest.raises(RasaUnavailable):
            pool.take(REQUEST)
        assert alone.turns == number
    assert (pool.look(), pool.look().answering) == (RasaState(ready=True, model="faro-1"), 1)
    pool.close()
    assert alone.turns == -1


# ---- those that come and go -------------------------------------------------------------------------------------------


def test_whoever_comes_shares_the_turns_and_whoever_left_gets_no_more(clock: Clock) -> None:
    made: dict[str, Rasa] = {}

    def make(url: str) -> Rasa:
        made[url] = Rasa(clock)
        return made[url]

    first = Rasa(clock)
    pool = RasaPool({"rasa:5005": first}, make=make, clock=clock)
    pool.renew(["http://10.0.0.1:5005", "http://10.0.0.2:5005"])
    assert first.turns == -1, "its connections are closed"
    for _ in range(4):
        pool.take(REQUEST)
    pool.renew(["http://10.0.0.2:5005", "http://10.0.0.3:5005"])
    assert [one.turns for one in made.values()] == [-1, 2, 0]
    for _ in range(4):
        pool.take(REQUEST)
    assert [one.turns for one in made.values()] == [-1, 4, 2]
    assert pool.look().replicas == 2


def test_whoever_left_in_the_middle_of_a_turn_ends_it_first(clock: Clock) -> None:
    inside, go_on = threading.Event(), threading.Event()

    class Busy(Rasa):
        def take(self, request: TurnRequest) -> TurnReply:
            inside.set()
            assert go_on.wait(10)
            assert self.turns == 0, "its connections are still open"
            return super().take(request)

    busy = Busy(clock)
    pool = RasaPool({"old:5005": busy}, make=lambda _: Rasa(clock), clock=clock)
    with ThreadPoolExecutor(1) as beside:
        held = beside.submit(pool.take, REQUEST)
        assert inside.wait(10)
        pool.renew(["http://10.0.0.1:5005"])
        go_on.set()
        assert held.result(10) == ANSWER
    assert busy.turns == -1


def test_behind_a_name_there_is_one_rasa_for_each_address() -> None:
    answers: dict[str, list[tuple[int, str]]] = {
        "rasa": [(socket.AF_INET, "10.0.0.2"), (socket.AF_INET6, "fd00::2"), (socket.AF_INET, "10.0.0.1")],
        "six": [(socket.AF_INET6, "fd00::1")],
    }

    def look_up(host: str, port: int, *, type: int) -> list[Any]:
        if host not in answers:
            raise socket.gaierror(socket.EAI_NONAME, "unknown")
        return [(family, type, 6, "", (address, port)) for family, address in answers[host]]

    urls = ["http://rasa:5005", "http://six", "http://127.0.0.1:5005", "https://rasa:5006", "http://nowhere:5005"]
    addresses = RasaAddresses(urls, look_up=look_up)
    assert addresses.may_change and addresses.known() == tuple(urls)
    assert addresses.look() == (
        "http://10.0.0.1:5005",
        "http://10.0.0.2:5005",
        "http://[fd00::1]:80",
        "http://127.0.0.1:5005",
        "https://rasa:5006",
        "http://nowhere:5005",
    )
    answers["rasa"] = [(socket.AF_INET, "10.0.0.9")]
    del answers["six"]  # a name server that is away for a moment
    assert addresses.look()[:2] == ("http://10.0.0.9:5005", "http://[fd00::1]:80")


@pytest.mark.parametrize("url", ["http://127.0.0.1:5005", "http://[::1]:5005", "http://localhost:5005", "https://rasa"])
def test_an_address_is_looked_up_no_further(url: str) -> None:
    assert not RasaAddresses([url]).may_change


# ---- over HTTP -----------------------------------------------------------------------------------------------------------

Serve = Callable[[], tuple[ThreadingHTTPServer, list[str]]]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Servers that answer turns."""
    servers: list[ThreadingHTTPServer] = []

    def start() -> tuple[ThreadingHTTPServer, list[str]]:
        seen: list[str] = []

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                self.rfile.read(int(self.headers["Content-Length"]))
                seen.append(self.path)
                self._say(REPLY)

            def do_GET(self) -> None:
                self._say({"ready": True, "model": "faro-1"})

            def _say(self, data: object) -> None:
                body = json.dumps(data).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return server, seen

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def test_over_http_many_threads_lose_no_turn_when_one_is_gone(serve: Serve) -> None:
    started = [serve() for _ in range(2)]
    urls = [f"http://127.0.0.1:{server.server_port}" for server, _ in started]
    pool = RasaPool.at([*urls, "http://127.0.0.1:9"], "s" * 40)
    with ThreadPoolExecutor(8) as many:
        replies = [one.result(30) for one in [many.submit(pool.take, REQUEST) for _ in range(80)]]
    assert Counter(reply.topic for reply in replies) == {"greet": 80}
    assert all(len(seen) > 20 for _, seen in started)
    assert pool.look() == RasaState(ready=True, model="faro-1", replicas=3, away=1)
    pool.close()


def test_a_password_in_an_address_is_in_no_name() -> None:
    pool = RasaPool.at(["http://somebody:password@127.0.0.1:9", "http://127.0.0.1"], "s" * 40)
    assert [place.name for place in pool._places] == ["127.0.0.1:9", "127.0.0.1"]
    pool.close()
