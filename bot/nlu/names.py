"""Rasa component: the countries and organisations that a message names, by what staff keep in content/."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import (
    ENTITIES,
    ENTITY_ATTRIBUTE_END,
    ENTITY_ATTRIBUTE_START,
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
from bot.nlu import places, room
from bot.nlu.language import LANGUAGE
from bot.nlu.named import Named, Names
from bot.nlu.topics import SAFETY

#: The entities that carry the code of a country that somebody is of or goes back to, and the id of an organisation.
NATIONALITY = "nationality"
ORGANISATION = "organisation"

#: What a message is that says nothing but where somebody is from: an intent without training examples.
SAYS_NATIONALITY = "say_nationality"


@DefaultV1Recipe.register([DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR], is_trainable=False)
class NameFinder(GraphComponent):
    """Adds the entities; a message that is only a name asks for what staff wrote under it.

    Nothing is learnt: a name that staff add is known at once.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Nothing can be told."""
        return {}

    @staticmethod
    def required_packages() -> list[str]:
        return []  # Rasa looks the names up as distributions; room.fingerprint holds the versions instead

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str:
        return room.fingerprint(distributions=("PyYAML", "spacy"))

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> NameFinder:
        return cls(config, places.CONTENT)

    def __init__(self, config: dict[str, Any], content: Path) -> None:
        """Read the names of the content folder; later edits are seen while running."""
        self._root = content.resolve()
        self._library: Library | None = None
        self._content: Content | None = None
        self._names = Names((), ())

    def process(self, messages: list[Message]) -> list[Message]:
        """Find the names in every message.

        Raises:
            ContentError: the content cannot be read; a server has found that out before (bot.answers.nlg).
        """
        for message in messages:
            read = self._current().read(message.get(TEXT) or "")
            found = [
                *(_entity(NATIONALITY, one) for one in read.countries),
                *(_entity(ORGANISATION, one) for one in read.organisations),
            ]
            if found:
                others = [one for one in message.get(ENTITIES) or [] if one.get(ENTITY_ATTRIBUTE_TYPE) not in _OURS]
                message.set(ENTITIES, [*others, *found], add_to_output=True)
            if read.says_no_language and (current := (message.get(METADATA) or {}).get(LANGUAGE)):
                message.set(LANGUAGE, current, add_to_output=True)
            topic = read.topic or (SAYS_NATIONALITY if read.only_countries else "")
            if topic and not message.get(SAFETY):
                _is_about(message, topic)
        return messages

    def _current(self) -> Names:
        # Read at the first message, not while training: a slip in an answer must not prevent a training.
        self._library = self._library or Library(self._root)
        content = self._library.current()
        if content is not self._content:
            self._names = Names(content.countries.values(), content.organisations.values())
            self._content = content
        return self._names


_OURS = frozenset({NATIONALITY, ORGANISATION})


def _entity(kind: str, named: Named) -> dict[str, Any]:
    return {
        ENTITY_ATTRIBUTE_TYPE: kind,
        ENTITY_ATTRIBUTE_VALUE: named.id,
        ENTITY_ATTRIBUTE_START: named.start,
        ENTITY_ATTRIBUTE_END: named.end,
    }


def _is_about(message: Message, topic: str) -> None:
    about = {INTENT_NAME_KEY: topic, PREDICTED_CONFIDENCE_KEY: 1.0}
    others = [one for one in message.get(INTENT_RANKING_KEY) or [] if one[INTENT_NAME_KEY] != topic]
    message.set(INTENT, about, add_to_output=True)
    message.set(INTENT_RANKING_KEY, [dict(about), *others], add_to_output=True)
