"""Who comes on the waiting list, and that Faro is silent while somebody of the team holds a conversation."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User

from bot.conversations import handover
from bot.conversations.claim import LEASE, claim_next
from bot.conversations.handover import Refused, Why
from bot.conversations.models import Contact, Handover, Message
from bot.conversations.turn import put_off, take_turn
from bot.words import FALLBACK, Button, Effect, EffectKind, Outgoing, TurnReply, TurnRequest
from tests.conversations.conftest import Clock, ScriptedRasa, heard, reply
from tests.conversations.handovers import ASKED, PHRASES, Say, say_to, take, turn

pytestmark = pytest.mark.django_db


# Asking


def test_who_asks_for_a_person_stands_on_the_list_and_hears_when_somebody_writes(clock: Clock, say: Say) -> None:
    message = say("quiero hablar con alguien")
    turn(ScriptedRasa(ASKED), clock)
    (there,) = Handover.objects.all()
    assert (there.reason, there.requested_at, there.taken_at) == ("asked", clock.now, None)
    assert heard(message.contact)[:2] == ["Anotado.", "office (fr)"]


def test_while_nobody_has_taken_it_faro_goes_on_answering(clock: Clock, say: Say) -> None:
    say()
    turn(ScriptedRasa(ASKED), clock)
    message = say("¿y cuánto cuesta?")
    turn(ScriptedRasa(reply()), clock)
    assert "C'est gratuit." in heard(message.contact)


def not_understood(*, guesses: bool) -> TurnReply:
    return reply(FALLBACK, buttons=(Button("Ninguna", "none_of_these" if guesses else "topic:show_menu"),))


def test_the_second_failure_in_a_row_is_put_on_the_list(clock: Clock, say: Say) -> None:
    say("asdf")
    turn(ScriptedRasa(not_understood(guesses=True)), clock)
    assert not Handover.objects.exists()
    say("jkl")
    turn(ScriptedRasa(not_understood(guesses=False)), clock)
    assert Handover.objects.get().reason == "not_understood"


def test_a_refused_guess_between_two_failures_does_not_hide_the_second(clock: Clock, say: Say) -> None:
    for one in (not_understood(guesses=True), reply("none_of_these"), not_understood(guesses=False)):
        say("asdf")
        turn(ScriptedRasa(one), clock)
    assert Handover.objects.get().reason == "not_understood"


@pytest.mark.parametrize(("between", "listed"), [("an answer", False), ("an hour", False), ("nothing", True)])
def test_failures_with_something_between_them_are_not_in_a_row(
    clock: Clock, say: Say, between: str, listed: bool
) -> None:
    say("asdf")
    turn(ScriptedRasa(not_understood(guesses=True)), clock)
    if between == "an answer":
        say("cuánto")
        turn(ScriptedRasa(reply()), clock)
    elif between == "an hour":
        clock.forward(minutes=61)
    say("jkl")
    turn(ScriptedRasa(not_understood(guesses=True)), clock)
    assert Handover.objects.exists() is listed


def danger() -> TurnReply:
    one = reply("domestic_violence", text="Llame al 911.")
    return TurnReply(one.topic, "es", 0.9, True, one.answers)


def test_a_danger_is_put_on_the_list_quietly_and_not_again_after_it_was_looked_at(
    clock: Clock, say: Say, eva: User
) -> None:
    message = say("me pega")
    turn(ScriptedRasa(danger()), clock)
    assert Handover.objects.get().reason == "safety"
    assert not [text for text in heard(message.contact) if text.startswith("office")]
    handover.dismiss(message.contact_id, eva, phrases=PHRASES, now=clock.now)
    clock.forward(minutes=5)
    say("me pega otra vez")
    turn(ScriptedRasa(danger()), clock)
    assert Handover.objects.filter(closed_at=None).count() == 0
    clock.forward(seconds=handover.LOOKED_AT.total_seconds())
    say("me pega")
    turn(ScriptedRasa(danger()), clock)
    assert Handover.objects.filter(closed_at=None).count() == 1


def test_who_asks_after_being_looked_at_stands_on_the_list_again(clock: Clock, say: Say, eva: User) -> None:
    message = say()
    turn(ScriptedRasa(ASKED), clock)
    handover.dismiss(message.contact_id, eva, phrases=PHRASES, now=clock.now)
    say()
    turn(ScriptedRasa(ASKED), clock)
    assert Handover.objects.filter(closed_at=None).count() == 1


def test_a_promise_stays_the_reason(clock: Clock, say: Say) -> None:
    contact = say().contact
    for reason, kept in (("not_understood", "not_understood"), ("safety", "safety"), ("asked", "asked")):
        handover.request(contact, reason, now=clock.now)
        assert Handover.objects.get().reason == kept
    handover.request(contact, "safety", now=clock.now)
    assert Handover.objects.get().reason == "asked"


# Silence


def test_a_held_conversation_is_told_so_once_and_not_answered(clock: Clock, say: Say, eva: User) -> None:
    message = say()
    turn(ScriptedRasa(ASKED), clock)
    take(message.contact, eva, clock)
    before = heard(message.contact)
    assert before[-1] == "handover_taken (fr)"
    for text in ("¿Está ahí?", "🙂", "2", "menu"):
        rasa, said = ScriptedRasa(), say(text)
        done = turn(rasa, clock)
        said.refresh_from_db()
        assert done is not None and (done.outcome, said.state, said.outcome) == ("held", "answered", "held")
        assert rasa.requests == []
    assert heard(message.contact) == before
    assert Contact.objects.get().dialogue == [{"event": "user"}]


def test_a_turn_that_was_under_way_when_somebody_took_it_says_nothing(clock: Clock, say: Say, eva: User) -> None:
    message = say("hola")

    class Taken(ScriptedRasa):
        def take(self, request: TurnRequest) -> TurnReply:
            take(message.contact, eva, clock)
            return super().take(request)

    done = turn(Taken(danger()), clock)
    message.refresh_from_db()
    assert done is not None and done.outcome == "held"
    assert (message.outcome, message.safety, message.topic) == ("held", True, "")
    assert heard(message.contact) == ["handover_taken (es)"]


def test_when_rasa_is_away_a_held_conversation_hears_nothing_of_it(clock: Clock, say: Say, eva: User) -> None:
    message = say("hola")
    claim = claim_next(now=clock.now)
    assert claim is not None
    take(message.contact, eva, clock)
    for _ in range(2):
        Message.objects.filter(pk=message.pk).update(attempts=9)
        claim.message.attempts = 9
    put_off(claim, "RasaUnavailable", phrases=PHRASES, clock=clock)
    assert heard(message.contact) == ["handover_taken (es)"]


def test_a_worker_that_dies_in_a_held_turn_leaves_silence_and_nothing_twice(clock: Clock, say: Say, eva: User) -> None:
    message = say("hola")
    claim = claim_next(now=clock.now)
    assert claim is not None
    with pytest.raises(KeyboardInterrupt):  # killed while it asked Rasa

        class Dying(ScriptedRasa):
            def take(self, request: TurnRequest) -> TurnReply:
                raise KeyboardInterrupt

        take_turn(claim, rasa=Dying(), phrases=PHRASES, clock=clock)
    take(message.contact, eva, clock)
    clock.forward(seconds=LEASE.total_seconds() + 1)
    done = turn(ScriptedRasa(), clock)
    assert done is not None and done.outcome == "held"
    assert claim_next(now=clock.now) is None
    assert heard(message.contact) == ["handover_taken (es)"]


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("/borrar", "command:erase_data"),
        ("Borrar mis datos", "command:erase_data"),
        ("delete my data!", "command:erase_data"),
        ("/privacidad", "command:ask_privacy"),
        ("/language", "command:choose_language"),
    ],
)
def test_deleting_privacy_and_language_still_work(clock: Clock, say: Say, eva: User, text: str, asked: str) -> None:
    contact = say().contact
    turn(ScriptedRasa(reply()), clock)
    take(contact, eva, clock)
    say(text)
    rasa = ScriptedRasa(reply(asked.partition(":")[2], text="de Faro"))
    turn(rasa, clock)
    assert [one.choice for one in rasa.requests] == [asked]
    assert heard(contact)[-1] == "de Faro"


def test_a_number_is_no_answer_to_delete_everything(clock: Clock, say: Say, eva: User) -> None:
    contact = say().contact
    buttons = (Button("Sí, borrar todo", "erase:yes"), Button("No", "erase:no"))
    turn(ScriptedRasa(reply("erase_data", buttons=buttons)), clock)
    take(contact, eva, clock)
    for text in ("1", "si borrar tod", "sí"):
        say(text)
        done = turn(ScriptedRasa(), clock)
        assert done is not None and done.outcome == "held"
    say("Sí, borrar todo")
    done = turn(ScriptedRasa(reply("erase_data", text="Borrado.", effects=(Effect(EffectKind.ERASE),))), clock)
    assert done is not None and done.erased
    assert not Handover.objects.exists()
    assert heard(contact) == ["Borrado."]
    with pytest.raises(Refused) as refused:
        say_to(contact, eva, clock, Outgoing("¿Sigue ahí?"))
    assert refused.value.why is Why.ERASED


def test_the_buttons_that_the_team_sent_work_and_older_ones_do_not(clock: Clock, say: Say, eva: User) -> None:
    contact = say().contact
    turn(ScriptedRasa(reply(buttons=(Button("Documents", "topic:return_documents"),))), clock)
    take(contact, eva, clock)
    say_to(contact, eva, clock, Outgoing("Mire:", (Button("Costo", "topic:return_cost"),)))
    say(choice="topic:return_documents")
    done = turn(ScriptedRasa(), clock)
    assert done is not None and done.outcome == "held"
    say(choice="topic:return_cost")
    done = turn(ScriptedRasa(reply(text="Es gratis.")), clock)
    assert done is not None and done.outcome == "answered"
    assert heard(contact)[-1] == "Es gratis."
