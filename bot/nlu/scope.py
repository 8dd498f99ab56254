"""What is not a question for us: refused, or asked back about, rather than answered badly."""

from __future__ import annotations

from dataclasses import dataclass

from bot.nlu.safety import Ranking
from bot.nlu.thresholds import Thresholds

#: The topic of the messages that are about nothing we know.
OUT_OF_SCOPE = "out_of_scope"


@dataclass(frozen=True, slots=True)
class Gate:
    """When a message counts as not understood.

    outside: the probability of OUT_OF_SCOPE from which on another topic is not believed.
    floor: the confidence that the first topic must reach.
    """

    outside: Thresholds
    floor: float

    def rejects(self, ranking: Ranking, outside: float, language: str) -> bool:
        """Tell whether "did you mean ...?" is better than the first topic of the ranking.

        Never in danger: a wrong emergency number costs a second, a missing one may cost a life. Nor of a message that
        is out of scope for certain: there is nothing to suggest.

        Args:
            ranking: the topics of the message.
            outside: its probability of being out of scope.
            language: its language.
        """
        first, confidence = ranking.topics[0]
        if ranking.safety or first == OUT_OF_SCOPE:
            return False
        return confidence < self.floor or outside >= self.outside.of(language)
