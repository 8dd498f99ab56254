"""What the page shows of one entry of the queue: the question, what Faro made of it, and what it may belong to."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.channels.webchat.languages import library
from bot.conversations.models import Message
from console.review import examples
from console.review.queue import REASON_WORDS, Entry
from console.review.topics import OUT_OF_SCOPE, Titled
from console.review.verdicts import HIDDEN, said

#: Topics that are suggested.
SUGGESTED = 3

#: Characters of an answer or of a topic's answer that are shown.
_BEGINNING = 90

_MASK = re.compile(r"(\[[^\]\n]{1,20}\])")


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A topic that is one key away. `begins`: how its answer begins, which says what it is about."""

    key: int
    topic: Titled
    begins: str
    percent: int | None


@dataclass(frozen=True, slots=True)
class Word:
    """One word of the message, which may be hidden."""

    place: int
    text: str
    hidden: bool


@dataclass(frozen=True, slots=True)
class Card:
    """One entry as it is shown."""

    entry: Entry
    ids: str
    pieces: tuple[tuple[str, bool], ...]
    words: tuple[Word, ...]
    reasons: tuple[str, ...]
    understood: str
    answer: str
    suggestions: tuple[Suggestion, ...]
    first: str
    first_by: str


def card(root: Path, entry: Entry, topics: Mapping[str, Titled], language: str) -> Card:
    """Everything about one entry.

    Args:
        root: the project.
        entry: what to show.
        topics: every topic with its title.
        language: of the console, in which the answers' beginnings are shown.
    """
    lead, first = entry.lead, entry.first
    topic = topics.get(lead.topic)
    return Card(
        entry=entry,
        ids=",".join(str(one.pk) for one in entry.asked),
        pieces=tuple((piece, bool(_MASK.fullmatch(piece))) for piece in _MASK.split(lead.text) if piece),
        words=tuple(Word(place, word, HIDDEN in word) for place, word in enumerate(lead.text.split())),
        reasons=tuple(str(REASON_WORDS[one]) for one in entry.reasons),
        understood=topic.title if topic and lead.outcome == Message.Outcome.ANSWERED else "",
        answer=_answered(lead.pk),
        suggestions=tuple(_suggestions(root, entry, topics, language)),
        first=said(first, topics[first.topic].title if first.topic in topics else "") if first else "",
        first_by=first.by.get_username() if first and first.by else "",
    )


def _suggestions(root: Path, entry: Entry, topics: Mapping[str, Titled], language: str) -> Sequence[Suggestion]:
    """The likeliest topics as the model saw it; where it said nothing, those whose examples have the same rare words."""
    confidence = dict(entry.lead.ranking)
    names = [name for name in confidence if name in topics and name != OUT_OF_SCOPE]
    if len(names) < SUGGESTED and (taught := examples.of_project(root).get(entry.language)):
        near = taught.topics_near(entry.lead.text, SUGGESTED + 1)
        names += [name for name in near if name in topics and name not in (OUT_OF_SCOPE, *names)]
    return [
        Suggestion(
            key=place,
            topic=topics[name],
            begins=_beginning(name, language),
            percent=round(100 * confidence[name]) if name in confidence else None,
        )
        for place, name in enumerate(names[:SUGGESTED], start=1)
    ]


def _beginning(topic: str, language: str) -> str:
    content = library().current()
    answer = content.answers.get(topic)
    return _shortened(answer.text.get((language, content.default))) if answer else ""


def _answered(message: int) -> str:
    """What Faro answered: its own words, never those of a person of the team."""
    replies = Message.objects.filter(answers=message, direction=Message.Direction.OUT, operator__isnull=True)
    return _shortened(" ".join(replies.order_by("pk").values_list("text", flat=True)[:2]))


def _shortened(text: str) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= _BEGINNING else plain[:_BEGINNING].rsplit(maxsplit=1)[0] + " …"
