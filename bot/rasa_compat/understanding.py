"""The NLU half of the model alone, in this process: for `bot nlu` and `bot evaluate`. Each message stands for itself."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from bot import log as faro_log
from bot.conversations.triage import readable, triage
from bot.errors import GuardError
from bot.nlu import explain, neighbours, vectors
from bot.nlu.explain import Explainer, Explanation, Outcome
from bot.rasa_compat import guards, placeholders, training
from bot.words import FALLBACK, Kind


@dataclass(frozen=True, slots=True)
class Understood:
    """What was understood of one message.

    ranking: topics with their probabilities, best first.
    nationality: codes of the countries that the person is of or goes back to.
    organisation: ids of the organisations that are named.
    """

    text: str
    language: str
    topic: str
    confidence: float
    safety: bool
    ranking: tuple[tuple[str, float], ...]
    nationality: tuple[str, ...] = ()
    organisation: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The object that `bot nlu` writes."""
        return {
            "text": self.text,
            "language": self.language,
            "topic": self.topic,
            "confidence": round(self.confidence, 4),
            "safety": self.safety,
            "nationality": list(self.nationality),
            "organisation": list(self.organisation),
            "ranking": [{"topic": topic, "confidence": round(score, 4)} for topic, score in self.ranking],
        }


class Understanding:
    """A loaded model that understands single messages."""

    def __init__(self, agent: Any, root: Path) -> None:
        self._agent = agent
        self._root = root
        self._loop = asyncio.new_event_loop()

    @classmethod
    def of_project(cls, root: Path, *, only_understanding: bool = False) -> Understanding:
        """Load the model of the project's present state.

        Args:
            root: the project's folder.
            only_understanding: see bot.rasa_compat.placeholders.install.

        Raises:
            GuardError: there is none, or it is damaged.
        """
        model = training.model_path(root)
        if problems := guards.model_problems(model):
            raise GuardError("\n".join(problems))
        placeholders.install(only_understanding=only_understanding)
        os.chdir(root)
        # Rasa's libraries may write to stdout while they load; that is not ours to give away.
        with contextlib.redirect_stdout(sys.stderr):
            from rasa.core.agent import Agent

            faro_log.route_structlog()  # unconfigured, structlog prints every message that is parsed
            agent = Agent.load(str(model))
        return cls(agent, root)

    def understand(self, text: str, *, language: str = "", language_chosen: bool = False) -> Understood:
        """Understand one message as the first of a conversation, or of one in `language`."""
        if triage(Kind.TEXT, text) is not None:
            return Understood(text, language, FALLBACK, 0.0, safety=False, ranking=())
        return _understood(text, self._parse(text, language, language_chosen))

    def explain(self, text: str) -> tuple[Understood, Explanation]:
        """Understand one message as the first of a conversation, and say why it is understood so."""
        if (finding := triage(Kind.TEXT, text)) is not None:
            return self.understand(text), explain.unread(finding.value)
        parsed = self._parse(text)
        understood = _understood(text, parsed)
        named = bool(_NAMES & {one.get("entity") for one in parsed.get("entities") or []})
        outcome = Outcome(understood.topic, understood.confidence, understood.language, named)
        # A message that was read in another language is explained as it was read (bot/nlu/creole_reader.py).
        return understood, self._explainer.explain(parsed.get("text") or _readable(text), outcome)

    @property
    def is_slow_to_explain(self) -> bool:
        """Whether the first explanation has to encode all training examples, which takes half a minute."""
        return not neighbours.kept_beside(training.model_path(self._root)).exists()

    @cached_property
    def _explainer(self) -> Explainer:
        # Rasa's runner has no way to a component that it has loaded; the one that decided is the one to ask.
        from bot.nlu.topics import TopicClassifier

        nodes = self._agent.processor.graph_runner._instantiated_nodes.values()
        one = next(node._component for node in nodes if isinstance(node._component, TopicClassifier))
        judge = one.judge()
        neighbourhood = neighbours.of_model(
            training.model_path(self._root),
            neighbours.read(self._root / "data" / "nlu"),
            lambda texts: judge.model.point(vectors.encode(texts)),
        )
        return Explainer(judge, neighbourhood, vectors.encode)

    def _parse(self, text: str, language: str = "", language_chosen: bool = False) -> dict[str, Any]:
        from rasa.core.channels.channel import UserMessage

        metadata = {"language": language, "language_chosen": language_chosen}
        message = UserMessage(text=_readable(text), metadata=metadata)
        return self._loop.run_until_complete(self._agent.processor.parse_message(message))


def _readable(text: str) -> str:
    from bot.rasa_compat.turn_channel import neutral

    return neutral(readable(text))


#: The entities that are names (bot/nlu/places.py, names.py).
_NAMES = {"place", "nationality", "organisation"}


def _understood(text: str, parsed: dict[str, Any]) -> Understood:
    entities = [(one.get("entity"), one.get("value")) for one in parsed.get("entities") or []]
    ranking = tuple(
        (one["name"], float(one["confidence"])) for one in parsed.get("intent_ranking", []) if one["name"] != FALLBACK
    )
    intent = parsed["intent"]
    return Understood(
        text=text,
        language=parsed.get("language") or "",
        topic=intent["name"] or FALLBACK,
        confidence=float(intent["confidence"]),
        safety=bool(parsed.get("safety")),
        ranking=ranking,
        nationality=tuple(value for entity, value in entities if entity == "nationality"),
        organisation=tuple(value for entity, value in entities if entity == "organisation"),
    )
