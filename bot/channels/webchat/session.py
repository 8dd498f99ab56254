"""Who is at the browser: a random value in a signed cookie. Nothing else is known of the person.

The random part is the address of the channel "web"; like every address it is stored only as a keyed pseudonym.
"""

from __future__ import annotations

import secrets
from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from bot.channels.limits import Pace
from bot.conversations import flood
from bot.conversations.addresses import pseudonym
from bot.conversations.models import Contact

#: The name of this channel.
CHANNEL = "web"

COOKIE = "faro_session"

#: Before its name behind https: a browser takes such a cookie from this very host over TLS alone. A neighbour under the same
#: domain could else give somebody the session of whoever wants to read along (RFC 6265bis, 4.1.3.2).
HOST_ONLY = "__Host-"

#: Counted from the last visit of the page; as long as messages are kept by default.
LIFE = timedelta(days=30)

#: 256 bits: not to be guessed, and not to be met twice.
RANDOM_BYTES = 32

#: How much of the pseudonym stands before the browser's own message id, so that two browsers never collide.
PREFIX = 16

_SALT = "bot.channels.webchat.session"


def begin() -> str:
    """The address of a new session."""
    return secrets.token_urlsafe(RANDOM_BYTES)


def read(request: HttpRequest) -> str:
    """The address of the browser's session, or "" when it has none, a forged one or one that is too old."""
    try:
        return signing.TimestampSigner(salt=_SALT).unsign(request.COOKIES.get(cookie(), ""), max_age=LIFE)
    except signing.BadSignature:
        return ""


def offered(request: HttpRequest) -> bool:
    """Whether the browser sent a session at all, good or bad."""
    return bool(request.COOKIES.get(cookie()))


def keep(response: HttpResponse, address: str) -> None:
    """Give the browser its session, or renew it: a conversation in use must not end in the middle."""
    response.set_cookie(
        cookie(),
        signing.TimestampSigner(salt=_SALT).sign(address),
        max_age=LIFE,
        httponly=True,
        samesite="Lax",
        secure=secure(),
    )


def cookie() -> str:
    """The name of the session's cookie."""
    return f"{HOST_ONLY}{COOKIE}" if secure() else COOKIE


def secure() -> bool:
    """Whether cookies may only travel over TLS."""
    return bool(settings.SETTINGS.public_url.startswith("https://"))


def pseudonym_of(address: str) -> str:
    """The pseudonym under which the contact of this session is kept."""
    return pseudonym(key(), CHANNEL, address)


def key() -> str:
    """PSEUDONYM_KEY."""
    return str(settings.SETTINGS.pseudonym_key)


def limit() -> Pace:
    """How much one person may say."""
    return flood.limit_of(settings.SETTINGS)


def contact_of(address: str) -> Contact | None:
    """The contact of this session, or None before the first message. Never makes one."""
    if not address:
        return None
    return Contact.objects.filter(channel=CHANNEL, pseudonym=pseudonym_of(address)).first()


def provider_id(address: str, browser_id: str) -> str:
    """The id by which a repeated message is known."""
    return f"{pseudonym_of(address)[:PREFIX]}:{browser_id}"


def browser_id(provider: str) -> str:
    """The browser's part of a provider id."""
    return provider.partition(":")[2]
