"""Where a request came from. The address goes no further than the one who asks for it: it is counted, and never kept."""

from __future__ import annotations

from ipaddress import IPv6Address, IPv6Network, ip_address

from django.conf import settings
from django.http import HttpRequest


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
