"""The worker's sign for whoever started it. It listens on no port, so it touches a file as long as all of it works.

Not the heartbeat in the database (heartbeat.py): a database that is away is no reason to restart a worker, which waits
for it.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

#: Seconds between two touches. Whoever looks should count it as gone after a minute (docker-compose.yml).
EVERY = 5.0

#: Without having come round for so many seconds the look for messages hangs: in a database that takes connections and says
#: nothing, say.
HANGS = 60.0


class AliveFile:
    """Says that a worker is alive.

    Args:
        path: the file; whoever looks judges its age.
        clock: seconds that only go forward.
    """

    def __init__(self, path: Path, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._path = path
        self._clock = clock
        self._came_round = clock()

    def came_round(self) -> None:
        """The look for messages has come round once more."""
        self._came_round = self._clock()

    def touch(self, threads: Sequence[threading.Thread]) -> bool:
        """Touch the file if every thread runs and the look for messages does not hang. Returns whether it was."""
        well = all(thread.is_alive() for thread in threads) and self._clock() - self._came_round < HANGS
        if well:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._path.touch()
        return well
