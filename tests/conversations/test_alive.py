"""The worker's sign of life: given while everything runs, and not any more when something does not."""

from __future__ import annotations

import threading
from pathlib import Path

from bot.conversations.alive import HANGS, AliveFile


class Clock:
    now = 50.0

    def __call__(self) -> float:
        return self.now


def test_it_is_given_while_every_thread_runs_and_the_look_comes_round(tmp_path: Path) -> None:
    clock, file = Clock(), tmp_path / "new folder" / "alive"
    alive = AliveFile(file, clock=clock)
    go_on = threading.Event()
    thread = threading.Thread(target=go_on.wait)
    thread.start()
    assert alive.touch([threading.main_thread(), thread])
    assert file.exists()

    file.unlink()
    clock.now += HANGS
    assert not alive.touch([thread]), "the look hangs"
    alive.came_round()
    assert alive.touch([thread])

    go_on.set()
    thread.join()
    file.unlink()
    assert not alive.touch([threading.main_thread(), thread]), "a thread has ended"
    assert not file.exists()
