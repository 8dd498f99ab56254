"""How the team is told, outside of the console, that somebody waits: read once from the settings. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

#: Ports when the address names none: submission with STARTTLS, and submission over TLS (RFC 6409, RFC 8314).
PORTS = {"smtp": 587, "smtps": 465}

#: One address of the team. Narrower than RFC 5322 allows: nothing that could end a header line.
_MAILBOX = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})*")
#: A person or a group by its number (groups' are negative), or a channel by its name.
_CHAT = re.compile(r"-?[0-9]{1,20}|@[A-Za-z][A-Za-z0-9_]{3,63}")

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where e-mail is handed in. `encrypted` from the first byte; else TLS is begun (STARTTLS) where there is a password."""

    host: str
    port: int
    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)
    encrypted: bool = True

    @property
    def here(self) -> bool:
        """Whether it is on this machine, where nobody listens in between."""
        return self.host in _LOOPBACK


@dataclass(frozen=True, slots=True)
class Notify:
    """Who is told, and by which way. Empty: nobody; the waiting list of the console is all there is."""

    mailboxes: tuple[str, ...] = ()
    server: MailServer | None = None
    chat: str = ""

    @property
    def wanted(self) -> bool:
        """Whether there is anybody to tell."""
        return bool(self.mailboxes or self.chat)


def read(mail: str, server: str, chat: str, *, telegram: bool) -> tuple[Notify, list[tuple[str, str]]]:
    """Who is told, and what is wrong with the settings: variable and reason.

    Args:
        mail: NOTIFY_EMAIL.
        server: SMTP_URL.
        chat: NOTIFY_TELEGRAM_CHAT.
        telegram: whether Telegram is on.
    """
    wrong = []
    people = tuple(one.strip() for one in mail.split(",") if one.strip())
    found = mail_server(server) if server else None
    if not all(_MAILBOX.fullmatch(one) for one in people):
        wrong.append(("NOTIFY_EMAIL", "must be addresses of e-mail, with commas between them"))
    if server and found is None:
        # Never echoed: it carries a password.
        wrong.append(("SMTP_URL", "must look like smtp://user:password@host:587 (signs like / # ? @ are written %2F)"))
    elif people and found is None:
        wrong.append(("SMTP_URL", "must be set when NOTIFY_EMAIL is: without a server no e-mail leaves"))
    elif found is not None and not people:
        wrong.append(("NOTIFY_EMAIL", "must be set when SMTP_URL is"))
    if chat and not _CHAT.fullmatch(chat):
        wrong.append(("NOTIFY_TELEGRAM_CHAT", "must be the number of a chat or @ and the name of a channel"))
    elif chat and not telegram:
        wrong.append(("TELEGRAM_TOKEN", "must be set when NOTIFY_TELEGRAM_CHAT is"))
    return Notify(people, found, chat), wrong


def mail_server(address: str) -> MailServer | None:
    """The server of an address like smtp://user:password@mail.example.org:587, or None when it is none."""
    try:
        parts = urlsplit(address)
        port = parts.port or PORTS.get(parts.scheme, 0)
    except ValueError:
        return None
    if parts.scheme not in PORTS or not parts.hostname or parts.path not in ("", "/") or parts.query or parts.fragment:
        return None
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    if bool(user) != bool(password):
        return None
    return MailServer(parts.hostname, port, user, password, encrypted=parts.scheme == "smtps")
