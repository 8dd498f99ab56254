"""The bell that wakes threads: one ring, one thread; and nobody waits for ever."""

from __future__ import annotations

import threading
import time

from bot.conversations.bell import Bell


class Sleepers:
    """Threads that wait for a bell again and again, and how often they were let go."""

    def __init__(self, bell: Bell, number: int) -> None:
        self.bell, self.woken = bell, threading.Semaphore(0)
        self.threads = [threading.Thread(target=self._sleep, daemon=True) for _ in range(number)]
        for thread in self.threads:
            thread.start()

    def _sleep(self) -> None:
        while self.bell.wait():
            self.woken.release()

    def count(self, seconds: float) -> int:
        """How many were let go within so many seconds."""
        end, found = time.monotonic() + seconds, 0
        while self.woken.acquire(timeout=max(0.0, end - time.monotonic())):
            found += 1
        return found


def test_a_ring_lets_one_thread_go_and_a_stop_all_of_them() -> None:
    bell = Bell()
    sleepers = Sleepers(bell, 5)
    assert sleepers.count(0.1) == 0
    bell.ring()
    assert sleepers.count(0.3) == 1
    bell.ring(3)
    assert sleepers.count(0.3) == 3
    bell.stop()
    for thread in sleepers.threads:
        thread.join(5)
    assert not any(thread.is_alive() for thread in sleepers.threads)


def test_a_ring_that_nobody_hears_waits_for_the_next_and_does_not_add_up() -> None:
    bell = Bell()
    bell.ring()
    bell.ring()
    assert bell.unheard
    assert bell.wait()
    assert not bell.unheard
    bell.stop()
    assert not bell.wait()
    assert not bell.wait()
