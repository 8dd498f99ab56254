"""Sending: one message is one call, well formed, and every refusal becomes what the outbox has to do."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bot.channels.contract import Parcel
from bot.channels.layout import Laid
from bot.channels.telegram.line import Line
from bot.channels.telegram.send import TelegramChannel
from bot.errors import DeliveryError, Remedy
from bot.settings import TelegramSettings
from bot.words import Button
from tests.channels.telegram.people import Person
from tests.channels.telegram.stand_in import TOKEN, Fault, StandIn
from tests.logs import written

Send = Callable[..., None]


@pytest.fixture
def send(line: Line, ana: Person) -> Send:
    channel = TelegramChannel(line)

    def one(laid: Laid) -> None:
        channel.send(Parcel("contact", "answer:1:0", laid, (str(ana.id),)))

    return one


def test_every_button_has_a_row_of_its_own(send: Send, ana: Person) -> None:
    send(Laid("¿Qué necesita?", buttons=(Button("Salud", "area:health"), Button("Menú", "topic:show_menu"))))
    markup = ana.heard()[0].parameters["reply_markup"]
    assert markup == {
        "inline_keyboard": [
            [{"text": "Salud", "callback_data": "area:health"}],
            [{"text": "Menú", "callback_data": "topic:show_menu"}],
        ]
    }


def test_a_position_is_asked_for_with_a_keyboard_that_the_next_plain_text_takes_away(send: Send, ana: Person) -> None:
    send(Laid("¿Dónde está?", asks_location="Enviar mi ubicación"))
    send(Laid("Gracias."))
    asked, thanked = ana.heard()
    assert asked.parameters["reply_markup"]["keyboard"] == [[{"text": "Enviar mi ubicación", "request_location": True}]]
    assert asked.parameters["reply_markup"]["one_time_keyboard"] is True
    assert thanked.parameters["reply_markup"] == {"remove_keyboard": True}


def test_signs_of_markup_arrive_as_they_were_written(send: Send, ana: Person) -> None:
    send(Laid('Si <18 & "solo": llame > 104'))
    assert ana.heard()[0].text == 'Si &lt;18 &amp; "solo": llame &gt; 104'
    assert ana.heard()[0].parameters["parse_mode"] == "HTML"
    assert ana.heard()[0].parameters["link_preview_options"] == {"is_disabled": True}


def test_a_text_whose_markup_is_refused_goes_once_more_as_it_is(send: Send, telegram: StandIn, ana: Person) -> None:
    telegram.fail("sendMessage", Fault(400, "Bad Request: can't parse entities: Can't find end tag at byte offset 5"))
    send(Laid("a < b"))
    assert [one.text for one in ana.heard()] == ["a < b"]
    assert "parse_mode" not in ana.heard()[0].parameters


def test_markup_that_is_refused_twice_is_a_failure(send: Send, telegram: StandIn) -> None:
    telegram.fail("sendMessage", Fault(400, "Bad Request: can't parse entities: oh", times=2))
    with pytest.raises(DeliveryError) as failed:
        send(Laid("a < b"))
    assert (failed.value.code, failed.value.remedy) == ("markup_invalid", Remedy.REFUSE)


@pytest.mark.parametrize(
    ("fault", "code", "remedy"),
    [
        (Fault(429, "Too Many Requests: retry after 7", {"retry_after": 7}), "too_many_requests", Remedy.WAIT),
        (Fault(403, "Forbidden: bot was blocked by the user"), "blocked", Remedy.UNREACHABLE),
        (Fault(403, "Forbidden: user is deactivated"), "deactivated", Remedy.UNREACHABLE),
        (Fault(403, "Forbidden: bot can't initiate conversation with a user"), "never_wrote", Remedy.UNREACHABLE),
        (Fault(403, "Forbidden: something new"), "forbidden", Remedy.UNREACHABLE),
        (Fault(400, "Bad Request: chat not found"), "chat_not_found", Remedy.UNREACHABLE),
        (Fault(400, "Bad Request: PEER_ID_INVALID"), "chat_not_found", Remedy.UNREACHABLE),
        (Fault(400, "Bad Request: message is too long"), "too_long", Remedy.REFUSE),
        (Fault(400, "Bad Request: message text is empty"), "empty", Remedy.REFUSE),
        (Fault(400, "Bad Request: BUTTON_DATA_INVALID"), "button_invalid", Remedy.REFUSE),
        (Fault(400, "Bad Request: something new"), "bad_request", Remedy.REFUSE),
        (Fault(400, "Bad Request: upgraded", {"migrate_to_chat_id": -100}), "chat_migrated", Remedy.UNREACHABLE),
        (Fault(401, "Unauthorized"), "token_refused", Remedy.STOP),
        (Fault(404, "Not Found"), "token_refused", Remedy.STOP),
        (Fault(409, "Conflict: something"), "conflict", Remedy.STOP),
        (Fault(500, "Internal Server Error"), "network", Remedy.RETRY),
        (Fault(502, body=b"<html>Bad Gateway</html>"), "network", Remedy.RETRY),
        (Fault(200, body=b"<html>captive portal</html>"), "unreadable_answer", Remedy.UNSURE),
        (Fault(200, body=b'{"ok": true, "result": {"message_id": 1}}'), "unreadable_answer", Remedy.UNSURE),
        (Fault(cut=True), "connection_lost", Remedy.UNSURE),
    ],
    ids=lambda value: value.description or str(value.body) if isinstance(value, Fault) else "",
)
def test_a_refusal_becomes_what_has_to_be_done(
    send: Send, telegram: StandIn, fault: Fault, code: str, remedy: Remedy
) -> None:
    telegram.fail("sendMessage", fault)
    with pytest.raises(DeliveryError) as failed:
        send(Laid("hola"))
    assert (failed.value.code, failed.value.remedy) == (code, remedy)
    assert failed.value.after == (7.0 if fault.status == 429 else None)
    assert failed.value.__cause__ is None and failed.value.__suppress_context__


def test_an_answer_that_does_not_come_leaves_it_open(telegram: StandIn, ana: Person, line: Line) -> None:
    channel = TelegramChannel(line, whole=0.2)
    telegram.fail("sendMessage", Fault(hang=5))
    with pytest.raises(DeliveryError) as failed:
        channel.send(Parcel("contact", "answer:1:0", Laid("hola"), (str(ana.id),)))
    assert (failed.value.code, failed.value.remedy) == ("timeout", Remedy.UNSURE)


def test_nobody_at_the_other_end_is_tried_again(ana: Person) -> None:
    line = Line(TelegramSettings(TOKEN, api_base="http://127.0.0.1:9"))
    with pytest.raises(DeliveryError) as failed:
        TelegramChannel(line).send(Parcel("contact", "answer:1:0", Laid("hola"), (str(ana.id),)))
    line.close()
    assert (failed.value.code, failed.value.remedy) == ("network", Remedy.RETRY)


def test_whoever_has_no_address_is_not_written_to(line: Line) -> None:
    with pytest.raises(DeliveryError) as failed:
        TelegramChannel(line).send(Parcel("contact", "answer:1:0", Laid("hola"), ()))
    assert failed.value.remedy is Remedy.UNREACHABLE


def test_typing_is_shown_and_its_failure_is_nobodys_trouble(line: Line, telegram: StandIn, ana: Person) -> None:
    channel = TelegramChannel(line)
    telegram.fail("sendChatAction", Fault(500, "Internal Server Error"))
    channel.show_typing((str(ana.id),), "7:1")
    channel.show_typing((str(ana.id),), "7:1")
    telegram.wait(lambda: telegram.to(ana.id, "sendChatAction"), "typing")
    assert telegram.to(ana.id, "sendChatAction")[0].parameters["action"] == "typing"
    channel.show_typing((), "")


@pytest.mark.parametrize(
    "fault",
    [
        Fault(401, "Unauthorized"),
        Fault(404, "Not Found"),
        Fault(500, "Internal Server Error"),
        Fault(200, body=b"no json"),
        Fault(cut=True),
    ],
    ids=lambda fault: fault.description or str(fault.body),
)
def test_the_token_is_in_no_log_and_no_exception(
    send: Send, line: Line, telegram: StandIn, ana: Person, fault: Fault
) -> None:
    telegram.fail("sendMessage", fault)
    telegram.fail("sendChatAction", Fault(404, "Not Found"))
    with written(everything=True) as log:
        with pytest.raises(DeliveryError) as failed:
            send(Laid("hola"))
        TelegramChannel(line).show_typing((str(ana.id),), "")
        send(Laid("hola otra vez"))
        line.close()
    secret = TOKEN.partition(":")[2]
    told = "".join((log.getvalue(), repr(failed.value), str(failed.value), repr(line)))
    assert log.getvalue()
    assert secret not in told
    assert str(ana.id) not in told and "hola" not in told
