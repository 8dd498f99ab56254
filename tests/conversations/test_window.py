"""What is personal stays as it was written while the conversation needs it, and is then gone from the row itself."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User

from bot.conversations import handover, window
from bot.conversations.claim import claim_next
from bot.conversations.models import Contact, Handover, Message
from bot.conversations.search import Holds, words_of
from bot.conversations.team_message import write
from bot.conversations.turn import take_turn
from bot.conversations.window import LONGEST, UNTAKEN, Window, mask_all, mask_next
from bot.words import ABOUT, NEAR, Incoming, Kind, Outgoing
from tests.conversations.conftest import KEY, Clock, NamedPhrases, ScriptedRasa, reply

pytestmark = pytest.mark.django_db

HOUR, DAYS = timedelta(hours=1), timedelta(days=14)
WINDOW = Window(HOUR, DAYS, frozenset({"507-3700"}))
NUMBER, MAIL = "6123-4567", "rosa.perez@example.org"
WRITTEN = f"llame al {NUMBER} o escriba a {MAIL}, o a la OIM: 507-3700"
MASKED = "llame al [phone] o escriba a [email], o a la OIM: 507-3700"

Say = Callable[..., Message]


@pytest.fixture
def told(say: Say, clock: Clock) -> Message:
    """A message with a number in it, answered."""
    message = say(WRITTEN)
    answer(clock)
    return message


def answer(clock: Clock, text: str = "C'est gratuit.") -> None:
    take_turn(claim_next(now=clock.now), rasa=ScriptedRasa(reply(text=text)), phrases=NamedPhrases(), clock=clock)
    Message.objects.filter(direction="out", state="pending").update(state="sent", done_at=clock.now)


def stands(message: Message) -> str:
    return Message.objects.values_list("text", flat=True).get(pk=message.pk)


def test_it_stands_as_written_for_the_dialogue_and_then_no_more(told: Message, clock: Clock) -> None:
    clock.forward(minutes=60)
    assert mask_all(WINDOW, now=clock.now) == 0
    assert stands(told) == WRITTEN
    clock.forward(seconds=1)
    assert mask_all(WINDOW, now=clock.now) == 1
    assert stands(told) == MASKED
    assert not Message.objects.filter(as_written=True).exists()


def test_whoever_goes_on_writing_is_left_alone_but_not_for_ever(told: Message, say: Say, clock: Clock) -> None:
    clock.forward(minutes=50)
    say("¿y cuánto cuesta?")
    answer(clock)
    clock.forward(minutes=50)
    mask_all(WINDOW, now=clock.now)
    assert stands(told) == WRITTEN
    clock.forward(seconds=LONGEST.total_seconds() - 100 * 60 + 1)
    say("¿y dónde?")
    mask_all(WINDOW, now=clock.now)
    assert stands(told) == MASKED


def test_what_waits_for_an_answer_is_not_touched(say: Say, clock: Clock) -> None:
    waiting = say(WRITTEN)
    clock.forward(days=2)
    assert mask_all(WINDOW, now=clock.now) == 0
    assert stands(waiting) == WRITTEN


@pytest.mark.parametrize("state", ["pending", "sending"])
def test_what_is_being_sent_is_not_touched(told: Message, eva: User, clock: Clock, state: str) -> None:
    ours = of_the_team(told.contact, eva, clock)
    Message.objects.filter(pk=ours.pk).update(state=state, done_at=None)
    clock.forward(days=3)
    mask_all(WINDOW, now=clock.now)
    assert WRITTEN in stands(ours)


def of_the_team(contact: Contact, eva: User, clock: Clock, said: Outgoing | None = None) -> Message:
    """What an operator wrote, in a conversation that is given back."""
    handover.take(contact.pk, eva, phrases=NamedPhrases(), now=clock.now)
    token = uuid.uuid4()
    write(contact.pk, eva, said or Outgoing(WRITTEN), token=token, language="es", phrases=NamedPhrases(), now=clock.now)
    handover.give_back(contact.pk, eva, phrases=NamedPhrases(), now=clock.now)
    Message.objects.filter(direction="out", state="pending").update(state="sent", done_at=clock.now)
    return Message.objects.get(provider_id=f"answer:team-{token.hex}:0")


@pytest.mark.parametrize("taken", [False, True])
def test_who_waits_for_a_person_or_has_one_is_not_masked_until_that_is_over(
    told: Message, eva: User, clock: Clock, taken: bool
) -> None:
    Handover.objects.create(contact=told.contact, reason="asked", requested_at=clock.now)
    if taken:
        handover.take(told.contact_id, eva, phrases=NamedPhrases(), now=clock.now)
    clock.forward(days=2)
    assert mask_all(WINDOW, now=clock.now) == 0
    if taken:
        handover.give_back(told.contact_id, eva, phrases=NamedPhrases(), now=clock.now)
    else:
        handover.dismiss(told.contact_id, eva, phrases=NamedPhrases(), now=clock.now)
    assert mask_all(WINDOW, now=clock.now + HOUR) == 0
    assert stands(told) == WRITTEN
    mask_all(WINDOW, now=clock.now + HOUR + timedelta(seconds=1))
    assert stands(told) == MASKED


def test_a_request_that_nobody_takes_does_not_keep_a_number_for_ever(told: Message, clock: Clock) -> None:
    Handover.objects.create(contact=told.contact, reason="asked", requested_at=clock.now)
    clock.forward(seconds=UNTAKEN.total_seconds())
    assert mask_all(WINDOW, now=clock.now) == 0
    clock.forward(seconds=1)
    mask_all(WINDOW, now=clock.now)
    assert stands(told) == MASKED


def test_a_report_about_an_aid_worker_stands_longer(told: Message, clock: Clock) -> None:
    Contact.objects.filter(pk=told.contact_id).update(safeguarding=True)
    clock.forward(days=14)
    assert mask_all(WINDOW, now=clock.now) == 0
    clock.forward(seconds=1)
    mask_all(WINDOW, now=clock.now)
    assert stands(told) == MASKED


def test_what_the_team_wrote_is_masked_also_when_the_account_is_gone(told: Message, eva: User, clock: Clock) -> None:
    first = of_the_team(told.contact, eva, clock)
    second = of_the_team(told.contact, eva, clock)
    eva.delete()
    clock.forward(minutes=61)
    mask_all(WINDOW, now=clock.now)
    assert stands(first) == stands(second) == MASKED


def test_an_approved_answer_stays_as_it_is_whoever_sends_it(told: Message, eva: User, clock: Clock) -> None:
    approved = of_the_team(told.contact, eva, clock, Outgoing(f"Oficina: {MAIL}", topic="contact_iom"))
    clock.forward(days=2)
    mask_all(WINDOW, now=clock.now)
    assert stands(approved) == f"Oficina: {MAIL}"


def test_what_was_delivered_late_can_still_be_read(told: Message, eva: User, clock: Clock) -> None:
    ours = of_the_team(told.contact, eva, clock)
    Message.objects.filter(pk=ours.pk).update(done_at=clock.now + timedelta(days=1))
    clock.forward(days=1, minutes=60)
    mask_all(WINDOW, now=clock.now)
    assert stands(ours) == WRITTEN
    clock.forward(seconds=1)
    mask_all(WINDOW, now=clock.now)
    assert stands(ours) == MASKED


def test_a_short_dialogue_masks_sooner_but_nothing_that_may_have_to_be_sent_again(
    told: Message, eva: User, clock: Clock
) -> None:
    short = Window(timedelta(minutes=10), DAYS)
    ours = of_the_team(told.contact, eva, clock)
    clock.forward(minutes=11)
    mask_all(short, now=clock.now)
    assert stands(told).startswith("llame al [phone]")
    assert stands(ours) == WRITTEN


def test_of_a_position_neither_the_services_nor_the_distances_are_left(clock: Clock) -> None:
    from bot.conversations.accept import accept

    shared = Incoming("web", "ana", "ana-1", Kind.CHOICE, choice=f"{NEAR}h_chepo=5,h_24=35", located=True)
    message = accept(shared, key=KEY, now=clock.now).message
    answer(clock, f"Hospital de Chepo: {ABOUT} 5 km\n500-1234\n\nOtro: {ABOUT} 35 km (2026)")
    clock.forward(minutes=61)
    mask_all(WINDOW, now=clock.now)
    message.refresh_from_db()
    assert message.choice == NEAR
    answered = Message.objects.filter(answers=message).order_by("pk").values_list("text", flat=True)[0]
    assert answered == f"Hospital de Chepo: {ABOUT} … km\n500-1234\n\nOtro: {ABOUT} … km (2026)"


def test_a_choice_that_a_browser_made_up_is_masked_too(say: Say, clock: Clock) -> None:
    message = say(choice=f"topic:{NUMBER}")
    answer(clock)
    clock.forward(minutes=61)
    mask_all(WINDOW, now=clock.now)
    message.refresh_from_db()
    assert NUMBER not in message.choice and message.choice.startswith("topic:")


def test_the_search_finds_what_was_masked_no_more(told: Message, clock: Clock) -> None:
    assert Message.objects.filter(Holds(words_of("rosa"))).count() == 1
    clock.forward(minutes=61)
    mask_all(WINDOW, now=clock.now)
    assert Message.objects.filter(Holds(words_of("rosa"))).count() == 0
    assert Message.objects.filter(Holds(words_of("escriba"))).count() == 1


def test_what_changes_meanwhile_is_left_for_the_next_time(
    told: Message, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between working a mask out and writing it: somebody takes the conversation, or the text becomes another one."""
    lock = window.lock

    def meanwhile(change: Callable[[], Any]) -> None:
        def locked(*given: Any, **named: Any) -> Any:
            change()
            return lock(*given, **named)

        monkeypatch.setattr(window, "lock", locked)

    clock.forward(minutes=61)
    meanwhile(lambda: Message.objects.filter(pk=told.pk).update(text="otra cosa: 6999-9999"))
    assert mask_next(WINDOW, now=clock.now) == 0
    assert stands(told) == "otra cosa: 6999-9999"
    meanwhile(lambda: Handover.objects.create(contact=told.contact, reason="asked", requested_at=clock.now))
    assert mask_next(WINDOW, now=clock.now) == 0
    assert stands(told) == "otra cosa: 6999-9999"


def test_a_contact_that_a_turn_holds_is_left_for_the_next_time(told: Message, say: Say, clock: Clock) -> None:
    clock.forward(days=2)
    say("otra pregunta")
    assert claim_next(now=clock.now) is not None
    assert mask_all(WINDOW, now=clock.now) == 0
    assert stands(told) == WRITTEN


def test_many_are_masked_in_short_steps(say: Say, clock: Clock) -> None:
    for number in range(window.BATCH + 20):
        say(f"soy el {6_100_0000 + number}")
    Message.objects.update(state="answered", done_at=clock.now)
    clock.forward(minutes=61)
    assert mask_next(WINDOW, now=clock.now) == window.BATCH
    assert mask_next(WINDOW, now=clock.now) == 20
    assert set(Message.objects.values_list("text", flat=True)) == {"soy el [phone]"}


def test_of_what_was_said_before_an_update_the_worker_marks_what_faro_said_and_leaves_it_as_it_is(
    told: Message, clock: Clock
) -> None:
    """The migration marks nothing: everything of before counts as written until the worker has looked at it."""
    said = dict(Message.objects.filter(direction="out").values_list("pk", "text"))
    assert said
    Message.objects.update(as_written=True)
    clock.forward(days=2)
    mask_all(WINDOW, now=clock.now)
    after = {row.pk: row for row in Message.objects.filter(pk__in=said)}
    assert {pk: row.text for pk, row in after.items()} == said
    assert not any(row.as_written for row in after.values())
