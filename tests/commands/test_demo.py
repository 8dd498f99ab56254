"""Invented conversations: enough of them, alike to real ones, and never among real ones."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db.models import Count
from django.utils import timezone

from bot.commands import demo
from bot.commands.demo_rows import DEMO
from bot.conversations.models import Contact, Feedback, Handover, Message
from bot.conversations.outbox import from_row
from bot.words import SAFEGUARDING_TOPIC

pytestmark = pytest.mark.django_db

NUMBER = 3000


@pytest.fixture
def invented(capsys: pytest.CaptureFixture[str]) -> str:
    assert demo.run(["--messages", str(NUMBER), "--contacts", "300"]) == 0
    return capsys.readouterr().err


def test_about_as_many_as_were_asked_for(invented: str) -> None:
    written = Message.objects.count()
    assert NUMBER * 0.95 <= written <= NUMBER
    assert invented == f"{written} messages of {Contact.objects.count()} invented contacts\n"


def test_they_look_like_conversations(invented: str) -> None:
    now = timezone.now()
    asked = Message.objects.filter(direction="in")
    assert asked.filter(created_at__gt=now - timedelta(days=2)).exists()
    assert not asked.filter(created_at__lt=now - timedelta(days=31)).exists() and not asked.filter(created_at__gt=now)
    assert set(asked.values_list("language", flat=True)) == {"es", "en", "fr"}
    assert set(asked.values_list("channel", flat=True)) == {"web", "whatsapp", "telegram"}
    outcomes = dict(asked.values_list("outcome").annotate(Count("pk")))
    assert outcomes["answered"] > outcomes["suggested"] > outcomes["not_understood"] > 0
    assert asked.filter(safety=True).exists() and asked.filter(ranking__0__0__isnull=False).exists()
    assert Feedback.objects.filter(verdict="unhelpful").exists() and Handover.objects.exists()
    keys = list(asked.order_by("created_at", "id").values_list("pk", flat=True))
    assert keys == sorted(keys), "as they would have come"
    for contact in Contact.objects.all():
        told = contact.messages.filter(topic=SAFEGUARDING_TOPIC).exists()
        assert contact.safeguarding is told


def test_every_message_is_answered_and_none_would_be_sent(invented: str) -> None:
    assert set(Message.objects.values_list("state", flat=True)) == {"answered", "sent"}
    assert not Message.objects.filter(direction="in", replies__isnull=True).exists()
    assert all(from_row(one).text for one in Message.objects.filter(direction="out"))


def test_the_next_real_message_has_a_key_of_its_own(invented: str) -> None:
    contact = Contact.objects.create(
        channel="web", pseudonym="a" * 64, created_at=timezone.now(), seen_at=timezone.now()
    )
    kept = {"contact": contact, "channel": "web", "state": "waiting", "created_at": timezone.now()}
    last = Message.objects.order_by("-pk")[0].pk
    assert Message.objects.create(direction="in", provider_id="x", **kept).pk == last + 1


def test_invented_ones_never_stand_among_real_ones(capsys: pytest.CaptureFixture[str]) -> None:
    Contact.objects.create(channel="web", pseudonym="a" * 64, created_at=timezone.now(), seen_at=timezone.now())
    assert demo.run(["--messages", "10"]) == 1
    assert "conversations of people" in capsys.readouterr().err
    assert not Message.objects.exists()


def test_removing_takes_the_invented_ones_and_nobody_else(invented: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert demo.run(["--messages", "10"]) == 1, "twice would not be one month"
    real = Contact.objects.create(channel="web", pseudonym="d" * 64, created_at=timezone.now(), seen_at=timezone.now())
    assert demo.run(["--remove"]) == 0
    assert list(Contact.objects.all()) == [real]
    assert not Message.objects.exists() and not Handover.objects.exists()


def test_no_real_pseudonym_looks_invented() -> None:
    assert not re.fullmatch(r"[0-9a-f]+", DEMO)


@pytest.mark.parametrize("arguments", [[], ["--messages", "0"], ["--messages", "x"], ["--messages", "5", "--remove"]])
def test_what_it_does_not_know_is_refused(arguments: list[str]) -> None:
    with pytest.raises(SystemExit):
        demo.run(arguments)
    assert not Contact.objects.exists()
