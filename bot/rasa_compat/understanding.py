"""The NLU half of the model alone, in this process: for `bot nlu` and `bot evaluate`. Each message stands for itself."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot import log as faro_log
from bot.conversations.triage import readable, triage
from bot.errors import GuardError
from bot.rasa_compat import guards, placeholders, training
from bot.words import FALLBACK, Kind


@dataclass(frozen=True, slots=True)
class Understood:
    """What was understood of one message. `ranking`: topics with their probabilities, best first."""

    text: str
    language: str
    topic: str
    confidence: float
    safety: bool
    ranking: tuple[tuple[str, float], ...]

    def as_json(self) -> dict[str, Any]:
        """The object that `bot nlu` writes."""
        return {
            "text": self.text,
            "language": self.language,
            "topic": self.topic,
            "confidence": round(self.confidence, 4),
            "safety": self.safety,
            "ranking": [{"topic": topic, "confidence": round(score, 4)} for topic, score in self.ranking],
        }


class Understanding:
    """A loaded model that understands single messages."""

    def __init__(self, agent: Any) -> None:
        self._agent = agent
        self._loop = asyncio.new_event_loop()

    @classmethod
    def of_project(cls, root: Path) -> Understanding:
        """Load the model of the project's present state.

        Raises:
            GuardError: there is none, or it is damaged.
        """
        model = training.model_path(root)
        if problems := guards.model_problems(model):
            raise GuardError("\n".join(problems))
        placeholders.install()
        os.chdir(root)
        # Rasa's libraries may write to stdout while they load; that is not ours to give away.
        with contextlib.redirect_stdout(sys.stderr):
            from rasa.core.agent import Agent

            faro_log.route_structlog()  # unconfigured, structlog prints every message that is parsed
            agent = Agent.load(str(model))
        return cls(agent)

    def understand(self, text: str, *, language: str = "", language_chosen: bool = False) -> Understood:
        """Understand one message as the first of a conversation, or of one in `language`."""
        from rasa.core.channels.channel import UserMessage

        from bot.rasa_compat.turn_channel import neutral

        finding = triage(Kind.TEXT, text)
        if finding is not None:
            return Understood(text, language, FALLBACK, 0.0, safety=False, ranking=())
        message = UserMessage(
            text=neutral(readable(text)), metadata={"language": language, "language_chosen": language_chosen}
        )
        parsed = self._loop.run_until_complete(self._agent.processor.parse_message(message))
        ranking = tuple(
            (one["name"], float(one["confidence"]))
            for one in parsed.get("intent_ranking", [])
            if one["name"] != FALLBACK
        )
        intent = parsed["intent"]
        return Understood(
            text=text,
            language=parsed.get("language") or "",
            topic=intent["name"] or FALLBACK,
            confidence=float(intent["confidence"]),
            safety=bool(parsed.get("safety")),
            ranking=ranking,
        )
