"""The way to Rasa: open when Rasa is gone, never for one bad message, closed by the first answer."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.conversations.breaker import IN_A_ROW, LONG, Breaker, GuardedRasa, Passage
from bot.conversations.claim import claim_next
from bot.conversations.models import Message
from bot.conversations.turn import PATIENCE, take_turn
from bot.errors import RasaAway, RasaMisbehaved, RasaUnavailable
from bot.words import Kind, TurnReply, TurnRequest
from tests.conversations.conftest import Clock, NamedPhrases, heard, reply

GONE, FAILED = RasaUnavailable("ReadTimeout"), RasaUnavailable("HTTP 500", answered=True)


class Rasa:
    """Answers or fails as it is told, and counts who asked; `alive` is what its health page says."""

    def __init__(self, *, answer: TurnReply | Exception | None = None, alive: bool = True) -> None:
        self.answer: TurnReply | Exception = answer or reply()
        self.alive, self.asked = alive, 0

    def take(self, request: TurnRequest) -> TurnReply:
        self.asked += 1
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    def ready(self) -> bool:
        return self.alive


def ask(guarded: GuardedRasa, message: str = "1") -> str:
    """How a turn with this message ends."""
    request = TurnRequest("c", message, Kind.TEXT, "hola", "", "es", False, ())
    try:
        guarded.take(request)
    except (RasaUnavailable, RasaMisbehaved) as error:
        return type(error).__name__
    return "answered"


def stands(one: GuardedRasa | Breaker, passage: Passage) -> bool:
    return one.passage == passage


def look(guarded: GuardedRasa) -> None:
    stopping = threading.Event()
    stopping.set()
    guarded.look(stopping)


def test_a_turn_that_fails_while_the_health_page_is_silent_keeps_the_others_from_waiting() -> None:
    rasa = Rasa(answer=GONE, alive=False)
    guarded = GuardedRasa(rasa)
    assert ask(guarded) == "RasaUnavailable"
    assert [ask(guarded, str(number)) for number in range(5)] == ["RasaAway"] * 5
    assert (guarded.passage, rasa.asked) == (Passage.OPEN, 1)
    look(guarded)
    assert ask(guarded) == "RasaAway" and rasa.asked == 1, "while it is gone nobody is sent there"


def test_it_closes_with_the_first_answer_and_only_one_turn_tries_before() -> None:
    rasa = Rasa(answer=GONE, alive=False)
    guarded = GuardedRasa(rasa)
    ask(guarded)
    rasa.alive, rasa.answer = True, reply()
    look(guarded)
    assert stands(guarded, Passage.TRIAL)
    inside, leave, ends = threading.Event(), threading.Event(), []

    def slow(_: TurnRequest) -> TurnReply:
        inside.set()
        leave.wait(10)
        return reply()

    rasa.take = slow  # type: ignore[method-assign,assignment]
    first = threading.Thread(target=lambda: ends.append(ask(guarded)))
    first.start()
    assert inside.wait(10)
    with pytest.raises(RasaAway) as refused:
        guarded.take(TurnRequest("c", "2", Kind.TEXT, "hola", "", "es", False, ()))
    assert refused.value.coming, "whoever comes meanwhile hears that it is worth waiting"
    leave.set()
    first.join(10)
    assert ends == ["answered"] and stands(guarded, Passage.CLOSED)


def test_a_trial_that_fails_opens_again_and_one_that_breaks_off_lets_the_next_try() -> None:
    rasa = Rasa(answer=GONE, alive=False)
    guarded = GuardedRasa(rasa)
    ask(guarded)
    rasa.alive = True
    look(guarded)
    rasa.alive = False
    assert ask(guarded) == "RasaUnavailable" and stands(guarded, Passage.OPEN)
    rasa.alive = True
    look(guarded)
    rasa.answer = KeyError("a fault of ours")
    with pytest.raises(KeyError):
        ask(guarded)
    rasa.answer = reply()
    assert ask(guarded) == "answered" and stands(guarded, Passage.CLOSED)


@pytest.mark.parametrize("poison", [FAILED, RasaMisbehaved("KeyError")])
def test_a_message_that_makes_rasa_fail_is_its_own_trouble(poison: Exception) -> None:
    rasa = Rasa(answer=poison)
    guarded = GuardedRasa(rasa)
    for number in range(20):
        assert ask(guarded, str(number)) == type(poison).__name__
    assert stands(guarded, Passage.CLOSED) and rasa.asked == 20


def test_one_message_that_never_ends_is_one_however_often_it_is_repeated() -> None:
    rasa = Rasa(answer=GONE)
    guarded = GuardedRasa(rasa)
    for _ in range(5 * IN_A_ROW):
        ask(guarded, "poison")
    assert stands(guarded, Passage.CLOSED)
    for number in range(IN_A_ROW):
        rasa.answer = GONE
        ask(guarded, f"poison {number}")
        rasa.answer = reply()
        ask(guarded, f"good {number}")
    assert stands(guarded, Passage.CLOSED), "an answer between them says that it is not Rasa"


def test_a_rasa_that_is_slow_but_there_is_asked_one_turn_at_a_time_and_never_shut_out() -> None:
    rasa = Rasa(answer=GONE, alive=True)
    guarded = GuardedRasa(rasa)
    for number in range(IN_A_ROW):
        ask(guarded, str(number))
    assert stands(guarded, Passage.TRIAL)
    assert ask(guarded, "next") == "RasaUnavailable" and stands(guarded, Passage.TRIAL)
    rasa.answer = reply()
    assert ask(guarded, "last") == "answered" and stands(guarded, Passage.CLOSED)


def test_that_it_opened_and_closed_is_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "faro.breaker")
    rasa = Rasa(answer=GONE, alive=False)
    guarded = GuardedRasa(rasa)
    ask(guarded)
    rasa.alive, rasa.answer = True, reply()
    look(guarded)
    ask(guarded)
    states = [record.state for record in caplog.records if record.name == "faro.breaker"]  # type: ignore[attr-defined]
    assert states == ["open", "trial", "closed"]


def test_a_turn_that_takes_long_while_the_health_page_is_silent_opens_it_before_it_fails() -> None:
    rasa, now = Rasa(), [0.0]
    guarded = GuardedRasa(rasa, seconds=lambda: now[0])

    def slow(_: TurnRequest) -> TurnReply:
        look(guarded)
        assert stands(guarded, Passage.CLOSED), "it has only begun"
        now[0] += LONG + 0.1
        look(guarded)
        assert stands(guarded, Passage.CLOSED), "slow, but there"
        rasa.alive = False
        look(guarded)
        assert stands(guarded, Passage.OPEN)
        raise GONE

    rasa.take = slow  # type: ignore[method-assign,assignment]
    assert ask(guarded) == "RasaUnavailable"
    with pytest.raises(RasaAway) as refused:
        guarded.take(TurnRequest("c", "2", Kind.TEXT, "hola", "", "es", False, ()))
    assert not refused.value.coming and not refused.value.sure
    look(guarded)
    with pytest.raises(RasaAway) as refused:
        guarded.take(TurnRequest("c", "2", Kind.TEXT, "hola", "", "es", False, ()))
    assert refused.value.sure


EVENTS = st.sampled_from(["enter", "answered", "failed", "failed alive", "broke off", "reachable", "silent"])


@given(st.lists(EVENTS, max_size=40))
def test_whatever_happens_a_reachable_rasa_that_answers_is_asked_again(events: list[str]) -> None:
    breaker = Breaker()
    inside = 0
    for number, event in enumerate(events):
        if event == "enter":
            inside += breaker.enter()
        elif event in ("reachable", "silent"):
            breaker.looked(alive=event == "reachable")
        elif inside:
            inside -= 1
            match event:
                case "answered":
                    breaker.answered()
                case "broke off":
                    breaker.broke_off()
                case "failed" | "failed alive":
                    breaker.failed(str(number), alive=event == "failed alive")
    for _ in range(inside):
        breaker.broke_off()
    breaker.looked(alive=True)
    assert breaker.enter(), "nothing is stuck"
    breaker.answered()
    assert stands(breaker, Passage.CLOSED) and breaker.enter() and breaker.enter()


@pytest.mark.django_db
def test_away_is_tried_again_after_a_second_before_anybody_hears_of_trouble(
    say: Callable[..., Message], clock: Clock
) -> None:
    rasa = Rasa(answer=GONE, alive=False)
    guarded = GuardedRasa(rasa)
    ask(guarded)
    message = say("hola")
    assert turn(guarded, clock) is None, "not yet"
    clock.forward(seconds=0.9)
    assert claim_next(now=clock.now) is None
    clock.forward(seconds=0.2)
    turn(guarded, clock)
    assert heard(message.contact) == ["trouble (es)"]
    message.refresh_from_db()
    assert (message.outcome, message.error, rasa.asked) == ("trouble", "RasaAway", 1)


@pytest.mark.django_db
def test_who_stood_behind_others_for_that_second_hears_it_at_once(say: Callable[..., Message], clock: Clock) -> None:
    guarded = GuardedRasa(Rasa(answer=GONE, alive=False))
    message = say("hola")
    ask(guarded)
    look(guarded)
    clock.forward(seconds=1)
    turn(guarded, clock)
    assert heard(message.contact) == ["trouble (es)"]


@pytest.mark.django_db
def test_a_rasa_that_is_back_within_the_second_answers_and_nobody_hears_of_trouble(
    say: Callable[..., Message], clock: Clock
) -> None:
    rasa = Rasa(answer=GONE, alive=False)
    guarded = GuardedRasa(rasa)
    ask(guarded)
    message = say("hola")
    turn(guarded, clock)
    rasa.alive, rasa.answer = True, reply()
    look(guarded)
    clock.forward(seconds=1)
    turn(guarded, clock)
    assert heard(message.contact)[0] == "C'est gratuit."


@pytest.mark.django_db
@pytest.mark.parametrize("back", [0, 3600])
def test_who_comes_during_the_trial_waits_as_long_as_patience_lasts(
    say: Callable[..., Message], clock: Clock, back: int
) -> None:
    class Trying(Rasa):
        def take(self, request: TurnRequest) -> TurnReply:
            raise RasaAway(coming=True)

    message = say("hola")
    clock.forward(seconds=-back)  # a clock that was put back must not keep anybody waiting for ever
    begun, tries = clock.now, 0
    while not heard(message.contact):
        turn(Trying(), clock)
        clock.forward(seconds=1)
        tries += 1
        assert tries < 20
    assert PATIENCE.total_seconds() <= (clock.now - begun).total_seconds() <= 11
    assert heard(message.contact) == ["trouble (es)"]


def turn(rasa: object, clock: Clock) -> object:
    claim = claim_next(now=clock.now)
    assert claim is not None
    return take_turn(claim, rasa=rasa, phrases=NamedPhrases(), clock=clock)  # type: ignore[arg-type]
