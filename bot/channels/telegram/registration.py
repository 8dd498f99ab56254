"""What is arranged with Telegram by hand: who we are, and whether it brings updates to us or we fetch them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TypeVar
from urllib.parse import urlsplit

from telegram import Bot
from telegram.error import BadRequest, TelegramError

from bot.answers.schema import Content
from bot.channels.telegram import profile
from bot.channels.telegram.faults import delivery_error
from bot.channels.telegram.line import Line
from bot.channels.telegram.parse import ALLOWED_UPDATES
from bot.channels.telegram.webhook import PATH
from bot.errors import FaroError
from bot.settings import TelegramSettings

T = TypeVar("T")

#: Ports that Telegram calls (core.telegram.org/bots/webhooks, 2026-11).
PORTS = (443, 80, 88, 8443)

_NOT_REACHED = frozenset({"network", "timeout", "connection_lost", "unreadable_answer"})


class Refused(FaroError):
    """It could not be arranged. `code` names a sentence of bot/commands/telegram_sentences.py, `said` is Telegram's own."""

    def __init__(self, code: str, said: str = "") -> None:
        super().__init__(code)
        self.code, self.said = code, said


@dataclass(frozen=True, slots=True)
class Registration:
    """What Telegram knows about us. `trouble`: why its last delivery failed, in its words. `waiting`: updates."""

    name: str
    username: str
    number: int
    webhook: str
    waiting: int
    trouble: str
    joins_groups: bool


@dataclass(frozen=True, slots=True)
class Registrar:
    """Arranges things.

    Args:
        settings: of the channel.
        public_url: PUBLIC_URL.
    """

    settings: TelegramSettings
    public_url: str
    line: Line = field(repr=False)

    @property
    def url(self) -> str:
        """The address that Telegram is to call."""
        return f"{self.public_url}{PATH}"

    def whoami(self) -> Registration:
        """Ask Telegram.

        Raises:
            Refused: the token is none, or Telegram was not reached.
        """

        async def ask(bot: Bot) -> Registration:
            me, info = await bot.get_me(), await bot.get_webhook_info()
            return Registration(
                me.first_name,
                me.username or "",
                me.id,
                info.url,
                info.pending_update_count,
                info.last_error_message or "",
                bool(me.can_join_groups),
            )

        return self._asked(ask)

    def set_webhook(self) -> None:
        """Have updates brought to us, with our secret.

        Raises:
            Refused: the settings do not allow it, or Telegram does not.
        """
        if not self.settings.webhook:
            raise Refused("mode_is_polling")
        parts = urlsplit(self.url)
        if parts.scheme != "https":
            raise Refused("no_https")
        if (parts.port or PORTS[0]) not in PORTS:
            raise Refused("wrong_port")

        async def ask(bot: Bot) -> None:
            await bot.set_webhook(self.url, secret_token=self.settings.secret, allowed_updates=ALLOWED_UPDATES)

        self._asked(ask)

    def delete_webhook(self) -> None:
        """Have updates kept for us until we fetch them. Those that wait are not thrown away.

        Raises:
            Refused: as for `whoami`.
        """

        async def ask(bot: Bot) -> None:
            await bot.delete_webhook(drop_pending_updates=False)

        self._asked(ask)

    def publish(self, content: Content) -> None:
        """Tell Telegram what it is to show about us.

        Raises:
            Refused: as for `whoami`.
        """
        try:
            profile.publish(self.line, self.settings.bot, content)
        except (TelegramError, TimeoutError) as error:
            raise _refused(error) from None

    def _asked(self, ask: Callable[[Bot], Awaitable[T]]) -> T:
        try:
            return self.line.call(ask)
        except Exception as error:  # also of PTB about an answer that is none of Telegram's
            raise _refused(error) from None


def _refused(error: Exception) -> Refused:
    code = delivery_error(error).code
    if code in _NOT_REACHED:
        return Refused("not_reached")
    if isinstance(error, BadRequest):
        # About our address, which is public; the token is never in it.
        return Refused("refused", error.message)
    return Refused(code) if code in ("token_refused", "too_many_requests") else Refused("refused", code)
