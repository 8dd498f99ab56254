"""The figures as Markdown that reads well in a terminal, and as JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields, is_dataclass
from datetime import datetime
from typing import Any

from bot.evaluation.measures import (
    LENGTHS,
    RESAMPLES,
    Confusion,
    Interval,
    Measures,
    Share,
    by_language,
    confusions,
    measure,
)
from bot.evaluation.outcome import Outcome
from bot.evaluation.questions import STYLES

TITLE = "# How well messages are understood"

ALL = "all"

#: Pairs of topics that are listed, and examples of each.
PAIRS = 10
EXAMPLES = 2

NOTHING = "-"

#: Attribute of Measures, name in the table, what it means (empty: said by its name).
_ROWS = (
    ("questions", "questions", ""),
    ("top_1", "top-1 accuracy", "answered on the right topic; a question out of scope: rejected"),
    ("top_1_interval", "95 % interval", ""),
    ("top_1_in_scope", "top-1, in scope only", "the same without the questions out of scope; a rejection is wrong"),
    ("top_3", "top-3 accuracy", "right, or the right topic is one of the three likeliest"),
    ("macro_f1", "macro F1", "mean over the topics asked about; a rejection counts as out_of_scope"),
    (
        "rejection_recall",
        "out of scope: recall",
        "questions out of scope that were rejected (out_of_scope, nlu_fallback)",
    ),
    ("rejection_recall_interval", "95 % interval", ""),
    ("rejection_precision", "out of scope: precision", "rejected questions that were out of scope"),
    ("false_rejections", "false rejections", "questions in scope that were rejected"),
    ("false_rejections_offered", "... right topic offered", "of these: the right topic was among the suggestions"),
    ("safety_recall", "safety: recall", "questions about danger answered on any safety topic"),
    ("safety_recall_interval", "95 % interval", ""),
    ("safety_exact", "safety: exact topic", "questions about danger answered on the right safety topic"),
    (
        "safety_missed_offered",
        "... missed, but offered",
        "missed danger where a safety topic was among the suggestions",
    ),
    ("safety_false_alarms", "safety: false alarms", "other questions answered on a safety topic"),
    ("calibration_error", "calibration error", "10 bins; confidence of the likeliest topic against its being right"),
    ("language", "language", "right language with none known before"),
    ("milliseconds_median", "milliseconds, median", "understanding one message in one process"),
    ("milliseconds_p95", "milliseconds, 95th percentile", ""),
)

#: Shares of few questions, where the counts say more than a percentage.
_COUNTED = ("false_rejections", "false_rejections_offered", "safety_missed_offered", "safety_false_alarms")


@dataclass(frozen=True, slots=True)
class Circumstances:
    """When, with what and of what a measurement was made. `begun`: in UTC. `versions`: library to version."""

    begun: datetime
    model: str
    versions: Mapping[str, str]
    files: tuple[str, ...]
    seed: int


@dataclass(frozen=True, slots=True)
class Evaluation:
    """A measurement: the figures of every language, of all together (`ALL`), and the worst confusions."""

    circumstances: Circumstances
    measures: Mapping[str, Measures]
    confusions: tuple[Confusion, ...]
    outcomes: tuple[Outcome, ...]


def evaluate(outcomes: Sequence[Outcome], safety: frozenset[str], circumstances: Circumstances) -> Evaluation:
    """Measure; with one language alone there is no `ALL`."""
    groups = by_language(outcomes)
    if len(groups) != 1:
        groups[ALL] = list(outcomes)
    figures = {name: measure(group, safety, seed=circumstances.seed) for name, group in groups.items()}
    return Evaluation(circumstances, figures, tuple(confusions(outcomes, PAIRS)), tuple(outcomes))


def as_markdown(evaluation: Evaluation, *, preface: str = "", aims: str = "", further: Sequence[str] = ()) -> str:
    """The whole report, ending in a line break.

    Args:
        evaluation: the measurement.
        preface: Markdown that people wrote, for below the title.
        aims: a part about what was aimed at, for below the first table.
        further: parts about what else was measured in the same run.
    """
    measures = evaluation.measures
    about = evaluation.circumstances
    columns = list(measures)
    styles = [[style, *(_shown(one.top_1_by_style[style]) for one in measures.values())] for style in STYLES]
    lengths = [[name, *(counted(one.language_by_length[name]) for one in measures.values())] for name, *_ in LENGTHS]
    blocks = [
        TITLE,
        *([preface.strip()] if preface.strip() else []),
        f"- Date: {about.begun:%Y-%m-%d %H:%M} UTC\n- Model: {about.model}\n- Questions: {_inline(', '.join(about.files))}\n"
        f"- Versions: {', '.join(f'{name} {version}' for name, version in about.versions.items())}",
        table(["measure", *columns], figures(measures)),
        *([aims] if aims else []),
        "## Top-1 accuracy by style",
        table(["style", *columns], styles),
        "## Language by length of the message",
        table(["words", *columns], lengths),
        f"## The worst {PAIRS} confusions",
        *_confusions(evaluation),
        *further,
        "## What the figures mean",
        "\n".join(f"- {name.removeprefix('... ')} = {meaning}" for _, name, meaning in _ROWS if meaning)
        + f"\n- 95 % interval = bootstrap, {RESAMPLES:,} resamples, seed {about.seed}; of 0 or 100 % it has no width, "
        "which is not certainty",
    ]
    return "\n\n".join(blocks) + "\n"


def figures(measures: Mapping[str, Measures]) -> list[list[str]]:
    """The rows of a table of every figure, one column per name."""
    return [
        [name, *(_shown(getattr(one, attribute), in_counts=attribute in _COUNTED) for one in measures.values())]
        for attribute, name, _ in _ROWS
    ]


def as_json(evaluation: Evaluation) -> dict[str, Any]:
    """Every number, and what became of every question (by its place in the files, without its text)."""
    about = evaluation.circumstances
    return {
        "date": about.begun.isoformat(timespec="seconds"),
        "model": about.model,
        "versions": dict(about.versions),
        "files": list(about.files),
        "seed": about.seed,
        "resamples": RESAMPLES,
        "measures": {name: plain(one) for name, one in evaluation.measures.items()},
        "confusions": [
            {"topic": pair.topic, "predicted": pair.predicted, "count": len(pair.outcomes), **_spread(pair)}
            for pair in evaluation.confusions
        ],
        "questions": [_line(one) for one in evaluation.outcomes],
    }


def table(header: Sequence[str], rows: Sequence[Sequence[str]], *, names: int = 1) -> str:
    """A Markdown table whose columns line up: the first `names` to the left, the others to the right."""
    cells = [[_inline(cell) for cell in row] for row in (header, *rows)]
    widths = [max(3, *(len(row[n]) for row in cells)) for n in range(len(header))]

    def line(row: Sequence[str]) -> str:
        padded = [cell.ljust(width) for cell, width in zip(row[:names], widths[:names], strict=True)]
        padded += [cell.rjust(width) for cell, width in zip(row[names:], widths[names:], strict=True)]
        return f"| {' | '.join(padded)} |"

    rule = "|".join("-" * (width + 2) if n < names else "-" * (width + 1) + ":" for n, width in enumerate(widths))
    return "\n".join([line(cells[0]), f"|{rule}|", *(line(row) for row in cells[1:])])


def _confusions(evaluation: Evaluation) -> list[str]:
    pairs = evaluation.confusions
    if not pairs:
        return ["None."]
    languages = [name for name in evaluation.measures if name != ALL] if ALL in evaluation.measures else []
    rows = [
        [
            pair.topic,
            pair.predicted,
            str(len(pair.outcomes)),
            *(str(_spread(pair)["languages"].get(name, 0)) for name in languages),
        ]
        for pair in pairs
    ]
    examples = [
        f"- {pair.topic} taken for {pair.predicted}\n" + "\n".join(_example(one) for one in pair.outcomes[:EXAMPLES])
        for pair in pairs
    ]
    return [table(["asked about", "taken for", "times", *languages], rows, names=2), "\n".join(examples)]


def _example(outcome: Outcome) -> str:
    question = outcome.question
    return f"  - {question.language}, {question.style}: {_inline(question.text)}"


def _spread(pair: Confusion) -> dict[str, dict[str, int]]:
    return {"languages": {name: len(found) for name, found in by_language(pair.outcomes).items()}}


def _inline(text: str) -> str:
    """Text on one line in which Markdown finds nothing of its own."""
    return "".join(f"\\{sign}" if sign in "\\`*[]<|~" else sign for sign in " ".join(text.split()))


def _shown(value: object, *, in_counts: bool = False) -> str:
    match value:
        case Share():
            return counted(value) if in_counts else percent(value.value)
        case Interval(low=low, high=high):
            return f"{100 * low:.1f}-{100 * high:.1f}"
        case int():
            return f"{value:,}"
        case float():
            return f"{value:.3f}" if value <= 1 else f"{value:.1f}"
        case _:
            return NOTHING


def percent(value: float | None) -> str:
    """A share as a table shows it."""
    return NOTHING if value is None else f"{100 * value:.1f} %"


def counted(part: Share) -> str:
    """A share of few, where the counts say more than the percentage."""
    return NOTHING if part.value is None else f"{part.hits}/{part.total} {percent(part.value)}"


def plain(value: Any) -> Any:
    """A dataclass as what JSON knows, with the value of every share."""
    if isinstance(value, Share):
        return {**asdict(value), "value": value.value}
    if is_dataclass(value):
        return {one.name: plain(getattr(value, one.name)) for one in fields(value)}
    if isinstance(value, dict):
        return {name: plain(item) for name, item in value.items()}
    return value


def _line(outcome: Outcome) -> dict[str, Any]:
    question = outcome.question
    likeliest, confidence = outcome.ranking[0] if outcome.ranking else ("", 0.0)
    return {
        "path": question.path,
        "line": question.line,
        "topic": question.topic,
        "predicted": outcome.predicted,
        "likeliest": likeliest,
        "confidence": confidence,
        "language": outcome.language,
        "milliseconds": outcome.milliseconds,
    }
