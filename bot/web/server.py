"""The web process."""

from __future__ import annotations

import logging
import resource
from functools import partial

import uvicorn

from bot.settings import Settings
from bot.web.bodies import App
from bot.web.connections import Connection

log = logging.getLogger("faro.web")

#: Seconds that a stop waits for requests; an open long poll answers within its own wait, or is cut and polls again.
DRAIN = 5


#: Files that a web process has open besides its connections: databases, logs, pages.
FILES = 256

#: Bytes of a request before its body: address and headers. A browser sends about 1 kB.
MAX_HEAD = 32 * 1024


def serve(settings: Settings, *, host: str) -> int:
    """Serve pages until a signal; returns the exit code."""
    from bot.web.asgi import application

    log.info("web starts", extra={"port": settings.port})
    allow_files(settings.connections + FILES)
    server = uvicorn.Server(
        configured(
            application,
            host=host,
            port=settings.port,
            connections=settings.connections,
            request_seconds=settings.request_seconds,
        )
    )
    server.run()
    return 0 if server.started else 1


def allow_files(number: int) -> None:
    """Let this process have so many files open, if the machine allows it; without one a connection cannot be taken."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = number if hard == resource.RLIM_INFINITY else min(number, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    if wanted < number:
        log.warning("few connections", extra={"count": wanted})


def configured(
    application: App, *, host: str, port: int, connections: int = 1000, request_seconds: float = 30.0
) -> uvicorn.Config:
    """How uvicorn serves an application here.

    Args:
        application: what answers.
        host: the interface to listen on.
        port: the port; 0 for a free one.
        connections: how many may be open.
        request_seconds: how long a request may take to arrive, and to be read out what is sent.
    """
    return uvicorn.Config(
        application,
        host=host,
        port=port,
        log_config=None,  # bot/log.py formats; uvicorn's own access log would hold addresses of people
        access_log=False,
        server_header=False,
        # Who asked is read in one place, by one rule: bot/channels/webchat/origin.py and SECURE_PROXY_SSL_HEADER.
        proxy_headers=False,
        lifespan="off",
        # Not httptools, which uvicorn prefers when it is there (Sanic brings it): it takes headers without an end into
        # memory, 60 MB from one connection, and knows no bound.
        http=partial(Connection, most=connections, seconds=request_seconds),  # type: ignore[arg-type]  # called, not inherited
        h11_max_incomplete_event_size=MAX_HEAD,
        ws="none",  # no page uses web sockets; uvicorn's would need a newer `websockets` than Rasa allows
        timeout_graceful_shutdown=DRAIN,
    )
