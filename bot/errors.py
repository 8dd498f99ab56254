"""What can go wrong, in words for the person who has to act on it. None of these ever carries a message's text."""

from __future__ import annotations

from enum import StrEnum


class FaroError(Exception):
    """Base of our own errors. `retryable` says whether doing the same again later can succeed."""

    retryable = False


class SettingsError(FaroError):
    """One or more settings are wrong; the message names every variable."""


class RasaUnavailable(FaroError):
    """Rasa did not answer a turn: down, starting, slow or failing. `answered`: it said itself that the turn failed."""

    retryable = True

    def __init__(self, why: str, *, answered: bool = False) -> None:
        super().__init__(why)
        self.answered = answered


class RasaAway(RasaUnavailable):
    """Rasa was not asked: it is gone (bot/conversations/breaker.py).

    `coming`: it is there again, and another turn tries it first. `sure`: it was looked at more than once.
    """

    def __init__(self, *, coming: bool, sure: bool = False) -> None:
        super().__init__("coming back" if coming else "away")
        self.coming, self.sure = coming, sure


class RasaMisbehaved(FaroError):
    """Rasa answered a turn with something that is not an answer."""

    retryable = True


class DatabaseUnusable(FaroError):
    """A command cannot use the database; the message says why, without a row of it."""


class BackupError(FaroError):
    """A backup cannot be made or restored; the message says why, without anything of what is in it."""


class GuardError(FaroError):
    """A start-up guard of bot/rasa_compat/guards.py refused to start Rasa."""


class Remedy(StrEnum):
    """What to do about a message that a provider did not take."""

    RETRY = "retry"  # a fault that may pass: again after a pause
    WAIT = "wait"  # too much to this person: again when the provider says
    SLOW = "slow"  # too much altogether: everything waits a little
    UNSURE = "unsure"  # it may have arrived: ask the provider, or try once more at most
    REFUSE = "refuse"  # this message will never go: operators see why
    UNREACHABLE = "unreachable"  # this person cannot be written to
    CLOSED = "closed"  # not before this person writes again
    STOP = "stop"  # nothing can go until somebody mends it: a token, an account


class DeliveryError(FaroError):
    """A channel could not deliver a message.

    `code` is the provider's, or a word of ours; `after` how many seconds the provider asks us to wait.
    """

    def __init__(self, code: str, remedy: Remedy, *, after: float | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.remedy = remedy
        self.after = after

    @property
    def leaves_open(self) -> bool:
        """Whether it may be that the provider itself said nothing."""
        return self.remedy in (Remedy.RETRY, Remedy.UNSURE)
