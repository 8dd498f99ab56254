"""Who asks, as the lock-out knows them: keyed pseudonyms, so that its table tells neither names nor addresses.

What is typed as a name may be a password in the wrong field; where somebody of the team logs in from is nobody's business.
"""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import IPv6Address
from typing import Any

from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from bot.channels.webchat.origin import source

_SALT = "console.login.origin"


def address(request: HttpRequest) -> str | None:
    """The pseudonym of the network address, in the form of an address of nobody (fd00::/8, RFC 4193), for django-axes."""
    known = source(request)
    if not known:
        return None
    return str(IPv6Address(b"\xfd" + salted_hmac(_SALT, known, algorithm="sha256").digest()[:15]))


def name(request: HttpRequest, credentials: Mapping[str, Any] | None) -> str:
    """The pseudonym of the name that was typed, for django-axes."""
    typed = credentials.get("username") if credentials else request.POST.get("username")
    return salted_hmac(_SALT, f"name {typed or ''}", algorithm="sha256").hexdigest()
