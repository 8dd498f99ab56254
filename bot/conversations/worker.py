"""The worker process: turns, deliveries and the small chores, until a signal."""

from __future__ import annotations

import contextlib
import logging
import signal
import threading
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta

from django.db import Error, close_old_connections, connections
from django.utils import timezone

from bot.channels.contract import Channel
from bot.conversations import handover, remains, retention
from bot.conversations.addresses import AddressBook
from bot.conversations.alive import EVERY as SIGN_EVERY
from bot.conversations.alive import AliveFile
from bot.conversations.bell import Bell
from bot.conversations.breaker import GuardedRasa
from bot.conversations.claim import Claim, claim_next, waiting
from bot.conversations.counting import count_next
from bot.conversations.deliver import deliver_next, due
from bot.conversations.erase import sweep_erased
from bot.conversations.heartbeat import EVERY, WORKER, Pulse
from bot.conversations.notice import Notices
from bot.conversations.phrases import Phrases
from bot.conversations.prepared import Prepared
from bot.conversations.rasa_client import TurnTaker
from bot.conversations.rasa_pool import RasaPool
from bot.conversations.seat import Seat, held_from, let_go, take_over
from bot.conversations.turn import forget_dialogues, put_off, take_turn
from bot.conversations.typing import Typing
from bot.conversations.wall_clock import WallClock, thaw
from bot.conversations.window import Window, mask_next
from bot.log import place_of
from bot.settings import LONGEST_DIALOGUE, Settings
from bot.watching import figures

log = logging.getLogger("faro.worker")

#: How often a worker looks for messages, in seconds, while people are writing and when nobody is. One look is one read of
#: a partial index; a person does not notice 50 ms, but in a conversation they are half of the whole turn.
LOOK_BUSY = 0.01
LOOK_IDLE = 0.05

#: Seconds after the last message for which people are taken to be writing.
BUSY_FOR = 5.0

#: Pause after a database error, in seconds.
DATABASE_PAUSE = 1.0

#: Seconds that a thread keeps its database connection; threads here live as long as the process. And between two looks at
#: whether it is too old or broken: on PostgreSQL each look is a question of its own.
CONNECTION_AGE = 60
CONNECTION_LOOK = 5.0

#: How soon the sign of life says that Rasa is gone, or back, in seconds.
LOOK_AT_PASSAGE = 1.0

#: Chores: counting what happened; sweeping receipts of erasures, taking back conversations that the team left, and masking;
#: retention. A large file of SQLite's is rewritten once a day only.
COUNT_EVERY = 10.0
SWEEP_EVERY = 60.0
RETENTION_EVERY = 3600.0
REWRITE_LARGE_EVERY = 86_400.0

#: Seconds that one round of counting, and one of masking, may take.
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
        alive: AliveFile | None = None,
        passage: Callable[[], str] = lambda: "",
        dialogue_minutes: int = LONGEST_DIALOGUE,
        safeguarding_days: int = 14,
        published: Callable[[], Collection[str]] = frozenset,
        seat: Seat | None = None,
        clock: Callable[[], datetime] = timezone.now,
    ) -> None:
        self._rasa = rasa
        self._alive = alive
        self._phrases = phrases
        self._channels = channels
        self._clock = clock
        self._retention_days = retention_days
        self._handover_return = timedelta(minutes=handover_return_minutes)
        self._dialogue, self._safeguarding = timedelta(minutes=dialogue_minutes), timedelta(days=safeguarding_days)
        self._published = published
        self._stopping = threading.Event()
        self._bell = Bell()
        self._claiming = 0
        self._waiting = Prepared(waiting)
        self._threads = [
            threading.Thread(target=self._loop, args=(f"turns-{n}", self._turn, self._bell.wait), name=f"turns-{n}")
            for n in range(threads)
        ]
        self._threads.append(threading.Thread(target=self._loop, args=("scout", self._scout), name="scout"))
        self._threads.append(threading.Thread(target=self._loop, args=("chores", self._chores), name="chores"))
        # Not one of the chores: retention may take long.
        self._seat, self._sits = seat or Seat(), False
        self._holders: set[str] = set()
        self._shaken = False
        self._pulse = Pulse(WORKER, now=clock(), seat=self._seat)
        self._passage, self._told_passage = passage, ""
        self._next_beat = 0.0
        self._threads.append(threading.Thread(target=self._loop, args=("heartbeat", self._beat), name="heartbeat"))
        self._book = book
        self._post_bell = Bell()
        self._typing = Typing(channels, book) if channels and book else None
        if channels:
            self._threads += [
                threading.Thread(
                    target=self._loop, args=(f"deliver-{n}", self._deliver, self._post_bell.wait), name=f"deliver-{n}"
                )
                for n in range(delivery_threads)
            ]
        if self._typing is not None:
            self._threads.append(threading.Thread(target=self._loop, args=("typing", self._typing.look), name="typing"))
        self._threads += [
            threading.Thread(target=self._loop, args=("beside", self._one_beside(one)), name="beside") for one in beside
        ]
        if alive is not None:
            self._threads.append(threading.Thread(target=self._loop, args=("alive", self._show_life), name="alive"))
        self._wall = WallClock(now=clock(), passed=time.monotonic())
        self._busy_until = 0.0
        self._next_count = 0.0
        self._next_sweep = 0.0
        self._next_retention = 0.0
        self._next_rewrite = 0.0

    def start(self) -> None:
        """Begin working."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Take no new work; wait for what is in flight."""
        self._stopping.set()
        self._bell.stop()
        self._post_bell.stop()
        end = time.monotonic() + DRAIN
        for thread in self._threads:
            thread.join(max(0.0, end - time.monotonic()))

    def _loop(self, name: str, step: Callable[[], None], ready: Callable[[], bool] = lambda: True) -> None:
        """Take steps until all is stopping; `ready` waits until there is one, or says that there is none any more."""
        look = 0.0
        while not self._stopping.is_set():
            if not ready():
                break
            try:
                if (now := time.monotonic()) >= look:
                    look = now + CONNECTION_LOOK
                    close_old_connections()
                step()
            except Error as error:
                # PostgreSQL restarting, a disk that is full: whatever was begun was rolled back, and is tried again.
                self._shaken = True
                figures.TASK_ERRORS.labels(name.partition("-")[0]).inc()
                log.error("database", extra={"task": name, "error": place_of(error)})
                connections.close_all()
                self._stopping.wait(DATABASE_PAUSE)
            except Exception as error:
                figures.TASK_ERRORS.labels(name.partition("-")[0]).inc()
                log.error("unexpected", extra={"task": name, "error": place_of(error)})
                self._stopping.wait(DATABASE_PAUSE)
        connections.close_all()

    def _scout(self) -> None:
        """One cheap look for all threads, so that idling costs one query and not one for each of them."""
        if self._alive is not None:
            self._alive.came_round()
        if not self._sits:  # nobody claims anything before the first ring
            if people := take_over(self._seat, now=self._clock()):
                log.warning("taken over", extra={"count": people})
            self._sits = True
        if self._shaken:
            # What is held by a turn that the database broke off, or by a claim of whose commit nobody heard: now, and not
            # when the lease ends. Read before it is asked who claims: a claim becomes a holder before it ends.
            held = held_from(self._seat)
            if not self._claiming:
                self._shaken = False
                let_go(held - self._holders)
        # Not while one of them is about to look for itself: it would be woken for what that one takes.
        if not self._bell.unheard and not self._claiming and self._waiting.exists(now=self._clock()):
            self._busy_until = time.monotonic() + BUSY_FOR
            self._bell.ring()
        if self._channels and not self._post_bell.unheard and due(self._channels, self._clock()):
            self._post_bell.ring()
        self._stopping.wait(LOOK_BUSY if time.monotonic() < self._busy_until else LOOK_IDLE)

    def _turn(self) -> None:
        claim = self._claimed()
        if claim is None:
            return
        try:
            self._take(claim)
        finally:
            self._holders.discard(claim.holder)

    def _take(self, claim: Claim) -> None:
        if claim.others:
            self._bell.ring()
        try:
            with self._shown(claim):
                take_turn(
                    claim,
                    rasa=self._rasa,
                    phrases=self._phrases,
                    clock=self._clock,
                    dialogue=self._dialogue,
                    ahead=self._ahead(),
                )
            self._post_bell.ring()
            if self._waiting.exists(now=self._clock()):  # for this thread, which is free now
                self._bell.ring()
        except Error:
            raise  # the turn was rolled back: once the database is there, the scout frees the contact
        except Exception as error:
            extra = {"trace": claim.message.trace, "message_id": claim.message.pk, "error": place_of(error)}
            log.error("turn broke", extra=extra)
            put_off(claim, type(error).__name__, phrases=self._phrases, clock=self._clock)

    def _ahead(self) -> timedelta:
        return self._wall.ahead(now=self._clock(), passed=time.monotonic())

    def _claimed(self) -> Claim | None:
        self._claiming += 1  # read by the scout alone, to whom one look more or less does not matter
        try:
            claim = claim_next(now=self._clock(), seat=self._seat)
            if claim is not None:
                self._holders.add(claim.holder)
            return claim
        finally:
            self._claiming -= 1

    def _shown(self, claim: Claim) -> contextlib.AbstractContextManager[None]:
        return self._typing.during(claim) if self._typing is not None else contextlib.nullcontext()

    def _deliver(self) -> None:
        ahead = self._ahead()
        if deliver_next(self._channels, clock=self._clock, book=self._book, seat=self._seat, ahead=ahead):
            self._post_bell.ring()

    def _beat(self) -> None:
        passage = self._passage()
        if time.monotonic() >= self._next_beat or passage != self._told_passage:
            self._pulse.beat(now=self._clock(), passage=passage)
            self._told_passage, self._next_beat = passage, time.monotonic() + EVERY
        if self._stopping.wait(LOOK_AT_PASSAGE):
            self._pulse.end()

    def _show_life(self) -> None:
        if self._alive is not None:
            self._alive.touch(self._threads)
        self._stopping.wait(SIGN_EVERY)

    def _one_beside(self, run: Beside) -> Callable[[], None]:
        return lambda: run(self._stopping)

    def _chores(self) -> None:
        now = time.monotonic()
        if leap := self._wall.look(now=self._clock(), passed=now):
            log.warning("clock leapt", extra={"count": round(leap.total_seconds())})
            if leap < timedelta():
                thaw(self._channels, now=self._clock())
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
            forget_dialogues(now=self._clock(), dialogue=self._dialogue)
            expired = handover.expire(after=self._handover_return, phrases=self._phrases, now=self._clock())
            if expired:
                log.info("handovers expired", extra={"count": expired})
                self._post_bell.ring()
            if self._mask():
                self._next_sweep = now
            remains.empty_log()
        if now >= self._next_retention:
            self._next_retention = now + RETENTION_EVERY
            takes_all = retention.takes_all(days=self._retention_days, now=self._clock())
            if not self._wall.believed(takes_all=takes_all):
                log.error("retention waits", extra={"error": "clock"})
            elif deleted := retention.enforce(days=self._retention_days, now=self._clock()):
                log.info("retention", extra={"count": deleted})
            self._rewrite(now)
        self._stopping.wait(1.0)

    def _mask(self) -> bool:
        """Mask what is no longer needed as it was written. Returns whether there may be more."""
        window = Window(self._dialogue, self._safeguarding, self._published())
        masked, begun = 0, time.monotonic()
        while number := mask_next(window, now=self._clock()):
            masked += number
            if time.monotonic() > begun + COUNTING_AT_ONCE or self._stopping.is_set():
                break  # after an update there is much: the other chores have their turn between
        if masked:
            log.info("masked", extra={"count": masked})
        return number > 0

    def _rewrite(self, now: float) -> None:
        if not remains.small():
            if now < self._next_rewrite:
                return
            self._next_rewrite = now + REWRITE_LARGE_EVERY
        remains.rewrite()


def work(
    settings: Settings,
    channels: Mapping[str, Channel],
    beside: Sequence[Beside],
    *,
    alive: AliveFile | None = None,
    seat: Seat | None = None,
) -> int:
    """Run the worker process until SIGTERM or SIGINT; returns its exit code.

    Args:
        settings: of this installation.
        channels: those that are on and are told to send.
        beside: what they need to have running (bot/channels/roster.py).
        alive: for whoever started this process and wants to know whether it is well.
        seat: where the worker before it sat, when whoever started this process knows that.
    """
    from bot.answers.library import Library
    from bot.answers.published import numbers
    from bot.answers.speaker import Speaker

    connections.settings["default"]["CONN_MAX_AGE"] = CONNECTION_AGE
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    rasa, library = RasaPool.at(settings.rasa_urls, settings.rasa_secret), Library(settings.content_dir)
    guarded = GuardedRasa(rasa)
    beside = (*beside, guarded.look)
    if settings.notify.wanted:
        beside = (*beside, Notices(settings, clock=timezone.now).run)
    speaker = Speaker(library)
    figures.begin_deliveries(channels)
    figures.tell_content(lambda: speaker.content_version)
    worker = Worker(
        rasa=guarded,
        passage=lambda: guarded.passage,
        phrases=speaker,
        channels=channels,
        threads=settings.turn_threads,
        delivery_threads=settings.delivery_threads,
        book=AddressBook(settings.pseudonym_key, settings.address_keys) if channels else None,
        beside=beside,
        handover_return_minutes=settings.handover_return_minutes,
        retention_days=settings.retention_days,
        alive=alive,
        dialogue_minutes=settings.dialogue_minutes,
        safeguarding_days=settings.safeguarding_days,
        published=lambda: numbers(library.current()),
        seat=seat,
    )
    worker.start()
    log.info("worker is ready")
    stop.wait()
    worker.stop()
    rasa.close()
    return 0
