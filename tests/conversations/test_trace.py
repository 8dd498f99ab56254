"""The id of what arrived goes on to its answers and their deliveries; what is counted of it says nothing about anybody."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta

import psycopg
import pytest
from django.db import DatabaseError, connection
from django.utils import timezone

from bot import trace
from bot.conversations import readings
from bot.conversations.accept import accept
from bot.conversations.addresses import AddressBook
from bot.conversations.claim import claim_next
from bot.conversations.deliver import deliver_next
from bot.conversations.intake import Intake
from bot.conversations.models import Message
from bot.conversations.turn import take_turn
from bot.errors import DeliveryError, RasaUnavailable, Remedy
from bot.watching import figures
from bot.words import SAFEGUARDING_TOPIC, Effect, EffectKind, Incoming, Kind
from tests.conversations.conftest import KEY, Clock, NamedPhrases, ScriptedRasa, reply
from tests.conversations.test_deliver import Recorder
from tests.logs import written


def _value(metric: object, *labels: str) -> float:
    return float(metric.labels(*labels)._value.get())  # type: ignore[attr-defined]


def _turn(rasa: ScriptedRasa, clock: Clock) -> None:
    claim = claim_next(now=clock.now)
    assert claim is not None
    take_turn(claim, rasa=rasa, phrases=NamedPhrases(), clock=clock)


@pytest.fixture
def door(clock: Clock) -> Iterator[Intake]:
    door = Intake(key=KEY, book=AddressBook(KEY, ["k" * 40]), clock=clock)
    yield door
    door.stop()


@pytest.mark.django_db(transaction=True)
def test_a_delivery_of_a_provider_has_one_id_and_one_line(door: Intake) -> None:
    said = [Incoming("telegram", "1", "u1", text="hola"), Incoming("telegram", "2", "u2", text="hello")]
    with written() as lines:
        door.put_now(said, trace="00112233445566ff")
        door.put_now(said[:1], trace="ffffffffffffffff")
    assert set(Message.objects.values_list("trace", flat=True)) == {"00112233445566ff"}
    told = lines.getvalue().splitlines()
    told = [line.rpartition("accepted  ")[2] for line in told if "accepted" in line]
    assert told == [
        "trace=00112233445566ff channel=telegram repeated=0 count=2",
        "trace=ffffffffffffffff channel=telegram repeated=1 count=0",
    ]


@pytest.mark.django_db(transaction=True)
def test_what_comes_without_an_id_gets_one(door: Intake) -> None:
    door.put_now([Incoming("telegram", "1", "u1", text="hola")])
    assert trace.read(Message.objects.get().trace)


@pytest.mark.django_db
def test_it_goes_to_rasa_to_the_answers_and_into_the_line_with_the_times(clock: Clock) -> None:
    accept(Incoming("post", "ana", "1", text="hola"), key=KEY, now=clock.now, trace="00112233445566ff")
    clock.forward(seconds=2)
    rasa = ScriptedRasa(reply())

    def slow(take: Callable[..., object]) -> Callable[..., object]:
        def taking(request: object) -> object:
            clock.forward(seconds=0.5)
            return take(request)

        return taking

    rasa.take = slow(rasa.take)  # type: ignore[method-assign, assignment]
    with written() as lines:
        _turn(rasa, clock)
        deliver_next({"post": Recorder()}, clock=clock)
    assert [request.trace for request in rasa.requests] == ["00112233445566ff"]
    assert set(Message.objects.values_list("trace", flat=True)) == {"00112233445566ff"}
    turn = next(line for line in lines.getvalue().splitlines() if " turn  " in line)
    assert "trace=00112233445566ff" in turn
    assert turn.endswith("waited_ms=2000 rasa_ms=500 total_ms=2500")
    assert "delivered  trace=00112233445566ff" in lines.getvalue()


@pytest.mark.django_db
def test_after_an_erasure_the_receipt_can_still_be_followed_and_nothing_else_is_left(clock: Clock) -> None:
    accept(Incoming("post", "ana", "1", text="borrar"), key=KEY, now=clock.now, trace="00112233445566ff")
    _turn(ScriptedRasa(reply("erase_data", effects=(Effect(EffectKind.ERASE),))), clock)
    assert list(Message.objects.values_list("direction", "trace")) == [("out", "00112233445566ff")]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("topic", "choice", "read", "understood"),
    [
        ("return_cost", "", 1, 1),
        ("nlu_fallback", "", 1, 0),
        (SAFEGUARDING_TOPIC, "", 0, 0),
        ("show_menu", "command:show_menu", 0, 0),
    ],
)
def test_what_was_read_and_understood_is_counted_but_no_report_and_no_button(
    clock: Clock, topic: str, choice: str, read: int, understood: int
) -> None:
    text = "/menu" if choice else "¿cuánto cuesta?"
    accept(Incoming("web", "ana", "1", kind=Kind.TEXT, text=text), key=KEY, now=clock.now)
    before = _value(figures.READ, "fr"), _value(figures.UNDERSTOOD, "fr")
    _turn(ScriptedRasa(reply(topic)), clock)
    after = _value(figures.READ, "fr"), _value(figures.UNDERSTOOD, "fr")
    assert (after[0] - before[0], after[1] - before[1]) == (read, understood)


@pytest.mark.django_db
def test_attempts_that_fail_are_counted_by_the_kind_of_error(clock: Clock) -> None:
    accept(Incoming("web", "ana", "1", text="hola"), key=KEY, now=clock.now)
    before = _value(figures.TURN_FAILURES, "RasaUnavailable")
    _turn(ScriptedRasa(RasaUnavailable("ReadTimeout")), clock)
    assert _value(figures.TURN_FAILURES, "RasaUnavailable") == before + 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("failure", "result"),
    [
        (None, "sent"),
        (DeliveryError("500", Remedy.RETRY), "retry"),
        (DeliveryError("no_answer", Remedy.UNSURE), "unsure"),
        (DeliveryError("190", Remedy.STOP), "stopped"),
        (DeliveryError("131026", Remedy.REFUSE), "failed"),
        (DeliveryError("blocked", Remedy.UNREACHABLE), "failed"),
    ],
)
def test_attempts_to_deliver_are_counted_by_what_became_of_them(
    clock: Clock, failure: DeliveryError | None, result: str
) -> None:
    accept(Incoming("post", "ana", "1", text="hola"), key=KEY, now=clock.now)
    _turn(ScriptedRasa(reply("greet")), clock)
    before = {one: _value(figures.DELIVERIES, "post", one) for one in figures.RESULTS}
    deliver_next({"post": Recorder(*([failure] if failure else []))}, clock=clock)
    risen = {one for one in figures.RESULTS if _value(figures.DELIVERIES, "post", one) > before[one]}
    assert risen == {result}


@pytest.mark.django_db(transaction=True)
def test_a_look_at_a_database_that_hangs_ends_by_itself() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite's readers wait for nobody")
    given = connection.get_connection_params()
    about = {name: given[name] for name in ("dbname", "user", "host", "port", "password") if given.get(name)}
    locked, done = threading.Event(), threading.Event()

    def hold() -> None:
        with psycopg.connect(**about) as other:
            other.execute(f'LOCK TABLE "{Message._meta.db_table}" IN ACCESS EXCLUSIVE MODE')
            locked.set()
            done.wait(20)

    holder = threading.Thread(target=hold)
    holder.start()
    try:
        assert locked.wait(10)
        begun = time.monotonic()
        with pytest.raises(DatabaseError):
            readings.read(timezone.now())
        assert timedelta(seconds=time.monotonic() - begun) < timedelta(milliseconds=readings.TIME_LIMIT * 3)
    finally:
        done.set()
        holder.join(20)
