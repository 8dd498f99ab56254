"""People at Telegram: what they do becomes updates, as the Bot API 10.1 describes them."""

from __future__ import annotations

import itertools
import time
from typing import Any

from tests.channels.telegram.stand_in import BOT, Called, StandIn

_ids = itertools.count(700_000_001)


class Person:
    """Somebody with the app in a language, in a private chat with the bot."""

    def __init__(self, telegram: StandIn, language: str = "es", *, number: int = 0) -> None:
        self.telegram = telegram
        self.id = number or next(_ids)
        self.user = {"id": self.id, "is_bot": False, "first_name": "Ana", "language_code": language}
        self.chat = {"id": self.id, "type": "private", "first_name": "Ana"}
        self._heard = 0

    def message(self, **content: Any) -> dict[str, Any]:
        """A message, not sent yet."""
        message = {"message_id": self.telegram.number(), "date": int(time.time()), "from": self.user, "chat": self.chat}
        return {"message": message | content}

    def say(self, text: str) -> dict[str, Any]:
        content: dict[str, Any] = {"text": text}
        if text.startswith("/"):
            content["entities"] = [{"type": "bot_command", "offset": 0, "length": len(text.split(maxsplit=1)[0])}]
        return self.telegram.bring(self.message(**content))

    def send(self, **content: Any) -> dict[str, Any]:
        return self.telegram.bring(self.message(**content))

    def share(self, latitude: float, longitude: float) -> dict[str, Any]:
        return self.send(location={"latitude": latitude, "longitude": longitude})

    def query(self, data: str | None, **query: Any) -> dict[str, Any]:
        """A button that is pressed, not sent yet."""
        whole = {
            "id": str(4_382_000_000_000_000_000 + self.telegram.number()),
            "from": self.user,
            "chat_instance": "-3784219",
            "data": data,
            "message": self.telegram.message(self.id) | {"text": "¿Qué necesita saber?"},
        }
        return {"callback_query": {name: value for name, value in (whole | query).items() if value is not None}}

    def press(self, data: str, **query: Any) -> dict[str, Any]:
        return self.telegram.bring(self.query(data, **query))

    def member(self, status: str) -> dict[str, Any]:
        """The person blocks the bot ("kicked") or lets it write again ("member")."""
        before = {"kicked": "member", "member": "kicked"}[status]
        change = {
            "chat": self.chat,
            "from": self.user,
            "date": int(time.time()),
            "old_chat_member": _member(before),
            "new_chat_member": _member(status),
        }
        return {"my_chat_member": change}

    def heard(self) -> list[Called]:
        """Every message that came."""
        return self.telegram.to(self.id)

    def catch_up(self) -> None:
        """What came so far is heard."""
        self._heard = len(self.heard())

    def next(self, seconds: float = 15.0) -> Called:
        """The next message that comes."""
        number = self._heard
        self.telegram.wait(lambda: len(self.heard()) > number, f"message {number + 1}", seconds)
        self._heard += 1
        return self.heard()[number]


def group(telegram: StandIn, *, number: int = -1001234567890, kind: str = "supergroup") -> dict[str, Any]:
    """A message in a group."""
    person = Person(telegram, "fr")
    return person.message(text="hola", chat={"id": number, "type": kind, "title": "Vecinos"})


def added(telegram: StandIn, *, number: int = -1001234567890, kind: str = "supergroup") -> dict[str, Any]:
    """Somebody adds the bot to a group."""
    change = {
        "chat": {"id": number, "type": kind, "title": "Vecinos"},
        "from": Person(telegram, "fr").user,
        "date": int(time.time()),
        "old_chat_member": {"status": "left", "user": BOT},
        "new_chat_member": {"status": "member", "user": BOT},
    }
    return {"my_chat_member": change}


def _member(status: str) -> dict[str, Any]:
    member = {"status": status, "user": BOT}
    return member | ({"until_date": 0} if status == "kicked" else {})
