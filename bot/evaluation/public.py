"""The project's own topic model on public data: MASSIVE 1.1 (Amazon, CC BY 4.0), a few examples of each of 60 intents.

Trained on English, Spanish and French together; Portuguese is never taught. The file is not part of the project: one JSON a
line, with `text`, `intent`, `lang` and `split` ("train" or "test").
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from bot.errors import FaroError
from bot.evaluation.measures import Interval, Share, interval, share
from bot.nlu import topic_model, vectors
from bot.nlu.linear import Floats
from bot.nlu.topic_model import Encode, Examples, Recipe, TopicModel

WHOLE = "Faro's topic model"
LINEAR = "... its linear part alone"

TAUGHT = ("en", "es", "fr")
UNTAUGHT = ("pt",)

#: What others reach on the same rows, in per cent: scikit-learn's LogisticRegression on the named features, measured
#: when the file was cut (its README). USE is the encoder that Faro has, E5 another of three times its cost.
PUBLISHED: Mapping[str, Mapping[str, float]] = {
    "TF-IDF": {"en": 70.2, "es": 67.2, "fr": 68.7, "pt": 47.7},
    "USE": {"en": 75.9, "es": 72.1, "fr": 71.7, "pt": 72.6},
    "E5": {"en": 76.0, "es": 73.5, "fr": 72.4, "pt": 69.8},
    "USE + TF-IDF": {"en": 78.4, "es": 73.9, "fr": 75.3, "pt": 74.0},
    "E5 + TF-IDF": {"en": 78.1, "es": 74.6, "fr": 76.0, "pt": 70.9},
    "E5 + USE + TF-IDF": {"en": 79.1, "es": 76.1, "fr": 77.1, "pt": 75.4},
}
SOURCE = "README beside the file: LogisticRegression of scikit-learn, the same rows"

#: The component of config.yml whose recipe is used.
_COMPONENT = "bot.nlu.topics.TopicClassifier"
_KEYS = {"text", "intent", "lang", "split"}


class PublicDataError(FaroError):
    """The public data cannot be used; the message names the file and the line."""


@dataclass(frozen=True, slots=True)
class Row:
    """One message of the set."""

    text: str
    intent: str
    language: str
    split: str


@dataclass(frozen=True, slots=True)
class Public:
    """Accuracy of the topic model in each language of the test split, with its interval, and on how many rows it learnt."""

    learnt: int
    accuracy: Mapping[str, Share]
    intervals: Mapping[str, Interval | None]


def read(path: Path) -> list[Row]:
    """Every row of the file.

    Raises:
        PublicDataError: it is missing, not JSON lines, or a line lacks a key.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise PublicDataError(f"{path}: cannot be read") from error
    rows = []
    for number, line in enumerate(lines, 1):
        try:
            one: Any = json.loads(line)
        except ValueError as error:
            raise PublicDataError(f"{path}:{number}: is no JSON") from error
        if not isinstance(one, dict) or not one.keys() >= _KEYS or not all(isinstance(one[key], str) for key in _KEYS):
            raise PublicDataError(f"{path}:{number}: needs {', '.join(sorted(_KEYS))}, all of them texts")
        rows.append(Row(one["text"], one["intent"], one["lang"], one["split"]))
    return rows


def recipe_of(config: Path) -> Recipe:
    """The recipe that a config.yml gives the topic classifier, with its defaults for what is not named there.

    Raises:
        PublicDataError: there is no such component in it.
    """
    from bot.nlu.topics import TopicClassifier  # Rasa comes with it

    pipeline = yaml.safe_load(config.read_text(encoding="utf-8"))["pipeline"]
    entry = next((one for one in pipeline if one["name"] == _COMPONENT), None)
    if entry is None:
        raise PublicDataError(f"{config}: the pipeline has no {_COMPONENT}")
    every = {**TopicClassifier.get_default_config(), **entry}
    values: dict[str, Any] = {
        one.name: tuple(every[one.name]) if isinstance(every[one.name], list) else every[one.name]
        for one in fields(Recipe)
    }
    return Recipe(**values)


def recipes(recipe: Recipe) -> dict[str, Recipe]:
    """What is measured: the recipe as it is, and its linear part alone.

    The rows of the three languages are translations of each other. Where the encoder sees that, a fold keeps them together
    (bot.nlu.folds); where it does not, a fold holds out rows whose translation it learns, so that closeness to examples
    seems to tell more than it does.
    """
    return {WHOLE: recipe, LINEAR: replace(recipe, folds=0)}


def measure(
    rows: Sequence[Row],
    recipes: Mapping[str, Recipe],
    *,
    seed: int,
    taught: Collection[str] = TAUGHT,
    asked: Sequence[str] = (*TAUGHT, *UNTAUGHT),
    encode: Encode = vectors.encode,
) -> dict[str, Public]:
    """Train, with each of the recipes, on the train rows of the languages `taught`, and ask the test rows of `asked`.

    Raises:
        PublicDataError: there are not two intents to train on, or nothing to ask in one of the languages.
    """
    learnt = [row for row in rows if row.split == "train" and row.language in taught]
    texts = [row.text for row in learnt]
    examples = Examples(texts, encode(texts), np.asarray([row.intent for row in learnt], dtype=np.str_))
    if len(np.unique(examples.topics)) < 2:  # noqa: PLR2004
        raise PublicDataError(f"there is nothing to learn in {', '.join(sorted(taught))}")
    questions = {one: [row for row in rows if row.split == "test" and row.language == one] for one in asked}
    if missing := [one for one, tests in questions.items() if not tests]:
        raise PublicDataError(f"there is nothing to ask in {', '.join(missing)}")
    encoded = {one: encode([row.text for row in tests]) for one, tests in questions.items()}
    found = {}
    for name, recipe in recipes.items():
        model = topic_model.fit(recipe, examples).model
        right = {one: _right(model, tests, encoded[one], encode) for one, tests in questions.items()}
        found[name] = Public(
            len(learnt),
            {one: share(flags) for one, flags in right.items()},
            {one: interval(flags, seed=seed) for one, flags in right.items()},
        )
    return found


def _right(model: TopicModel, tests: Sequence[Row], encoded: Floats, encode: Encode) -> list[bool]:
    likeliest = model.probabilities([row.text for row in tests], encoded, encode).argmax(axis=1)
    return [model.topics[place] == row.intent for place, row in zip(likeliest, tests, strict=True)]
