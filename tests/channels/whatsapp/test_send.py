"""One message is one call that Meta takes; whatever else comes back is said as what to do about it."""

from __future__ import annotations

import threading
import traceback
from collections.abc import Iterator
from datetime import timedelta

import httpx
import pytest

from bot.channels.contract import Channel, Parcel
from bot.channels.layout import Laid
from bot.channels.whatsapp.codes import CLASSES, remedy_of
from bot.channels.whatsapp.graph import TIMEOUT, Graph
from bot.channels.whatsapp.payload import NoAddress, recipient
from bot.channels.whatsapp.send import WhatsApp
from bot.errors import DeliveryError, Remedy
from bot.words import Button
from tests.channels.whatsapp.standin import APP_SECRET, NUMBER, TOKEN, VERIFY, Fault, Meta
from tests.logs import written

PHONE = ("phone:50761234567", "bsuid:PA.1")
BUTTONS = tuple(Button(f"Botón {number}", f"topic:{number}") for number in range(3))
ROWS = tuple(Button(f"Fila {number}", f"topic:{number}") for number in range(10))

#: Every kind of message that a layout can give this channel, at its limits.
KINDS = {
    "text": Laid("¿Qué necesita saber?"),
    "longest text": Laid("ñ" * 4096),
    "one button": Laid("¿Y ahora?", buttons=BUTTONS[:1]),
    "three buttons": Laid("a" * 1024, buttons=tuple(Button(f"{n}" * 20, f"{n}" * 256) for n in range(3))),
    "list": Laid("¿Cuál?", rows=ROWS, list_label="Opciones"),
    "longest list": Laid("a" * 1024, rows=tuple(Button(f"{n}" * 24, f"{n}" * 200) for n in range(10)), list_label="o" * 20),
    "numbered": Laid("[1] Uno\n[2] Dos", numbered=BUTTONS[:2]),
    "location": Laid("¿Dónde está?", asks_location="Enviar mi ubicación"),
}  # fmt: skip


def parcel(laid: Laid = KINDS["text"], addresses: tuple[str, ...] = PHONE) -> Parcel:
    return Parcel("5f0c0e6e-3b1a-4b57-9a38-2f1c8f1e7a10", "answer:7:0", laid, addresses)


@pytest.fixture
def graph(meta: Meta) -> Iterator[Graph]:
    # Short, so that a provider who says nothing is given up soon; what is tested is what follows from it.
    one = Graph(meta.settings(), timeout=httpx.Timeout(0.4))
    yield one
    one.close()


@pytest.fixture
def channel(graph: Graph) -> WhatsApp:
    return WhatsApp(graph)


def failure(channel: Channel, given: Parcel | None = None) -> DeliveryError:
    with pytest.raises(DeliveryError) as caught:
        channel.send(given or parcel())
    return caught.value


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("addresses", [PHONE, ("bsuid:PA.13491208655302741918",), ("parent:PA.ENT.1",)])
def test_every_kind_of_message_is_one_call_that_is_taken(
    meta: Meta, channel: WhatsApp, kind: str, addresses: tuple[str, ...]
) -> None:
    laid = KINDS[kind]
    channel.send(parcel(laid, addresses))
    (taken,) = meta.taken
    assert len(meta.calls) == 1
    assert taken.text == laid.text
    assert taken.options == [(one.title, one.id) for one in laid.buttons or laid.rows]
    assert taken.body["biz_opaque_callback_data"] == "answer:7:0"
    assert ("to" in taken.body) == (addresses == PHONE)


def test_the_newest_number_is_written_to_and_an_id_only_where_there_is_none() -> None:
    assert recipient(("phone:1", "bsuid:PA.1", "phone:2")) == {"to": "2"}
    assert recipient(("bsuid:PA.1", "parent:PA.ENT.1", "bsuid:PA.2")) == {"recipient": "PA.2"}
    assert recipient(("parent:PA.ENT.1",)) == {"recipient": "PA.ENT.1"}
    with pytest.raises(NoAddress):
        recipient(("chat:1",))


def test_nobody_to_write_to_is_no_call(meta: Meta, channel: WhatsApp) -> None:
    assert failure(channel, parcel(addresses=())).remedy is Remedy.UNREACHABLE
    assert meta.calls == []


def test_the_number_under_which_somebody_is_really_known_comes_back(meta: Meta, channel: WhatsApp) -> None:
    meta.answers_as = "5215512345678"
    assert channel.send(parcel()).addresses == ("phone:5215512345678",)
    assert channel.send(parcel(addresses=("bsuid:PA.1",))).addresses == ("bsuid:PA.1",)


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault(429, 130429, headers={"Retry-After": "7"}), ("130429", Remedy.SLOW, 7)),
        (Fault(400, 131056), ("131056", Remedy.WAIT, None)),
        (Fault(429, 131056, headers={"Retry-After": "16"}), ("131056", Remedy.WAIT, 16)),
        (Fault(400, 4), ("4", Remedy.SLOW, None)),
        (Fault(400, 80007), ("80007", Remedy.SLOW, None)),
        (Fault(500, 131000), ("131000", Remedy.RETRY, None)),
        (Fault(503, 131016), ("131016", Remedy.RETRY, None)),
        (Fault(500, 2), ("2", Remedy.RETRY, None)),
        (Fault(400, 131047), ("131047", Remedy.CLOSED, None)),
        (Fault(400, 131026), ("131026", Remedy.UNREACHABLE, None)),
        (Fault(400, 131030), ("131030", Remedy.UNREACHABLE, None)),
        (Fault(400, 100), ("100", Remedy.REFUSE, None)),
        (Fault(400, 100, subcode=33), ("100", Remedy.STOP, None)),
        (Fault(400, 131009), ("131009", Remedy.REFUSE, None)),
        (Fault(401, 190), ("190", Remedy.STOP, None)),
        (Fault(400, 190), ("190", Remedy.STOP, None)),
        (Fault(403, 10), ("10", Remedy.STOP, None)),
        (Fault(403, 299), ("299", Remedy.STOP, None)),
        (Fault(400, 131042), ("131042", Remedy.STOP, None)),
        (Fault(400, 987654), ("987654", Remedy.REFUSE, None)),
        (Fault(500, 987654), ("987654", Remedy.RETRY, None)),
        (Fault(400, body='{"error":{"code":987654,"is_transient":true}}'), ("987654", Remedy.RETRY, None)),
        (Fault(502, body="<html>Bad Gateway</html>"), ("http_502", Remedy.RETRY, None)),
        (Fault(504, body=""), ("http_504", Remedy.UNSURE, None)),
        (Fault(404, body="not here"), ("http_404", Remedy.RETRY, None)),
        (Fault(302, body="", headers={"Location": "http://127.0.0.1:1/"}), ("http_302", Remedy.RETRY, None)),
        (Fault(400, body='{"error":"text"}'), ("http_400", Remedy.RETRY, None)),
        (Fault(200, body="<html>log in to this network</html>"), ("no_answer", Remedy.RETRY, None)),
        (Fault(200, body='{"messages":[]}'), ("no_answer", Remedy.UNSURE, None)),
        (Fault(200, body='{"error":{"code":131047}}'), ("131047", Remedy.CLOSED, None)),
        (Fault(200, body="[" * 100_000), ("no_answer", Remedy.RETRY, None)),
        (Fault(429, 130429, headers={"Retry-After": "soon"}), ("130429", Remedy.SLOW, None)),
        (Fault(429, 130429, headers={"Retry-After": "99999999"}), ("130429", Remedy.SLOW, 3600)),
        (Fault(silent=True, taken=True), ("RemoteProtocolError", Remedy.UNSURE, None)),
    ],
)
def test_what_goes_wrong_has_a_remedy(
    meta: Meta, channel: WhatsApp, fault: Fault, error: tuple[str, Remedy, float | None]
) -> None:
    meta.faults.append(fault)
    found = failure(channel)
    assert (found.code, found.remedy, found.after) == error
    assert len(meta.calls) == 1, "a redirection is not followed, nothing is tried again here"


def test_no_answer_after_the_message_was_taken_is_unsure_and_not_sent_again(meta: Meta, channel: WhatsApp) -> None:
    late = threading.Event()
    meta.faults.append(Fault(200, body="{}", taken=True, waits=late))
    error = failure(channel)
    late.set()
    assert (error.code, error.remedy) == ("ReadTimeout", Remedy.UNSURE)
    assert len(meta.calls) == 1


def test_nobody_there_is_tried_again() -> None:
    meta = Meta()
    graph = Graph(meta.settings("http://127.0.0.1:9"))
    error = failure(WhatsApp(graph))
    graph.close()
    assert (error.code, error.remedy) == ("ConnectError", Remedy.RETRY)


def test_a_message_is_not_on_its_way_twice() -> None:
    waits = [TIMEOUT.connect, TIMEOUT.read, TIMEOUT.write, TIMEOUT.pool]
    assert timedelta(seconds=sum(one or 0 for one in waits)) < WhatsApp.patience


# Read, and writing


def test_a_message_is_shown_as_read_and_somebody_as_writing_once_in_25_seconds(meta: Meta, graph: Graph) -> None:
    now = [0.0]
    channel = WhatsApp(graph, seconds=lambda: now[0])
    for seconds in (0, 4, 8, 24, 25, 29, 51):
        now[0] = seconds
        channel.show_typing(PHONE, "wamid.A")
    assert meta.read == ["wamid.A"] * 3
    channel.show_typing(PHONE, "wamid.B")
    assert meta.read[3:] == ["wamid.B"]
    assert meta.calls[0][2]["typing_indicator"] == {"type": "text"}


def test_showing_it_never_fails_and_needs_a_message(meta: Meta, channel: WhatsApp) -> None:
    channel.show_typing(PHONE, "")
    assert meta.calls == []
    meta.faults.append(Fault(401, 190))
    with written() as log:
        channel.show_typing(PHONE, "wamid.HBgLMTY1MDM4Nzk0MzkVAgARGBI")
    assert "190" in log.getvalue()
    assert "HBgL" not in log.getvalue()


# Codes


def test_no_code_has_two_remedies_and_every_class_its_source() -> None:
    every = [code for one in CLASSES for code in one.codes]
    assert len(every) == len(set(every))
    assert all(one.source and len(one.read) == 7 for one in CLASSES)
    assert {one.remedy for one in CLASSES} == set(Remedy) - {Remedy.UNSURE}
    assert all(remedy_of(code, status=500) is one.remedy for one in CLASSES for code in one.codes)


# Nothing of it is told


@pytest.mark.parametrize("fault", [Fault(401, 190), Fault(500, body="x"), Fault(silent=True), None])
def test_neither_token_nor_number_nor_text_is_in_a_log_an_exception_or_a_query(
    meta: Meta, graph: Graph, fault: Fault | None
) -> None:
    channel = WhatsApp(graph)
    secret = parcel(Laid("palabra secreta"))
    meta.faults += [fault] if fault else []
    told = ""
    with written(everything=True) as log:
        try:
            channel.send(secret)
        except DeliveryError as error:
            chain: BaseException | None = error
            while chain is not None:
                told += f"{chain!r} {chain.args} {vars(chain)}"
                chain = chain.__cause__ or (None if chain.__suppress_context__ else chain.__context__)
            told += "".join(traceback.format_exception(error))
        channel.show_typing(PHONE, "wamid.SECRET")
    told += log.getvalue() + repr(meta.settings()) + repr(graph) + repr(channel) + repr(secret)
    secrets = (TOKEN, APP_SECRET, VERIFY, "50761234567", "PA.1", "secreta", "SECRET")
    assert [one for one in secrets if one in told] == []
    assert [one for one in secrets if any(one in query for query in meta.queries)] == []
    assert [one for one in secrets if any(one in path for _, path, _ in meta.calls)] == []
    assert all(head["authorization"] == f"Bearer {TOKEN}" for head in meta.heads)


def test_no_proxy_of_the_environment_sees_whom_we_write_to(meta: Meta, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    graph = Graph(meta.settings())
    WhatsApp(graph).send(parcel())
    graph.close()
    assert meta.calls[0][1] == f"{NUMBER}/messages"
