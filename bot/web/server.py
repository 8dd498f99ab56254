"""The web process."""

from __future__ import annotations

import logging

import uvicorn

from bot.settings import Settings
from bot.web.bodies import App

log = logging.getLogger("faro.web")

#: Seconds that a stop waits for requests; an open long poll answers within its own wait, or is cut and polls again.
DRAIN = 5


#: Bytes of a request before its body: address and headers. A browser sends about 1 kB.
MAX_HEAD = 32 * 1024


def serve(settings: Settings, *, host: str) -> int:
    """Serve pages until a signal; returns the exit code."""
    from bot.web.asgi import application

    log.info("web starts", extra={"port": settings.port})
    server = uvicorn.Server(configured(application, host=host, port=settings.port))
    server.run()
    return 0 if server.started else 1


def configured(application: App, *, host: str, port: int) -> uvicorn.Config:
    """How uvicorn serves an application here."""
    return uvicorn.Config(
        application,
        host=host,
        port=port,
        log_config=None,  # bot/log.py formats; uvicorn's own access log would hold addresses of people
        access_log=False,
        server_header=False,
        # Who asked is read in one place, by one rule: console/login/origin.py and SECURE_PROXY_SSL_HEADER.
        proxy_headers=False,
        lifespan="off",
        # Not httptools, which uvicorn prefers when it is there (Sanic brings it): it takes headers without an end into
        # memory, 60 MB from one connection, and knows no bound.
        http="h11",
        h11_max_incomplete_event_size=MAX_HEAD,
        ws="none",  # no page uses web sockets; uvicorn's would need a newer `websockets` than Rasa allows
        timeout_graceful_shutdown=DRAIN,
    )
