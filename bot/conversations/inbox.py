"""Whether what people write can be written down, as this process found when it last tried.

A disk that is full lets a database be read, so that everything seems well, and refuses every message.
"""

from __future__ import annotations

import time
from collections.abc import Callable

#: Seconds for which a refusal is believed. Nobody may have written since: then it is unknown again.
BELIEVED = 60.0


class Inbox:
    """What became of the last message, in any thread.

    Args:
        passed: seconds that have passed, on a clock that never leaps.
    """

    def __init__(self, passed: Callable[[], float] = time.monotonic) -> None:
        self._passed = passed
        self._refused: float | None = None

    def took(self) -> None:
        """A message was written down."""
        self._refused = None

    def refused(self) -> None:
        """A message could not be written down, for a reason that would meet any other too."""
        self._refused = self._passed()

    @property
    def open(self) -> bool:
        """Whether messages are taken, as far as is known."""
        refused = self._refused  # another thread may forget it between two looks
        return refused is None or self._passed() - refused > BELIEVED


#: That of this process.
INBOX = Inbox()
