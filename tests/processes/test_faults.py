"""Processes that die, in the middle of things: nobody is forgotten, nobody is answered twice."""

from __future__ import annotations

import os
import signal
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.processes.running import Faro, Person, eventually, running

pytestmark = pytest.mark.processes


@pytest.fixture
def own(model: None, tmp_path: Path) -> Iterator[Faro]:
    """A Faro of one's own, to be harmed."""
    with running(tmp_path) as started:
        yield started


def rows(faro: Faro, query: str) -> list[tuple[object, ...]]:
    database = sqlite3.connect(faro.folder / "var" / "faro.sqlite3")
    try:
        return database.execute(query).fetchall()
    finally:
        database.close()


def test_rasa_killed_people_hear_it_within_ten_seconds_and_get_answers_again(own: Faro) -> None:
    person = Person(own.url)
    person.ask("hola")
    own.kill("rasa")
    begun = time.monotonic()
    person.ask("¿dónde hay un hospital?", seconds=12)
    assert time.monotonic() - begun < 10
    assert "911" in person.heard[-1]["text"], "the honest sentence carries the emergency number"
    eventually(
        lambda: ("https" and "hospital" in person.ask("¿dónde hay un hospital?")["text"].lower()) or None,
        seconds=60,
        what="answers after the restart",
    )
    assert "rasa died (signal SIGKILL)" in own.output
    person.close()


def test_worker_killed_under_a_stream_every_message_is_answered_once_and_in_order(own: Faro) -> None:
    people = [Person(own.url) for _ in range(6)]
    sent = 0
    for round_ in range(8):
        for person in people:
            assert person.post("¿dónde hay un hospital?").status_code == 202
            sent += 1
        if round_ in (2, 5):
            own.wait_restarted("worker", own.kill("worker"))
    waiting = "select count(*) from conversations_message where state = 'waiting'"
    eventually(lambda: rows(own, waiting) == [(0,)] or None, seconds=90, what="every message is answered")
    answered = "select count(*) from conversations_message where direction = 'in' and state = 'answered'"
    assert rows(own, answered) == [(sent,)]
    first = "from conversations_message where provider_id like 'answer:%:0'"
    answers = f"select answers_id, count(*) {first} group by answers_id"
    assert {number for _, number in rows(own, answers)} == {1}
    assert len(rows(own, answers)) == sent
    for (contact,) in rows(own, "select id from conversations_contact"):
        answered_in = [
            row[0] for row in rows(own, f"select answers_id {first} and contact_id = '{contact}' order by id")
        ]
        assert answered_in == sorted(answered_in)  # type: ignore[type-var]
    for person in people:
        person.close()


def test_web_killed_after_accepting_the_answer_is_there_when_it_is_back(own: Faro) -> None:
    person = Person(own.url)
    assert person.post("¿dónde hay un hospital?").status_code == 202
    own.kill("web")

    def heard() -> bool:
        try:
            person.poll()
        except Exception:
            return False
        return bool(person.heard)

    eventually(heard, seconds=30, what="the answer after the restart of web")
    assert "hospital" in person.heard[0]["text"].lower()
    person.close()


def test_actions_killed_nobody_is_left_in_silence(own: Faro) -> None:
    person = Person(own.url)
    person.ask("hola")
    own.kill("actions")
    answer = person.ask("quiero hablar con una persona, por favor", seconds=15)
    assert answer["text"].strip()
    person.close()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_stop_ends_every_child_cleanly(model: None, tmp_path: Path, number: int) -> None:
    faro = Faro(tmp_path)
    faro.wait_ready()
    children = faro.children()
    assert set(children) == {"rasa", "actions", "web", "worker"}
    faro.signal(number)
    assert faro.wait() == 0
    faro.stop()
    for name, pid in children.items():
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)
            raise AssertionError(f"{name} is still running")
    assert "Faro has stopped." in faro.output
    assert "died" not in faro.output


def test_when_the_supervisor_is_killed_its_children_end(model: None, tmp_path: Path) -> None:
    faro = Faro(tmp_path)
    faro.wait_ready()
    children = faro.children()
    faro.signal(signal.SIGKILL)
    faro.wait()
    faro.stop()

    def gone() -> bool:
        return not any(Path(f"/proc/{pid}").exists() for pid in children.values()) if Path("/proc").exists() else True

    eventually(gone, seconds=25, what="children without a parent end")
