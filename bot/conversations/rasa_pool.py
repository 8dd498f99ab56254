"""Several Rasas behind one door: each turn goes to one that has little to do, and past one that does not answer.

Rasa keeps nothing between two turns (docs/adr/0003), so any of them can take any turn, and one that died in the middle of a
turn costs that turn a second attempt elsewhere and nothing more.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import urlsplit

from bot.conversations.rasa_addresses import LOOK_EVERY, RasaAddresses
from bot.conversations.rasa_client import RasaClient, RasaState, TurnTaker
from bot.errors import RasaUnavailable
from bot.words import TurnReply, TurnRequest

log = logging.getLogger("faro.rasa_pool")

#: Seconds that one that did not answer is left alone: after the first failure in a row, the second, and so on (the last
#: one repeats). Rasa needs about 10 to start.
RESTS = (1.0, 2.0, 4.0, 8.0)

#: Seconds after the beginning of a turn in which another one is still asked. Nobody there, a connection that breaks and
#: "no model yet" are said within milliseconds; after a time-out the person has waited long enough, and the turn is
#: repeated as a whole (PAUSES in bot/conversations/turn.py).
FAIL_OVER = 1.0


class Replica(TurnTaker, Protocol):
    """One Rasa: RasaClient."""

    def look(self) -> RasaState:
        """How it is. Never raises."""
        ...

    def close(self) -> None:
        """Close the connections."""
        ...


@dataclass(slots=True, eq=False)
class _Place:
    """A replica and what is known of it. `outstanding`: turns that it has now; `failures`: those in a row."""

    name: str
    replica: Replica
    outstanding: int = 0
    failures: int = 0
    rests_until: float = 0.0
    last_used: int = 0
    leaving: bool = False


class RasaPool:
    """Takes turns through several replicas. Thread-safe.

    Args:
        replicas: at least one, by the name that logs have for it.
        make: a replica for an address, for those that come later.
        clock: seconds that only go forward.
    """

    def __init__(
        self,
        replicas: Mapping[str, Replica],
        *,
        make: Callable[[str], Replica] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._places = [_Place(name, replica) for name, replica in replicas.items()]
        self._make = make
        self._clock = clock
        self._lock = threading.Lock()
        self._closed = threading.Event()
        self._used = 0

    @classmethod
    def at(cls, urls: Sequence[str], secret: str) -> RasaPool:
        """The replicas at these addresses, and whichever appear behind their names."""

        def make(url: str) -> Replica:
            return RasaClient(url, secret)

        addresses = RasaAddresses(urls)
        pool = cls({_name_of(url): make(url) for url in urls}, make=make)
        if addresses.may_change:
            threading.Thread(target=pool._follow, args=(addresses,), name="rasa-addresses", daemon=True).start()
        return pool

    def _follow(self, addresses: RasaAddresses) -> None:
        while not self._closed.is_set():
            self.renew(addresses.look())
            self._closed.wait(LOOK_EVERY)

    def renew(self, urls: Sequence[str]) -> None:
        """Keep to these addresses. Whoever left ends the turns that it has."""
        assert self._make is not None  # noqa: S101 - only a pool that can make replicas is told of others
        with self._lock:
            known = {place.name: place for place in self._places}
            wanted = {_name_of(url): url for url in urls}
            left = [place for name, place in known.items() if name not in wanted]
            self._places = [known.get(name) or _Place(name, self._make(url)) for name, url in wanted.items()]
            for place in left:
                place.leaving = True
            idle = [place for place in left if not place.outstanding]
            number = len(self._places)
        for place in idle:
            place.replica.close()
        if left or number > len(known):
            log.info("other rasas", extra={"count": number})

    def take(self, request: TurnRequest) -> TurnReply:
        """See TurnTaker; what is raised is what the last one that was asked raised."""
        begun = self._clock()
        tried: set[str] = set()
        while True:
            place, last = self._choose(tried)
            tried.add(place.name)
            try:
                reply = place.replica.take(request)
            except RasaUnavailable as error:
                if error.answered:
                    # It is there and failed at this very message. That says nothing about the next one, and the others have
                    # the same model.
                    self._done(place)
                    raise
                self._failed(place, str(error))
                if last or self._clock() - begun > FAIL_OVER:
                    raise
            except BaseException:
                self._done(place)
                raise
            else:
                self._done(place, well=True)
                return reply

    def look(self) -> RasaState:
        """How they are together: ready when one of them is, with the model of the first that is. Never raises."""
        replicas = [place.replica for place in self._places]
        if len(replicas) == 1:
            return replicas[0].look()
        with ThreadPoolExecutor(len(replicas)) as beside:  # one that hangs takes its time, and not that of the others
            states = list(beside.map(lambda one: one.look(), replicas))
        ready = [state for state in states if state.ready]
        first = ready[0] if ready else states[0]
        return RasaState(first.ready, first.model, replicas=len(states), away=len(states) - len(ready))

    def ready(self) -> bool:
        """Whether one of them has its model and its answers."""
        return self.look().ready

    def close(self) -> None:
        """Close the connections of all."""
        self._closed.set()
        for place in self._places:
            place.replica.close()

    def _choose(self, tried: set[str]) -> tuple[_Place, bool]:
        """The one with the fewest turns of those that are not resting; in turn, where they are alike. And whether it is the
        last one that was not tried yet.

        One that failed gets a single turn after its rest, and more once that was answered: where it hangs, one person waits
        for it and not everybody. When all are resting, the one whose rest ends first is asked all the same: it may be back,
        and without it the turn fails in any case.
        """
        now = self._clock()
        with self._lock:
            left = [place for place in self._places if place.name not in tried] or self._places
            awake = [place for place in left if place.rests_until <= now and not (place.failures and place.outstanding)]
            if awake:
                chosen = min(awake, key=lambda place: (place.outstanding, place.last_used))
            else:
                chosen = min(left, key=lambda place: place.rests_until)
            self._used += 1
            chosen.last_used = self._used
            chosen.outstanding += 1
            return chosen, len(left) == 1 or chosen.name in tried

    def _done(self, place: _Place, *, well: bool = False) -> None:
        with self._lock:
            place.outstanding -= 1
            back = well and place.failures > 0
            if well:
                place.failures, place.rests_until = 0, 0.0
            gone = place.leaving and not place.outstanding
        if gone:
            place.replica.close()
        if back:
            log.info("rasa answers again", extra={"replica": place.name})

    def _failed(self, place: _Place, error: str) -> None:
        self._done(place)
        if place.leaving:
            return
        with self._lock:
            news = place.failures == 0
            # Turns that ran beside each other into one fault are one failure.
            if place.rests_until <= self._clock():
                place.rests_until = self._clock() + RESTS[min(place.failures, len(RESTS) - 1)]
                place.failures += 1
        if news:
            log.warning("rasa does not answer", extra={"replica": place.name, "error": error})


def _name_of(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.hostname}:{parts.port or ''}".rstrip(":")
