"""A person of the team instead of Faro: who holds a conversation, and that Faro is silent in it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.db import close_old_connections, connections

from bot.conversations import handover, retention
from bot.conversations.claim import LEASE, claim_next
from bot.conversations.erase import erase
from bot.conversations.handover import Refused, Why
from bot.conversations.models import Contact, Handover, Message
from bot.conversations.team_message import write
from bot.conversations.turn import Turn, put_off, take_turn
from bot.errors import RasaUnavailable
from bot.words import FALLBACK, Button, Effect, EffectKind, Outgoing, TurnReply, TurnRequest
from tests.conversations.conftest import Clock, NamedPhrases, ScriptedRasa, heard, reply

pytestmark = pytest.mark.django_db

PHRASES = NamedPhrases()
Say = Callable[..., Message]


@pytest.fixture
def eva(db: None) -> User:
    return User.objects.create_user("eva")


@pytest.fixture
def luis(db: None) -> User:
    return User.objects.create_user("luis")


def turn(rasa: ScriptedRasa, clock: Clock) -> Turn | None:
    claim = claim_next(now=clock.now)
    assert claim is not None
    return take_turn(claim, rasa=rasa, phrases=PHRASES, clock=clock)


def take(contact: Contact, operator: User, clock: Clock) -> Handover:
    return handover.take(contact.pk, operator, phrases=PHRASES, now=clock.now)


def say_to(contact: Contact, operator: User, clock: Clock, said: Outgoing, token: object = None) -> bool:
    return write(contact.pk, operator, said, token=token or uuid4(), language="es", phrases=PHRASES, now=clock.now)


ASKED = reply("ask_human", text="Anotado.", effects=(Effect(EffectKind.HANDOVER, "asked"),))


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


# Taking, passing on, giving back


def test_of_two_operators_one_takes_it_and_the_other_is_told(clock: Clock, say: Say, eva: User, luis: User) -> None:
    contact = say().contact
    assert take(contact, eva, clock).reason == "team"
    with pytest.raises(Refused) as refused:
        take(contact, luis, clock)
    assert refused.value.why is Why.TAKEN
    assert take(contact, eva, clock).operator == eva  # pressed twice
    assert heard(contact) == ["handover_taken (es)"]


def test_only_the_holder_writes_passes_on_and_gives_back(clock: Clock, say: Say, eva: User, luis: User) -> None:
    contact = say().contact
    steps: list[Callable[[], object]] = [
        lambda: say_to(contact, luis, clock, Outgoing("hola")),
        lambda: handover.pass_on(contact.pk, luis, None, phrases=PHRASES, now=clock.now),
        lambda: handover.give_back(contact.pk, luis, phrases=PHRASES, now=clock.now),
    ]
    for step in steps:
        with pytest.raises(Refused) as refused:
            step()
        assert refused.value.why is Why.NOT_HELD
    take(contact, eva, clock)
    for step in steps:
        with pytest.raises(Refused) as refused:
            step()
        assert refused.value.why is Why.TAKEN
    assert heard(contact) == ["handover_taken (es)"]


def test_what_was_given_back_is_answered_by_faro_again(clock: Clock, say: Say, eva: User) -> None:
    contact = say().contact
    turn(ScriptedRasa(reply()), clock)
    take(contact, eva, clock)
    handover.give_back(contact.pk, eva, phrases=PHRASES, now=clock.now)
    assert heard(contact)[-2:] == ["handover_taken (fr)", "handover_returned (fr)"]
    say("cuánto")
    turn(ScriptedRasa(reply(text="Es gratis.")), clock)
    assert heard(contact)[-1] == "Es gratis."
    there = Handover.objects.get()
    assert (there.end, there.closed_at) == ("returned", clock.now)


def test_what_is_passed_to_a_colleague_stays_held_and_the_person_notices_nothing(
    clock: Clock, say: Say, eva: User, luis: User
) -> None:
    contact = say().contact
    take(contact, eva, clock)
    handover.pass_on(contact.pk, eva, luis, phrases=PHRASES, now=clock.now)
    assert heard(contact) == ["handover_taken (es)"]
    assert say_to(contact, luis, clock, Outgoing("Soy Luis"))
    with pytest.raises(Refused):
        say_to(contact, eva, clock, Outgoing("todavía yo"))


def test_what_is_put_back_waits_as_long_as_before_and_the_team_is_told_again(
    clock: Clock, say: Say, eva: User, luis: User
) -> None:
    contact = say().contact
    turn(ScriptedRasa(ASKED), clock)
    Handover.objects.update(notified_at=clock.now)
    asked = clock.now
    clock.forward(minutes=3)
    take(contact, eva, clock)
    clock.forward(minutes=3)
    handover.pass_on(contact.pk, eva, None, phrases=PHRASES, now=clock.now)
    there = Handover.objects.get()
    assert (there.requested_at, there.taken_at, there.operator, there.notified_at) == (asked, None, None, None)
    assert heard(contact)[-1] == "handover_waits (fr)"
    take(contact, luis, clock)
    assert heard(contact)[-1] == "handover_taken (fr)"


def test_a_colleague_takes_over_unless_somebody_was_faster(clock: Clock, say: Say, eva: User, luis: User) -> None:
    contact = say().contact
    third = User.objects.create_user("marta")
    take(contact, eva, clock)
    handover.take_over(contact.pk, luis, eva.pk, now=clock.now)
    with pytest.raises(Refused) as refused:
        handover.take_over(contact.pk, third, eva.pk, now=clock.now)
    assert refused.value.why is Why.TAKEN
    assert Handover.objects.get().operator == luis


def test_when_the_account_of_the_holder_is_removed_faro_stays_silent_until_somebody_acts(
    clock: Clock, say: Say, eva: User, luis: User
) -> None:
    contact = say().contact
    turn(ScriptedRasa(reply()), clock)
    take(contact, eva, clock)
    eva.delete()
    say("¿hola?")
    done = turn(ScriptedRasa(), clock)
    assert done is not None and done.outcome == "held"
    assert handover.take_over(contact.pk, luis, None, now=clock.now).operator == luis


def test_closing_a_request_tells_whoever_asked_and_nobody_else(clock: Clock, say: Say, eva: User) -> None:
    asked, silent = say(who="asked").contact, say(who="silent").contact
    handover.request(asked, "asked", now=clock.now)
    handover.request(silent, "safety", now=clock.now)
    for contact in (asked, silent):
        handover.dismiss(contact.pk, eva, phrases=PHRASES, now=clock.now)
        with pytest.raises(Refused) as refused:
            handover.dismiss(contact.pk, eva, phrases=PHRASES, now=clock.now)
        assert refused.value.why is Why.NOT_WAITING
    assert (heard(asked), heard(silent)) == (["handover_dismissed (es)"], [])


# Writing


def test_a_message_of_the_team_is_written_once_however_often_it_is_sent(clock: Clock, say: Say, eva: User) -> None:
    message = say()
    turn(ScriptedRasa(reply()), clock)
    take(message.contact, eva, clock)
    token = uuid4()
    clock.forward(minutes=1)
    assert say_to(message.contact, eva, clock, Outgoing("Buenos días"), token) is True
    assert say_to(message.contact, eva, clock, Outgoing("Buenos días"), token) is False
    row = Message.objects.get(text="Buenos días")
    assert (row.operator, row.state, row.answers) == (eva, "pending", message)
    assert Handover.objects.get().active_at == clock.now


def test_on_channels_that_do_not_show_who_writes_a_line_says_it(clock: Clock, say: Say, eva: User) -> None:
    contact = say().contact
    Contact.objects.update(channel="telegram", seen_at=clock.now)
    contact.refresh_from_db()
    take(contact, eva, clock)
    say_to(contact, eva, clock, Outgoing("Buenos días"))
    assert heard(contact)[-1] == "team_says (es)\nBuenos días"


@pytest.mark.parametrize(("hours", "open_"), [(23.8, True), (23.9, False)])
def test_whatsapp_is_written_to_within_its_window_only(
    clock: Clock, say: Say, eva: User, hours: float, open_: bool
) -> None:
    contact = say().contact
    Contact.objects.update(channel="whatsapp", seen_at=clock.now)
    handover.request(contact, "asked", now=clock.now)
    take(contact, eva, clock)
    clock.forward(hours=hours)
    if open_:
        assert say_to(contact, eva, clock, Outgoing("hola"))
        return
    with pytest.raises(Refused) as refused:
        say_to(contact, eva, clock, Outgoing("hola"))
    assert refused.value.why is Why.WINDOW
    before = heard(contact)
    handover.give_back(contact.pk, eva, phrases=PHRASES, now=clock.now)
    assert heard(contact) == before  # a sentence that WhatsApp would refuse is not written
    with pytest.raises(Refused) as refused:
        take(contact, eva, clock)
    assert refused.value.why is Why.WINDOW


def test_who_cannot_be_reached_is_not_written_to(clock: Clock, say: Say, eva: User) -> None:
    contact = say().contact
    Contact.objects.update(channel="telegram", unreachable_at=clock.now)
    with pytest.raises(Refused) as refused:
        take(contact, eva, clock)
    assert refused.value.why is Why.UNREACHABLE
    assert not Handover.objects.exists()


# The end


def test_what_the_team_left_is_given_back_after_a_time(clock: Clock, say: Say, eva: User) -> None:
    contact = say().contact
    turn(ScriptedRasa(reply()), clock)
    take(contact, eva, clock)
    clock.forward(minutes=100)
    say_to(contact, eva, clock, Outgoing("un momento"))
    clock.forward(minutes=119)
    two_hours = timedelta(hours=2)
    assert handover.expire(after=two_hours, phrases=PHRASES, now=clock.now) == 0
    clock.forward(minutes=1)
    assert handover.expire(after=two_hours, phrases=PHRASES, now=clock.now) == 1
    assert handover.expire(after=two_hours, phrases=PHRASES, now=clock.now) == 0
    assert heard(contact)[-1] == "handover_expired (fr)"
    assert Handover.objects.get().end == "expired"
    with pytest.raises(Refused) as refused:
        say_to(contact, eva, clock, Outgoing("ya volví"))
    assert refused.value.why is Why.NOT_HELD


def test_a_request_that_waits_does_not_expire(clock: Clock, say: Say) -> None:
    contact = say().contact
    handover.request(contact, "asked", now=clock.now)
    clock.forward(days=3)
    assert handover.expire(after=timedelta(hours=2), phrases=PHRASES, now=clock.now) == 0
    assert Handover.objects.get().closed_at is None


def test_erasure_ends_it_and_leaves_nothing_of_it(clock: Clock, say: Say, eva: User) -> None:
    contact = say().contact
    take(contact, eva, clock)
    say_to(contact, eva, clock, Outgoing("hola"))
    contact.refresh_from_db()
    erase(contact, now=clock.now)
    assert not Handover.objects.exists() and not Message.objects.exists()
    assert handover.expire(after=timedelta(0), phrases=PHRASES, now=clock.now) == 0


def test_after_retention_nothing_is_left(clock: Clock, say: Say, eva: User) -> None:
    contact = say().contact
    turn(ScriptedRasa(reply()), clock)
    take(contact, eva, clock)
    say_to(contact, eva, clock, Outgoing("hola"))
    handover.give_back(contact.pk, eva, phrases=PHRASES, now=clock.now)
    clock.forward(days=31)
    retention.enforce(days=30, now=clock.now)
    assert not Handover.objects.exists() and not Message.objects.exists() and not Contact.objects.exists()


# Several at once


@pytest.mark.django_db(transaction=True)
def test_eight_operators_at_once_and_one_of_them_has_it(clock: Clock, say: Say) -> None:
    contact = say().contact
    handover.request(contact, "asked", now=clock.now)
    operators = [User.objects.create_user(f"operator {number}") for number in range(8)]
    begin, ends = threading.Barrier(len(operators)), []

    def race(operator: User) -> None:
        begin.wait()
        try:
            handover.take(contact.pk, operator, phrases=PHRASES, now=clock.now)
            ends.append(operator.pk)
        except Refused as refused:
            ends.append(refused.why)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=race, args=(one,)) for one in operators]
    for one in threads:
        one.start()
    for one in threads:
        one.join(30)
    close_old_connections()
    assert sorted(map(str, ends))[1:] == [Why.TAKEN] * 7
    assert Handover.objects.get().operator_id in ends
    assert heard(contact) == ["handover_taken (es)"]


@pytest.mark.django_db(transaction=True)
def test_the_same_message_sent_twice_at_once_is_one_message(clock: Clock, say: Say) -> None:
    contact, operator, token = say().contact, User.objects.create_user("eva"), uuid4()
    take(contact, operator, clock)
    begin, ends = threading.Barrier(4), []

    def race() -> None:
        begin.wait()
        try:
            ends.append(say_to(contact, operator, clock, Outgoing("hola"), token))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=race) for _ in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(30)
    assert sorted(ends) == [False, False, False, True]
    assert heard(contact) == ["handover_taken (es)", "hola"]


def test_a_lost_rasa_ends_with_the_honest_sentence_once_it_is_given_back(clock: Clock, say: Say, eva: User) -> None:
    contact = say().contact
    turn(ScriptedRasa(reply()), clock)
    take(contact, eva, clock)
    handover.give_back(contact.pk, eva, phrases=PHRASES, now=clock.now)
    say("hola")
    rasa = ScriptedRasa(*[RasaUnavailable("down")] * 3)
    for _ in range(3):
        turn(rasa, clock)
        clock.forward(seconds=3)
    assert heard(contact)[-1] == "trouble (fr)"
