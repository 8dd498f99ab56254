"""One fault after the other, on SQLite and on PostgreSQL, under people who go on writing.

After each: every message that was accepted has exactly one answer, in order, nobody is stuck (tests/processes/lab.py), and
/readyz said what was wrong while it was. `make faults` does the same for minutes each.
"""

from __future__ import annotations

import os
import signal
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest

from tests.processes import disk, postgres
from tests.processes.lab import File, Lab, frozen, lab
from tests.processes.people import Look
from tests.processes.postgres import Server
from tests.processes.provider import Weather
from tests.processes.running import Person, eventually

pytestmark = pytest.mark.processes

#: Megabytes: a database of a few hundred messages; a new server of PostgreSQL with its journal.
SIZES = {"sqlite": 24, "postgresql": 160}


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def house(model: None, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """A Faro that is harmed by one test after the other; its database is on a small disk where there can be one."""
    if request.param == "postgresql" and (why := postgres.missing()):
        pytest.skip(why)
    with ExitStack() as stack:
        # Not among pytest's folders: those are for one user, and PostgreSQL refuses root.
        own = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="faro-faults-")))
        own.chmod(0o711)
        small = not disk.missing(own)
        place = stack.enter_context(disk.disk(own / "disk", SIZES[request.param])) if small else own
        server = stack.enter_context(postgres.server(place)) if request.param == "postgresql" else None
        made = stack.enter_context(lab(tmp_path_factory.mktemp(request.param), server or File(place)))
        made.disk = place if small else None
        made.wait_ready()
        yield made


def test_processes_that_die_and_that_are_ended_are_replaced_and_nobody_is_forgotten(house: Lab) -> None:
    if isinstance(house.database, File):
        pytest.skip("on a file: test_channel_faults.py")
    house.unsure += 3  # what was on its way when the worker died
    with house.people():
        killed = house.faro.kill("worker")
        ended = house.faro.children()["web"]
        os.kill(ended, signal.SIGTERM)
        house.faro.wait_restarted("worker", killed)
        house.faro.wait_restarted("web", ended)
        house.faro.wait_restarted("actions", house.faro.kill("actions"))
    house.wait_ready()


def test_a_crowd_hears_within_ten_seconds_that_rasa_hangs(house: Lab) -> None:
    everybody = [Person(house.faro.url) for _ in range(12)]
    with house.people(phones=2, pages=0) as stream:
        with frozen(house.faro.children()["rasa"]):
            begun = time.monotonic()
            for person in everybody:
                assert person.post("¿dónde hay un hospital?").status_code == httpx.codes.ACCEPTED
                house.said["crowd"] += 1
            for person in everybody:
                _listen(person)
            assert time.monotonic() - begun < 10
            stream.wait_for(lambda look: look.parts.get("workers_without_rasa") == 1, "what the worker finds is said")
        stream.wait_for(lambda look: look.status == httpx.codes.OK, "it is over", seconds=30)
    assert all("911" in person.heard[0]["text"] for person in everybody)
    assert stream.said(lambda look: look.parts.get("rasa") is False)
    for person in everybody:
        person.close()


@pytest.mark.parametrize("name", ["worker", "web"])
def test_a_process_that_stands_still_goes_on_where_it_was(house: Lab, name: str) -> None:
    house.unsure += 8  # deliveries that stood still longer than their time limit
    with house.people(), frozen(house.faro.children()[name]):
        time.sleep(3)


def test_a_database_that_is_away_is_said_and_nothing_that_was_accepted_is_lost(house: Lab) -> None:
    if not isinstance(house.database, Server):
        pytest.skip("a file is never away; the disk that is full comes below")
    server = house.database
    house.unsure += 8
    with house.people() as stream:
        server.terminate_connections()
        time.sleep(1)
        server.wire.cut()
        stream.wait_for(_database_is_away, "a server that says nothing is said to be away")
        server.wire.mend()
        server.stop()
        eventually(lambda: stream.refusals or None, seconds=10, what="a browser is refused")
        server.start()
    assert all("911" in refused.json()["error"] for refused in stream.refusals)
    house.wait_ready()


def test_a_disk_that_is_full_is_said_and_nothing_that_was_accepted_is_lost(house: Lab, tmp_path: Path) -> None:
    if house.disk is None:
        pytest.skip(disk.missing(tmp_path))
    with house.people() as stream:
        with disk.filled(house.disk):
            eventually(lambda: len(stream.refusals) > 2 or None, seconds=30, what="a browser is refused")
        if isinstance(house.database, Server):
            house.database.revive()  # without room for its journal a server of PostgreSQL ends; what watches it starts it
    assert all("911" in refused.json()["error"] for refused in stream.refusals)
    house.wait_ready()


def test_an_api_that_is_down_or_answers_nonsense_delays_answers_and_loses_none(house: Lab) -> None:
    if isinstance(house.database, Server):
        pytest.skip("the database has no part in it: on a file alone")
    house.unsure += 60
    with house.people(
        phones=2
    ):  # three in doubt at once are a doubtful channel, which rests: tests/conversations/test_doubt.py
        for weather in (Weather.DOWN, Weather.ERRORS, Weather.CUT, Weather.TRUNCATED, Weather.NONSENSE):
            house.provider.weather = weather
            time.sleep(1.5)
        house.provider.weather = Weather.FAIR


def test_content_that_is_broken_while_it_runs_is_said_and_the_last_good_copy_is_given(house: Lab) -> None:
    if isinstance(house.database, Server):
        pytest.skip("the database has no part in it: on a file alone")
    file = house.faro.content / "interface.yml"
    good = file.read_bytes()
    house.unsure += 3
    with house.people(phones=1) as stream:
        try:
            file.write_bytes(good[: len(good) // 2])
            stream.wait_for(lambda look: look.parts.get("content") is False, "the content is said to be broken")
            killed = house.faro.kill("worker"), house.faro.kill("web")
            house.faro.wait_restarted("worker", killed[0])
            house.faro.wait_restarted("web", killed[1])
            page = eventually(lambda: _page(house), seconds=20, what="the page is there though the content is broken")
            assert "911" in page
        finally:
            file.write_bytes(good)
        stream.wait_for(lambda look: look.parts.get("content") is True, "and mended")
    house.wait_ready()


def _page(house: Lab) -> str:
    try:
        return httpx.get(f"{house.faro.url}/guide/es", timeout=5, trust_env=False).text
    except httpx.HTTPError:
        return ""


def _listen(person: Person) -> None:
    eventually(lambda: (person.poll(5), person.heard)[1] or None, seconds=15, what="somebody hears something")


def _database_is_away(look: Look) -> bool:
    return look.parts.get("database") is False
