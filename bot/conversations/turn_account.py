"""What is told of a turn when it has ended: its canonical line, and the figures of this process. Ids, codes and times."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from bot.conversations.claim import Claim
from bot.conversations.models import Message
from bot.watching import figures
from bot.words import SAFEGUARDING_TOPIC, Kind, TurnReply

log = logging.getLogger("faro.turn")

#: Outcomes of what was read for a meaning; "answered" is that one was found.
_READ = frozenset({Message.Outcome.ANSWERED, Message.Outcome.SUGGESTED, Message.Outcome.NOT_UNDERSTOOD})


def tell(
    claim: Claim, reply: TurnReply, *, outcome: str, topic: str, number: int, written: timedelta, now: datetime
) -> None:
    """Say how a turn ended, once it is in the database.

    Args:
        claim: of the turn, with the times that it took so far.
        reply: what Rasa made of the message, or what was said without it.
        outcome: see Message.Outcome.
        topic: what was understood, or "".
        number: how many answers were given.
        written: how long the transaction took.
        now: the end of the turn.
    """
    message, channel, times = claim.message, claim.contact.channel, claim.times
    whole, waited = now - message.created_at, (times.begun or now) - message.created_at
    log.info(
        "turn",
        extra={
            "trace": message.trace,
            "contact": str(claim.contact.pk),
            "message_id": message.pk,
            "channel": channel,
            "topic": topic,
            "language": reply.language,
            "confidence": round(reply.confidence, 3),
            "outcome": outcome,
            "answers": number,
            "waited_ms": milliseconds(waited),
            "rasa_ms": milliseconds(times.rasa),
            "total_ms": milliseconds(whole),
        },
    )
    figures.TURN.labels(channel, outcome).observe(whole.total_seconds())
    figures.STAGE.labels("waited").observe(waited.total_seconds())
    figures.STAGE.labels("database").observe(written.total_seconds())
    if times.rasa:
        figures.STAGE.labels("rasa").observe(times.rasa.total_seconds())
    # As in the daily counts, a report about an aid worker adds nothing (bot/conversations/tally.py), and a button that was
    # pressed or named was not read.
    if message.kind == Kind.TEXT and not message.choice and outcome in _READ and topic != SAFEGUARDING_TOPIC:
        figures.READ.labels(reply.language).inc()
        if outcome == Message.Outcome.ANSWERED:
            figures.UNDERSTOOD.labels(reply.language).inc()


def milliseconds(span: timedelta) -> int:
    """A span in whole milliseconds."""
    return int(span.total_seconds() * 1000)
