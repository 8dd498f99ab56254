"""Deciding about messages, confirming what somebody else decided, and taking it back."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from console.review.models import Hidden, Verdict, WantedTopic
from console.review.queue import Asked, decided, of_messages
from console.review.sameness import normalised
from console.review.topics import OUT_OF_SCOPE

Kind, State = Verdict.Kind, Verdict.State

KIND_WORDS = {
    Kind.TOPIC: gettext_lazy("belongs to a topic"),
    Kind.NEW_TOPIC: gettext_lazy("needs a new topic"),
    Kind.OUT_OF_SCOPE: gettext_lazy("out of scope"),
    Kind.IGNORE: gettext_lazy("ignored"),
    Kind.UNSURE: gettext_lazy("unsure"),
}

#: Stands for words that the team hid.
HIDDEN = "[hidden]"


class Refused(Exception):
    """What was asked for cannot be done; the message is a sentence for whoever asked."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What somebody decides. `name` and `note` are of a new topic, in the team's own words."""

    kind: Verdict.Kind
    language: str
    topic: str = ""
    name: str = ""
    note: str = ""


def decide(account: User, ids: Sequence[int], choice: Choice, *, two_people: bool, now: datetime) -> list[Verdict]:
    """Decide about messages together, or confirm or overrule what somebody else decided about them.

    Args:
        account: who decides.
        ids: the messages; those that are gone meanwhile, or decided about, are left out.
        choice: what is decided.
        two_people: whether it counts only when a second person has confirmed it.
        now: the time.

    Raises:
        Refused: nothing of it can be decided (any more).
    """
    try:
        with transaction.atomic():
            return _decide(account, ids, choice, two_people=two_people, now=now)
    except IntegrityError:  # at the same moment somebody else decided about one of them
        raise Refused(_already(Verdict.objects.filter(message__in=ids).first())) from None


def _decide(account: User, ids: Sequence[int], choice: Choice, *, two_people: bool, now: datetime) -> list[Verdict]:
    asked = of_messages(ids)
    if not asked:
        raise Refused(_("These messages are no longer there: they were erased or are too old."))
    there = {
        one.message_id: one for one in Verdict.objects.select_for_update().filter(message__in=[one.pk for one in asked])
    }
    new = [one for one in asked if one.pk not in there]
    open_ones = [one for one in there.values() if one.state == State.OPEN and one.by_id != account.pk]
    if not new and not open_ones:
        raise Refused(_already(next(iter(there.values()))))
    counts = choice.kind != Kind.UNSURE and not two_people
    decision = uuid.uuid4()
    wanted = _wanted(choice, len(new) + len(open_ones), now) if choice.kind == Kind.NEW_TOPIC else None
    topic = OUT_OF_SCOPE if choice.kind == Kind.OUT_OF_SCOPE else choice.topic
    made = [
        Verdict(
            message_id=one.pk,
            decision=decision,
            kind=choice.kind,
            state=State.ACCEPTED if counts else State.OPEN,
            language=choice.language,
            topic=topic,
            wanted=wanted,
            text=one.text,
            by=account,
            at=now,
        )
        for one in new
    ]
    made = Verdict.objects.bulk_create(made)
    for one in open_ones:
        _second(one, account, choice, topic, wanted, counts=counts, now=now)
        made.append(one)
    return made


def _second(
    one: Verdict,
    account: User,
    choice: Choice,
    topic: str,
    wanted: WantedTopic | None,
    *,
    counts: bool,
    now: datetime,
) -> None:
    """Confirm, or decide otherwise: then it is this account's decision, and the first person may confirm it."""
    same = (one.kind, one.language, one.topic, one.wanted_id) == (
        choice.kind,
        choice.language,
        topic,
        wanted.pk if wanted else None,
    )
    _unwant(one)
    if same and choice.kind != Kind.UNSURE:
        one.state, one.second_by, one.second_at = State.ACCEPTED, account, now
    else:
        one.kind, one.language, one.topic, one.wanted = choice.kind, choice.language, topic, wanted
        one.by, one.at, one.second_by, one.second_at = account, now, None, None
        one.state = State.ACCEPTED if counts else State.OPEN
    one.save()


def undo(decision: uuid.UUID) -> list[Verdict]:
    """Take a decision back: the messages are in the queue again. Returns what was taken back.

    Raises:
        Refused: it stands in the training data, or is not there any more.
    """
    with transaction.atomic():
        rows = list(decided().select_for_update().filter(decision=decision))
        if not rows:
            raise Refused(_("This decision is no longer there."))
        if any(one.state == State.WRITTEN for one in rows):
            raise Refused(_("This decision stands in the training data. Take the change back first."))
        for one in rows:
            _unwant(one)
        Verdict.objects.filter(pk__in=[one.pk for one in rows]).delete()
    return rows


def hide(ids: Iterable[int], places: Iterable[int]) -> list[Asked]:
    """Hide words of messages: those at `places` of the first one's words, wherever they stand in the others too.

    Raises:
        Refused: no message or no word was chosen.
    """
    asked = of_messages(ids)
    words = asked[0].text.split() if asked else []
    chosen = {normalised(words[place]) for place in places if 0 <= place < len(words)}
    if not chosen:
        raise Refused(_("Choose the words that should be hidden."))
    with transaction.atomic():
        for one in asked:
            text = hidden(one.text, chosen)
            if text != one.text:
                Hidden.objects.update_or_create(message_id=one.pk, defaults={"text": text})
                Verdict.objects.filter(message=one.pk).exclude(state=State.WRITTEN).update(text=text, wording="")
    return asked


def hidden(text: str, words: Iterable[str]) -> str:
    """The text without these (normalised) words; several in a row become one sign."""
    gone = set(words)
    kept: list[str] = []
    for word in text.split():
        shown = HIDDEN if normalised(word) in gone else word
        if shown != HIDDEN or kept[-1:] != [HIDDEN]:
            kept.append(shown)
    return " ".join(kept)


def said(one: Verdict, title: str) -> str:
    """A decision in words. `title`: of its topic, if it has one."""
    if one.kind == Kind.TOPIC:
        return _("belongs to “%(topic)s”") % {"topic": title or one.topic}
    if one.kind == Kind.NEW_TOPIC and one.wanted:
        return _("needs a new topic: “%(name)s”") % {"name": one.wanted.name}
    return str(KIND_WORDS[Kind(one.kind)])


def _already(one: Verdict | None) -> str:
    if one is None:
        return _("Somebody else has just decided about this. Look at it again.")
    who = one.by.get_username() if one.by else _("somebody of the team")
    return _("%(who)s has already decided about this: %(what)s.") % {"who": who, "what": said(one, "")}


def _wanted(choice: Choice, number: int, now: datetime) -> WantedTopic:
    name = " ".join(choice.name.split())
    found = WantedTopic.objects.select_for_update().filter(Q(name__iexact=name)).first()
    if found is None:
        found = WantedTopic(name=name, first_at=now)
    note = choice.note.strip()
    if note and note not in found.note:
        found.note = f"{found.note}\n{note}".strip()
    found.messages, found.last_at, found.done_at = found.messages + number, now, None
    found.save()
    return found


def _unwant(one: Verdict) -> None:
    """Count a message less for the new topic that it asked for; one that nobody asks for any more goes."""
    if one.wanted_id is None:
        return
    WantedTopic.objects.filter(pk=one.wanted_id, messages__gt=0).update(messages=F("messages") - 1)
    WantedTopic.objects.filter(pk=one.wanted_id, messages=0).delete()
