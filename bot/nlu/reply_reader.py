"""Rasa components: replies that only mean something after what was said before. What they are about, actions decide."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import (
    ENTITIES,
    ENTITY_ATTRIBUTE_TYPE,
    ENTITY_ATTRIBUTE_VALUE,
    INTENT,
    INTENT_NAME_KEY,
    INTENT_RANKING_KEY,
    PREDICTED_CONFIDENCE_KEY,
    TEXT,
)
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu import room
from bot.nlu.replies import Replies
from bot.nlu.topics import ALSO, SAFETY

#: What a reply is: intents without training examples, because rules know them.
FOR_ANOTHER = "ask_for_another"
NUMBER = "choose_number"
AGAIN = "say_again"

#: The entity that carries the number of a choice.
CHOSEN = "number"


class _Reader(GraphComponent):
    """What both components have in common: the table, and nothing to learn."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Nothing can be told."""
        return {}

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
    ) -> GraphComponent:
        return cls(config)

    def __init__(self, config: dict[str, Any]) -> None:
        """Read the table."""
        self._replies = Replies.read()


# Registered as a featurizer because it has to come before those that read the text.
@DefaultV1Recipe.register([DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER], is_trainable=False)
class CorrectionReader(_Reader):
    """Leaves of "no, I meant the hospital" what was meant, so that "no" is not taken for the answer."""

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Leave the examples as they are: "no, that is not what I meant" is one of a no."""
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Shorten the text of every correction."""
        for message in messages:
            if meant := self._replies.what_was_meant(message.get(TEXT) or ""):
                message.set(TEXT, meant, add_to_output=True)
        return messages


@DefaultV1Recipe.register([DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR], is_trainable=False)
class ReplyReader(_Reader):
    """Sets the intent of "and for my son?", "the second one" and "say that again", whatever they sounded like."""

    def process(self, messages: list[Message]) -> list[Message]:
        """Recognise replies; their ranking stays, because a guess may still be needed."""
        for message in messages:
            text = message.get(TEXT) or ""
            if number := self._replies.number(text):
                entity = {ENTITY_ATTRIBUTE_TYPE: CHOSEN, ENTITY_ATTRIBUTE_VALUE: str(number), "start": 0, "end": 0}
                others = [one for one in message.get(ENTITIES) or [] if one.get(ENTITY_ATTRIBUTE_TYPE) != CHOSEN]
                message.set(ENTITIES, [*others, entity], add_to_output=True)
                self._is(message, NUMBER)
            elif self._replies.is_about_another(text):
                self._is(message, FOR_ANOTHER)
            elif self._replies.asks_again(text):
                self._is(message, AGAIN)
        return messages

    @staticmethod
    def _is(message: Message, intent: str) -> None:
        # Nothing but words of the table was said: "and my husband?" is no sign of danger.
        reply = {INTENT_NAME_KEY: intent, PREDICTED_CONFIDENCE_KEY: 1.0}
        ranking = [one for one in message.get(INTENT_RANKING_KEY) or [] if one[INTENT_NAME_KEY] != intent]
        message.set(INTENT, reply, add_to_output=True)
        message.set(INTENT_RANKING_KEY, [dict(reply), *ranking], add_to_output=True)
        message.set(SAFETY, False, add_to_output=True)
        message.set(ALSO, [], add_to_output=True)
