"""The web process."""

from __future__ import annotations

import logging

import uvicorn

from bot.settings import Settings

log = logging.getLogger("faro.web")

#: Seconds that a stop waits for requests; an open long poll answers within its own wait, or is cut and polls again.
DRAIN = 5


def serve(settings: Settings, *, host: str) -> int:
    """Serve pages until a signal; returns the exit code."""
    from bot.web.asgi import application

    log.info("web starts", extra={"port": settings.port})
    uvicorn.run(
        application,
        host=host,
        port=settings.port,
        log_config=None,  # bot/log.py formats; uvicorn's own access log would hold addresses of people
        access_log=False,
        server_header=False,
        lifespan="off",
        ws="none",  # no page uses web sockets; uvicorn's would need a newer `websockets` than Rasa allows
        timeout_graceful_shutdown=DRAIN,
        h11_max_incomplete_event_size=32 * 1024,
    )
    return 0
