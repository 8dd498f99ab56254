"""A new model is taken up by a Rasa that runs: loaded beside the old one, which answers meanwhile, and put in its place.

Rasa itself takes models up from a server of models or through its API (rasa.core.agent.load_from_server), both of which we
leave off; and it loads them on the loop that answers, which for some seconds then answers nobody.
"""

from __future__ import annotations

import asyncio
import copy
import logging
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from bot.errors import GuardError
from bot.log import place_of
from bot.rasa_compat import guards, served, training

log = logging.getLogger("faro.rasa")

#: Seconds between two looks at the folder of models. One look is one stat.
LOOK_EVERY = 5.0


class ModelWatch:
    """Looks for the model that fits the files of the project, and puts it into the server's place.

    Args:
        app: Rasa's Sanic application, whose `ctx.agent` answers.
        root: of the project; models are in `models/` below it.
        model: what is served now.
        warm_up: messages that are read before anybody waits for the new model.
        loaded: makes an agent for a model from the one before.
    """

    def __init__(
        self,
        app: Any,
        *,
        root: Path,
        model: Path,
        warm_up: Sequence[str],
        loaded: Callable[[Any, Path, Sequence[str]], Any] | None = None,
    ) -> None:
        self._app, self._root, self._model, self._warm_up = app, root, model, warm_up
        self._loaded = loaded or beside
        self._code = training.code_fingerprint(root)
        self._seen = _changed(model.parent)

    async def run(self, every: float = LOOK_EVERY) -> None:
        """Look until the task is cancelled. Nothing that goes wrong ends it, or the old model."""
        while True:
            await asyncio.sleep(every)
            try:
                await self.look()
            except Exception as error:  # a file that is no model, a guard that refuses: the old one goes on
                log.error("model refused", extra={"error": place_of(error)})

    async def look(self) -> bool:
        """Take up a new model if there is one; returns whether there was.

        Raises:
            GuardError: what Rasa made of it is not what was asked for; the old one stays.
        """
        changed = _changed(self._model.parent)
        if changed == self._seen:
            return False
        self._seen = changed
        wanted = await asyncio.to_thread(training.model_path, self._root)
        if wanted == self._model or not wanted.exists():
            return False
        if training.code_fingerprint(self._root) != self._code:
            log.warning("model waits for a restart", extra={"version": wanted.name.partition(".")[0]})
            return False
        agent = await asyncio.to_thread(self._loaded, self._app.ctx.agent, wanted, self._warm_up)
        self._app.ctx.agent, self._model = agent, wanted
        log.info("model taken up", extra={"version": wanted.name.partition(".")[0]})
        return True


def beside(agent: Any, model: Path, warm_up: Sequence[str]) -> Any:
    """An agent with another model, that has everything else from the one before and leaves it as it is.

    Raises:
        GuardError: the file is no model of ours, or Rasa made something else of it.
    """
    if problems := guards.model_problems(model):
        raise GuardError("\n".join(problems))
    fresh = copy.copy(agent)
    fresh.tracker_store = copy.copy(agent.tracker_store)  # it holds the domain, which may be another one
    fresh.load_model(model)
    guards.refuse_to_serve(fresh)

    async def read() -> None:
        for text in warm_up:
            await fresh.parse_message(text)

    asyncio.run(read())
    served.time_understanding(fresh.processor)
    return fresh


def _changed(folder: Path) -> int:
    """When something was put into a folder or taken away; 0 where there is none."""
    try:
        return folder.stat().st_mtime_ns
    except OSError:
        return 0
