"""Rasa component: where somebody is, from the gazetteer that staff keep in content/contacts.yml."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.constants import DEFAULT_NLU_FALLBACK_INTENT_NAME
from rasa.shared.nlu.constants import (
    ENTITIES,
    ENTITY_ATTRIBUTE_TYPE,
    ENTITY_ATTRIBUTE_VALUE,
    INTENT,
    INTENT_NAME_KEY,
    INTENT_RANKING_KEY,
    METADATA,
    PREDICTED_CONFIDENCE_KEY,
    TEXT,
)
from rasa.shared.nlu.training_data.message import Message

from bot.answers.library import Library
from bot.answers.schema import Content
from bot.nlu import room
from bot.nlu.gazetteer import Gazetteer, Named, PlaceWords
from bot.nlu.language import LANGUAGE
from bot.nlu.scope import OUT_OF_SCOPE
from bot.nlu.text import words
from bot.nlu.topics import SAFETY

#: The entities that carry the id of the place, and the kind of service that is looked for.
PLACE = "place"
KIND = "kind"

#: Words up to which a message that names a place is nothing but the name, and says nothing of the language.
ONLY_A_NAME = 3

#: Topics of a message in which nothing was understood.
_NOT_UNDERSTOOD = frozenset({DEFAULT_NLU_FALLBACK_INTENT_NAME, OUT_OF_SCOPE})

#: The content folder; a server with another CONTENT_DIR puts it here before it loads the model.
CONTENT = room.ROOT / "content"


@DefaultV1Recipe.register([DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR], is_trainable=False)
class PlaceFinder(GraphComponent):
    """Adds the entity `place`; a message that is only the name of a place asks what is near there.

    Nothing is learnt: a place that staff add to the gazetteer is known at once.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`topic`: the topic of a message that says nothing but where somebody is."""
        return {"topic": "nearest_service"}

    @staticmethod
    def required_packages() -> list[str]:
        return []

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str:
        return room.fingerprint(distributions=("PyYAML",))

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> PlaceFinder:
        return cls(config, CONTENT)

    def __init__(self, config: dict[str, Any], content: Path) -> None:
        """Read the places of the content folder; later edits are seen while running."""
        self._topic: str = config["topic"]
        self._root = content.resolve()
        self._library: Library | None = None
        self._around = PlaceWords.read()
        self._content: Content | None = None
        self._gazetteer = Gazetteer((), self._around)

    def process(self, messages: list[Message]) -> list[Message]:
        """Find the place in every message, and the kind of service in one that asks what is near.

        Raises:
            ContentError: the content cannot be read; a server has found that out before (bot.answers.nlg).
        """
        for message in messages:
            text = message.get(TEXT) or ""
            found = self._current().find(text)
            entities = {} if found is None else {PLACE: found.id}
            if found is not None and found.alone:
                self._keep_language(message, text)
                if not message.get(SAFETY):
                    self._ask_what_is_near(message)
            kind = self._around.kind(text)
            if found is not None and kind and _asked(message) in _NOT_UNDERSTOOD and not message.get(SAFETY):
                self._ask_what_is_near(message)  # "any hospital in Chepo" is clear to whoever knows Chepo
            if _asked(message) == self._topic and kind:
                entities[KIND] = kind
            if entities:
                others = [one for one in message.get(ENTITIES) or [] if one.get(ENTITY_ATTRIBUTE_TYPE) not in entities]
                message.set(ENTITIES, [*others, *map(_entity, entities.items())], add_to_output=True)
        return messages

    def _keep_language(self, message: Message, text: str) -> None:
        """ "La Chorrera" is no Spanish: a town has the same name in every language."""
        current = (message.get(METADATA) or {}).get(LANGUAGE)
        if current and len(words(text)) <= ONLY_A_NAME:
            message.set(LANGUAGE, current, add_to_output=True)

    def _ask_what_is_near(self, message: Message) -> None:
        topic = {INTENT_NAME_KEY: self._topic, PREDICTED_CONFIDENCE_KEY: 1.0}
        others = [one for one in message.get(INTENT_RANKING_KEY) or [] if one[INTENT_NAME_KEY] != self._topic]
        message.set(INTENT, topic, add_to_output=True)
        message.set(INTENT_RANKING_KEY, [dict(topic), *others], add_to_output=True)

    def _current(self) -> Gazetteer:
        # Read at the first message, not while training: a slip in an answer must not prevent a training.
        self._library = self._library or Library(self._root)
        content = self._library.current()
        if content is not self._content:
            towns = content.towns.values()
            places = (Named(town.id, (town.name, *town.called), town.province) for town in towns)
            self._gazetteer, self._content = Gazetteer(places, self._around), content
        return self._gazetteer


def _asked(message: Message) -> str:
    return (message.get(INTENT) or {}).get(INTENT_NAME_KEY) or ""


def _entity(found: tuple[str, str]) -> dict[str, Any]:
    return {ENTITY_ATTRIBUTE_TYPE: found[0], ENTITY_ATTRIBUTE_VALUE: found[1], "start": 0, "end": 0}
