"""The stand-in for Meta, and our webhook behind a real server."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import uvicorn
from django.utils import timezone

from bot.answers.library import Library
from bot.answers.nearest import near_choice
from bot.channels.contract import Webhook
from bot.channels.whatsapp.webhook import WhatsAppWebhook
from bot.conversations.addresses import AddressBook
from bot.conversations.intake import Intake
from bot.settings import ROOT, WhatsAppSettings
from bot.web.server import configured
from bot.web.webhooks import Webhooks
from tests.channels.whatsapp import standin
from tests.channels.whatsapp.standin import APP_SECRET, NUMBER, TOKEN, VERIFY, Meta

KEY = "k" * 40

SETTINGS = WhatsAppSettings(TOKEN, NUMBER, APP_SECRET, VERIFY, "http://127.0.0.1:9")

LIBRARY = Library(ROOT / "content")

#: Panama City, near many services of the content.
#: So exact that no time in a log looks like it by chance.
PANAMA_CITY = (8.982734, -79.519873)


def near(lat: float, lon: float) -> str:
    return near_choice(LIBRARY.current(), lat, lon)


@pytest.fixture
def meta() -> Iterator[Meta]:
    with standin.running() as one:
        yield one


@pytest.fixture
def book() -> AddressBook:
    return AddressBook(KEY, [KEY])


@pytest.fixture
def intake(book: AddressBook) -> Iterator[Intake]:
    door = Intake(key=KEY, book=book, clock=timezone.now)
    yield door
    door.stop()


async def nothing(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 404, "headers": []})
    await send({"type": "http.response.body", "body": b""})


@contextmanager
def serving(hook: Webhook) -> Iterator[str]:
    """The webhook as the web process serves it; gives its address."""
    server = uvicorn.Server(configured(Webhooks(nothing, [hook]), host="127.0.0.1", port=0))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}{hook.path}"
    finally:
        server.should_exit = True
        thread.join(20)


@pytest.fixture
def hook(intake: Intake) -> Iterator[str]:
    """The address that the stand-in calls."""
    with serving(WhatsAppWebhook(SETTINGS, intake, near)) as url:
        yield url
