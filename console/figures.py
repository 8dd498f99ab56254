"""What is counted: messages by language and outcome, and requests for a person. Never who, never what."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min, Sum
from django.utils import timezone

from bot.conversations.models import Handover, Message, TurnCount
from console.words import OUTCOMES


@dataclass(frozen=True, slots=True)
class Row:
    """One outcome: its numbers in the order of the table's languages, and their sum."""

    name: str
    numbers: tuple[int, ...]
    total: int


@dataclass(frozen=True, slots=True)
class Table:
    """Messages by outcome (rows) and language (columns). `languages` are (code, name); no code: not known."""

    languages: tuple[tuple[str, str], ...]
    rows: tuple[Row, ...]
    sums: tuple[int, ...]
    total: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """Open requests for a person, and the age of the oldest in seconds."""

    number: int
    oldest: float | None


def messages(since: datetime, spoken: Iterable[tuple[str, str]]) -> Table:
    """The messages of people since a midnight; `spoken` are the languages that have a column in any case.

    What people erased is not counted: nothing of it is kept. What retention deleted within that time still is.
    """
    counted: Counter[tuple[str, str]] = Counter()
    kept = Message.objects.filter(direction=Message.Direction.IN, created_at__gte=since)
    for language, outcome, number in kept.values_list("language", "outcome").annotate(number=Count("pk")):
        counted[language, outcome] += number
    gone = TurnCount.objects.filter(day__gte=timezone.localtime(since).date())
    for language, outcome, number in gone.values_list("language", "outcome").annotate(sum=Sum("number")):
        counted[language, outcome] += number
    return table(counted, spoken)


def table(counted: Counter[tuple[str, str]], spoken: Iterable[tuple[str, str]]) -> Table:
    """The table of numbers by (language, outcome). Nothing that was counted is left out."""
    names = dict(spoken)
    names |= {language: language for language, _ in sorted(counted) if language and language not in names}
    if any(not language for language, _ in counted):
        names[""] = "Idioma no conocido"
    outcomes = [*OUTCOMES, *sorted({outcome for _, outcome in counted}.difference(OUTCOMES))]
    rows = []
    for outcome in outcomes:
        numbers = tuple(counted[language, outcome] for language in names)
        rows.append(Row(OUTCOMES.get(outcome, outcome), numbers, sum(numbers)))
    sums = tuple(sum(row.numbers[place] for row in rows) for place in range(len(names)))
    return Table(tuple(names.items()), tuple(rows), sums, sum(sums))


def handovers(now: datetime) -> Waiting:
    """Who waits for a person."""
    found = Handover.objects.filter(closed_at__isnull=True).aggregate(number=Count("pk"), oldest=Min("requested_at"))
    oldest = found["oldest"]
    return Waiting(found["number"], None if oldest is None else max(0.0, (now - oldest).total_seconds()))
