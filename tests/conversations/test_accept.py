"""Accepting: once, cleaned, and about nobody by name."""

from __future__ import annotations

import threading
import unicodedata

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.conversations.accept import MAX_CHOICE, MAX_TEXT, accept, clean, command
from bot.conversations.addresses import pseudonym
from bot.conversations.erase import erase
from bot.conversations.models import Contact, Message
from bot.words import Incoming, Kind
from tests.conversations.conftest import KEY, Clock

pytestmark = pytest.mark.django_db

#: Telephone numbers and names of nobody.
ADDRESS = "50761234567"


def incoming(text: str = "hola", *, number: str = "m1", address: str = ADDRESS, **more: object) -> Incoming:
    return Incoming(channel="web", address=address, provider_id=number, text=text, **more)  # type: ignore[arg-type]


def test_a_message_is_written_down_as_waiting(clock: Clock) -> None:
    accepted = accept(incoming("¿Cuánto cuesta?"), key=KEY, now=clock.now)
    row = Message.objects.get()
    assert (row.text, row.state, row.direction, accepted.repeated) == ("¿Cuánto cuesta?", "waiting", "in", False)


def test_a_repeated_delivery_is_one_message(clock: Clock) -> None:
    first = accept(incoming(), key=KEY, now=clock.now)
    again = accept(incoming("changed"), key=KEY, now=clock.now)
    assert again.repeated
    assert again.message == first.message
    assert Message.objects.get().text == "hola"


def test_the_address_stands_nowhere_in_the_database(clock: Clock) -> None:
    accept(incoming(), key=KEY, now=clock.now)
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608 - names from the database itself
            assert ADDRESS not in str(cursor.fetchall()), table


def test_one_address_is_one_contact_and_another_is_another(clock: Clock) -> None:
    for number, address in enumerate(("ana", "ana", "luis")):
        accept(incoming(number=str(number), address=address), key=KEY, now=clock.now)
    assert Contact.objects.count() == 2


def test_the_pseudonym_needs_the_key() -> None:
    assert pseudonym(KEY, "web", ADDRESS) == pseudonym(KEY, "web", ADDRESS)
    assert len({pseudonym(KEY, "web", ADDRESS), pseudonym("other", "web", ADDRESS), pseudonym(KEY, "x", ADDRESS)}) == 3


@pytest.mark.parametrize(
    ("typed", "topic"),
    [
        ("/start", "greet"),
        ("/start ref42", "greet"),
        ("/MENU", "show_menu"),
        ("/menu@FaroBot", "show_menu"),
        ("/delete", "erase_data"),
        ("/human please", "ask_human"),
        ("/restart", ""),
        ("/greet", ""),
        ('/return_cost{"a":"b"}', ""),
        ("/", ""),
        ("//menu", ""),
        ("menu", ""),
        ("", ""),
    ],
)
def test_only_our_few_commands_are_commands(typed: str, topic: str) -> None:
    assert command(typed) == topic


def test_a_command_becomes_a_choice(clock: Clock) -> None:
    message = accept(incoming("/menu"), key=KEY, now=clock.now).message
    assert (message.kind, message.choice) == ("choice", "command:show_menu")


def test_a_button_cannot_pretend_to_be_a_command(clock: Clock) -> None:
    message = accept(incoming("", kind=Kind.CHOICE, choice="command:erase_data"), key=KEY, now=clock.now).message
    assert message.choice == ""


def test_somebody_who_was_erased_and_writes_again_is_somebody_new(clock: Clock) -> None:
    before = accept(incoming(), key=KEY, now=clock.now).contact
    erase(before, now=clock.now)
    after = accept(incoming(number="m2"), key=KEY, now=clock.now).contact
    assert after.pk != before.pk
    assert not Contact.objects.filter(pk=before.pk).exists()


def test_a_language_chosen_before_writing_is_kept(clock: Clock) -> None:
    contact = accept(incoming(language="fr"), key=KEY, now=clock.now).contact
    assert (contact.language, contact.language_chosen) == ("fr", True)


@given(st.text())
def test_what_is_stored_is_printable_normalised_and_bounded(text: str) -> None:
    stored = clean(text)
    assert len(stored) <= MAX_TEXT
    assert stored == unicodedata.normalize("NFC", stored)
    assert not [c for c in stored if unicodedata.category(c) in ("Cc", "Cs", "Co") and c not in "\n\t"]
    assert clean(stored) == stored


@given(
    text=st.text(), number=st.text(min_size=1, max_size=400), choice=st.text(max_size=200), kind=st.sampled_from(Kind)
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
def test_anything_can_be_accepted_and_nothing_twice(
    clock: Clock, text: str, number: str, choice: str, kind: Kind
) -> None:
    printable = clean(number) or "x"
    one = incoming(text, number=printable, kind=kind, choice=choice)
    first, second = (accept(one, key=KEY, now=clock.now) for _ in range(2))
    assert first.message.pk == second.message.pk
    assert second.repeated
    assert len(first.message.choice) <= max(MAX_CHOICE, len("command:choose_language"))
    # Generators share the connection: nothing may be left half done.
    assert Message.objects.filter(pk=first.message.pk).count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_same_message_delivered_by_many_at_once_is_stored_once(clock: Clock) -> None:
    outcomes: list[bool] = []

    def deliver() -> None:
        try:
            outcomes.append(accept(incoming(), key=KEY, now=clock.now).repeated)
        finally:
            connection.close()

    threads = [threading.Thread(target=deliver) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == [False] + [True] * 7
    assert Message.objects.count() == 1
    assert Contact.objects.count() == 1
