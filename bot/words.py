"""The words that every room shares: small frozen values, nothing of Telegram, WhatsApp, Django or Rasa in them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

#: Commands that a person may type with a leading slash, and the topic each one means. Letters, digits and underscores
#: only: what Telegram lists as commands may have no others. The first of a topic is its English one.
COMMANDS = {
    "start": "greet",
    "menu": "show_menu",
    "language": "choose_language",
    "idioma": "choose_language",
    "langue": "choose_language",
    "privacy": "ask_privacy",
    "privacidad": "ask_privacy",
    "confidentialite": "ask_privacy",
    "delete": "erase_data",
    "borrar": "erase_data",
    "effacer": "erase_data",
    "human": "ask_human",
    "persona": "ask_human",
    "personne": "ask_human",
}

#: What Rasa reports as topic when it did not understand.
FALLBACK = "nlu_fallback"

#: The topic of a report about somebody who works for an aid organisation: such a conversation is for the safeguarding role
#: of the console alone (IASC, Six Core Principles, 2019).
SAFEGUARDING_TOPIC = "report_aid_worker_abuse"


#: Id of the button with which a person offers to share where they are. Each channel has its own way to ask for it.
SHARE_LOCATION = "location:share"

#: Begins the id of a button that opens a part of the menu.
MENU_AREA = "area:"

#: Begins a choice that a channel makes of a shared position: the nearest services (bot/answers/nearest.py).
NEAR = "near:"

#: Stands before each rounded distance from where a person is.
ABOUT = "≈"

#: Begins the id of the row that shows the options which a list had no room for; behind it, our id of the list's message.
MORE = "more:"


class Kind(StrEnum):
    """What a person sent."""

    TEXT = "text"
    CHOICE = "choice"  # a button of ours, or one of COMMANDS
    OTHER = "other"  # a photo, a voice note, a sticker: nothing that we can read


@dataclass(frozen=True, slots=True)
class Button:
    """Something to choose: `title` is what the person sees (20 characters at most), `id` what comes back."""

    title: str
    id: str


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One reply = one message, in the person's language, not yet laid out for a channel.

    `topic` is the one that it answers, if any: a short question right after it ("how much is that?") is about it.
    """

    text: str
    buttons: tuple[Button, ...] = ()
    topic: str = field(default="", compare=False)


#: How the id of a delivery begins that came without one: what follows was made of what is said in it, and could be guessed
#: back. It is kept as a keyed pseudonym alone.
NAMELESS = "nameless:"


@dataclass(frozen=True, slots=True)
class Incoming:
    """One message as a channel received it.

    `address` says who on that channel (session, chat id, phone number), `aliases` where else the same person is known
    there: they are turned into keyed pseudonyms, and sealed, before anything is stored. `provider_id` is the channel's
    own id of the delivery (or NAMELESS), by which a repeated one is known; `reference` the provider's id of the message,
    by which it is edited, withdrawn or marked as read. `sent_at` is the provider's time, None where the two cannot differ.
    """

    channel: str
    address: str = field(repr=False)
    provider_id: str = field(repr=False)
    kind: Kind = Kind.TEXT
    text: str = field(default="", repr=False)
    choice: str = ""
    language: str = ""  # the language the channel shows, when the person chose it there
    hint: str = ""  # the language of the person's app: a first guess, no choice
    aliases: tuple[str, ...] = field(default=(), repr=False)
    reference: str = field(default="", repr=False)
    sent_at: datetime | None = None
    located: bool = False  # `choice` is what a shared position became (NEAR)


@dataclass(frozen=True, slots=True)
class Edited:
    """A person changed what they had written."""

    channel: str
    address: str = field(repr=False)
    reference: str = field(repr=False)
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """A person took back what they had written: nothing of it may be kept."""

    channel: str
    address: str = field(repr=False)
    reference: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Moved:
    """A person has another address now (a new phone number, a new id)."""

    channel: str
    old: str = field(repr=False)
    new: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Reachable:
    """A person blocked us (False) or let us write again (True)."""

    channel: str
    address: str = field(repr=False)
    reachable: bool


class Progress(StrEnum):
    """How far a provider says that a message of ours has come, in this order; `failed` is final."""

    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Status:
    """What a provider says about a message of ours.

    `message` is our own id. Of a failure, `code` says why and `remedy` what to do about it (a value of
    bot.errors.Remedy; "" when nothing can be done). `reference` is the provider's id of this very sending, by which a
    failure that is reported twice is known when the message was sent again meanwhile.
    """

    channel: str
    message: str
    progress: Progress
    code: str = ""
    remedy: str = ""
    reference: str = field(default="", repr=False)


#: Whatever a channel may report.
Event = Incoming | Edited | Withdrawn | Moved | Reachable | Status


class EffectKind(StrEnum):
    """What a turn changes besides answering."""

    LANGUAGE = "language"  # value: language code that the person asked for
    HANDOVER = "handover"  # value: why ("asked", "not_understood")
    ERASE = "erase"
    FEEDBACK = "feedback"  # value: "unhelpful" or "helpful"


@dataclass(frozen=True, slots=True)
class Effect:
    """One change that Rasa asks for and the turn applies, in the same transaction as the answer."""

    kind: EffectKind
    value: str = ""


@dataclass(frozen=True, slots=True)
class TurnRequest:
    """What Rasa is told about one message. `contact` is our random id; nothing here says who the person is.

    `state` is the dialogue state that the previous turn returned (opaque to everybody but bot/rasa_compat).
    """

    contact: str
    message: str
    kind: Kind
    text: str = field(default="", repr=False)
    choice: str = ""
    language: str = ""
    language_chosen: bool = False
    state: tuple[dict[str, Any], ...] = field(default=(), repr=False)
    #: By which the turn is found in the logs: bot/trace.py.
    trace: str = ""


@dataclass(frozen=True, slots=True)
class TurnReply:
    """What Rasa made of it. `language` is the language of the answers; `confidence` lies in [0, 1].

    `also` are the other topics that were asked about in the same breath; `content_version` is the version of content/
    that the answers come from, "" when whoever answered does not know it.
    """

    topic: str
    language: str
    confidence: float
    safety: bool
    answers: tuple[Outgoing, ...] = field(repr=False)
    effects: tuple[Effect, ...] = ()
    ranking: tuple[tuple[str, float], ...] = ()
    also: tuple[str, ...] = ()
    content_version: str = ""
    state: tuple[dict[str, Any], ...] = field(default=(), repr=False)
