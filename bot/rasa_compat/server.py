"""Rasa's server and the action server, started the one way that we allow: loopback or compose network, no API, no CORS."""

from __future__ import annotations

import logging
import os
import signal
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from bot import log as faro_log
from bot.rasa_compat import action_limit, action_results, guards, placeholders, served
from bot.settings import ROOT, Settings
from bot.watching import figures

log = logging.getLogger("faro.rasa")

#: Loggers to which Rasa and Sanic give handlers of their own.
_LIBRARIES = ("rasa", "sanic.root", "sanic.error", "sanic.access", "rasa_sdk", "asyncio", "py.warnings")

#: One message of each language, for warming up.
WARM_UP = ("¿Dónde hay un hospital?", "Where is a hospital?", "Où est l'hôpital ?")

_ENDING = (signal.SIGINT, signal.SIGTERM)

#: Seconds that Rasa's server goes on with what it has begun after a signal. Sanic's 15 are waited for in full when a worker
#: keeps a connection open, and nobody is answered meanwhile. A turn is given up after 4 s (TIMEOUT of rasa_client.py).
GRACE = 5.0


def serve_rasa(settings: Settings, *, model: Path, host: str = "127.0.0.1") -> int:
    """Serve turns until a signal; returns the exit code.

    Raises:
        GuardError: a start-up guard refused, or what Rasa made of the model is not what was asked for.
    """
    placeholders.install(only_understanding=True)
    os.chdir(ROOT)
    # The only place where Rasa's YAML files get their values from.
    os.environ["RASA_SECRET"] = settings.rasa_secret
    os.environ["CONTENT_DIR"] = str(settings.content_dir)
    os.environ["ACTIONS_WEBHOOK"] = f"{settings.actions_url}/webhook"
    guards.refuse_to_start(root=ROOT, model=model)

    action_results.install()
    action_limit.install()

    from rasa.core.run import serve_application
    from rasa.core.utils import AvailableEndpoints

    from bot.nlu import places
    from bot.rasa_compat import known_once
    from bot.rasa_compat.model_watch import ModelWatch
    from bot.rasa_compat.turn_channel import model_name

    known_once.install()
    started = False

    async def quieten(_app: object, _loop: object) -> None:
        _quieten()  # once more: serve_application has just cut Sanic's loggers off from ours

    async def check_agent(app: Any, loop: Any) -> None:
        nonlocal started
        # Sanic 21.12 that is stopped before it runs serves on and never ends any more. Nothing can be lost yet, so until
        # then a signal ends the process at once.
        for number in _ENDING:
            loop.remove_signal_handler(number)
        app.config.GRACEFUL_SHUTDOWN_TIMEOUT = GRACE
        agent: Any = getattr(app.ctx, "agent", None)
        guards.refuse_to_serve(agent)
        # The first message of a process loads the encoder (0.7 s), the first of a language its tokeniser (75 ms): not
        # while somebody waits.
        for text in WARM_UP:
            await agent.parse_message(text)
        served.time_understanding(agent.processor)
        figures.tell_model(lambda: model_name(app.ctx.agent))
        watch = ModelWatch(app, root=ROOT, model=model, warm_up=WARM_UP)
        app.add_task(watch.run())
        figures.tell_content(lambda: str(agent.nlg.speaker.content_version))
        for number in _ENDING:
            loop.add_signal_handler(number, app.stop)
        started = True
        log.info("rasa is ready", extra={"port": port})

    places.CONTENT = settings.content_dir
    port = urlsplit(settings.rasa_url).port or 5005
    _quieten()
    serve_application(
        model_path=str(model),
        interface=host,
        port=port,
        credentials=str(ROOT / "credentials.yml"),
        endpoints=AvailableEndpoints.read_endpoints(str(ROOT / "endpoints.yml")),
        enable_api=False,
        cors=None,
        server_listeners=[(quieten, "before_server_start"), (check_agent, "after_server_start")],
    )
    return 0 if started else 1


def serve_actions(settings: Settings, *, host: str = "127.0.0.1") -> int:
    """Serve actions until a signal; returns the exit code."""
    from rasa_sdk.endpoint import create_app

    from actions import language

    language.REGISTER = settings.content_dir / "languages.yml"
    app = create_app("actions", cors_origins="")
    _quieten()
    port = urlsplit(settings.actions_url).port or 5055
    log.info("actions are ready", extra={"port": port})
    app.run(host, port, workers=1, access_log=False, debug=False)
    return 0


def _quieten() -> None:
    faro_log.quiet_others(_LIBRARIES)
    faro_log.route_structlog()
