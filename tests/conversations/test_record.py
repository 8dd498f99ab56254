"""What providers report is written down once: messages, edits, withdrawals, moves, who can be reached, how far we came."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.conversations.addresses import AddressBook
from bot.conversations.erase import erase, sweep_erased
from bot.conversations.models import Contact, Feedback, Gone, Message
from bot.conversations.record import record
from bot.conversations.retention import enforce
from bot.words import Edited, Event, Incoming, Kind, Moved, Progress, Reachable, Status, Withdrawn
from console.review.models import Hidden, Verdict
from tests.conversations.conftest import KEY, Clock

pytestmark = pytest.mark.django_db


@pytest.fixture
def book() -> AddressBook:
    return AddressBook(KEY, ["k" * 40])


def incoming(number: str = "1", text: str = "hola", **more: object) -> Incoming:
    return Incoming("telegram", "77", f"u{number}", text=text, reference=f"77:{number}", **more)  # type: ignore[arg-type]


def write(book: AddressBook, clock: Clock, *events: Event) -> None:
    for event in events:
        record(event, key=KEY, now=clock.now, book=book)


def test_a_message_is_written_once(book: AddressBook, clock: Clock) -> None:
    write(book, clock, incoming(), incoming(), incoming("2", "otra"))
    assert list(Message.objects.order_by("id").values_list("text", flat=True)) == ["hola", "otra"]
    assert not Message.objects.filter(provider_id__contains="u1").exists(), "the provider's id may say who it is"


def test_a_repetition_of_what_was_erased_is_not_taken_for_a_new_message(book: AddressBook, clock: Clock) -> None:
    write(book, clock, incoming(text="borrar mis datos"))
    erase(Contact.objects.get(), now=clock.now)
    write(book, clock, incoming(text="borrar mis datos"))
    assert Message.objects.count() == 0
    clock.forward(days=9)
    sweep_erased(now=clock.now)
    assert not Gone.objects.exists()
    assert not Contact.objects.exists()


def test_whoever_writes_after_being_erased_can_be_answered(book: AddressBook, clock: Clock) -> None:
    write(book, clock, incoming(), incoming("2"))
    before = Contact.objects.get()
    erase(before, now=clock.now)
    write(book, clock, incoming("3"))
    after = Contact.objects.get()
    assert after.pk != before.pk
    assert book.addresses(after.pk) == ("77",)


def test_nor_a_repetition_of_what_retention_deleted(book: AddressBook, clock: Clock) -> None:
    write(book, clock, incoming())
    Message.objects.update(state="answered")
    clock.forward(days=3)
    assert enforce(days=2, now=clock.now) == 1
    write(book, clock, incoming())
    assert Message.objects.count() == 0


def test_an_edit_changes_what_is_not_answered_yet(book: AddressBook, clock: Clock) -> None:
    write(book, clock, incoming(), incoming("2", "otra"))
    Message.objects.filter(text="otra").update(state="answered")
    write(book, clock, Edited("telegram", "77", "77:1", "¿dónde?"), Edited("telegram", "77", "77:2", "tarde"))
    assert list(Message.objects.order_by("id").values_list("text", flat=True)) == ["¿dónde?", "otra"]


def test_an_edit_of_a_button_or_of_nothing_changes_nothing(book: AddressBook, clock: Clock) -> None:
    write(book, clock, incoming(kind=Kind.CHOICE, choice="topic:shelter", text="Refugio"))
    write(book, clock, Edited("telegram", "77", "77:1", "x"), Edited("telegram", "77", "77:9", "x"))
    assert Message.objects.get().text == "Refugio"


def test_what_a_person_takes_back_is_not_kept_and_not_answered(book: AddressBook, clock: Clock) -> None:
    write(book, clock, incoming(text="mi secreto"), Withdrawn("telegram", "77", "77:1"))
    message = Message.objects.get()
    assert (message.text, message.state, message.sealed_reference) == ("", "answered", "")


def test_what_the_team_has_of_a_message_that_is_taken_back_goes_with_it(book: AddressBook, clock: Clock) -> None:
    """Review keeps a masked copy of a misunderstood message, and what somebody hid in it."""
    write(book, clock, incoming(text="soy Rosa"), incoming("2", "soy Eva"))
    first, second = Message.objects.order_by("id")
    for message in (first, second):
        Hidden.objects.create(message=message, text=message.text)
        Verdict.objects.create(
            message=message, kind="ignore", state="accepted", language="es", text=message.text, at=clock.now
        )
        Feedback.objects.create(message=message, verdict="helpful", given_at=clock.now)
    write(book, clock, Withdrawn("telegram", "77", "77:1"))
    assert list(Hidden.objects.values_list("message", flat=True)) == [second.pk]
    assert list(Verdict.objects.values_list("message", flat=True)) == [second.pk]
    assert Feedback.objects.count() == 2


def test_who_cannot_be_reached_is_noted_until_they_write_again(book: AddressBook, clock: Clock) -> None:
    write(book, clock, incoming(), Reachable("telegram", "77", False))
    assert Contact.objects.get().unreachable_at == clock.now
    write(book, clock, incoming("2"))
    assert Contact.objects.get().unreachable_at is None
    write(book, clock, Reachable("telegram", "77", False), Reachable("telegram", "77", True))
    assert Contact.objects.get().unreachable_at is None
    write(book, clock, Reachable("telegram", "99", False))


def test_a_move_is_written(book: AddressBook, clock: Clock) -> None:
    write(book, clock, incoming(), Moved("telegram", "77", "-10077"))
    assert book.addresses(Contact.objects.get().pk) == ("-10077",)


@pytest.mark.parametrize(
    ("reports", "after"),
    [
        ([Progress.SENT], ("sent", "sent")),
        ([Progress.READ, Progress.DELIVERED, Progress.SENT], ("read", "sent")),
        ([Progress.SENT, Progress.FAILED], ("failed", "failed")),
        ([Progress.FAILED, Progress.DELIVERED], ("failed", "failed")),
    ],
)
@pytest.mark.parametrize("before", ["sending", "pending", "sent"])
def test_the_farthest_report_counts_and_a_failure_is_final(
    book: AddressBook, clock: Clock, reports: list[Progress], after: tuple[str, str], before: str
) -> None:
    write(book, clock, incoming())
    out = Message.objects.create(
        contact=Contact.objects.get(),
        direction="out",
        channel="telegram",
        provider_id="answer:1:0",
        text="Es gratis.",
        state=before,
        not_before=clock.now + timedelta(seconds=30),
        created_at=clock.now,
    )
    write(book, clock, *(Status("telegram", "answer:1:0", one, "131047") for one in reports))
    out.refresh_from_db()
    assert (out.progress, out.state) == after
    assert out.error == ("131047" if out.state == "failed" else "")


def test_a_report_about_nothing_of_ours_changes_nothing(book: AddressBook, clock: Clock) -> None:
    write(book, clock, Status("telegram", "answer:404:0", Progress.FAILED, "1"))
    assert Message.objects.count() == 0


def test_a_position_comes_from_a_channel_alone(book: AddressBook, clock: Clock) -> None:
    near = "near:clinic=3"
    write(
        book,
        clock,
        incoming(kind=Kind.CHOICE, choice=near, text=""),
        incoming("2", kind=Kind.CHOICE, choice=near, text="", located=True),
        incoming("3", kind=Kind.CHOICE, choice="topic:shelter", text="", located=True),
    )
    assert list(Message.objects.order_by("id").values_list("choice", flat=True)) == ["", near, ""]


def test_a_link_chooses_a_language_and_an_app_only_hints_at_one(book: AddressBook, clock: Clock) -> None:
    write(book, clock, incoming(hint="fr"))
    contact = Contact.objects.get()
    assert (contact.language, contact.language_chosen) == ("fr", False)
    write(book, clock, incoming("2", hint="es"))
    assert Contact.objects.get().language == "fr"
    write(book, clock, incoming("3", language="en"))
    contact = Contact.objects.get()
    assert (contact.language, contact.language_chosen) == ("en", True)
