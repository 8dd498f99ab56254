"""Between turns and Rasa: when Rasa is gone, turns are told so at once instead of each waiting for its time limit.

Without it a Rasa that hangs holds one thread for 4 s with every attempt, and whoever stands behind the others waits longer
than the 10 s after which a person must have heard something. docs/adr/0015-when-rasa-hangs.md has the figures.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from enum import StrEnum
from typing import Protocol

from bot.conversations.rasa_client import TurnTaker
from bot.errors import RasaAway, RasaMisbehaved, RasaUnavailable
from bot.words import TurnReply, TurnRequest

log = logging.getLogger("faro.breaker")

#: So many different messages without an answer, and none answered between them, are not the fault of one message.
IN_A_ROW = 3

#: Seconds between two looks at a Rasa that is gone. It takes about 10 to start.
LOOK_EVERY = 1.0

#: A turn that takes longer than this, in seconds, is reason enough to look; a tenth of it is usual.
LONG = 2.0


class Passage(StrEnum):
    """Whether turns reach Rasa."""

    CLOSED = "closed"  # as an electrician says it: they do
    OPEN = "open"  # none does: Rasa is gone
    TRIAL = "trial"  # one at a time does: Rasa is there, and whether it answers turns is being tried


class Breaker:
    """Which turns may ask Rasa, by how those before them went. Thread-safe; knows neither Rasa nor the time.

    * to OPEN: a turn failed or takes long, and Rasa's health page is silent too. Two signs: a slow turn alone is none.
    * CLOSED to TRIAL: turns of IN_A_ROW messages failed although the health page answers: Rasa is slow, and fewer at a time
      help it. One message that makes Rasa fail is one message, however often it is repeated.
    * OPEN to TRIAL: the health page answers again.
    * to CLOSED: a turn was answered, be it with "that went wrong": whoever says so is there.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._passage = Passage.CLOSED
        self._failed: set[str] = set()
        self._trying = False
        self._sure = False

    @property
    def passage(self) -> Passage:
        """How it stands."""
        return self._passage

    @property
    def sure(self) -> bool:
        """Whether Rasa was found gone a second time since it opened."""
        return self._sure

    def enter(self) -> bool:
        """Whether a turn may ask now; whoever gets True calls `answered`, `failed` or `broke_off` once it is over."""
        with self._lock:
            if self._passage is Passage.OPEN or (self._passage is Passage.TRIAL and self._trying):
                return False
            self._trying = self._passage is Passage.TRIAL
            return True

    def answered(self) -> None:
        """A turn got an answer."""
        with self._lock:
            self._failed.clear()
            self._move(Passage.CLOSED)

    def failed(self, message: str, *, alive: bool) -> None:
        """A turn got none.

        Args:
            message: the id of the message.
            alive: whether Rasa's health page answered just now.
        """
        with self._lock:
            self._failed.add(message)
            if not alive:
                self._move(Passage.OPEN)
            elif len(self._failed) >= IN_A_ROW:
                self._move(Passage.TRIAL)
            self._trying = False

    def broke_off(self) -> None:
        """A turn ended in a way that says nothing about Rasa."""
        with self._lock:
            self._trying = False

    def looked(self, *, alive: bool) -> None:
        """Somebody looked at Rasa's health page, because turns take long or Rasa was gone."""
        with self._lock:
            if not alive:
                self._sure = self._passage is Passage.OPEN
                self._move(Passage.OPEN)
            elif self._passage is Passage.OPEN:
                self._move(Passage.TRIAL)

    def _move(self, to: Passage) -> None:
        if to is self._passage:
            return
        self._passage, self._trying = to, False
        self._sure = self._sure and to is Passage.OPEN
        write = log.info if to is Passage.CLOSED else log.warning
        write("way to rasa", extra={"state": to.value})


class Looked(Protocol):
    """A Rasa whose health page can be asked."""

    def take(self, request: TurnRequest) -> TurnReply:
        """See TurnTaker."""
        ...

    def ready(self) -> bool:
        """Whether the health page says that all is well. Never raises."""
        ...


class GuardedRasa(TurnTaker):
    """Takes turns to Rasa while Rasa is there."""

    def __init__(
        self, rasa: Looked, breaker: Breaker | None = None, *, seconds: Callable[[], float] = time.monotonic
    ) -> None:
        self._rasa = rasa
        self._breaker = breaker or Breaker()
        self._seconds = seconds
        self._begun: dict[int, float] = {}  # by thread: when its turn began

    @property
    def passage(self) -> Passage:
        """Whether turns reach Rasa."""
        return self._breaker.passage

    def take(self, request: TurnRequest) -> TurnReply:
        """See TurnTaker.

        Raises:
            RasaAway: Rasa was not asked, because it is gone.
        """
        if not self._breaker.enter():
            raise RasaAway(coming=self._breaker.passage is not Passage.OPEN, sure=self._breaker.sure)
        self._begun[threading.get_ident()] = self._seconds()
        try:
            reply = self._rasa.take(request)
        except RasaUnavailable as error:
            if error.answered:
                self._breaker.answered()
            else:
                self._breaker.failed(request.message, alive=self.passage is not Passage.OPEN and self._rasa.ready())
            raise
        except RasaMisbehaved:
            self._breaker.answered()
            raise
        except BaseException:
            self._breaker.broke_off()
            raise
        finally:
            self._begun.pop(threading.get_ident(), None)
        self._breaker.answered()
        return reply

    def look(self, stopping: threading.Event) -> None:
        """One look at Rasa if there is reason to, and the wait after it: what the worker runs beside the turns."""
        if self.passage is Passage.OPEN or self._takes_long():
            self._breaker.looked(alive=self._rasa.ready())
        stopping.wait(LOOK_EVERY)

    def _takes_long(self) -> bool:
        now = self._seconds()
        return any(now - begun > LONG for begun in list(self._begun.values()))
