"""Reading the counts. Whole months are read as such, so that ten years cost little more than one."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import F, QuerySet, Sum, Value
from django.db.models.functions import TruncWeek

from bot.conversations import measures
from bot.conversations.models import Count, DailyCount, MonthlyCount
from console.figures.period import Period, Step


@dataclass(frozen=True, slots=True)
class Scope:
    """What the figures are about; an empty channel or language means all of them."""

    period: Period
    channel: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """What a sum is over: a measure in a channel and a language."""

    measure: str
    channel: str
    language: str


def sums(scope: Scope) -> Counter[Group]:
    """Everything that was counted, without days and topics."""
    found: Counter[Group] = Counter()
    for rows in _rows(scope):
        grouped = rows.filter(topic="").values_list("measure", "channel", "language").annotate(sum=Sum("number"))
        for measure, channel, language, number in grouped.order_by():
            found[Group(measure, channel, language)] += max(0, number)
    return found


def over_time(scope: Scope, outcomes: Iterable[str]) -> Counter[tuple[date, str, str]]:
    """Messages (without their languages) and conversations by the first day of a bar, measure and language."""
    found: Counter[tuple[date, str, str]] = Counter()
    step = scope.period.step
    when = TruncWeek("day") if step is Step.WEEK else F("day")
    for rows in _rows(scope, months=step is Step.MONTH):
        over_all = rows.annotate(bar=when).filter(topic="").order_by()
        said = over_all.filter(measure__in=list(outcomes)).annotate(spoken=Value(""))
        begun = over_all.filter(measure=measures.CONVERSATION).annotate(spoken=F("language"))
        for grouped in (said, begun):
            of_bars = grouped.values_list("bar", "measure", "spoken").annotate(sum=Sum("number"))
            for bar, measure, language, number in of_bars:
                found[scope.period.bar_of(bar), measure, language] += max(0, number)
    return found


def by_topic(scope: Scope) -> dict[str, Counter[str]]:
    """Measure -> topic -> number, for what is kept by topic."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for rows in _rows(scope):
        grouped = rows.filter(topic__gt="").values_list("measure", "topic").annotate(sum=Sum("number"))
        for measure, topic, number in grouped.order_by():
            found[measure][topic] += max(0, number)
    return found


def _rows(scope: Scope, *, months: bool = True) -> list[QuerySet[Any]]:
    """The rows of a scope, without overlap."""
    whole = scope.period.months() if months else None
    parts: list[tuple[type[Count], Period]] = [(DailyCount, part) for part in scope.period.around(whole)]
    if whole is not None:
        parts.append((MonthlyCount, whole))
    chosen = {name: value for name, value in (("channel", scope.channel), ("language", scope.language)) if value}
    return [model._default_manager.filter(day__gte=part.first, day__lte=part.last, **chosen) for model, part in parts]
