"""/metrics says how the queues are, to nobody outside; without the database it says that."""

from __future__ import annotations

import asyncio
import re
import uuid
from datetime import datetime, timedelta

import pytest
from django.db import DatabaseError, connection
from django.http import HttpResponse
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from prometheus_client import CollectorRegistry, generate_latest

from bot.channels.webchat.languages import library
from bot.conversations import heartbeat, readings
from bot.conversations.models import Contact, Handover, Heartbeat, Line, Message
from bot.conversations.rasa_client import RasaState
from bot.settings import ROOT
from bot.watching.figures import HTTP
from bot.web import gauges, metrics
from bot.web.counted import counted


def _message(channel: str, state: str, age: float, now: datetime, *, direction: str = "in", error: str = "") -> Message:
    contact = Contact.objects.create(channel=channel, pseudonym=uuid.uuid4().hex, created_at=now, seen_at=now)
    return Message.objects.create(
        contact=contact,
        direction=direction,
        channel=channel,
        provider_id=uuid.uuid4().hex,
        state=state,
        created_at=now - timedelta(seconds=age),
        done_at=now - timedelta(seconds=age) if state == "failed" else None,
        error=error,
    )


def _look(now: datetime) -> gauges.House:
    return gauges.look(
        now=now, content=library(), rasa=lambda: RasaState(True, "faro-0123"), retention_days=30, folder=ROOT
    )


def _text(house: gauges.House | None) -> str:
    registry = CollectorRegistry()
    registry.register(gauges.Gauges(lambda: house))
    return generate_latest(registry).decode()


@pytest.mark.django_db
def test_the_queues_are_said_by_channel_with_the_age_of_the_oldest() -> None:
    now = timezone.now()
    for age in (5, 90):
        _message("whatsapp", "waiting", age, now)
    _message("telegram", "pending", 40, now, direction="out")
    _message("telegram", "sending", 3, now, direction="out")
    text = _text(_look(now))
    assert 'faro_waiting_messages{channel="whatsapp"} 2.0' in text
    assert 'faro_oldest_waiting_seconds{channel="whatsapp"} 90.0' in text
    assert 'faro_oldest_waiting_seconds{channel="web"} 0.0' in text
    assert 'faro_outbox_messages{channel="telegram",state="pending"} 1.0' in text
    assert 'faro_outbox_messages{channel="telegram",state="sending"} 1.0' in text
    assert 'faro_oldest_outbox_seconds{channel="telegram"} 40.0' in text
    assert "faro_oldest_text_seconds 90.0" in text
    assert "faro_retention_seconds 2.592e+06" in text
    assert "faro_rasa_ready 1.0" in text
    assert not re.search(r"^faro_(?:database|disk)_\w+ 0.0$", text, re.MULTILINE)


@pytest.mark.django_db
def test_failures_of_the_last_hour_are_said_by_code_and_no_more_codes_than_can_be_read() -> None:
    now = timezone.now()
    for number in range(readings.CODES + 4):
        _message("whatsapp", "failed", 60, now, direction="out", error=f"13{number:04}")
    for _ in range(2):
        _message("whatsapp", "failed", 60, now, direction="out", error="131047")
    _message("whatsapp", "failed", 3700, now, direction="out", error="131047")
    _message("telegram", "failed", 60, now, direction="out", error='a "text" of somebody')
    failed = readings.read(now).failed
    assert failed["whatsapp", "131047"] == 2
    assert sum(failed.values()) == readings.CODES + 4 + 2 + 1
    assert len({code for _, code in failed}) <= readings.CODES + 1
    assert not [code for _, code in failed if "text" in code]


@pytest.mark.django_db
def test_handovers_are_said_without_those_that_the_safeguarding_role_alone_may_know_of() -> None:
    now = timezone.now()
    for safeguarding, taken in ((False, False), (False, True), (True, False)):
        contact = Contact.objects.create(
            channel="web", pseudonym=uuid.uuid4().hex, created_at=now, seen_at=now, safeguarding=safeguarding
        )
        asked = now - timedelta(minutes=90 if safeguarding else 20)
        Handover.objects.create(contact=contact, reason="asked", requested_at=asked, taken_at=now if taken else None)
    text = _text(_look(now))
    assert 'faro_handovers{state="waiting"} 1.0' in text
    assert 'faro_handovers{state="held"} 1.0' in text
    assert "faro_oldest_handover_seconds 1200.0" in text


@pytest.mark.django_db
def test_a_channel_that_stands_still_is_said_and_one_that_works_is_not() -> None:
    now = timezone.now()
    Line.objects.create(channel="whatsapp", trouble="190", troubled_at=now)
    Line.objects.create(channel="telegram")
    text = _text(_look(now))
    assert 'faro_channel_stopped{channel="whatsapp",code="190"} 1.0' in text
    assert 'faro_channel_stopped{channel="telegram"' not in text


@pytest.mark.django_db
def test_workers_are_counted_and_the_age_of_the_last_sign_is_said() -> None:
    now = timezone.now()
    assert "faro_workers 0.0" in _text(_look(now))
    assert not re.search("^faro_heartbeat_age_seconds ", _text(_look(now)), re.MULTILINE)
    heartbeat.Pulse(heartbeat.WORKER, now=now).beat(now=now - timedelta(seconds=7))
    assert "faro_workers 1.0" in _text(_look(now))
    assert "faro_heartbeat_age_seconds 7.0" in _text(_look(now))
    Heartbeat.objects.update(passage="open")
    heartbeat.Pulse(heartbeat.WORKER, now=now).beat(now=now)
    text = _text(_look(now))
    assert "faro_workers 2.0" in text
    assert [
        f'faro_rasa_passage{{state="{one}"}} {number}.0' in text for one, number in (("closed", 1), ("open", 1))
    ] == [True] * 2
    assert 'faro_rasa_passage{state="trial"} 0.0' in text


@pytest.mark.django_db
def test_a_look_is_a_handful_of_reads_however_much_there_is() -> None:
    now = timezone.now()
    for age in range(20):
        _message("whatsapp", "waiting", age, now)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        readings.read(now)
    reads = [
        one["sql"] for one in asked.captured_queries if one["sql"].startswith("SELECT") and "size" not in one["sql"]
    ]
    assert len(reads) <= 11


@pytest.mark.django_db
def test_without_the_database_that_is_said_and_nothing_that_was_true_before(monkeypatch: pytest.MonkeyPatch) -> None:
    def away(_now: datetime) -> readings.Readings:
        raise DatabaseError

    monkeypatch.setattr(readings, "read", away)
    text = _text(_look(timezone.now()))
    assert "faro_database_up 0.0" in text
    assert "faro_rasa_ready 1.0" in text
    assert not re.search("^faro_(?:waiting|oldest|workers|outbox)", text, re.MULTILINE)
    hanging = _text(None)
    assert re.findall(r"^faro_.*$", hanging, re.MULTILINE) == ["faro_database_up 0.0"]


@pytest.mark.parametrize(
    ("peer", "headers", "status"),
    [
        ("127.0.0.1", {}, 200),
        ("203.0.113.9", {}, 404),
        ("172.18.0.2", {"X-Forwarded-For": "203.0.113.9"}, 404),
    ],
)
def test_the_page_is_for_whoever_asks_from_inside(
    peer: str, headers: dict[str, str], status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(metrics, "text_page", lambda _accept: (b"faro_x 1\n", "text/plain"))
    request = RequestFactory(headers=headers).get("/metrics", REMOTE_ADDR=peer)
    answer = asyncio.run(metrics.page(request))
    assert (answer.status_code, answer.content) == (status, b"faro_x 1\n" if status == 200 else b"")


def test_requests_are_counted_by_the_pattern_of_their_address_and_not_by_the_address() -> None:
    request = RequestFactory().get(f"/console/conversations/{uuid.uuid4()}/")

    class Match:
        route = "console/conversations/<uuid:contact>/"

    request.resolver_match = Match()  # type: ignore[assignment]
    before = HTTP.labels(Match.route, "200")._value.get()
    counted(lambda _request: HttpResponse())(request)
    assert HTTP.labels(Match.route, "200")._value.get() == before + 1
