"""What is written into the outbox comes out as it was laid out, and what a channel cannot show at once is not lost."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.channels.layout import Laid, Words, lay_out
from bot.channels.limits import CHANNELS, TELEGRAM, WHATSAPP
from bot.conversations import outbox
from bot.conversations.claim import claim_next
from bot.conversations.models import Contact, Message
from bot.conversations.offered import options_of
from bot.conversations.turn import take_turn
from bot.words import MORE, SHARE_LOCATION, Button, Kind, Outgoing
from tests.conversations.conftest import Clock, NamedPhrases, ScriptedRasa, reply

pytestmark = pytest.mark.django_db

WORDS = Words("Opciones", "Más opciones")


def options(count: int) -> tuple[Button, ...]:
    return tuple(Button(f"Tema {number}", f"topic:{number}") for number in range(count))


def contact_on(channel: str, clock: Clock) -> Contact:
    return Contact.objects.create(channel=channel, pseudonym="p", created_at=clock.now, seen_at=clock.now)


def written(channel: str, clock: Clock, *answers: Outgoing) -> list[Message]:
    contact = contact_on(channel, clock)
    outbox.enqueue(contact, None, answers, key=7, language="es", now=clock.now, words=WORDS)
    return list(contact.messages.order_by("id"))


@pytest.mark.parametrize("channel", ["telegram", "whatsapp"])
@pytest.mark.parametrize("count", [0, 2, 5, 10, 14, 23])
def test_a_row_is_what_was_laid_out(channel: str, count: int, clock: Clock) -> None:
    answer = Outgoing("¿Dónde está?", (*options(count), Button("Enviar mi ubicación", SHARE_LOCATION)))
    rows = written(channel, clock, answer)
    laid = lay_out(answer, CHANNELS[channel], WORDS)
    for row, expected in zip(rows, laid, strict=True):
        found = outbox.from_row(row)
        assert found.text == expected.text
        assert (found.asks_location, found.list_label) == (expected.asks_location, expected.list_label)
        assert [one.title for one in found.options] == [one.title for one in expected.options]
        assert found.rest == expected.rest
    assert len({row.provider_id for row in rows}) == len(rows)


def test_the_page_gets_every_reply_as_it_is(clock: Clock) -> None:
    answers = (Outgoing("Uno.", options(30)), Outgoing("Dos."))
    rows = written("web", clock, *answers)
    assert [outbox.from_row(row) for row in rows] == [Laid("Uno.", buttons=options(30)), Laid("Dos.")]


def test_a_reply_of_several_parts_is_one_message_where_it_fits(clock: Clock) -> None:
    (row,) = written("whatsapp", clock, Outgoing("Es gratis.", options(2)), Outgoing("Soy Faro."))
    assert row.text == "Es gratis.\n\nSoy Faro."


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30, deadline=None)
@given(
    text=st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=6000), count=st.integers(0, 25)
)
def test_whatever_is_said_every_row_fits_its_channel(text: str, count: int, clock: Clock) -> None:
    for limits in (TELEGRAM, WHATSAPP):
        Contact.objects.all().delete()
        for row in written(limits.channel, clock, Outgoing(text, options(count))):
            laid = outbox.from_row(row)
            room = laid.room(limits)
            assert room is None or len(laid.text) <= room.value
            assert limits.list_rows is None or len(laid.rows) <= limits.list_rows.value


@pytest.fixture
def menu(clock: Clock) -> Contact:
    """Somebody on WhatsApp who was shown a list of 14."""
    contact = contact_on("whatsapp", clock)
    outbox.enqueue(contact, None, [Outgoing("Elija.", options(14))], key=7, language="es", now=clock.now, words=WORDS)
    return contact


def wrote(contact: Contact, clock: Clock, text: str = "", choice: str = "") -> Message:
    return Message.objects.create(
        contact=contact,
        direction="in",
        channel=contact.channel,
        provider_id=f"in {text}{choice}",
        kind="choice" if choice else "text",
        text=text,
        choice=choice,
        state="waiting",
        created_at=clock.now,
    )


def turn(rasa: ScriptedRasa, clock: Clock) -> None:
    claim = claim_next(now=clock.now)
    assert claim is not None
    assert take_turn(claim, rasa=rasa, phrases=NamedPhrases(), clock=clock) is not None


def test_the_last_row_of_a_list_shows_the_rest(menu: Contact, clock: Clock) -> None:
    more = menu.messages.get(direction="out").buttons[-1][1]
    assert more.startswith(MORE)
    wrote(menu, clock, choice=more)
    turn(ScriptedRasa(), clock)
    page = outbox.from_row(menu.messages.filter(direction="out").latest("id"))
    assert page.rows == options(14)[9:]
    assert page.text.startswith("more_options (es)")


@pytest.mark.parametrize("typed", ["12", "tema 11", "TEMA  11!"])
def test_an_option_behind_the_list_can_be_typed(menu: Contact, clock: Clock, typed: str) -> None:
    rasa = ScriptedRasa(reply())
    wrote(menu, clock, text=typed)
    turn(rasa, clock)
    assert (rasa.requests[0].kind, rasa.requests[0].choice) == (Kind.CHOICE, "topic:11")


def test_an_option_behind_the_list_may_be_pressed_later(menu: Contact, clock: Clock) -> None:
    assert options_of(menu) == options(14)
    rasa = ScriptedRasa(reply())
    wrote(menu, clock, choice="topic:13")
    turn(rasa, clock)
    assert rasa.requests[0].choice == "topic:13"


def test_what_is_typed_the_next_day_is_no_choice(menu: Contact, clock: Clock) -> None:
    clock.forward(days=1)
    rasa = ScriptedRasa(reply())
    wrote(menu, clock, text="2")
    turn(rasa, clock)
    assert (rasa.requests[0].kind, rasa.requests[0].text) == (Kind.TEXT, "2")


@pytest.mark.parametrize("forged", [MORE, f"{MORE}answer:1:0", f"{MORE}../../etc", "topic:never_offered"])
def test_a_forged_row_is_told_that_it_is_old(menu: Contact, clock: Clock, forged: str) -> None:
    wrote(menu, clock, choice=forged)
    turn(ScriptedRasa(), clock)
    assert menu.messages.filter(direction="out").latest("id").text.startswith("stale_button (es)")


def test_late_messages_are_told_once_that_they_were_late(clock: Clock, say: Callable[..., Message]) -> None:
    for number in range(3):
        message = say(f"pregunta {number}")
        Message.objects.filter(pk=message.pk).update(sent_at=clock.now.replace(hour=9))
        turn(ScriptedRasa(), clock)
    texts = list(Message.objects.filter(direction="out").values_list("text", flat=True))
    assert [text.split(" ")[0] for text in texts] == ["late", "first_contact"]
    assert set(Message.objects.filter(direction="in").values_list("state", "outcome")) == {("answered", "late")}
    clock.forward(hours=2)
    say("otra vez")
    rasa = ScriptedRasa(reply())
    turn(rasa, clock)
    assert len(rasa.requests) == 1


def test_ten_photos_are_told_once_that_they_cannot_be_seen(clock: Clock, say: Callable[..., Message]) -> None:
    for _ in range(10):
        say("", kind=Kind.OTHER)
        turn(ScriptedRasa(), clock)
    assert Message.objects.filter(direction="out", text__startswith="not_supported").count() == 1
    clock.forward(minutes=3)
    say("", kind=Kind.OTHER)
    turn(ScriptedRasa(), clock)
    assert Message.objects.filter(direction="out", text__startswith="not_supported").count() == 2


def test_messages_are_answered_in_the_order_in_which_they_were_written(
    clock: Clock, say: Callable[..., Message]
) -> None:
    late, early = say("segunda"), say("primera")
    Message.objects.filter(pk=late.pk).update(sent_at=clock.now)
    Message.objects.filter(pk=early.pk).update(sent_at=clock.now.replace(hour=11, minute=59))
    rasa = ScriptedRasa(reply(), reply())
    turn(rasa, clock)
    turn(rasa, clock)
    assert [one.text for one in rasa.requests] == ["primera", "segunda"]
