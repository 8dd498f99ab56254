"""An action server that hangs holds nobody up for long, and where a hospital is is said without it.

Rasa waits 300 s for its action server (rasa.utils.endpoints.DEFAULT_REQUEST_TIMEOUT, 3.6.21), a turn 4 s for Rasa: so every
turn with an action was lost, and the next message of that person waited behind it.
"""

from __future__ import annotations

import asyncio
import logging
import time
from typing import Any

log = logging.getLogger("faro.rasa")

#: Seconds for one action; it takes a few milliseconds, on a machine that is overloaded a second.
LIMIT = 1.5

#: Seconds for which an action server that did not answer in time is not asked: others would wait LIMIT each for the same.
REST = 5.0

#: What is said instead of what an action would have found, where staff wrote an answer that is true without it.
SUBSTITUTES = {"action_health_where": "utter_health_where"}


class ActionServer:
    """Whether the action server may be asked. `resting` after it hung."""

    def __init__(self) -> None:
        self._until = 0.0

    @property
    def resting(self) -> bool:
        """Whether it hung a moment ago."""
        return time.monotonic() < self._until

    def hung(self) -> None:
        """It did not answer in time."""
        self._until = time.monotonic() + REST


def install() -> None:
    """Let every action end within LIMIT, and one that failed say its substitute if it has one."""
    from rasa.core.actions.action import ActionExecutionRejection, RemoteAction

    run, server = RemoteAction.run, ActionServer()

    async def run_in_time(self: Any, output_channel: Any, nlg: Any, tracker: Any, domain: Any) -> list[Any]:
        try:
            limit = LIMIT if not server.resting else 0  # at zero it is cancelled before it asks anybody
            return list(await asyncio.wait_for(run(self, output_channel, nlg, tracker, domain), limit))
        except ActionExecutionRejection:
            raise  # it answered: another action is to be taken
        except Exception as error:
            if isinstance(error, TimeoutError) and not server.resting:
                server.hung()
            substitute = SUBSTITUTES.get(self.name())
            log.warning("action failed", extra={"error": type(error).__name__})
            if substitute is None:
                raise
            return list(await self._utter_responses([{"response": substitute}], output_channel, nlg, tracker))

    RemoteAction.run = run_in_time
