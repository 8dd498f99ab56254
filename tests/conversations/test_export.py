"""An access request: everything that is kept about somebody, and nothing about anybody else."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.apps import apps

from bot.__main__ import main
from bot.conversations.addresses import AddressBook
from bot.conversations.claim import claim_next
from bot.conversations.export import kept
from bot.conversations.models import Contact, Feedback, Handover, Message
from bot.conversations.turn import take_turn
from console.audit.models import AuditEntry
from tests.conversations.conftest import KEY, Clock, NamedPhrases, ScriptedRasa, reply

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.fixture
def contact(say: Callable[..., Message], clock: Clock) -> Contact:
    message = say("¿cuánto cuesta?")
    say("somebody else's secret", who="eva")
    take_turn(claim_next(now=clock.now), rasa=ScriptedRasa(reply()), phrases=NamedPhrases(), clock=clock)
    Feedback.objects.create(message=message, verdict="helpful", given_at=NOW)
    Handover.objects.create(contact=message.contact, reason="asked", requested_at=NOW)
    AddressBook(KEY, (KEY,)).note(message.contact, ("+50760000001",))
    return Contact.objects.get(pk=message.contact.pk)


def test_everything_about_somebody_is_in_it(contact: Contact) -> None:
    found = kept(contact)
    texts = [row["text"] for row in found["conversations.Message"]]
    assert "¿cuánto cuesta?" in texts and "C'est gratuit." in texts
    assert [row["verdict"] for row in found["conversations.Feedback"]] == ["helpful"]
    assert len(found["conversations.Handover"]) == len(found["conversations.Contact"]) == 1
    assert [row["sealed"] for row in found["conversations.Address"]] == ["sealed"]


def test_nothing_about_anybody_else_and_no_key_is_in_it(contact: Contact) -> None:
    text = json.dumps(kept(contact))
    assert "somebody else's secret" not in text
    assert contact.pseudonym not in text and "+50760000001" not in text


def test_every_table_that_an_erasure_would_empty_is_in_it(contact: Contact) -> None:
    """What `delete()` takes along must be what the export shows: the two follow the same keys."""
    shown = {name: len(rows) for name, rows in kept(contact).items()}
    _, deleted = contact.delete()
    assert shown == deleted
    assert set(deleted) <= {model._meta.label for model in apps.get_models()}


def test_the_command_writes_json(contact: Contact, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["export", str(contact.pk)]) == 0
    assert json.loads(capsys.readouterr().out)["conversations.Contact"][0]["id"] == str(contact.pk)
    line = AuditEntry.objects.get()
    assert (line.name, line.action, line.contact) == ("bot export", "exported_person", contact.pk)


def test_an_erasure_on_the_command_line_leaves_its_line_in_the_trail(contact: Contact) -> None:
    assert main(["erase", str(contact.pk)]) == 0
    assert not Contact.objects.filter(pk=contact.pk).exists()
    line = AuditEntry.objects.get()
    assert (line.name, line.action, line.contact) == ("bot erase", "erased", contact.pk)


def test_somebody_unknown_is_said_to_be_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["export", str(uuid.uuid4())]) == 1
    assert "no such contact" in capsys.readouterr().err
