"""The content in memory: loaded once, refreshed when a file changed, and never worse than the last good copy."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from pathlib import Path

from bot.answers import kept
from bot.answers.folder import Folder, Reading, Stamp
from bot.answers.problems import ContentError, Problem
from bot.answers.schema import Content

log = logging.getLogger("faro.answers")

#: Seconds between two looks at the files.
LOOK_EVERY = 1.0

#: Where this process keeps the last good content, and finds it when it starts while the folder is broken: see kept.py. None:
#: nowhere, as for a command that only looks.
KEPT: Path | None = None

#: Problems written to the log at one refresh; all of them are in `Library.problems`.
_LOGGED = 20


class Library:
    """The content of the folder `root`, for any number of threads.

    Breaking problems (see `Problem.breaking`) of a later edit are remembered in `problems` and the last good content
    stays: the whole folder, because answers, contacts and interface refer to each other. `clock` gives monotonic
    seconds.

    A process that serves people names in KEPT where the last good content is kept; one that starts while the folder is
    broken speaks from there.

    Raises:
        ContentError: the first load finds breaking problems, and nothing is kept; the message names every problem.
    """

    def __init__(self, root: Path, clock: Callable[[], float] = time.monotonic) -> None:
        self._folder = Folder(root)
        self._clock = clock
        self._lock = threading.Lock()
        self._stamps: tuple[Stamp, ...] = self._folder.stamps()
        reading = self._folder.read(self._stamps)
        self._problems: tuple[Problem, ...] = ()
        self._looked = clock()
        if not reading.breaking:
            self._content, self._problems = reading.content, reading.problems
            self._loaded(reading)
            return
        before = kept.read(KEPT) if KEPT is not None else None
        if before is None:
            raise ContentError(reading.problems)
        self._content = before.content
        self._take(reading)

    @property
    def root(self) -> Path:
        """The folder."""
        return self._folder.root

    @property
    def version(self) -> str:
        """Short digest of the content that is served."""
        return self._content.version

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What is wrong with the files as they are now, for /readyz and the log. Empty when all is well."""
        return self._problems

    @property
    def broken(self) -> bool:
        """Whether the files as they are now cannot be served, so that an older copy is."""
        return any(found.breaking for found in self._problems)

    def current(self) -> Content:
        """The content to answer from. Looks at the files at most once a second; never raises, never waits."""
        if self._clock() - self._looked >= LOOK_EVERY and self._lock.acquire(blocking=False):
            try:
                self._look()
            finally:
                self._lock.release()
        return self._content

    def refresh(self) -> Content:
        """Look at the files now, and give the content to answer from. Never raises."""
        with self._lock:
            self._look()
        return self._content

    def _look(self) -> None:
        try:
            self._looked = self._clock()
            stamps = self._folder.stamps()
            if stamps == self._stamps and not any(found.code == "unreadable" for found in self._problems):
                return
            reading = self._folder.read(stamps)
            self._stamps = stamps
            self._take(reading)
        except Exception as error:  # the last good copy must survive whatever happens to the files
            # No traceback: it may quote a text.
            extra = {"version": self.version, "error": type(error).__name__}
            log.error("content not refreshed", extra=extra)

    def _take(self, reading: Reading) -> None:
        before, self._problems = self._problems, reading.problems
        if not reading.breaking:
            if reading.content.version != self.version:
                self._loaded(reading)
            self._content = reading.content
        elif reading.problems != before:
            log.error("content broken", extra={"version": self.version, "problems": len(reading.breaking)})
            for found in reading.breaking[:_LOGGED]:
                log.error("content problem", extra={"path": found.path, "line": found.line, "error": found.code})

    def _loaded(self, reading: Reading) -> None:
        log.info("content loaded", extra={"version": reading.content.version, "count": reading.files})
        if KEPT is not None:
            kept.keep(KEPT, self.root, reading.read)
