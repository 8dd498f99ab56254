"""What Telegram says when it does not take a message, and what to do about each: data, and one function that reads it.

Texts and statuses: github.com/tdlib/telegram-bot-api (Client.cpp, Query.cpp) and core.telegram.org/bots/api#making-requests,
2026-11. Only the codes of this file leave it: a description may hold a chat's id, PTB's own errors may hold the token.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    EndPointNotFound,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)

from bot.errors import DeliveryError, Remedy


@dataclass(frozen=True, slots=True)
class Fault:
    """One kind of refusal. `says`: what its description holds, in small letters; "" fits every one of the kind."""

    kind: type[TelegramError]
    says: str
    code: str
    remedy: Remedy


#: Read from the top; the first that fits is it.
FAULTS = (
    Fault(RetryAfter, "", "too_many_requests", Remedy.WAIT),
    Fault(Forbidden, "blocked by the user", "blocked", Remedy.UNREACHABLE),
    Fault(Forbidden, "user is deactivated", "deactivated", Remedy.UNREACHABLE),
    Fault(Forbidden, "can't initiate conversation", "never_wrote", Remedy.UNREACHABLE),
    Fault(Forbidden, "", "forbidden", Remedy.UNREACHABLE),
    Fault(BadRequest, "chat not found", "chat_not_found", Remedy.UNREACHABLE),
    Fault(BadRequest, "user not found", "chat_not_found", Remedy.UNREACHABLE),
    Fault(BadRequest, "peer_id_invalid", "chat_not_found", Remedy.UNREACHABLE),
    Fault(BadRequest, "chat_write_forbidden", "forbidden", Remedy.UNREACHABLE),
    Fault(BadRequest, "message is too long", "too_long", Remedy.REFUSE),
    Fault(BadRequest, "message text is empty", "empty", Remedy.REFUSE),
    Fault(BadRequest, "button_data_invalid", "button_invalid", Remedy.REFUSE),
    Fault(BadRequest, "can't parse entities", "markup_invalid", Remedy.REFUSE),
    Fault(BadRequest, "", "bad_request", Remedy.REFUSE),
    Fault(ChatMigrated, "", "chat_migrated", Remedy.UNREACHABLE),
    Fault(InvalidToken, "", "token_refused", Remedy.STOP),
    Fault(EndPointNotFound, "", "token_refused", Remedy.STOP),
    Fault(Conflict, "", "conflict", Remedy.STOP),
    Fault(TimedOut, "", "timeout", Remedy.UNSURE),
    Fault(NetworkError, "", "network", Remedy.RETRY),
    # An answer that is no JSON: it may have been taken.
    Fault(TelegramError, "", "unreadable_answer", Remedy.UNSURE),
)

#: Faults of the connection (httpx.org/exceptions, 0.28) in which the request never left, or may have arrived.
NOT_SENT = frozenset({"ConnectTimeout", "ConnectError", "PoolTimeout", "ProxyError", "UnsupportedProtocol"})
PERHAPS_SENT = frozenset({"ReadError", "RemoteProtocolError", "WriteError", "CloseError"})


def delivery_error(error: Exception) -> DeliveryError:
    """What the delivery is told about an error of PTB, or of the wait for it."""
    if isinstance(error, TimeoutError):
        return DeliveryError("timeout", Remedy.UNSURE)
    if not isinstance(error, TelegramError):
        # Telegram's answer was not what PTB expects of it: the message may have gone.
        return DeliveryError("unreadable_answer", Remedy.UNSURE)
    cause = type(error.__cause__).__name__
    if cause in NOT_SENT:
        return DeliveryError("network", Remedy.RETRY)
    if cause in PERHAPS_SENT:
        return DeliveryError("connection_lost", Remedy.UNSURE)
    fault = found(error)
    return DeliveryError(fault.code, fault.remedy, after=seconds_to_wait(error))


def found(error: TelegramError) -> Fault:
    """The row of the table that fits an error."""
    said = error.message.lower()
    return next(fault for fault in FAULTS if isinstance(error, fault.kind) and fault.says in said)


def seconds_to_wait(error: Exception) -> float | None:
    """How long Telegram asks us to wait, if it does."""
    if not isinstance(error, RetryAfter):
        return None
    wait = error.retry_after  # PTB is about to make a timedelta of it
    return wait.total_seconds() if isinstance(wait, timedelta) else float(wait)


def is_markup(error: Exception) -> bool:
    """Whether Telegram could not read our markup: the same text goes without."""
    return isinstance(error, BadRequest) and found(error).code == "markup_invalid"
