"""What the page of health says, and sending again what was given up."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from bot.answers.library import Library
from bot.channels.telegram.faults import FAULTS
from bot.channels.webchat import languages
from bot.channels.whatsapp.codes import CLASSES
from bot.conversations import heartbeat, retry
from bot.conversations.deliver import deliver_next
from bot.conversations.models import Contact, Line, Message
from bot.errors import Remedy
from bot.settings import ROOT, TelegramSettings, WhatsAppSettings
from bot.web import health
from bot.web.django_settings import SETTINGS
from console import contacts
from console.audit.models import AuditEntry
from console.health import codes, deliveries, machine, views
from console.permissions import Role
from tests.console.page import CheckingClient

pytestmark = pytest.mark.django_db

#: What a person wrote or was told, which no page of health may show.
SECRET = "words of a person"

Failed = Callable[..., Message]


@pytest.fixture(autouse=True)
def around(monkeypatch: pytest.MonkeyPatch, rasa: object) -> None:
    """Rasa and the actions answer, a worker is alive, both channels are on."""
    monkeypatch.setattr(views, "is_well", lambda url: url == f"{SETTINGS.actions_url}/health")
    heartbeat.Pulse(heartbeat.WORKER, now=timezone.now()).beat(now=timezone.now())
    on = replace(
        SETTINGS,
        telegram=TelegramSettings(token="1234567:" + "t" * 35),
        whatsapp=WhatsAppSettings("t" * 40, "12345", "a" * 32, "v" * 32),
    )
    monkeypatch.setattr(deliveries, "SETTINGS", on)


@pytest.fixture
def failed() -> Failed:
    """Makes a message that was given up a minute ago, to somebody who wrote five minutes ago."""

    def make(channel: str = "telegram", contact: Contact | None = None, **more: object) -> Message:
        now = timezone.now()
        number = Message.objects.count()
        who = contact or Contact.objects.create(
            channel=channel, pseudonym=f"p{number}", created_at=now, seen_at=now - timedelta(minutes=5)
        )
        values: dict[str, object] = {
            "contact": who,
            "direction": "out",
            "channel": channel,
            "provider_id": f"answer:{number}:0",
            "text": SECRET,
            "state": "failed",
            "error": "network",
            "attempts": 6,
            "created_at": now - timedelta(minutes=2),
            "done_at": now - timedelta(minutes=1),
        }
        return Message.objects.create(**{**values, **more})

    return make


def page(client: CheckingClient) -> str:
    response = client.get("/console/health/")
    assert response.status_code == 200
    return response.content.decode()


def test_all_is_well_in_words(staff: CheckingClient) -> None:
    html = page(staff)
    assert "Faro funciona: las personas reciben respuestas." in html
    assert languages.library().version in html and "faro-0123" in html
    assert 'hx-get="/console/health/now/"' in html and 'hx-trigger="every 15s"' in html


def test_the_part_that_renews_itself_is_a_piece_of_the_page(staff: CheckingClient) -> None:
    html = staff.get("/console/health/now/").content.decode()
    assert "<html" not in html and "Faro funciona" in html


def test_rasa_away_is_said(staff: CheckingClient, rasa: Callable[[bool], None]) -> None:
    rasa(False)
    html = page(staff)
    assert "Faro no funciona bien" in html and "números de emergencia" in html


def test_a_worker_that_stopped_is_said(staff: CheckingClient) -> None:
    heartbeat.Heartbeat.objects.update(at=timezone.now() - timedelta(seconds=61))
    html = page(staff)
    assert "Faro no funciona bien" in html and "Sin señales de vida" in html


def test_actions_away_are_said_though_people_get_answers(
    staff: CheckingClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "is_well", lambda _: False)
    assert "le falta una parte" in page(staff)


def test_a_message_that_waits_too_long_is_said(staff: CheckingClient, failed: Failed) -> None:
    failed(direction="in", state="waiting", created_at=timezone.now() - timedelta(minutes=5))
    html = page(staff)
    assert "Faro no funciona bien" in html and "El más antiguo espera desde hace 5 minutos." in html


def test_each_problem_of_the_content_is_shown_with_its_place(
    staff: CheckingClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(ROOT / "content", tmp_path / "content")
    library = Library(tmp_path / "content")
    file = tmp_path / "content/answers/return/return_cost.yml"
    text = file.read_text(encoding="utf-8").replace("topic: return_cost", "topic: return_cost\nwhat: <b>this</b>")
    file.write_text(text, encoding="utf-8")
    library.refresh()
    monkeypatch.setattr(health, "library", lambda: library)
    html = page(staff)
    assert library.problems
    for problem in library.problems:
        assert f"<code>{problem.path}:{problem.line}</code>" in html
    assert "se usa la última copia buena" in html and "<b>this" not in html


def test_a_channel_that_stands_still_says_why_and_what_to_do(staff: CheckingClient) -> None:
    Line.objects.create(channel="whatsapp", trouble="reported 190", troubled_at=timezone.now())
    html = page(staff)
    assert "WhatsApp está detenido." in html and "poner un token nuevo" in html


def test_what_was_given_up_is_listed_without_a_word_of_anybody(staff: CheckingClient, failed: Failed) -> None:
    message = failed(error="blocked")
    html = page(staff)
    assert contacts.name(message.contact_id) in html and "bloqueó a Faro" in html
    assert SECRET not in html and str(message.contact_id) not in html


def test_a_message_goes_back_into_the_outbox_and_is_sent_in_its_order(staff: CheckingClient, failed: Failed) -> None:
    first = failed("whatsapp", progress="failed", unsure=1)
    second = failed("whatsapp", contact=first.contact, state="pending", done_at=None, error="")
    response = staff.post(f"/console/health/deliveries/{first.pk}/retry/", follow=True)
    assert "Se vuelve a enviar 1 mensaje." in response.content.decode()
    first.refresh_from_db()
    assert (first.state, first.attempts, first.unsure, first.progress, first.error) == ("pending", 0, 0, "", "")
    entry = AuditEntry.objects.get(action="retried_delivery")
    assert (entry.action, entry.contact, entry.about) == (
        "retried_delivery",
        first.contact_id,
        f"message {first.pk}",
    )
    sent: list[str] = []

    class Carrier:
        name, patience, window = "whatsapp", timedelta(seconds=25), timedelta(hours=23)

        def send(self, parcel: object) -> object:
            sent.append(parcel.message)
            return type("Sent", (), {"addresses": ()})()

    while deliver_next({"whatsapp": Carrier()}, clock=timezone.now):
        pass
    assert sent == [first.provider_id, second.provider_id]


@pytest.mark.parametrize(
    ("channel", "hours", "said"),
    [
        ("whatsapp", 24, "24 horas de WhatsApp"),
        ("telegram", 0, "no puede recibir"),
        ("smoke", 0, "está apagado"),
    ],
)
def test_what_cannot_arrive_is_refused_with_the_reason(
    staff: CheckingClient, failed: Failed, channel: str, hours: int, said: str
) -> None:
    message = failed(channel)
    now = timezone.now()
    Contact.objects.update(seen_at=now - timedelta(hours=hours), unreachable_at=now if channel == "telegram" else None)
    assert said in page(staff)
    response = staff.post(f"/console/health/deliveries/{message.pk}/retry/", {"sure": "1"}, follow=True)
    assert said in response.content.decode()
    message.refresh_from_db()
    assert message.state == "failed" and not AuditEntry.objects.filter(action="retried_delivery").exists()


@pytest.mark.parametrize(
    ("text", "named", "refused"),
    [("llame al [phone]", "answer:team-0:0", True), ("llame al 911", "answer:team-1:0", False)],
)
def test_what_was_masked_since_is_not_sent_with_a_hole_in_it(
    staff: CheckingClient, failed: Failed, text: str, named: str, refused: bool
) -> None:
    message = failed(text=text, provider_id=named, as_written=False)
    assert ("se borró entretanto" in page(staff)) is refused
    staff.post(f"/console/health/deliveries/{message.pk}/retry/", {"sure": "1"})
    message.refresh_from_db()
    assert message.state == ("failed" if refused else "pending")


def test_what_is_masked_while_somebody_asks_for_it_is_not_sent(failed: Failed) -> None:
    message = failed()
    Message.objects.update(as_written=False, text="[phone]")
    assert not retry.put_back(message)
    assert Message.objects.get().state == "failed"


@pytest.mark.parametrize("doubt", list(retry.Doubt))
def test_what_may_mislead_asks_before_it_is_sent(staff: CheckingClient, failed: Failed, doubt: retry.Doubt) -> None:
    message = failed(error="unsure" if doubt is retry.Doubt.UNSURE else "network")
    if doubt is retry.Doubt.LATE:
        Message.objects.update(created_at=timezone.now() - timedelta(hours=2))
    if doubt is retry.Doubt.OVERTAKEN:
        failed(contact=message.contact, state="sent")
    address = f"/console/health/deliveries/{message.pk}/retry/"
    assert f'id="sure-{message.pk}"' in page(staff)
    staff.post("/console/health/deliveries/retry/")
    html = staff.post(address, follow=True).content.decode()
    assert "No se envió nada. Marque primero la casilla" in html
    message.refresh_from_db()
    assert message.state == "failed"
    staff.post(address, {"sure": "1"})
    message.refresh_from_db()
    assert message.state == "pending"


def test_all_that_nothing_speaks_against_are_sent_at_once(staff: CheckingClient, failed: Failed) -> None:
    good = [failed(), failed("whatsapp")]
    bad = failed(error="unsure")
    response = staff.post("/console/health/deliveries/retry/", follow=True)
    assert "Se vuelven a enviar 2 mensajes." in response.content.decode()
    assert set(Message.objects.filter(state="pending")) == set(good)
    assert list(Message.objects.filter(state="failed")) == [bad]


def test_of_two_who_ask_at_once_one_is_told_so(staff: CheckingClient, failed: Failed) -> None:
    message = failed()
    staff.post(f"/console/health/deliveries/{message.pk}/retry/")
    html = staff.post(f"/console/health/deliveries/{message.pk}/retry/", follow=True).content.decode()
    assert "Ya está en camino" in html and AuditEntry.objects.filter(action="retried_delivery").count() == 1


def test_whoever_reported_an_aid_worker_is_neither_listed_counted_nor_reached(
    somebody: Callable[..., CheckingClient], failed: Failed
) -> None:
    message = failed()
    Contact.objects.update(safeguarding=True)
    operator = somebody(Role.OPERATOR)
    html = page(operator)
    assert contacts.name(message.contact_id) not in html and "<code>network</code>" not in html
    address = f"/console/health/deliveries/{message.pk}/retry/"
    assert operator.post(address, {"sure": "1"}).status_code == 404
    operator.post("/console/health/deliveries/retry/")
    message.refresh_from_db()
    assert message.state == "failed"
    seeing = somebody(Role.OPERATOR, Role.SAFEGUARDING, name="both")
    assert contacts.name(message.contact_id) in page(seeing)
    assert seeing.post(address).status_code == 302
    message.refresh_from_db()
    assert message.state == "pending"


def test_a_reader_sees_and_sends_nothing(somebody: Callable[..., CheckingClient], failed: Failed) -> None:
    message = failed()
    reader = somebody(Role.READER)
    assert "/retry/" not in page(reader)
    assert reader.post(f"/console/health/deliveries/{message.pk}/retry/").status_code == 403
    assert reader.post("/console/health/deliveries/retry/").status_code == 403
    assert reader.get("/console/health/deliveries/retry/").status_code == 405


def test_messages_of_people_and_of_the_web_chat_are_not_sent_again(staff: CheckingClient, failed: Failed) -> None:
    theirs = failed(direction="in", state="answered")
    assert staff.post(f"/console/health/deliveries/{theirs.pk}/retry/").status_code == 404
    web = failed("web")
    html = page(staff)
    assert contacts.name(web.contact_id) not in html


def test_every_code_of_the_channels_has_words() -> None:
    expected = {
        Remedy.UNREACHABLE: {codes.BLOCKED},
        Remedy.CLOSED: {codes.CLOSED},
        Remedy.UNSURE: {codes.UNSURE},
        Remedy.RETRY: {codes.PASSING},
        Remedy.WAIT: {codes.CROWDED},
        Remedy.SLOW: {codes.CROWDED},
        Remedy.REFUSE: {codes.OURS},
        Remedy.STOP: {codes.TOKEN, codes.ACCOUNT, codes.CONFLICT},
    }
    known = [(str(code), one.remedy) for one in CLASSES for code in one.codes]
    known += [(one.code, one.remedy) for one in FAULTS]
    for code, remedy in known:
        assert codes.meaning(code) in expected[remedy], code
        assert codes.meaning(f"reported {code}") == codes.meaning(code)
    assert codes.meaning("http_503") == codes.meaning("ConnectError") == codes.PASSING
    assert codes.meaning("something new") == codes.meaning("¹") == codes.FAULT


def test_a_disk_that_is_nearly_full_is_said(staff: CheckingClient, monkeypatch: pytest.MonkeyPatch) -> None:
    assert machine.disk(Path("/nowhere/at/all")) is None
    monkeypatch.setattr(views.machine, "disk", lambda _: machine.Disk(5_000_000, 50_000_000_000))
    html = page(staff)
    assert "Haga espacio" in html
    assert not machine.Disk(20_000_000_000, 50_000_000_000).nearly_full


def test_a_database_that_does_not_answer_is_said(staff: CheckingClient, monkeypatch: pytest.MonkeyPatch) -> None:
    away = (False, None, 0, 0)
    monkeypatch.setattr(health, "_database", lambda _now: away)
    html = page(staff)
    assert "Faro no funciona bien" in html


def test_the_sign_of_life_counts_workers_and_forgets_the_dead() -> None:
    heartbeat.Heartbeat.objects.all().delete()
    now = datetime(2031, 5, 20, 12, tzinfo=timezone.get_default_timezone())
    one, other = (heartbeat.Pulse(heartbeat.WORKER, now=now) for _ in range(2))
    one.beat(now=now)
    other.beat(now=now + timedelta(seconds=50))
    assert heartbeat.alive(heartbeat.WORKER, now=now + timedelta(seconds=59)) == 2
    assert heartbeat.alive(heartbeat.WORKER, now=now + timedelta(seconds=61)) == 1
    other.beat(now=now + timedelta(days=2))
    assert heartbeat.Heartbeat.objects.count() == 1
    other.end()
    assert heartbeat.alive(heartbeat.WORKER, now=now + timedelta(days=2)) == 0
