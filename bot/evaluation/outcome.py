"""What became of a test question: asking it, and what may be said about one question alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.evaluation.questions import Question
from bot.words import FALLBACK

OUT_OF_SCOPE = "out_of_scope"

#: Not answered as a question about one of our topics: either refused, or "did you mean".
REJECTED = (OUT_OF_SCOPE, FALLBACK)


class Understood(Protocol):
    """What bot.rasa_compat.understanding returns, as far as it is measured."""

    @property
    def topic(self) -> str: ...
    @property
    def language(self) -> str: ...
    @property
    def ranking(self) -> tuple[tuple[str, float], ...]: ...


@dataclass(frozen=True, slots=True)
class Outcome:
    """A question and what was made of it.

    `predicted`: the topic it is answered on, or FALLBACK. `ranking`: topics with their confidence in [0, 1], best
    first, without FALLBACK; empty for a message that is not read at all. `offered`: topics that the person is offered
    as buttons because the message was not understood. `language`: the language found, with none known before.
    """

    question: Question
    predicted: str
    ranking: tuple[tuple[str, float], ...]
    offered: tuple[str, ...]
    language: str
    milliseconds: float

    @property
    def in_scope(self) -> bool:
        """Whether it is a question that Faro has a topic for."""
        return self.question.topic != OUT_OF_SCOPE

    @property
    def rejected(self) -> bool:
        """Whether it was not answered on a topic."""
        return self.predicted in REJECTED

    @property
    def answered(self) -> str:
        """The topic predicted, with every rejection as OUT_OF_SCOPE."""
        return OUT_OF_SCOPE if self.rejected else self.predicted

    @property
    def right(self) -> bool:
        """Whether it was answered rightly: "not understood" is wrong for a question in scope, right for the others."""
        return self.rejected if not self.in_scope else self.predicted == self.question.topic

    @property
    def right_among_three(self) -> bool:
        """Whether it was answered rightly, or its topic is one of the three likeliest."""
        return self.right or self.question.topic in [topic for topic, _ in self.ranking[:3]]


def ask(
    questions: Sequence[Question],
    understand: Callable[[str], Understood],
    offer: Callable[[Sequence[str]], Sequence[str]],
    clock: Callable[[], float],
) -> list[Outcome]:
    """Ask every question, each as the first message of a conversation.

    Args:
        questions: what to ask. The first is asked once more before, not measured: it loads what is loaded late.
        understand: the pipeline.
        offer: the topics that are offered for a ranking (topics, best first) that was not understood.
        clock: seconds, growing.
    """
    if questions:
        understand(questions[0].text)
    outcomes = []
    for question in questions:
        begun = clock()
        found = understand(question.text)
        milliseconds = (clock() - begun) * 1000
        offered = tuple(offer([topic for topic, _ in found.ranking])) if found.topic == FALLBACK else ()
        outcomes.append(Outcome(question, found.topic, found.ranking, offered, found.language, milliseconds))
    return outcomes
