"""Further parts of the report: what is taught in no language, baselines, public data and what was aimed at, as Markdown."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from bot.evaluation import aims
from bot.evaluation.measures import Measures, Share, by_language, interval, measure, share
from bot.evaluation.outcome import Outcome
from bot.evaluation.public import PUBLISHED, SOURCE, WHOLE, Public
from bot.evaluation.report import ALL, NOTHING, counted, figures, percent, table

FARO = "Faro"
FARO_UNGUARDED = "Faro, without its thresholds"

#: Of the comparison: name of the table, the figure.
_COMPARED: tuple[tuple[str, Callable[[Measures], Share]], ...] = (
    ("top-1 accuracy", lambda one: one.top_1),
    ("top-3 accuracy", lambda one: one.top_3),
    ("out of scope: recall", lambda one: one.rejection_recall),
    ("false rejections", lambda one: one.false_rejections),
    ("safety: recall", lambda one: one.safety_recall),
    ("safety: false alarms", lambda one: one.safety_false_alarms),
)


_NOTE = (
    f"{FARO_UNGUARDED}: the first topic of its ranking is answered, as the models without a threshold do; "
    "compare it with them"
)


def unguarded(outcomes: Sequence[Outcome]) -> list[Outcome]:
    """What Faro would answer if it always answered the first topic of its ranking: to be compared with the baselines."""
    return [replace(one, predicted=one.ranking[0][0]) if one.ranking else one for one in outcomes]


def aimed_at(measures: Mapping[str, Measures], untaught: Mapping[str, Measures]) -> str:
    """What each language should reach and how far it is from it, in points of a hundred."""
    languages = {name: one for name, one in measures.items() if name != ALL}
    blocks = ["## What was aimed at", table(["aim", "bound", *languages], aims.rows(languages), names=2)]
    if rows := aims.rows_untaught(untaught):
        blocks.append(table(["never taught", "bound", ALL], rows, names=2))
    blocks.append(
        "Missed by so many points of a hundred. The questions are few: the intervals above say what is chance."
    )
    return "\n\n".join(blocks)


def never_taught(outcomes: Sequence[Outcome], safety: frozenset[str], *, seed: int) -> str:
    """The figures of messages in languages, or mixtures of languages, that no training example is written in."""
    groups = by_language(outcomes)
    measures = {name: measure(group, safety, seed=seed) for name, group in groups.items()}
    answered = sorted({one.language for one in outcomes})
    spoken = [
        [language or NOTHING, *(counted(share(one.language == language for one in group)) for group in groups.values())]
        for language in answered
    ]
    blocks = [
        "## Never taught",
        "Nothing in data/nlu is written so. `language` counts an answer in any language that its question lists as "
        "understood (`answered_in`).",
        table(["measure", *measures], figures(measures)),
        "### Language answered in",
        table(["language", *measures], spoken),
    ]
    mixtures: dict[str, list[Outcome]] = {}
    for one in outcomes:
        mixtures.setdefault(f"{one.question.language}: {' + '.join(one.question.answered_in)}", []).append(one)
    if len(mixtures) > len(groups):
        rows = [
            [name, str(len(group)), percent(share(one.right for one in group).value), _language(group)]
            for name, group in sorted(mixtures.items())
        ]
        blocks += [
            "### By the languages that would be understood",
            table(["languages", "questions", "top-1", "language"], rows),
        ]
    return "\n\n".join(blocks)


def beside_others(
    systems: Mapping[str, Sequence[Outcome]], notes: Sequence[str], safety: frozenset[str], *, seed: int
) -> str:
    """The figures of Faro and of others, one table for each figure.

    Args:
        systems: name to what became of the questions, the same questions for all of them.
        notes: a sentence about how each of the others was trained.
        safety: the topics about danger.
        seed: of the resampling.
    """
    found = {
        name: {language: measure(group, safety, seed=seed) for language, group in by_language(outcomes).items()}
        for name, outcomes in systems.items()
    }
    columns = list(next(iter(found.values()), {}))
    blocks = ["## Beside others", "\n".join(f"- {note}" for note in (_NOTE, *notes))]
    for name, figure in _COMPARED:
        rows = [[system, *(percent(figure(one[column]).value) for column in columns)] for system, one in found.items()]
        blocks += [f"### {name[0].upper()}{name[1:]}", table(["system", *columns], rows)]
    first = next(iter(systems.values()))
    widths = {
        language: interval([one.right for one in group], seed=seed) for language, group in by_language(first).items()
    }
    spans = [f"{name} {100 * one.low:.1f}-{100 * one.high:.1f}" for name, one in widths.items() if one is not None]
    blocks.append(f"95 % interval of the first row of top-1 accuracy: {', '.join(spans)}.")
    return "\n\n".join(blocks)


def on_public_data(measured: Mapping[str, Public]) -> str:
    """Accuracy on MASSIVE beside what is published for the same rows, better or not."""
    first = next(iter(measured.values()))
    languages = list(first.accuracy)
    rows = []
    for name, one in measured.items():
        spans = [one.intervals[language] for language in languages]
        rows.append([name, *(_per_cent(one.accuracy[language].value) for language in languages)])
        rows.append(
            ["95 % interval", *(NOTHING if x is None else f"{100 * x.low:.1f}-{100 * x.high:.1f}" for x in spans)]
        )
    rows += [[name, *(_number(known.get(language)) for language in languages)] for name, known in PUBLISHED.items()]
    ahead = [[name, *(_ahead(first, known, language) for language in languages)] for name, known in PUBLISHED.items()]
    questions = ", ".join(f"{name} {one.total:,}" for name, one in first.accuracy.items())
    return "\n\n".join(
        [
            "## On public data",
            f"MASSIVE 1.1, 60 intents: the topic model with the recipe of config.yml, trained on {first.learnt:,} rows in "
            f"English, Spanish and French together, asked other rows ({questions}). Portuguese is never taught. Accuracy in "
            f"per cent; the rows below its own: {SOURCE}.",
            table(["model", *languages], rows),
            f"### Points that {WHOLE} is ahead (+) or behind (-)",
            table(["beside", *languages], ahead),
        ]
    )


def _language(outcomes: Sequence[Outcome]) -> str:
    return percent(share(one.language in one.question.answered_in for one in outcomes).value)


def _ahead(public: Public, published: Mapping[str, float], language: str) -> str:
    value, other = public.accuracy[language].value, published.get(language)
    return NOTHING if value is None or other is None else f"{100 * value - other:+.1f}"


def _per_cent(value: float | None) -> str:
    return _number(None if value is None else 100 * value)


def _number(value: float | None) -> str:
    return NOTHING if value is None else f"{value:.1f}"
