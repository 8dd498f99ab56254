"""Rasa component: Haitian Creole is known, read in French, and answered in a language that its speakers read."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import METADATA, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu import creole, room
from bot.nlu.creole import Creole
from bot.nlu.language import LANGUAGE, LANGUAGE_CHOSEN

#: Message property: the language that the message is written in, when Faro knows it but does not speak it.
WRITTEN_IN = "written_in"


# Registered as a featurizer because Rasa runs only tokenizers and featurizers over the training data, and the examples
# that are Creole have to be learnt as messages will be read.
@DefaultV1Recipe.register([DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER], is_trainable=False)
class CreoleReader(GraphComponent):
    """Puts the French reading of a Creole message in the place of its text; sets `written_in` and `language`."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`answered_in`: the languages that Creole is answered in; the first when the conversation has another."""
        return {"answered_in": ["fr", "es"]}

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
    ) -> CreoleReader:
        return cls(config)

    def __init__(self, config: dict[str, Any]) -> None:
        """Read the glossary."""
        self._answered_in: list[str] = config["answered_in"]
        self._creole = Creole.read()

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Read the Creole examples in French; their language stays the one that they declare."""
        for message in training_data.training_examples:
            self._read(message)
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Read every message that is Creole."""
        for message in messages:
            if self._read(message):
                message.set(WRITTEN_IN, creole.CODE, add_to_output=True)
                message.set(LANGUAGE, self._answer_in(message.get(METADATA) or {}), add_to_output=True)
        return messages

    def _read(self, message: Message) -> bool:
        text = message.get(TEXT) or ""
        if not self._creole.recognises(text):
            return False
        # What is left of "an" alone is nothing, and a message without text cannot be understood.
        message.set(TEXT, self._creole.in_french(text) or text, add_to_output=True)
        return True

    def _answer_in(self, metadata: dict[str, Any]) -> str:
        """The language of the conversation when it was chosen, or is one that people who write Creole read."""
        current: str = metadata.get(LANGUAGE) or ""
        if current and (metadata.get(LANGUAGE_CHOSEN) or current in self._answered_in):
            return current
        return self._answered_in[0]
