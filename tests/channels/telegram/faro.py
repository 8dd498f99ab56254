"""Faro's own half of a conversation on Telegram: the webhook behind real HTTP, or polling, and the worker's threads."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import uvicorn

from bot.answers.library import Library
from bot.channels.telegram.build import Telegram, build
from bot.conversations.addresses import AddressBook
from bot.conversations.intake import Intake
from bot.conversations.rasa_client import TurnTaker
from bot.conversations.worker import Worker
from bot.settings import TelegramSettings
from bot.web.bodies import App
from bot.web.server import configured
from bot.web.webhooks import Webhooks
from bot.words import Button, Effect, Outgoing, TurnReply, TurnRequest
from tests.conversations.conftest import KEY, NamedPhrases

SECRET = "webhook-" + "s" * 32
BOOK_KEYS = ["a" * 40]


class Parrot:
    """Stands for Rasa: says what was said, with a button; does what the script names for a text."""

    def __init__(self, effects: Mapping[str, Effect] | None = None) -> None:
        self.effects = dict(effects or {})
        self.requests: list[TurnRequest] = []

    def take(self, request: TurnRequest) -> TurnReply:
        self.requests.append(request)
        said = request.choice or request.text
        effect = self.effects.get(said)
        return TurnReply(
            topic="return_cost",
            language=request.language or "es",
            confidence=0.9,
            safety=False,
            answers=(Outgoing(f"<{said}>", (Button("Costo", "topic:return_cost"),)),),
            effects=(effect,) if effect else (),
        )


def now() -> datetime:
    return datetime.now(UTC)


class Faro:
    """What runs. `rasa` answers the turns; `url` is the webhook's, when there is one."""

    def __init__(self, settings: TelegramSettings, library: Library, rasa: TurnTaker | None = None) -> None:
        self.rasa = rasa or Parrot()
        self.book = AddressBook(KEY, BOOK_KEYS)
        self.intake = Intake(key=KEY, book=self.book, clock=now)
        self.telegram: Telegram = build(settings, library=library, intake=self.intake, clock=now)
        self.url = ""

    def worker(self) -> Worker:
        return Worker(
            rasa=self.rasa,
            phrases=NamedPhrases(),
            channels={"telegram": self.telegram.channel},
            threads=2,
            delivery_threads=2,
            book=self.book,
            beside=self.telegram.beside,
            retention_days=30,
        )


async def nothing_else(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 404, "headers": []})
    await send({"type": "http.response.body", "body": b""})


@contextmanager
def working(faro: Faro, before: Callable[[App], App] = lambda app: app) -> Iterator[Faro]:
    """Faro with its worker, and its web server when it has a webhook. `before`: what stands before the server."""
    worker = faro.worker()
    worker.start()
    try:
        with serving(faro, before):
            yield faro
    finally:
        worker.stop()
        faro.intake.stop()
        faro.telegram.line.close()


@contextmanager
def serving(faro: Faro, before: Callable[[App], App] = lambda app: app) -> Iterator[Faro]:
    """Only the web server."""
    if not faro.telegram.hooks:
        yield faro
        return
    application = before(Webhooks(nothing_else, faro.telegram.hooks))
    server = uvicorn.Server(configured(application, host="127.0.0.1", port=0))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        time.sleep(0.01)
    port = int(server.servers[0].sockets[0].getsockname()[1])
    faro.url = f"http://127.0.0.1:{port}{faro.telegram.hooks[0].path}"
    try:
        yield faro
    finally:
        server.should_exit = True
        thread.join(20)
        faro.intake.stop()
