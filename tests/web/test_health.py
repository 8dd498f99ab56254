"""/readyz says what is missing; it never fails itself."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import InterfaceError, connection
from django.test import RequestFactory
from django.utils import timezone

from bot.conversations import heartbeat
from bot.conversations.inbox import INBOX
from bot.conversations.models import Contact, Heartbeat, Line, Message
from bot.conversations.rasa_client import RasaState
from bot.web import health
from bot.web.django_settings import SETTINGS


@pytest.fixture
def without_tables(transactional_db: None) -> Iterator[None]:
    """A database that answers, but is not ours: restored from nothing, or not migrated."""
    table = Message._meta.db_table
    with connection.schema_editor() as editor:
        editor.execute(f"ALTER TABLE {table} RENAME TO kept_meanwhile")
    yield
    with connection.schema_editor() as editor:
        editor.execute(f"ALTER TABLE kept_meanwhile RENAME TO {table}")


def _ready(monkeypatch: pytest.MonkeyPatch, *, actions: bool = True) -> tuple[int, dict[str, object]]:
    monkeypatch.setattr(health._rasa, "look", lambda: RasaState(ready=True, model="faro-0123"))
    monkeypatch.setattr(health, "is_well", lambda url: actions and url == f"{SETTINGS.actions_url}/health")
    response = health.ready(RequestFactory().get("/readyz"))
    return response.status_code, json.loads(response.content)


@pytest.fixture
def worker(db: None) -> heartbeat.Pulse:
    """A worker that has just given a sign of life."""
    pulse = heartbeat.Pulse(heartbeat.WORKER, now=timezone.now())
    pulse.beat(now=timezone.now())
    return pulse


def test_without_a_sign_of_a_worker_it_is_not_ready(worker: heartbeat.Pulse, monkeypatch: pytest.MonkeyPatch) -> None:
    Heartbeat.objects.update(at=timezone.now() - timedelta(seconds=45))
    assert _ready(monkeypatch)[0] == 200
    Heartbeat.objects.update(at=timezone.now() - timedelta(seconds=61))
    status, parts = _ready(monkeypatch)
    assert (status, parts["ready"], parts["workers"]) == (503, False, 0)
    worker.beat(now=timezone.now())
    assert _ready(monkeypatch)[0] == 200
    worker.end()
    assert _ready(monkeypatch)[0] == 503


def test_a_worker_that_finds_rasa_gone_is_said_though_this_process_reaches_it(
    worker: heartbeat.Pulse, monkeypatch: pytest.MonkeyPatch
) -> None:
    for passage, status, number in (("open", 503, 1), ("trial", 200, 0), ("closed", 200, 0)):
        worker.beat(now=timezone.now(), passage=passage)
        found, parts = _ready(monkeypatch)
        assert (found, parts["rasa"], parts["workers_without_rasa"]) == (status, True, number)
    Heartbeat.objects.update(passage="open", at=timezone.now() - timedelta(seconds=61))
    assert _ready(monkeypatch)[1]["workers_without_rasa"] == 0, "of one that is gone nobody knows"


def test_actions_that_are_away_are_said_and_people_get_answers(
    worker: heartbeat.Pulse, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert _ready(monkeypatch)[1]["actions"] is True
    status, parts = _ready(monkeypatch, actions=False)
    assert (status, parts["ready"], parts["actions"]) == (200, True, False)


def test_all_is_well(worker: heartbeat.Pulse, monkeypatch: pytest.MonkeyPatch) -> None:
    status, parts = _ready(monkeypatch)
    assert (status, parts["ready"], parts["database"], parts["oldest_waiting_s"]) == (200, True, True, None)
    assert (parts["model"], parts["workers"]) == ("faro-0123", 1)


def test_a_database_that_can_be_read_and_takes_nothing_is_said(
    worker: heartbeat.Pulse, monkeypatch: pytest.MonkeyPatch
) -> None:
    INBOX.refused()
    status, parts = _ready(monkeypatch)
    assert (status, parts["database"], parts["inbox"]) == (503, True, False)
    INBOX.took()
    status, parts = _ready(monkeypatch)
    assert (status, parts["inbox"]) == (200, True)


def test_a_database_without_our_tables_is_named_and_no_error(
    without_tables: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    status, parts = _ready(monkeypatch)
    assert (status, parts["ready"], parts["database"], parts["rasa"]) == (503, False, False, True)


@pytest.mark.django_db
def test_a_channel_that_stands_still_and_what_was_given_up_are_said(monkeypatch: pytest.MonkeyPatch) -> None:
    now = timezone.now()
    Line.objects.create(channel="whatsapp", trouble="190", troubled_at=now)
    contact = Contact.objects.create(channel="whatsapp", pseudonym="p", created_at=now, seen_at=now)
    for number, (state, error, done) in enumerate(
        [("failed", "131047", now), ("failed", "131047", now - timedelta(days=2)), ("pending", "", None)]
    ):
        Message.objects.create(
            contact=contact,
            direction="out",
            channel="whatsapp",
            provider_id=str(number),
            state=state,
            error=error,
            done_at=done,
            created_at=now,
        )
    status, parts = _ready(monkeypatch)
    assert (status, parts["channels_stopped"]) == (503, {"whatsapp": "190"})
    assert (parts["deliveries_pending"], parts["deliveries_failed_24h"]) == (1, 1)
    assert health.state().deliveries.failed == {"131047": 1}


@pytest.mark.django_db
def test_a_provider_that_takes_nothing_is_said_when_several_people_wait_for_it(
    worker: heartbeat.Pulse, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = timezone.now()

    def waits(person: str, channel: str, seconds: int, state: str) -> None:
        contact = Contact.objects.create(channel=channel, pseudonym=person, created_at=now, seen_at=now)
        Message.objects.create(
            contact=contact,
            direction="out",
            channel=channel,
            provider_id=person,
            state=state,
            created_at=now - timedelta(seconds=seconds),
        )

    for person in ("a", "b", "c"):
        waits(person, "web", 600, "pending")
        waits(person, "telegram", 5, "pending")
    waits("a", "whatsapp", 40, "pending"), waits("b", "whatsapp", 40, "sending")
    status, parts = _ready(monkeypatch)
    assert (status, parts["channels_late"]) == (200, []), "those of two may be the fault of what they say"
    waits("c", "whatsapp", 40, "pending")
    status, parts = _ready(monkeypatch)
    assert (status, parts["channels_late"]) == (503, ["whatsapp"])


@pytest.mark.django_db
def test_a_database_that_goes_away_between_two_looks_is_said_and_no_error(
    worker: heartbeat.Pulse, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(*_: object) -> health.Deliveries:
        raise InterfaceError("connection already closed")

    monkeypatch.setattr(health, "_deliveries", gone)
    status, parts = _ready(monkeypatch)
    assert (status, parts["database"], parts["deliveries_pending"]) == (503, False, 0)
