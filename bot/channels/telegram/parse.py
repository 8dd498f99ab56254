"""One update of Telegram, read into what the house knows: events for the inbox, and what politeness asks of us. Pure.

Field names and kinds: core.telegram.org/bots/api#update (Bot API 10.1, 2026-11). Nothing in an update is trusted: PTB checks
which fields there are, not what stands in them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from telegram import Chat, ChatMemberUpdated, Message, Update, User

from bot.answers.nearest import near_choice
from bot.answers.schema import Content
from bot.words import Edited, Event, Incoming, Kind, Reachable

NAME = "telegram"

#: The kinds of update that are asked for; every other one is never sent to us.
ALLOWED_UPDATES = ("message", "edited_message", "callback_query", "my_chat_member")

#: Ids of people and chats have at most 52 significant bits (core.telegram.org/bots/api#chat), those of updates 63.
_MOST_ID = 2**52
_MOST_UPDATE = 2**63 - 1

#: Ids of callback queries are digits; 64 signs are more than any had.
_QUERY_ID = re.compile(r"[\x21-\x7e]{1,64}")

#: What a person may send that we cannot read. Dice, polls and games are no messages to us, nor is what Telegram itself says
#: in a chat ("pinned a message").
_UNREADABLE = (
    "voice",
    "audio",
    "video_note",
    "photo",
    "video",
    "animation",
    "document",
    "sticker",
    "contact",
    "story",
    "paid_media",
)

_START = re.compile(r"/start(?:@\w+)?\s+([A-Za-z0-9_-]{1,64})\s*")


class Malformed(Exception):
    """This is no update. The exception carries nothing of it."""


@dataclass(frozen=True, slots=True)
class AnswerQuery:
    """A button was pressed: it spins until the query is answered."""

    query: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class LeaveGroup:
    """Somebody brought us where no question is private. `say`: whether people there are told why we go."""

    chat: int = field(repr=False)
    language: str
    say: bool = True


@dataclass(frozen=True, slots=True)
class RemoveKeyboard:
    """Somebody shared where they are: the keyboard that asked for it has done its work."""

    chat: int = field(repr=False)


#: What a person sees at once, best effort, after the update was written down.
Courtesy = AnswerQuery | LeaveGroup | RemoveKeyboard


@dataclass(frozen=True, slots=True)
class Parsed:
    """What an update comes to; nothing for one that is none of our business."""

    events: tuple[Event, ...] = ()
    courtesies: tuple[Courtesy, ...] = ()


NOTHING = Parsed()


def update_id(raw: object) -> int | None:
    """The number of an update, or None when it has none that can be confirmed."""
    number = raw.get("update_id") if isinstance(raw, Mapping) else None
    return number if isinstance(number, int) and not isinstance(number, bool) and 0 <= number < _MOST_UPDATE else None


def parse(raw: object, *, bot: str, content: Content) -> Parsed:
    """Read one update, however old it says it is: by a clock of ours that is wrong, what people write now would be old.

    Args:
        raw: what JSON made of it.
        bot: the id of our bot: another bot's updates have the same numbers.
        content: what Faro says, for its languages and services.

    Raises:
        Malformed: it is no update.
    """
    number = update_id(raw)
    if number is None or not isinstance(raw, dict):
        raise Malformed
    try:
        return _Reader(f"{bot}:{number}", content).read(Update.de_json(raw, None))
    except Exception:
        # PTB raises TypeError, KeyError, ValueError and more. From nothing: the exception's text may quote the message.
        raise Malformed from None


class _Reader:
    def __init__(self, provider_id: str, content: Content) -> None:
        self._provider_id, self._content = provider_id, content

    def read(self, update: Update) -> Parsed:
        if update.message is not None:
            return self._message(update.message)
        if update.edited_message is not None:
            return self._edited(update.edited_message)
        if update.callback_query is not None:
            return self._query(update)
        if update.my_chat_member is not None:
            return self._member(update.my_chat_member)
        return NOTHING

    def _message(self, message: Message) -> Parsed:
        chat, sender = message.chat, message.from_user
        if chat.type != Chat.PRIVATE:
            return self._leave(chat, sender)
        if not _is_person(chat.id) or (sender is not None and (sender.is_bot or sender.id != chat.id)):
            return NOTHING
        common: dict[str, Any] = {
            "channel": NAME,
            "address": str(chat.id),
            "provider_id": self._provider_id,
            "hint": self._hint(sender),
            "reference": _reference(chat, message.message_id),
            "sent_at": message.date,
        }
        place = message.location or (message.venue.location if message.venue else None)
        if place is not None:
            choice = near_choice(self._content, float(place.latitude), float(place.longitude))
            shared = Incoming(**common, kind=Kind.CHOICE, choice=choice, located=True)
            return Parsed((shared,), (RemoveKeyboard(chat.id),))
        text = message.text or message.caption
        if isinstance(text, str) and text.strip():
            return Parsed((Incoming(**common, text=text, language=self._wanted(text)),))
        if any(getattr(message, name, None) for name in _UNREADABLE):
            return Parsed((Incoming(**common, kind=Kind.OTHER),))
        return NOTHING

    def _edited(self, message: Message) -> Parsed:
        text = message.text or message.caption
        if message.chat.type != Chat.PRIVATE or not _is_person(message.chat.id) or not isinstance(text, str):
            return NOTHING
        reference = _reference(message.chat, message.message_id)
        return Parsed((Edited(NAME, str(message.chat.id), reference, text),))

    def _query(self, update: Update) -> Parsed:
        query = update.callback_query
        assert query is not None  # noqa: S101 - `read` has looked
        if not isinstance(query.id, str) or not _QUERY_ID.fullmatch(query.id):
            raise Malformed
        answered = (AnswerQuery(query.id),)
        # A message of ours that is too old comes without its text, or not at all; one sent through another bot or pressed in
        # somebody else's chat has nothing to do with this person.
        chat = query.message.chat if query.message is not None else None
        ours = chat is None or (chat.type == Chat.PRIVATE and chat.id == query.from_user.id)
        if not ours or query.inline_message_id or not _is_person(query.from_user.id) or query.from_user.is_bot:
            return Parsed(courtesies=answered)
        if not isinstance(query.data, str) or not query.data:
            return Parsed(courtesies=answered)
        pressed = Incoming(
            channel=NAME,
            address=str(query.from_user.id),
            provider_id=self._provider_id,
            kind=Kind.CHOICE,
            choice=query.data,
            hint=self._hint(query.from_user),
            reference=f"query:{query.id}",
        )
        return Parsed((pressed,), answered)

    def _member(self, change: ChatMemberUpdated) -> Parsed:
        status = change.new_chat_member.status
        if change.chat.type == Chat.PRIVATE:
            if status not in ("member", "kicked") or not _is_person(change.chat.id):
                return NOTHING
            return Parsed((Reachable(NAME, str(change.chat.id), reachable=status == "member"),))
        if status in ("left", "kicked"):
            return NOTHING
        return self._leave(change.chat, change.from_user)

    def _leave(self, chat: Chat, sender: User | None) -> Parsed:
        if not isinstance(chat.id, int) or isinstance(chat.id, bool) or not 0 < -chat.id < _MOST_ID:
            return NOTHING
        # A channel has readers, no talk: nobody there needs to be told.
        say = chat.type in (Chat.GROUP, Chat.SUPERGROUP)
        return Parsed(courtesies=(LeaveGroup(chat.id, self._hint(sender), say=say),))

    def _hint(self, sender: User | None) -> str:
        """The language of the person's app, when Faro speaks it: "pt-br" asks for "pt"."""
        tag = sender.language_code if sender is not None else None
        code = tag.replace("_", "-").partition("-")[0].lower() if isinstance(tag, str) else ""
        return code if code in self._content.languages else ""

    def _wanted(self, text: str) -> str:
        """The language that a link chooses: t.me/<bot>?start=fr arrives as "/start fr"."""
        match = _START.fullmatch(text)
        code = match[1].lower() if match else ""
        return code if code in self._content.languages else ""


def _is_person(number: object) -> bool:
    return isinstance(number, int) and not isinstance(number, bool) and 0 <= number < _MOST_ID


def _reference(chat: Chat, message: object) -> str:
    # A message's number is its own in its chat only.
    if not isinstance(message, int) or isinstance(message, bool) or not 0 <= message < _MOST_UPDATE:
        raise Malformed
    return f"{chat.id}:{message}"
