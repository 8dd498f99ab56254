"""Pictures of numbers: where each bar, line and word of a drawing stands. Drawn by the template, without a script.

Widths are shares of the drawing, heights are pixels, so that letters keep their size on every screen. No colour stands
alone: each series has its own pattern, and every picture has its table.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from console.figures.protection import Shown

#: Pixels: of the bars, above them, and of the words below.
PLOT, ABOVE, BELOW = 180, 14, 26
#: Share of the width that the numbers at the left have, in percent.
LEFT = 11.0
#: Share of the room of a bar that stays free, and most bars with words below on a large screen and on a phone.
GAP, LABELS, LABELS_ON_PHONE = 0.22, 8, 4
#: A bar that stands for anything at all is so many pixels high at least.
LEAST = 2.0

#: How many patterns there are.
PATTERNS = 6


@dataclass(frozen=True, slots=True)
class Series:
    """One kind of thing over all bars."""

    words: str
    values: Sequence[Shown]


@dataclass(frozen=True, slots=True)
class Piece:
    """A rectangle. `pattern` is the number of its series."""

    x: str
    y: str
    width: str
    height: str
    pattern: int
    words: str


@dataclass(frozen=True, slots=True)
class Line:
    """A line across, with its number."""

    y: str
    words: str


@dataclass(frozen=True, slots=True)
class Label:
    """Words below a bar. `on_phone`: also where there is little room."""

    x: str
    words: str
    on_phone: bool


@dataclass(frozen=True, slots=True)
class Drawing:
    """Everything that the template draws."""

    height: int
    left: str
    bottom: str
    pieces: tuple[Piece, ...]
    lines: tuple[Line, ...]
    labels: tuple[Label, ...]
    legend: tuple[tuple[int, str], ...]


def stacked(
    bars: Sequence[str], series: Sequence[Series], *, words: Sequence[str], written: Callable[[int], str] = str
) -> Drawing:
    """Bars of several series upon each other.

    Args:
        bars: what stands below each bar.
        series: from the bottom to the top; each has a value for each bar.
        words: for each value of each series in turn, what it says when it is pointed at.
        written: how a number is written.
    """
    sums = [sum(one.values[place].number for one in series) for place in range(len(bars))]
    top = nice(max(sums, default=0))
    room = (100 - LEFT) / max(1, len(bars))
    pieces = []
    said = iter(words)
    heights = [0.0] * len(bars)
    for pattern, one in enumerate(series):
        for place, value in enumerate(one.values):
            text = next(said)
            if not value.number:
                continue
            height = max(LEAST, value.number / top * PLOT)
            y = ABOVE + PLOT - heights[place] - height
            heights[place] += height
            x = LEFT + room * (place + GAP / 2)
            pieces.append(Piece(_f(x, "%"), _f(y), _f(room * (1 - GAP), "%"), _f(height), pattern % PATTERNS, text))
    return Drawing(
        height=ABOVE + PLOT + BELOW,
        left=_f(LEFT, "%"),
        bottom=_f(ABOVE + PLOT),
        pieces=tuple(pieces),
        lines=tuple(Line(_f(ABOVE + PLOT - value / top * PLOT), written(value)) for value in _ticks(top)),
        labels=tuple(_labels(bars, room)),
        legend=tuple((place % PATTERNS, one.words) for place, one in enumerate(series)),
    )


def nice(most: int) -> int:
    """The number at the top of a picture: the next of 10, 20, 50, 100, ..."""
    size = 10
    while True:
        for factor in (1, 2, 4, 5, 6, 8):
            if factor * size >= most:
                return factor * size
        size *= 10


def widths(values: Sequence[Shown]) -> list[str]:
    """Bars that lie in the rows of a table: the largest is 100 % wide."""
    most = max((one.number for one in values), default=0)
    return [_f(100 * one.number / most if most else 0, "%") for one in values]


def _ticks(top: int) -> list[int]:
    return [0, top // 2, top]


def _labels(bars: Sequence[str], room: float) -> list[Label]:
    every, on_phone = -(-len(bars) // LABELS), -(-len(bars) // LABELS_ON_PHONE)
    on_phone = -(-on_phone // every) * every
    return [
        Label(_f(LEFT + room * (place + 0.5), "%"), words, place % on_phone == 0)
        for place, words in enumerate(bars)
        if place % every == 0
    ]


def _f(value: float, unit: str = "") -> str:
    """A number as SVG reads it in every language."""
    return f"{value:.2f}".rstrip("0").rstrip(".") + unit
