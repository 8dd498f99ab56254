"""Waking threads: as many as there is work for.

All turn threads were woken for every message, and all but one found nothing: four looks in a transaction each for one turn
(docs/figures/turn-profile.md).
"""

from __future__ import annotations

import threading


class Bell:
    """Threads wait for it; one ring lets one of them go. Rings that nobody has heard yet are not added up."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._rings = 0
        self._stopped = False

    def ring(self, number: int = 1) -> None:
        """Let `number` threads go: those that wait, or those that come next."""
        with self._changed:
            self._rings = max(self._rings, number)
            self._changed.notify(number)

    def wait(self) -> bool:
        """Wait for a ring. Returns whether there is work; not so when all is stopping."""
        with self._changed:
            self._changed.wait_for(lambda: self._rings or self._stopped)
            if self._stopped:
                return False
            self._rings -= 1
            return True

    @property
    def unheard(self) -> bool:
        """Whether there was a ring that no thread has heard: then more of them would wake nobody else."""
        with self._changed:
            return self._rings > 0

    def stop(self) -> None:
        """Let all threads go, now and from now on."""
        with self._changed:
            self._stopped = True
            self._changed.notify_all()
