"""A flood: the allowance of one person, what becomes of the rest, and everybody else, who must not feel it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from django.contrib.auth.models import User
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.contract import Parcel, Sent
from bot.channels.layout import Words
from bot.channels.limits import TELEGRAM, Pace
from bot.conversations import flood, handover
from bot.conversations.accept import Accepted, accept
from bot.conversations.addresses import AddressBook
from bot.conversations.claim import LEASE, claim_next
from bot.conversations.deliver import deliver_next
from bot.conversations.intake import Intake
from bot.conversations.merged import MAX_TOGETHER
from bot.conversations.models import Contact, Message
from bot.conversations.outbox import enqueue
from bot.conversations.record import record
from bot.conversations.turn import Turn, take_turn
from bot.settings import Settings
from bot.words import Edited, Incoming, Kind, Outgoing
from tests.conversations.conftest import KEY, Clock, NamedPhrases, ScriptedRasa, heard, reply

pytestmark = pytest.mark.django_db

#: A small allowance, so that few messages are a flood.
LIMIT = Pace(3.0, 8, "", "")


class Post:
    """A channel that takes everything, and remembers it."""

    name = "telegram"
    patience = timedelta(seconds=30)
    window: timedelta | None = None

    def __init__(self) -> None:
        self.parcels: list[Parcel] = []

    def send(self, parcel: Parcel) -> Sent:
        self.parcels.append(parcel)
        return Sent()

    def show_typing(self, addresses: tuple[str, ...], reference: str) -> None:
        raise AssertionError("nobody types here")


NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
PHRASES = NamedPhrases()

Write = Callable[..., Accepted]


@pytest.fixture
def write(clock: Clock) -> Iterator[Write]:
    """Somebody writes within the allowance of the settings; every call is a new message."""
    numbers = count()

    def one(text: str = "hola", *, who: str = "ana", choice: str = "", number: int | None = None) -> Accepted:
        incoming = Incoming(
            channel="web",
            address=who,
            provider_id=f"{who}-{next(numbers) if number is None else number}",
            kind=Kind.CHOICE if choice else Kind.TEXT,
            text=text,
            choice=choice,
        )
        return accept(incoming, key=KEY, now=clock.now, limit=LIMIT)

    yield one


def turn(clock: Clock, rasa: ScriptedRasa | None = None) -> Turn | None:
    """One turn, or None when nothing may have one."""
    claim = claim_next(now=clock.now)
    return take_turn(claim, rasa=rasa or ScriptedRasa(reply()), phrases=PHRASES, clock=clock) if claim else None


def all_turns(clock: Clock) -> int:
    """Every turn that may be had now; returns how many there were."""
    done = 0
    while turn(clock) is not None:
        done += 1
    return done


def notices(contact: Contact) -> int:
    return sum(text.startswith("slow_down") for text in heard(contact))


def test_a_frightened_person_who_writes_fifteen_lines_a_minute_never_meets_the_limit() -> None:
    limit = flood.limit_of(Settings(database_url="", secret_key="", pseudonym_key="", rasa_secret=""))
    now, used = NOW, None
    for _ in range(15 * 60):
        stands = flood.place(used, limit, now)
        assert stands.held_until is None
        now, used = now + timedelta(seconds=4), stands.used_until


def test_twenty_cries_at_once_are_within_the_allowance_of_the_settings() -> None:
    limit = flood.limit_of(Settings(database_url="", secret_key="", pseudonym_key="", rasa_secret=""))
    used = None
    for _ in range(20):
        stands = flood.place(used, limit, NOW)
        assert stands.held_until is None
        used = stands.used_until


def test_messages_at_a_thousand_a_minute_cost_few_rows_and_turns_and_one_notice(clock: Clock, write: Write) -> None:
    turns = 0
    for line in range(250):  # in a quarter of a minute
        contact = write(f"line {line}").contact
        if line % 10 == 0:
            turns += all_turns(clock)
        clock.forward(seconds=0.06)
    clock.forward(seconds=LIMIT.seconds)
    turns += all_turns(clock)
    most = LIMIT.burst + 15 / LIMIT.seconds + 2
    assert LIMIT.burst < turns <= most
    assert contact.messages.filter(direction="in").count() == turns
    assert not contact.messages.filter(state="waiting").exists()
    assert notices(contact) == 1
    said = "\n".join(contact.messages.filter(direction="in").values_list("text", flat=True)).split("\n")
    assert set(said) == {f"line {line}" for line in range(250)}, "at this length not one was lost"


def test_normal_service_returns_as_soon_as_they_slow_down_and_another_flood_is_another_notice(
    clock: Clock, write: Write
) -> None:
    for _ in range(3 * LIMIT.burst):
        contact = write().contact
    clock.forward(seconds=3 * LIMIT.seconds)
    all_turns(clock)
    assert write("and now?").message.text == "and now?"
    assert all_turns(clock) == 1
    assert notices(contact) == 1
    clock.forward(minutes=10)
    for _ in range(3 * LIMIT.burst):
        write()
    all_turns(clock)
    assert notices(contact) == 2


def test_whoever_cries_for_help_again_and_again_gets_help_at_once_and_in_the_end(clock: Clock, write: Write) -> None:
    for _ in range(3 * LIMIT.burst):
        contact = write("ayuda").contact
    rasa = ScriptedRasa(*[reply(topic="medical_emergency")] * 20)
    turn(clock, rasa)
    assert heard(contact)[0] == "C'est gratuit.", "the answer comes first, the notice behind it"
    while turn(clock, rasa) is not None:
        pass
    assert len(rasa.requests) == LIMIT.burst
    clock.forward(seconds=LIMIT.seconds)
    turn(clock, rasa)
    assert rasa.requests[-1].text == "ayuda", "sixteen cries are read as one"
    assert turn(clock, rasa) is None


def test_danger_that_is_said_in_the_middle_of_a_flood_is_read(clock: Clock, write: Write) -> None:
    for line in range(LIMIT.burst):
        write(f"{line}")
    for text in ("??", "mi marido me pega", "por favor", "hola"):
        write(text)
    all_turns(clock)
    clock.forward(seconds=LIMIT.seconds)
    rasa = ScriptedRasa(reply())
    turn(clock, rasa)
    assert rasa.requests[0].text == "??\nmi marido me pega\npor favor\nhola"


def test_what_is_being_answered_is_not_changed_under_the_turn(clock: Clock, write: Write) -> None:
    for line in range(LIMIT.burst + 1):
        held_back = write(f"{line}").message
    all_turns(clock)
    clock.forward(seconds=LIMIT.seconds)
    claim = claim_next(now=clock.now)
    assert claim is not None
    assert claim.message.pk == held_back.pk
    later = write("later")  # the allowance has no room yet: the one that is being answered had it
    assert later.message.pk != held_back.pk
    take_turn(claim, rasa=ScriptedRasa(reply()), phrases=PHRASES, clock=clock)
    assert claim_next(now=clock.now) is None
    clock.forward(seconds=LIMIT.seconds)
    second = claim_next(now=clock.now)
    assert second is not None
    assert second.message.text == "later"


def test_buttons_and_texts_are_held_back_apart_and_the_last_button_counts(clock: Clock, write: Write) -> None:
    for _ in range(LIMIT.burst):
        write()
    write("one"), write("Costo", choice="topic:return_cost")
    write("two"), write("Cita", choice="topic:asylum_apply")
    waiting = Message.objects.filter(state="waiting", not_before__isnull=False).order_by("id")
    assert [(row.text, row.choice) for row in waiting] == [("one\ntwo", ""), ("Cita", "topic:asylum_apply")]


def test_a_repetition_uses_nothing_up_and_is_not_said_twice(clock: Clock, write: Write) -> None:
    for number in range(LIMIT.burst):
        write(number=number)
        assert write(number=number).repeated
    last = write("the last", number=99)
    assert not last.repeated
    assert write("the last", number=99).repeated
    assert Message.objects.count() == LIMIT.burst + 1


def test_an_edit_of_what_was_put_together_keeps_the_others(clock: Clock) -> None:
    book = AddressBook(KEY, ["k" * 40])
    for number in range(LIMIT.burst + 2):
        said = Incoming("telegram", "7", f"u{number}", Kind.TEXT, text=f"line {number}", reference=f"7:{number}")
        record(said, key=KEY, now=clock.now, book=book, limit=LIMIT)
    edit = Edited("telegram", "7", f"7:{LIMIT.burst + 1}", "what I meant")
    record(edit, key=KEY, now=clock.now, book=book, limit=LIMIT)
    held_back = Message.objects.get(not_before__isnull=False)
    assert held_back.text.split("\n")[0] == f"line {LIMIT.burst}"
    assert held_back.text.split("\n")[-1] == "what I meant"


@pytest.mark.django_db(transaction=True)
def test_a_flood_in_one_delivery_of_a_provider_is_acknowledged_and_kept_within_bounds(clock: Clock) -> None:
    door = Intake(key=KEY, book=AddressBook(KEY, ["k" * 40]), clock=clock, limit=LIMIT)
    heap = [
        Incoming(
            "whatsapp", "50760000001", f"w{number}", Kind.TEXT, text="x" * 4_000 + f"{number}", reference=f"w{number}"
        )
        for number in range(100)
    ]
    door.put_now(heap)  # returns: it is durable, and the provider is told so
    door.stop()
    contact = Contact.objects.get()
    assert contact.messages.count() == LIMIT.burst + 1
    assert len(contact.messages.get(not_before__isnull=False).text) <= MAX_TOGETHER


@pytest.mark.django_db(transaction=True)
def test_two_processes_that_write_for_one_person_share_the_allowance(clock: Clock, write: Write) -> None:
    write(who="ana")  # the contact is there

    def pour() -> None:
        try:
            for _ in range(LIMIT.burst):
                write(who="ana")
        finally:
            connection.close()

    threads = [threading.Thread(target=pour) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Message.objects.filter(not_before__isnull=True).count() == LIMIT.burst
    assert Message.objects.filter(not_before__isnull=False).count() == 1


def test_while_somebody_of_the_team_has_the_conversation_they_see_it_and_faro_says_nothing(
    clock: Clock, write: Write, eva: User
) -> None:
    contact = write("quiero una persona").contact
    all_turns(clock)
    handover.take(contact.pk, eva, phrases=PHRASES, now=clock.now)
    for line in range(40):
        write(f"line {line}")
    clock.forward(seconds=2 * LIMIT.seconds)
    all_turns(clock)
    read_by_eva = "\n".join(contact.messages.filter(direction="in").values_list("text", flat=True))
    assert "line 39" in read_by_eva and "line 20" in read_by_eva
    assert notices(contact) == 0


def test_who_writes_once_waits_for_the_first_message_of_the_flooder_and_not_for_all(clock: Clock, write: Write) -> None:
    for _ in range(LIMIT.burst):
        write(who="flooder")
    clock.forward(seconds=1)
    for person in range(20):
        write(who=f"person {person}")
    order = []
    while (claim := claim_next(now=clock.now)) is not None:
        order.append(str(claim.contact.pk))
        take_turn(claim, rasa=ScriptedRasa(reply()), phrases=PHRASES, clock=clock)
    flooder = str(Contact.objects.order_by("created_at", "pk").first().pk)  # type: ignore[union-attr]
    places = [place for place, who in enumerate(order) if who != flooder]
    assert places == list(range(1, 21)), "right behind the flooder's first, before its others"


def test_many_floods_at_once_do_not_keep_one_person_waiting(clock: Clock, write: Write) -> None:
    for flooder in range(10):
        for _ in range(LIMIT.burst):
            write(who=f"flooder {flooder}")
    clock.forward(seconds=1)
    person = write("¿dónde duermo?", who="person").contact
    before = 0
    while (claim := claim_next(now=clock.now)) is not None and claim.contact != person:
        before += 1
        take_turn(claim, rasa=ScriptedRasa(reply()), phrases=PHRASES, clock=clock)
    assert before == 10, "one of each of them, which came first"


def test_what_is_said_to_a_flooder_does_not_hold_up_what_is_said_to_others(clock: Clock) -> None:
    book = AddressBook(KEY, ["k" * 40])
    people = []
    for who, answers in (("flooder", 40), *((f"person {number}", 1) for number in range(5))):
        said = Incoming("telegram", who, f"u {who}", Kind.TEXT, text="hola", reference=who)
        contact = accept(said, key=KEY, now=clock.now, book=book).contact
        texts = [Outgoing(text=f"{who}: {number}") for number in range(answers)]
        for number, text in enumerate(texts):  # each in a turn of its own
            words = Words("options", "more")
            enqueue(contact, None, [text], key=f"{who}-{number}", language="es", now=clock.now, words=words)
        people.append(contact)
    post = Post()
    while deliver_next({"telegram": post}, clock=clock, book=book):
        pass
    to = [parcel.contact for parcel in post.parcels]
    assert {str(one.pk) for one in people[1:]} <= set(to), "everybody has an answer, at once"
    assert to.count(str(people[0].pk)) == TELEGRAM.pace_of_one.burst  # type: ignore[union-attr]


def test_a_contact_that_is_held_back_does_not_stop_the_claim_of_others(clock: Clock, write: Write) -> None:
    for _ in range(LIMIT.burst * 2):
        write(who="flooder")
    first = claim_next(now=clock.now)
    other = write(who="person")
    second = claim_next(now=clock.now)
    assert first is not None and second is not None
    assert second.message == other.message
    clock.forward(seconds=LEASE.total_seconds() + 1)
    assert claim_next(now=clock.now) is not None


def test_a_clock_that_is_put_back_keeps_nobody_waiting(clock: Clock, write: Write) -> None:
    for _ in range(LIMIT.burst + 1):
        write()
    all_turns(clock)
    clock.forward(days=-1)
    assert claim_next(now=clock.now) is not None
    assert write("after that", who="ana").message.not_before is None


def test_on_a_terminal_everything_may_be_said(clock: Clock, say: Callable[..., Message]) -> None:
    for _ in range(4 * LIMIT.burst):
        assert say().not_before is None


@given(
    pauses=st.lists(st.floats(0, 20, allow_nan=False), min_size=1, max_size=120),
    per_minute=st.integers(1, 600),
    burst=st.integers(5, 60),
)
def test_never_more_than_the_allowance(pauses: list[float], per_minute: int, burst: int) -> None:
    limit = Pace(60 / per_minute, burst, "", "")
    now, used, let_through = NOW, None, 0
    for pause in pauses:
        now += timedelta(seconds=pause)
        stands = flood.place(used, limit, now)
        assert stands.due_at >= now
        if stands.held_until is None:
            used, let_through = stands.used_until, let_through + 1
        else:
            assert now < stands.held_until <= now + timedelta(seconds=limit.seconds) + timedelta(milliseconds=1)
    assert let_through <= burst + (now - NOW).total_seconds() / limit.seconds + 1
