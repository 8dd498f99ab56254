"""What understanding should reach on messages that its makers never saw, and how far it is from that."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from bot.evaluation.measures import Measures, Share

#: Lengths of a message from three words on (bot.evaluation.measures.LENGTHS).
_FROM_THREE_WORDS = ("3", "4-6", "7+")

REACHED = "reached"


@dataclass(frozen=True, slots=True)
class Aim:
    """A figure and its bound, both in [0, 1]; `at_most` when less is better."""

    name: str
    figure: Callable[[Measures], float | None]
    bound: float
    at_most: bool = False

    def missed_by(self, value: float) -> float:
        """How far a value is from the bound, 0 when it is reached."""
        return max((value - self.bound) if self.at_most else (self.bound - value), 0.0)


def _from_three_words(measures: Measures) -> float | None:
    parts = [measures.language_by_length[name] for name in _FROM_THREE_WORDS]
    return Share(sum(part.hits for part in parts), sum(part.total for part in parts)).value


#: Of every language that Faro speaks, each for itself.
AIMS = (
    Aim("top-1 accuracy", lambda one: one.top_1.value, 0.92),
    Aim("top-3 accuracy", lambda one: one.top_3.value, 0.97),
    Aim("out of scope: recall", lambda one: one.rejection_recall.value, 0.85),
    Aim("false rejections", lambda one: one.false_rejections.value, 0.05, at_most=True),
    Aim("safety: recall", lambda one: one.safety_recall.value, 0.98),
    Aim("safety: false alarms", lambda one: one.safety_false_alarms.value, 0.02, at_most=True),
    Aim("language, from three words", _from_three_words, 0.99),
    Aim("calibration error", lambda one: one.calibration_error, 0.05, at_most=True),
)

#: Of messages that are taught in no language, by the name that their file gives them.
AIMS_UNTAUGHT = {
    "pt": Aim("top-1 accuracy, Portuguese", lambda one: one.top_1.value, 0.80),
    "mixed": Aim("top-1 accuracy, languages mixed", lambda one: one.top_1.value, 0.85),
}


def rows(measures: Mapping[str, Measures], aims: Iterable[Aim] = AIMS) -> list[list[str]]:
    """One row per aim for a table: its name, its bound, and of every column whether it is reached or how far it is."""
    return [[aim.name, _bound(aim), *(_cell(aim, one) for one in measures.values())] for aim in aims]


def rows_untaught(measures: Mapping[str, Measures]) -> list[list[str]]:
    """The same for the messages that are taught in no language: name, bound, cell."""
    known = [(AIMS_UNTAUGHT[name], one) for name, one in measures.items() if name in AIMS_UNTAUGHT]
    return [[aim.name, _bound(aim), _cell(aim, one)] for aim, one in known]


def _bound(aim: Aim) -> str:
    return f"{'at most' if aim.at_most else 'at least'} {100 * aim.bound:.0f} %"


def _cell(aim: Aim, measures: Measures) -> str:
    value = aim.figure(measures)
    if value is None:
        return "-"
    # In tenths of a point, as the tables show it: what rounds to the bound has reached it.
    missed = round(100 * aim.missed_by(value), 1)
    return f"missed by {missed:.1f}" if missed else REACHED
