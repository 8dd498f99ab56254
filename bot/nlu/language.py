"""Rasa component: the language of a message."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import METADATA, METADATA_EXAMPLE, METADATA_INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu import detector, one_word, room
from bot.nlu.detector import Detection
from bot.nlu.language_choice import decide

#: Message property: the language to answer in.
LANGUAGE = "language"
#: Message property: what the message alone seems to be written in, empty when nothing can be told.
LANGUAGE_DETECTED = "language_detected"
#: Key of a message's metadata: the person asked for the current language.
LANGUAGE_CHOSEN = "language_chosen"

_FILE = "languages.json"


# Registered as a featurizer because Rasa runs only tokenizers and featurizers over the training data, and the
# tokenizer that follows needs the language there too.
@DefaultV1Recipe.register([DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER], is_trainable=True)
class LanguageDetector(GraphComponent):
    """Sets `language` and `language_detected`. The languages are those of the training examples: none is named here."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`default_language`: the language when a conversation has none and nothing can be told from the message."""
        return {"default_language": "es"}

    @staticmethod
    def required_packages() -> list[str]:
        return []  # Rasa looks the names up as distributions; room.fingerprint holds the versions instead

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str:
        return room.fingerprint(distributions=(*detector.DISTRIBUTIONS, "PyYAML"))

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> LanguageDetector:
        return cls(config, model_storage, resource, languages=())

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **_kwargs: Any,
    ) -> LanguageDetector:
        with model_storage.read_from(resource) as directory:
            stored = json.loads((directory / _FILE).read_text(encoding="utf-8"))
        return cls(config, model_storage, resource, languages=tuple(stored["languages"]))

    def __init__(
        self,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        *,
        languages: tuple[str, ...],
    ) -> None:
        """Take the languages that training found."""
        self._default: str = config["default_language"]
        self._storage = model_storage
        self._resource = resource
        self._known = one_word.unmistakable()
        self._use(languages)

    def train(self, training_data: TrainingData) -> Resource:
        """Learn which languages there are, and store it."""
        declared = {language_of_example(example) for example in training_data.intent_examples}
        self._use(tuple(sorted(declared - {""})))
        with self._storage.write_to(self._resource) as directory:
            (directory / _FILE).write_text(json.dumps({"languages": self._languages}), encoding="utf-8")
        return self._resource

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Set the language that an example declares; detect it where it declares none."""
        self.process(training_data.training_examples)
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Set the two properties on every message."""
        for message in messages:
            text = message.get(TEXT) or ""
            declared = language_of_example(message)
            metadata = message.get(METADATA) or {}
            current = metadata.get(LANGUAGE) or ""
            detection = Detection(declared, reliable=True) if declared else self.detect(text)
            language = declared or decide(
                text,
                detection,
                current if current in self._languages else "",
                chosen=bool(metadata.get(LANGUAGE_CHOSEN)),
                default=self._default,
            )
            message.set(LANGUAGE, language, add_to_output=True)
            message.set(LANGUAGE_DETECTED, detection.language, add_to_output=True)
        return messages

    def detect(self, text: str) -> Detection:
        """Return what a text alone seems to be written in."""
        return one_word.look_up(text, self._known, self._languages) or self._detect(text)

    def _use(self, languages: tuple[str, ...]) -> None:
        self._languages = languages
        self._detect = detector.detector(languages)


def language_of_example(message: Message) -> str:
    """Return the language that a training example declares in data/nlu (`metadata: {language: es}`), or nothing."""
    metadata = message.get(METADATA) or {}
    for level in (METADATA_EXAMPLE, METADATA_INTENT):
        declared = metadata.get(level)
        if isinstance(declared, Mapping) and declared.get(LANGUAGE):
            return str(declared[LANGUAGE])
    return ""
