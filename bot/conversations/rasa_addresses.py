"""Where Rasas are now: a name of RASA_URL may stand for several, which come and go while a worker runs.

Containers are found by a name that has one address for each of them (`docker compose up --scale rasa=3`, a headless
service of Kubernetes). Without looking behind it a worker would keep to the one that it happened to connect to first.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import SplitResult, urlsplit

#: Seconds between two looks. A new Rasa loads its model for longer than that.
LOOK_EVERY = 5.0

#: As socket.getaddrinfo.
LookUp = Callable[..., list[Any]]


class RasaAddresses:
    """The addresses behind a list of URLs.

    Args:
        urls: RASA_URL.
        look_up: asks for the addresses of a name.
    """

    def __init__(self, urls: Sequence[str], *, look_up: LookUp = socket.getaddrinfo) -> None:
        self._known: dict[str, tuple[str, ...]] = {url: (url,) for url in urls}
        self._look_up = look_up
        self._names = [url for url in urls if _is_name(urlsplit(url))]

    @property
    def may_change(self) -> bool:
        """Whether another look may find others."""
        return bool(self._names)

    def known(self) -> tuple[str, ...]:
        """What the last look found, without another one."""
        return tuple(dict.fromkeys(url for urls in self._known.values() for url in urls))

    def look(self) -> tuple[str, ...]:
        """One URL for each address there is now. A name that is not answered for keeps the addresses that it had."""
        for url in self._names:
            parts = urlsplit(url)
            try:
                found = self._look_up(parts.hostname, parts.port or 80, type=socket.SOCK_STREAM)
            except OSError:
                continue
            # One machine often has an address of each family, and is one Rasa.
            family = socket.AF_INET if any(one[0] == socket.AF_INET for one in found) else socket.AF_INET6
            hosts = sorted({str(one[4][0]) for one in found if one[0] == family})
            if hosts:
                self._known[url] = tuple(_at(parts, host) for host in hosts)
        return self.known()


def _is_name(parts: SplitResult) -> bool:
    """Whether there may be several addresses behind a host. With https it is the name that the certificate proves."""
    host = parts.hostname or ""
    if parts.scheme != "http" or host == "localhost":
        return False
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return True
    return False


def _at(parts: SplitResult, host: str) -> str:
    who, at, _ = parts.netloc.rpartition("@")
    host = f"[{host}]" if ":" in host else host
    return parts._replace(netloc=f"{who}{at}{host}:{parts.port or 80}").geturl()
