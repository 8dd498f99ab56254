"""A small set of real training examples, so that the tests of the arithmetic take seconds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
import yaml

from bot.nlu import vectors
from bot.nlu.room import ROOT
from bot.nlu.topic_model import Examples, Recipe, TopicModel, fit

TOPICS = ("greet", "return_cost", "return_documents", "snakebite", "domestic_violence", "out_of_scope")
PER_TOPIC = 25


@dataclass(frozen=True)
class Sample:
    examples: Examples
    languages: tuple[str, ...]


@pytest.fixture(scope="session")
def sample() -> Sample:
    texts, topics, languages = [], [], []
    for path in sorted((ROOT / "data" / "nlu").glob("*/*.yml")):
        for block in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]:
            if block["intent"] in TOPICS:
                lines = [line[2:].strip() for line in block["examples"].splitlines() if line.startswith("- ")]
                texts += lines[:PER_TOPIC]
                topics += [block["intent"]] * len(lines[:PER_TOPIC])
                languages += [block["metadata"]["language"]] * len(lines[:PER_TOPIC])
    return Sample(Examples(texts, vectors.encode(texts), np.asarray(topics)), tuple(languages))


@pytest.fixture(scope="session")
def recipe() -> Recipe:
    return Recipe(
        strength=10.0,
        balance=0.5,
        character_weight=1.0,
        character_lengths=(2, 5),
        word_weight=0.7,
        vector_weight=1.0,
        summary_weight=1.0,
        summary_size=64,
        rarest=0.005,
        nearest_size=64,
        folds=3,
        seed=1,
    )


@pytest.fixture(scope="session")
def model(sample: Sample, recipe: Recipe) -> TopicModel:
    return fit(recipe, sample.examples).model
