"""The queue: messages that Faro may have misunderstood, near-duplicates together, the most frequent first.

What may be reviewed at all is decided in `reviewable`, and nowhere else: nothing of a person who reported an aid worker
(also not for whoever may see those conversations: it must never reach the training data), nothing that was said to a
person of the team, nothing of somebody who was erased.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from heapq import nlargest
from typing import Any
from uuid import UUID

from django.contrib.auth.models import User
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery, TextField
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy

from bot.answers.choices import BUTTON_IDS, LANGUAGE_ID
from bot.conversations.models import Feedback, Message
from console.review.grouping import group
from console.review.masks import masked
from console.review.models import Verdict

#: Newest open messages that are looked at: with more of them the page would take longer than 200 ms.
LIMIT = 1_000

#: Messages of an entry whose wording is shown.
OTHERS = 20

#: A first topic that is less than this more likely than the second was chosen by little.
NARROW = 0.15

#: Below this confidence something else is likelier to be meant (it is calibrated, docs/figures/understanding.md).
DOUBTFUL = 0.5

#: The topics of the buttons "none of these" and of a language: by them the few are found among all messages.
REFUSING, CHOOSING = "none_of_these", "set_language"

#: Of a message: id, contact, text, the text with more hidden, language, time, outcome, topic and ranking.
_Row = tuple[int, UUID, str, str | None, str, datetime, str, str, str]

_LETTERS = re.compile(r"[^\W\d_].*[^\W\d_]", re.DOTALL)


class Reason(StrEnum):
    """Why a message is in the queue."""

    NOT_UNDERSTOOD = "not_understood"
    REFUSED = "refused"
    UNHELPFUL = "unhelpful"
    NARROW = "narrow"
    LANGUAGE = "language"
    SECOND = "second"


REASON_WORDS = {
    Reason.NOT_UNDERSTOOD: gettext_lazy("was not understood"),
    Reason.REFUSED: gettext_lazy("suggestions refused"),
    Reason.UNHELPFUL: gettext_lazy("answer did not help"),
    Reason.NARROW: gettext_lazy("decided by little"),
    Reason.LANGUAGE: gettext_lazy("other language chosen"),
    Reason.SECOND: gettext_lazy("second person asked"),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """One message. `language` is the one it should have been understood in, as far as known.

    `raw` is what was written, or what was left of it when somebody hid more; only `text` is ever shown.
    """

    pk: int
    contact: UUID
    raw: str = field(repr=False)
    language: str
    at: datetime
    outcome: str
    topic: str
    #: As stored: JSON.
    ranked: str
    reasons: frozenset[Reason]

    @property
    def text(self) -> str:
        """What may be read of it. Made when it is shown: of thousands in the queue a dozen are."""
        return masked(self.raw)

    @property
    def ranking(self) -> tuple[tuple[str, float], ...]:
        """The likeliest topics with their confidence, the best first."""
        return _ranking(json.loads(self.ranked))


@dataclass(frozen=True, slots=True)
class Entry:
    """A question as people asked it, in one language: one or several messages, the newest first."""

    asked: tuple[Asked, ...]
    #: What somebody else decided already, when a second person is asked.
    first: Verdict | None = None

    @property
    def lead(self) -> Asked:
        """The message that stands for all of them."""
        return self.asked[0]

    @property
    def language(self) -> str:
        """Their language."""
        return self.lead.language

    @property
    def people(self) -> int:
        """How many people asked."""
        return len({one.contact for one in self.asked})

    @property
    def reasons(self) -> list[Reason]:
        """Every reason of one of them, the gravest first."""
        found = {reason for one in self.asked for reason in one.reasons}
        return [reason for reason in Reason if reason in found]

    @property
    def others(self) -> list[str]:
        """Other ways in which it was put."""
        shown = self.lead.text
        return [text for text in dict.fromkeys(one.text for one in self.asked[:OTHERS]) if text != shown]


def reviewable() -> QuerySet[Message]:
    """Messages of people that the team may review."""
    return (
        Message.objects.filter(
            direction=Message.Direction.IN,
            kind="text",
            contact__safeguarding=False,
            contact__erased_at__isnull=True,
        )
        .exclude(text="")
        .exclude(outcome=Message.Outcome.HELD)
    )


def decided() -> QuerySet[Verdict]:
    """What was decided about messages that may be reviewed.

    Each verdict looks at its own message: of a list of messages SQLite would make one of all that there are.
    """
    return Verdict.objects.filter(Exists(reviewable().filter(pk=OuterRef("message_id"))))


def entries(account: User, *, language: str = "", reason: str = "") -> list[Entry]:
    """The queue for somebody of the team: the most frequent first, then the newest.

    Args:
        account: who reviews; what they decided themselves does not come back to them.
        language: only this one; "" for all.
        reason: a value of Reason; "" for all.
    """
    by_language: dict[str, list[Asked]] = defaultdict(list)
    for one in _open():
        by_language[one.language].append(one)
    found = [
        Entry(tuple(of_language[place] for place in places))
        for of_language in by_language.values()
        for places in group([one.raw for one in of_language])
    ]
    found += _for_a_second(account)
    kept = [
        one for one in found if (not language or one.language == language) and (not reason or reason in one.reasons)
    ]
    return sorted(kept, key=lambda one: (-one.people, -one.lead.pk))


def of_messages(ids: Iterable[int]) -> list[Asked]:
    """Those of the messages that may be reviewed, the newest first, whatever brought them into the queue."""
    return list(_asked(_rows(_of(list(ids)[:LIMIT])), {}, {}))


def _of(ids: Collection[int]) -> QuerySet[Message]:
    return reviewable().filter(pk__in=ids).order_by("-pk")


def _open() -> list[Asked]:
    """The newest LIMIT messages that nobody decided about, the newest first, each with why it is in the queue.

    Every reason is asked for only as far back as the LIMIT-th message that the reasons before it have brought: what is
    older would be left out anyway.
    """
    undecided = reviewable().filter(~Exists(Verdict.objects.filter(message=OuterRef("pk")))).order_by("-pk")
    found: dict[int, set[Reason]] = defaultdict(set)
    rows: dict[int, _Row] = {}

    def read(reason: Reason, which: Q) -> None:
        for row in _rows(undecided.filter(which, pk__gte=_floor(rows))[:LIMIT]):
            rows[row[0]] = row
            found[row[0]].add(reason)

    def know(reason: Reason, ids: Iterable[int]) -> None:
        for one in ids:
            found[one].add(reason)

    # One by one: each is then a walk along message_by_outcome from its newest end.
    read(Reason.NOT_UNDERSTOOD, Q(outcome=Message.Outcome.SUGGESTED))
    read(Reason.NOT_UNDERSTOOD, Q(outcome=Message.Outcome.NOT_UNDERSTOOD))
    unhelpful = Feedback.objects.filter(verdict="unhelpful", message__gte=_floor(rows))
    read(Reason.UNHELPFUL, Q(pk__in=unhelpful.values("message")))
    know(Reason.NARROW, _narrow(undecided.filter(pk__gte=_floor(rows))))
    know(Reason.REFUSED, _before(Q(topic=REFUSING, choice=BUTTON_IDS["none_of_these"])))
    chosen = _chosen_after()
    know(Reason.LANGUAGE, chosen)
    if others := [pk for pk in found if pk not in rows and pk >= _floor(rows)]:
        rows |= {row[0]: row for row in _rows(undecided.filter(pk__in=others))}
    return list(_asked((rows[pk] for pk in nlargest(LIMIT, rows)), found, chosen))


def _floor(found: Collection[int]) -> int:
    """The id below which nothing can be among the newest LIMIT any more."""
    return nlargest(LIMIT, found)[-1] if len(found) >= LIMIT else 0


def _narrow(undecided: QuerySet[Message]) -> list[int]:
    # What is likelier than everything else together was not chosen by little.
    close = undecided.filter(outcome=Message.Outcome.ANSWERED, confidence__gt=0, confidence__lt=DOUBTFUL)
    return [pk for pk, ranking in close.values_list("pk", "ranking")[:LIMIT] if is_narrow(_ranking(ranking))]


def is_narrow(ranking: Sequence[tuple[str, float]]) -> bool:
    """Whether the first topic was chosen by little."""
    return len(ranking) > 1 and ranking[0][1] - ranking[1][1] < NARROW


def _pressed(which: Q) -> list[tuple[int | None, str]]:
    """The newest buttons that were pressed: the message of the same person before each, and what was chosen."""
    earlier = Message.objects.filter(
        contact=OuterRef("contact"), direction=Message.Direction.IN, pk__lt=OuterRef("pk")
    ).order_by("-pk")
    pressed = Message.objects.filter(which, direction=Message.Direction.IN).order_by("-pk")
    return list(pressed.annotate(before=Subquery(earlier.values("pk")[:1])).values_list("before", "choice")[:LIMIT])


def _before(which: Q) -> list[int]:
    return [before for before, _ in _pressed(which) if before is not None]


def _chosen_after() -> dict[int, str]:
    """Message -> the other language that its sender chose right after it."""
    pressed = _pressed(Q(topic=CHOOSING, choice__startswith=LANGUAGE_ID))
    chosen = {before: choice.removeprefix(LANGUAGE_ID) for before, choice in pressed if before is not None}
    understood = Message.objects.filter(pk__in=list(chosen)).values_list("pk", "language")
    return {pk: chosen[pk] for pk, language in understood if language != chosen[pk]}


def _rows(messages: QuerySet[Message]) -> Iterator[_Row]:
    # The ranking as it is stored: of all of them one is looked at.
    stored = messages.annotate(ranked=Cast("ranking", TextField()))
    yield from stored.values_list(
        "pk", "contact_id", "text", "hidden__text", "language", "created_at", "outcome", "topic", "ranked"
    )


def _asked(rows: Iterable[_Row], reasons: Mapping[int, set[Reason]], languages: Mapping[int, str]) -> Iterator[Asked]:
    for pk, contact, text, hidden, language, at, outcome, topic, ranked in rows:
        if not _LETTERS.search(text):
            continue
        yield Asked(
            pk=pk,
            contact=contact,
            raw=text if hidden is None else hidden,
            language=languages.get(pk, language),
            at=at,
            outcome=outcome,
            topic=topic,
            ranked=ranked,
            reasons=frozenset(reasons.get(pk, ())),
        )


def _for_a_second(account: User) -> list[Entry]:
    """What somebody else decided and this account may confirm, an entry for each decision."""
    open_ones = decided().filter(state=Verdict.State.OPEN).exclude(by=account)
    first = {one.message_id: one for one in open_ones.select_related("by", "wanted").order_by("-message_id")[:LIMIT]}
    together: dict[Any, list[Asked]] = defaultdict(list)
    for one in _asked(_rows(_of(first)), {pk: {Reason.SECOND} for pk in first}, {}) if first else ():
        together[first[one.pk].decision].append(one)
    return [Entry(tuple(asked), first[asked[0].pk]) for asked in together.values()]


def _ranking(stored: Any) -> tuple[tuple[str, float], ...]:
    return tuple((str(topic), float(confidence)) for topic, confidence in stored or ())
