"""Who may read the figures: whoever asks from the same machine or network, or knows the token. Nobody through a proxy."""

from __future__ import annotations

import hmac
import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus

#: Loopback and private networks (RFC 1918, RFC 4193, RFC 3927, RFC 4291).
_INSIDE = tuple(
    ipaddress.ip_network(one)
    for one in (
        "127.0.0.0/8",
        "10.0.0.0/8",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "169.254.0.0/16",
        "::1/128",
        "fc00::/7",
        "fe80::/10",
    )
)

#: What a proxy adds to a request that it passes on (RFC 7239, RFC 9110, and the headers of before). Whoever is outside can
#: add such a header, and cannot take it away.
FORWARDED = ("forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip")


@dataclass(frozen=True, slots=True)
class Gate:
    """The rule.

    `token`: METRICS_TOKEN; when there is one, nobody passes without it. `public_host`: the host of PUBLIC_URL when others
    can reach it; whoever asks for that came from outside, even through a proxy that leaves no header.
    """

    token: str = field(default="", repr=False)
    public_host: str = ""

    def judge(self, peer: str, headers: Mapping[str, str]) -> HTTPStatus:
        """Whether a request may read: 200, 401 (inside, without the token) or 404 (there is nothing here).

        Args:
            peer: the address of whoever opened the connection.
            headers: of the request, with names in small letters.
        """
        if self.token:
            given = headers.get("authorization", "").removeprefix("Bearer ").encode("utf-8", "surrogateescape")
            if hmac.compare_digest(given, self.token.encode()):
                return HTTPStatus.OK
        if not _is_inside(peer) or any(name in headers for name in FORWARDED):
            return HTTPStatus.NOT_FOUND
        if self.public_host and _host(headers.get("host", "")) == self.public_host:
            return HTTPStatus.NOT_FOUND
        return HTTPStatus.UNAUTHORIZED if self.token else HTTPStatus.OK


def _is_inside(peer: str) -> bool:
    try:
        address = ipaddress.ip_address(peer.partition("%")[0])
    except ValueError:  # a socket of the file system, or nothing that we know
        return False
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    return any(address in network for network in _INSIDE)


def _host(given: str) -> str:
    """The name in a Host header, without its port and in small letters."""
    name = given.strip().lower()
    return name.partition("]")[0].removeprefix("[") if name.startswith("[") else name.partition(":")[0].rstrip(".")


def public_host(host: str) -> str:
    """The name that only requests from outside carry, or "" when PUBLIC_URL is an address of this network itself."""
    name = _host(f"[{host}]" if ":" in host else host)
    return "" if name == "localhost" or _is_inside(name) else name
