"""The numbers of a period, and which of them are sums of others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date

from bot.conversations import measures
from console.figures import words
from console.figures.protection import Shown, Sum, protect
from console.figures.reading import Group, Scope

#: How a number is found.
Key = tuple[str, ...]

MESSAGES, CONVERSATIONS, HANDOVERS = ("messages",), ("conversations",), ("handovers",)


class Numbers:
    """The numbers of one period, and which of them are sums of others."""

    def __init__(self, scope: Scope, counted: Counter[Group], over_time: Counter[tuple[date, str, str]]) -> None:
        self.bars = tuple(scope.period.bars())
        self.numbers: Counter[Key] = Counter()
        self.outcomes = list(dict.fromkeys([*words.OUTCOMES, *sorted(_outcomes(counted))]))
        self.languages = sorted({one.language for one in counted}, key=lambda code: (code == "", code))
        self.channels = list(dict.fromkeys([*words.CHANNELS, *sorted({one.channel for one in counted})]))
        for group, number in counted.items():
            self._add(group, number)
        for (bar, measure, language), number in over_time.items():
            if measure == measures.CONVERSATION:
                self.numbers["conversations", language, bar.isoformat()] += number
            elif measure.startswith(measures.MESSAGE):
                self.numbers["group", group_of(measure.removeprefix(measures.MESSAGE)), bar.isoformat()] += number

    def _add(self, group: Group, number: int) -> None:
        numbers, measure = self.numbers, group.measure
        numbers["measure", measure] += number
        if measure.startswith(measures.MESSAGE):
            outcome = measure.removeprefix(measures.MESSAGE)
            numbers[MESSAGES] += number
            numbers["group", group_of(outcome)] += number
            if outcome not in words.DRAWN:
                numbers["outcome", outcome] += number
            numbers["messages by language", group.language] += number
            numbers["messages by channel", group.channel] += number
        elif measure == measures.CONVERSATION:
            numbers[CONVERSATIONS] += number
            numbers["conversations", group.language] += number
            numbers["conversations by channel", group.channel] += number
        elif measure.startswith(measures.HANDOVER):
            numbers[HANDOVERS] += number

    def protected(self) -> Mapping[Key, Shown]:
        """What is shown of them all."""
        sums = list(self._sums())
        for one in sums:
            for key in (one.whole, *one.parts):
                self.numbers.setdefault(key, 0)
        return protect(self.numbers, sums)

    def _sums(self) -> Iterable[Sum[Key]]:
        groups = (*words.DRAWN, words.OTHER)
        bars = [bar.isoformat() for bar in self.bars]
        yield Sum(MESSAGES, [("group", group) for group in groups])
        others = [outcome for outcome in self.outcomes if outcome not in words.DRAWN]
        yield Sum(("group", words.OTHER), [("outcome", outcome) for outcome in others])
        for group in groups:
            yield Sum(("group", group), [("group", group, bar) for bar in bars])
        yield Sum(MESSAGES, [("messages by language", one) for one in self.languages])
        yield Sum(MESSAGES, [("messages by channel", one) for one in self.channels])
        yield Sum(CONVERSATIONS, [("conversations", one) for one in self.languages])
        yield Sum(CONVERSATIONS, [("conversations by channel", one) for one in self.channels])
        for language in self.languages:
            yield Sum(("conversations", language), [("conversations", language, bar) for bar in bars])
        yield Sum(HANDOVERS, self.measured(measures.HANDOVER))
        yield Sum(("measure", measures.FAILED), self.measured(measures.FAILED_WITH))

    def measured(self, prefix: str) -> list[Key]:
        """The numbers by themselves whose name begins so."""
        return [key for key in self.numbers if key[0] == "measure" and key[1].startswith(prefix)]


def _outcomes(counted: Iterable[Group]) -> set[str]:
    return {one.measure.removeprefix(measures.MESSAGE) for one in counted if one.measure.startswith(measures.MESSAGE)}


def group_of(outcome: str) -> str:
    """The series of the picture that an outcome belongs to."""
    return outcome if outcome in words.DRAWN else words.OTHER


def alone(counted: Counter[Group]) -> Counter[Key]:
    """The numbers of the period before, which stand in no table."""
    found: Counter[Key] = Counter()
    for group, number in counted.items():
        found["measure", group.measure] += number
        if group.measure.startswith(measures.MESSAGE):
            found[MESSAGES] += number
            found["group", group_of(group.measure.removeprefix(measures.MESSAGE))] += number
        elif group.measure == measures.CONVERSATION:
            found[CONVERSATIONS] += number
        elif group.measure.startswith(measures.HANDOVER):
            found[HANDOVERS] += number
    return found
