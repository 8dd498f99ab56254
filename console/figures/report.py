"""The figures of a period, as they are shown: on the page, in the file, and on the command line the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext, pgettext

from bot.conversations import measures
from console.figures import forms, reading, words
from console.figures.names import Names
from console.figures.numbers import Numbers, alone
from console.figures.protection import NOTHING, Shown, shown
from console.figures.reading import Scope
from console.figures.tiles import Number, Tile, tiles

#: How many topics a table names.
TOPICS = 20


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table."""

    words: str
    values: tuple[Shown, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Numbers with words. `name` is that of the table in the file; `head` is about the first column."""

    name: str
    title: str
    head: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """All figures of a period."""

    scope: Scope
    tiles: tuple[Tile, ...]
    bars: tuple[date, ...]
    messages: Table
    conversations: Table
    topics: tuple[Table, ...]
    tables: tuple[Table, ...]
    totals: Table

    def everything(self) -> tuple[Table, ...]:
        """Every table, in the order of the page."""
        return (self.totals, self.messages, self.conversations, *self.topics, *self.tables)


def make(scope: Scope, names: Names) -> Report:
    """Read and protect the figures of a scope, in the language that is active."""
    counted = reading.sums(scope)
    outcomes = {one.measure for one in counted if one.measure.startswith(measures.MESSAGE)}
    numbers = Numbers(scope, counted, reading.over_time(scope, outcomes))
    found = numbers.protected()
    earlier = Scope(scope.period.before(), scope.channel, scope.language)
    before = alone(reading.sums(earlier))
    by_topic = reading.by_topic(scope)

    def now(*key: str) -> Shown:
        return found.get(key, NOTHING)

    def then(*key: str) -> Shown:
        return shown(before[key])

    return Report(
        scope=scope,
        tiles=tuple(tiles(scope, now, then)),
        bars=numbers.bars,
        messages=_messages(numbers, now, scope),
        conversations=_conversations(numbers, now, scope, names),
        topics=tuple(_topics(by_topic, names)),
        tables=tuple(_tables(numbers, now, names)),
        totals=_totals(now, then),
    )


def _messages(numbers: Numbers, now: Number, scope: Scope) -> Table:
    groups = (*words.DRAWN, words.OTHER)
    return Table(
        "messages",
        gettext("Messages, by how they were answered"),
        pgettext("figures", "From"),
        tuple(str(words.OUTCOMES.get(group, pgettext("figures", "Everything else"))) for group in groups),
        tuple(
            Row(
                forms.bar_in_full(bar, scope.period.step),
                tuple(now("group", group, bar.isoformat()) for group in groups),
            )
            for bar in numbers.bars
        ),
    )


def _conversations(numbers: Numbers, now: Number, scope: Scope, names: Names) -> Table:
    spoken = [code for code in numbers.languages if now("conversations", code) != NOTHING]
    spoken.sort(key=lambda code: -now("conversations", code).number)
    return Table(
        "conversations",
        gettext("Conversations, by language"),
        pgettext("figures", "From"),
        tuple(names.language(code) for code in spoken),
        tuple(
            Row(
                forms.bar_in_full(bar, scope.period.step),
                tuple(now("conversations", code, bar.isoformat()) for code in spoken),
            )
            for bar in numbers.bars
        ),
    )


def _topics(by_topic: Mapping[str, Counter[str]], names: Names) -> Iterable[Table]:
    asked: Counter[str] = Counter()
    for measure, numbers in by_topic.items():
        if measure.startswith(measures.MESSAGE):
            asked += numbers
    count = pgettext("figures", "Messages")
    missed = by_topic.get(measures.MISSED, Counter())
    unhelpful = by_topic.get(f"{measures.VOTE}unhelpful", Counter())
    for name, title, column, numbers, note in (
        ("topics", gettext("What people ask most"), count, asked, ""),
        (
            "missed",
            gettext("What Faro understands worst"),
            count,
            missed,
            gettext("Messages that were not understood, by the topic that came nearest."),
        ),
        ("unhelpful", gettext("Answers that did not help"), pgettext("figures", "Votes"), unhelpful, ""),
    ):
        yield Table(name, title, pgettext("figures", "Topic"), (column,), topic_rows(numbers, names), note)


def topic_rows(numbers: Mapping[str, int], names: Names) -> tuple[Row, ...]:
    """The topics of a table: those below 5 are not named, so that it cannot be seen which of them were asked at all.

    There is no sum in it either, from which what is not named could be computed.
    """
    named = [(shown(number), names.topic(topic)) for topic, number in numbers.items()]
    large = sorted((-one.number, title, one) for one, title in named if one != NOTHING and not one.few)
    return tuple(Row(title, (one,)) for _, title, one in large[:TOPICS])


def _tables(numbers: Numbers, now: Number, names: Names) -> Iterable[Table]:
    count = pgettext("figures", "Messages")
    outcomes = [
        Row(
            str(words.OUTCOMES.get(outcome, outcome)),
            (now("group", outcome) if outcome in words.DRAWN else now("outcome", outcome),),
        )
        for outcome in numbers.outcomes
    ]
    yield Table(
        "outcomes", gettext("How messages were answered"), pgettext("figures", "Outcome"), (count,), tuple(outcomes)
    )
    both = (count, gettext("Conversations begun"))
    languages = [
        Row(names.language(code), (now("messages by language", code), now("conversations", code)))
        for code in numbers.languages
    ]
    yield Table(
        "languages", pgettext("figures", "Languages"), gettext("Language of the person"), both, _there(languages)
    )
    channels = [
        Row(
            str(words.CHANNELS.get(name, name)),
            (now("messages by channel", name), now("conversations by channel", name)),
        )
        for name in numbers.channels
    ]
    yield Table("channels", gettext("Ways in"), gettext("Channel of the person"), both, tuple(channels))
    for name, title, column, prefix, ends in (
        (
            "reply",
            gettext("Time to the answer"),
            pgettext("figures", "Answers"),
            measures.REPLY,
            measures.REPLY_CLASSES,
        ),
        ("wait", gettext("Time to a person"), pgettext("figures", "Requests"), measures.WAIT, measures.WAIT_CLASSES),
    ):
        classes = [
            Row(words.within(one, ends), (now("measure", f"{prefix}{one}"),))
            for one in (*map(str, ends), measures.MORE)
        ]
        yield Table(name, title, pgettext("figures", "Time"), (column,), tuple(classes))
    failures = sorted(
        (key[1].removeprefix(measures.FAILED_WITH), now(*key)) for key in numbers.measured(measures.FAILED_WITH)
    )
    rows = tuple(Row(code, (one,)) for code, one in failures if one != NOTHING)
    yield Table(
        "failures",
        gettext("Why answers were not delivered"),
        pgettext("figures", "Code"),
        (pgettext("figures", "Answers"),),
        rows,
    )


def _there(rows: Iterable[Row]) -> tuple[Row, ...]:
    return tuple(row for row in rows if any(one != NOTHING for one in row.values))


def _totals(now: Number, then: Number) -> Table:
    rows = []
    for name, said in words.TOTALS.items():
        key = (name,) if name in ("messages", "conversations", "handovers") else ("measure", name)
        rows.append(Row(str(said), (now(*key), then(*key))))
    columns = (gettext("This period"), gettext("The period before"))
    return Table("totals", gettext("All totals"), gettext("What is counted"), columns, tuple(rows))
