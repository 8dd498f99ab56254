"""Who asks, as the lock-out knows them: keyed pseudonyms, so that its table tells neither names nor addresses.

What is typed as a name may be a password in the wrong field; where somebody of the team logs in from is nobody's business.
"""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import IPv6Address, IPv6Network, ip_address
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

_SALT = "console.login.origin"


def source(request: HttpRequest) -> str:
    """The network address that a request came from; "" when there is none that can be read.

    Behind the proxy (PUBLIC_URL is https) it is the last entry of X-Forwarded-For, the one that the proxy itself wrote:
    what stands before it, whoever asks has written. Of IPv6 the network, because one person has 2^64 addresses
    (RFC 6177).
    """
    found = str(request.META.get("REMOTE_ADDR", ""))
    if settings.SESSION_COOKIE_SECURE and "HTTP_X_FORWARDED_FOR" in request.META:
        found = request.META["HTTP_X_FORWARDED_FOR"].rpartition(",")[2].strip()
    try:
        known = ip_address(found)
    except ValueError:
        return ""
    if isinstance(known, IPv6Address):
        return str(known.ipv4_mapped or IPv6Network((known, 64), strict=False))
    return str(known)


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
