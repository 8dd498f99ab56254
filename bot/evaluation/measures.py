"""The arithmetic of the figures: outcomes of test questions in, numbers out. No input, no output, no clock."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot.evaluation.outcome import Outcome
from bot.evaluation.questions import STYLES

#: Bins of the confidence, all of the same width (Guo et al. 2017, "On Calibration of Modern Neural Networks").
BINS = 10
#: Resamples of the bootstrap (Efron 1979); the interval is that of the percentiles.
RESAMPLES = 1_000
#: Lengths of a message in words: name, fewest, most.
LENGTHS = (("1", 1, 1), ("2", 2, 2), ("3", 3, 3), ("4-6", 4, 6), ("7+", 7, None))


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many."""

    hits: int
    total: int

    @property
    def value(self) -> float | None:
        """In [0, 1]; None of nothing."""
        return self.hits / self.total if self.total else None


@dataclass(frozen=True, slots=True)
class Interval:
    """Where a share lies with 95 % confidence, given these questions."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Measures:
    """Every figure of a set of outcomes; bot.evaluation.report says what each one means."""

    questions: int
    top_1: Share
    top_1_interval: Interval | None
    top_1_in_scope: Share
    top_3: Share
    macro_f1: float | None
    rejection_recall: Share
    rejection_recall_interval: Interval | None
    rejection_precision: Share
    false_rejections: Share
    false_rejections_offered: Share
    safety_recall: Share
    safety_recall_interval: Interval | None
    safety_exact: Share
    safety_missed_offered: Share
    safety_false_alarms: Share
    calibration_error: float | None
    language: Share
    language_by_length: dict[str, Share]
    top_1_by_style: dict[str, Share]
    milliseconds_median: float | None
    milliseconds_p95: float | None


@dataclass(frozen=True, slots=True)
class Confusion:
    """Questions about `topic` that were taken for `predicted`, those of the highest confidence first."""

    topic: str
    predicted: str
    outcomes: tuple[Outcome, ...]


def measure(outcomes: Sequence[Outcome], safety: Collection[str], *, seed: int) -> Measures:
    """Every figure.

    Args:
        outcomes: what became of the questions.
        safety: the topics about danger.
        seed: of the resampling.
    """
    own = [one for one in outcomes if one.in_scope]
    foreign = [one for one in outcomes if not one.in_scope]
    rejected = [one for one in outcomes if one.rejected]
    danger = [one for one in outcomes if one.question.topic in safety]
    harmless = [one for one in outcomes if one.question.topic not in safety]
    seen = [one.predicted in safety for one in danger]
    missed = [one for one in danger if one.predicted not in safety]
    right = [one.right for one in outcomes]
    milliseconds = [one.milliseconds for one in outcomes]
    return Measures(
        questions=len(outcomes),
        top_1=share(right),
        top_1_interval=interval(right, seed=seed),
        top_1_in_scope=share(one.right for one in own),
        top_3=share(one.right_among_three for one in outcomes),
        macro_f1=macro_f1([one.question.topic for one in outcomes], [one.answered for one in outcomes]),
        rejection_recall=share(one.rejected for one in foreign),
        rejection_recall_interval=interval([one.rejected for one in foreign], seed=seed),
        rejection_precision=share(not one.in_scope for one in rejected),
        false_rejections=share(one.rejected for one in own),
        false_rejections_offered=share(one.question.topic in one.offered for one in own if one.rejected),
        safety_recall=share(seen),
        safety_recall_interval=interval(seen, seed=seed),
        safety_exact=share(one.right for one in danger),
        safety_missed_offered=share(any(topic in safety for topic in one.offered) for one in missed),
        safety_false_alarms=share(one.predicted in safety for one in harmless),
        calibration_error=calibration_error(*confidences(outcomes)),
        language=share(_right_language(one) for one in outcomes),
        language_by_length=_by(outcomes, [name for name, *_ in LENGTHS], length, _right_language),
        top_1_by_style=_by(outcomes, STYLES, lambda one: one.question.style, lambda one: one.right),
        milliseconds_median=percentile(milliseconds, 50),
        milliseconds_p95=percentile(milliseconds, 95),
    )


def share(flags: Iterable[bool]) -> Share:
    """How many of them are true."""
    values = np.fromiter(flags, dtype=np.bool_)
    return Share(int(values.sum()), len(values))


def interval(flags: Sequence[bool], *, seed: int) -> Interval | None:
    """The 95 % interval of their share, from resamples with replacement; None of nothing."""
    values = np.asarray(flags, dtype=np.float64)
    if not len(values):
        return None
    chance = np.random.default_rng(seed)
    shares = values[chance.integers(0, len(values), (RESAMPLES, len(values)))].mean(axis=1)
    low, high = np.percentile(shares, (2.5, 97.5))
    return Interval(float(low), float(high))


def macro_f1(truth: Sequence[str], answered: Sequence[str]) -> float | None:
    """The mean, over the topics that were asked about, of the harmonic mean of precision and recall."""
    if not truth:
        return None
    true, given = np.asarray(truth, dtype=np.str_), np.asarray(answered, dtype=np.str_)
    # 2 PR / (P + R) = 2 hits / (asked + given): no division by zero, because each of these topics was asked about.
    scores = [
        2 * int(((true == topic) & (given == topic)).sum()) / int((true == topic).sum() + (given == topic).sum())
        for topic in np.unique(true)
    ]
    return float(np.mean(scores))


def confidences(outcomes: Iterable[Outcome]) -> tuple[list[float], list[bool]]:
    """The confidence of the likeliest topic and whether it is the right one, below the threshold too.

    Messages that are not read at all have no likeliest topic and are left out.
    """
    ranked = [one for one in outcomes if one.ranking]
    return [one.ranking[0][1] for one in ranked], [one.ranking[0][0] == one.question.topic for one in ranked]


def calibration_error(confidence: Sequence[float], right: Sequence[bool]) -> float | None:
    """Expected calibration error: how far confidence and accuracy lie apart, as a mean over the messages.

    Bins are [0, 0.1), [0.1, 0.2), ..., [0.9, 1].
    """
    if not confidence:
        return None
    values: NDArray[np.float64] = np.asarray(confidence, dtype=np.float64)
    hits = np.asarray(right, dtype=np.float64)
    bins = np.clip((values * BINS).astype(np.intp), 0, BINS - 1)
    # In a bin of n messages n * |mean(hits) - mean(values)| = |sum(hits - values)|.
    gaps = np.abs(np.bincount(bins, weights=hits - values, minlength=BINS))
    return float(gaps.sum() / len(values))


def percentile(values: Sequence[float], rank: float) -> float | None:
    """The value that `rank` per cent of them do not exceed, interpolated; None of nothing."""
    return float(np.percentile(values, rank)) if values else None


def length(outcome: Outcome) -> str:
    """The name of the length of a message, see LENGTHS."""
    words = max(len(outcome.question.text.split()), 1)
    return next(name for name, least, most in LENGTHS if least <= words and (most is None or words <= most))


def confusions(outcomes: Iterable[Outcome], number: int) -> list[Confusion]:
    """The pairs of topics that are confused most often, worst first."""
    wrong: dict[tuple[str, str], list[Outcome]] = defaultdict(list)
    for one in outcomes:
        if not one.right:
            wrong[one.question.topic, one.predicted].append(one)
    pairs = sorted(wrong.items(), key=lambda item: (-len(item[1]), item[0]))[:number]
    return [Confusion(*pair, tuple(sorted(found, key=lambda one: -_top(one)))) for pair, found in pairs]


def by_language(outcomes: Iterable[Outcome]) -> dict[str, list[Outcome]]:
    """The outcomes of each language, in the order in which the languages appear."""
    groups: dict[str, list[Outcome]] = {}
    for one in outcomes:
        groups.setdefault(one.question.language, []).append(one)
    return groups


def _top(outcome: Outcome) -> float:
    return outcome.ranking[0][1] if outcome.ranking else 0.0


def _right_language(outcome: Outcome) -> bool:
    return outcome.language in outcome.question.answered_in


def _by(
    outcomes: Sequence[Outcome],
    names: Iterable[str],
    name_of: Callable[[Outcome], str],
    flag: Callable[[Outcome], bool],
) -> dict[str, Share]:
    return {name: share(flag(one) for one in outcomes if name_of(one) == name) for name in names}
