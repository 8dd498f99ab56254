"""Weights, neighbours and thresholds: the parts of the classifier, on invented numbers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.sparse import csr_matrix
from scipy.special import softmax

from bot.nlu import blend, descent, linear, thresholds
from bot.nlu.blend import Blend, Evidence
from bot.nlu.linear import Features
from bot.nlu.nearest import Nearest, Space, unit
from bot.nlu.safety import Ranking
from bot.nlu.scope import OUT_OF_SCOPE, Gate
from bot.nlu.thresholds import Thresholds

RANDOM = np.random.default_rng(1)


def test_the_descent_ends_where_scipys_does() -> None:
    scale = np.geomspace(1, 30, 40).astype(np.float32)

    def bowl(point: np.ndarray) -> tuple[float, np.ndarray]:
        away = point - 1
        return float((scale * away**2).sum() + (away**4).sum()), 2 * scale * away + 4 * away**3

    start = np.zeros(40, dtype=np.float32)
    found = descent.minimise(bowl, start, rounds=60)
    assert np.allclose(found, minimize(bowl, start, jac=True).x, atol=1e-2)
    assert not start.any(), "the start was changed"


def test_the_descent_stays_at_the_lowest_point() -> None:
    found = descent.minimise(lambda point: (float(point @ point), 2 * point), np.zeros(3, dtype=np.float32), rounds=5)
    assert not found.any()


def features(rows: int) -> tuple[Features, np.ndarray]:
    labels = np.array(["a", "b", "c"])[np.arange(rows) % 3]
    centres = {"a": [3, 0], "b": [0, 3], "c": [-3, -3]}
    vectors = np.array([centres[label] for label in labels]) + RANDOM.normal(size=(rows, 2))
    return Features(csr_matrix(np.eye(rows, 5, dtype=np.float32)), vectors.astype(np.float32)), labels


def test_weights_tell_topics_apart_and_begin_where_they_are_told() -> None:
    shown, labels = features(300)
    first = linear.fit(shown, labels, strength=10.0, balance=0.5)
    asked, truth = features(150)
    assert (np.array(first.topics)[first.scores(asked).argmax(axis=1)] == truth).mean() > 0.9
    again = linear.fit(shown, labels, strength=10.0, balance=0.5, start=[first, first])
    assert np.allclose(again.scores(asked), first.scores(asked), atol=0.5)


def test_balance_gives_a_rare_topic_more_weight() -> None:
    vectors = np.zeros((100, 1), dtype=np.float32)
    shown = Features(csr_matrix((100, 1), dtype=np.float32), vectors)
    labels = np.array(["rare"] * 10 + ["usual"] * 90)
    equal, rare = (linear.fit(shown, labels, strength=1.0, balance=balance).bias for balance in (1.0, 0.0))
    assert equal[0] == pytest.approx(equal[1], abs=0.01)
    assert rare[1] - rare[0] == pytest.approx(np.log(9), abs=0.05)


def test_half_the_precision_gives_nearly_the_same_scores_and_is_stored_as_it_is(tmp_path: Path) -> None:
    ngrams = csr_matrix(RANDOM.random((50, 300)) * (RANDOM.random((50, 300)) > 0.9), dtype=np.float32)
    shown = Features(ngrams, RANDOM.normal(size=(50, 6)).astype(np.float32))
    whole = linear.fit(shown, np.array(["a", "b"] * 25), strength=10.0, balance=0.0)
    halved = whole.halved()
    assert np.allclose(halved.scores(shown), whole.scores(shown), atol=0.01)
    halved.save(tmp_path / "linear.npz")
    assert np.array_equal(linear.Linear.load(tmp_path / "linear.npz").scores(shown), halved.scores(shown))
    nothing = Features(csr_matrix((1, 300), dtype=np.float32), shown.vectors[:1])
    assert halved.scores(nothing).shape == (1, 2)


@pytest.mark.parametrize("true_blend", [Blend(0.5, 2.0, 0.0), Blend(1.5, 0.0, -1.0)])
def test_the_blend_that_was_used_is_found_again(true_blend: Blend) -> None:
    evidence = Evidence(*(RANDOM.normal(scale=2, size=(20_000, 4)).astype(np.float32) for _ in range(3)))
    chances = true_blend.probabilities(evidence)
    assert np.allclose(chances.sum(axis=1), 1)
    truth = np.array([RANDOM.choice(4, p=row) for row in chances])
    found = blend.fit(evidence, truth)
    assert found.scores == pytest.approx(true_blend.scores, abs=0.06)
    assert found.nearest == pytest.approx(true_blend.nearest, abs=0.06)
    assert found.density == pytest.approx(true_blend.density, abs=0.06)


def test_without_neighbours_the_blend_is_the_softmax_of_the_scores() -> None:
    scores = RANDOM.normal(size=(5, 3)).astype(np.float32)
    assert np.allclose(Blend().probabilities(Evidence(scores, scores, scores)), softmax(scores, axis=1), atol=1e-6)


def test_the_nearest_example_of_each_topic_is_found_whatever_the_order_and_the_batch() -> None:
    points, topics = unit(RANDOM.normal(size=(40, 8)).astype(np.float32)), np.array(["b", "a"] * 20)
    asked = unit(RANDOM.normal(size=(1_100, 8)).astype(np.float32))
    nearest, density = Nearest.fit(points, topics).closeness(asked)
    # Of eight numbers each is rounded to a hundredth; of 160 the errors cancel out.
    assert np.allclose(nearest[:, 0], (asked @ points[topics == "a"].T).max(axis=1), atol=0.01)
    assert np.allclose(nearest[:, 1], (asked @ points[topics == "b"].T).max(axis=1), atol=0.01)
    assert np.all(density <= nearest + 1e-5)
    assert Nearest.fit(points, topics).closeness(asked[:0])[0].shape == (0, 2)


def test_the_small_space_keeps_the_distances() -> None:
    hidden = RANDOM.normal(size=(200, 10)) @ RANDOM.normal(size=(10, 64)) + 5
    vectors = hidden.astype(np.float32)
    space = Space.fit(vectors, 12)
    inside, centred = space.inside(vectors), space.centred(vectors)
    assert inside.shape == (200, 12)
    assert np.allclose(inside @ inside.T, centred @ centred.T, atol=1e-3)


def test_every_language_has_the_threshold_that_its_own_examples_need() -> None:
    languages = np.array(["es"] * 300 + ["fr"] * 300 + ["en"] * 20)
    values = np.concatenate([np.linspace(0, 0.5, 300), np.linspace(0, 1, 300), np.ones(20)])
    found = thresholds.fit(values, languages, share=0.1, otherwise=0.3)
    assert found.of("es") == pytest.approx(0.45, abs=0.01)
    assert found.of("fr") == pytest.approx(0.9, abs=0.01)
    assert found.of("en") == found.of("pt") == 0.3
    assert Thresholds.read(found.as_json()) == found


GATE = Gate(Thresholds(0.3, {"fr": 0.1}), floor=0.4)


@pytest.mark.parametrize(
    ("ranking", "outside", "language", "rejected"),
    [
        (Ranking((("return_cost", 0.9),), False), 0.05, "es", False),
        (Ranking((("return_cost", 0.6),), False), 0.3, "es", True),  # likely to be about something else
        (Ranking((("return_cost", 0.8),), False), 0.2, "fr", True),
        (Ranking((("return_cost", 0.8),), False), 0.2, "es", False),
        (Ranking((("return_cost", 0.39),), False), 0.0, "es", True),  # like many topics, and none
        (Ranking((("snakebite", 0.3),), True), 0.6, "es", False),  # danger is never sent away
        (Ranking(((OUT_OF_SCOPE, 0.35),), False), 0.35, "es", False),  # there is nothing to suggest
    ],
)
def test_what_is_not_for_us_is_asked_back_about(
    ranking: Ranking, outside: float, language: str, rejected: bool
) -> None:
    assert GATE.rejects(ranking, outside, language) is rejected
