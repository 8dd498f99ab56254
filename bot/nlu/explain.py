"""Why a message was understood as it was: nearest examples, what each part of the score brings, which rule decided.

Nothing is decided in here: the judge of the classifier is asked once more. No Rasa.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from bot.nlu.decision import Decision, Judge
from bot.nlu.neighbours import Near, Neighbourhood
from bot.nlu.reading import SENTENCE
from bot.nlu.text import clean
from bot.nlu.topic_model import Encode, TopicModel
from bot.words import FALLBACK

#: How many examples, and how many n-grams on either side, are shown.
NEAREST = 5
NGRAMS = 5

#: The parts of a score. The first two are the n-gram blocks of bot.nlu.topic_model, "vector" is the meaning of the
#: sentence and "summary" what the encoder sees in its words; the last two are of bot.nlu.nearest: how close the nearest
#: example of a topic is, and how many are close.
PARTS = ("characters", "words", "vector", "summary", "bias", "nearest", "density")
_, _, VECTOR, SUMMARY, BIAS, NEAREST_EXAMPLE, DENSITY = PARTS

#: The rules, in the order in which they can decide; the last of those that applied decided.
LIKELIEST = "likeliest"
LIKELIEST_IN_PIECES = "likeliest in its pieces"
SAFETY_MARGIN = "safety margin"
DANGER_IN_ONE_PIECE = "danger in one piece"
FALLBACK_THRESHOLD = "fallback threshold"
PERHAPS_OUT_OF_SCOPE = "out of scope threshold"
ONLY_A_NAME = "only a name"
RULES = (
    LIKELIEST,
    LIKELIEST_IN_PIECES,
    SAFETY_MARGIN,
    DANGER_IN_ONE_PIECE,
    FALLBACK_THRESHOLD,
    PERHAPS_OUT_OF_SCOPE,
    ONLY_A_NAME,
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the whole pipeline made of a message; `named`: a place, a country or an organisation is in it."""

    topic: str
    confidence: float
    language: str
    named: bool = False


@dataclass(frozen=True, slots=True)
class Weighed:
    """An n-gram of the message and what it adds to the difference of two scores. `block`: characters or words."""

    ngram: str
    block: str
    share: float


@dataclass(frozen=True, slots=True)
class Parts:
    """What makes `topic` likelier than `against`: the shares add up to the difference.

    The difference is that of the natural logarithms of both probabilities: at 1 the topic is 2.7 times as likely as the
    other, below 0 the other is the likelier one, and a rule decided against it.
    """

    topic: str
    against: str
    difference: float
    shares: dict[str, float]
    speak_for: tuple[Weighed, ...]
    speak_against: tuple[Weighed, ...]


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a long message with its own likeliest topic."""

    text: str
    topic: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a message was understood as it was. `repaired`: how it was read, "" when no slip was repaired."""

    nearest: tuple[Near, ...]
    parts: Parts | None
    repaired: str
    pieces: tuple[Piece, ...]
    rules: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """The object that `bot nlu --explain` writes under "explanation"."""
        return {
            "nearest": [
                {
                    "topic": near.example.topic,
                    "language": near.example.language,
                    "text": near.example.text,
                    "similarity": round(near.similarity, 3),
                }
                for near in self.nearest
            ],
            "parts": self.parts and _as_json(self.parts),
            "repaired": self.repaired or None,
            "pieces": [
                {"text": piece.text, "topic": piece.topic, "confidence": round(piece.confidence, 4)}
                for piece in self.pieces
            ],
            "rules": list(self.rules),
        }


def unread(reason: str) -> Explanation:
    """Return the explanation of a message in which there was nothing to understand, for this reason."""
    return Explanation((), None, "", (), (reason,))


@dataclass(frozen=True, slots=True)
class Explainer:
    """What decides, and the examples that it was trained on."""

    judge: Judge
    neighbourhood: Neighbourhood
    encode: Encode

    def explain(self, text: str, outcome: Outcome) -> Explanation:
        """Explain what was decided about a message, as the classifier was given it."""
        tidy, model = clean(text), self.judge.model
        if not tidy:
            return unread(LIKELIEST)
        decision = self.judge.decide(tidy, outcome.language, self.encode)
        repaired = model.spelling.repair(tidy)
        topic = outcome.topic if outcome.topic in model.topics else decision.ranking.topics[0][0]
        return Explanation(
            self.neighbourhood.nearest(model.point(self.encode([repaired]))[0], NEAREST),
            parts(model, tidy, self.encode, topic),
            "" if repaired == tidy else repaired,
            tuple(
                Piece(piece, model.topics[int(row.argmax())], float(row.max()))
                for piece, row in zip(decision.pieces, decision.of_pieces, strict=True)
            ),
            self._rules(outcome, decision),
        )

    def _rules(self, outcome: Outcome, decision: Decision) -> tuple[str, ...]:
        topic, confidence = decision.ranking.topics[0]
        likeliest = int(decision.combined.argmax())
        if decision.without_pieces.topics[0] != (topic, confidence):
            rule = DANGER_IN_ONE_PIECE
        elif topic != self.judge.model.topics[likeliest]:
            rule = SAFETY_MARGIN
        else:
            rule = LIKELIEST if likeliest == int(decision.whole.argmax()) else LIKELIEST_IN_PIECES
        if outcome.topic == FALLBACK:
            below = confidence < self.judge.rules.floor
            return (rule, FALLBACK_THRESHOLD if below else PERHAPS_OUT_OF_SCOPE)
        # A name is sure of itself; the classifier never is, to the last digit.
        replaced = outcome.topic != topic or not np.isclose(outcome.confidence, confidence, rtol=0, atol=1e-4)
        return (rule, ONLY_A_NAME) if outcome.named and replaced else (rule,)


def parts(model: TopicModel, text: str, encode: Encode, topic: str) -> Parts:
    """Return what sets this topic apart from the likeliest one beside it, for one cleaned text.

    Raises:
        ValueError: the model does not know the topic.
    """
    column = model.topics.index(topic)
    chances = model.probabilities([text], encode([text]), encode)[0]
    rival = int(np.argmax(np.where(np.arange(len(chances)) == column, -1.0, chances)))
    row = model._features([text], encode([text]), encode)
    apart = model.linear.apart(column, rival) * np.float32(model.blend.scores)
    named: list[Weighed] = []
    shares: dict[str, float] = {}
    begin = 0
    for block, names in _blocks(model):
        held = row[0, begin : begin + len(names)]
        gains = held.data * apart[begin + held.indices]
        shares[block] = float(gains.sum())
        named += [Weighed(names[at], block, float(gain)) for at, gain in zip(held.indices, gains, strict=True)]
        begin += len(names)
    dense, middle = row[0, begin:].toarray()[0], begin + SENTENCE
    shares[VECTOR] = float(dense[:SENTENCE] @ apart[begin:middle])
    shares[SUMMARY] = float(dense[SENTENCE:] @ apart[middle:])
    shares[BIAS] = model.blend.scores * float(model.linear.bias[column] - model.linear.bias[rival])
    nearest, density = model.nearest.closeness(model.point(encode([model.spelling.repair(text)])))
    shares[NEAREST_EXAMPLE] = model.blend.nearest * float(nearest[0, column] - nearest[0, rival])
    shares[DENSITY] = model.blend.density * float(density[0, column] - density[0, rival])
    return Parts(
        topic,
        model.topics[rival],
        sum(shares.values()),
        shares,
        _strongest([one for one in named if one.share > 0]),
        _strongest([one for one in named if one.share < 0]),
    )


def _blocks(model: TopicModel) -> list[tuple[str, Sequence[str]]]:
    """The n-gram blocks in the order of the columns: name, and the n-gram of each column."""
    return model.ngrams.names()


def _strongest(named: Sequence[Weighed]) -> tuple[Weighed, ...]:
    """The n-grams with the largest share. Of those within each other only one: "pasaj" says no more beside "pasaje"."""
    kept: list[Weighed] = []
    for one in sorted(named, key=lambda one: (-abs(one.share), one.ngram)):
        bare = one.ngram.strip()
        if not any(bare in other.ngram or other.ngram.strip() in bare for other in kept):
            kept.append(one)
        if len(kept) == NGRAMS:
            break
    return tuple(kept)


def _as_json(found: Parts) -> dict[str, Any]:
    def listed(named: Sequence[Weighed]) -> list[dict[str, Any]]:
        return [{"ngram": one.ngram, "part": one.block, "share": round(one.share, 4)} for one in named]

    return {
        "topic": found.topic,
        "against": found.against,
        "difference": round(found.difference, 4),
        "shares": {name: round(share, 4) for name, share in found.shares.items()},
        "speak_for": listed(found.speak_for),
        "speak_against": listed(found.speak_against),
    }
