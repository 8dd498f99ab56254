"""A turn: what the assistant does with one message.

One transaction marks the message answered, writes the outbox rows and applies the effects. Before it nothing has
happened, after it everything has; so a worker may die at any point and the next one repeats the turn as if nothing had
been. No turn ends in silence: when Rasa is away, the person gets an honest sentence with the emergency numbers.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db import InterfaceError, OperationalError, transaction

from bot.channels.layout import Words
from bot.conversations import effects, flood, handover, outbox, silence
from bot.conversations.arrival import Arrival, arrived
from bot.conversations.claim import Claim, release, still_held
from bot.conversations.models import Contact, Message
from bot.conversations.offered import options_of, rest, was_offered
from bot.conversations.phrases import Phrases
from bot.conversations.prepared import PreparedChange
from bot.conversations.rasa_client import TurnTaker
from bot.conversations.selection import LONGEST, selected
from bot.conversations.triage import MAX_READ, readable, triage
from bot.conversations.turn_account import tell
from bot.errors import RasaAway, RasaMisbehaved, RasaUnavailable
from bot.log import place_of
from bot.settings import LONGEST_DIALOGUE
from bot.watching import figures
from bot.words import (
    FALLBACK,
    MORE,
    SAFEGUARDING_TOPIC,
    EffectKind,
    Kind,
    Outgoing,
    TurnReply,
    TurnRequest,
)

log = logging.getLogger("faro.turn")

#: A failed turn is tried again after these pauses; then the person is told. Short, because somebody is waiting.
PAUSES = (timedelta(milliseconds=500), timedelta(seconds=2))

#: A turn that found Rasa gone is tried again once after this: where a second helps, nobody hears of trouble.
AWAY_PAUSE = timedelta(seconds=1)

#: A turn never waits for Rasa more often than this, whatever the clock says.
MOST_TRIES = 10

#: A person hears something within 10 s even when every attempt runs into its time limit.
PATIENCE = timedelta(seconds=7)

#: After this a conversation begins anew, unless DIALOGUE_MINUTES says less (session_expiration_time in domain.yml).
DIALOGUE_LIFE = timedelta(minutes=LONGEST_DIALOGUE)

#: Topics of a ranking that are kept.
RANKED = 5

#: Topics whose answer already says what Faro is and what it keeps.
INFORMING = frozenset({"greet", "ask_privacy", "ask_if_bot", "erase_data"})


@dataclass(frozen=True, slots=True)
class Turn:
    """How a turn ended: for the log and the tests. Ids only."""

    message: int
    outcome: str
    topic: str = ""
    language: str = ""
    answers: int = 0
    erased: bool = False


def take_turn(
    claim: Claim,
    *,
    rasa: TurnTaker,
    phrases: Phrases,
    clock: Callable[[], datetime],
    dialogue: timedelta = DIALOGUE_LIFE,
    ahead: timedelta = timedelta(),
) -> Turn | None:
    """Answer the claimed message. Returns None when the turn was put off, or when somebody else took it over.

    Args:
        claim: the message, held.
        rasa: what understands it.
        phrases: what is said without it.
        clock: the time.
        dialogue: after how much silence a conversation begins anew (DIALOGUE_MINUTES).
        ahead: how far our clock is known to be ahead.
    """
    contact, message = claim.contact, claim.message
    now = claim.times.begun = clock()
    kind = Kind(message.kind)
    language = contact.language or phrases.default_language

    if (held := handover.held(contact)) is not None:
        if kind is Kind.TEXT and (choice := silence.named(message.text, phrases)):
            message.choice, kind = choice, Kind.CHOICE
        if not silence.passes(held, message):
            return _finish(claim, _unsaid(language, Message.Outcome.HELD), clock=clock, phrases=phrases)
    else:
        kind = _chosen(contact, message, kind, phrases, now - dialogue)
    if (reply := _without_rasa(contact, message, kind, phrases, language, ahead=ahead)) is not None:
        return _finish(claim, reply, clock=clock, phrases=phrases)

    fresh = contact.dialogue_at is not None and now - contact.dialogue_at < dialogue
    request = TurnRequest(
        contact=str(contact.pk),
        message=str(message.pk),
        kind=kind,
        text=readable(message.text),
        choice=message.choice,
        language=contact.language,
        language_chosen=contact.language_chosen,
        state=tuple(contact.dialogue) if fresh else (),
        trace=message.trace,
    )
    asked = clock()
    try:
        reply = rasa.take(request)
    except RasaAway as error:
        return _put_off_away(claim, error, phrases=phrases, clock=clock)
    except (RasaUnavailable, RasaMisbehaved) as error:
        claim.times.rasa += clock() - asked
        log.warning(
            "turn failed",
            extra={
                "trace": message.trace,
                "contact": str(contact.pk),
                "message_id": message.pk,
                "attempt": message.attempts + 1,
                "error": str(error),
            },
        )
        return put_off(claim, type(error).__name__, phrases=phrases, clock=clock)
    claim.times.rasa += clock() - asked
    if len(message.text) > MAX_READ:
        note = phrases.sentence("too_long", reply.language)
        reply = replace(reply, answers=(*reply.answers, note))
    try:
        return _finish(claim, reply, clock=clock, phrases=phrases)
    except (OperationalError, InterfaceError):
        raise  # the database is away: the lease ends, and the turn is repeated when it is back
    except Exception as error:
        # Something in this very reply cannot be written. Repeating it for ever would keep the person in silence.
        log.error(
            "reply refused",
            extra={
                "trace": message.trace,
                "contact": str(contact.pk),
                "message_id": message.pk,
                "error": place_of(error),
            },
        )
        return put_off(claim, type(error).__name__, phrases=phrases, clock=clock)


def _chosen(contact: Contact, message: Message, kind: Kind, phrases: Phrases, since: datetime) -> Kind:
    """The kind of a message, a typed option being the choice that it names."""
    if kind is Kind.TEXT and len(message.text.strip()) <= LONGEST:  # a question: nobody looks for what it might choose
        option = selected(message.text, options_of(contact, since=since), phrases.titles)
        if option is not None:
            message.choice = option.id
            return Kind.CHOICE
    return kind


def _without_rasa(
    contact: Contact, message: Message, kind: Kind, phrases: Phrases, language: str, *, ahead: timedelta
) -> TurnReply | None:
    """The reply to what needs no understanding, or None."""
    match arrived(message, ahead=ahead):
        case Arrival.LATE:
            return _said(_with_menu(phrases, "late", language), language, Message.Outcome.LATE)
        case Arrival.LATE_AGAIN:
            return _unsaid(language, Message.Outcome.LATE)
        case Arrival.UNREADABLE_AGAIN:
            return _unsaid(language, Message.Outcome.UNREADABLE)
    finding = triage(kind, message.text)
    if finding is not None:
        return _said(phrases.sentence(finding.value, language), language, Message.Outcome.UNREADABLE)
    if kind is Kind.CHOICE and not was_offered(contact, message.choice):
        return _said(_with_menu(phrases, "stale_button", language), language, Message.Outcome.STALE)
    if kind is Kind.CHOICE and message.choice.startswith(MORE):
        others = Outgoing(phrases.sentence("more_options", language).text, rest(contact, message.choice))
        return _said(others, language, Message.Outcome.ANSWERED)
    return None


def forget_dialogues(*, now: datetime, dialogue: timedelta = DIALOGUE_LIFE) -> int:
    """Delete the dialogue states that no turn would use any more. Returns how many."""
    old = Contact.objects.filter(dialogue_at__lt=now - dialogue, holder="")
    return old.update(dialogue=[], dialogue_at=None)


def _with_menu(phrases: Phrases, key: str, language: str) -> Outgoing:
    sentence, menu = phrases.sentence(key, language), phrases.answer("show_menu", language)
    return Outgoing(text=sentence.text, buttons=menu.buttons)


def _said(answer: Outgoing, language: str, outcome: Message.Outcome) -> TurnReply:
    """A reply made here; its topic is the outcome, because nothing was understood."""
    return TurnReply(topic=outcome.value, language=language, confidence=0.0, safety=False, answers=(answer,))


def _unsaid(language: str, outcome: Message.Outcome) -> TurnReply:
    """No reply: the person was told the same a moment ago, and pays for every message."""
    return TurnReply(topic=outcome.value, language=language, confidence=0.0, safety=False, answers=())


def put_off(claim: Claim, error: str, *, phrases: Phrases, clock: Callable[[], datetime]) -> Turn | None:
    """Try a failed turn again after a pause, or end it with the honest sentence when it has been tried enough.

    Args:
        claim: the claim of the turn.
        error: what went wrong, as the name of an exception.
        phrases: where the honest sentence comes from.
        clock: the time.
    """
    now = clock()
    figures.TURN_FAILURES.labels(error).inc()
    attempts = claim.message.attempts + 1
    waited = now - claim.message.created_at
    if attempts > len(PAUSES) or (attempts > 1 and waited > PATIENCE):
        return _tell_trouble(claim, error, phrases=phrases, clock=clock)
    _wait(claim, error, attempts=attempts, until=now + PAUSES[attempts - 1])
    return None


def _put_off_away(claim: Claim, away: RasaAway, *, phrases: Phrases, clock: Callable[[], datetime]) -> Turn | None:
    """The same for a turn that found Rasa gone: everybody waits for a second, and longer while Rasa comes back."""
    now = clock()
    attempts = claim.message.attempts + 1
    waited = now - claim.message.created_at
    if away.coming:
        again = attempts < MOST_TRIES and waited < PATIENCE
    else:
        # Who stood behind others has had that second already, if Rasa was looked at meanwhile.
        again = attempts == 1 and not (away.sure and waited >= AWAY_PAUSE)
    if not again:
        return _tell_trouble(claim, RasaAway.__name__, phrases=phrases, clock=clock)
    _wait(claim, RasaAway.__name__, attempts=attempts, until=now + AWAY_PAUSE)
    return None


def _tell_trouble(claim: Claim, error: str, *, phrases: Phrases, clock: Callable[[], datetime]) -> Turn | None:
    language = claim.contact.language or phrases.default_language
    reply = _said(phrases.sentence("trouble", language), language, Message.Outcome.TROUBLE)
    return _finish(claim, reply, clock=clock, phrases=phrases, error=error)


def _wait(claim: Claim, error: str, *, attempts: int, until: datetime) -> None:
    """Free the contact, with all that it wrote, from `until` on; a turn that was taken over changes nothing."""
    with transaction.atomic():
        contact = still_held(claim)
        if contact is not None:
            Message.objects.filter(pk=claim.message.pk).update(attempts=attempts, error=error[:64])
            contact.holder, contact.held_until = "", until
            contact.save(update_fields=["holder", "held_until"])


_OUTCOMES = {outcome.value for outcome in Message.Outcome}


def _outcome(reply: TurnReply) -> str:
    if reply.topic in _OUTCOMES:
        return reply.topic
    if reply.topic != FALLBACK:
        return Message.Outcome.ANSWERED.value
    # Guesses come with "none of these"; the second time in a row there are none, only the menu and a person.
    guessed = any(button.id == "none_of_these" for answer in reply.answers for button in answer.buttons)
    return (Message.Outcome.SUGGESTED if guessed else Message.Outcome.NOT_UNDERSTOOD).value


def _kept_back(reply: TurnReply, contact: Contact, message: Message) -> TurnReply:
    """The reply, or silence when somebody of the team took the conversation meanwhile. Danger stays marked."""
    held = handover.held(contact)
    if held is None or reply.topic in silence.TOPICS or silence.passes(held, message):
        return reply
    return replace(_unsaid(reply.language, Message.Outcome.HELD), safety=reply.safety)


_answered = PreparedChange(lambda message: Message.objects.filter(pk=message))
_kept = PreparedChange(lambda contact: Contact.objects.filter(pk=contact))


def _finish(
    claim: Claim, reply: TurnReply, *, clock: Callable[[], datetime], phrases: Phrases, error: str = ""
) -> Turn | None:
    """The one transaction that ends a turn."""
    begun = clock()
    with transaction.atomic():
        contact = still_held(claim)
        if contact is None:
            extra = {"trace": claim.message.trace, "contact": str(claim.contact.pk), "message_id": claim.message.pk}
            log.warning("turn taken over", extra=extra)
            return None
        now = clock()
        message = claim.message
        reply = _kept_back(reply, contact, message)
        outcome = _outcome(reply)
        topic = "" if reply.topic in _OUTCOMES else reply.topic
        answers = list(reply.answers)
        if any(one.kind is EffectKind.HANDOVER for one in reply.effects):
            answers.append(phrases.office(reply.language, now))
        if answers and contact.informed_at is None and outcome != Message.Outcome.TROUBLE:
            contact.informed_at = now
            if topic not in INFORMING:
                # After the answer: somebody in danger must not have to read past our introduction.
                answers.append(phrases.sentence("first_contact", reply.language))

        if contact.flood_notice == flood.Notice.DUE and outcome != Message.Outcome.HELD:
            contact.flood_notice = flood.Notice.SAID
            answers.append(phrases.sentence("slow_down", reply.language))

        done = {
            "state": Message.State.ANSWERED,
            "done_at": now,
            "attempts": message.attempts + 1,
            "language": reply.language,
            "topic": topic,
            "confidence": reply.confidence,
            "outcome": outcome,
            "safety": reply.safety,
            "ranking": [[name, round(confidence, 3)] for name, confidence in reply.ranking[:RANKED]],
            "content_version": (reply.content_version or phrases.content_version)[:16],
            "error": error,
        }
        _answered.make(done, message=message.pk)
        if SAFEGUARDING_TOPIC in (topic, *reply.also):
            contact.safeguarding = True
        if outcome != Message.Outcome.TROUBLE and topic:
            before = claim.contact
            if (contact.language, contact.language_chosen) == (before.language, before.language_chosen):
                contact.language = reply.language  # else another was chosen on the page during the turn
            contact.dialogue, contact.dialogue_at = list(reply.state), now
        release(contact)
        _kept.save(contact, contact=contact.pk)
        left = effects.apply(reply.effects, contact=contact, message=message, now=now)
        erased = left is not None
        if not erased and outcome != Message.Outcome.HELD:
            handover.request_if_needed(contact, message, safety=reply.safety, outcome=outcome, now=now)
        answers = answers[:1] if erased else answers
        answered = None if erased else message
        words = Words(*phrases.layout_words(reply.language))
        outbox.enqueue(
            left or contact,
            answered,
            answers,
            key=message.pk,
            language=reply.language,
            now=now,
            words=words,
            trace=message.trace,
        )
    turn = Turn(
        message=message.pk,
        outcome=outcome,
        topic=topic,
        language=reply.language,
        answers=len(answers),
        erased=erased,
    )
    ended = clock()
    tell(claim, reply, outcome=outcome, topic=topic, number=turn.answers, written=ended - begun, now=ended)
    return turn
