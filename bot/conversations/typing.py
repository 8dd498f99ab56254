"""While a turn runs, the person sees that somebody is writing; a quick turn shows nothing but its answer."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from bot.channels.contract import Channel
from bot.conversations.addresses import AddressBook
from bot.conversations.claim import Claim

#: A turn is shown from this on, in seconds: below it the answer is there before the sign.
FROM = 0.4

#: Telegram's sign lasts 5 s at most (core.telegram.org/bots/api#sendchataction, 2026-11).
AGAIN = 4.0

#: Seconds between two looks at the running turns.
EVERY = 0.2


@dataclass(slots=True)
class _Running:
    claim: Claim
    next_at: float


class Typing:
    """The running turns of one worker. `look` belongs into a thread of its own: it calls the providers."""

    def __init__(self, channels: Mapping[str, Channel], book: AddressBook) -> None:
        self._channels, self._book = channels, book
        self._running: dict[int, _Running] = {}
        self._lock = threading.Lock()

    @contextmanager
    def during(self, claim: Claim) -> Iterator[None]:
        """Show it for as long as the turn takes."""
        if claim.contact.channel not in self._channels:
            yield
            return
        number = claim.message.pk
        with self._lock:
            self._running[number] = _Running(claim, time.monotonic() + FROM)
        try:
            yield
        finally:
            with self._lock:
                self._running.pop(number, None)

    def look(self) -> None:
        """Show what has to be shown now, and wait a little."""
        now = time.monotonic()
        with self._lock:
            shown = [one for one in self._running.values() if one.next_at <= now]
            for one in shown:
                one.next_at = now + AGAIN
        for one in shown:
            contact, message = one.claim.contact, one.claim.message
            reference = self._book.open(message.sealed_reference) if message.sealed_reference else ""
            self._channels[contact.channel].show_typing(self._book.addresses(contact.pk), reference)
        time.sleep(EVERY)
