"""Rasa component: the topic of a message."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from numpy.typing import NDArray
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers import LABEL_RANKING_LENGTH
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.nlu.featurizers.featurizer import Featurizer
from rasa.shared.nlu.constants import (
    INTENT,
    INTENT_NAME_KEY,
    INTENT_RANKING_KEY,
    PREDICTED_CONFIDENCE_KEY,
    TEXT,
)
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.errors import FaroError
from bot.nlu import encoder, room, safety, story, topic_model, vectors
from bot.nlu.linear import Floats
from bot.nlu.safety import Caution
from bot.nlu.text import clean
from bot.nlu.topic_model import Examples, Recipe, TopicModel

#: Message property: a person may be in danger.
SAFETY = "safety"

_FILE = "topics.json"
_NOT_UNDERSTOOD = {INTENT_NAME_KEY: None, PREDICTED_CONFIDENCE_KEY: 0.0}


@DefaultV1Recipe.register([DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER], is_trainable=True)
class TopicClassifier(IntentClassifier, GraphComponent):
    """Sets `intent`, `intent_ranking` (topics with calibrated confidence) and `safety`."""

    @classmethod
    def required_components(cls) -> list[type]:
        return [Featurizer]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """What training and ranking can be told.

        `topics_file`: the register that marks safety topics. `strength`: inverse of the regularisation.
        `character_weight`, `word_weight`, `vector_weight`: share of each kind of feature; `character_lengths`: of
        the character n-grams; `rarest`: examples that must hold an n-gram. `noise`: share of the examples that also
        get a spoilt copy. `folds`: held-out folds for the calibration, 0 for none. `seed`: of copies and folds.
        `safety_margin`, `safety_floor`,
        `safety_piece_floor`: see bot.nlu.safety.Caution. `ranking_length`: topics in the ranking.
        """
        return {
            "topics_file": "data/topics.yml",
            "strength": 10.0,
            "character_weight": 1.0,
            "character_lengths": [2, 5],
            "word_weight": 0.7,
            "vector_weight": 1.0,
            "rarest": 2,
            "noise": 0.0,
            "folds": 3,
            "seed": 1,
            "safety_margin": 0.5,
            "safety_floor": 0.25,
            "safety_piece_floor": 0.8,
            "ranking_length": LABEL_RANKING_LENGTH,
        }

    @staticmethod
    def required_packages() -> list[str]:
        return []  # Rasa looks the names up as distributions; room.fingerprint holds the versions instead

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str:
        register = {**cls.get_default_config(), **config}["topics_file"]
        return room.fingerprint(
            distributions=(*encoder.DISTRIBUTIONS, "scikit-learn", "scipy", "PyYAML"), files=[room.inside(register)]
        )

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> TopicClassifier:
        return cls(config, model_storage, resource, model=None, safety_topics=frozenset())

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **_kwargs: Any,
    ) -> TopicClassifier:
        # Unlike Rasa's own classifiers, a model that cannot be read raises: an untrained one would answer nothing.
        with model_storage.read_from(resource) as directory:
            stored = json.loads((directory / _FILE).read_text(encoding="utf-8"))
            model = TopicModel.load(_recipe(config), directory)
        return cls(config, model_storage, resource, model=model, safety_topics=frozenset(stored["safety"]))

    def __init__(
        self,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        *,
        model: TopicModel | None,
        safety_topics: frozenset[str],
    ) -> None:
        """Take the trained model, or None before training."""
        self._recipe = _recipe(config)
        self._caution = Caution(config["safety_margin"], config["safety_floor"], config["safety_piece_floor"])
        self._length: int = config["ranking_length"]
        self._register = room.inside(config["topics_file"])
        self._storage = model_storage
        self._resource = resource
        self._model = model
        self._safety_topics = safety_topics

    def train(self, training_data: TrainingData) -> Resource:
        """Train on all examples with a topic and a text, and store the model."""
        examples = [example for example in training_data.intent_examples if example.get(TEXT)]
        texts = [clean(example.get(TEXT)) for example in examples]
        topics = np.asarray([example.get(INTENT) for example in examples], dtype=np.str_)
        try:
            model = topic_model.fit(self._recipe, Examples(texts, _vectors(examples), topics), vectors.encode)
        except ValueError as error:
            raise FaroError(f"Topics cannot be learnt from {len(examples)} examples in data/nlu: {error}") from error
        self._model = model
        self._safety_topics = safety_topics(self._register)
        with self._storage.write_to(self._resource) as directory:
            model.save(directory)
            (directory / _FILE).write_text(json.dumps({"safety": sorted(self._safety_topics)}), encoding="utf-8")
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Set topic, ranking and safety on every message; a message without text has no topic and confidence 0."""
        for message in messages:
            text = clean(message.get(TEXT) or "")
            if text:
                self._understand(message, text)
            else:
                message.set(INTENT, dict(_NOT_UNDERSTOOD), add_to_output=True)
                message.set(INTENT_RANKING_KEY, [], add_to_output=True)
                message.set(SAFETY, False, add_to_output=True)
        return messages

    def _understand(self, message: Message, text: str) -> None:
        if self._model is None:
            raise FaroError("TopicClassifier is asked before it was trained or loaded")
        # The message and its pieces go through the model together: one pass over the weights.
        parts = story.pieces(text)
        rows = np.vstack([_vectors([message]), vectors.encode(parts)])
        found = self._model.probabilities([text, *parts], rows, vectors.encode)
        ranking = safety.rank(
            self._model.topics, found[0], found[1:], self._safety_topics, self._caution, length=self._length
        )
        ranked = [{INTENT_NAME_KEY: topic, PREDICTED_CONFIDENCE_KEY: value} for topic, value in ranking.topics]
        message.set(INTENT, dict(ranked[0]), add_to_output=True)
        message.set(INTENT_RANKING_KEY, ranked, add_to_output=True)
        message.set(SAFETY, ranking.safety, add_to_output=True)


def safety_topics(register: Path) -> frozenset[str]:
    """Return the topics that data/topics.yml marks with `safety: true`."""
    areas = yaml.safe_load(register.read_text(encoding="utf-8"))["areas"]
    return frozenset(
        topic for area in areas.values() for topic, settings in area.items() if (settings or {}).get(SAFETY)
    )


def _recipe(config: dict[str, Any]) -> Recipe:
    shortest, longest = config["character_lengths"]
    return Recipe(
        strength=config["strength"],
        character_weight=config["character_weight"],
        character_lengths=(shortest, longest),
        word_weight=config["word_weight"],
        vector_weight=config["vector_weight"],
        rarest=config["rarest"],
        noise=config["noise"],
        folds=config["folds"],
        seed=config["seed"],
    )


def _vectors(messages: list[Message]) -> Floats:
    """Return the sentence features that the encoder put on the messages, one row each."""
    rows: list[NDArray[np.float32]] = []
    for message in messages:
        _, sentence = message.get_dense_features(TEXT)
        if sentence is None:
            raise FaroError("TopicClassifier needs SentenceEncoder before it in config.yml")
        rows.append(sentence.features)
    return np.vstack(rows) if rows else np.zeros((0, vectors.SIZE), dtype=np.float32)
