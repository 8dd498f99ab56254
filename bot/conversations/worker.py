"""The worker process: turns, deliveries and the small chores, until a signal."""

from __future__ import annotations

import contextlib
import logging
import signal
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from django.db import DatabaseError, close_old_connections, connections
from django.utils import timezone

from bot.channels.contract import Channel
from bot.conversations import handover, retention
from bot.conversations.addresses import AddressBook
from bot.conversations.claim import Claim, claim_next, free, put_back
from bot.conversations.counting import count_next
from bot.conversations.deliver import deliver_next, due
from bot.conversations.erase import sweep_erased
from bot.conversations.heartbeat import EVERY, WORKER, Pulse
from bot.conversations.models import Message
from bot.conversations.notice import Notices
from bot.conversations.phrases import Phrases
from bot.conversations.rasa_client import TurnTaker
from bot.conversations.rasa_pool import RasaPool
from bot.conversations.turn import forget_dialogues, put_off, take_turn
from bot.conversations.typing import Typing
from bot.log import place_of
from bot.settings import Settings

log = logging.getLogger("faro.worker")

#: How often a worker looks for messages, in seconds, while people are writing and when nobody is. One look is one read of
#: a partial index; a person does not notice 50 ms, but in a conversation they are half of the whole turn.
LOOK_BUSY = 0.01
LOOK_IDLE = 0.05

#: Seconds after the last message for which people are taken to be writing.
BUSY_FOR = 5.0

#: Pause after a database error, in seconds.
DATABASE_PAUSE = 1.0

#: Seconds that a thread keeps its database connection; threads here live as long as the process.
CONNECTION_AGE = 60

#: Chores: counting what happened; sweeping receipts of erasures and taking back conversations that the team left; retention.
COUNT_EVERY = 10.0
SWEEP_EVERY = 60.0
RETENTION_EVERY = 3600.0

#: Seconds that one round of counting may take.
COUNTING_AT_ONCE = 2.0

#: Seconds that a stop waits for turns in flight; they end or are taken over after the lease.
DRAIN = 10.0


#: Something of a channel that runs beside the turns until it is told to stop (Telegram's polling).
Beside = Callable[[threading.Event], None]


class Worker:
    """Runs turns and deliveries in several threads each, chores and whatever a channel needs in one each."""

    def __init__(
        self,
        *,
        rasa: TurnTaker,
        phrases: Phrases,
        channels: Mapping[str, Channel],
        threads: int,
        retention_days: int,
        book: AddressBook | None = None,
        delivery_threads: int = 1,
        beside: Sequence[Beside] = (),
        handover_return_minutes: int = 120,
        clock: Callable[[], datetime] = timezone.now,
    ) -> None:
        self._rasa = rasa
        self._phrases = phrases
        self._channels = channels
        self._clock = clock
        self._retention_days = retention_days
        self._handover_return = timedelta(minutes=handover_return_minutes)
        self._stopping = threading.Event()
        self._work_waits = threading.Event()
        self._threads = [
            threading.Thread(target=self._loop, args=(f"turns-{n}", self._turn), name=f"turns-{n}")
            for n in range(threads)
        ]
        self._threads.append(threading.Thread(target=self._loop, args=("scout", self._scout), name="scout"))
        self._threads.append(threading.Thread(target=self._loop, args=("chores", self._chores), name="chores"))
        # Not one of the chores: retention may take long.
        self._pulse = Pulse(WORKER, now=clock())
        self._threads.append(threading.Thread(target=self._loop, args=("heartbeat", self._beat), name="heartbeat"))
        self._book = book
        self._post_waits = threading.Event()
        self._typing = Typing(channels, book) if channels and book else None
        if channels:
            self._threads += [
                threading.Thread(target=self._loop, args=(f"deliver-{n}", self._deliver), name=f"deliver-{n}")
                for n in range(delivery_threads)
            ]
        if self._typing is not None:
            self._threads.append(threading.Thread(target=self._loop, args=("typing", self._typing.look), name="typing"))
        self._threads += [
            threading.Thread(target=self._loop, args=("beside", self._one_beside(one)), name="beside") for one in beside
        ]
        self._busy_until = 0.0
        self._next_count = 0.0
        self._next_sweep = 0.0
        self._next_retention = 0.0

    def start(self) -> None:
        """Begin working."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Take no new work; wait for what is in flight."""
        self._stopping.set()
        self._work_waits.set()
        self._post_waits.set()
        end = time.monotonic() + DRAIN
        for thread in self._threads:
            thread.join(max(0.0, end - time.monotonic()))

    def _loop(self, name: str, step: Callable[[], None]) -> None:
        while not self._stopping.is_set():
            try:
                close_old_connections()
                step()
            except DatabaseError as error:
                # PostgreSQL restarting, a disk that is full: whatever was begun was rolled back, and is tried again.
                log.error("database", extra={"task": name, "error": place_of(error)})
                connections.close_all()
                self._stopping.wait(DATABASE_PAUSE)
            except Exception as error:
                log.error("unexpected", extra={"task": name, "error": place_of(error)})
                self._stopping.wait(DATABASE_PAUSE)
        connections.close_all()

    def _scout(self) -> None:
        """One cheap look for all turn threads, so that idling costs one query and not one for each of them."""
        if not self._work_waits.is_set():
            now = self._clock()
            if Message.objects.filter(free(now, of="contact__"), state=Message.State.WAITING).exists():
                self._busy_until = time.monotonic() + BUSY_FOR
                self._work_waits.set()
        if self._channels and not self._post_waits.is_set() and due(self._channels, self._clock()):
            self._post_waits.set()
        self._stopping.wait(LOOK_BUSY if time.monotonic() < self._busy_until else LOOK_IDLE)

    def _turn(self) -> None:
        self._work_waits.wait()
        if self._stopping.is_set():
            return
        claim = claim_next(now=self._clock())
        if claim is None:
            self._nothing(self._work_waits)
            return
        try:
            with self._shown(claim):
                take_turn(claim, rasa=self._rasa, phrases=self._phrases, clock=self._clock)
            self._post_waits.set()
        except DatabaseError:
            # The turn was rolled back. If the database is already there again, nobody has to wait for the lease.
            with contextlib.suppress(DatabaseError):
                put_back(claim)
            raise
        except Exception as error:
            log.error("turn broke", extra={"message_id": claim.message.pk, "error": place_of(error)})
            put_off(claim, type(error).__name__, phrases=self._phrases, clock=self._clock)

    def _shown(self, claim: Claim) -> contextlib.AbstractContextManager[None]:
        return self._typing.during(claim) if self._typing is not None else contextlib.nullcontext()

    def _deliver(self) -> None:
        self._post_waits.wait()
        if self._stopping.is_set():
            return
        if not deliver_next(self._channels, clock=self._clock, book=self._book):
            self._nothing(self._post_waits)

    def _nothing(self, waits: threading.Event) -> None:
        """Let the threads sleep until there is work again, but never past a stop that came in the same moment."""
        waits.clear()
        if self._stopping.is_set():
            waits.set()

    def _beat(self) -> None:
        self._pulse.beat(now=self._clock())
        if self._stopping.wait(EVERY):
            self._pulse.end()

    def _one_beside(self, run: Beside) -> Callable[[], None]:
        return lambda: run(self._stopping)

    def _chores(self) -> None:
        now = time.monotonic()
        if now >= self._next_count:
            self._next_count = now + COUNT_EVERY
            # After an update or a burst there is much: the other chores have their turn between.
            while (counted := count_next()) and time.monotonic() < now + COUNTING_AT_ONCE:
                pass
            if counted:
                self._next_count = now
        if now >= self._next_sweep:
            self._next_sweep = now + SWEEP_EVERY
            sweep_erased(now=self._clock())
            forget_dialogues(now=self._clock())
            expired = handover.expire(after=self._handover_return, phrases=self._phrases, now=self._clock())
            if expired:
                log.info("handovers expired", extra={"count": expired})
                self._post_waits.set()
        if now >= self._next_retention:
            self._next_retention = now + RETENTION_EVERY
            deleted = retention.enforce(days=self._retention_days, now=self._clock())
            if deleted:
                log.info("retention", extra={"count": deleted})
        self._stopping.wait(1.0)


def work(settings: Settings, channels: Mapping[str, Channel], beside: Sequence[Beside]) -> int:
    """Run the worker process until SIGTERM or SIGINT; returns its exit code.

    Args:
        settings: of this installation.
        channels: those that are on and are told to send.
        beside: what they need to have running (bot/channels/roster.py).
    """
    from bot.answers.library import Library
    from bot.answers.speaker import Speaker

    connections.settings["default"]["CONN_MAX_AGE"] = CONNECTION_AGE
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    rasa = RasaPool.at(settings.rasa_urls, settings.rasa_secret)
    if settings.notify.wanted:
        beside = (*beside, Notices(settings, clock=timezone.now).run)
    worker = Worker(
        rasa=rasa,
        phrases=Speaker(Library(settings.content_dir)),
        channels=channels,
        threads=settings.turn_threads,
        delivery_threads=settings.delivery_threads,
        book=AddressBook(settings.pseudonym_key, settings.address_keys) if channels else None,
        beside=beside,
        handover_return_minutes=settings.handover_return_minutes,
        retention_days=settings.retention_days,
    )
    worker.start()
    log.info("worker is ready")
    stop.wait()
    worker.stop()
    rasa.close()
    return 0
