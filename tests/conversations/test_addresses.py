"""Where people are written to: kept sealed, found without being read, and moved when a person moves."""

from __future__ import annotations

from datetime import datetime

import pytest

from bot.conversations.accept import accept
from bot.conversations.addresses import AddressBook
from bot.conversations.claim import claim_next, still_held
from bot.conversations.models import Address, Contact, Handover, Message
from bot.words import Incoming
from tests.conversations.conftest import KEY, Clock

pytestmark = pytest.mark.django_db

PHONE, BSUID, NEW_PHONE = "phone:50760000000", "bsuid:PA.1349120865530274", "phone:50761111111"


@pytest.fixture
def book() -> AddressBook:
    return AddressBook(KEY, ["new " * 10, "old " * 10])


def receive(book: AddressBook, now: datetime, number: str, address: str, *aliases: str) -> Message:
    incoming = Incoming(
        "whatsapp", address, f"wamid.{number}", text="hola", aliases=aliases, reference=f"wamid.{number}"
    )
    return accept(incoming, key=KEY, now=now, book=book).message


def test_an_address_is_kept_sealed_and_opened_to_send(book: AddressBook, clock: Clock) -> None:
    contact = receive(book, clock.now, "1", PHONE, BSUID).contact
    assert book.addresses(contact.pk) == (PHONE, BSUID)
    kept = [
        *Address.objects.values_list("sealed", "pseudonym"),
        *Message.objects.values_list("provider_id", "reference"),
    ]
    assert not any("50760000000" in value or "1349120865530274" in value for row in kept for value in row)


def test_what_an_older_key_sealed_is_opened_and_rotated(book: AddressBook, clock: Clock) -> None:
    contact = receive(AddressBook(KEY, ["old " * 10]), clock.now, "1", PHONE).contact
    assert book.addresses(contact.pk) == (PHONE,)
    assert book.rotate() == 1
    assert AddressBook(KEY, ["new " * 10]).addresses(contact.pk) == (PHONE,)
    assert AddressBook(KEY, ["lost " * 10]).addresses(contact.pk) == ()
    assert AddressBook(KEY, ["lost " * 10]).rotate() == 0


def test_a_person_is_known_by_any_of_their_addresses(book: AddressBook, clock: Clock) -> None:
    first = receive(book, clock.now, "1", PHONE, BSUID).contact
    assert receive(book, clock.now, "2", BSUID).contact == first
    assert receive(book, clock.now, "3", PHONE).contact == first


def test_two_contacts_that_turn_out_to_be_one_person_become_one(book: AddressBook, clock: Clock) -> None:
    first = receive(book, clock.now, "1", PHONE)
    clock.forward(seconds=1)
    second = receive(book, clock.now, "2", BSUID)
    for contact in (first.contact, second.contact):
        Handover.objects.create(contact=contact, reason="asked", requested_at=clock.now)
    claim = claim_next(now=clock.now)
    other = claim_next(now=clock.now)
    assert claim is not None
    assert other is not None
    third = receive(book, clock.now, "3", BSUID, PHONE)
    assert third.contact == first.contact
    assert Contact.objects.get().messages.count() == 3
    assert Handover.objects.count() == 1
    assert still_held(claim) is not None
    assert still_held(other) is None, "the turn for the one that is gone ends without effect"


@pytest.mark.parametrize("which", [0, 1])
def test_who_reported_an_aid_worker_stays_protected_when_two_become_one(
    book: AddressBook, clock: Clock, which: int
) -> None:
    first = receive(book, clock.now, "1", PHONE).contact
    clock.forward(seconds=1)
    second = receive(book, clock.now, "2", BSUID).contact
    Contact.objects.filter(pk=(first, second)[which].pk).update(safeguarding=True)
    assert receive(book, clock.now, "3", BSUID, PHONE).contact == first
    assert Contact.objects.get().safeguarding


def test_a_new_number_takes_the_place_of_the_old_one(book: AddressBook, clock: Clock) -> None:
    contact = receive(book, clock.now, "1", PHONE).contact
    for _ in range(2):
        book.move("whatsapp", PHONE, NEW_PHONE)
        assert book.addresses(contact.pk) == (NEW_PHONE,)
    stranger = receive(book, clock.now, "2", PHONE).contact
    assert stranger != contact, "the old number may be somebody else's now"
    assert receive(book, clock.now, "3", NEW_PHONE).contact == contact


def test_moving_somebody_unknown_changes_nothing(book: AddressBook) -> None:
    book.move("whatsapp", PHONE, NEW_PHONE)
    assert not Address.objects.exists()


def test_a_person_who_moves_to_an_address_that_is_known_is_one_person(book: AddressBook, clock: Clock) -> None:
    first = receive(book, clock.now, "1", PHONE).contact
    clock.forward(seconds=1)
    receive(book, clock.now, "2", NEW_PHONE)
    book.move("whatsapp", PHONE, NEW_PHONE)
    assert Contact.objects.get() == first
    assert book.addresses(first.pk) == (NEW_PHONE,)
