"""Starts the process that measures a change. Runs beside the turns in a worker (bot/commands/serve.py)."""

from __future__ import annotations

import logging
import subprocess
import sys
import threading
from pathlib import Path

from django.utils import timezone

from console.review import runs

log = logging.getLogger("faro.review")

#: Seconds between two looks for a run.
LOOK_EVERY = 3.0

#: Seconds that a process has to clear up after it was told to end.
GRACE = 5.0


class Starter:
    """One look after the other: a queued run becomes a process of low priority, whose end is noticed."""

    def __init__(self, root: Path, command: tuple[str, ...] = (sys.executable, "-m", "bot", "improve")) -> None:
        self._root = root
        self._command = command
        self._run = 0
        self._process: subprocess.Popen[bytes] | None = None

    def look(self, stop: threading.Event) -> None:
        """One look, and the pause after it; at a stop the run is left to the next worker."""
        if self._process is not None and self._process.poll() is not None:
            # Whatever it had to say it has said itself; one that said nothing died.
            runs.fail(self._run, "died", now=timezone.now())
            self._process = None
        if self._process is None and (run := runs.claim_next(now=timezone.now())) is not None:
            self._run = run.pk
            self._process = subprocess.Popen(
                [*self._command, str(run.pk)], cwd=self._root, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL
            )
            log.info("measuring a change", extra={"task": "review"})
        if stop.wait(LOOK_EVERY) and self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(GRACE)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            runs.put_back(self._run)
            self._process = None
