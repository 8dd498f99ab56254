"""Rasa component: the topic of a message."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
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
from bot.nlu import encoder, room, thresholds, topic_model, vectors
from bot.nlu.blend import Probabilities
from bot.nlu.decision import Judge, Rules
from bot.nlu.language import LANGUAGE
from bot.nlu.linear import Floats
from bot.nlu.scope import OUT_OF_SCOPE
from bot.nlu.text import clean
from bot.nlu.thresholds import Thresholds
from bot.nlu.topic_model import Examples, Recipe, TopicModel
from bot.words import FALLBACK

#: Message property: a person may be in danger.
SAFETY = "safety"
#: Message property: topics that were clearly asked in the same breath as the first, at most one.
ALSO = "also"

_FILE = "topics.json"


@dataclass(frozen=True, slots=True)
class Learnt:
    """What training leaves: the model, what the register says of its topics, and the thresholds of both decisions."""

    model: TopicModel
    safety_topics: frozenset[str]
    small_talk: frozenset[str]
    danger: Thresholds
    outside: Thresholds

    def save(self, directory: Path) -> None:
        """Write everything as JSON and npz files."""
        self.model.save(directory)
        rest = {
            "safety": sorted(self.safety_topics),
            "small_talk": sorted(self.small_talk),
            "danger": self.danger.as_json(),
            "outside": self.outside.as_json(),
        }
        (directory / _FILE).write_text(json.dumps(rest), encoding="utf-8")

    @classmethod
    def load(cls, recipe: Recipe, directory: Path) -> Learnt:
        """Read what `save` wrote."""
        rest = json.loads((directory / _FILE).read_text(encoding="utf-8"))
        danger, outside = Thresholds.read(rest["danger"]), Thresholds.read(rest["outside"])
        model = TopicModel.load(recipe, directory)
        return cls(model, frozenset(rest["safety"]), frozenset(rest["small_talk"]), danger, outside)


@DefaultV1Recipe.register([DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER], is_trainable=True)
class TopicClassifier(IntentClassifier, GraphComponent):
    """Sets `intent`, `intent_ranking` (topics with calibrated confidence) and `safety`.

    The intent is `nlu_fallback` when the message is not understood: this component does the work of Rasa's
    FallbackClassifier, which knows one threshold for all languages and nothing of what is out of scope.
    """

    @classmethod
    def required_components(cls) -> list[type]:
        return [Featurizer]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """What training and ranking can be told.

        `topics_file`: the register that marks safety topics. `strength`: inverse of the regularisation. `balance`:
        from 0 (every example counts the same) to 1 (every topic does). `character_weight`, `word_weight`,
        `vector_weight`, `summary_weight`: share of each kind of feature; `character_lengths`: of the character n-grams;
        `summary_size`: numbers kept of what the encoder sees in the words; `rarest`: the share of the examples that
        must hold an n-gram. `nearest_size`: numbers kept of a sentence vector to find the nearest examples. `folds`:
        held-out folds for blend, calibration and thresholds, 0 for none. `seed`: of the folds.

        Thresholds. `safety_alarms`: the share of the held-out examples of each language that may be taken for
        danger and are not; `safety_margin`, `safety_floor`, `safety_piece_floor`: see bot.nlu.safety.Caution, the
        floor for a language with too few examples for one of its own; `safety_piece_whole`: see
        bot.nlu.decision.Rules. `rejections`: the share of the held-out examples in scope, of each language, that
        may be taken for out of scope; `rejection_floor`: the probability of being out of scope that rejects in a
        language with too few examples; `not_understood_below`: the confidence that is asked of every topic.
        `story_share`, `story_first`: see bot.nlu.story.combine. `also_floor`: the probability from which on another
        sentence asks a second question. `ranking_length`: topics in the ranking.
        """
        return {
            "topics_file": "data/topics.yml",
            "strength": 5.0,
            "balance": 0.5,
            "character_weight": 1.0,
            "character_lengths": [2, 5],
            "word_weight": 0.7,
            "vector_weight": 1.0,
            "summary_weight": 1.0,
            "summary_size": 512,
            "rarest": 0.0003,
            "nearest_size": 160,
            "folds": 2,
            "seed": 1,
            "safety_alarms": 0.05,
            "safety_margin": 0.5,
            "safety_floor": 0.25,
            "safety_piece_floor": 0.8,
            "safety_piece_whole": 0.0,
            "rejections": 0.04,
            "rejection_floor": 0.3,
            "not_understood_below": 0.3,
            "story_share": 0.4,
            "story_first": 0.3,
            "also_floor": 0.85,
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
        return cls(config, model_storage, resource, learnt=None)

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
            learnt = Learnt.load(_recipe(config), directory)
        return cls(config, model_storage, resource, learnt=learnt)

    def __init__(
        self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, *, learnt: Learnt | None
    ) -> None:
        """Take what training left, or None before training."""
        self._config = config
        self._storage = model_storage
        self._resource = resource
        self._judge = None if learnt is None else _judge(config, learnt)

    def train(self, training_data: TrainingData) -> Resource:
        """Train on all examples with a topic and a text, and store the model."""
        messages = [example for example in training_data.intent_examples if example.get(TEXT)]
        texts = [clean(message.get(TEXT)) for message in messages]
        topics = np.asarray([message.get(INTENT) for message in messages], dtype=np.str_)
        examples = Examples(texts, _vectors(messages), topics)
        try:
            trained = topic_model.fit(_recipe(self._config), examples)
        except ValueError as error:
            raise FaroError(f"Topics cannot be learnt from {len(messages)} examples in data/nlu: {error}") from error
        languages = np.asarray([message.get(LANGUAGE) or "" for message in messages], dtype=np.str_)
        learnt = self._with_thresholds(trained, topics, languages)
        self._judge = _judge(self._config, learnt)
        with self._storage.write_to(self._resource) as directory:
            learnt.save(directory)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Set topic, ranking and safety on every message; a message without text is not understood."""
        for message in messages:
            text = clean(message.get(TEXT) or "")
            if text:
                self._understand(message, text)
            else:
                message.set(INTENT, _ranked(FALLBACK, 0.0), add_to_output=True)
                message.set(INTENT_RANKING_KEY, [], add_to_output=True)
                message.set(SAFETY, False, add_to_output=True)
        return messages

    def judge(self) -> Judge:
        """Return what decides about a message.

        Raises:
            FaroError: it was neither trained nor loaded.
        """
        if self._judge is None:
            raise FaroError("TopicClassifier is asked before it was trained or loaded")
        return self._judge

    def _with_thresholds(
        self,
        trained: topic_model.Trained,
        topics: NDArray[np.str_],
        languages: NDArray[np.str_],
    ) -> Learnt:
        config, model = self._config, trained.model
        register = room.inside(config["topics_file"])
        dangerous = safety_topics(register)
        danger, outside = Thresholds(config["safety_floor"]), Thresholds(config["rejection_floor"])
        if trained.held_out is not None:
            harmless = ~np.isin(topics, list(dangerous))
            danger = thresholds.fit(
                _share_of(dangerous, model.topics, trained.held_out)[harmless],
                languages[harmless],
                share=config["safety_alarms"],
                otherwise=danger.otherwise,
            )
            inside = topics != OUT_OF_SCOPE
            outside = thresholds.fit(
                _share_of([OUT_OF_SCOPE], model.topics, trained.held_out)[inside],
                languages[inside],
                share=config["rejections"],
                otherwise=outside.otherwise,
            )
        return Learnt(model, dangerous, small_talk(register), danger, outside)

    def _understand(self, message: Message, text: str) -> None:
        judge = self.judge()
        decision = judge.decide(text, message.get(LANGUAGE) or "", vectors.encode, _vectors([message]))
        ranked = [_ranked(topic, confidence) for topic, confidence in decision.ranking.topics]
        if decision.rejected:
            ranked.insert(0, _ranked(FALLBACK, decision.ranking.topics[0][1]))
        message.set(INTENT, dict(ranked[0]), add_to_output=True)
        message.set(INTENT_RANKING_KEY, ranked, add_to_output=True)
        message.set(SAFETY, decision.ranking.safety, add_to_output=True)
        if not decision.rejected and ranked[0][INTENT_NAME_KEY] not in judge.rules.small_talk:
            message.set(ALSO, [decision.also] if decision.also else [], add_to_output=True)


def safety_topics(register: Path) -> frozenset[str]:
    """Return the topics that data/topics.yml marks with `safety: true`."""
    areas = yaml.safe_load(register.read_text(encoding="utf-8"))["areas"]
    return frozenset(
        topic for area in areas.values() for topic, settings in area.items() if (settings or {}).get(SAFETY)
    )


def small_talk(register: Path) -> frozenset[str]:
    """Return the topics that greet, thank or ask "and how much is it?": they say little about a whole story."""
    areas = yaml.safe_load(register.read_text(encoding="utf-8"))["areas"]
    asides = {topic for area in areas.values() for topic, settings in area.items() if (settings or {}).get("ellipsis")}
    return frozenset(areas.get("conversation", {})) | asides


def _ranked(topic: str, confidence: float) -> dict[str, Any]:
    return {INTENT_NAME_KEY: topic, PREDICTED_CONFIDENCE_KEY: confidence}


def _share_of(some: Collection[str], topics: Sequence[str], probabilities: Probabilities) -> Probabilities:
    """Return, for every row, the probability that it is about one of some topics."""
    return probabilities[:, [topic in some for topic in topics]].sum(axis=1)


def _judge(config: dict[str, Any], learnt: Learnt) -> Judge:
    rules = Rules(
        safety_topics=learnt.safety_topics,
        small_talk=learnt.small_talk,
        danger=learnt.danger,
        margin=config["safety_margin"],
        piece_floor=config["safety_piece_floor"],
        piece_whole=config["safety_piece_whole"],
        outside=learnt.outside,
        floor=config["not_understood_below"],
        share=config["story_share"],
        first=config["story_first"],
        also_floor=config["also_floor"],
        length=config["ranking_length"],
    )
    return Judge(learnt.model, rules)


def _recipe(config: dict[str, Any]) -> Recipe:
    shortest, longest = config["character_lengths"]
    return Recipe(
        strength=config["strength"],
        balance=config["balance"],
        character_weight=config["character_weight"],
        character_lengths=(shortest, longest),
        word_weight=config["word_weight"],
        vector_weight=config["vector_weight"],
        summary_weight=config["summary_weight"],
        summary_size=config["summary_size"],
        rarest=config["rarest"],
        nearest_size=config["nearest_size"],
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
