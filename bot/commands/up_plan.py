"""Which processes `bot up` starts, how many of each, and on which ports of this machine."""

from __future__ import annotations

import errno
import os
import secrets
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from bot.errors import SettingsError
from bot.settings import Settings
from bot.supervisor import Child

#: Where the private channel says that it is ready (bot/rasa_compat/turn_channel.py).
RASA_READY = "/webhooks/faro/ready"

LAST_PORT = 65535


@dataclass(frozen=True, slots=True)
class Plan:
    """The processes of one machine. A `*_urls` has one address for each replica."""

    config: Settings
    web_urls: tuple[str, ...]
    rasa_urls: tuple[str, ...]
    workers: int

    def children(self) -> list[Child]:
        """What the supervisor starts, in this order."""
        environ, measured = _environ(self.config), self.measured()
        everything = {**environ, "RASA_URL": ",".join(self.rasa_urls)}

        def child(name: str, ready_url: str | None, needed: bool, *arguments: str, **own: str) -> Child:
            process = name.partition("-")[0]
            return Child(
                name,
                ("serve", process, *arguments),
                ready_url,
                {**everything, "METRICS_PORT": str(measured.get(name, 0)), **own},
                needed=needed,
            )

        rasas = zip(_names("rasa", len(self.rasa_urls)), self.rasa_urls, strict=True)
        webs = zip(_names("web", len(self.web_urls)), self.web_urls, strict=True)
        return [
            *(child(name, url + RASA_READY, needed=False, RASA_URL=url) for name, url in rasas),
            child("actions", f"{self.config.actions_url}/health", needed=False),
            *(child(name, f"{url}/healthz", needed=True, PORT=str(urlsplit(url).port)) for name, url in webs),
            # The one after a worker that died has the seat of that one (bot/conversations/seat.py).
            *(
                child(name, None, True, "--seat", f"{name}.{secrets.token_hex(8)}")
                for name in _names("worker", self.workers)
            ),
        ]

    def measured(self) -> dict[str, int]:
        """On which port each process beside the web says its figures, from METRICS_PORT on; empty when they do not."""
        names = [*_names("worker", self.workers), *_names("rasa", len(self.rasa_urls)), "actions"]
        first = self.config.metrics_port
        return {name: first + n for n, name in enumerate(names)} if first else {}

    def ports(self) -> Iterator[tuple[str, str, int]]:
        """Every port that is listened on: the setting that chose it, the interface, the port."""
        for url in self.web_urls:
            yield "PORT", self.config.host, urlsplit(url).port or 80
        for url in self.rasa_urls:
            yield "RASA_URL", "127.0.0.1", urlsplit(url).port or 5005
        yield "ACTIONS_URL", "127.0.0.1", urlsplit(self.config.actions_url).port or 5055
        for name, port in self.measured().items():
            yield f"METRICS_PORT ({name})", "127.0.0.1", port


def planned(config: Settings, *, web: int = 1, worker: int = 1, rasa: int = 1) -> Plan:
    """The plan for so many of each.

    Raises:
        SettingsError: RASA_URL lists several addresses, but not as many as are wanted, or there are no ports left.
    """
    host = "127.0.0.1" if config.host == "0.0.0.0" else config.host  # noqa: S104
    host = f"[{host}]" if ":" in host else host
    rasa_urls = config.rasa_urls
    if rasa > 1 and len(rasa_urls) not in (1, rasa):
        raise SettingsError(f"RASA_URL: lists {len(rasa_urls)} addresses, and --rasa asks for {rasa}")
    if rasa > len(rasa_urls):
        first = _first_of("RASA_URL", urlsplit(rasa_urls[0]).port or 5005, rasa)
        rasa_urls = tuple(f"http://127.0.0.1:{first + n}" for n in range(rasa))
    if config.metrics_port:
        _first_of("METRICS_PORT", config.metrics_port, worker + len(rasa_urls) + 1)
    first = _first_of("PORT", config.port, web)
    return Plan(config, tuple(f"http://{host}:{first + n}" for n in range(web)), rasa_urls, worker)


def refuse_taken_ports(plan: Plan) -> None:
    """Try every port before anything is started on it.

    Raises:
        SettingsError: one is in use, is wanted twice, or cannot be had; the message names the setting.
    """
    problems = []
    by_port: dict[int, str] = {}
    for name, host, port in plan.ports():
        if port in by_port:
            problems.append(f"{name}: port {port} is that of {by_port[port]} too; choose another")
            continue
        by_port[port] = name
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError as error:
                if error.errno == errno.EADDRINUSE:
                    problems.append(f"{name}: port {port} is in use on {host}; stop what uses it or choose another")
                else:
                    problems.append(f"{name}: cannot listen on {host}, port {port} ({error.strerror})")
    if problems:
        raise SettingsError("\n".join(problems))


def _first_of(name: str, port: int, number: int) -> int:
    if port + number - 1 > LAST_PORT:
        raise SettingsError(f"{name}: {number} ports from {port} on are more than there are")
    return port


def _names(process: str, number: int) -> list[str]:
    """`rasa`, or `rasa-1`, `rasa-2` where there are several."""
    return [process] if number == 1 else [f"{process}-{n}" for n in range(1, number + 1)]


def _environ(config: Settings) -> dict[str, str]:
    """What the children must agree on, whatever their own defaults would say."""
    return {
        "DATA_DIR": str(config.data_dir),
        "CONTENT_DIR": str(config.content_dir),
        "ACTIONS_URL": config.actions_url,
        "PUBLIC_URL": config.public_url,
        "OMP_NUM_THREADS": os.environ.get("OMP_NUM_THREADS", "1"),  # one message is no work for two cores
    }
