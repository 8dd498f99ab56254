"""Messages of a flood that were put together: each can be edited or taken back alone, and nothing of it stays."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.limits import Pace
from bot.conversations.addresses import AddressBook
from bot.conversations.claim import claim_next
from bot.conversations.export import kept
from bot.conversations.merged import MAX_TOGETHER, MOST_NAMES, NAME_DIGITS, NAMELESS, Merged, name_of
from bot.conversations.models import Contact, Message
from bot.conversations.record import record
from bot.words import Edited, Event, Incoming, Kind, Withdrawn
from console.review.models import Hidden
from tests.conversations.conftest import KEY, Clock

#: What goes beyond five at once is held back and put together.
LIMIT = Pace(3.0, 5, "", "")

SECRET = "mi esposo me pega"


@pytest.fixture
def book() -> AddressBook:
    return AddressBook(KEY, ["k" * 40])


def said(number: int, text: str, who: str = "phone:50760000001") -> Incoming:
    return Incoming("whatsapp", who, f"wamid.{number}", text=text, reference=f"wamid.{number}")


def taken_back(number: int, who: str = "phone:50760000001") -> Withdrawn:
    return Withdrawn("whatsapp", who, f"wamid.{number}")


def write(book: AddressBook, clock: Clock, *events: Event) -> None:
    for event in events:
        record(event, key=KEY, now=clock.now, book=book, limit=LIMIT)


def use_up(book: AddressBook, clock: Clock) -> None:
    write(book, clock, *(said(100 + number, "hola") for number in range(LIMIT.burst)))


def flood(book: AddressBook, clock: Clock, *texts: str) -> Message:
    """The row in which these stand together, the first of them as wamid.1."""
    use_up(book, clock)
    write(book, clock, *(said(number, text) for number, text in enumerate(texts, start=1)))
    return Message.objects.get(not_before__isnull=False)


@pytest.mark.django_db
@pytest.mark.parametrize("number", [1, 2, 3], ids=["the first", "one in the middle", "the newest"])
def test_one_that_is_taken_back_goes_and_the_others_are_answered(book: AddressBook, clock: Clock, number: int) -> None:
    texts = ["¿dónde duermo?", "tengo frío", "gracias"]
    texts[number - 1] = SECRET
    row = flood(book, clock, *texts)
    write(book, clock, taken_back(number))
    row.refresh_from_db()
    assert row.text == "\n".join(text for text in texts if text != SECRET)
    assert row.state == "waiting"
    assert (row.sealed_reference == "") == (number == 3), "the id of what is gone is not kept either"
    Message.objects.exclude(pk=row.pk).update(state="answered")
    clock.forward(seconds=LIMIT.seconds)
    claim = claim_next(now=clock.now)
    assert claim is not None and claim.message.text == row.text


@pytest.mark.django_db
def test_it_goes_as_well_when_it_was_answered_long_ago_with_what_the_team_has_of_it(
    book: AddressBook, clock: Clock
) -> None:
    row = flood(book, clock, "¿dónde duermo?", SECRET, "gracias")
    Message.objects.filter(pk=row.pk).update(state="answered", not_before=None, done_at=clock.now)
    Hidden.objects.create(message=row, text=SECRET)
    write(book, clock, taken_back(2))
    row.refresh_from_db()
    assert row.text == "¿dónde duermo?\ngracias"
    assert not Hidden.objects.exists()
    assert SECRET not in str(kept(Contact.objects.get()))


@pytest.mark.django_db
def test_when_all_are_taken_back_nothing_is_left_and_nothing_is_answered(book: AddressBook, clock: Clock) -> None:
    row = flood(book, clock, SECRET, "hola", "ayuda")
    write(book, clock, *(taken_back(number) for number in (2, 1, 3)))
    row.refresh_from_db()
    assert (row.text, row.said_in, row.state, row.sealed_reference) == ("", "", "answered", "")


@pytest.mark.django_db
def test_what_two_of_them_said_stays_until_both_are_taken_back(book: AddressBook, clock: Clock) -> None:
    row = flood(book, clock, "ayuda", "por favor", "ayuda")
    write(book, clock, taken_back(1))
    row.refresh_from_db()
    assert row.text == "por favor\nayuda"
    write(book, clock, taken_back(3))
    row.refresh_from_db()
    assert row.text == "por favor"


@pytest.mark.django_db
def test_nobody_takes_back_what_another_person_said(book: AddressBook, clock: Clock) -> None:
    row = flood(book, clock, SECRET, "gracias")
    write(book, clock, taken_back(1, "phone:50769999999"))
    write(book, clock, said(9, "hola", "phone:50769999999"), taken_back(2, "phone:50769999999"))
    row.refresh_from_db()
    assert row.text == f"{SECRET}\ngracias"


@pytest.mark.django_db
def test_what_was_taken_back_does_not_come_again_with_a_repetition_nor_after_it(
    book: AddressBook, clock: Clock
) -> None:
    row = flood(book, clock, SECRET, "gracias")
    write(book, clock, taken_back(1), said(1, SECRET))
    write(book, clock, taken_back(7), said(7, SECRET))  # it overtook its message
    row.refresh_from_db()
    assert row.text == "gracias"
    assert not Message.objects.filter(text__contains=SECRET).exists()


@pytest.mark.django_db
def test_an_edit_of_one_changes_that_one(book: AddressBook, clock: Clock) -> None:
    row = flood(book, clock, "¿dónde duermo?", SECRET, "gracias")
    write(book, clock, Edited("whatsapp", "phone:50760000001", "wamid.2", "olvídelo"))
    row.refresh_from_db()
    assert row.text == "¿dónde duermo?\ngracias\nolvídelo"
    write(book, clock, taken_back(2))
    row.refresh_from_db()
    assert row.text == "¿dónde duermo?\ngracias"


@pytest.mark.django_db
def test_one_without_an_id_is_put_to_the_others_and_stays(book: AddressBook, clock: Clock) -> None:
    row = flood(book, clock, SECRET)
    nameless = Incoming("whatsapp", "phone:50760000001", "nameless:1", text="sin número")
    write(book, clock, nameless, taken_back(1))
    row.refresh_from_db()
    assert (row.text, row.said_in) == ("sin número", NAMELESS)


@pytest.mark.django_db
def test_of_buttons_the_last_one_stands_and_goes(book: AddressBook, clock: Clock) -> None:
    use_up(book, clock)
    for number in (1, 2):
        pressed = Incoming(
            "whatsapp", "phone:50760000001", f"b{number}", Kind.CHOICE, choice=f"topic:{number}", reference=f"b{number}"
        )
        write(book, clock, pressed)
    row = Message.objects.get(not_before__isnull=False)
    assert (row.choice, row.said_in) == ("topic:2", "")
    write(book, clock, Withdrawn("whatsapp", "phone:50760000001", "b2"))
    row.refresh_from_db()
    assert (row.choice, row.state) == ("", "answered")


def test_a_text_that_was_masked_across_lines_goes_whole_rather_than_not_at_all() -> None:
    merged = Merged.of("a", "llámame al 6000").put("b", "0000").put("c", "gracias")
    masked: Merged | None = Merged.read("llámame al [teléfono]\ngracias", merged.said_in)
    for name in ("a", "b", "c"):
        assert masked is not None
        masked = masked.without(name)
    assert masked is None, "nobody knows any more whose line is whose: the last one takes all of it"


def test_whoever_cries_the_same_a_thousand_times_takes_no_more_room() -> None:
    merged = Merged.of(name_of("0" * 64), "ayuda")
    for number in range(1_000):
        merged = merged.put(name_of(f"{number:064x}"[::-1]), "ayuda")
    assert merged.text == "ayuda"
    assert len(merged.said_in) == MOST_NAMES * (NAME_DIGITS + 1) - 1


_LINES = st.lists(st.text("abc \n", max_size=60), min_size=1, max_size=80)


@given(_LINES)
def test_what_is_put_together_is_bounded_has_each_line_once_and_ends_with_the_newest(texts: list[str]) -> None:
    merged = Merged.of("n0", "")
    for number, text in enumerate(texts):
        merged = merged.put(f"n{number}", text)
    lines = merged.text.split("\n")
    assert len(merged.text) <= MAX_TOGETHER
    assert len(set(lines)) == len(lines)
    assert merged.text.endswith(texts[-1].split("\n")[-1]) or texts[-1].split("\n")[-1] in lines
    assert Merged.read(merged.text, merged.said_in) == merged


@given(_LINES, st.data())
def test_taking_back_takes_what_only_that_one_said_and_nothing_else(texts: list[str], data: st.DataObject) -> None:
    texts = texts[:MOST_NAMES]  # a line that more of them said may go with those that are known
    merged = Merged.of("n0", texts[0])
    for number, text in enumerate(texts[1:], start=1):
        merged = merged.put(f"n{number}", text)
    gone = data.draw(st.integers(0, len(texts) - 1))
    others = {line for number, text in enumerate(texts) if number != gone for line in text.split("\n")}
    left = merged.without(f"n{gone}")
    lines = [line for line, _ in left.lines] if left else []
    assert lines == [line for line, _ in merged.lines if line in others]


def test_one_line_longer_than_all_that_is_kept_is_cut_and_not_dropped() -> None:
    merged = Merged.of("a", "before").put("b", "x" * 4_000)
    assert merged.text == "x" * MAX_TOGETHER
