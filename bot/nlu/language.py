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

from bot.nlu import detector, language_model, one_word, room
from bot.nlu.detector import Detection
from bot.nlu.language_choice import decide
from bot.nlu.language_model import LanguageModel
from bot.nlu.text import words

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
        """What training and detection can be told.

        `default_language`: the language when a conversation has none and nothing can be told from the message.
        `fewest`: training examples from which on their letters are learnt. `detector_weight`: what the detector's word
        counts beside them, see bot.nlu.language_model.combine.
        """
        return {"default_language": "es", "fewest": 2_000, "detector_weight": 0.35}

    @staticmethod
    def required_packages() -> list[str]:
        return []  # Rasa looks the names up as distributions; room.fingerprint holds the versions instead

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str:
        return room.fingerprint(distributions=(*detector.DISTRIBUTIONS, "PyYAML", "scikit-learn"))

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
            letters = LanguageModel.load(directory)
        return cls(config, model_storage, resource, languages=tuple(stored["languages"]), letters=letters)

    def __init__(
        self,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        *,
        languages: tuple[str, ...],
        letters: LanguageModel | None = None,
    ) -> None:
        """Take the languages that training found, and what it learnt of their letters."""
        self._default: str = config["default_language"]
        self._fewest: int = config["fewest"]
        self._weight: float = config["detector_weight"]
        self._letters = letters
        self._storage = model_storage
        self._resource = resource
        self._known = one_word.unmistakable()
        self._use(languages)

    def train(self, training_data: TrainingData) -> Resource:
        """Learn which languages there are and how they are written, and store it."""
        examples = [(example.get(TEXT), language_of_example(example)) for example in training_data.intent_examples]
        declared = [(text, language) for text, language in examples if text and language]
        self._use(tuple(sorted({language for _, language in declared})))
        enough = len(declared) >= self._fewest and len(self._languages) > 1
        self._letters = LanguageModel.fit(*zip(*declared, strict=True)) if enough else None
        with self._storage.write_to(self._resource) as directory:
            (directory / _FILE).write_text(json.dumps({"languages": self._languages}), encoding="utf-8")
            if self._letters:
                self._letters.save(directory)
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
        if (known := one_word.look_up(text, self._known, self._languages)) is not None:
            return known
        detected = self._detect(text)
        if self._letters is None or not words(text):
            return detected
        return language_model.combine(self._letters.probabilities(text), detected, weight=self._weight)

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
