"""What anybody would build first, trained on the same examples: without them a figure of Faro says little.

Each ranks the topics of a message and nothing else: no threshold, no caution about danger, no language. What it takes for
out_of_scope it rejects.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from bot.evaluation.outcome import Outcome
from bot.evaluation.questions import Question
from bot.nlu import neighbours, vectors
from bot.nlu.topic_model import Encode

NEAREST = "nearest neighbour on the encoder"
NGRAMS = "TF-IDF + linear"
ENCODER = "encoder + linear"

Scores = NDArray[np.float32]

#: Texts in, one row of scores per text out, one column per topic in alphabetical order.
Ranker = Callable[[Sequence[str]], Scores]

#: The same for all three linear models, Faro's included, so that the features make the difference.
_STRENGTH = 10.0
_ITERATIONS = 200
#: lbfgs stops after about 30 rounds; one ten times tighter moves no figure by half a point.
_TOLERANCE = 1e-3
#: N-grams in fewer examples are left out: those in one alone are most of them, and only cost time.
_RAREST = 5
#: Topics of a ranking that are kept.
_KEPT = 10


def train(texts: Sequence[str], topics: Sequence[str], encode: Encode = vectors.sentences) -> dict[str, Ranker]:
    """Train each of them on all examples, of all languages together.

    Raises:
        ValueError: fewer than two topics.
    """
    labels = np.asarray(topics, dtype=np.str_)
    if len(np.unique(labels)) < 2:  # noqa: PLR2004
        raise ValueError("there must be at least two topics")
    known = encode(texts)
    return {
        NEAREST: nearest(known, labels, encode),
        NGRAMS: linear_on_ngrams(texts, labels),
        ENCODER: linear_on_vectors(known, labels, encode),
    }


def examples(root: Path) -> tuple[list[str], list[str]]:
    """The texts and topics of data/nlu of the project in `root`."""
    found = list(neighbours.read(root / "data" / "nlu"))
    return [one.text for one in found], [one.topic for one in found]


def nearest(known: Scores, labels: NDArray[np.str_], encode: Encode) -> Ranker:
    """Each topic is as likely as its most similar example: the cosine of two unit vectors."""
    order = np.argsort(labels, kind="stable")
    rows = known[order]
    _, starts = np.unique(labels[order], return_index=True)

    def rank(texts: Sequence[str]) -> Scores:
        return np.asarray(np.maximum.reduceat(encode(texts) @ rows.T, starts, axis=1), dtype=np.float32)

    return rank


def linear_on_ngrams(texts: Sequence[str], labels: NDArray[np.str_]) -> Ranker:
    """Logistic regression over parts of words and words, weighted by how rare they are."""
    kinds = [
        TfidfVectorizer(analyzer=unit, ngram_range=lengths, sublinear_tf=True, min_df=_RAREST, dtype=np.float32)
        for unit, lengths in (("char_wb", (2, 5)), ("word", (1, 2)))
    ]
    for kind in kinds:
        kind.fit(texts)

    def features(asked: Sequence[str]) -> csr_matrix:
        return csr_matrix(hstack([kind.transform(asked) for kind in kinds], format="csr", dtype=np.float32))

    machine = _linear(features(texts), labels)
    return lambda asked: np.asarray(machine.predict_proba(features(asked)), dtype=np.float32)


def linear_on_vectors(known: Scores, labels: NDArray[np.str_], encode: Encode) -> Ranker:
    """Logistic regression over the sentence vectors."""
    machine = _linear(known, labels)
    return lambda asked: np.asarray(machine.predict_proba(encode(asked)), dtype=np.float32)


def outcomes(questions: Sequence[Question], topics: Sequence[str], scores: Scores) -> list[Outcome]:
    """What becomes of the questions when the likeliest topic is answered.

    Args:
        questions: what was asked.
        topics: the topics, in the order of the columns.
        scores: one row per question.
    """
    found = []
    for question, row in zip(questions, scores, strict=True):
        best = np.argsort(-row, kind="stable")[:_KEPT]
        ranking = tuple((topics[place], float(np.clip(row[place], 0, 1))) for place in best)
        found.append(Outcome(question, ranking[0][0], ranking, (), "", 0.0))
    return found


def ask(
    rankers: Mapping[str, Ranker], topics: Sequence[str], questions: Sequence[Question]
) -> dict[str, list[Outcome]]:
    """Ask every baseline every question; `topics` are those of the examples, in any order, repeated or not."""
    columns = sorted(set(topics))
    texts = [question.text for question in questions]
    return {name: outcomes(questions, columns, rank(texts)) for name, rank in rankers.items()}


def _linear(features: Scores | csr_matrix, labels: NDArray[np.str_]) -> LogisticRegression:
    machine = LogisticRegression(C=_STRENGTH, class_weight="balanced", max_iter=_ITERATIONS, tol=_TOLERANCE)
    return machine.fit(features, labels)
