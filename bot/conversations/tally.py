"""What each thing that happened adds to the counts: pure functions, without the database."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from enum import IntFlag
from typing import NamedTuple
from zoneinfo import ZoneInfo

from bot.conversations import measures
from bot.conversations.models import Feedback, Handover, Message
from bot.words import FALLBACK, SAFEGUARDING_TOPIC

#: Where a day begins and ends.
PANAMA = ZoneInfo("America/Panama")

#: Topics that say nothing about what people ask for.
_NO_TOPIC = frozenset({"", FALLBACK})

_NOT_UNDERSTOOD = frozenset({Message.Outcome.SUGGESTED.value, Message.Outcome.NOT_UNDERSTOOD.value})

#: The reason of handovers that nobody waited for.
_STEPPED_IN = Handover.Reason.TEAM.value


class Step(IntFlag):
    """What becomes of a handover; each is counted once."""

    REQUESTED = 1
    TAKEN = 2
    CLOSED = 4


class Key(NamedTuple):
    """What a number is about; its fields are those of bot.conversations.models.Count, in the order of its index."""

    day: date
    topic: str
    channel: str
    language: str
    measure: str


Tally = Counter[Key]


@dataclass(frozen=True, slots=True)
class Writer:
    """What is needed of a contact: the channel, and when the last counted message was written."""

    channel: str
    last: datetime | None = None


def day_of(moment: datetime, zone: tzinfo = PANAMA) -> date:
    """The day of a moment in Panama."""
    return moment.astimezone(zone).date()


def of_message(message: Message, writer: Writer) -> tuple[Tally, Writer]:
    """What a message of a person adds, and the writer after it. A report about an aid worker adds nothing."""
    if message.topic == SAFEGUARDING_TOPIC:
        return Counter(), writer
    day, outcome = day_of(message.created_at), message.outcome or measures.WITHDRAWN
    tally: Tally = Counter()

    def add(measure: str, topic: str = "") -> None:
        tally[Key(day, topic, message.channel, message.language, measure)] += 1

    add(f"{measures.MESSAGE}{outcome}")
    if message.topic not in _NO_TOPIC:
        add(f"{measures.MESSAGE}{outcome}", message.topic)
    nearest = str(message.ranking[0][0]) if message.ranking else ""
    if outcome in _NOT_UNDERSTOOD and nearest not in (*_NO_TOPIC, SAFEGUARDING_TOPIC):
        add(measures.MISSED, nearest)
    last = writer.last
    if last is None:
        add(measures.NEW_PERSON)
    if last is None or day > day_of(last):
        add(measures.PERSON)
    if last is None or message.created_at - last > measures.SILENCE:
        add(measures.CONVERSATION)
    newest = message.created_at if last is None else max(last, message.created_at)
    return tally, Writer(writer.channel, newest)


def of_delivery(message: Message, asked_at: datetime | None) -> Tally:
    """What a message of ours adds. `asked_at`: when the message was written to which this is the first answer, if it is."""
    day = day_of(message.created_at)
    sent = message.state == Message.State.SENT
    names = [measures.SENT if sent else measures.FAILED]
    if not sent:
        names.append(f"{measures.FAILED_WITH}{message.error}")
    if message.operator_id is not None:
        names.append(measures.BY_TEAM)
    if sent and asked_at is not None and message.done_at is not None:
        seconds = (message.done_at - asked_at).total_seconds()
        names.append(f"{measures.REPLY}{measures.time_class(seconds, measures.REPLY_CLASSES)}")
    return Counter(Key(day, "", message.channel, message.language, name) for name in names)


def of_vote(vote: Feedback) -> Tally:
    """What a verdict on an answer adds; `vote.message` is the message that was answered."""
    about = vote.message
    if about.topic == SAFEGUARDING_TOPIC:
        return Counter()
    key = Key(day_of(vote.given_at), "", about.channel, about.language, f"{measures.VOTE}{vote.verdict}")
    return Counter([key] if about.topic in _NO_TOPIC else [key, key._replace(topic=about.topic)])


def steps_of(handover: Handover) -> Step:
    """The steps that a handover has made and that are not counted yet."""
    made = Step.REQUESTED
    if handover.taken_at is not None:
        made |= Step.TAKEN
    if handover.closed_at is not None:
        made |= Step.CLOSED
    return made & ~Step(handover.counted)


def of_handover(handover: Handover, steps: Step, *, language: str, first_of_conversation: bool) -> Tally:
    """What steps of a handover add.

    Args:
        handover: with its contact.
        steps: those that are to be counted.
        language: of the person.
        first_of_conversation: whether no person of the team was asked for before in the same conversation.
    """
    tally: Tally = Counter()
    channel = handover.contact.channel

    def add(moment: datetime, measure: str) -> None:
        tally[Key(day_of(moment), "", channel, language, measure)] += 1

    if Step.REQUESTED in steps:
        add(handover.requested_at, f"{measures.HANDOVER}{handover.reason}")
        if first_of_conversation:
            add(handover.requested_at, measures.CONVERSATION_WITH_TEAM)
    if Step.TAKEN in steps and handover.taken_at is not None:
        add(handover.taken_at, measures.HANDOVER_TAKEN)
        if handover.reason != _STEPPED_IN:
            seconds = (handover.taken_at - handover.requested_at).total_seconds()
            add(handover.taken_at, f"{measures.WAIT}{measures.time_class(seconds, measures.WAIT_CLASSES)}")
    if Step.CLOSED in steps and handover.closed_at is not None:
        add(handover.closed_at, f"{measures.HANDOVER_END}{handover.end or Handover.End.DISMISSED.value}")
    return tally
