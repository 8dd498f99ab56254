"""The loop that fetches: nothing is confirmed before it is stored, one process polls, and faults are waited out or told."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta

import pytest
from django.db import DataError, OperationalError, connection
from django.utils import timezone

from bot.answers.library import Library
from bot.channels.telegram import polling as polling_module
from bot.channels.telegram.courtesies import Courtesies
from bot.channels.telegram.lease import HELD, Lease
from bot.channels.telegram.line import Line as Wire
from bot.channels.telegram.polling import Polling
from bot.conversations.models import Line
from bot.words import Event, Incoming
from tests.channels.telegram.faro import now
from tests.channels.telegram.people import Person
from tests.channels.telegram.stand_in import BOT, SECOND_POLLER, WEBHOOK_ACTIVE, Fault, StandIn
from tests.conversations.conftest import Clock
from tests.logs import written

pytestmark = pytest.mark.django_db(transaction=True)


class Inbox:
    """Keeps what is stored, and fails as told."""

    def __init__(self) -> None:
        self.stored: list[Event] = []
        self.failures: list[Exception] = []
        self.poison = ""

    def put_now(self, events: Sequence[Event]) -> None:
        if self.failures:
            raise self.failures.pop(0)
        if self.poison and any(isinstance(one, Incoming) and one.text == self.poison for one in events):
            raise DataError("value too long")
        self.stored += events

    @property
    def texts(self) -> list[str]:
        return [one.text for one in self.stored if isinstance(one, Incoming)]


Begin = Callable[..., Polling]


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(polling_module, "BACK_OFF", (0.05, 0.1))
    monkeypatch.setattr(polling_module, "ALARMED", 0.1)
    monkeypatch.setattr(polling_module, "STAND_BY", 0.05)
    monkeypatch.setattr(polling_module, "LOOK", 0.02)
    monkeypatch.setattr(polling_module, "RENEW", 0.1)


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


@pytest.fixture
def begin(line: Wire, library: Library, inbox: Inbox) -> Iterator[Begin]:
    """Starts a poller in a thread; all end with the test."""
    stop, threads = threading.Event(), []

    def one(
        bot: str = str(BOT["id"]), first: Callable[[], None] = lambda: None, clock: Callable[[], datetime] = now
    ) -> Polling:
        poller = Polling(
            line,
            bot=bot,
            library=library,
            intake=inbox,  # type: ignore[arg-type]
            courtesies=Courtesies(line, str),
            clock=clock,
            first=first,
        )

        def run() -> None:
            while not stop.is_set():
                try:
                    poller(stop)
                except OperationalError:
                    stop.wait(0.05)  # as the worker's loop does
            connection.close()

        threads.append(threading.Thread(target=run))
        threads[-1].start()
        return poller

    yield one
    stop.set()
    for thread in threads:
        thread.join(10)


def test_a_clock_that_is_two_days_ahead_loses_nothing(
    begin: Begin, telegram: StandIn, ana: Person, inbox: Inbox
) -> None:
    ana.say("hola")
    begin(clock=lambda: now() + timedelta(days=2))
    telegram.wait(lambda: inbox.stored, "stored")
    assert [event.text for event in inbox.stored if isinstance(event, Incoming)] == ["hola"]


def test_what_came_is_confirmed_only_when_it_is_stored(
    begin: Begin, telegram: StandIn, ana: Person, inbox: Inbox
) -> None:
    inbox.failures = [OperationalError("the database restarts")] * 2
    update = ana.say("hola")
    begin()
    telegram.wait(lambda: inbox.stored, "stored")
    telegram.wait(lambda: not telegram.updates, "confirmed")
    asked = telegram.polls
    assert asked[:3] == [0, 0, 0]
    assert asked[3] == update["update_id"] + 1
    assert inbox.texts == ["hola"]


def test_a_number_that_telegram_begins_anew_is_not_thrown_away(
    begin: Begin, telegram: StandIn, ana: Person, inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a quiet week the numbers begin anew, perhaps lower: whoever goes on with the old offset loses what waits."""
    monkeypatch.setattr(polling_module, "POLL", 0)
    ana.say("hoy")
    begin()
    telegram.wait(lambda: inbox.texts == ["hoy"] and not telegram.updates, "confirmed")
    telegram.wait(lambda: telegram.polls[-1] == 0, "nothing is left to confirm")
    telegram.bring(ana.message(text="en una semana") | {"update_id": 17})
    telegram.wait(lambda: inbox.texts == ["hoy", "en una semana"], "stored")


def test_another_bot_does_not_inherit_the_offset_nor_a_poller_of_long_ago(clock: Clock) -> None:
    clock.now = timezone.now()
    first = Lease("111", clock=clock)
    assert first.take()
    first.confirm(9_000)
    first.release()
    same = Lease("111", clock=clock)
    assert same.take()
    assert same.offset() == 9_000
    same.release()
    other = Lease("222", clock=clock)
    assert other.take()
    assert other.offset() == 0
    other.confirm(50)
    clock.forward(days=2)
    assert Lease("222", clock=clock).take()
    assert other.offset() == 0


def test_one_process_polls_and_another_takes_over_when_it_dies(clock: Clock) -> None:
    clock.now = timezone.now()
    first, second = Lease("111", clock=clock), Lease("111", clock=clock)
    assert first.take()
    assert not second.take()
    clock.forward(seconds=HELD.total_seconds() - 1)
    assert first.take()  # renewed
    clock.forward(seconds=HELD.total_seconds() - 1)
    assert not second.take()
    clock.forward(seconds=2)
    assert second.take()
    assert not first.take()


def test_a_stop_lets_the_next_one_begin_at_once(clock: Clock) -> None:
    first, second = Lease("111", clock=clock), Lease("111", clock=clock)
    assert first.take()
    first.release()
    assert second.take()
    first.release()  # too late: it is not its own any more
    assert not first.take()


def test_a_clock_that_was_put_back_locks_nobody_out(clock: Clock) -> None:
    assert Lease("111", clock=clock).take()
    clock.forward(days=-2)
    assert Lease("111", clock=clock).take()


def test_two_pollers_of_one_house_never_meet(begin: Begin, telegram: StandIn, ana: Person, inbox: Inbox) -> None:
    begin()
    begin()
    for number in range(5):
        ana.say(f"n{number}")
        telegram.wait(lambda number=number: len(inbox.stored) > number, "stored")
    assert inbox.texts == [f"n{number}" for number in range(5)]
    assert Line.objects.get(pk="telegram").trouble == ""


def test_an_update_that_can_never_be_written_keeps_nobody_in_silence(
    begin: Begin, telegram: StandIn, ana: Person, inbox: Inbox
) -> None:
    inbox.poison = "poison"
    ana.say("uno")
    ana.say("poison")
    ana.say("tres")
    begin()
    telegram.wait(lambda: not telegram.updates and len(inbox.stored) == 2, "the others are stored")
    assert inbox.texts == ["uno", "tres"]


def test_what_has_no_number_cannot_be_confirmed_and_takes_nobody_with_it(
    begin: Begin, telegram: StandIn, ana: Person, inbox: Inbox
) -> None:
    telegram.fail("getUpdates", Fault(200, body=b'{"ok": true, "result": [{"message": 1}, 7, null, "x"]}'))
    telegram.fail("getUpdates", Fault(200, body=b'{"ok": true, "result": {"no": "list"}}'))
    ana.say("hola")
    begin()
    telegram.wait(lambda: inbox.texts == ["hola"], "stored")


@pytest.mark.parametrize(
    "trouble",
    [
        (Fault(401, "Unauthorized", times=2), "polling_token_refused"),
        (Fault(409, WEBHOOK_ACTIVE, times=2), "polling_webhook_set"),
        (Fault(409, SECOND_POLLER, times=2), "polling_second_poller"),
        (Fault(502, "Bad Gateway", times=4), "polling_away"),
    ],
    ids=lambda trouble: trouble[1],
)
def test_what_somebody_has_to_mend_is_told_until_it_is_mended(
    begin: Begin, telegram: StandIn, ana: Person, inbox: Inbox, trouble: tuple[Fault, str]
) -> None:
    fault, code = trouble
    telegram.fail("getUpdates", fault)
    with written() as log:
        begin()
        telegram.wait(lambda: Line.objects.filter(trouble=code, troubled_at__isnull=False).exists(), "told")
        ana.say("hola")
        telegram.wait(lambda: inbox.stored, "stored")
        telegram.wait(lambda: Line.objects.filter(trouble="").exists(), "it is mended")
    assert log.getvalue().count(f"error={code}") == 1


def test_the_trouble_of_deliveries_is_not_pollings_to_clear(
    begin: Begin, telegram: StandIn, ana: Person, inbox: Inbox
) -> None:
    Line.objects.create(pk="telegram", trouble="token_refused")
    ana.say("hola")
    begin()
    telegram.wait(lambda: inbox.stored, "stored")
    assert Line.objects.get().trouble == "token_refused"


@pytest.mark.parametrize(
    "fault",
    [
        Fault(500, "Internal Server Error", times=3),
        Fault(502, body=b"<html>Bad Gateway</html>", times=3),
        Fault(200, body=b"no json", times=3),
        Fault(429, "Too Many Requests: retry after 1", {"retry_after": 1}),
    ],
    ids=["500", "502", "no json", "429"],
)
def test_faults_that_pass_are_waited_out(
    begin: Begin, telegram: StandIn, ana: Person, inbox: Inbox, fault: Fault
) -> None:
    telegram.fail("getUpdates", fault)
    ana.say("hola")
    begun = time.monotonic()
    begin()
    telegram.wait(lambda: inbox.stored, "stored")
    assert time.monotonic() - begun >= fault.parameters.get("retry_after", 0)
    assert Line.objects.get(pk="telegram").trouble == ""


def test_exactly_the_kinds_that_faro_reads_are_asked_for(begin: Begin, telegram: StandIn, ana: Person) -> None:
    asked: list[object] = []
    telegram.fail("getUpdates", Fault(only=lambda called: bool(asked.append(called.parameters["allowed_updates"]))))
    ana.say("hola")
    begin()
    telegram.wait(lambda: asked, "asked")
    assert asked[0] == ["message", "edited_message", "callback_query", "my_chat_member"]


def test_a_stop_does_not_wait_for_the_end_of_a_poll(begin: Begin, telegram: StandIn) -> None:
    first: list[str] = []
    begin(first=lambda: first.append("done"))
    telegram.wait(lambda: telegram.polls, "polling")
    assert first == ["done"]
    # The fixture stops it; a poll lasts 25 s, and the test's own time limit is shorter than that for the thread.


def test_a_held_lease_is_in_the_future(begin: Begin, telegram: StandIn) -> None:
    begin()
    telegram.wait(lambda: telegram.polls, "polling")
    line = Line.objects.get(pk="telegram")
    assert line.poller.startswith(f"{BOT['id']}:")
    assert line.polled_until is not None and line.polled_until > timezone.now() + timedelta(seconds=5)
