"""How Telegram brings updates to a webhook: one queue a chat, the head of it again and again until it is acknowledged.

github.com/tdlib/telegram-bot-api, WebhookActor.cpp, 2026-11: any 2xx is a success; messages wait in the queue of their chat,
pressed buttons in one of the person; an update is given up 24 hours after its date; a method in the body is carried out.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Mapping
from typing import Any

import httpx

from tests.channels.telegram.stand_in import StandIn

#: Seconds until the next attempt: Telegram's first pause, shortened.
PAUSE = 0.05

#: Seconds after its date at which an update is given up, and those of a pressed button.
EXPIRY, QUERY_EXPIRY = 24 * 3600, 150


class Deliveries:
    """Brings what `StandIn.bring` is given to a webhook. Begin and end it with `with`."""

    def __init__(self, telegram: StandIn, url: str, secret: str) -> None:
        self.telegram, self.url = telegram, url
        self.statuses: list[tuple[int, int]] = []  # update, status
        self.expired: list[int] = []
        self._client = httpx.Client(timeout=30, trust_env=False, headers={"X-Telegram-Bot-Api-Secret-Token": secret})
        self._queues: dict[str, deque[dict[str, Any]]] = {}
        self._threads: list[threading.Thread] = []
        self._changed = threading.Condition()
        self._ending = False
        self._scout = threading.Thread(target=self._sort, daemon=True)

    def __enter__(self) -> Deliveries:
        self._scout.start()
        return self

    def __exit__(self, *_: object) -> None:
        with self._changed:
            self._ending = True
            self._changed.notify_all()
        for thread in (self._scout, *self._threads):
            thread.join()
        self._client.close()

    def _sort(self) -> None:
        while not self._ending:
            try:
                self.telegram.wait(lambda: self.telegram.updates, "an update", 0.2)
            except AssertionError:
                continue
            waiting, self.telegram.updates = self.telegram.updates, []
            for update in waiting:
                self._line_up(update)

    def _line_up(self, update: dict[str, Any]) -> None:
        with self._changed:
            name = _queue_of(update)
            if name not in self._queues:
                self._queues[name] = deque()
                self._threads.append(threading.Thread(target=self._bring, args=(name,), daemon=True))
                self._threads[-1].start()
            self._queues[name].append(update)
            self._changed.notify_all()

    def _bring(self, name: str) -> None:
        queue = self._queues[name]
        while True:
            with self._changed:
                self._changed.wait_for(lambda: queue or self._ending)
                if self._ending:
                    return
            update = queue[0]
            if time.time() > _expires(update):
                self.expired.append(update["update_id"])
                queue.popleft()
            elif self._post(update):
                queue.popleft()
            else:
                time.sleep(PAUSE)

    def _post(self, update: Mapping[str, Any]) -> bool:
        try:
            answer = self._client.post(self.url, json=update)
        except httpx.HTTPError:
            self.statuses.append((int(update["update_id"]), 0))
            return False
        if answer.is_success and answer.content:
            self.telegram.wrong.append("the webhook's answer has a body, which Telegram would carry out")
        self.statuses.append((int(update["update_id"]), answer.status_code))
        return answer.is_success

    def acknowledged(self, update: Mapping[str, Any]) -> bool:
        """Whether an update was taken."""
        return any(number == update["update_id"] and 200 <= status < 300 for number, status in self.statuses)


def _queue_of(update: Mapping[str, Any]) -> str:
    if "callback_query" in update:
        return f"query {update['callback_query']['from']['id']}"
    kind, content = next((kind, one) for kind, one in update.items() if kind != "update_id")
    chat = content.get("chat", {}).get("id", "")
    return f"member {chat}" if kind == "my_chat_member" else f"chat {chat}"


def _expires(update: Mapping[str, Any]) -> float:
    if "callback_query" in update:
        return time.time() + QUERY_EXPIRY
    content = next(one for kind, one in update.items() if kind != "update_id")
    return float(content.get("date", time.time())) + EXPIRY
