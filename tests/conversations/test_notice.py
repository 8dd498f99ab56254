"""The team is told that somebody waits: once, by a real mail server and a real Bot API on this machine, with no content."""

from __future__ import annotations

import email
import smtplib
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from email import policy
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.db import connection, transaction

from bot import settings
from bot.conversations import handover
from bot.conversations.models import Contact, Handover, Message
from bot.conversations.notice import LEASE, Notices, mail
from bot.notify import MailServer, Notify
from bot.settings import Settings, TelegramSettings
from tests.channels.telegram.stand_in import TOKEN, Fault, StandIn
from tests.conversations.conftest import Clock, NamedPhrases
from tests.mailbox import MailBox

pytestmark = pytest.mark.django_db

Say = Callable[..., Message]


@pytest.fixture
def mailbox() -> Iterator[MailBox]:
    server = MailBox()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def base(tmp_path: Path) -> Settings:
    read = settings.read({"DATA_DIR": str(tmp_path), "PUBLIC_URL": "https://faro.example.test"})
    return replace(read)


def by_mail(base: Settings, mailbox: MailBox) -> Settings:
    server = MailServer("127.0.0.1", mailbox.port, encrypted=False)
    return replace(base, notify=Notify(("team@faro.example.test", "night@faro.example.test"), server))


def asked(say: Say, clock: Clock, who: str = "ana", **fields: object) -> Contact:
    contact = say("me llamo Ana y tengo miedo", who=who).contact
    Contact.objects.filter(pk=contact.pk).update(**fields)
    handover.request(contact, "asked", now=clock.now)
    return contact


def test_the_team_is_told_once_and_nothing_of_the_person(
    base: Settings, mailbox: MailBox, clock: Clock, say: Say
) -> None:
    contact = asked(say, clock)
    asked(say, clock, who="luis")
    notices = Notices(by_mail(base, mailbox), clock=clock)
    assert notices.send_due() is True
    assert notices.send_due() is False
    ((_, people, raw),) = mailbox.taken
    message = email.message_from_bytes(raw, policy=policy.default)
    text = message.get_content()
    assert people == ["team@faro.example.test", "night@faro.example.test"]
    assert "https://faro.example.test/console/waiting/" in text
    for secret in (str(contact.pk), str(contact.pk)[:8], "Ana", "miedo", "asked", "web", contact.pseudonym):
        assert secret not in raw.decode()
    assert message["Auto-Submitted"] == "auto-generated"
    assert set(Handover.objects.values_list("notified_at", flat=True)) == {clock.now}
    # Somebody else is told of again.
    asked(say, clock, who="marta")
    assert notices.send_due() is True


def test_what_was_taken_or_closed_already_is_not_told(base: Settings, mailbox: MailBox, clock: Clock, say: Say) -> None:
    operator = User.objects.create_user("eva")
    taken, closed = asked(say, clock), asked(say, clock, who="luis")
    handover.take(taken.pk, operator, phrases=NamedPhrases(), now=clock.now)
    handover.dismiss(closed.pk, operator, phrases=NamedPhrases(), now=clock.now)
    assert Notices(by_mail(base, mailbox), clock=clock).send_due() is False
    assert mailbox.taken == []


def test_that_there_is_a_report_about_an_aid_worker_is_told_to_nobody(
    base: Settings, mailbox: MailBox, clock: Clock, say: Say
) -> None:
    asked(say, clock, safeguarding=True)
    assert Notices(by_mail(base, mailbox), clock=clock).send_due() is False
    assert mailbox.taken == []


def test_what_was_refused_is_tried_again_later_and_later(
    base: Settings, mailbox: MailBox, clock: Clock, say: Say, caplog: pytest.LogCaptureFixture
) -> None:
    asked(say, clock)
    mailbox.refuse = "550 no such person as team@faro.example.test"
    notices = Notices(by_mail(base, mailbox), clock=clock)
    for minutes in (1, 2, 5, 15, 30, 30):
        assert notices.send_due() is False
        assert Handover.objects.get().notice_after == clock.now + timedelta(minutes=minutes)
        clock.forward(seconds=minutes * 60 - 1)
        assert notices.send_due() is False
        clock.forward(seconds=1)
    mailbox.refuse = ""
    assert notices.send_due() is True
    assert len(mailbox.taken) == 1
    errors = [record for record in caplog.records if record.message == "team not told"]
    assert {(record.channel, record.error) for record in errors} == {("email", "SMTPRecipientsRefused")}
    assert len(errors) == 6


def test_a_server_that_is_away_delays_nothing_else(base: Settings, mailbox: MailBox, clock: Clock, say: Say) -> None:
    asked(say, clock)
    away = by_mail(base, mailbox)
    mailbox.shutdown()
    mailbox.server_close()
    assert Notices(away, clock=clock).send_due() is False
    assert Handover.objects.get().notified_at is None


def test_a_worker_that_dies_with_a_notice_on_its_way_leaves_it_to_another(
    base: Settings, mailbox: MailBox, clock: Clock, say: Say, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked(say, clock)

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("bot.conversations.notice.mail", die)
        with pytest.raises(KeyboardInterrupt):
            Notices(by_mail(base, mailbox), clock=clock).send_due()
    other = Notices(by_mail(base, mailbox), clock=clock)
    assert other.send_due() is False
    clock.forward(seconds=LEASE.total_seconds() + 1)
    assert other.send_due() is True


def test_a_password_is_not_sent_where_others_could_read_it(monkeypatch: pytest.MonkeyPatch, mailbox: MailBox) -> None:
    server = MailServer("127.0.0.1", mailbox.port, "faro@faro.example.test", "a password", encrypted=False)
    monkeypatch.setattr(MailServer, "here", property(lambda _: False))  # as if it stood elsewhere
    with pytest.raises(smtplib.SMTPNotSupportedError):
        mail(server, ("team@faro.example.test",), "text", Clock().now)
    assert mailbox.logins == [] and mailbox.taken == []
    monkeypatch.setattr(MailServer, "here", property(lambda _: True))
    mail(server, ("team@faro.example.test",), "text", Clock().now)
    assert len(mailbox.logins) == 1
    assert b"From: faro@faro.example.test" in mailbox.taken[0][2]


def test_a_server_that_does_not_speak_tls_gets_nothing_over_smtps(mailbox: MailBox) -> None:
    server = MailServer("127.0.0.1", mailbox.port, encrypted=True)
    with pytest.raises(ssl.SSLError):
        mail(server, ("team@faro.example.test",), "text", Clock().now)
    assert mailbox.taken == []


def test_telegram_is_told_and_when_one_way_fails_the_other_is_enough(
    base: Settings, mailbox: MailBox, clock: Clock, say: Say
) -> None:
    asked(say, clock)
    telegram = StandIn()
    try:
        both = by_mail(base, mailbox)
        both = replace(
            both,
            notify=replace(both.notify, chat="-100123456789"),
            telegram=TelegramSettings(TOKEN, api_base=telegram.url),
        )
        mailbox.refuse = "451 later"
        assert Notices(both, clock=clock).send_due() is True
        (called,) = telegram.to(-100123456789)
        assert called.text.rstrip().endswith("https://faro.example.test/console/waiting/")
        mailbox.refuse = ""
        asked(say, clock, who="luis")
        telegram.fail("sendMessage", Fault(403, "Forbidden: bot was kicked from the supergroup chat"))
        assert Notices(both, clock=clock).send_due() is True
        assert len(mailbox.taken) == 1
    finally:
        telegram.close()


@pytest.mark.django_db(transaction=True)
def test_of_several_workers_that_look_in_the_same_moment_one_tells_the_team(
    base: Settings, mailbox: MailBox, clock: Clock, say: Say
) -> None:
    """Their statements wait for one row; whoever gets it second must see that it is taken."""
    asked(say, clock)
    settings_ = by_mail(base, mailbox)
    failed: list[BaseException] = []

    def look() -> None:
        try:
            Notices(settings_, clock=clock).send_due()
        except BaseException as error:
            failed.append(error)
        finally:
            connection.close()

    workers = [threading.Thread(target=look) for _ in range(4)]
    with transaction.atomic():
        list(
            Handover.objects.select_for_update()
            if connection.features.has_select_for_update
            else Handover.objects.all()
        )
        for one in workers:
            one.start()
        time.sleep(0.5)  # they stand before the row
    for one in workers:
        one.join()
    assert failed == []
    Notices(settings_, clock=clock).send_due()
    assert len(mailbox.taken) == 1
