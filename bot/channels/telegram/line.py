"""The line to Telegram: python-telegram-bot's client on an event loop of its own, for callers in any thread.

The token is in the address of every request. So nothing of PTB leaves this package: its errors become codes (faults.py), and
nobody's `repr` shows a Bot.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import warnings
from collections.abc import Awaitable, Callable, Coroutine
from concurrent.futures import Future
from typing import Any, TypeVar

from telegram import Bot
from telegram.request import HTTPXRequest
from telegram.warnings import PTBUserWarning

from bot.log import place_of
from bot.settings import TelegramSettings

log = logging.getLogger("faro.telegram")

T = TypeVar("T")

#: Requests at once: more than a worker has threads that send.
CONNECTIONS = 32

#: Seconds for the parts of a request. Telegram answers in well under one.
CONNECT, WRITE, READ, POOL = 5.0, 5.0, 10.0, 5.0

#: Seconds for one request altogether.
WHOLE = 20.0

#: Requests that nobody waits for; beyond it a further one is left undone, because all of them are courtesies.
WAITING = 500

#: Seconds that an end waits for such requests.
DRAIN = 2.0

# We ask for updates as they came, so that one that PTB cannot read does not take the others with it.
warnings.filterwarnings("ignore", r"Please use 'Bot\.", PTBUserWarning)
# PTB warns of its own use of an attribute whenever Telegram asks us to wait.
warnings.filterwarnings("ignore", r"(?s).*attribute `retry_after` will be of type")


class Line:
    """Calls methods of the Bot API. Its thread begins with the first call.

    Args:
        settings: of the channel.
    """

    def __init__(self, settings: TelegramSettings) -> None:
        base = settings.api_base
        self._bot = Bot(
            settings.token,
            base_url=f"{base}/bot",
            base_file_url=f"{base}/file/bot",
            request=_request(CONNECTIONS),
            # The long poll has a connection of its own: it must not wait for replies, nor they for it.
            get_updates_request=_request(1),
        )
        self._begun = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._courtesies: set[Future[None]] = set()

    def __repr__(self) -> str:
        return "Line(telegram)"

    def begin(self, make: Callable[[Bot], Coroutine[Any, Any, T]]) -> Future[T]:
        """Start a call. The future can be cancelled; it fails with PTB's errors."""
        return asyncio.run_coroutine_threadsafe(make(self._bot), self._running())

    def call(self, make: Callable[[Bot], Awaitable[T]], within: float = WHOLE) -> T:
        """Make a call and wait for it.

        Raises:
            telegram.error.TelegramError: Telegram refused, or was not reached.
            TimeoutError: it took longer than `within` seconds.
        """

        async def bounded(bot: Bot) -> T:
            return await asyncio.wait_for(make(bot), within)

        return self.begin(bounded).result()

    def later(self, make: Callable[[Bot], Awaitable[object]]) -> None:
        """Make a call that nobody waits for and that may fail. Never raises, never blocks."""
        if len(self._courtesies) >= WAITING:
            log.warning("courtesy left undone", extra={"channel": "telegram"})
            return

        async def quietly(bot: Bot) -> None:
            try:
                await asyncio.wait_for(make(bot), WHOLE)
            except Exception as error:
                # A query that is too old, a group that has gone: nothing that anybody could mend.
                log.info("courtesy failed", extra={"channel": "telegram", "error": place_of(error)})

        done = self.begin(quietly)
        self._courtesies.add(done)
        done.add_done_callback(self._courtesies.discard)

    def close(self) -> None:
        """Wait a little for what is under way, then hang up."""
        with self._begun:
            loop, thread = self._loop, self._thread
            self._loop = self._thread = None
        if loop is None or thread is None:
            return
        asyncio.run_coroutine_threadsafe(self._hang_up(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()

    async def _hang_up(self) -> None:
        waiting = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        if waiting:
            _, late = await asyncio.wait(waiting, timeout=DRAIN)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        for request in self._bot._request:
            await request.shutdown()

    def _running(self) -> asyncio.AbstractEventLoop:
        with self._begun:
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                self._thread = threading.Thread(target=self._loop.run_forever, name="telegram", daemon=True)
                self._thread.start()
            return self._loop


def _request(connections: int) -> HTTPXRequest:
    return HTTPXRequest(connections, read_timeout=READ, write_timeout=WRITE, connect_timeout=CONNECT, pool_timeout=POOL)
