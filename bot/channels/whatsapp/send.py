"""The sending side: one message = one call, and what Meta answered as a remedy."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx

from bot.channels.contract import Parcel, Sent
from bot.channels.limits import WHATSAPP
from bot.channels.whatsapp.graph import Graph
from bot.channels.whatsapp.parse import NAME
from bot.channels.whatsapp.payload import NoAddress, message, reading
from bot.channels.whatsapp.senders import PARENT, PHONE, address_of
from bot.errors import DeliveryError, Remedy

log = logging.getLogger("faro.whatsapp")

#: Longer than any call lasts (graph.TIMEOUT), so that no message is on its way twice; reports take a second or two.
PATIENCE = timedelta(seconds=25)

#: Seconds that Meta shows somebody writing; asking again earlier changes nothing.
SHOWN = 25.0

#: Seconds for saying so: it runs beside the turns of everybody.
_BRIEFLY = httpx.Timeout(3.0)

#: Messages of which is remembered that it was said.
_REMEMBERED = 1_000


class WhatsApp:
    """One number of the Cloud API, as deliveries see it."""

    name = NAME
    patience = PATIENCE
    window: timedelta | None = WHATSAPP.window

    def __init__(self, graph: Graph, *, seconds: Callable[[], float] = time.monotonic) -> None:
        self._graph = graph
        self._seconds = seconds
        self._shown: dict[str, float] = {}
        self._lock = threading.Lock()

    def send(self, parcel: Parcel) -> Sent:
        """See Channel."""
        try:
            body = message(parcel)
        except NoAddress:
            raise DeliveryError("no_address", Remedy.UNREACHABLE) from None
        answer = self._graph.post(f"{self._graph.number}/messages", body)
        if not _is_taken(answer):
            raise DeliveryError("no_answer", Remedy.UNSURE)
        return Sent(_addresses(answer))

    def show_typing(self, addresses: tuple[str, ...], reference: str) -> None:
        """See Channel."""
        if not reference or not self._is_due(reference):
            return
        try:
            self._graph.post(f"{self._graph.number}/messages", reading(reference), timeout=_BRIEFLY)
        except DeliveryError as error:
            log.info("not shown as read", extra={"channel": NAME, "error": error.code})

    def answers(self) -> bool:
        """See Askable: Meta is asked for the number that we write from."""
        try:
            self._graph.get(self._graph.number, "id")
        except DeliveryError as error:
            return not error.leaves_open
        return True

    def _is_due(self, reference: str) -> bool:
        now = self._seconds()
        with self._lock:
            last = self._shown.pop(reference, None)
            due = last is None or now - last >= SHOWN
            self._shown[reference] = now if last is None or due else last
            while len(self._shown) > _REMEMBERED:
                self._shown.pop(next(iter(self._shown)))
        return due


def _is_taken(answer: dict[str, Any]) -> bool:
    messages = answer.get("messages")
    return (
        isinstance(messages, list) and bool(messages) and isinstance(messages[0], dict) and bool(messages[0].get("id"))
    )


def _addresses(answer: dict[str, Any]) -> tuple[str, ...]:
    """Where else the same person is known. The number can differ from the one we wrote to (Brazil, Mexico)."""
    contacts = answer.get("contacts")
    first = contacts[0] if isinstance(contacts, list) and contacts and isinstance(contacts[0], dict) else {}
    return (
        *address_of(first.get("user_id")),
        *address_of(first.get("parent_user_id"), PARENT),
        *address_of(first.get("wa_id"), PHONE),
    )
