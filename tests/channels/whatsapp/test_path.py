"""The whole path with the real threads: a signed webhook comes in over HTTP, an answer goes out, and reports come back."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import httpx
import pytest
from django.utils import timezone

from bot.channels.whatsapp.graph import Graph
from bot.channels.whatsapp.send import WhatsApp
from bot.conversations.addresses import AddressBook
from bot.conversations.models import Contact, Line, Message
from bot.conversations.worker import Worker
from bot.words import Button, Outgoing, TurnReply, TurnRequest
from tests.channels.whatsapp.standin import Fault, Meta, Person, deliver, envelope, status
from tests.conversations.conftest import NamedPhrases, ScriptedRasa, reply
from tests.logs import written

pytestmark = pytest.mark.django_db(transaction=True)

PERSON = Person("50761234567", "PA.13491208655302741918")
OUT = Message.Direction.OUT


class Echo(ScriptedRasa):
    """Says what it understood, with as many options as the text asks for; or takes its time."""

    def take(self, request: TurnRequest) -> TurnReply:
        self.requests.append(request)
        if request.text == "despacio":
            time.sleep(0.7)  # longer than a turn that nobody is shown
        number = 0 if request.choice or not request.text.isdecimal() else int(request.text)
        buttons = tuple(Button(f"Opción {n}", f"topic:t{n}") for n in range(1, number + 1))
        one = reply(text=f"[{request.text or request.choice}]", buttons=buttons)
        return one if request.text != "dos mensajes" else TurnReply(
            one.topic, one.language, 0.9, safety=False, answers=(Outgoing("a" * 4000), Outgoing("b" * 4000))
        )  # fmt: skip


def eventually(so: Callable[[], bool], *, seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not so():
        assert time.monotonic() < end, "not in time"
        time.sleep(0.02)


@contextmanager
def working(channel: WhatsApp, book: AddressBook) -> Iterator[Echo]:
    rasa = Echo()
    worker = Worker(
        rasa=rasa,
        phrases=NamedPhrases(),
        channels={channel.name: channel},
        threads=2,
        delivery_threads=2,
        retention_days=30,
        book=book,
    )
    worker.start()
    try:
        yield rasa
    finally:
        worker.stop()


@pytest.fixture
def faro(meta: Meta, book: AddressBook) -> Iterator[Echo]:
    """The worker, with a channel that soon gives up waiting for an answer and for a report."""
    graph = Graph(meta.settings(), timeout=httpx.Timeout(0.5))
    channel = WhatsApp(graph)
    channel.patience = timedelta(seconds=2)
    with working(channel, book) as rasa:
        yield rasa
    graph.close()


def talk(hook: str, meta: Meta, value: dict[str, object], *, messages: int = 1) -> None:
    before = len(meta.taken)
    deliver(hook, envelope(value))
    eventually(lambda: len(meta.taken) >= before + messages)


def test_a_question_is_answered_and_its_reports_are_kept(hook: str, meta: Meta, faro: Echo) -> None:
    with written(everything=True) as log:
        talk(hook, meta, PERSON.says("secreto"))
        (taken,) = meta.taken
        assert taken.body["to"] == PERSON.phone
        assert taken.text.startswith("[secreto]")
        row = Message.objects.get(provider_id=taken.body["biz_opaque_callback_data"])
        eventually(lambda: Message.objects.get(pk=row.pk).state == "sent")
        for progress in ("read", "delivered", "sent", "read"):
            deliver(hook, envelope(status(taken, progress)))
        row.refresh_from_db()
        assert (row.state, row.progress) == ("sent", "read")
    told = log.getvalue()
    assert "delivered" in told
    assert [one for one in ("secreto", PERSON.phone, PERSON.bsuid, "wamid") if one in told] == []


def test_a_turn_that_takes_longer_is_shown(hook: str, meta: Meta, faro: Echo) -> None:
    message = PERSON.message("text", {"body": "despacio"}, wamid="wamid.SLOW")
    talk(hook, meta, PERSON.value(message))
    assert meta.read == ["wamid.SLOW"]


def test_buttons_lists_pages_and_numbers_are_chosen_from(hook: str, meta: Meta, faro: Echo) -> None:
    for number, kind in ((2, "button"), (8, "list"), (14, "list")):
        talk(hook, meta, PERSON.says(str(number)))
        assert meta.taken[-1].body["interactive"]["type"] == kind
    shown = meta.taken[-1].options
    assert [title for title, _ in shown] == [*(f"Opción {n}" for n in range(1, 10)), "more (fr)"]
    talk(hook, meta, PERSON.taps(shown[-1][1], row=True))
    rest = meta.taken[-1].options
    assert [title for title, _ in rest] == [f"Opción {n}" for n in range(10, 15)]
    talk(hook, meta, PERSON.taps(rest[0][1], row=True))
    assert faro.requests[-1].choice == "topic:t10"
    talk(hook, meta, PERSON.says("2"))
    assert faro.requests[-1].choice == "topic:t11"
    talk(hook, meta, PERSON.says("opcion 13"))
    assert faro.requests[-1].choice == "topic:t13"
    talk(hook, meta, PERSON.taps("topic:never_offered"))
    assert meta.taken[-1].text == "stale_button (fr)"


def test_a_message_too_long_is_several_in_their_order(hook: str, meta: Meta, faro: Echo) -> None:
    talk(hook, meta, PERSON.says("dos mensajes"), messages=2)
    assert [taken.text[0] for taken in meta.taken[:2]] == ["a", "b"]


def test_somebody_without_a_number_is_answered_by_their_id(hook: str, meta: Meta, faro: Echo) -> None:
    talk(hook, meta, Person("", "PA.777").says("hola"))
    assert meta.taken[-1].body["recipient"] == "PA.777"
    assert "to" not in meta.taken[-1].body


def test_the_number_under_which_meta_knows_somebody_is_the_one_that_is_used(hook: str, meta: Meta, faro: Echo) -> None:
    meta.answers_as = "5215512345678"
    talk(hook, meta, Person("525512345678").says("hola"))
    eventually(lambda: Contact.objects.get().addresses.count() == 2)
    talk(hook, meta, Person("525512345678").says("otra vez"))
    assert meta.taken[-1].body["to"] == "5215512345678"
    talk(hook, meta, Person("5215512345678").says("y otra"))
    assert Contact.objects.count() == 1


@pytest.mark.parametrize(
    ("fault", "copies"),
    [
        (Fault(429, 131056), 1),
        (Fault(500, 131000), 1),
        (Fault(503, body="down"), 1),
        (Fault(429, 130429, headers={"Retry-After": "1"}), 1),
        (Fault(silent=True), 1),  # not taken, and nobody said so
        (Fault(silent=True, taken=True), 2),  # taken, and neither answer nor report came: a rare second copy
    ],
)
def test_what_may_pass_is_tried_again(hook: str, meta: Meta, faro: Echo, fault: Fault, copies: int) -> None:
    meta.faults.append(fault)
    talk(hook, meta, PERSON.says("hola"), messages=copies)
    first = Message.objects.filter(direction=OUT).earliest("pk")
    eventually(lambda: Message.objects.get(pk=first.pk).state == "sent")
    same = [one for one in meta.taken if one.body["biz_opaque_callback_data"] == first.provider_id]
    assert len(same) == copies


def test_a_report_settles_what_nobody_answered(hook: str, meta: Meta, faro: Echo) -> None:
    meta.faults.append(Fault(silent=True, taken=True))
    talk(hook, meta, PERSON.says("hola"))
    taken = meta.taken[0]
    deliver(hook, envelope(status(taken, "sent")))
    row = Message.objects.get(provider_id=taken.body["biz_opaque_callback_data"])
    assert row.state == "sent"
    talk(hook, meta, PERSON.says("otra"))
    assert sum(one.body["biz_opaque_callback_data"] == row.provider_id for one in meta.taken) == 1


@pytest.mark.parametrize(
    ("code", "state", "unreachable"), [(131047, "failed", False), (131026, "failed", True), (131053, "failed", False)]
)
def test_a_failure_after_a_200_is_seen_with_its_code(
    hook: str, meta: Meta, faro: Echo, code: int, state: str, *, unreachable: bool
) -> None:
    talk(hook, meta, PERSON.says("hola"))
    taken = meta.taken[0]
    row = Message.objects.get(provider_id=taken.body["biz_opaque_callback_data"])
    eventually(lambda: Message.objects.get(pk=row.pk).state == "sent")
    deliver(hook, envelope(status(taken, "failed", code)))
    row.refresh_from_db()
    assert (row.state, row.error) == (state, str(code))
    assert (Contact.objects.get().unreachable_at is not None) == unreachable


def test_a_temporary_failure_after_a_200_is_sent_again(hook: str, meta: Meta, faro: Echo) -> None:
    talk(hook, meta, PERSON.says("hola"))
    taken = meta.taken[0]
    eventually(lambda: Message.objects.filter(direction=OUT, state="sent").exists())
    deliver(hook, envelope(status(taken, "failed", 131000)))
    deliver(hook, envelope(status(taken, "failed", 131000)))
    ours = taken.body["biz_opaque_callback_data"]
    eventually(lambda: sum(one.body["biz_opaque_callback_data"] == ours for one in meta.taken) == 2)


def test_a_token_that_is_refused_stops_the_channel_and_loses_nothing(hook: str, meta: Meta, faro: Echo) -> None:
    meta.faults.append(Fault(401, 190))
    deliver(hook, envelope(PERSON.says("hola")))
    eventually(lambda: Line.objects.filter(trouble="190").exists())
    assert Message.objects.filter(direction=OUT, state="pending").exists()
    assert meta.taken == []
    Line.objects.update(paused_until=timezone.now())  # the minute is over
    Message.objects.filter(direction=OUT).update(not_before=None)
    eventually(lambda: bool(meta.taken))
    eventually(lambda: Line.objects.get().trouble == "")


def test_a_message_that_comes_days_late_is_not_answered_out_of_the_blue(hook: str, meta: Meta, faro: Echo) -> None:
    deliver(hook, envelope(PERSON.says("¿Dónde está la lancha?", at=time.time() - 5 * 3600)))
    eventually(lambda: bool(meta.taken))
    assert meta.taken[0].text.startswith("late (es)")
    assert faro.requests == []


def test_after_24_hours_nothing_is_sent_and_operators_see_it(hook: str, meta: Meta, faro: Echo) -> None:
    """Whether it came so late or our clock is ahead, Meta knows."""
    meta.faults.append(Fault(400, 131047))
    deliver(hook, envelope(PERSON.says("hola", at=time.time() - 24 * 3600)))
    eventually(lambda: Message.objects.filter(direction=OUT, state="failed", error="131047").exists())
    assert meta.taken == []


def test_a_heap_of_photos_is_answered_once(hook: str, meta: Meta, faro: Echo) -> None:
    photos = [PERSON.message("image", {"id": str(number)}) for number in range(5)]
    deliver(hook, envelope(PERSON.value(*photos)))
    eventually(lambda: not Message.objects.filter(state="waiting").exists())
    eventually(lambda: not Message.objects.filter(state__in=["pending", "sending"]).exists())
    assert [taken.text for taken in meta.taken if taken.text.startswith("not_supported")] == [
        "not_supported (es)\n\nfirst_contact (es)"
    ]


def test_somebody_who_opens_the_chat_is_greeted(hook: str, meta: Meta, faro: Echo) -> None:
    talk(hook, meta, PERSON.value(PERSON.message("request_welcome")))
    assert faro.requests[0].choice == "command:greet"
