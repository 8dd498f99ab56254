"""Two models asked the same questions: what got better, what got worse, by language."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from bot.evaluation.measures import Share, share
from bot.evaluation.outcome import Outcome

#: Questions that are shown of those that were right before and are wrong after.
SHOWN = 20


def compare(before: Sequence[Outcome], after: Sequence[Outcome], safety: Collection[str]) -> dict[str, Any]:
    """The figures of both by language, the questions that were lost, and how many were won. All of it can be JSON.

    Args:
        before, after: what became of the same questions, in the same order.
        safety: the topics about danger.
    """
    pairs = list(zip(before, after, strict=True))
    lost = [(old, new) for old, new in pairs if old.right and not new.right]
    # Dangers first: a question about one that is no longer seen weighs more than any other.
    lost.sort(key=lambda pair: pair[0].question.topic not in safety)
    languages = dict.fromkeys(one.question.language for one in before)
    return {
        "languages": {
            language: {
                "questions": sum(one.question.language == language for one in before),
                "before": _figures([one for one in before if one.question.language == language], safety),
                "after": _figures([one for one in after if one.question.language == language], safety),
            }
            for language in languages
        },
        "won": sum(new.right and not old.right for old, new in pairs),
        "lost": len(lost),
        "worst": [
            {
                "language": old.question.language,
                "topic": old.question.topic,
                "predicted": new.predicted,
                "text": old.question.text,
                "safety": old.question.topic in safety,
            }
            for old, new in lost[:SHOWN]
        ],
    }


def _figures(outcomes: Sequence[Outcome], safety: Collection[str]) -> dict[str, list[int]]:
    """Each figure as [hits, total]."""
    danger = [one for one in outcomes if one.question.topic in safety]
    harmless = [one for one in outcomes if one.question.topic not in safety]
    shares: dict[str, Share] = {
        "right": share(one.right for one in outcomes),
        "dangers": share(one.predicted in safety for one in danger),
        "false_alarms": share(one.predicted in safety for one in harmless),
        "out_of_scope": share(one.rejected for one in outcomes if not one.in_scope),
    }
    return {name: [one.hits, one.total] for name, one in shares.items()}
