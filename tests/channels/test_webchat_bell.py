"""The bell: open polls are woken, whatever the database does, and cost nothing while they wait."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable

import pytest
from django.db import OperationalError, connections
from django.test import AsyncClient

from bot.channels.webchat import bell as bells
from bot.channels.webchat.bell import Bell, Written
from tests.channels.webchat import Visitor

EVERY = 0.01


class Desk:
    """What was written, as a look sees it; counts the looks."""

    def __init__(self) -> None:
        self.rows: list[Written] = []
        self.looks = 0
        self.closed = threading.Event()
        self.failing = False

    def look(self, after: int) -> list[Written]:
        self.looks += 1
        if self.failing:
            raise OperationalError("server closed the connection")
        return [row for row in self.rows if row[1] > after]

    def bell(self) -> Bell:
        return Bell(self.look, every=EVERY, close=self.closed.set)


def run(scenario: Callable[[Desk, Bell], Awaitable[None]]) -> Desk:
    desk = Desk()

    async def main() -> None:
        await asyncio.wait_for(scenario(desk, desk.bell()), 20)

    asyncio.run(main())
    return desk


def test_a_poll_is_woken_by_what_is_written_to_it() -> None:
    async def scenario(desk: Desk, bell: Bell) -> None:
        with bell.listening("ana", after=5) as ana, bell.listening("luis", after=5) as luis:
            asyncio.get_running_loop().call_later(0.05, desk.rows.append, ("ana", 6))
            assert await ana.heard(5)
            assert not await luis.heard(0.05)

    run(scenario)


def test_what_was_written_before_the_first_look_still_rings() -> None:
    async def scenario(desk: Desk, bell: Bell) -> None:
        desk.rows.append(("ana", 6))
        with bell.listening("ana", after=5) as waiter:
            assert await waiter.heard(5)
        with bell.listening("ana", after=6) as waiter:
            assert not await waiter.heard(0.05)

    run(scenario)


def test_a_message_that_appears_behind_a_newer_one_still_rings() -> None:
    async def scenario(desk: Desk, bell: Bell) -> None:
        desk.rows.append(("luis", 1000))
        with bell.listening("ana", after=5) as waiter:
            assert not await waiter.heard(0.05)
            desk.rows.append(("ana", 990))  # its transaction began earlier and ended later
            assert await waiter.heard(5)

    run(scenario)


def test_five_hundred_polls_cost_as_many_looks_as_one() -> None:
    async def scenario(desk: Desk, bell: Bell) -> None:
        async def poll(number: int) -> bool:
            with bell.listening(f"person {number}", after=0) as waiter:
                return await waiter.heard(0.3)

        assert not any(await asyncio.gather(*(poll(number) for number in range(500))))

    assert 3 <= run(scenario).looks <= 40


def test_nobody_looks_when_nobody_waits_and_the_connection_is_closed() -> None:
    async def scenario(desk: Desk, bell: Bell) -> None:
        with bell.listening("ana", after=0) as waiter:
            await waiter.heard(0.05)
        await asyncio.sleep(5 * EVERY)
        before = desk.looks
        await asyncio.sleep(10 * EVERY)
        assert desk.looks == before > 0
        assert await asyncio.to_thread(desk.closed.wait, 5)
        desk.rows.append(("ana", 1))
        with bell.listening("ana", after=0) as waiter:
            assert await waiter.heard(5)

    run(scenario)


def test_an_error_of_the_database_ends_neither_the_bell_nor_the_wait(caplog: pytest.LogCaptureFixture) -> None:
    async def scenario(desk: Desk, bell: Bell) -> None:
        desk.failing = True
        with bell.listening("ana", after=0) as waiter:
            start = time.monotonic()
            assert not await waiter.heard(0.1)
            assert time.monotonic() - start < 8
            desk.failing = False
            desk.rows.append(("ana", 1))
            assert await waiter.heard(5)

    run(scenario)
    warnings = [record for record in caplog.records if record.name == "faro.bell"]
    assert [record.getMessage() for record in warnings] == ["bell cannot look"]  # once, not five times a second
    assert "closed the connection" not in caplog.text


def test_a_database_that_hangs_does_not_hold_a_poll() -> None:
    async def scenario(desk: Desk, bell: Bell) -> None:
        release = threading.Event()

        def hang(_after: int) -> list[Written]:
            release.wait(10)
            return []

        bell = Bell(hang, every=EVERY, close=desk.closed.set)
        start = time.monotonic()
        with bell.listening("ana", after=0) as waiter:
            assert not await waiter.heard(0.1)
        assert time.monotonic() - start < 8
        release.set()

    run(scenario)


@pytest.mark.django_db(transaction=True)
def test_an_open_poll_gets_its_answer_from_the_database_and_not_that_of_others() -> None:
    visitor, other = Visitor(), Visitor()
    for one in (visitor, other):
        one.page()
        one.say("hola")
    cursor, others = visitor.poll()["messages"][-1]["n"], other.poll()["messages"][-1]["n"]

    def answer() -> None:
        try:
            visitor.answer("Es gratis.")
        finally:
            connections.close_all()

    async def poll(who: Visitor, after: int, wait: int) -> tuple[list[str], float]:
        client = AsyncClient()
        client.cookies = who.client.cookies
        start = time.monotonic()
        response = await client.get("/chat/messages", {"after": after, "wait": wait})
        return [message["text"] for message in response.json()["messages"]], time.monotonic() - start

    async def scenario() -> None:
        open_polls = asyncio.gather(poll(visitor, cursor, 10), poll(other, others, 2))
        await asyncio.sleep(0.3)
        await asyncio.to_thread(answer)
        (mine, waited), (theirs, full) = await open_polls
        assert mine == ["Es gratis."] and waited < 5
        assert theirs == [] and 2 <= full < 5
        await asyncio.sleep(2 * bells.EVERY)

    asyncio.run(scenario())
