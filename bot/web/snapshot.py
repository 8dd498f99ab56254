"""A look at the house for all who ask within a few seconds, and none that lasts."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from bot.log import place_of

log = logging.getLogger("faro.web")

Found = TypeVar("Found")

#: Seconds for which a look is good: several that ask, and one that asks in a loop, cost one look.
GOOD_FOR = 5.0

#: Seconds that somebody waits for a look. Prometheus gives up after 10 (scrape_timeout), and then has nothing at all.
PATIENCE = 4.0


@dataclass(slots=True)
class _Look(Generic[Found]):
    done: threading.Event
    found: Found | None = None
    at: float = 0.0


class Snapshot(Generic[Found]):
    """Looks in a thread of its own: one that never comes back keeps no request, and no second look is begun beside it."""

    def __init__(self, look: Callable[[], Found], *, seconds: Callable[[], float] = time.monotonic) -> None:
        self._look, self._seconds = look, seconds
        self._lock = threading.Lock()
        self._latest: _Look[Found] | None = None

    def get(self, patience: float = PATIENCE) -> Found | None:
        """What was found, at most GOOD_FOR seconds ago; None when it could not be found in time."""
        with self._lock:
            latest = self._latest
            if latest is None or (latest.done.is_set() and self._seconds() - latest.at >= GOOD_FOR):
                latest = self._latest = _Look(threading.Event())
                threading.Thread(target=self._run, args=(latest,), name="snapshot", daemon=True).start()
        return latest.found if latest.done.wait(patience) else None

    def _run(self, mine: _Look[Found]) -> None:
        try:
            mine.found = self._look()
        except Exception as error:
            # Whoever watches must not be what falls: that there is nothing is said, and where it failed.
            log.error("look failed", extra={"error": place_of(error)})
        finally:
            mine.at = self._seconds()
            mine.done.set()
