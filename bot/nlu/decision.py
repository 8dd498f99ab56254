"""What is made of a message: the topics in their order, whether somebody may be in danger, and what else was asked.

One object that decides and explains itself, so that `bot nlu --explain` tells what happened. No Rasa in here.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from bot.nlu import safety, story
from bot.nlu.blend import Probabilities
from bot.nlu.linear import Floats
from bot.nlu.safety import Caution, Ranking
from bot.nlu.scope import OUT_OF_SCOPE, Gate
from bot.nlu.text import words
from bot.nlu.thresholds import Thresholds
from bot.nlu.topic_model import Encode, TopicModel
from bot.nlu.vectors import is_word

#: Probability from which on danger is believed though no word of the message is known: Arabic, which the encoder reads.
SURE = 0.5


@dataclass(frozen=True, slots=True)
class Rules:
    """What decides beside the probabilities; the keys of config.yml explain the numbers.

    safety_topics: the topics about danger; small_talk: those that say little about a whole story.
    danger: the probability of danger from which on it comes first, per language; margin, piece_floor: see Caution.
    piece_whole: the probability of danger that the whole must have before danger in one of its pieces counts.
    outside: the probability of being out of scope that rejects, per language; floor: the confidence asked of a topic.
    share, first: see bot.nlu.story.combine. also_floor: see bot.nlu.story.second. length: topics in a ranking.
    """

    safety_topics: Collection[str]
    small_talk: Collection[str]
    danger: Thresholds
    margin: float
    piece_floor: float
    piece_whole: float
    outside: Thresholds
    floor: float
    share: float
    first: float
    also_floor: float
    length: int

    def caution(self, language: str) -> Caution:
        """Return when danger comes first in a message of this language."""
        return Caution(self.margin, self.danger.of(language), self.piece_floor)


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided about one message, and from what.

    pieces: the texts of its pieces, none of a short message. whole, combined, of_pieces: probabilities of the message as
    it is, with its pieces, and of each piece. without_pieces: the ranking if no piece were looked at for danger.
    """

    ranking: Ranking
    rejected: bool
    also: str
    pieces: tuple[str, ...]
    whole: Probabilities
    combined: Probabilities
    of_pieces: Probabilities
    without_pieces: Ranking


@dataclass(frozen=True, slots=True)
class Judge:
    """A trained model and the rules."""

    model: TopicModel
    rules: Rules

    def decide(self, text: str, language: str, encode: Encode, vector: Floats | None = None) -> Decision:
        """Decide about one cleaned text that is not empty; `vector` is its own, of shape (1, n), where there is one."""
        pieces = story.pieces(text)
        sayings = pieces or story.sentences(text)
        # The message and its pieces go through the model together: one pass over the weights.
        texts = [text, *sayings]
        rows = encode(texts) if vector is None else np.vstack([vector, encode(sayings)])
        found = self.model.probabilities(texts, rows, encode)
        whole, parts = found[0], found[1 : len(pieces) + 1]
        asides, rules = self._among(self.rules.small_talk), self.rules
        combined = story.combine(whole, parts, asides, share=rules.share, first=rules.first)
        caution = rules.caution(language)
        if self._is_strange(text):
            caution = replace(caution, floor=max(caution.floor, SURE))
        # A sentence alone may sound like danger whatever the story is about; the whole must at least hint at it.
        hinted = float(whole[self._among(rules.safety_topics)].sum()) >= rules.piece_whole
        ranking = self._rank(combined, parts if hinted else parts[:0], caution)
        first = ranking.topics[0][0]
        outside = float(whole[self._among([OUT_OF_SCOPE])].sum())
        rejected = Gate(rules.outside, rules.floor).rejects(ranking, outside, language)
        # There is no second question without a first.
        alone = rejected or first in rules.small_talk
        also = "" if alone else story.second(self.model.topics, found[1:], first, asides, floor=rules.also_floor)
        without = self._rank(combined, parts[:0], caution)
        return Decision(ranking, rejected, also, tuple(pieces), whole, combined, parts, without)

    def _is_strange(self, text: str) -> bool:
        """Tell whether no word is like one of an example, or known to the encoder: "blorp blorp" is no danger."""
        said = words(text)
        return bool(said) and not self.model.ngrams.recognises(text) and not any(is_word(word) for word in said)

    def _rank(self, combined: Probabilities, parts: Probabilities, caution: Caution) -> Ranking:
        rules, topics = self.rules, self.model.topics
        return safety.rank(topics, combined, parts, rules.safety_topics, caution, length=rules.length)

    def _among(self, some: Collection[str]) -> NDArray[np.bool_]:
        return np.array([topic in some for topic in self.model.topics], dtype=np.bool_)
