"""Telling the team, outside of the console, that somebody waits: once a request, with no content at all.

The notice names nobody and nothing but the address of the list; e-mail and group chats are read over shoulders and kept by
others. Conversations for the safeguarding role alone are not told of: that there is one would already tell something.
"""

from __future__ import annotations

import json
import logging
import smtplib
import ssl
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid

import httpx
from django.db import DatabaseError, close_old_connections, connection, connections, transaction
from django.db.models import F, QuerySet

from bot.conversations.models import Handover
from bot.log import place_of
from bot.notify import MailServer, Notify
from bot.settings import Settings, TelegramSettings

log = logging.getLogger("faro.notice")

#: Seconds between two looks, and for one attempt to reach a server.
LOOK_EVERY = 5.0
TIMEOUT = 15.0

#: While a notice is on its way nobody else sends it; afterwards it counts as lost.
LEASE = timedelta(minutes=2)

#: Pauses after failed attempts; the last one again and again, as long as the request stands.
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 2, 5, 15, 30))

SUBJECT = "Faro: hay una persona en espera / somebody waits / quelqu'un attend"
#: In every language of the console, because nobody knows who reads it.
TEXT = (
    "Hay una persona que espera que le escriba alguien del equipo. Abra la lista:\n"
    "Somebody waits for a person of the team. Open the list:\n"
    "Quelqu'un attend qu'une personne de l'équipe lui écrive. Ouvrez la liste :\n"
    "{address}\n"
)

#: The waiting list below PUBLIC_URL.
PATH = "/console/waiting/"


class Notices:
    """Sends the notices of one worker. `run` belongs into a thread of its own: no turn waits for a mail server."""

    def __init__(self, settings: Settings, *, clock: Callable[[], datetime]) -> None:
        self._notify: Notify = settings.notify
        self._telegram = settings.telegram
        self._text = TEXT.format(address=settings.public_url + PATH)
        self._clock = clock

    def run(self, stopping: threading.Event) -> None:
        """Look and send until told to stop."""
        while not stopping.is_set():
            try:
                close_old_connections()
                self.send_due()
            except DatabaseError as error:
                log.error("database", extra={"task": "notices", "error": place_of(error)})
                connections.close_all()
            stopping.wait(LOOK_EVERY)
        connections.close_all()

    def send_due(self) -> bool:
        """Send one notice for all requests that nobody was told of yet. Returns whether one was sent."""
        now = self._clock()
        ids = _claimed(now)
        if not ids:
            return False
        mine = Handover.objects.filter(pk__in=ids, notified_at__isnull=True)
        if self._told():
            mine.update(notified_at=self._clock())
            log.info("team told")
            return True
        tries = mine.order_by("-notice_tries").values_list("notice_tries", flat=True).first() or 0
        pause = PAUSES[min(tries, len(PAUSES) - 1)]
        mine.update(notice_after=self._clock() + pause, notice_tries=F("notice_tries") + 1)
        return False

    def _told(self) -> bool:
        """Try every way; one that works is enough, because a second notice of the same would be noise."""
        told = False
        ways: list[tuple[str, Callable[[], None]]] = []
        server, telegram = self._notify.server, self._telegram
        if self._notify.mailboxes and server is not None:
            ways.append(("email", lambda: mail(server, self._notify.mailboxes, self._text, self._clock())))
        if self._notify.chat and telegram is not None:
            ways.append(("telegram", lambda: post(telegram, self._notify.chat, self._text)))
        for channel, way in ways:
            try:
                way()
            except Exception as error:
                # The server's own words may quote an address; the kind of the error says what to look at.
                log.error("team not told", extra={"channel": channel, "error": _code(error)})
            else:
                told = True
        return told


def _claimed(now: datetime) -> list[int]:
    """The requests that are due, held for LEASE by this worker; of several that look at once, one gets them."""
    if not due(now).exists():
        return []  # without a transaction: a quiet worker never takes SQLite's write lock
    with transaction.atomic():
        rows = due(now)
        if connection.features.has_select_for_update_skip_locked:
            # One statement that updates would not do: `due` joins, so it becomes a subquery, which PostgreSQL does not ask
            # again after it has waited for a row. All who waited would take it.
            rows = rows.select_for_update(skip_locked=True, of=("self",))
        ids = list(rows.values_list("pk", flat=True))
        Handover.objects.filter(pk__in=ids).update(notice_after=now + LEASE)
        return ids


def due(now: datetime) -> QuerySet[Handover]:
    """The requests that the team has to be told of now."""
    waiting = Handover.objects.filter(closed_at__isnull=True, taken_at__isnull=True, notified_at__isnull=True)
    open_to_all = waiting.filter(contact__safeguarding=False)
    return open_to_all.exclude(notice_after__gt=now)


def mail(server: MailServer, mailboxes: tuple[str, ...], text: str, now: datetime) -> None:
    """Hand one e-mail to a server.

    Raises:
        OSError: the server cannot be reached, or is not who it says it is.
        smtplib.SMTPException: it did not take the message, or offers no TLS for the password.
    """
    message = EmailMessage()
    sender = server.user if "@" in server.user else mailboxes[0]
    message["From"], message["To"], message["Subject"] = sender, ", ".join(mailboxes), SUBJECT
    message["Date"], message["Message-ID"] = format_datetime(now), make_msgid(domain=sender.rpartition("@")[2])
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office note comes back
    message.set_content(text)
    context = ssl.create_default_context()
    if server.encrypted:
        connection: smtplib.SMTP = smtplib.SMTP_SSL(server.host, server.port, timeout=TIMEOUT, context=context)
    else:
        connection = smtplib.SMTP(server.host, server.port, timeout=TIMEOUT)
    with connection:
        connection.ehlo()
        if not server.encrypted and (connection.has_extn("starttls") or (server.user and not server.here)):
            connection.starttls(context=context)  # refuses by itself where the server has none
            connection.ehlo()
        if server.user:
            connection.login(server.user, server.password)
        connection.send_message(message)


def post(telegram: TelegramSettings, chat: str, text: str) -> None:
    """Write to a chat of Telegram's.

    Raises:
        httpx.HTTPError: it was not taken.
    """
    address = f"{telegram.api_base}/bot{telegram.token}/sendMessage"
    body = {"chat_id": chat, "text": text, "link_preview_options": json.dumps({"is_disabled": True})}
    with httpx.Client(timeout=TIMEOUT, trust_env=False) as client:
        client.post(address, data=body).raise_for_status()


def _code(error: Exception) -> str:
    status = getattr(error, "smtp_code", None) or getattr(getattr(error, "response", None), "status_code", None)
    return f"{type(error).__name__} {status}" if isinstance(status, int) else type(error).__name__
