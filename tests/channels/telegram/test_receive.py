"""Whole ways through real HTTP and the real threads: webhook and polling take the same updates to the same answers."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import httpx
import pytest

from bot.answers.library import Library
from bot.conversations.models import Contact, Handover, Line, Message
from bot.settings import TelegramSettings
from bot.words import Effect, EffectKind
from tests.channels.telegram import people
from tests.channels.telegram.deliveries import Deliveries
from tests.channels.telegram.faro import SECRET, Faro, Parrot, working
from tests.channels.telegram.people import Person
from tests.channels.telegram.stand_in import TOKEN, Fault, StandIn

pytestmark = pytest.mark.django_db(transaction=True)

Start = Callable[..., Faro]


@pytest.fixture(params=["webhook", "polling"])
def start(request: pytest.FixtureRequest, telegram: StandIn, library: Library) -> Iterator[Start]:
    """Starts Faro in the mode."""
    webhook = request.param == "webhook"
    settings = TelegramSettings(TOKEN, webhook=webhook, secret=SECRET if webhook else "", api_base=telegram.url)
    with ExitStack() as stack:

        def begin(rasa: Parrot | None = None) -> Faro:
            faro = stack.enter_context(working(Faro(settings, library, rasa)))
            if webhook:
                stack.enter_context(Deliveries(telegram, faro.url, SECRET))
            return faro

        yield begin


def test_a_text_a_button_a_position_and_a_photo_are_answered_in_their_order(start: Start, ana: Person) -> None:
    faro = start()
    ana.say("cuánto cuesta")
    assert ana.next().text == "&lt;cuánto cuesta&gt;\n\nfirst_contact (es)"
    ana.press("topic:return_cost")
    assert ana.next().text == "&lt;topic:return_cost&gt;"
    ana.share(8.98, -79.52)
    ana.telegram.wait(lambda: ana.telegram.to(ana.id, "deleteMessage"), "the keyboard is taken away")
    pin = next(one for one in ana.heard() if one.text == "\N{ROUND PUSHPIN}")
    assert pin.parameters["reply_markup"] == {"remove_keyboard": True}
    ana.telegram.wait(lambda: [one for one in ana.heard() if "near:" in one.text], "what is near")
    assert isinstance(faro.rasa, Parrot)
    assert all("8.98" not in repr(one) for one in faro.rasa.requests)
    ana.send(sticker={"file_id": "a", "file_unique_id": "b", "type": "regular"} | {"width": 1, "height": 1}
             | {"is_animated": False, "is_video": False})  # fmt: skip
    ana.telegram.wait(lambda: [one for one in ana.heard() if one.text.startswith("not_supported")], "text please")


def test_a_pressed_button_stops_spinning_also_when_it_was_never_given(
    start: Start, telegram: StandIn, ana: Person
) -> None:
    start()
    update = ana.press("erase:yes")
    assert ana.next().text.startswith("stale_button (es)")
    telegram.wait(lambda: telegram.of("answerCallbackQuery"), "the query is answered")
    (answered,) = telegram.of("answerCallbackQuery")
    assert str(answered.parameters["callback_query_id"]) == update["callback_query"]["id"]
    assert "text" not in answered.parameters


def test_a_button_under_somebody_elses_message_does_nothing(start: Start, telegram: StandIn, ana: Person) -> None:
    start()
    eva = Person(telegram)
    eva.say("hola")
    eva.next()
    ana.press("topic:return_cost", message=telegram.message(eva.id))
    telegram.wait(lambda: telegram.of("answerCallbackQuery"), "the query is answered")
    ana.say("y yo")
    assert ana.next().text.startswith("&lt;y yo&gt;")
    assert len(eva.heard()) == 1


def test_the_same_update_twice_is_answered_once(start: Start, telegram: StandIn, ana: Person) -> None:
    start()
    update = ana.say("uno")
    ana.next()
    telegram.bring(update)  # with the same number
    ana.say("dos")
    assert ana.next().text.startswith("&lt;dos&gt;")
    assert Message.objects.filter(direction="in").count() == 2


def test_an_update_that_cannot_be_read_takes_no_other_with_it(start: Start, telegram: StandIn, ana: Person) -> None:
    telegram.bring({"message": {"message_id": 1, "text": "hola", "chat": {"id": ana.id}}})
    telegram.bring({"new_kind": {}})
    ana.say("sigo aquí")
    start()
    assert ana.next().text.startswith("&lt;sigo aquí&gt;")


def test_messages_of_a_person_are_answered_in_their_order(start: Start, telegram: StandIn) -> None:
    everybody = [Person(telegram) for _ in range(3)]
    for number in range(4):
        for person in everybody:
            person.say(f"n{number}")
    start()
    for person in everybody:
        assert [person.next().text.split(";")[1][:2] for _ in range(4)] == ["n0", "n1", "n2", "n3"]


def test_a_person_who_blocks_faro_is_left_in_peace_until_they_come_back(
    start: Start, telegram: StandIn, ana: Person
) -> None:
    start()
    ana.say("hola")
    ana.next()
    telegram.bring(ana.member("kicked"))
    telegram.wait(lambda: Contact.objects.filter(unreachable_at__isnull=False).exists(), "it is known")
    telegram.bring(ana.member("member"))
    telegram.wait(lambda: not Contact.objects.filter(unreachable_at__isnull=False).exists(), "it is forgotten")


def test_a_refusal_because_we_are_blocked_is_remembered(start: Start, telegram: StandIn, ana: Person) -> None:
    telegram.blocked.add(ana.id)
    start()
    ana.say("hola")
    telegram.wait(lambda: Message.objects.filter(direction="out", state="failed").exists(), "it has failed")
    assert Message.objects.get(direction="out", state="failed").error == "blocked"
    assert Contact.objects.get().unreachable_at is not None


def test_too_many_requests_wait_as_long_as_telegram_says(start: Start, telegram: StandIn, ana: Person) -> None:
    telegram.fail("sendMessage", Fault(429, "Too Many Requests: retry after 2", {"retry_after": 2}))
    begun = time.monotonic()
    start()
    ana.say("hola")
    assert ana.next().text.startswith("&lt;hola&gt;")
    assert time.monotonic() - begun >= 2


def test_a_group_is_told_once_and_left(start: Start, telegram: StandIn, ana: Person) -> None:
    telegram.bring(people.added(telegram))
    telegram.bring(people.group(telegram))
    start()
    telegram.wait(lambda: len(telegram.of("leaveChat")) == 2, "the group is left")
    (told,) = telegram.to(-1001234567890)
    assert "chat privé" not in told.text and "en privé" in told.text and "911" in told.text
    assert not Contact.objects.exists()


def test_a_link_chooses_the_language_a_person_is_asked_for_and_everything_is_erased(
    start: Start, telegram: StandIn
) -> None:
    jean = Person(telegram, "es")
    handover, erase = Effect(EffectKind.HANDOVER, "asked"), Effect(EffectKind.ERASE)
    start(Parrot({"command:ask_human": handover, "command:erase_data": erase}))
    jean.say("/start fr")
    assert jean.next().text.startswith("&lt;command:greet&gt;")
    assert Contact.objects.get().language == "fr"
    jean.say("/personne")
    jean.next()
    assert Handover.objects.count() == 1
    jean.say("/effacer")
    assert jean.next().text == "&lt;command:erase_data&gt;"
    assert Contact.objects.get().erased_at is not None
    assert not Message.objects.filter(direction="in").exists()


def test_a_correction_before_the_answer_is_what_is_answered(telegram: StandIn, library: Library, ana: Person) -> None:
    faro = Faro(TelegramSettings(TOKEN, api_base=telegram.url), library)
    first = ana.say("medco")
    corrected = first["message"] | {"text": "médico", "edit_date": int(time.time())}
    telegram.bring({"edited_message": corrected})
    with working(faro):
        # Both come in one batch, so no turn can begin in between.
        assert ana.next().text.startswith("&lt;médico&gt;")


# What only a webhook meets


@pytest.fixture
def webhook(telegram: StandIn, library: Library) -> Iterator[Faro]:
    settings = TelegramSettings(TOKEN, webhook=True, secret=SECRET, api_base=telegram.url)
    with working(Faro(settings, library)) as faro:
        yield faro


@pytest.mark.parametrize(
    ("method", "headers", "body", "status"),
    [
        ("GET", {}, b"", 405),
        ("POST", {"X-Telegram-Bot-Api-Secret-Token": "wrong"}, b"{}", 403),
        ("POST", {}, b"{}", 403),
        ("POST", {"X-Telegram-Bot-Api-Secret-Token": SECRET}, b"{", 200),
        ("POST", {"X-Telegram-Bot-Api-Secret-Token": SECRET}, b" " * (2**20 + 1), 413),
        ("POST", {"X-Telegram-Bot-Api-Secret-Token": SECRET}, b" " * 2**20, 200),
    ],
)
def test_the_door_over_real_http(webhook: Faro, method: str, headers: dict[str, str], body: bytes, status: int) -> None:
    answer = httpx.request(method, webhook.url, headers=headers, content=body, trust_env=False, timeout=20)
    assert (answer.status_code, answer.content) == (status, b"")


def test_telegram_comes_again_until_the_inbox_has_it_and_keeps_the_order(
    telegram: StandIn, webhook: Faro, ana: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    refusals = [503, 503, 503]
    put = webhook.intake.put

    async def full_at_first(events: object, *, trace: str) -> None:
        if refusals:
            refusals.pop()
            raise ConnectionError("the database restarts")
        await put(events, trace=trace)  # type: ignore[arg-type]

    monkeypatch.setattr(webhook.intake, "put", full_at_first)
    with Deliveries(telegram, webhook.url, SECRET) as deliveries:
        updates = [ana.say("uno"), ana.say("dos")]
        assert ana.next().text.startswith("&lt;uno&gt;")
        assert ana.next().text.startswith("&lt;dos&gt;")
        assert [status for number, status in deliveries.statuses if number == updates[0]["update_id"]] == [
            503, 503, 503, 200
        ]  # fmt: skip


def test_what_telegram_gave_up_after_a_day_is_not_brought(telegram: StandIn, webhook: Faro, ana: Person) -> None:
    old = ana.message(text="ayer")["message"] | {"date": int(time.time()) - 25 * 3600}
    with Deliveries(telegram, webhook.url, SECRET) as deliveries:
        telegram.bring({"message": old})
        ana.say("hoy")
        assert ana.next().text.startswith("&lt;hoy&gt;")
        assert len(deliveries.expired) == 1
    assert Message.objects.filter(direction="in").count() == 1


def test_who_writes_while_our_clock_is_two_days_ahead_hears_something(webhook: Faro, ana: Person) -> None:
    old = ana.message(text="ayer")["message"] | {"date": int(time.time()) - 49 * 3600}
    body = json.dumps({"update_id": 5, "message": old})
    headers = {"X-Telegram-Bot-Api-Secret-Token": SECRET}
    assert httpx.post(webhook.url, content=body, headers=headers, trust_env=False).status_code == 200
    assert ana.next().text.startswith("late (es)")


def test_a_webhook_is_the_only_door_that_is_open(webhook: Faro) -> None:
    assert webhook.telegram.beside == ()
    assert Line.objects.filter(poller__gt="").count() == 0
