"""What Rasa's process tells of a turn: its line in the log, and how long reading and answering took."""

from __future__ import annotations

import logging
import time
from contextvars import ContextVar
from typing import Any

from bot.log import place_of
from bot.watching import figures

log = logging.getLogger("faro.rasa")

#: Seconds that the turn of this context spent on reading the message; a choice is not read.
_understanding: ContextVar[list[float] | None] = ContextVar("understanding", default=None)


class Served:
    """One turn, from its request to its reply."""

    def __init__(self, body: dict[str, Any], trace: str) -> None:
        self._body, self.trace = body, trace
        self._begun = time.perf_counter()
        self._read: list[float] = []
        _understanding.set(self._read)

    def ended(self) -> None:
        """The reply goes out."""
        seconds = time.perf_counter() - self._begun
        figures.RASA_TURN.labels("answered").observe(seconds)
        extra = {
            "trace": self.trace,
            "contact": self._body["contact"],
            "message_id": self._body["message"],
            "understood_ms": int(sum(self._read) * 1000),
            "total_ms": int(seconds * 1000),
        }
        log.info("turn served", extra=extra)

    def failed(self, error: Exception) -> None:
        """There is no reply. The type and the place, never the text: Rasa puts what people write into its exceptions."""
        figures.RASA_TURN.labels("failed").observe(time.perf_counter() - self._begun)
        extra = {
            "trace": self.trace,
            "contact": self._body["contact"],
            "message_id": self._body["message"],
            "error": place_of(error),
        }
        log.error("turn failed", extra=extra)


def time_understanding(processor: Any) -> None:
    """Measure how long the processor reads each message. Rasa has no place of its own where that could be asked."""
    read = processor.parse_message

    async def timed(*arguments: Any, **options: Any) -> Any:
        begun, result = time.perf_counter(), "failed"
        try:
            found = await read(*arguments, **options)
            result = "read"
        finally:
            seconds = time.perf_counter() - begun
            figures.UNDERSTANDING.labels(result).observe(seconds)
            if (mine := _understanding.get()) is not None:
                mine.append(seconds)
        return found

    processor.parse_message = timed
