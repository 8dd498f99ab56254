"""Every table is declared, and does with a person's rows what was declared: erased, handed out, gone after its time."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.db import connection
from django.db.models import JSONField, Model, TextField, UUIDField
from django.test import Client
from django.utils import timezone

from bot.__main__ import main
from bot.conversations import effects
from bot.conversations.addresses import AddressBook
from bot.conversations.erase import KNOWN_AS_ERASED_FOR, belonging_to, erase, sweep_erased
from bot.conversations.export import kept
from bot.conversations.models import Contact, Feedback, Handover, Message
from bot.conversations.retention import enforce
from bot.words import Effect, EffectKind
from console import roles
from console.audit.models import AuditEntry
from console.audit.trail import Action, write
from console.conversations.models import Reading
from console.permissions import Role
from console.review.models import Hidden, Verdict
from tests.privacy.places import MODELS, OTHER_TABLES, WITH_TEXTS, Holds

pytestmark = pytest.mark.django_db

KEY, SECRET = "k" * 40, "soy Fulana de la calle Cuarta"

#: Tables outside of what belongs to a person that have room for free text, and why no person's words get there.
ROOM_FOR_TEXT = {
    "console.Change": "lines that an editor reworded and confirmed to say nothing of a person",
    "console.Run": "figures of a measurement",
    "console.WantedTopic": "the team's own words about a topic",
    "auth.User": "accounts",
    "sessions.Session": "the account's last search, in a session of 8 hours at most",
    "axes.AccessAttempt": "keyed pseudonyms; forms are not kept (AXES_SENSITIVE_PARAMETERS)",
    "axes.AccessFailureLog": "not written",
    "axes.AccessLog": "not written (AXES_DISABLE_ACCESS_LOG)",
}


def models() -> dict[str, type[Model]]:
    """Every model that has a table, those of many-to-many keys too."""
    every = apps.get_models(include_auto_created=True)
    return {one._meta.label: one for one in every if one._meta.managed and not one._meta.proxy}


def of_people() -> dict[str, type[Model]]:
    return {name: model for name, model in models().items() if MODELS[name] is Holds.PERSON}


def test_every_model_and_table_is_declared() -> None:
    assert set(models()) == set(MODELS)
    tables = {one._meta.db_table for one in models().values()}
    assert set(connection.introspection.table_names()) <= tables | OTHER_TABLES
    assert {one._meta.db_table for one in of_people().values()} >= WITH_TEXTS


def test_what_belongs_to_a_person_is_what_hangs_on_a_contact() -> None:
    found, new = {Contact}, [Contact]
    while new:
        below = {model for model, _ in belonging_to(new.pop())} - found
        found |= below
        new += below
    assert {one._meta.label for one in found} == set(of_people())


def test_no_other_table_names_a_contact_or_has_unexplained_room_for_text() -> None:
    for name, model in models().items():
        if MODELS[name] is Holds.PERSON:
            continue
        fields = model._meta.concrete_fields
        named = [one.name for one in fields if isinstance(one, UUIDField) and "contact" in one.name]
        assert not named or MODELS[name] in (Holds.TRAIL, Holds.ERASED), name
        room = any(isinstance(one, TextField | JSONField) for one in fields)
        assert not room or name in ROOM_FOR_TEXT, f"{name} has room for what people write"


@pytest.fixture
def eva(db: None) -> User:
    account = User.objects.create_user("eva", password=None)
    roles.give(account, Role.OPERATOR)
    return account


def somebody(eva: User, who: str = "ana", *, channel: str = "telegram") -> Contact:
    """A contact with a row in every table that may have one."""
    now = timezone.now()
    contact = Contact.objects.create(
        channel=channel, pseudonym=f"{who:x<64}", created_at=now, seen_at=now, dialogue=[{"event": "user"}]
    )
    AddressBook(KEY, [KEY]).note(contact, [f"{who}-507"])
    common: dict[str, Any] = {"contact": contact, "channel": channel, "created_at": now, "done_at": now}
    message = Message.objects.create(
        direction="in", provider_id=f"{who}-1", text=SECRET, state="answered", language="es", reference=who, **common
    )
    answer = Message.objects.create(
        direction="out", provider_id=f"{who}-2", text="…", state="sent", answers=message, operator=eva, **common
    )
    Feedback.objects.create(message=message, verdict="unhelpful", given_at=now)
    Handover.objects.create(contact=contact, reason="asked", requested_at=now, operator=eva)
    Hidden.objects.create(message=message, text=SECRET)
    Verdict.objects.create(message=message, kind="ignore", state="accepted", language="es", text=SECRET, at=now, by=eva)
    Reading.objects.create(account=eva, contact=contact, message=answer.pk)
    write(Action.OPENED_CONVERSATION, account=eva, contact=contact.pk)
    return contact


def rows() -> dict[str, int]:
    """How many rows each table of people has."""
    return {name: model._base_manager.count() for name, model in of_people().items()}


def cells(contact: Contact) -> set[str]:
    """The tables in which something of the contact stands: its id, or the words of the message."""
    found = set()
    for name, model in models().items():
        text = str(list(model._base_manager.values_list()))
        if str(contact.pk) in text or contact.pk.hex in text or SECRET in text:
            found.add(name)
    return found


def by_chat(contact: Contact, eva: User) -> None:
    message = contact.messages.filter(direction="in").first()
    assert message is not None
    effects.apply([Effect(EffectKind.ERASE)], contact=contact, message=message, now=timezone.now())


def by_the_team(contact: Contact, eva: User) -> None:
    client = Client()
    client.force_login(eva)
    assert client.post(f"/console/conversations/{contact.pk}/erase/now").status_code == 200
    write(Action.ERASED, account=eva, contact=contact.pk)


def by_command(contact: Contact, eva: User) -> None:
    assert main(["erase", str(contact.pk)]) == 0


def by_page(contact: Contact, eva: User) -> None:
    from bot.channels.webchat import session

    client = Client()
    client.get("/")
    address = client.cookies[session.COOKIE].value.rpartition(":")[0].rpartition(":")[0]
    Contact.objects.filter(pk=contact.pk).update(channel="web", pseudonym=session.pseudonym_of(address))
    assert client.post("/chat/delete").status_code == 200


def by_time(contact: Contact, eva: User) -> None:
    Contact.objects.filter(pk=contact.pk).update(seen_at=timezone.now() - timedelta(days=31))
    contact.messages.update(created_at=timezone.now() - timedelta(days=31))
    enforce(days=30, now=timezone.now())


#: Ways -> what they leave behind at once: the receipt's row, or nothing.
WAYS: dict[Callable[[Contact, User], None], set[str]] = {
    by_chat: {"conversations.Contact", "conversations.Address"},
    by_the_team: {"conversations.Contact", "conversations.Address"},
    by_command: set(),
    by_page: set(),
    by_time: set(),
}


@pytest.mark.parametrize("way", WAYS)
def test_whichever_way_somebody_goes_nothing_is_left_of_them_and_all_of_others(
    way: Callable[[Contact, User], None], eva: User
) -> None:
    other = somebody(eva, "otra")
    before = rows()
    assert all(before.values()), "a row in every table of people"
    gone = somebody(eva)
    way(gone, eva)
    left = {name for name, number in rows().items() if number > before[name]}
    assert left == WAYS[way]
    sweep_erased(now=timezone.now() + timedelta(minutes=11))
    assert rows() == before
    Contact.objects.filter(pk=other.pk).delete()
    # Who asked to go may not come back with a backup of before; who went by time does not: it is older than that.
    known = {"console.AuditEntry"} if way is by_time else {"console.AuditEntry", "conversations.Erasure"}
    assert cells(gone) == known, "the trail and the list for backups know the random id, and that is all"
    sweep_erased(now=timezone.now() + KNOWN_AS_ERASED_FOR + timedelta(minutes=1))
    assert cells(gone) == {"console.AuditEntry"}


def test_the_receipt_holds_nothing_that_was_said_or_understood(eva: User) -> None:
    contact = somebody(eva)
    Contact.objects.update(safeguarding=True, language="fr", counted_at=timezone.now())
    erase(Contact.objects.get(), now=timezone.now())
    contact.refresh_from_db()
    kept_of_it = (contact.dialogue, contact.language, contact.informed_at, contact.counted_at, contact.safeguarding)
    assert kept_of_it == ([], "", None, None, False)


def test_an_access_request_shows_every_table_of_people_and_who_of_the_team_saw_it(
    eva: User, capsys: pytest.CaptureFixture[str]
) -> None:
    import json

    contact, other = somebody(eva), somebody(eva, "otra")
    assert set(kept(contact)) == set(of_people())
    assert main(["export", str(contact.pk)]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert set(shown) == {*of_people(), "console.AuditEntry"}
    assert [one["action"] for one in shown["console.AuditEntry"]] == ["opened_conversation", "exported_person"]
    text = json.dumps(shown)
    assert SECRET in text
    assert str(other.pk) not in text and "eva" not in text and "ana-507" not in text and contact.pseudonym not in text


def test_after_their_time_only_counts_are_left_of_people(eva: User) -> None:
    for number in range(3):
        somebody(eva, f"persona{number}")
    later = timezone.now() + timedelta(days=31)
    enforce(days=30, now=later)
    assert not any(rows().values())
    for name, holds in MODELS.items():
        if holds is Holds.COUNTS:
            assert models()[name]._base_manager.exists(), f"{name}: what happened stays as a number"
    assert SECRET not in str([list(one._base_manager.values_list()) for one in models().values()])
    sweep_erased(now=later + timedelta(days=9))
    assert not apps.get_model("conversations", "Gone").objects.exists()
    assert AuditEntry.objects.exists(), "365 days"
    assert uuid.UUID(str(AuditEntry.objects.values_list("contact", flat=True)[0]))
