"""The queue: messages that Faro may have misunderstood, near-duplicates together, the most frequent first.

What may be reviewed at all is decided in `reviewable`, and nowhere else: nothing of a person who reported an aid worker
(also not for whoever may see those conversations: it must never reach the training data), nothing that was said to a
person of the team, nothing of somebody who was erased.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.contrib.auth.models import User
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext_lazy

from bot.answers.choices import BUTTON_IDS, LANGUAGE_ID
from bot.conversations.models import Message
from console.review.grouping import group
from console.review.masks import masked
from console.review.models import Hidden, Verdict

#: Newest messages that are looked at for each reason, and together.
LIMIT = 2_000

#: A first topic that is less than this more likely than the second was chosen by little.
NARROW = 0.15

#: Below this confidence something else is likelier to be meant (it is calibrated, docs/figures/understanding.md).
DOUBTFUL = 0.5

#: The topics of the buttons "none of these" and of a language: by them the few are found among all messages.
REFUSING, CHOOSING = "none_of_these", "set_language"

_UNDECIDED = Q(verdict__isnull=True)

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
    """One message. `text` is masked; `language` the one it should have been understood in, as far as known."""

    pk: int
    contact: str
    text: str = field(repr=False)
    language: str
    at: datetime
    outcome: str
    topic: str
    ranking: tuple[tuple[str, float], ...]
    reasons: frozenset[Reason]


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
        return [text for text in dict.fromkeys(one.text for one in self.asked) if text != self.lead.text]


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


def entries(account: User, *, language: str = "", reason: str = "") -> list[Entry]:
    """The queue for somebody of the team: the most frequent first, then the newest.

    Args:
        account: who reviews; what they decided themselves does not come back to them.
        language: only this one; "" for all.
        reason: a value of Reason; "" for all.
    """
    by_language: dict[str, list[Asked]] = defaultdict(list)
    for one in _asked(*_reasons()):
        by_language[one.language].append(one)
    found = [
        Entry(tuple(of_language[place] for place in places))
        for of_language in by_language.values()
        for places in group([one.text for one in of_language])
    ]
    found += _for_a_second(account)
    kept = [
        one for one in found if (not language or one.language == language) and (not reason or reason in one.reasons)
    ]
    return sorted(kept, key=lambda one: (-one.people, -one.lead.pk))


def of_messages(ids: Iterable[int]) -> list[Asked]:
    """Those of the messages that may be reviewed, the newest first, whatever brought them into the queue."""
    return list(_asked({pk: set() for pk in list(ids)[:LIMIT]}, {}, Q()))


def _reasons() -> tuple[dict[int, set[Reason]], dict[int, str]]:
    """Message -> why it is in the queue, the newest LIMIT of each reason; and the language chosen after it, if any."""
    found: dict[int, set[Reason]] = defaultdict(set)
    undecided = reviewable().filter(verdict__isnull=True).order_by("-pk")

    def add(reason: Reason, ids: Iterable[int]) -> None:
        for one in ids:
            found[one].add(reason)

    failed = [Message.Outcome.NOT_UNDERSTOOD, Message.Outcome.SUGGESTED]
    add(Reason.NOT_UNDERSTOOD, undecided.filter(outcome__in=failed).values_list("pk", flat=True)[:LIMIT])
    add(
        Reason.UNHELPFUL,
        undecided.filter(feedback__verdict="unhelpful").values_list("pk", flat=True).distinct()[:LIMIT],
    )
    # What is likelier than everything else together was not chosen by little.
    close = undecided.filter(outcome=Message.Outcome.ANSWERED, confidence__gt=0, confidence__lt=DOUBTFUL)
    rankings = close.values_list("pk", "ranking")[:LIMIT]
    add(Reason.NARROW, [pk for pk, ranking in rankings if is_narrow(_ranking(ranking))])
    add(Reason.REFUSED, _before(Q(topic=REFUSING, choice=BUTTON_IDS["none_of_these"])))
    chosen = _chosen_after()
    add(Reason.LANGUAGE, chosen)
    newest = sorted(found, reverse=True)[:LIMIT]
    return {pk: found[pk] for pk in newest}, chosen


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


def _asked(reasons: Mapping[int, set[Reason]], languages: Mapping[int, str], which: Q = _UNDECIDED) -> Iterator[Asked]:
    rows = reviewable().filter(which, pk__in=list(reasons)).order_by("-pk")
    hidden = dict(Hidden.objects.filter(message__in=list(reasons)).values_list("message_id", "text"))
    for row in rows.values("pk", "contact_id", "text", "language", "created_at", "outcome", "topic", "ranking"):
        if not _LETTERS.search(row["text"]):
            continue
        yield Asked(
            pk=row["pk"],
            contact=str(row["contact_id"]),
            text=hidden.get(row["pk"]) or masked(row["text"]),
            language=languages.get(row["pk"], row["language"]),
            at=row["created_at"],
            outcome=row["outcome"],
            topic=row["topic"],
            ranking=_ranking(row["ranking"]),
            reasons=frozenset(reasons[row["pk"]]),
        )


def _for_a_second(account: User) -> list[Entry]:
    """What somebody else decided and this account may confirm, an entry for each decision."""
    open_ones = Verdict.objects.filter(state=Verdict.State.OPEN, message__in=reviewable()).exclude(by=account)
    verdicts = {one.message_id: one for one in open_ones.select_related("by", "wanted").order_by("-message_id")[:LIMIT]}
    together: dict[Any, list[Asked]] = defaultdict(list)
    for one in _asked({pk: {Reason.SECOND} for pk in verdicts}, {}, Q()):
        together[verdicts[one.pk].decision].append(one)
    return [Entry(tuple(asked), verdicts[asked[0].pk]) for asked in together.values()]


def _ranking(stored: Any) -> tuple[tuple[str, float], ...]:
    return tuple((str(topic), float(confidence)) for topic, confidence in stored or ())
